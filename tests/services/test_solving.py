"""A solver may refuse a question, and never admit one: it must find the key and nothing else, in two orders."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from domain.documents.passage import Passage
from domain.quizzes.admission import admit
from domain.quizzes.quiz import Question
from domain.quizzes.solving import SolvedQuestions, solved
from fakes.agent import Script, ScriptedAgent
from fakes.system import FrozenClock
from ports.agent import CandidateQuestion, SolveQuestions
from ports.errors import TimedOut, Unavailable
from tests.domain.quiz_corpus import GOOD, PASSAGES
from tests.domain.test_kinds import DRAFTS, PASSAGE
from tests.support.citations import cited
from tests.support.world import PHYSICS, PHYSICS_ITEMS, User, World, physics_quiz
from tests.support.world import solved as by_the_book

KEYS = {draft.question: draft.options[draft.correct] for draft in GOOD}


def questions(count: int) -> tuple[Question, ...]:
    return admit(GOOD, PASSAGES, recent=(), limit=count).admitted


def told(task: SolveQuestions, supported: Callable[[CandidateQuestion], list[str]]) -> str:
    return json.dumps(
        {"items": [{"number": one.number, "supported": supported(one)} for one in task.candidates]}
    )


def key_of(one: CandidateQuestion) -> list[str]:
    return ["ABCDEF"[one.options.index(KEYS[one.question])]]


def honest(task: SolveQuestions) -> str:
    return told(task, key_of)


def solve(
    agent: ScriptedAgent,
    asked: tuple[Question, ...],
    seconds: float = 20,
    passages: tuple[Passage, ...] = PASSAGES,
) -> SolvedQuestions:
    clock = FrozenClock()
    return solved(asked, passages, agent, clock, clock.monotonic() + seconds, "seed")


def agent_of(solver: Callable[[SolveQuestions], Script]) -> ScriptedAgent:
    agent = ScriptedAgent()
    agent.solver = solver
    return agent


def test_questions_whose_key_is_found_twice_are_kept_as_solved() -> None:
    agent, asked = agent_of(honest), questions(5)
    found = solve(agent, asked)
    assert [one.question for one in found.kept] == [one.question for one in asked]
    assert {one.checked for one in found.kept} == {"solver"}
    assert found.refused == ()
    assert len(agent.solving) == 2


def test_the_solver_gets_no_key_and_no_option_keeps_its_letter() -> None:
    agent, asked = agent_of(honest), questions(8)
    solve(agent, asked)
    first, second = agent.solving
    for one, other in zip(first.candidates, second.candidates, strict=True):
        assert sorted(one.options) == sorted(other.options)
        assert not any(a == b for a, b in zip(one.options, other.options, strict=True))
    for task in agent.solving:
        assert not {question.explanation for question in asked if question.explanation} & set(
            task.request.splitlines()
        )
        shown = {passage.number: passage.text for passage in task.passages}
        assert len(set(shown.values())) == len(shown)
        for candidate in task.candidates:
            question = next(one for one in asked if one.question == candidate.question)
            assert cited(question).quote in shown[candidate.passage]
            assert candidate.question in task.request
    letters = ["ABCD"[one.options.index(KEYS[one.question])] for one in first.candidates]
    assert len(set(letters)) > 1


@pytest.mark.parametrize(
    "supported",
    [
        lambda one: [],
        lambda one: ["A"],
        lambda one: list("ABCD"),
        lambda one: [letter for letter in "ABCD" if letter not in key_of(one)][:1],
        lambda one: [*key_of(one), *[letter for letter in "ABCD" if letter not in key_of(one)][:1]],
    ],
    ids=["none", "always A", "all", "another", "one more"],
)
def test_a_question_with_another_answer_is_refused(
    supported: Callable[[CandidateQuestion], list[str]],
) -> None:
    agent, asked = agent_of(lambda task: told(task, supported)), questions(6)
    found = solve(agent, asked)
    assert found.kept == ()
    assert len(found.refused) == 6
    assert len(agent.solving) <= 2


def test_questions_whose_key_is_found_only_once_are_refused() -> None:
    turns: Any = iter([honest, lambda task: told(task, lambda one: [])])
    found = solve(agent_of(lambda task: next(turns)(task)), questions(3))
    assert (len(found.kept), len(found.refused)) == (0, 3)


def test_only_questions_whose_key_was_found_are_asked_again() -> None:
    def first_is_wrong(task: SolveQuestions) -> str:
        return told(task, lambda one: [] if one.question == GOOD[0].question else key_of(one))

    agent = agent_of(first_is_wrong)
    found = solve(agent, questions(3))
    assert [one.question for one in found.refused] == [GOOD[0].question]
    assert [len(task.candidates) for task in agent.solving] == [3, 2]


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I think that it is A.",
        "[]",
        '{"items": []}',
        '{"items": "A"}',
        '{"items": [{"number": 1, "supported": "A"}]}',
        '{"items": [{"number": "1", "supported": ["A"]}]}',
        '{"items": [{"number": 1, "supported": ["Z"]}]}',
        '{"items": [{"number": 1, "supported": [7]}]}',
        '{"items": [{"number": 99, "supported": ["A"]}]}',
        '{"items": [null, {}]}',
        Unavailable("agent"),
        TimedOut("agent"),
        ['{"items": [{"number"', Unavailable("agent")],
    ],
    ids=str,
)
def test_a_question_without_a_readable_solution_stays_checked_by_rules(reply: Script) -> None:
    agent = agent_of(lambda task: reply)
    found = solve(agent, questions(1))
    assert [one.checked for one in found.kept] == ["rules"]
    assert len(agent.solving) == 1


def test_a_solver_that_fails_at_the_second_order_has_checked_nothing() -> None:
    turns: Any = iter([honest, lambda task: Unavailable("agent")])
    found = solve(agent_of(lambda task: next(turns)(task)), questions(2))
    assert [one.checked for one in found.kept] == ["rules", "rules"]


def test_without_time_no_solver_is_asked() -> None:
    agent = agent_of(honest)
    assert [one.checked for one in solve(agent, questions(2), seconds=1).kept] == ["rules", "rules"]
    assert agent.solving == []


def test_questions_without_options_are_not_given_to_the_solver() -> None:
    asked = admit(list(DRAFTS.values()), [PASSAGE], recent=(), limit=9).admitted
    agent = agent_of(lambda task: told(task, lambda one: []))
    found = solve(agent, asked, passages=(PASSAGE,))
    assert {one.kind for one in found.kept} == {"cloze", "numeric", "ordering", "short_answer"}
    assert {one.kind for one in found.refused} == {"multiple_choice", "multiple_answer", "true_false"}


class TestInAQuiz:
    def test_a_solved_question_says_so(self, world: World, ada: User) -> None:
        ada.upload("notes.txt", PHYSICS)
        world.adapters.agent.solver = by_the_book
        quiz = ada.make_quiz()
        assert [one["checked"] for one in quiz["questions"]] == ["solver"] * 3
        assert ada.get(f"/api/quizzes/{quiz['quiz_id']}").body == quiz

    def test_without_a_solver_questions_are_checked_by_rules_alone(self, ada: User) -> None:
        ada.upload("notes.txt", PHYSICS)
        assert [one["checked"] for one in ada.make_quiz()["questions"]] == ["rules"] * 3

    def test_a_question_that_the_solver_refuses_is_replaced_in_another_round(
        self, world: World, ada: User, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO, logger="lyceum")
        ada.upload("notes.txt", PHYSICS)
        refusals = iter([True])

        def solver(task: SolveQuestions) -> str:
            if next(refusals, False):
                items = json.loads(by_the_book(task))["items"]
                return json.dumps({"items": [{**items[0], "supported": []}, *items[1:]]})
            return by_the_book(task)

        world.adapters.agent.solver = solver
        world.adapters.agent.enqueue(physics_quiz)
        quiz = ada.make_quiz()
        assert len(quiz["questions"]) == 3
        asked = [record.__dict__ for record in caplog.records if record.getMessage() == "questions_judged"]
        assert (asked[0]["admitted"], asked[0]["refused_unsolved"], asked[0]["solved"]) == (2, 1, 2)

    def test_no_quiz_is_made_of_questions_that_the_solver_refuses(self, world: World, ada: User) -> None:
        ada.upload("notes.txt", PHYSICS)
        world.adapters.agent.solver = lambda task: told(task, lambda one: [])
        world.adapters.agent.otherwise = physics_quiz
        refused = ada.post("/api/quizzes", {"num_questions": 3})
        assert (refused.status, refused.code) == (409, "not_enough_material")
        assert len(world.adapters.agent.solving) <= 3

    def test_more_are_admitted_than_wanted_so_that_some_may_be_refused(self, world: World, ada: User) -> None:
        ada.upload("notes.txt", PHYSICS)
        wrong = PHYSICS_ITEMS[0]["question"]
        world.adapters.agent.solver = lambda task: json.dumps(
            {
                "items": [
                    item if one.question != wrong else {**item, "supported": []}
                    for item, one in zip(json.loads(by_the_book(task))["items"], task.candidates, strict=True)
                ]
            }
        )
        world.adapters.agent.enqueue(physics_quiz)
        quiz = ada.post("/api/quizzes", {"num_questions": 2}).body
        assert [one["question"] for one in quiz["questions"]] == [
            item["question"] for item in PHYSICS_ITEMS[1:]
        ]
        assert len(world.adapters.agent.tasks) == 1

"""Each kind of question through the API: made, answered right, half right and wrong, and scored once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from domain.base.errors import Conflict
from domain.base.tables import QUIZ_RESULTS, QUIZZES
from domain.quizzes.quiz_words import KINDS
from fakes.agent import Script
from ports.agent import Judge, QuestionKind, WriteQuestions
from ports.errors import Unavailable
from tests.support.interviews import analysis
from tests.support.kinds import BODY, EXAMPLES, Example, every_kind
from tests.support.world import PHYSICS, User, World

OF_RULES = [one for one in EXAMPLES if one.kind != "short_answer"]
"""The kinds that rules judge."""
SHORT = next(one for one in EXAMPLES if one.kind == "short_answer")


def make(world: World, ada: User, *kinds: QuestionKind) -> Any:
    world.adapters.agent.enqueue(every_kind)
    reply = ada.post("/api/quizzes", {"num_questions": len(kinds), "kinds": list(kinds)})
    assert reply.status == 200, reply.text
    return reply.body


@pytest.fixture
def body(ada: User) -> str:
    return ada.upload("body.txt", BODY, subject_id="physics_101")


@pytest.mark.parametrize(
    ("example", "answer", "least", "most"),
    [
        pytest.param(one, answer, least, most, id=f"{one.kind}-{name}")
        for one in OF_RULES
        for name, answer, least, most in (
            ("right", one.right, 1, 1),
            ("half", one.half, 0.3, 0.7),
            ("wrong", one.wrong, 0, 0),
        )
        if answer is not None
    ],
)
@pytest.mark.usefixtures("body")
def test_a_kind_is_made_and_marked(
    world: World, ada: User, example: Example, answer: str | tuple[str, ...], least: float, most: float
) -> None:
    quiz = make(world, ada, example.kind)
    (question,) = quiz["questions"]
    assert (question["kind"], quiz["kinds"], question["correct_answer"]) == (
        example.kind,
        [example.kind],
        None,
    )
    sent = example.sent(answer, question["options"])
    result = ada.submit(quiz, {"1": sent})
    assert result.status == 200, result.text
    (graded,) = result.body["results"]
    assert least <= graded["credit"] <= most
    assert graded["is_correct"] == (graded["credit"] == 1)
    assert result.body["score"] == round(100 * graded["credit"], 2)
    assert graded["correct_answer"] == _key(example, question["options"])
    assert ada.submit(quiz, {"1": sent}).body == result.body
    assert ada.get(f"/api/quizzes/{quiz['quiz_id']}").body["questions"][0]["correct_answer"]
    (change,) = result.body["mastery_changes"]
    (evidence,) = ada.get(f"/api/profile/concepts/{change['concept']}").body["items"]
    assert evidence["score"] == graded["credit"]


def _key(example: Example, options: list[str]) -> str | list[str]:
    if example.kind in ("cloze", "numeric"):
        return example.answers[0]
    key = example.sent(example.right, options)
    return sorted(key) if example.kind == "multiple_answer" else key


@pytest.mark.usefixtures("body")
def test_two_submissions_at_once_of_every_kind_are_scored_once(world: World, ada: User) -> None:
    quiz = make(world, ada, *(one.kind for one in OF_RULES))
    assert {one["kind"] for one in quiz["questions"]} == {one.kind for one in OF_RULES}
    by_kind = {one.kind: one for one in EXAMPLES}
    right = {
        one["question_id"]: by_kind[one["kind"]].sent(by_kind[one["kind"]].right, one["options"])
        for one in quiz["questions"]
    }
    wrong = {
        one["question_id"]: by_kind[one["kind"]].sent(by_kind[one["kind"]].wrong, one["options"])
        for one in quiz["questions"]
    }
    grading, learner = world.services.grading, world.services.admission.admit(ada.token or "").learner

    def submit(given: dict[str, Any]) -> float | None:
        try:
            return grading.submit(learner, quiz["quiz_id"], given).score.score
        except Conflict:
            return None

    with ThreadPoolExecutor(8) as pool:
        scores = set(pool.map(submit, [right, wrong] * 4)) - {None}
    assert scores in ({100.0}, {0.0})
    assert len(ada.get("/api/quiz-results").body["items"]) == 1
    counts = [concept["evidence_count"] for concept in ada.get("/api/profile").body["concepts"]]
    assert counts == [1] * len(OF_RULES)
    assert ada.get(f"/api/quizzes/{quiz['quiz_id']}/result").body["score"] in scores


class TestShortAnswers:
    @pytest.mark.parametrize(("part", "credit"), [("right", 1.0), ("half", 0.5), ("wrong", 0.0)])
    @pytest.mark.usefixtures("body")
    def test_a_short_answer_is_judged_by_its_facts(
        self, world: World, ada: User, part: str, credit: float
    ) -> None:
        quiz = make(world, ada, "short_answer")
        world.adapters.agent.enqueue(analysis)
        result = ada.submit(quiz, {"1": getattr(SHORT, part)}).body
        (graded,) = result["results"]
        assert (graded["credit"], graded["is_correct"], graded["needs_review"]) == (
            credit,
            credit == 1,
            False,
        )
        assert result["score"] == 100 * credit
        assert graded["correct_answer"] == "The heart is a muscle. It pumps blood through the body."
        task = world.adapters.agent.tasks[-1]
        assert isinstance(task, Judge)
        assert task.passage.text == SHORT.quote

    @pytest.mark.parametrize(
        "reply",
        [
            Unavailable("agent"),
            '{"facts": [{"number": 1, "verdict": "unsure", "quote": "The heart is a muscle"}, '
            '{"number": 2, "verdict": "stated", "quote": "it pumps blood through the body"}]}',
        ],
        ids=["fails", "unsure"],
    )
    @pytest.mark.usefixtures("body")
    def test_an_answer_that_cannot_be_judged_needs_a_review_and_counts_in_no_score(
        self, world: World, ada: User, reply: Script
    ) -> None:
        quiz = make(world, ada, "short_answer", "cloze")
        world.adapters.agent.enqueue(reply)
        answers = {
            one["question_id"]: SHORT.right if one["kind"] == "short_answer" else "aorta"
            for one in quiz["questions"]
        }
        result = ada.submit(quiz, answers).body
        by_kind = {one["kind"]: one for one in result["results"]}
        assert by_kind["short_answer"]["needs_review"]
        assert not by_kind["short_answer"]["is_correct"]
        assert (result["score"], result["correct_answers"], result["total_questions"]) == (100.0, 1, 2)
        assert [one["evidence_count"] for one in ada.get("/api/profile").body["concepts"]] == [1]
        assert ada.submit(quiz, answers).body == result

    @pytest.mark.usefixtures("body")
    def test_a_quiz_whose_answers_all_need_a_review_has_no_score(self, world: World, ada: User) -> None:
        quiz = make(world, ada, "short_answer")
        world.adapters.agent.enqueue(Unavailable("agent"))
        result = ada.submit(quiz, {"1": SHORT.right}).body
        assert (result["score"], result["mastery_changes"]) == (None, [])
        assert ada.get("/api/quiz-results").body["items"][0]["score"] is None
        assert ada.get(f"/api/quizzes/{quiz['quiz_id']}/result").body == result

    @pytest.mark.usefixtures("body")
    def test_a_missing_answer_is_wrong_and_calls_no_agent(self, world: World, ada: User) -> None:
        quiz = make(world, ada, "short_answer")
        asked = len(world.adapters.agent.tasks)
        assert ada.submit(quiz, {"1": "   "}).body["score"] == 0
        assert len(world.adapters.agent.tasks) == asked


@pytest.mark.usefixtures("body")
def test_only_the_wanted_kinds_are_asked_for_and_given(world: World, ada: User) -> None:
    quiz = make(world, ada, "cloze", "numeric")
    assert sorted(one["kind"] for one in quiz["questions"]) == ["cloze", "numeric"]
    task = world.adapters.agent.tasks[-1]
    assert isinstance(task, WriteQuestions)
    assert task.kinds == ("cloze", "numeric")
    assert '"cloze"' in task.instructions
    assert '"ordering"' not in task.instructions


@pytest.mark.usefixtures("body")
def test_without_kinds_a_quiz_is_multiple_choice(world: World, ada: User) -> None:
    world.adapters.agent.enqueue(every_kind)
    quiz = ada.post("/api/quizzes", {"num_questions": 1}).body
    assert [one["kind"] for one in quiz["questions"]] == ["multiple_choice"]
    task = world.adapters.agent.tasks[-1]
    assert isinstance(task, WriteQuestions)
    assert task.kinds == ("multiple_choice",)


@pytest.mark.parametrize("kinds", [[], ["riddle"], "cloze", ["cloze"] * 20])
def test_unknown_kinds_are_refused(world: World, ada: User, kinds: Any) -> None:
    refused = ada.post("/api/quizzes", {"kinds": kinds})
    assert (refused.status, refused.code) == (400, "invalid_request")
    assert world.adapters.agent.tasks == []


@pytest.mark.parametrize(
    ("kind", "answer", "code"),
    [
        ("ordering", ["A", "B"], "incomplete_order"),
        ("ordering", ["A", "B", "Z"], "unknown_option"),
        ("multiple_answer", ["A", "F"], "unknown_option"),
        ("cloze", ["aorta"], "wrong_answer_form"),
        ("true_false", "C", "unknown_option"),
    ],
)
@pytest.mark.usefixtures("body")
def test_an_answer_of_another_form_is_refused_and_changes_nothing(
    world: World, ada: User, kind: QuestionKind, answer: Any, code: str
) -> None:
    quiz = make(world, ada, kind)
    refused = ada.submit(quiz, {"1": answer})
    assert (refused.status, refused.code, refused.body["error"]["field"]) == (400, code, "answers.1")
    assert ada.get("/api/quiz-results").body["items"] == []


def test_quizzes_and_results_stored_before_kinds_existed_are_read(world: World, ada: User) -> None:
    ada.upload("notes.txt", PHYSICS)
    quiz = ada.make_quiz()
    store = world.adapters.key_values
    old = store.get(QUIZZES, {"quiz_id": quiz["quiz_id"]})
    assert old is not None
    del old["kinds"]
    for question in old["questions"]:
        for name in ("kind", "right", "accepted", "near", "tolerance"):
            del question[name]
    store.put(QUIZZES, old)
    assert ada.get(f"/api/quizzes/{quiz['quiz_id']}").body == quiz
    result = ada.submit(quiz, ada.right_answers(quiz)).body
    kept = store.get(QUIZ_RESULTS, {"result_id": result["result_id"]})
    assert kept is not None
    for graded in kept["detailed_results"]:
        for name in ("kind", "credit", "needs_review"):
            del graded[name]
    store.put(QUIZ_RESULTS, kept)
    assert ada.get(f"/api/quizzes/{quiz['quiz_id']}/result").body == result


@pytest.mark.usefixtures("body")
def test_no_key_of_any_kind_is_sent_before_the_answers_arrive(world: World, ada: User) -> None:
    quiz = make(world, ada, *KINDS)
    told = [json.dumps(quiz), ada.get(f"/api/quizzes/{quiz['quiz_id']}").text]
    (exported,) = ada.get("/api/me/export").body["export"]["quizzes"]
    for question in exported["questions"]:
        assert set(question) == {"question_id", "question", "options", "concept", "kind", "checked", "hints"}
    told.append(json.dumps(exported))
    for text in told:
        for secret in ("aorta", "25 millimetres", "It pumps blood", "As the text says"):
            assert secret not in text.replace("does the aorta have", "")
    ada.submit(quiz, {})
    (exported,) = ada.get("/api/me/export").body["export"]["quizzes"]
    assert "The heart is a muscle." in json.dumps(exported)


def test_every_kind_has_an_example() -> None:
    assert {one.kind for one in EXAMPLES} == set(KINDS)

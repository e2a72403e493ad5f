"""A teacher changes a mark. Everything computed from it becomes as if the mark had been right from the start. A
repeated decision has no second effect.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from domain.base.learner import Learner
from domain.base.tables import APPEALS, DECISIONS, QUIZ_RESULTS
from domain.teaching.overriding import MarkName, Ruling
from ports.agent import Task
from tests.support.faults import Crash, Faults, worker
from tests.support.interviews import ANSWERS, QUESTIONS, begun, by_the_book, connected, prepared
from tests.support.marking import PHYSICS_101, given, items, letters, stored_of
from tests.support.world import Reply, User, World

OVERRIDES = f"/api/teacher/subjects/{PHYSICS_101}/overrides"
DECISIONS_PATH = f"/api/teacher/subjects/{PHYSICS_101}/decisions"
GRACE = Learner("grace", "", None, "Grace", "teacher")


@pytest.fixture
def grace(world: World) -> User:
    return world.user("grace")


def taken(world: World, quiz_id: str, chosen: list[int | None], keys: dict[int, int] | None = None) -> Reply:
    """Ada submits a quiz of class items. The first option of each is right, except for the items in ``keys``."""
    given(world, "ada", quiz_id, items(len(chosen), keys))
    world.adapters.clock.advance(60)
    answers = letters(world, "ada", quiz_id, chosen)
    return world.user("ada").post(f"/api/quizzes/{quiz_id}/submit", {"answers": answers})


def decide(grace: User, question_id: str, verdict: str, **more: Any) -> Reply:
    body = {
        "result_id": "q1-r",
        "question_id": question_id,
        "verdict": verdict,
        "reason": "I say so.",
        **more,
    }
    return grace.post(OVERRIDES, body)


def test_the_score_changes_and_the_learner_is_told_what_and_why(world: World, ada: User, grace: User) -> None:
    assert taken(world, "q1", [0, 1]).body["score"] == 50.0

    done = decide(grace, "2", "right")

    assert (done.status, done.body["score_before"], done.body["score_after"]) == (200, 50.0, 100.0)
    result = ada.get("/api/quizzes/q1/result").body
    assert (result["score"], result["correct_answers"], result["total_questions"]) == (100.0, 2, 2)
    mark = result["results"][1]
    assert (mark["is_correct"], mark["credit"]) == (True, 1.0)
    (told,) = mark["corrections"]
    assert (told["kind"], told["verdict"], told["reason"]) == ("override", "right", "I say so.")
    assert (told["credit_before"], told["credit_after"]) == (0.0, 1.0)
    (listed,) = ada.get("/api/quiz-results").body["items"]
    assert [one["question_id"] for one in listed["corrections"]] == ["2"]


@pytest.mark.parametrize(
    ("chosen", "verdict", "keys"),
    [(1, "right", {2: 1}), (0, "wrong", {2: 2})],
    ids=["to right", "to wrong"],
)
def test_everything_is_as_if_the_new_mark_had_been_there_from_the_start(
    chosen: int, verdict: str, keys: dict[int, int]
) -> None:
    corrected, right = World(), World()
    for world, known in ((corrected, None), (right, keys)):
        taken(world, "q0", [0, 1, 0])
        taken(world, "q1", [0, chosen, 1], known)
        taken(world, "q2", [1, 0, 0])
    assert stored_of(corrected, "ada") != stored_of(right, "ada")

    assert decide(corrected.user("grace"), "2", verdict).status == 200

    assert stored_of(corrected, "ada") == stored_of(right, "ada")
    paths = [f"/api/quizzes/{quiz_id}/result" for quiz_id in ("q0", "q1", "q2")]
    for path in paths:
        one, other = (world.user("ada").get(path).body for world in (corrected, right))
        for name in ("score", "correct_answers", "total_questions", "mastery_changes"):
            assert one[name] == other[name], (path, name)
    for path in ("/api/profile", f"/api/profile?subject_id={PHYSICS_101}", "/api/reviews"):
        assert corrected.user("ada").get(path).body == right.user("ada").get(path).body
    analytics = f"/api/teacher/subjects/{PHYSICS_101}/ai-analytics"
    assert corrected.user("grace").get(analytics).body == right.user("grace").get(analytics).body


def test_the_same_decision_again_changes_nothing_and_another_takes_its_place(
    world: World, ada: User, grace: User
) -> None:
    taken(world, "q1", [1])
    first = decide(grace, "1", "right")
    before = world.adapters.key_values.items(DECISIONS)
    again = decide(grace, "1", "right")
    assert again.body == first.body
    assert world.adapters.key_values.items(DECISIONS) == before

    world.adapters.clock.advance(60)
    other = decide(grace, "1", "partly", credit=0.25, reason="On second thoughts.")

    assert other.body["decision_id"] != first.body["decision_id"]
    result = ada.get("/api/quizzes/q1/result").body
    assert result["score"] == 25.0
    assert [one["verdict"] for one in result["results"][0]["corrections"]] == ["partly", "right"]
    (evidence,) = world.services.ledger.evidence("ada", PHYSICS_101)
    assert (evidence.score, evidence.revision) == (0.25, 2)
    assert [one.score for one in world.services.ledger.entries("ada", PHYSICS_101)] == [0.0, 1.0, 0.25]


def test_an_unanswered_question_may_count_and_is_still_no_evidence(
    world: World, ada: User, grace: User
) -> None:
    taken(world, "q1", [0, None])
    assert decide(grace, "2", "right").body["score_after"] == 100.0
    assert len(world.services.ledger.entries("ada", PHYSICS_101)) == 1


def test_the_record_says_who_decided_what_and_why(world: World, ada: User, grace: User) -> None:
    taken(world, "q1", [1, 0])
    decide(grace, "1", "right")
    world.adapters.clock.advance(60)
    decide(grace, "2", "wrong", reason="It was copied.")

    page = grace.get(f"{DECISIONS_PATH}?limit=1").body
    rest = grace.get(f"{DECISIONS_PATH}?cursor={page['next_cursor']}").body

    latest, first = page["items"][0], rest["items"][0]
    assert (latest["question_id"], latest["reason"], latest["verdict"]) == ("2", "It was copied.", "wrong")
    assert (latest["teacher_id"], latest["user_id"], latest["name"]) == ("grace", "ada", "Ada Lovelace")
    assert (latest["machine_verdict"], latest["machine_credit"]) == ("right", 1.0)
    assert (first["machine_verdict"], first["credit_before"], first["credit_after"]) == ("wrong", 0.0, 1.0)
    assert rest["next_cursor"] is None
    exported = ada.get("/api/me/export").body["export"]
    assert {one["reason"] for one in exported["decisions"]} == {"I say so.", "It was copied."}

    erased = ada.delete("/api/me/data").body["erased"]

    assert erased["decisions"] == 2
    assert grace.get(DECISIONS_PATH).body == {"items": [], "erased": 2, "next_cursor": None}
    assert not any("ada" in str(row) for row in world.adapters.key_values.items(DECISIONS))
    world.adapters.clock.advance(3600)
    world.sweep()
    assert world.user("grace").get(DECISIONS_PATH).body["erased"] == 2


def test_a_teacher_of_another_subject_and_a_student_decide_nothing(world: World, ada: User) -> None:
    taken(world, "q1", [1])
    karl, grace = world.user("karl"), world.user("grace")
    history = "/api/teacher/subjects/history_201"
    body = {"result_id": "q1-r", "question_id": "1", "verdict": "right", "reason": "Mine."}
    unknown = {**body, "result_id": "nothing"}
    for path in (OVERRIDES, OVERRIDES.replace(PHYSICS_101, "nothing")):
        assert (karl.post(path, body).status, karl.post(path, body).code) == (403, "not_your_subject")
        assert ada.post(path, body).code == "teacher_only"
    own, none = karl.post(f"{history}/overrides", body), karl.post(f"{history}/overrides", unknown)
    assert own.status == 404
    assert own.but_for_the_request_id() == none.but_for_the_request_id()
    assert karl.get(f"{history}/decisions").body["items"] == []
    assert karl.get(DECISIONS_PATH).status == 403
    assert grace.post(OVERRIDES, {**body, "question_id": "9"}).code == "mark_not_found"
    assert world.adapters.key_values.items(DECISIONS) == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"verdict": "stated"}, "wrong_verdict"),
        ({"verdict": "right", "credit": 0.5}, "invalid_credit"),
        ({"verdict": "right", "fact": "1.1"}, "invalid_request"),
        ({"verdict": "right", "question_id": None}, "invalid_request"),
        ({"verdict": "perhaps"}, "invalid_request"),
        ({"verdict": "partly", "credit": 1}, "invalid_request"),
        ({"verdict": "right", "reason": "  "}, "invalid_request"),
        ({"verdict": "right", "reason": "x" * 1001}, "invalid_request"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(
    world: World, grace: User, body: dict[str, Any], code: str
) -> None:
    taken(world, "q1", [1])
    whole = {"result_id": "q1-r", "question_id": "1", "reason": "I say so.", **body}
    reply = grace.post(OVERRIDES, {name: value for name, value in whole.items() if value is not None})
    assert (reply.status, reply.code) == (400, code)
    assert world.adapters.key_values.items(DECISIONS) == []


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
def test_a_crash_at_any_call_leaves_all_or_nothing_and_repeating_decides_once(after_effect: bool) -> None:
    ruling = Ruling("right", "I say so.")
    whole = World()
    taken(whole, "q1", [1, 0])
    decide(whole.user("grace"), "1", "right")
    wanted = stored_of(whole, "ada")
    for at in itertools.count(1):
        world = World()
        taken(world, "q1", [1, 0])
        faults = Faults(at=at, after_effect=after_effect)
        try:
            worker(world, faults).overriding.override(
                GRACE, PHYSICS_101, MarkName("q1-r", "question", "1"), ruling
            )
        except Crash:
            pass
        decided = world.adapters.key_values.items(DECISIONS)
        (result,) = world.adapters.key_values.items(QUIZ_RESULTS)
        assert result["score"] == (100 if decided else 50)
        world.adapters.clock.advance(120)
        world.sweep()
        if decided:
            assert stored_of(world, "ada") == wanted
        assert decide(world.user("grace"), "1", "right").status == 200
        assert len(world.adapters.key_values.items(DECISIONS)) == 1
        assert stored_of(world, "ada") == wanted
        if faults.calls < at:
            assert at > 8
            return


class TestFacts:
    @pytest.fixture
    def held(self, world: World, ada: User) -> str:
        """An interview of one question with two facts, of which ada said one. Returns its id."""
        prepared(world, ada)
        socket = connected(world, ada)
        session_id = begun(socket, max_questions=1)["session_id"]
        socket.send({"type": "text_answer", "text": ANSWERS[QUESTIONS[0]["question"]].split(". ")[0] + "."})
        socket.send({"type": "end_interview"})
        return str(session_id)

    def test_a_fact_is_decided_by_its_id_or_its_words(
        self, world: World, ada: User, grace: User, held: str
    ) -> None:
        before = ada.get(f"/api/interviews/{held}").body
        assert before["turns"][0]["facts"][1]["verdict"] == "missing"
        fact = before["turns"][0]["facts"][1]

        body = {"result_id": held, "fact": fact["fact"], "verdict": "stated", "reason": "She said it."}
        done = grace.post(OVERRIDES, body)

        assert (done.status, done.body["fact_id"]) == (200, "1.2")
        assert done.body["score_after"] > done.body["score_before"]
        again = grace.post(OVERRIDES, {**body, "fact": "1.2"})
        assert again.body == done.body
        after = ada.get(f"/api/interviews/{held}").body
        turn = after["turns"][0]
        assert turn["facts"][1]["verdict"] == "stated"
        assert turn["score"] == after["overall_score"] == done.body["score_after"]
        (review,) = turn["reviews"]
        assert (review["fact_id"], review["machine_verdict"]) == ("1.2", "missing")
        assert [one["reason"] for one in review["corrections"]] == ["She said it."]
        (evidence,) = world.services.ledger.evidence("ada", PHYSICS_101)
        assert (evidence.score, evidence.revision) == (turn["score"] / 100, 1)

    def test_a_ruling_that_does_not_fit_a_fact_is_refused(self, world: World, grace: User, held: str) -> None:
        body = {"result_id": held, "fact": "1.2", "verdict": "right", "reason": "She said it."}
        assert grace.post(OVERRIDES, body).code == "wrong_verdict"
        assert grace.post(OVERRIDES, {**body, "verdict": "stated", "fact": "9.9"}).code == "mark_not_found"
        assert (
            grace.post(OVERRIDES, {**body, "verdict": "stated", "result_id": "no"}).code == "result_not_found"
        )

    def test_words_that_two_facts_share_do_not_say_which_is_meant(
        self, world: World, ada: User, grace: User
    ) -> None:
        prepared(world, ada)
        first = {"fact": "It stays at rest.", "quote": "a body stays at rest"}

        def same_fact(task: Task) -> str:
            reply = json.loads(by_the_book(task))
            for question in reply.get("questions", ()):
                question["facts"] = [first]
            return json.dumps(reply)

        world.adapters.agent.otherwise = same_fact
        socket = connected(world, ada)
        session_id = begun(socket, max_questions=2)["session_id"]
        for number in (1, 2):
            socket.send({"type": "text_answer", "text": "The body stays at rest.", "question_number": number})
        socket.send({"type": "end_interview"})
        ruling = {"result_id": session_id, "verdict": "missing", "reason": "No."}
        refused = grace.post(OVERRIDES, {**ruling, "fact": first["fact"]})
        assert (refused.status, refused.code, refused.body["error"]["field"]) == (
            400,
            "ambiguous_fact",
            "fact",
        )
        appeal = {"sentence": "I said it.", "fact": first["fact"]}
        assert ada.post(f"/api/results/{session_id}/appeals", appeal).code == "ambiguous_fact"
        assert grace.post(OVERRIDES, {**ruling, "fact": "1.1"}).status == 200

    def test_an_interview_that_goes_on_is_not_decided_over(
        self, world: World, ada: User, grace: User
    ) -> None:
        prepared(world, ada)
        socket = connected(world, ada)
        session_id = begun(socket)["session_id"]
        socket.send({"type": "text_answer", "text": ANSWERS[QUESTIONS[0]["question"]]})
        body = {"result_id": session_id, "fact": "1.1", "verdict": "missing", "reason": "No."}
        assert grace.post(OVERRIDES, body).code == "interview_goes_on"

    def test_an_erased_interview_leaves_no_decision_and_no_evidence(
        self, world: World, ada: User, grace: User, held: str
    ) -> None:
        body = {"result_id": held, "fact": "1.2", "verdict": "stated", "reason": "She said it."}
        grace.post(OVERRIDES, body)
        ada.delete("/api/me/data")
        assert grace.post(OVERRIDES, body).code == "result_not_found"
        assert world.services.ledger.entries("ada", PHYSICS_101) == []
        assert world.adapters.key_values.items(APPEALS) == []

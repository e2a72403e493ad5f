"""Quizzes through the API: made from documents, scored once, keys kept."""

from __future__ import annotations

import json
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from domain.base.errors import Conflict
from ports.agent import CutShort
from ports.errors import Throttled, TimedOut, Unavailable
from tests.support.world import HISTORY, PHYSICS, PHYSICS_ITEMS, Reply, User, World, physics_quiz


@pytest.fixture
def quiz(ada: User) -> Any:
    ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    return ada.make_quiz(subject_id="physics_101")


def test_a_quiz_shows_questions_and_options_but_no_key(quiz: Any) -> None:
    assert [one["question_id"] for one in quiz["questions"]] == ["1", "2", "3"]
    for question in quiz["questions"]:
        assert len(question["options"]) == 4
        assert (question["correct_answer"], question["explanation"], question["citation"]) == (None,) * 3
    assert quiz["note"] is None
    assert quiz["title"] == "Quiz: Physics 101"


def test_right_answers_score_all_and_raise_mastery(ada: User, quiz: Any) -> None:
    result = ada.submit(quiz, ada.right_answers(quiz)).body

    assert (result["score"], result["correct_answers"], result["total_questions"]) == (100.0, 3, 3)
    for graded in result["results"]:
        citation = graded["citation"]
        assert PHYSICS[citation["start"] : citation["end"]] == citation["quote"]
        assert graded["is_correct"]
        assert graded["explanation"]
    assert len(result["mastery_changes"]) == 3
    assert all(change["after"] > change["before"] for change in result["mastery_changes"])
    levels = ada.get("/api/profile?subject_id=physics_101").body["mastery_levels"]
    assert len(levels) == 3
    assert all(level > 0.3 for level in levels.values())


@pytest.mark.parametrize("cut", [False, True], ids=["whole", "cut in the third"])
def test_the_complete_questions_of_a_truncated_reply_are_used(world: World, ada: User, cut: bool) -> None:
    def reply(task: Any) -> Any:
        whole = physics_quiz(task)
        third = whole.index(str(PHYSICS_ITEMS[2]["question"])) + 30
        return [whole[:90], whole[90:third], CutShort("agent")] if cut else whole

    ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    world.adapters.agent.enqueue(reply)
    world.adapters.agent.otherwise = lambda task: CutShort("agent")
    made = ada.post("/api/quizzes", {"subject_id": "physics_101", "num_questions": 3})
    assert len(made.body["questions"]) == (2 if cut else 3)


def test_a_reply_truncated_before_its_first_word_is_a_failure(world: World, ada: User) -> None:
    ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    world.adapters.agent.otherwise = lambda task: CutShort("agent")
    assert ada.post("/api/quizzes", {"subject_id": "physics_101"}).code == "agent_unavailable"


def test_wrong_answers_lower_mastery(ada: User, quiz: Any) -> None:
    result = ada.submit(quiz, ada.wrong_answers(quiz)).body
    assert result["score"] == 0
    assert all(change["after"] < change["before"] for change in result["mastery_changes"])
    assert all(level < 0.3 for level in ada.get("/api/profile").body["mastery_levels"].values())


def test_an_empty_submission_scores_nothing_and_changes_no_mastery(ada: User, quiz: Any) -> None:
    result = ada.submit(quiz, {}).body
    assert (result["score"], result["correct_answers"], result["total_questions"]) == (0, 0, 3)
    assert [graded["is_correct"] for graded in result["results"]] == [False] * 3
    assert result["mastery_changes"] == []
    assert ada.get("/api/profile").body["concepts"] == []
    assert ada.get(f"/api/quizzes/{quiz['quiz_id']}/result").body == result


def test_a_question_left_unanswered_counts_in_the_score_and_is_no_evidence(ada: User, quiz: Any) -> None:
    answers = ada.right_answers(quiz)
    left_out = answers.popitem()[0]
    result = ada.submit(quiz, answers).body
    assert (result["correct_answers"], result["total_questions"]) == (2, 3)
    assert [one["question_id"] for one in result["results"] if not one["is_correct"]] == [left_out]
    assert len(result["mastery_changes"]) == 2
    assert all(change["after"] > change["before"] for change in result["mastery_changes"])
    assert sum(one["evidence_count"] for one in ada.get("/api/profile").body["concepts"]) == 2


def test_the_profile_shows_the_chance_of_success_with_its_interval_and_reasons(ada: User, quiz: Any) -> None:
    right, wrong = ada.right_answers(quiz), ada.wrong_answers(quiz)
    ada.submit(quiz, {"1": right["1"], "2": wrong["2"], "3": wrong["3"]})
    profile = ada.get("/api/profile?subject_id=physics_101").body
    known, *unknown = sorted(profile["concepts"], key=lambda one: -one["chance_of_success"])
    for one in (known, *unknown):
        assert one["chance_interval"]["low"] < one["chance_of_success"] < one["chance_interval"]["high"]
        amounts = {reason["reason"]: reason["amount"] for reason in one["chance_reasons"]}
        assert amounts["usual_share"] == pytest.approx((3 + 1) / (5 + 3))
        assert (amounts["right"], amounts["wrong"]) == ((1.0, 0.0) if one is known else (0.0, 1.0))
    why = ada.get(f"/api/profile/concepts/{known['concept']}?subject_id=physics_101").body
    assert {name: why[name] for name in known} == known


def test_the_agents_are_told_the_chance_of_success(world: World, ada: User, quiz: Any) -> None:
    ada.submit(quiz, ada.wrong_answers(quiz))
    ada.ask("What does the second law say?", subject_id="physics_101")
    told = world.adapters.agent.tasks[-1].request
    profile = ada.get("/api/profile?subject_id=physics_101").body
    for concept in profile["concepts"]:
        chance = f"{concept['chance_of_success']:.0%}"
        assert (
            f"is still unsure of: {concept['label']} (would answer right with a chance of {chance})" in told
        )
    ada.post("/api/quizzes", {"subject_id": "physics_101"})
    (focus,) = re.findall("<focus>(.*?)</focus>", world.adapters.agent.tasks[-1].request)
    for concept in profile["concepts"]:
        assert f"{concept['label']} ({concept['chance_of_success']:.0%})" in focus


@pytest.mark.parametrize("cursor", ["x", "é", "bnVsbA", "W10", "WzEsMl0"])
def test_a_cursor_that_no_list_of_evidence_gave_is_refused(ada: User, cursor: str) -> None:
    answer = ada.get(f"/api/profile/concepts/Inertia?cursor={cursor}")
    assert (answer.status, answer.code, answer.body["error"]["field"]) == (400, "invalid_cursor", "cursor")


def test_chatting_does_not_change_mastery(ada: User, quiz: Any) -> None:
    ada.submit(quiz, ada.right_answers(quiz))
    before = ada.get("/api/profile").body
    for _ in range(3):
        assert ada.ask("What does the second law say?", subject_id="physics_101").status == 200
    after = ada.get("/api/profile").body
    assert after["mastery_levels"] == before["mastery_levels"]
    assert after["concepts"] == before["concepts"]


def test_the_tutor_is_told_of_the_learners_level(world: World, ada: User, quiz: Any) -> None:
    ada.submit(quiz, ada.wrong_answers(quiz))
    answer = ada.ask("What does the second law say?", subject_id="physics_101").body
    assert answer["context_used"]["personalization_applied"] is True
    assert "level: beginner" in world.adapters.agent.tasks[-1].request


def test_the_same_answers_again_get_the_same_result_and_others_are_refused(ada: User, quiz: Any) -> None:
    right = ada.right_answers(quiz)
    first = ada.submit(quiz, right)
    profile = ada.get("/api/profile").body
    assert ada.submit(quiz, right).body == first.body
    other = ada.submit(quiz, ada.wrong_answers(quiz))
    assert (other.status, other.code) == (409, "quiz_already_submitted")
    assert ada.get("/api/profile").body == profile
    assert ada.get(f"/api/quizzes/{quiz['quiz_id']}/result").body == first.body
    assert len(ada.get("/api/quiz-results").body["items"]) == 1


def test_two_submissions_at_once_are_scored_once(world: World, ada: User, quiz: Any) -> None:
    grading, learner = world.services.grading, world.services.admission.admit(ada.token or "").learner
    answers = [ada.right_answers(quiz), ada.wrong_answers(quiz)] * 4

    def submit(given: dict[str, str | None]) -> float | None:
        try:
            return grading.submit(learner, quiz["quiz_id"], given).score.score
        except Conflict:
            return None

    with ThreadPoolExecutor(8) as pool:
        scores = set(pool.map(submit, [dict(given) for given in answers])) - {None}
    assert len(scores) == 1
    assert ada.get("/api/quiz-results").body["items"][0]["score"] == scores.pop()
    evidence = [concept["evidence_count"] for concept in ada.get("/api/profile").body["concepts"]]
    assert evidence == [1, 1, 1]


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"9": "A"}, "answers.9"),
        ({"1": "E"}, "answers.1"),
        ({"1": "AB"}, "answers.1"),
        ({"1": ""}, "answers.1"),
    ],
)
def test_an_answer_to_an_unknown_question_or_option_is_refused_and_changes_nothing(
    ada: User, quiz: Any, answers: dict[str, str], field: str
) -> None:
    refused = ada.submit(quiz, answers)
    assert (refused.status, refused.body["error"]["field"]) == (400, field)
    assert ada.get(f"/api/quizzes/{quiz['quiz_id']}/result").status == 404
    assert ada.get("/api/profile").body["concepts"] == []


def test_missing_answers_are_wrong_and_lower_case_is_read(ada: User, quiz: Any) -> None:
    right = ada.right_answers(quiz)
    result = ada.submit(quiz, {"1": right["1"].lower(), "2": None}).body
    assert [one["is_correct"] for one in result["results"]] == [True, False, False]
    assert [one["user_answer"] for one in result["results"]] == [right["1"], None, None]


def test_keys_are_shown_once_submitted(ada: User, quiz: Any) -> None:
    right = ada.right_answers(quiz)
    ada.submit(quiz, right)
    shown = ada.get(f"/api/quizzes/{quiz['quiz_id']}").body
    assert {one["question_id"]: one["correct_answer"] for one in shown["questions"]} == right
    assert shown["submitted_at"] is not None


def test_no_channel_holds_a_key_before_submission(
    world: World, ada: User, alan: User, caplog: pytest.LogCaptureFixture
) -> None:
    """Both the explanation and the passage's quote can reveal the key, like its letter."""
    caplog.set_level(logging.DEBUG, logger="lyceum")
    ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    canary = "canary-7f3a explains the key"
    items = [item | {"explanation": f"{canary} {item['correct']}", "passage": 1} for item in PHYSICS_ITEMS]
    world.adapters.agent.enqueue(json.dumps({"questions": items}))
    made = ada.post("/api/quizzes", {"num_questions": 3}, headers={"Idempotency-Key": "once"})
    quiz = made.body
    grace = world.user("grace")
    seen = [
        made.text,
        ada.post("/api/quizzes", {"num_questions": 3}, headers={"Idempotency-Key": "once"}).text,
        ada.get("/api/quizzes").text,
        ada.get(f"/api/quizzes/{quiz['quiz_id']}").text,
        ada.get(f"/api/quizzes/{quiz['quiz_id']}/result").text,
        ada.submit(quiz, {"1": "Z"}).text,
        ada.get("/api/me/export").text,
        ada.get("/api/profile").text,
        alan.get(f"/api/quizzes/{quiz['quiz_id']}").text,
        grace.get("/api/teacher/subjects/physics_101/ai-analytics").text,
        caplog.text,
        *(json.dumps(record.__dict__, default=str) for record in caplog.records),
    ]
    assert not [text for text in seen if canary in text or '"correct_answer":"' in text]
    assert made.status == 200


def test_a_quiz_with_fewer_questions_than_requested_says_so(world: World, ada: User) -> None:
    ada.upload("notes.txt", PHYSICS)
    world.adapters.agent.enqueue(physics_quiz)
    world.adapters.agent.enqueue(physics_quiz)
    world.adapters.agent.enqueue(physics_quiz)
    quiz = ada.post("/api/quizzes", {"num_questions": 8}).body
    assert len(quiz["questions"]) == 3
    assert quiz["requested_questions"] == 8
    assert quiz["note"] == "The documents support 3 of the 8 questions asked for."


def test_a_question_that_nothing_supports_is_asked_for_again(world: World, ada: User) -> None:
    ada.upload("notes.txt", PHYSICS)
    invented = PHYSICS_ITEMS[0] | {"passage": 1, "quote": "the force is equal to the age of the king"}
    world.adapters.agent.enqueue(json.dumps({"questions": [invented]}))
    world.adapters.agent.enqueue(physics_quiz)
    quiz = ada.post("/api/quizzes", {"num_questions": 2}).body
    assert len(quiz["questions"]) == 2
    assert len(world.adapters.agent.tasks) == 2


def test_no_quiz_is_made_if_no_question_is_admitted(world: World, ada: User) -> None:
    ada.upload("notes.txt", PHYSICS)
    for _ in range(3):
        world.adapters.agent.enqueue("I would rather not.")
    refused = ada.post("/api/quizzes", {})
    assert (refused.status, refused.code) == (409, "not_enough_material")
    assert ada.get("/api/quizzes").body["items"] == []


@pytest.mark.parametrize(
    ("failure", "status"),
    [(Unavailable("agent"), 502), (TimedOut("agent"), 504), (Throttled("agent"), 502)],
)
def test_an_agent_that_fails_makes_no_quiz(world: World, ada: User, failure: Exception, status: int) -> None:
    ada.upload("notes.txt", PHYSICS)
    world.adapters.agent.enqueue(failure)
    assert ada.post("/api/quizzes", {}).status == status
    assert ada.get("/api/quizzes").body["items"] == []


def test_recent_questions_are_not_asked_again(world: World, ada: User, quiz: Any) -> None:
    for _ in range(3):
        world.adapters.agent.enqueue(physics_quiz)
    again = ada.post("/api/quizzes", {"num_questions": 3})
    assert (again.status, again.code) == (409, "not_enough_material")
    assert set(world.adapters.agent.tasks[-1].avoid) >= {one["question"] for one in quiz["questions"]}


def test_no_quiz_is_made_without_documents(world: World, ada: User) -> None:
    assert ada.post("/api/quizzes", {}).code == "no_materials"
    assert world.adapters.agent.tasks == []


@pytest.mark.parametrize(
    "body",
    [
        {"num_questions": 0},
        {"num_questions": 21},
        {"num_questions": 10**9},
        {"topic": "   "},
        {"topic": "x" * 201},
        {"difficulty": "impossible"},
        {"document_ids": ["x"] * 10_000},
        {"user_id": "alan"},
        {"score": 100},
    ],
)
def test_a_value_out_of_range_is_refused_before_any_paid_call(
    world: World, ada: User, body: dict[str, Any]
) -> None:
    assert ada.post("/api/quizzes", body).status == 400
    assert world.adapters.agent.tasks == []
    assert world.adapters.embedder.calls == []


def test_the_named_documents_must_be_the_learners_own_and_completed(
    world: World, ada: User, alan: User
) -> None:
    hers = ada.upload("notes.txt", PHYSICS)
    assert alan.post("/api/quizzes", {"document_ids": [hers]}).code == "file_not_found"
    waiting = ada.offer("later.txt", b"some text").body["file_id"]
    assert ada.post("/api/quizzes", {"document_ids": [waiting]}).code == "document_not_ready"
    assert ada.post("/api/quizzes", {"subject_id": "history_201"}).code == "subject_not_found"


def test_with_a_topic_the_questions_are_about_passages_on_it(world: World, ada: User) -> None:
    ada.upload("notes.txt", PHYSICS)
    ada.upload("stone.txt", HISTORY)
    ada.make_quiz(topic="Newton's second law of force and acceleration")
    assert {passage.source for passage in world.adapters.agent.tasks[-1].passages} == {"notes.txt"}


def test_lists_have_a_second_page(world: World, ada: User) -> None:
    ada.upload("notes.txt", PHYSICS)
    for number in range(3):
        item = PHYSICS_ITEMS[number] | {"passage": 1}
        world.adapters.agent.enqueue(json.dumps({"questions": [item]}))
        quiz = ada.post("/api/quizzes", {"num_questions": 1}).body
        ada.submit(quiz, {"1": "A"})
        world.adapters.clock.advance(1)
    for path in ("/api/quizzes", "/api/quiz-results"):
        first = ada.get(f"{path}?limit=2").body
        second = ada.get(f"{path}?limit=2&cursor={first['next_cursor']}").body
        ids = [one["quiz_id"] for page in (first, second) for one in page["items"]]
        assert len(ids) == len(set(ids)) == 3


class TestAssignments:
    def test_an_assignment_makes_one_quiz_per_learner_from_its_sessions_materials(
        self, world: World, ada: User, alan: User
    ) -> None:
        world.user("grace").share("physics_101", "lecture.txt", PHYSICS, session_id="session_1")
        ada.upload("stone.txt", HISTORY)
        world.adapters.agent.enqueue(physics_quiz)
        first = generate(ada)
        assert first.status == 200, first.text
        assert first.body["assignment_id"] == "assignment_1"
        assert {passage.source for passage in world.adapters.agent.tasks[-1].passages} == {"lecture.txt"}
        assert generate(ada).body == first.body
        world.adapters.agent.enqueue(physics_quiz)
        assert generate(alan).body["quiz_id"] != first.body["quiz_id"]

    def test_without_materials_there_is_an_error_and_no_quiz(self, world: World, ada: User) -> None:
        ada.upload("other.txt", PHYSICS, subject_id="physics_101")
        refused = generate(ada)
        assert (refused.status, refused.code) == (409, "no_materials")
        assert world.adapters.agent.tasks == []

    def test_an_assignment_of_another_subject_is_not_found(self, mary: User) -> None:
        assert generate(mary).but_for_the_request_id() == generate(mary, "no").but_for_the_request_id()
        assert generate(mary).code == "assignment_not_found"


def generate(who: User, assignment_id: str = "assignment_1") -> Reply:
    return who.post(f"/api/assignments/{assignment_id}/generate-quiz", {"num_questions": 3})

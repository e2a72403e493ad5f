"""Assigned quizzes: what a teacher assigns, what a learner gets and when, and who has answered."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from domain.bank.orders import WantedQuiz
from domain.base.errors import Conflict
from domain.base.learner import Learner
from domain.base.moments import to_text
from domain.quizzes.assigned import AssignedQuiz
from tests.support.classes import enrolled
from tests.support.faults import AtCallOf, worker
from tests.support.world import PHYSICS, Reply, User, World, physics_quiz

ITEMS = "/api/teacher/subjects/physics_101/items"
QUIZ = "/api/teacher/subjects/physics_101/assignments/assignment_1/quiz"
START = "/api/assignments/assignment_1/generate-quiz"


@pytest.fixture
def grace(world: World) -> User:
    return world.user("grace")


def approved(grace: User, count: int = 3, **told: Any) -> list[str]:
    """The ids of approved items that the teacher wrote. The right option of each is "right"."""
    ids = []
    for number in range(count):
        item = {
            "question": f"What is true of case {number}?",
            "options": ["right", "wrong", "odd", "strange"],
            "correct_answer": "A",
            "concept": "cases",
            "explanation": "The teacher says so.",
        }
        made = grace.post(ITEMS, item | told)
        assert made.status == 200, made.text
        ids.append(made.body["item_id"])
        assert grace.post(f"{ITEMS}/{ids[-1]}/approve", {"keep": True}).status == 200
    return ids


def assign(grace: User, **told: Any) -> Reply:
    return grace.post(QUIZ, told)


def start(learner: User) -> Reply:
    return learner.post(START, {})


def answers(quiz: Any, option: str = "right") -> dict[str, str]:
    return {one["question_id"]: "ABCD"[one["options"].index(option)] for one in quiz["questions"]}


def listed(learner: User) -> Any:
    (one,) = learner.get("/api/assignments").body["items"]
    return one


def at(world: World, minutes: int) -> str:
    return to_text(world.adapters.clock.now() + timedelta(minutes=minutes))


def test_a_learner_gets_the_assigned_items_and_no_key(grace: User, ada: User) -> None:
    ids = approved(grace)
    assigned = assign(grace, item_ids=ids).body
    assert (assigned["num_questions"], assigned["state"], assigned["version"]) == (3, "open", 1)

    quiz = start(ada).body

    assert sorted(one["question"] for one in quiz["questions"]) == [
        f"What is true of case {number}?" for number in range(3)
    ]
    assert all(one["correct_answer"] is one["explanation"] is None for one in quiz["questions"])
    assert {one["checked"] for one in quiz["questions"]} == {"teacher"}
    assert quiz["assignment_id"] == "assignment_1"
    result = ada.submit(quiz, answers(quiz)).body
    assert (result["score"], result["correct_answers"]) == (100.0, 3)
    assert result["results"][0]["explanation"] == "The teacher says so."
    assert result["results"][0]["citation"] is None


def test_until_something_is_assigned_a_quiz_is_made_from_the_materials(
    world: World, grace: User, ada: User
) -> None:
    grace.share("physics_101", "laws.txt", PHYSICS, session_id="session_1")
    world.adapters.agent.enqueue(physics_quiz)
    before = ada.post(START, {"num_questions": 3}).body
    assert listed(ada)["attempts"] is None
    ids = approved(grace)
    assign(grace, item_ids=ids)

    after = start(ada).body

    assert before["quiz_id"] != after["quiz_id"]
    assert after["questions"][0]["question"].startswith("What is true of case")


def test_starting_twice_gives_the_same_attempt(grace: User, ada: User) -> None:
    assign(grace, item_ids=approved(grace), attempts=2)
    first, again = start(ada), start(ada)
    assert first.but_for_the_request_id() == again.but_for_the_request_id()
    ada.submit(first.body, answers(first.body))
    second = start(ada).body
    assert second["quiz_id"] != first.body["quiz_id"]
    assert second["submitted_at"] is None


def test_there_are_as_many_attempts_as_the_teacher_says_and_the_best_counts(grace: User, ada: User) -> None:
    assign(grace, item_ids=approved(grace), attempts=2)
    assert (listed(ada)["attempts_left"], listed(ada)["best_score"]) == (2, None)
    first = start(ada).body
    assert (listed(ada)["attempts_left"], listed(ada)["open_quiz_id"]) == (1, first["quiz_id"])
    ada.submit(first, answers(first))
    second = ada.post(f"/api/quizzes/{first['quiz_id']}/retake").body
    assert ada.post(f"/api/quizzes/{second['quiz_id']}/retake").code == "quiz_not_submitted"
    ada.submit(second, answers(second, "wrong"))

    assert ada.post(f"/api/quizzes/{second['quiz_id']}/retake").code == "no_attempts_left"
    assert start(ada).body["quiz_id"] == second["quiz_id"]
    shown = listed(ada)
    assert (shown["attempts_left"], shown["open_quiz_id"], shown["best_score"]) == (0, None, 100.0)
    assert shown["quiz_ids"] == [first["quiz_id"], second["quiz_id"]]
    assert shown["best_result_id"] == f"{first['quiz_id']}-r"


def test_an_assignment_opens_and_closes(world: World, grace: User, ada: User) -> None:
    opens_at, closes_at = at(world, 10), at(world, 20)
    assign(grace, item_ids=approved(grace), opens_at=opens_at, closes_at=closes_at)
    assert listed(ada)["state"] == "not_yet_open"
    assert (listed(ada)["opens_at"], listed(ada)["closes_at"]) == (opens_at, closes_at)
    refused = start(ada)
    assert (refused.status, refused.code) == (409, "assignment_not_open")

    world.adapters.clock.advance(600)
    quiz = start(ada).body
    assert listed(ada)["state"] == "open"

    world.adapters.clock.advance(600)
    assert listed(ada)["state"] == "closed"
    late = ada.submit(quiz, answers(quiz))
    assert (late.status, late.code) == (409, "assignment_closed")
    assert start(ada).body["quiz_id"] == quiz["quiz_id"]
    assert start(world.user("alan")).code == "assignment_closed"


def test_a_submission_is_repeated_after_the_closing(world: World, grace: User, ada: User) -> None:
    assign(grace, item_ids=approved(grace), closes_at=at(world, 10))
    quiz = start(ada).body
    first = ada.submit(quiz, answers(quiz))
    world.adapters.clock.advance(1200)
    assert ada.submit(quiz, answers(quiz)).but_for_the_request_id() == first.but_for_the_request_id()


@pytest.mark.parametrize("show_keys", ["never", "after_submission", "after_closing"])
def test_keys_are_shown_when_the_teacher_says(world: World, grace: User, ada: User, show_keys: str) -> None:
    assign(grace, item_ids=approved(grace), show_keys=show_keys, closes_at=at(world, 10))
    quiz = start(ada).body
    result = ada.submit(quiz, answers(quiz, "wrong")).body
    world.adapters.clock.advance(60)

    def told() -> list[bool]:
        """For each response that could contain the keys, whether it does."""
        of_result = ada.get(f"/api/quizzes/{quiz['quiz_id']}/result").body["results"]
        of_quiz = ada.get(f"/api/quizzes/{quiz['quiz_id']}").body["questions"]
        exported = ada.get("/api/me/export").body["export"]
        return [
            all(one["correct_answer"] is not None for one in of_result),
            any(one["explanation"] is not None for one in [*of_result, *of_quiz]),
            all(one["correct_answer"] is not None for one in of_quiz),
            "correct" in exported["quizzes"][0]["questions"][0],
            "correct_answer" in exported["quiz_results"][0]["score"]["results"][0],
            bool(ada.get("/api/flashcards").body["items"]),
        ]

    shows_now = show_keys == "after_submission"
    assert result["score"] == 0
    assert [one["is_correct"] for one in result["results"]] == [False] * 3
    assert all((one["correct_answer"] is not None) == shows_now for one in result["results"])
    assert told() == [shows_now] * 6
    world.adapters.clock.advance(600)
    assert told() == [show_keys != "never"] * 6


@pytest.mark.parametrize("show_keys", ["never", "after_submission"])
def test_a_question_whose_key_is_hidden_does_not_come_back(
    world: World, grace: User, ada: User, show_keys: str
) -> None:
    assign(grace, item_ids=approved(grace), show_keys=show_keys)
    quiz = start(ada).body
    ada.submit(quiz, answers(quiz, "wrong"))
    world.adapters.clock.advance(3 * 86_400)
    ada = world.user("ada")
    reviews = ada.get("/api/reviews").body
    assert len(reviews["items"]) == reviews["due"] == (0 if show_keys == "never" else 3)
    items = [item.item_id for item in world.services.decks.of("ada")[0].items]
    if show_keys == "never":
        assert ada.post(f"/api/reviews/{items[0]}", {"answer": "A"}).code == "review_not_found"


def test_a_blueprint_draws_for_each_learner_the_same_items_each_time() -> None:
    world = World()
    grace = world.user("grace")
    learners = enrolled(world, 4)
    approved(grace, 8, concept="forces")
    approved(grace, 4, concept="energy", difficulty="advanced", explanation="e")
    lines = [
        {"concept": "Forces", "num_questions": 3},
        {"concept": "energy", "num_questions": 2, "difficulty": "advanced"},
    ]
    assigned = assign(grace, blueprint=lines, attempts=2).body
    assert [(line["num_questions"], line["items"]) for line in assigned["blueprint"]] == [(3, 8), (2, 4)]

    quizzes = [start(learner).body for learner in learners]
    drawn = [
        [one.item_id for one in world.services.quizzes.get(learner.name, quiz["quiz_id"]).questions]
        for learner, quiz in zip(learners, quizzes, strict=True)
    ]

    assert {len(set(ids)) for ids in drawn} == {5}
    assert len({tuple(sorted(map(str, ids))) for ids in drawn}) > 1
    plan = world.services.assigned_quizzes.find("assignment_1")
    assert plan is not None
    assert plan.draws("learner-0000", 1) == plan.draws("learner-0000", 1)
    assert plan.draws("learner-0000", 1) != plan.draws("learner-0000", 2)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"concept": "cases", "num_questions": 4}, "blueprint_not_filled"),
        ({"concept": "cases", "num_questions": 1, "difficulty": "advanced"}, "blueprint_not_filled"),
        ({"concept": "unknown", "num_questions": 1}, "blueprint_not_filled"),
    ],
)
def test_a_blueprint_that_the_bank_cannot_fill_is_refused(grace: User, line: Any, code: str) -> None:
    approved(grace)
    refused = assign(grace, blueprint=[line])
    assert (refused.status, refused.code) == (409, code)
    assert grace.get(QUIZ).code == "assigned_quiz_not_found"


def test_a_blueprint_of_more_questions_than_a_quiz_has_is_refused(grace: User) -> None:
    lines = [{"concept": "cases", "num_questions": 20}, {"concept": "others", "num_questions": 1}]
    refused = assign(grace, blueprint=lines)
    assert (refused.status, refused.code, refused.body["error"]["field"]) == (
        400,
        "too_many_questions",
        "blueprint",
    )


def test_lines_that_share_items_need_enough_of_them(grace: User) -> None:
    approved(grace)
    line = {"concept": "cases", "num_questions": 2}
    assert assign(grace, blueprint=[line, line]).code == "blueprint_not_filled"
    assert assign(grace, blueprint=[line, line | {"num_questions": 1}]).status == 200


def test_lines_that_share_items_are_filled_for_every_learner() -> None:
    world = World()
    grace = world.user("grace")
    learners = enrolled(world, 8)
    approved(grace, 2, concept="forces")
    approved(grace, 1, concept="forces", difficulty="advanced", question="What is hard?")
    lines = [
        {"concept": "forces", "num_questions": 1},
        {"concept": "forces", "num_questions": 1, "difficulty": "advanced"},
    ]
    assert assign(grace, blueprint=lines).body["num_questions"] == 2
    assert {len(start(learner).body["questions"]) for learner in learners} == {2}


def test_lines_that_need_the_same_item_are_refused(grace: User) -> None:
    approved(grace, 3)
    approved(grace, 1, difficulty="advanced", question="What is hard?")
    hard = {"concept": "cases", "num_questions": 1, "difficulty": "advanced"}
    refused = assign(grace, blueprint=[{"concept": "cases", "num_questions": 1}, hard, hard])
    assert (refused.code, "Line 3" in refused.text) == ("blueprint_not_filled", True)


def test_only_approved_items_of_the_subject_are_assigned(grace: User) -> None:
    draft = grace.post(
        ITEMS, {"question": "What?", "options": ["a", "b"], "correct_answer": "A", "concept": "c"}
    )
    assert assign(grace, item_ids=[draft.body["item_id"]]).code == "item_not_approved"
    assert assign(grace, item_ids=["unknown"]).code == "item_not_found"
    assert assign(grace).code == "invalid_request"
    assert assign(
        grace, item_ids=["x"], closes_at="2026-01-01T00:00:00Z", opens_at="2026-01-02T00:00:00Z"
    ).code == ("invalid_times")
    assert grace.post(QUIZ.replace("_1/quiz", "_9/quiz"), {"item_ids": ["x"]}).code == "assignment_not_found"


def test_an_attempt_asks_the_approved_version_and_keeps_it(
    world: World, grace: User, ada: User, alan: User
) -> None:
    (item_id,) = approved(grace, 1)
    assign(grace, item_ids=[item_id])
    grace.patch(f"{ITEMS}/{item_id}", {"question": "What is true of the new case?"})
    before = start(ada).body
    grace.post(f"{ITEMS}/{item_id}/approve", {"keep": True})
    after = start(alan).body

    assert before["questions"][0]["question"] == "What is true of case 0?"
    assert after["questions"][0]["question"] == "What is true of the new case?"
    assert start(ada).body["questions"] == before["questions"]
    kept = [
        world.services.quizzes.get(name, quiz["quiz_id"]).questions[0].item_version
        for name, quiz in (("ada", before), ("alan", after))
    ]
    assert kept == [1, 2]


def test_a_retired_item_is_in_no_new_attempt(grace: User, ada: User, alan: User) -> None:
    ids = approved(grace)
    assign(grace, item_ids=ids)
    begun = start(ada).body
    grace.post(f"{ITEMS}/{ids[0]}/retire", {})
    assert len(start(ada).body["questions"]) == len(begun["questions"]) == 3
    assert len(start(alan).body["questions"]) == 2


def test_a_list_counts_the_questions_that_the_learner_gets(
    world: World, grace: User, ada: User, alan: User
) -> None:
    ids = approved(grace)
    assign(grace, item_ids=ids, attempts=2)
    start(ada)
    grace.post(f"{ITEMS}/{ids[0]}/retire", {})
    assert (listed(ada)["num_questions"], listed(alan)["num_questions"]) == (3, 2)
    assert grace.get(QUIZ).body["num_questions"] == 2

    submitted = ada.get("/api/quizzes").body["items"][0]["quiz_id"]
    ada.post(f"/api/quizzes/{submitted}/submit", {"answers": {}})
    assert listed(ada)["num_questions"] == len(start(ada).body["questions"]) == 2

    assign(grace, item_ids=ids[1:], attempts=2, closes_at=at(world, 1))
    world.adapters.clock.advance(120)
    assert (listed(ada)["num_questions"], listed(alan)["num_questions"]) == (2, 2)


def test_a_list_counts_what_a_blueprint_can_still_draw(grace: User, ada: User) -> None:
    ids = approved(grace, 4)
    assign(grace, blueprint=[{"concept": "cases", "num_questions": 3}])
    for left in (3, 2):
        grace.post(f"{ITEMS}/{ids.pop()}/retire", {})
        assert listed(ada)["num_questions"] == grace.get(QUIZ).body["num_questions"] == left
    assert len(start(ada).body["questions"]) == 2


def test_an_assignment_without_any_item_left_says_so(grace: User, ada: User) -> None:
    ids = approved(grace, 1)
    assign(grace, item_ids=ids)
    grace.post(f"{ITEMS}/{ids[0]}/retire", {})
    assert start(ada).code == "assignment_has_no_items"


def test_the_second_of_two_teachers_who_assign_is_refused(grace: User) -> None:
    ids = approved(grace)
    assert assign(grace, item_ids=ids, version=0).body["version"] == 1
    assert assign(grace, item_ids=ids[:1], version=0).code == "assigned_quiz_changed"
    again = assign(grace, item_ids=ids)
    assert again.body["version"] == 1
    assert assign(grace, item_ids=ids, version=0).body["version"] == 1
    assert assign(grace, item_ids=ids[:2], version=1).body["version"] == 2


def test_the_same_assignment_sent_twice_at_once_is_stored_once() -> None:
    world = World()
    grace = world.user("grace")
    ids = approved(grace)
    teacher = Learner("grace", "", None, "Grace", "teacher")

    def meanwhile(wanted: WantedQuiz) -> AssignedQuiz:
        """Assign the wanted quiz while another request assigns all items. Returns the assigned quiz."""
        happens = AtCallOf(method="put", happens=lambda: assign(grace, item_ids=ids))
        assigning = worker(world, happens).assigning
        return assigning.assign(teacher, "physics_101", "assignment_1", wanted, None)

    assert meanwhile(WantedQuiz(item_ids=tuple(ids))).version == 1
    assign(grace, item_ids=ids[1:])
    with pytest.raises(Conflict):
        meanwhile(WantedQuiz(item_ids=tuple(ids[:1])))
    assert grace.get(QUIZ).body["item_ids"] == ids


def test_a_teacher_sees_who_has_answered_and_the_figures() -> None:
    world = World()
    grace = world.user("grace")
    learners = enrolled(world, 8)
    ids = approved(grace)
    assign(grace, item_ids=ids)
    tried = start(grace).body  # a teacher's own answers are in no figure
    assert grace.submit(tried, answers(tried, "wrong")).status == 200
    for place, learner in enumerate(learners[:6]):
        quiz = start(learner).body
        given = answers(quiz)
        for one in quiz["questions"]:
            case = int(one["question"][-2])
            if place < 2 or (case == 0 and place < 4):
                given[one["question_id"]] = "ABCD"[one["options"].index("wrong")]
        assert learner.submit(quiz, given).status == 200

    report = grace.get(QUIZ).body

    assert (report["total_learners"], report["answered"]) == (8, 6)
    scores = {one["user_id"]: one["best_score"] for one in report["learners"]}
    assert [scores[learner.name] for learner in learners] == [0, 0, 66.67, 66.67, 100, 100, None, None]
    figures = {one["item_id"]: one for one in report["items"]}
    assert [figures[one]["share_right"] for one in ids] == [0.3333, 0.6667, 0.6667]
    assert figures[ids[0]]["wrong_options"] == [{"option": "wrong", "count": 4}]
    assert figures[ids[0]]["discrimination"] == 0.5
    listed_figures = {one["item_id"]: one for one in grace.get(f"{ITEMS}/statistics").body["items"]}
    assert listed_figures[ids[0]]["share_right"] == 0.3333
    assert listed_figures[ids[0]]["answers"] == 6
    assert grace.get(f"{ITEMS}/{ids[0]}").body["statistics"]["discrimination"] == 0.5


def test_figures_of_few_learners_are_withheld(grace: User, ada: User, alan: User) -> None:
    ids = approved(grace)
    assign(grace, item_ids=ids)
    for learner in (ada, alan):
        quiz = start(learner).body
        learner.submit(quiz, answers(quiz, "wrong"))
    report = grace.get(QUIZ).body
    assert report["answered"] == 2
    for one in [*report["items"], *grace.get(f"{ITEMS}/statistics").body["items"]]:
        assert one["too_few"]
        assert [one["answers"], one["share_right"], one["discrimination"]] == [None] * 3
        assert one["wrong_options"] == []


def test_a_learner_lists_only_the_assignments_of_their_subjects(world: World, grace: User, ada: User) -> None:
    assign(grace, item_ids=approved(grace))
    mary = world.user("mary")
    assert mary.get("/api/assignments").body == {"items": [], "next_cursor": None}
    assert mary.get("/api/assignments?subject_id=physics_101").code == "subject_not_found"
    assert [one["title"] for one in ada.get("/api/assignments?subject_id=physics_101").body["items"]] == [
        "Forces and motion"
    ]
    shown = json.dumps(ada.get("/api/assignments").body)
    assert "right" not in shown
    assert mary.post(START, {}).code == "assignment_not_found"


@pytest.mark.parametrize("who", ["ada", "karl"])
def test_nobody_but_the_subjects_teacher_assigns_or_sees_who_answered(
    world: World, grace: User, who: str
) -> None:
    ids = approved(grace)
    other = world.user(who)
    assert other.post(QUIZ, {"item_ids": ids}).status == 403
    assert other.get(QUIZ).status == 403
    if who == "karl":
        theirs = QUIZ.replace("physics_101", "history_201")
        assert other.post(theirs, {"item_ids": ids}).code == "assignment_not_found"

"""What teachers see of their classes and share with them, and that nobody else can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.composition.demo_school import DEMO_SCHOOL
from domain.progress.standing import ConceptStanding, DayActivity, QuestionTally, Standing
from fakes.directory import InMemoryDirectory
from ports.directory import Person
from ports.errors import Unavailable
from tests.support.world import HISTORY, PHYSICS, Reply, User, World

ANALYTICS = "/api/teacher/subjects/physics_101/ai-analytics"
MATERIALS = "/api/teacher/subjects/physics_101/materials"
NOW = "2026-09-14T08:00:00.000Z"


@pytest.fixture
def grace(world: World) -> User:
    return world.user("grace")


def enrol(world: World, count: int) -> list[str]:
    """``count`` learners who are enrolled in physics, and nobody else."""
    ids = [f"learner-{number:04}" for number in range(count)]
    people = [Person(user_id, f"auth-{user_id}", None, f"Pupil {user_id[-4:]}", "student") for user_id in ids]
    school = replace(
        DEMO_SCHOOL,
        people=(*DEMO_SCHOOL.people, *people),
        enrolments=tuple((user_id, "physics_101") for user_id in ids),
    )
    world.adapters.directory = InMemoryDirectory(school)
    return ids


def keep(world: World, standings: Sequence[Standing]) -> None:
    for standing in standings:
        world.adapters.key_values.transact([world.services.ledger.standing_put(standing)])


def standing(user_id: str, level: float = 0.2, subject_id: str = "physics_101") -> Standing:
    return Standing(
        user_id=user_id,
        subject_id=subject_id,
        concepts=(ConceptStanding("forces", "Forces", level, 4, NOW),),
        questions=(QuestionTally("key", "What is a force?", 4, 1, {"a colour": 3}),),
        days=(DayActivity("2026-09-14", messages=2, quizzes=1),),
        quizzes_taken=1,
        questions_answered=4,
        questions_correct=1,
        last_active=NOW,
    )


def test_a_teacher_sees_the_progress_of_the_subjects_learners(
    world: World, grace: User, ada: User, alan: User
) -> None:
    for learner in (ada, alan):
        learner.upload("notes.txt", PHYSICS, subject_id="physics_101")
    right, wrong = ada.make_quiz(), alan.make_quiz()
    ada.submit(right, ada.right_answers(right))
    alan.submit(wrong, alan.wrong_answers(wrong))
    ada.post("/api/chat/subjects/physics_101", {"message": "What does the second law say?"})

    answer = grace.get(ANALYTICS)

    assert answer.status == 200, answer.text
    body = answer.body
    assert body["total_students"] == 2
    assert [(row["user_id"], row["name"]) for row in body["learning_progress"]] == [
        ("ada", "Ada Lovelace"),
        ("alan", "Alan Turing"),
    ]
    first, second = body["learning_progress"]
    assert (first["total_interactions"], second["total_interactions"]) == (4, 3)
    assert min(first["mastery_levels"].values()) > max(second["mastery_levels"].values())
    assert body["quiz_performance"]["quizzes_taken"] == 2
    assert body["ai_chat_engagement"]["total_messages"] == 1
    assert body["ai_chat_engagement"]["active_learners"] == 2
    assert body["next_cursor"] is None


def test_two_learners_are_too_few_to_be_summed_up(world: World, grace: User) -> None:
    keep(world, [standing("ada"), standing("alan")])
    body = grace.get(ANALYTICS).body
    (summary,) = body["concept_summary"]
    assert (summary["concept"], summary["too_few"], summary["mean_mastery"]) == ("forces", True, None)
    performance = body["quiz_performance"]
    assert (performance["average_score"], performance["questions"]) == (None, [])
    assert performance["withheld_questions"] == 1
    assert "colour" not in str(body)


def test_five_learners_are_summed_up_and_those_who_need_help_are_named(world: World, grace: User) -> None:
    ids = enrol(world, 6)
    keep(world, [standing(user_id, level=0.1 * number) for number, user_id in enumerate(ids[:5], start=1)])
    body = grace.get(ANALYTICS).body
    (summary,) = body["concept_summary"]
    assert summary == {
        "concept": "forces",
        "label": "Forces",
        "too_few": False,
        "learners": 5,
        "mean_mastery": 0.3,
        "median_mastery": 0.3,
        "share_below": 0.6,
        "share_between": 0.4,
        "share_above": 0.0,
    }
    assert body["quiz_performance"] == {
        "quizzes_taken": 5,
        "average_score": 25.0,
        "too_few": False,
        "questions": [
            {
                "question_key": "key",
                "question": "What is a force?",
                "learners": 5,
                "attempts": 20,
                "success_rate": 0.25,
                "most_chosen_wrong_option": {"option": "a colour", "count": 15},
            }
        ],
        "withheld_questions": 0,
    }
    assert body["ai_chat_engagement"]["by_day"][-1] == {
        "day": "2026-09-14",
        "messages": 10,
        "quizzes": 5,
        "active_learners": 5,
    }
    need = body["needs_help"][0]
    assert (need["user_id"], need["name"]) == (ids[0], "Pupil 0000")
    assert [(weak["concept"], weak["mastery_level"]) for weak in need["weak_concepts"]] == [("forces", 0.1)]
    assert body["inactive"] == [{"user_id": ids[5], "name": "Pupil 0005", "last_active": None}]


def test_only_those_enrolled_now_and_only_this_subject_are_shown(world: World, grace: User) -> None:
    keep(
        world, [standing("mary", 0.9), standing("ada", subject_id="history_201"), standing("ada", 0.5)]
    )  # mary has left the class
    body = grace.get(ANALYTICS).body
    assert [row["user_id"] for row in body["learning_progress"]] == ["ada", "alan"]
    assert body["learning_progress"][0]["mastery_levels"] == {"forces": 0.5}
    assert body["quiz_performance"]["quizzes_taken"] == 1
    assert "'mary'" not in str(body)


def test_learners_come_in_pages_that_miss_nobody(world: World, grace: User) -> None:
    ids = enrol(world, 7)
    seen: list[str] = []
    cursor = ""
    while True:
        page = grace.get(f"{ANALYTICS}?limit=3{cursor}").body
        assert page["total_students"] == 7
        seen += [row["user_id"] for row in page["learning_progress"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == ids


@pytest.mark.parametrize("cursor", ["x", "e30", "WzEsMl0", "W10", "é", "a" * 4096, "bnVsbA"])
def test_an_invalid_cursor_is_refused(grace: User, cursor: str) -> None:
    answer = grace.get(f"{ANALYTICS}?cursor={cursor}")
    assert (answer.status, answer.code, answer.body["error"]["field"]) == (400, "invalid_cursor", "cursor")


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "x", "1.5"])
def test_a_limit_out_of_range_is_refused(grace: User, limit: str) -> None:
    answer = grace.get(f"{ANALYTICS}?limit={limit}")
    assert (answer.status, answer.body["error"]["field"]) == (400, "limit")


def test_a_class_of_a_thousand_is_read_in_thirty_key_value_calls(world: World, grace: User) -> None:
    ids = enrol(world, 1000)
    keep(world, [standing(user_id) for user_id in ids[::10]])
    world.adapters.key_values.calls.clear()
    world.adapters.directory.calls.clear()
    body = grace.get(ANALYTICS).body
    assert len(body["learning_progress"]) == 1000
    assert body["next_cursor"] is None
    assert len(world.adapters.key_values.calls) <= 30
    assert len(world.adapters.directory.calls) <= 5


def test_an_outage_of_the_directory_is_not_an_empty_class(world: World, grace: User) -> None:
    token_read = grace.get(ANALYTICS)
    assert token_read.status == 200
    world.adapters.directory.outage = Unavailable("directory")
    assert grace.get(ANALYTICS).status == 502


REQUESTS: list[tuple[str, str, Any]] = [
    ("GET", "ai-analytics", None),
    ("GET", "materials", None),
    (
        "POST",
        "materials/upload-url",
        {"file_name": "a.txt", "content_type": "text/plain", "file_size": 10},
    ),
    ("DELETE", "materials/FILE", None),
]


def reach(who: User, subject_id: str, request: tuple[str, str, Any], file_id: str) -> Reply:
    method, path, body = request
    return who.send(method, f"/api/teacher/subjects/{subject_id}/{path.replace('FILE', file_id)}", body)


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: f"{request[0]} {request[1]}")
@pytest.mark.parametrize(
    ("name", "code"),
    [("ada", "teacher_only"), ("mary", "teacher_only"), ("karl", "not_your_subject")],
)
def test_a_class_is_closed_to_learners_and_to_other_teachers(
    world: World, grace: User, name: str, code: str, request_: tuple[str, str, Any]
) -> None:
    """A subject that does not exist gets the same answer as another teacher's subject, and no store is read."""
    file_id = grace.share("physics_101", "lecture.txt", PHYSICS)
    keep(world, [standing("ada"), standing("alan")])
    who = world.user(name)
    world.adapters.key_values.calls.clear()
    refused = reach(who, "physics_101", request_, file_id)
    assert (refused.status, refused.code) == (403, code)
    absent = reach(who, "no_subject", request_, "no-file")
    assert absent.but_for_the_request_id() == refused.but_for_the_request_id()
    assert world.adapters.key_values.calls == []
    assert [one["file_id"] for one in grace.get(MATERIALS).body["items"]] == [file_id]


def test_somebody_without_a_token_or_unknown_to_the_school_sees_nothing(world: World) -> None:
    assert world.anyone().get(ANALYTICS).status == 401
    assert (world.stranger().get(ANALYTICS).status, world.stranger().get(MATERIALS).status) == (403, 403)


def test_a_teacher_whose_active_role_is_student_is_a_learner(world: World) -> None:
    people = [
        replace(person, active_role="student") if person.user_id == "grace" else person
        for person in DEMO_SCHOOL.people
    ]
    world.adapters.directory = InMemoryDirectory(replace(DEMO_SCHOOL, people=tuple(people)))
    assert world.user("grace").get(ANALYTICS).code == "teacher_only"


def test_material_is_uploaded_listed_and_deleted(world: World, grace: User, ada: User) -> None:
    file_id = grace.share("physics_101", "lecture.txt", PHYSICS, document_type="textbook", tags=["week 1"])

    (item,) = grace.get(MATERIALS).body["items"]

    assert (item["file_id"], item["filename"], item["status"]) == (file_id, "lecture.txt", "completed")
    assert (item["subject_id"], item["document_type"], item["tags"]) == (
        "physics_101",
        "textbook",
        ["week 1"],
    )
    assert ada.get(f"/api/files/{file_id}").status == 200
    assert grace.delete(f"{MATERIALS}/{file_id}").body == {"deleted": True}
    assert grace.delete(f"{MATERIALS}/{file_id}").body == {"deleted": True}
    assert grace.get(MATERIALS).body["items"] == []
    assert ada.get(f"/api/files/{file_id}").status == 404
    assert list(world.adapters.objects.keys("")) == []


def test_materials_come_in_pages_newest_first(world: World, grace: User) -> None:
    made = []
    for number in range(5):
        world.adapters.clock.advance(1)
        made.append(grace.share("physics_101", f"{number}.txt", f"{PHYSICS} Part {number}."))
    seen: list[str] = []
    cursor = ""
    while True:
        page = grace.get(f"{MATERIALS}?limit=2{cursor}").body
        seen += [one["file_id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == made[::-1]


def test_a_repeated_offer_under_a_key_is_the_same_offer(grace: User) -> None:
    request = {"file_name": "a.txt", "content_type": "text/plain", "file_size": 10}
    key = {"Idempotency-Key": "once"}
    offers = [grace.post(f"{MATERIALS}/upload-url", request, headers=key).body for _ in range(2)]
    assert offers[0] == offers[1]
    assert len(grace.get(MATERIALS).body["items"]) == 1


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"subject_id": "history_201"}, 400),
        ({"file_size": -1}, 400),
        ({"file_size": 0}, 422),
        ({"file_name": "old.doc"}, 415),
        ({"session_id": "session_99"}, 404),
    ],
)
def test_bad_material_is_refused_before_anything_is_kept(
    grace: User, told: dict[str, Any], status: int
) -> None:
    request = {"file_name": "a.txt", "content_type": "", "file_size": 10, **told}
    assert grace.post(f"{MATERIALS}/upload-url", request).status == status
    assert grace.get(MATERIALS).body["items"] == []


def test_the_route_for_materials_deletes_only_material_of_the_class(
    world: World, grace: User, ada: User
) -> None:
    of_ada = ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    own = grace.upload("mine.txt", PHYSICS, subject_id="physics_101")
    elsewhere = world.user("karl").share("history_201", "stone.txt", HISTORY)
    for file_id in (of_ada, own, elsewhere, "none"):
        answer = grace.delete(f"{MATERIALS}/{file_id}")
        assert (answer.status, answer.code) == (404, "file_not_found")
    assert ada.get(f"/api/files/{of_ada}").status == grace.get(f"/api/files/{own}").status == 200

"""A learner's own data: all of it is exported, and all of it is erased."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.base.moments import to_text
from domain.progress.evidence import Evidence
from ports.errors import TimedOut
from ports.key_value_store import is_expired
from tests.support.faults import Crash, Faults, worker
from tests.support.personal_data import everything, rows_of
from tests.support.world import PHYSICS, User, World

CANARY = "quetzalcoatlus"


def live(who: User) -> Any:
    """Use every route that stores something. Returns the id of a quiz that is not submitted."""
    who.upload(f"{CANARY}.txt", f"{PHYSICS} {CANARY} in the text.", subject_id="physics_101", tags=[CANARY])
    who.offer(f"{CANARY}-later.txt", b"never sent")
    asked = who.ask(f"What does the second law say, {CANARY}?", subject_id="physics_101").body
    who.ask(f"And the third, {CANARY}?", conversation_id=asked["conversation_id"])
    who.post("/api/chat", {"message": f"Once more, {CANARY}?"}, headers={"Idempotency-Key": CANARY})
    who.patch(f"/api/chat/conversations/{asked['conversation_id']}", {"title": CANARY})
    who.post("/api/chat/subjects/physics_101", {"message": f"Today, {CANARY}?"})
    taken = who.make_quiz(subject_id="physics_101", num_questions=1)
    who.submit(taken, who.right_answers(taken))
    who.post("/api/ws-ticket")
    return who.make_quiz(subject_id="physics_101", num_questions=1)


def held(world: World, owner: str) -> list[str]:
    """Everything in any store that is the owner's or holds the canary, except tombstones of bare ids."""
    adapters = world.adapters
    found = []
    rows = everything(world)
    owned = rows_of(owner, rows)
    for table, items in rows.items():
        for item in items:
            text = json.dumps(item, default=str)
            is_tombstone = item.get("status") == "deleted" or is_expired(table, item, adapters.clock.now())
            if CANARY in text or (item in owned.get(table, ()) and not is_tombstone):
                found.append(f"{table.name}: {text}")
    found += [key for key in adapters.objects.keys("") if f"user_{owner}/" in key]
    for namespace in ("documents", "intelligence"):
        found += adapters.vectors.ids(namespace, f"user_{owner}_").items
    return found


def test_an_export_contains_everything_except_the_keys_of_an_open_quiz(world: World, ada: User) -> None:
    quiz = live(ada)
    answer = ada.get("/api/me/export").body
    export = answer["export"]
    assert (answer["download_url"], answer["expires_in"]) == (None, None)
    assert export["learner"]["email"] == "ada@school.example"
    names = {one["filename"]: one for one in export["documents"]}
    assert CANARY in names[f"{CANARY}.txt"]["text"]
    assert {one["title"] for one in export["conversations"]} >= {CANARY}
    said = [message["content"] for one in export["conversations"] for message in one["messages"]]
    assert f"And the third, {CANARY}?" in said
    assert len(export["quizzes"]) == 2
    assert len(export["quiz_results"]) == len(export["evidence"]) == 1
    (unfinished,) = (one for one in export["quizzes"] if one["quiz_id"] == quiz["quiz_id"])
    assert set(unfinished["questions"][0]) == {
        "question_id",
        "question",
        "options",
        "concept",
        "kind",
        "checked",
        "hints",
    }


@pytest.mark.slow
def test_an_export_too_large_for_an_answer_is_downloaded_and_erased_with_the_rest(
    world: World, ada: User
) -> None:
    for number in range(5):
        ada.upload(f"long-{number}.txt", f"{CANARY} {number} é " * 60_000)
    answer = ada.get("/api/me/export").body
    assert answer["export"] is None
    assert answer["expires_in"] == 900
    (key,) = world.adapters.objects.keys("exports/")
    assert len(json.loads(world.adapters.objects.get(key))["documents"]) == 5
    ada.get("/api/me/export")
    assert len(list(world.adapters.objects.keys("exports/"))) == 1
    ada.delete("/api/me/data")
    assert list(world.adapters.objects.keys("exports/")) == []


def test_erasure_counts_what_it_removed_and_keeps_only_the_data_of_others(
    world: World, ada: User, alan: User
) -> None:
    live(ada)
    live(alan)
    alans = [row for row in held(world, "alan") if "alan" in row]
    erased = ada.delete("/api/me/data").body["erased"]
    assert erased["documents"] == 2
    assert erased["conversations"] == 3
    assert erased["messages"] == 8
    assert erased["quizzes"] == 2
    assert erased["quiz_results"] == 1
    assert all(erased[name] > 0 for name in ("objects", "vectors", "evidence", "active_sessions"))
    assert [row for row in held(world, "ada") if "alan" not in row] == []
    assert [row for row in held(world, "alan") if "alan" in row] == alans

    assert set(ada.delete("/api/me/data").body["erased"].values()) == {0}
    for path in ("/api/files", "/api/chat/conversations", "/api/quizzes", "/api/quiz-results"):
        assert ada.get(path).body["items"] == []
    assert ada.get("/api/profile").body["concepts"] == []


def test_a_user_whose_id_has_the_same_prefix_keeps_everything(world: World, ada: User) -> None:
    from ports.directory import Person

    other = Person("x", "ada_physics_101", "x@school.example", "X", "student")
    alike = User(world, "x", world.adapters.identity.mint(other))
    kept = alike.upload("kept.txt", PHYSICS)
    ada.upload("mine.txt", PHYSICS)
    ada.delete("/api/me/data")
    assert {one["file_id"] for one in alike.ask("What does the second law say?").body["citations"]} == {kept}


def test_class_materials_survive_the_erasure_of_the_teacher(world: World, ada: User) -> None:
    grace = world.user("grace")
    file_id = grace.share("physics_101", "lecture.txt", PHYSICS)
    grace.delete("/api/me/data")
    assert ada.get(f"/api/files/{file_id}").body["status"] == "completed"


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("fault", [Crash, lambda: TimedOut("store")], ids=["crash", "timeout"])
@pytest.mark.slow
def test_an_erasure_cut_short_at_any_call_is_finished(fault: Any, after_effect: bool) -> None:
    whole, tried = Faults(), 0
    while tried <= whole.calls:
        world = World()
        ada = world.user("ada")
        live(ada)
        learner = world.services.admission.admit(ada.token or "").learner
        faults = whole if tried == 0 else Faults(at=tried, fault=fault, after_effect=after_effect)
        is_noted = True
        try:
            worker(world, faults).erasing.erase(learner)
        except (Crash, TimedOut):
            is_noted = tried > 1 or after_effect
        if not is_noted:
            world.services.erasing.erase(learner)
        world.adapters.clock.advance(3600)
        world.sweep()
        assert held(world, "ada") == [], tried
        tried += 3
    assert whole.calls > 40


def test_rows_that_an_index_shows_late_are_erased_too(world: World, ada: User) -> None:
    ada.upload("first.txt", PHYSICS)
    world.adapters.key_values.lag_indexes()
    ada.upload(f"{CANARY}.txt", PHYSICS)
    ada.ask(f"What does the second law say, {CANARY}?", subject_id="physics_101")
    ada.delete("/api/me/data")
    world.adapters.key_values.catch_up()
    world.adapters.clock.advance(3600)
    world.sweep()
    assert held(world, "ada") == []


def test_a_document_that_an_index_did_not_list_yet_is_erased_as_a_whole(world: World, ada: User) -> None:
    world.adapters.key_values.lag_indexes()
    file_id = ada.upload("notes.txt", PHYSICS)
    assert ada.delete("/api/me/data").status == 200
    world.adapters.key_values.catch_up()
    assert ada.get(f"/api/files/{file_id}").status == 404
    assert ada.get("/api/files").body["items"] == []


@pytest.mark.parametrize("late", ["nothing", "new answers", "all that is new", "the removal of the old"])
def test_a_repeated_erasure_removes_nothing_newer_even_if_indexes_lag(
    world: World, ada: User, late: str
) -> None:
    live(ada)
    learner = world.services.admission.admit(ada.token or "").learner
    if late == "the removal of the old":
        world.adapters.key_values.lag_indexes()
    ada.delete("/api/me/data")
    world.adapters.clock.advance(60)
    quiz = None
    if late in ("nothing", "new answers"):  # a quiz is made from what the indexes show
        ada.upload("first.txt", PHYSICS, subject_id="physics_101")
        quiz = ada.make_quiz()
    if late in ("new answers", "all that is new"):
        world.adapters.key_values.lag_indexes()
    ada.upload("second.txt", PHYSICS, subject_id="physics_101")
    ada.post("/api/chat", {"message": "The second law?"}, headers={"Idempotency-Key": CANARY})
    ada.post("/api/chat/subjects/physics_101", {"message": "And the third?"})
    if quiz is not None:
        ada.submit(quiz, ada.right_answers(quiz))
    world.services.exporting.export(learner, "later")
    before = held(world, "ada")
    world.adapters.clock.advance(3600)
    world.services.erasing.sweep()
    assert sorted(held(world, "ada")) == sorted(one for one in before if '"erased_user"' not in one)


@pytest.mark.slow
def test_an_export_made_after_an_erasure_is_not_taken_by_its_repeat(world: World, ada: User) -> None:
    ada.delete("/api/me/data")
    world.adapters.clock.advance(60)
    for number in range(5):
        ada.upload(f"long-{number}.txt", f"{number} é words " * 100_000)
    url = ada.get("/api/me/export").body["download_url"]
    world.adapters.clock.advance(3600)
    world.services.erasing.sweep()
    assert url
    assert len(list(world.adapters.objects.keys("exports/"))) == 1


def test_a_repeated_erasure_removes_missed_evidence_and_recomputes_the_standing(
    world: World, ada: User
) -> None:
    learner = world.services.admission.admit(ada.token or "").learner
    ada.delete("/api/me/data")
    moment = world.adapters.clock.now()
    late = Evidence(
        user_id="ada",
        subject_id="physics_101",
        evidence_id="written-by-a-request-under-way",
        concept="heat",
        label="Heat",
        score=1.0,
        source="quiz",
        source_id="q",
        question="What is heat?",
        occurred_at=to_text(moment),
    )
    ledger = world.services.ledger
    mark = ledger.marker_put("ada", "physics_101", "m", moment)
    world.adapters.key_values.transact([*ledger.evidence_puts([late]), mark])
    world.services.progress.refresh("ada", "physics_101")
    world.adapters.clock.advance(60)
    ada.upload("new.txt", PHYSICS, subject_id="physics_101")
    quiz = ada.make_quiz()
    ada.submit(quiz, ada.right_answers(quiz))
    world.adapters.clock.advance(3600)
    world.sweep()
    world.sweep()
    levels = world.services.progress.profile(learner, "physics_101").mastery_levels
    assert levels
    assert "heat" not in levels
    standing = ledger.standing("ada", "physics_101")
    assert {one.concept for one in standing.concepts} == set(levels)
    assert (standing.quizzes_taken, ledger.markers("ada", "physics_101")) == (1, [])
    assert "heat" not in json.dumps(held(world, "ada"), default=str)


def test_data_created_after_an_erasure_stays(world: World, ada: User) -> None:
    live(ada)
    ada.delete("/api/me/data")
    world.adapters.clock.advance(60)
    file_id = ada.upload("new.txt", PHYSICS, subject_id="physics_101")
    conversation = ada.ask("What does the second law say?").body["conversation_id"]
    quiz = ada.make_quiz()
    ada.submit(quiz, ada.right_answers(quiz))
    world.adapters.clock.advance(3600)
    world.sweep()
    ada = world.user("ada")
    assert ada.get(f"/api/files/{file_id}").body["status"] == "completed"
    assert ada.get(f"/api/chat/conversations/{conversation}").body["conversation"]["message_count"] == 2
    assert ada.get(f"/api/quizzes/{quiz['quiz_id']}/result").status == 200
    assert len(ada.get("/api/profile").body["concepts"]) == 3
    assert world.services.ledger.standing("ada", "physics_101").quizzes_taken == 1
    assert ada.ask("What does the second law say?").body["citations"] != []

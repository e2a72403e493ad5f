"""Subjects through the API: the context of a subject, the tutor in it, the search in several subjects, class materials."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.world import HISTORY, PHYSICS, User, World


@pytest.fixture
def grace(world: World) -> User:
    return world.user("grace")


def test_a_learner_sees_the_subjects_they_are_enrolled_in_or_teach(
    ada: User, mary: User, grace: User, world: World
) -> None:
    def ids(who: User) -> list[str]:
        return [one["subject_id"] for one in who.get("/api/subjects").body["items"]]

    assert ids(ada) == ids(grace) == ["physics_101"]
    assert ids(mary) == ["history_201"]
    assert ids(world.stranger()) == []


def test_a_subjects_context_has_its_sessions_and_the_documents_in_it(ada: User, grace: User) -> None:
    own = ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    ada.upload("other.txt", HISTORY)
    shared = grace.share("physics_101", "lecture.txt", PHYSICS)

    context = ada.get("/api/subjects/physics_101/context").body

    assert context["subject"] == {"subject_id": "physics_101", "name": "Physics 101", "teacher_id": "grace"}
    assert [one["session_id"] for one in context["recent_sessions"]] == ["session_1"]
    files = {one["file_id"]: one["is_class_material"] for one in context["uploaded_files"]}
    assert files == {own: False, shared: True}


def test_a_subjects_chat_is_one_conversation_per_day(world: World, ada: User) -> None:
    ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    first = ada.post("/api/chat/subjects/physics_101", {"message": "What does the second law say?"}).body
    second = ada.post("/api/chat/subjects/physics_101", {"content": "And the third law?"}).body
    assert first["conversation_id"] == second["conversation_id"]
    assert first["context_used"]["subject_filter"] == "physics_101"
    world.adapters.clock.advance(24 * 3600)
    ada = world.user("ada")  # the token has expired
    third = ada.post("/api/chat/subjects/physics_101", {"message": "What is force?"}).body
    assert third["conversation_id"] != first["conversation_id"]

    listed = ada.get("/api/chat/subjects/physics_101/conversations").body["items"]
    assert [one["conversation_id"] for one in listed] == [third["conversation_id"], first["conversation_id"]]
    messages = ada.get(f"/api/chat/conversations/{first['conversation_id']}").body["items"]
    assert [one["message_type"] for one in messages] == ["user", "assistant"] * 2


def test_a_deleted_conversation_of_the_day_is_started_again(ada: User) -> None:
    first = ada.post("/api/chat/subjects/physics_101", {"message": "What is force?"}).body
    assert ada.delete(f"/api/chat/conversations/{first['conversation_id']}").status == 200
    again = ada.post("/api/chat/subjects/physics_101", {"message": "What is mass?"}).body
    messages = ada.get(f"/api/chat/conversations/{again['conversation_id']}").body["items"]
    assert [one["content"] for one in messages if one["message_type"] == "user"] == ["What is mass?"]


@pytest.mark.parametrize("body", [{}, {"message": "a", "content": "b"}, {"message": " "}, {"text": "a"}])
def test_a_subject_message_is_one_text(ada: User, body: dict[str, str]) -> None:
    assert ada.post("/api/chat/subjects/physics_101", body).status == 400


def test_ai_chat_is_one_conversation_however_often_it_is_asked_for(ada: User, alan: User) -> None:
    first = ada.get("/api/subjects/physics_101/ai-chat").body
    assert first["title"] == "AI Chat - Physics 101"
    assert ada.get("/api/subjects/physics_101/ai-chat").body == first
    assert alan.get("/api/subjects/physics_101/ai-chat").body["conversation_id"] != first["conversation_id"]
    asked = ada.ask("What is force?", conversation_id=first["conversation_id"])
    assert asked.body["context_used"]["subject_filter"] == "physics_101"
    assert ada.get("/api/subjects/physics_101/ai-chat").body["message_count"] == 2


def test_ai_chat_and_the_subjects_questions_are_one_conversation(world: World, ada: User) -> None:
    opened = ada.get("/api/subjects/physics_101/ai-chat").body
    answer = ada.post("/api/chat/subjects/physics_101", {"message": "What is force?"}).body
    assert answer["conversation_id"] == opened["conversation_id"]
    again = ada.get("/api/subjects/physics_101/ai-chat").body
    assert (again["conversation_id"], again["message_count"]) == (opened["conversation_id"], 2)
    world.adapters.clock.advance(24 * 3600)
    first = world.user("ada").post("/api/chat/subjects/physics_101", {"message": "What is mass?"}).body
    tomorrow = world.user("ada").get("/api/subjects/physics_101/ai-chat").body
    assert tomorrow["conversation_id"] == first["conversation_id"] != opened["conversation_id"]
    listed = world.user("ada").get("/api/chat/subjects/physics_101/conversations").body["items"]
    assert {one["conversation_id"] for one in listed} == {opened["conversation_id"], first["conversation_id"]}


def test_a_search_across_subjects_finds_passages_of_each_that_is_named(world: World) -> None:
    teacher = world.user("karl")
    teacher.share("history_201", "stone.txt", HISTORY)
    mine = teacher.upload("mine.txt", HISTORY + " A note of my own on the stone.", subject_id="history_201")
    found = teacher.post(
        "/api/search/cross-subject",
        {"query": "Where was the Rosetta Stone found?", "subjects": ["history_201"]},
    ).body["results"]
    assert {one["source_file"] for one in found} == {"stone.txt", "mine.txt"}
    assert mine in {one["file_id"] for one in found}
    for one in found:
        assert one["text"] == one["quote"]
        assert one["subject_id"] == "history_201"


@pytest.mark.parametrize(
    "change", [{"subjects": []}, {"top_k": 0}, {"top_k": 10**6}, {"query": ""}, {"subjects": ["x"] * 21}]
)
def test_a_search_out_of_range_costs_nothing(world: World, ada: User, change: dict[str, Any]) -> None:
    asked = {"query": "What is force?", "subjects": ["physics_101"], **change}
    assert ada.post("/api/search/cross-subject", asked).status == 400
    assert world.adapters.embedder.calls == []


def test_every_route_of_a_subject_is_closed_to_those_outside_it(world: World, ada: User, mary: User) -> None:
    ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    world.user("grace").share("physics_101", "lecture.txt", PHYSICS)
    world.adapters.embedder.calls.clear()
    for who in (mary, world.user("karl"), world.stranger()):
        for path in ("context", "ai-chat"):
            theirs = who.get(f"/api/subjects/physics_101/{path}")
            none = who.get(f"/api/subjects/no_subject/{path}")
            assert theirs.status == 404
            assert theirs.but_for_the_request_id() == none.but_for_the_request_id()
        assert who.get("/api/chat/subjects/physics_101/conversations").status == 404
        assert who.post("/api/chat/subjects/physics_101", {"message": "hello"}).status == 404
        search = {"query": "force", "subjects": ["physics_101"]}
        assert who.post("/api/search/cross-subject", search).status == 404
        for path in ("/api/profile", "/api/files", "/api/chat/conversations"):
            assert who.get(f"{path}?subject_id=physics_101").status == 404
        assert who.post("/api/quizzes", {"subject_id": "physics_101"}).status == 404
    assert world.adapters.agent.tasks == []


class TestClassMaterials:
    def test_every_enrolled_learners_answers_and_quizzes_may_use_them(
        self, world: World, ada: User, alan: User, grace: User
    ) -> None:
        file_id = grace.share("physics_101", "lecture.txt", PHYSICS)
        for learner in (ada, alan):
            answer = learner.ask("What does the second law say?").body
            assert {one["file_id"] for one in answer["citations"]} == {file_id}
            opened = learner.get(f"/api/files/{file_id}/chunks/0")
            assert opened.body["text"] == PHYSICS
            assert learner.get(f"/api/files/{file_id}/download-url").status == 200
            quiz = learner.make_quiz(subject_id="physics_101")
            assert quiz["document_ids"] == [file_id]

    def test_users_who_are_not_enrolled_cannot_reach_them(
        self, world: World, mary: User, grace: User
    ) -> None:
        file_id = grace.share("physics_101", "lecture.txt", PHYSICS)
        for who in (mary, world.user("karl"), world.stranger()):
            assert who.ask("What does the second law say?").body["citations"] == []
            assert world.adapters.agent.tasks[-1].passages == ()
            for path in (f"/api/files/{file_id}", f"/api/files/{file_id}/chunks/0"):
                assert who.get(path).status == 404
            assert who.post("/api/quizzes", {"document_ids": [file_id]}).code == "file_not_found"
            assert who.post("/api/quizzes", {}).code == "no_materials"

    def test_a_learner_who_leaves_the_subject_loses_them(self, world: World, ada: User, grace: User) -> None:
        file_id = grace.share("physics_101", "lecture.txt", PHYSICS)
        assert ada.get(f"/api/files/{file_id}").status == 200
        world.adapters.directory.leave("ada", "physics_101")
        assert ada.get(f"/api/files/{file_id}").status == 404
        assert ada.ask("What does the second law say?").body["citations"] == []

    def test_learners_cannot_change_them(self, ada: User, grace: User) -> None:
        file_id = grace.share("physics_101", "lecture.txt", PHYSICS)
        assert ada.delete(f"/api/files/{file_id}").status == 404
        path = f"/api/teacher/subjects/physics_101/materials/{file_id}"
        assert (ada.delete(path).status, ada.get(path.rpartition("/")[0]).status) == (403, 403)
        assert ada.get(f"/api/files/{file_id}").body["status"] == "completed"

    def test_the_teacher_lists_and_removes_them(self, ada: User, grace: User) -> None:
        file_id = grace.share("physics_101", "lecture.txt", PHYSICS)
        path = "/api/teacher/subjects/physics_101/materials"
        assert [one["file_id"] for one in grace.get(path).body["items"]] == [file_id]
        assert grace.delete(f"{path}/{file_id}").status == 200
        assert grace.get(path).body["items"] == []
        assert ada.get(f"/api/files/{file_id}").status == 404
        assert ada.ask("What does the second law say?").body["citations"] == []

    def test_they_are_not_listed_among_anyones_own_documents(self, ada: User, grace: User) -> None:
        grace.share("physics_101", "lecture.txt", PHYSICS)
        assert ada.get("/api/files").body["items"] == grace.get("/api/files").body["items"] == []


def test_a_token_cannot_claim_to_be_a_class(world: World, grace: User) -> None:
    from ports.directory import Person
    from tests.support.world import User as Anyone

    grace.share("physics_101", "lecture.txt", PHYSICS)
    posing = Person("x", "class:physics_101", "x@school.example", "X", "student")
    poser = Anyone(world, "x", world.adapters.identity.mint(posing))
    assert poser.get("/api/files").status == 401


def test_no_question_joins_a_conversation_that_is_being_removed(world: World, ada: User) -> None:
    opened = ada.get("/api/subjects/physics_101/ai-chat").body["conversation_id"]
    now = world.adapters.clock.now()
    removed = world.services.conversations.mark_deleting("ada", opened, now)
    refused = ada.post("/api/chat/subjects/physics_101", {"message": "What is force?"})
    assert (refused.status, refused.code, refused.headers["Retry-After"]) == (409, "conversation_busy", "60")
    world.services.conversations.purge(removed)
    assert ada.post("/api/chat/subjects/physics_101", {"message": "What is force?"}).status == 200

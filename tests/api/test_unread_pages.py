"""An answer says which pages of its documents could not be read."""

from __future__ import annotations

import pytest

from domain.base.tables import MESSAGES
from ports.text_extractor import PageText, WarningCode
from tests.support.world import HISTORY, PHYSICS, User, World

QUOTE = "every action has an equal and opposite reaction"


def upload(world: World, user: User, name: str, code: WarningCode) -> str:
    """A document of five pages, two of which cannot be read."""
    content = name.encode()
    pages = [
        PageText(1, PHYSICS),
        *(PageText(number, "", warning=code) for number in (2, 3)),
        PageText(4, "End."),
    ]
    world.adapters.extractor.script(content, pages)
    return user.upload(name, content)


@pytest.mark.parametrize("code", ["pages_without_text", "unreadable_letters", "unreadable_pages"])
def test_an_answer_names_the_unreadable_pages_of_its_documents(
    world: World, ada: User, code: WarningCode
) -> None:
    file_id = upload(world, ada, "scan.pdf", code)
    ada.upload("stone.txt", HISTORY)
    world.adapters.agent.enqueue(f'So it is [1 "{QUOTE}"].')
    answer = ada.ask("What does the third law say?").body
    (warning,) = answer["warnings"]
    told = ada.get(f"/api/files/{file_id}").body["warnings"]
    assert warning == {"file_id": file_id, "source_file": "scan.pdf", **told[0]}
    assert (warning["code"], warning["pages"]) == (code, [2, 3])
    items = ada.get(f"/api/chat/conversations/{answer['conversation_id']}").body["items"]
    assert [item["warnings"] for item in items] == [[], [warning]]


def test_an_answer_from_a_fully_readable_document_has_no_warnings(world: World, ada: User) -> None:
    upload(world, ada, "scan.pdf", "pages_without_text")
    ada.upload("stone.txt", HISTORY)
    world.adapters.agent.enqueue('So it is [1 "The Rosetta Stone was found in 1799"].')
    assert ada.ask("When was the Rosetta Stone found?").body["warnings"] == []


def test_an_answer_that_finds_nothing_names_the_unreadable_pages(world: World, ada: User) -> None:
    upload(world, ada, "scan.pdf", "pages_without_text")
    for _ in range(2):
        world.adapters.agent.enqueue("I could not find that in your documents.")
    for question in ("What does the second law say about planets?", "Who painted ceilings?"):
        answer = ada.ask(question).body
        assert answer["outcome"] == "not_found"
        assert [warning["pages"] for warning in answer["warnings"]] == [[2, 3]]


def test_a_search_names_the_unreadable_pages(world: World, ada: User) -> None:
    file_id = upload(world, ada, "scan.pdf", "pages_without_text")
    assert ada.send("PATCH", f"/api/files/{file_id}", {"subject_id": "physics_101"}).status == 200
    wanted = {"query": "Newton's third law", "subjects": ["physics_101"]}
    answer = ada.post("/api/search/cross-subject", wanted).body
    assert {one["file_id"] for one in answer["results"]} == {file_id}
    assert [(one["file_id"], one["pages"]) for one in answer["warnings"]] == [(file_id, [2, 3])]


def test_a_message_stored_by_older_code_has_no_warnings(world: World, ada: User) -> None:
    upload(world, ada, "scan.pdf", "pages_without_text")
    conversation_id = ada.ask("What does the third law say?").body["conversation_id"]
    store = world.adapters.key_values
    for item in store.query(MESSAGES, conversation_id, limit=10, cursor=None).items:
        old = {name: value for name, value in item.items() if name != "unread"}
        store.put(MESSAGES, old)
    items = ada.get(f"/api/chat/conversations/{conversation_id}").body["items"]
    assert [item["warnings"] for item in items] == [[], []]

"""A citation tells on which page its quote begins and ends, wherever it is shown."""

from __future__ import annotations

import json
from typing import Any

from ports.text.sentences import sentence_spans
from ports.text_extractor import Heading, PageText
from tests.support.interviews import ANSWERS, begun, by_the_book, connected
from tests.support.world import PHYSICS, User, World

LAWS = PHYSICS.split(". ")
PAGES = f"Notes on mechanics.\f{LAWS[0]}.\f{LAWS[1]}.\f{LAWS[2]}"
"""A page for each of the three laws. All of them are one chunk."""
LAW_OF_PAGE = {2: "first law", 3: "second law", 4: "third law"}


def assert_placed(user: User, citation: Any, page: int) -> None:
    assert (citation["page"], citation["page_end"]) == (page, page)
    assert citation["chunk_id"] == f"chunk_{citation['index']}"
    chunk = user.get(f"/api/files/{citation['file_id']}/chunks/{citation['index']}").body
    assert chunk["text"][citation["chunk_start"] : citation["chunk_end"]] == citation["quote"]


def test_an_answer_cites_the_page_of_the_quote(world: World, ada: User) -> None:
    ada.upload("notes.txt", PAGES)
    for page, law in LAW_OF_PAGE.items():
        quote = LAWS[page - 2][:60]
        world.adapters.agent.enqueue(f'So it is [1 "{quote}"].')
        answer = ada.ask(f"What does the {law} say?").body
        (citation,) = answer["citations"]
        assert_placed(ada, citation, page)
        conversation = ada.get(f"/api/chat/conversations/{answer['conversation_id']}").body
        assert conversation["items"][-1]["citations"] == [citation]


def test_a_quote_across_two_pages_names_both(world: World, ada: User) -> None:
    ada.upload("notes.txt", "It lasted until 404 BC and ended with\fthe surrender of Athens.")
    world.adapters.agent.enqueue('So it was [1 "ended with the surrender of Athens"].')
    (citation,) = ada.ask("What ended with the surrender of Athens?").body["citations"]
    assert (citation["page"], citation["page_end"]) == (1, 2)


def test_the_result_of_a_quiz_cites_the_page_of_the_quote(world: World, ada: User) -> None:
    ada.upload("notes.txt", PAGES)
    quiz = ada.make_quiz()
    results = ada.submit(quiz, ada.right_answers(quiz)).body["results"]
    assert len(results) == 3
    for result in results:
        page = next(page for page, law in LAW_OF_PAGE.items() if law in result["question"])
        assert_placed(ada, result["citation"], page)


def test_an_interview_cites_the_page_of_each_fact(world: World, ada: User) -> None:
    ada.upload("notes.txt", PAGES, subject_id="physics_101")
    world.adapters.agent.otherwise = by_the_book
    socket = connected(world, ada)
    started = begun(socket, max_questions=1)
    told, *_ = socket.send({"type": "text_answer", "text": ANSWERS[started["question"]]})
    cited = [fact["citation"] for fact in told["facts"] if fact["citation"] is not None]
    assert cited
    for citation in cited:
        page = next(page for page in LAW_OF_PAGE if citation["quote"] in LAWS[page - 2])
        assert_placed(ada, citation, page)


def test_a_search_finds_chunks_with_their_pages(world: World, ada: User) -> None:
    long = "\f".join(f"Page {number} is about force. " * 25 for number in range(1, 6))
    ada.upload("long.txt", long, subject_id="physics_101")
    asked = {"query": "What is force about?", "subjects": ["physics_101"]}
    found = ada.post("/api/search/cross-subject", asked).body["results"]
    assert len(found) > 3
    for one in found:
        chunk = ada.get(f"/api/files/{one['file_id']}/chunks/{one['index']}").body
        assert one["text"] == one["quote"] == chunk["text"]
        assert (one["chunk_start"], one["chunk_end"]) == (0, len(chunk["text"]))
        numbers = [int(number) for number in chunk["text"].replace(".", "").split() if number.isdigit()]
        assert (one["page"], one["page_end"]) == (numbers[0], numbers[-1])
        assert (chunk["page"], chunk["page_end"]) == (numbers[0], numbers[-1])


def test_a_document_without_pages_is_cited_by_its_headings(world: World, ada: User) -> None:
    text = f"Mechanics\n\nThe laws\n\n{PHYSICS}"
    headings = (Heading(0, "Mechanics", 1), Heading(11, "The laws", 2))
    world.adapters.extractor.script(text.encode(), [PageText(1, text, headings)])
    file_id = ada.upload("notes.md", text)
    world.adapters.agent.enqueue('So it is [1 "every action has an equal and opposite reaction"].')
    (citation,) = ada.ask("What does the third law say?").body["citations"]
    assert (citation["page"], citation["page_end"]) == (None, None)
    assert citation["heading_path"] == ["Mechanics", "The laws"]
    chunk = ada.get(f"/api/files/{file_id}/chunks/0").body
    assert (chunk["page"], chunk["heading_path"]) == (None, ["Mechanics"])


def test_documents_stored_by_older_code_are_cited_as_before(world: World, ada: User) -> None:
    file_id = ada.upload("notes.txt", PAGES)
    key = f"processed-chunks/user_ada/{file_id}_chunks.json"
    stored = json.loads(world.adapters.objects.get(key))
    for chunk in stored["chunks"]:
        del chunk["layout"]
    world.adapters.objects.put(key, json.dumps(stored).encode(), "application/json")
    chunk = ada.get(f"/api/files/{file_id}/chunks/0").body
    assert (chunk["page"], chunk["page_end"], chunk["heading_path"]) == (1, 1, [])
    quiz = ada.make_quiz()
    results = ada.submit(quiz, ada.right_answers(quiz)).body["results"]
    assert {one["citation"]["page"] for one in results} == {1}


def test_a_sentence_that_ends_on_the_next_page_is_whole(world: World, ada: User) -> None:
    for number, (one, other) in enumerate(
        [
            ("It ended with the surrender of", "Athens."),
            ("It ended, after all,", "in defeat."),
            ("The treaty divided the lands between", "Spain and Portugal."),
            ("Er teilte die Inseln und", "Länder auf."),
        ]
    ):
        file_id = ada.upload(f"{number}.txt", f"{one}\f{other} That was all.")
        text = ada.get(f"/api/files/{file_id}/chunks/0").body["text"]
        assert sentence_spans(text)[0] == (0, len(f"{one} {other}"))


def test_a_question_about_a_page_finds_the_chunk_that_holds_it(world: World, ada: User) -> None:
    pages = [f"This is about topic {number}." for number in range(1, 7)]
    ada.upload("slides.txt", "\f".join(pages))
    ada.upload("other.txt", "Another text speaks of other topics on its only page.")
    ada.ask("What is on page 4?")
    (task,) = world.adapters.agent.tasks
    assert [passage.source for passage in task.passages] == ["slides.txt"]

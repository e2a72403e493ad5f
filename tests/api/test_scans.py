"""Scans and pictures: uploaded, recognised by a job, searched and cited; and the outcome for those that cannot be read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.base.tables import FILES
from domain.documents.document import MAX_LOOKS
from fakes.text_recogniser import ScriptedTextRecogniser, page_of
from ports.errors import Unavailable
from ports.text_extractor import PageText, WarningCode
from ports.text_recogniser import SCAN_TYPES, UnrecognisableScan
from tests.support.world import HISTORY, PHYSICS, User, World

QUOTE = "every action has an equal and opposite reaction"


@pytest.fixture
def world() -> World:
    """A world that recognises text. Its jobs end only when the test calls ``finish``."""
    world = World({"LYCEUM_PAGES_A_DAY": "40"})
    world.adapters.recogniser.media_types = frozenset(SCAN_TYPES)
    world.adapters.recogniser.is_slow = True
    return world


@pytest.fixture
def ada(world: World) -> User:
    return world.user("ada")


@pytest.fixture
def recogniser(world: World) -> ScriptedTextRecogniser:
    recogniser: ScriptedTextRecogniser = world.adapters.recogniser
    return recogniser


def told(user: User, file_id: str) -> Any:
    return user.get(f"/api/files/{file_id}").body


def hear(world: World) -> None:
    """Send the events of everything that text recognition has stored."""
    from chalicelib import events

    for key in list(world.adapters.objects.keys("recognised/")):
        record = {"s3": {"object": {"key": key, "size": 1, "eTag": "e"}}}
        events.recognition_stored(world.services, {"Records": [record]})


def recognised(world: World) -> None:
    """Let the jobs end, and send their events."""
    world.adapters.recogniser.finish()
    hear(world)


def upload_mixed(
    world: World, user: User, name: str = "mixed.pdf", warning: WarningCode = "pages_without_text"
) -> str:
    """A PDF of four pages. The second and the third are pictures, or have the other ``warning``."""
    content = f"Cover.\f{PHYSICS}\f{HISTORY}\fEnd.".encode()
    pages = [
        PageText(1, "The cover page of a reader on many things."),
        PageText(2, "", warning=warning),
        PageText(3, "", warning=warning),
        PageText(4, "The end of the reader."),
    ]
    world.adapters.extractor.script(content, pages)
    return user.upload(name, content)


@pytest.mark.parametrize(
    "name", ["board.png", "board.JPG", "board.jpeg", "scan.tif", "scan.tiff", "page.webp"]
)
def test_a_picture_is_recognised_and_cited(world: World, ada: User, name: str) -> None:
    file_id = ada.upload(name, PHYSICS)
    waiting = told(ada, file_id)
    assert (waiting["status"], waiting["searchable"]) == ("processing", False)
    assert waiting["progress"] == {"stage": "recognising", "done": 0, "total": 1}
    recognised(world)
    done = told(ada, file_id)
    assert (done["status"], done["page_count"], done["warnings"]) == ("completed", 1, [])
    world.adapters.agent.enqueue(f'So it is [1 "{QUOTE}"].')
    (citation,) = ada.ask("What does the third law say?").body["citations"]
    assert (citation["page"], citation["page_end"], citation["recognised"]) == (1, 1, True)
    assert ada.get(f"/api/files/{file_id}/chunks/0").body["recognised"] is True


def test_the_scanned_pages_of_a_pdf_are_cited_with_their_page(world: World, ada: User) -> None:
    file_id = upload_mixed(world, ada)
    recognised(world)
    assert told(ada, file_id)["warnings"] == []
    assert world.adapters.recogniser.begun[0].pages == (2, 3)
    for quote, question, page, is_scanned in (
        (QUOTE, "What does the third law say?", 2, True),
        ("The Rosetta Stone was found in 1799", "When was the Rosetta Stone found?", 3, True),
        ("The end of the reader", "What is at the end of the reader?", 4, False),
    ):
        world.adapters.agent.enqueue(f'So it is [1 "{quote}"].')
        answer = ada.ask(question).body
        (citation,) = answer["citations"]
        assert (citation["page"], citation["recognised"]) == (page, is_scanned)
        kept = ada.get(f"/api/chat/conversations/{answer['conversation_id']}").body["items"][-1]
        assert kept["citations"] == [citation]


def test_pages_whose_letters_the_file_does_not_name_are_recognised_too(world: World, ada: User) -> None:
    file_id = upload_mixed(world, ada, warning="unreadable_letters")
    recognised(world)
    assert told(ada, file_id)["warnings"] == []
    world.adapters.agent.enqueue(f'So it is [1 "{QUOTE}"].')
    (citation,) = ada.ask("What does the third law say?").body["citations"]
    assert (citation["page"], citation["recognised"]) == (2, True)


def test_a_page_of_which_a_part_can_be_read_is_not_recognised(world: World, ada: User) -> None:
    content = b"half of it"
    world.adapters.extractor.script(content, [PageText(1, PHYSICS, warning="unreadable_letters")])
    (warning,) = told(ada, ada.upload("half.pdf", content))["warnings"]
    assert (warning["code"], world.adapters.recogniser.begun) == ("unreadable_letters", [])


def test_a_document_of_text_is_not_recognised(world: World, ada: User) -> None:
    file_id = ada.upload("notes.pdf", PHYSICS)
    assert told(ada, file_id)["status"] == "completed"
    assert world.adapters.recogniser.begun == []
    assert ada.get(f"/api/files/{file_id}/chunks/0").body["recognised"] is False


def test_pages_that_cannot_be_recognised_have_a_warning(
    world: World, ada: User, recogniser: ScriptedTextRecogniser
) -> None:
    recogniser.enqueue([page_of(2, PHYSICS), page_of(3, "Illegible scribbles all over", confidence=0.6)])
    file_id = upload_mixed(world, ada)
    recognised(world)
    done = told(ada, file_id)
    assert done["status"] == "completed"
    (warning,) = done["warnings"]
    assert (warning["code"], warning["pages"]) == ("unreadable_scan", [3])
    assert "scribbles" not in json.dumps(
        [world.adapters.objects.get(key).decode() for key in world.adapters.objects.keys("")]
    )
    world.adapters.agent.enqueue(f'So it is [1 "{QUOTE}"].')
    (told_again,) = ada.ask("What does the third law say?").body["warnings"]
    assert (told_again["code"], told_again["pages"]) == ("unreadable_scan", [3])


@pytest.mark.parametrize("outcome", ["doubtful", "empty", "failed"])
def test_a_document_without_readable_text_is_refused(
    world: World, ada: User, recogniser: ScriptedTextRecogniser, outcome: str
) -> None:
    pages = [page_of(1, "scribbles and strokes" if outcome == "doubtful" else "", confidence=0.5)]
    recogniser.enqueue(UnrecognisableScan() if outcome == "failed" else pages)
    file_id = ada.upload("photo.png", PHYSICS)
    recognised(world)
    later(world)
    refused = told(ada, file_id)
    assert (refused["status"], refused["error_code"]) == ("failed", "unreadable_scan")
    assert "recognised" in refused["error_message"]
    assert list(world.adapters.objects.keys("")) == []


def later(world: World, seconds: float = 125.0) -> None:
    """Let time pass, and let the sweeper run."""
    world.adapters.clock.advance(seconds)
    world.sweep()


def test_an_outcome_whose_event_is_lost_is_found_by_the_sweeper(world: World, ada: User) -> None:
    file_id = ada.upload("board.png", PHYSICS)
    world.adapters.recogniser.finish()
    later(world)
    assert told(ada, file_id)["status"] == "completed"


def test_a_job_that_was_lost_is_begun_again(
    world: World, ada: User, recogniser: ScriptedTextRecogniser
) -> None:
    file_id = ada.upload("board.png", PHYSICS)
    recogniser.forget()  # the server was restarted
    later(world)
    assert len(recogniser.begun) == 1
    recognised(world)
    assert told(ada, file_id)["status"] == "completed"


def test_a_recognition_that_never_ends_is_given_up_and_the_original_kept(
    world: World, ada: User, recogniser: ScriptedTextRecogniser
) -> None:
    file_id = ada.upload("board.png", PHYSICS)
    row = world.adapters.key_values.get(FILES, {"file_id": file_id})
    row["recognition"]["looks"] = MAX_LOOKS
    world.adapters.key_values.put(FILES, row)
    later(world)
    assert told(ada, file_id)["status"] == "processing"
    later(world)
    given_up = told(ada, file_id)
    assert (given_up["status"], given_up["error_code"]) == ("failed", "processing_failed")
    assert world.adapters.objects.info(given_up["file_key"]) is not None
    recognised(world)  # an outcome that comes too late is removed
    assert list(world.adapters.objects.keys("recognised/")) == []
    assert told(ada, file_id)["status"] == "failed"


def test_a_waiting_document_costs_its_worker_nothing(
    world: World, ada: User, recogniser: ScriptedTextRecogniser
) -> None:
    file_id = ada.upload("board.png", PHYSICS)
    row = world.adapters.key_values.get(FILES, {"file_id": file_id})
    assert row.get("lease_until") is None
    assert row["attempts"] == 0
    recogniser.finish()
    _check_file, *parts = world.adapters.objects.keys("recognised/")
    kept = world.adapters.objects.get(parts[-1])
    world.adapters.objects.delete(parts[-1])
    hear(world)  # the event of one part: nothing is read, and nothing is written
    assert world.adapters.key_values.get(FILES, {"file_id": file_id}) == row
    assert len(world.adapters.extractor.calls) == 1
    world.adapters.objects.put(parts[-1], kept, "")
    hear(world)
    assert told(ada, file_id)["status"] == "completed"


def test_a_job_that_ends_before_its_worker_lets_go_is_not_missed(
    world: World, ada: User, recogniser: ScriptedTextRecogniser
) -> None:
    recogniser.is_slow = False  # the job ends while the worker starts it, and the event is lost
    file_id = ada.upload("board.png", PHYSICS)
    assert told(ada, file_id)["status"] == "completed"


def test_a_document_that_is_deleted_while_it_waits_leaves_nothing(world: World, ada: User) -> None:
    file_id = ada.upload("board.png", PHYSICS)
    assert ada.delete(f"/api/files/{file_id}").status == 200
    recognised(world)
    assert list(world.adapters.objects.keys("")) == []
    assert ada.get(f"/api/files/{file_id}").status == 404


def test_a_finished_document_keeps_no_outcome(world: World, ada: User) -> None:
    ada.upload("board.png", PHYSICS)
    recognised(world)
    hear(world)
    assert list(world.adapters.objects.keys("recognised/")) == []


def test_other_bytes_are_recognised_anew(world: World, ada: User, recogniser: ScriptedTextRecogniser) -> None:
    first, second = b"The first text of the board.", b"A later text of that board!."
    offer = ada.offer("board.png", first)
    key = ada.put_bytes(offer, first)
    world.tell_of_object(key)
    ada.put_bytes(offer, second)
    world.tell_of_object(key)
    assert len({scan.job_id for scan in recogniser.begun}) == 2
    recognised(world)
    file_id = offer.body["file_id"]
    assert told(ada, file_id)["content_preview"] == second.decode()
    assert list(world.adapters.objects.keys("recognised/")) == []


def test_recognised_pages_are_taken_once_from_the_days_allowance(world: World, ada: User) -> None:
    ada.upload("long.png", "\f".join([PHYSICS] * 30))
    assert ada.get("/api/files").body["items"][0]["status"] == "processing"
    recognised(world)
    assert ada.get("/api/files").body["items"][0]["status"] == "completed"
    file_id = ada.upload("more.png", "\f".join([HISTORY] * 11))
    refused = told(ada, file_id)
    assert (refused["status"], refused["error_code"]) == ("failed", "daily_pages_used")
    assert len(world.adapters.recogniser.begun) == 1
    file_id = ada.upload("last.png", "\f".join([HISTORY] * 10))
    recognised(world)
    assert told(ada, file_id)["status"] == "completed"


def test_an_outage_of_text_recognition_is_waited_out(
    world: World, ada: User, recogniser: ScriptedTextRecogniser
) -> None:
    recogniser.is_slow = False
    recogniser.enqueue(Unavailable("text_recogniser", "down"))
    file_id = ada.upload("board.png", PHYSICS)
    assert told(ada, file_id)["status"] == "processing"
    later(world)
    assert told(ada, file_id)["status"] == "completed"


def test_a_waiting_scan_is_read_without_recognition_once_it_is_switched_off(
    world: World, ada: User, recogniser: ScriptedTextRecogniser
) -> None:
    mixed, picture = upload_mixed(world, ada), ada.upload("board.png", PHYSICS)
    recogniser.media_types = frozenset()
    recogniser.forget()
    later(world)
    (warning,) = told(ada, mixed)["warnings"]
    assert (warning["code"], warning["pages"]) == ("pages_without_text", [2, 3])
    assert told(ada, picture)["error_code"] == "no_text"


def test_without_text_recognition_a_picture_is_refused_and_told_what_to_set(
    ada: User, recogniser: ScriptedTextRecogniser
) -> None:
    recogniser.media_types = frozenset({"pdf"})
    refused = ada.offer("board.png", PHYSICS.encode())
    assert (refused.status, refused.code) == (415, "unsupported_type")
    assert "LYCEUM_OCR" in refused.text
    assert ada.get("/api/files").body["items"] == []


def test_without_text_recognition_a_scan_is_read_as_before(
    world: World, ada: User, recogniser: ScriptedTextRecogniser
) -> None:
    recogniser.media_types = frozenset()
    (warning,) = told(ada, upload_mixed(world, ada))["warnings"]
    assert (warning["code"], warning["pages"]) == ("pages_without_text", [2, 3])
    assert "LYCEUM_OCR" in warning["message"]
    content = b"a scan of one page"
    world.adapters.extractor.script(content, [PageText(1, "", warning="pages_without_text")])
    refused = told(ada, ada.upload("scan.pdf", content))
    assert (refused["error_code"], "LYCEUM_OCR" in refused["error_message"]) == ("no_text", True)


def test_a_small_picture_in_a_request_is_taken_in(world: World, ada: User) -> None:
    taken = ada.upload_in_request("board.png", PHYSICS.encode())
    assert (taken.status, taken.body["status"]) == (202, "processing")
    recognised(world)
    assert told(ada, taken.body["file_id"])["status"] == "completed"


def test_a_chunk_stored_by_older_code_does_not_count_as_recognised(world: World, ada: User) -> None:
    file_id = ada.upload("notes.txt", PHYSICS)
    (key,) = (key for key in world.adapters.objects.keys("processed-chunks/") if key.endswith("_chunks.json"))
    stored = json.loads(world.adapters.objects.get(key))
    for chunk in stored["chunks"]:
        del chunk["layout"]["recognised"]
    world.adapters.objects.put(key, json.dumps(stored).encode(), "application/json")
    assert ada.get(f"/api/files/{file_id}/chunks/0").body["recognised"] is False

"""Documents through the API, from the permission to upload to the last byte removed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from domain.base.errors import NotFound
from ports.errors import Unavailable
from tests.support.world import PHYSICS, User, World


def test_a_presigned_upload_becomes_a_completed_document(world: World, ada: User) -> None:
    file_id = ada.upload("notes.txt", PHYSICS, subject_id="physics_101", tags=["mechanics"])

    file = ada.get(f"/api/files/{file_id}").body

    assert file["status"] == "completed"
    assert file["filename"] == "notes.txt"
    assert file["subject_id"] == "physics_101"
    assert file["tags"] == ["mechanics"]
    assert file["chunks_created"] == 1
    assert file["page_count"] == 1
    assert file["file_size"] == len(PHYSICS)
    assert file["content_preview"] == PHYSICS[:200]
    assert "law" in " ".join(file["extracted_concepts"])
    assert file["error_code"] is None
    assert file["progress"] == {"stage": "done", "done": 1, "total": 1}


def test_a_document_whose_upload_has_not_arrived_is_shown_as_awaiting_it(ada: User) -> None:
    offer = ada.offer("notes.txt", b"some text").body
    file = ada.get(f"/api/files/{offer['file_id']}").body
    assert file["status"] == "awaiting_upload"
    assert file["progress"]["stage"] == "waiting"
    assert offer["expires_in"] == 900
    assert offer["file_key"] == f"raw-files/user_ada/{offer['file_id']}_original.txt"


def test_confirming_an_upload_processes_the_document_and_returns_it(ada: User) -> None:
    offer = ada.offer("notes.txt", PHYSICS.encode())
    key = ada.put_bytes(offer, PHYSICS.encode())

    answer = ada.post("/api/files", {"file_key": key, "file_name": "notes.txt"})

    assert answer.status == 200
    assert answer.body["status"] == "completed"
    assert answer.body["chunks_created"] == answer.body["vectors_stored"] == 1


def test_event_and_confirmation_may_come_in_any_order_and_again(world: World, ada: User) -> None:
    offer = ada.offer("notes.txt", PHYSICS.encode())
    key = ada.put_bytes(offer, PHYSICS.encode())
    for _ in range(2):
        world.tell_of_object(key)
        assert ada.post("/api/files", {"file_key": key, "file_name": "notes.txt"}).status == 200
    upserts = [call for call in world.adapters.vectors.calls if call[0] == "upsert"]
    assert len(upserts) == 1


def test_confirming_before_the_upload_is_a_conflict(ada: User) -> None:
    offer = ada.offer("notes.txt", b"text").body
    answer = ada.post("/api/files", {"file_key": offer["file_key"], "file_name": "notes.txt"})
    assert (answer.status, answer.code) == (409, "not_uploaded")


def test_a_small_document_may_come_in_the_request(world: World, ada: User) -> None:
    answer = ada.upload_in_request(
        "notes.txt",
        PHYSICS.encode(),
        {"subject_id": "physics_101", "tags": "a, b", "document_type": "textbook"},
    )
    assert answer.status == 200, answer.text
    assert answer.body["status"] == "completed"
    file = ada.get(f"/api/files/{answer.body['file_id']}").body
    assert (file["tags"], file["document_type"]) == (["a", "b"], "textbook")


def test_an_unreadable_document_in_the_request_is_refused_and_leaves_nothing(world: World, ada: User) -> None:
    world.adapters.extractor.script(b"%PDF-1.7 locked", "encrypted")
    answer = ada.upload_in_request("locked.pdf", b"%PDF-1.7 locked")
    assert (answer.status, answer.code) == (422, "encrypted")
    assert ada.get("/api/files").body["items"] == []
    assert list(world.adapters.objects.keys("")) == []


def test_an_upload_that_proves_unreadable_stays_as_failed_with_its_code(world: World, ada: User) -> None:
    world.adapters.extractor.script(b"%PDF-1.7 a picture", "no_text")
    file_id = ada.upload("scan.pdf", b"%PDF-1.7 a picture")
    file = ada.get(f"/api/files/{file_id}").body
    assert (file["status"], file["error_code"]) == ("failed", "no_text")
    assert file["progress"]["stage"] == "failed"
    assert "text" in file["error_message"]
    assert list(world.adapters.objects.keys("")) == []
    assert ada.get(f"/api/files/{file_id}/download-url").code == "document_failed"


@pytest.mark.parametrize(
    ("told", "status", "code"),
    [
        ({"file_name": "old.doc"}, 415, "unsupported_type"),
        ({"file_name": "noextension"}, 415, "unsupported_type"),
        ({"file_size": 0}, 422, "empty_file"),
        ({"file_size": 10**12}, 413, "too_large"),
        ({"file_name": "../../etc/passwd.txt"}, 422, "bad_name"),
        ({"file_name": "a\u202etxt.pdf"}, 422, "bad_name"),
        ({"file_name": "line\nbreak.pdf"}, 422, "bad_name"),
        ({"file_name": "nul\0.pdf"}, 422, "bad_name"),
        ({"file_name": "n" * 300 + ".pdf"}, 422, "bad_name"),
        ({"file_name": ""}, 422, "bad_name"),
        ({"file_size": -1}, 400, "invalid_request"),
        ({"file_size": "12"}, 400, "invalid_request"),
        ({"file_size": 1.5}, 400, "invalid_request"),
        ({"document_type": "novel"}, 400, "invalid_request"),
        ({"tags": ["x"] * 21}, 400, "invalid_request"),
        ({"user_id": "mary"}, 400, "invalid_request"),
        ({"status": "completed"}, 400, "invalid_request"),
        ({"subject_id": "history_201"}, 404, "subject_not_found"),
        ({"subject_id": "alchemy"}, 404, "subject_not_found"),
        ({"session_id": "session_99"}, 404, "session_not_found"),
    ],
)
def test_bad_uploads_are_refused_before_anything_is_kept(
    ada: User, told: dict[str, Any], status: int, code: str
) -> None:
    request = {"file_name": "notes.pdf", "content_type": "application/pdf", "file_size": 10, **told}
    answer = ada.post("/api/files/upload-url", request)
    assert (answer.status, answer.code) == (status, code), answer.text
    assert ada.get("/api/files").body["items"] == []


@pytest.mark.parametrize(
    "told",
    [
        "application/x-unknown",
        "application/vnd.ms-office",
        "text/plain; charset=utf-8",
        "application/octet-stream",
    ],
)
def test_the_form_is_signed_for_the_content_type_that_the_browser_names(ada: User, told: str) -> None:
    offer = ada.offer("notes.md", PHYSICS.encode(), content_type=told)
    assert offer.status == 200, offer.text
    assert offer.body["upload"]["fields"]["Content-Type"] == told
    assert (
        ada.post("/api/files", {"file_key": ada.put_bytes(offer, PHYSICS.encode())}).body["status"]
        == "completed"
    )


@pytest.mark.parametrize("told", ["", "markdown", "text/markdown\r\nx-amz-acl: public-read", "text/mä"])
def test_a_malformed_content_type_is_not_signed(ada: User, told: str) -> None:
    offer = ada.offer("notes.md", PHYSICS.encode(), content_type=told)
    assert offer.body["upload"]["fields"]["Content-Type"] == "text/markdown"


def test_a_document_of_a_class_session_gets_its_subject(ada: User) -> None:
    file_id = ada.upload("notes.txt", PHYSICS, session_id="session_1")
    file = ada.get(f"/api/files/{file_id}").body
    assert (file["session_id"], file["subject_id"]) == ("session_1", "physics_101")


def test_lists_are_paged_newest_first_without_gaps(world: World, ada: User) -> None:
    made = []
    for number in range(7):
        world.adapters.clock.advance(1)
        made.append(ada.upload(f"n{number}.txt", f"Note number {number} about motion."))
    seen: list[str] = []
    cursor = ""
    while True:
        page = ada.get(f"/api/files?limit=3{cursor}").body
        assert len(page["items"]) <= 3
        seen += [file["file_id"] for file in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == made[::-1]


def test_lists_filter_by_subject_session_and_status(world: World, ada: User) -> None:
    in_class = ada.upload("a.txt", PHYSICS, session_id="session_1")
    alone = ada.upload("b.txt", PHYSICS)
    waiting = ada.offer("c.txt", b"later").body["file_id"]

    def ids(query: str) -> set[str]:
        return {file["file_id"] for file in ada.get(f"/api/files?{query}").body["items"]}

    assert ids("subject_id=physics_101") == {in_class}
    assert ids("session_id=session_1") == {in_class}
    assert ids("status=awaiting_upload") == {waiting}
    assert ids("status=completed") == {in_class, alone}
    assert ids("status=completed&limit=1") < {in_class, alone}


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "status=lost",
        "status=null",
        "status=deleted",
        "limit=1e1",
        "cursor=%00",
        "cursor=abc",
    ],
)
def test_bad_list_queries_name_the_field(ada: User, query: str) -> None:
    answer = ada.get(f"/api/files?{query}")
    assert answer.status == 400
    assert answer.body["error"]["field"] == query.partition("=")[0]


def test_a_cursor_of_another_list_is_refused(world: World, ada: User, alan: User) -> None:
    for number in range(3):
        alan.upload(f"n{number}.txt", "Alan's note about motion.")
    cursor = alan.get("/api/files?limit=1").body["next_cursor"]
    answer = ada.get(f"/api/files?cursor={cursor}")
    assert (answer.status, answer.code) == (400, "invalid_cursor")


def test_chunks_show_the_text_where_it_stands_with_its_neighbours(world: World, ada: User) -> None:
    text = " ".join(f"Sentence number {number} speaks of motion and of force." for number in range(100))
    file_id = ada.upload("long.txt", text)
    count = ada.get(f"/api/files/{file_id}").body["chunks_created"]
    assert count > 3
    for index in range(count):
        chunk = ada.get(f"/api/files/{file_id}/chunks/{index}").body
        assert chunk["text"] == text[chunk["start"] : chunk["end"]]
        assert chunk["chunk_id"] == f"chunk_{index}"
        assert (chunk["previous"] is None) == (index == 0)
        assert (chunk["next"] is None) == (index == count - 1)
    for beyond in (str(count), "-1", "x", "1e3", "٣"):
        assert ada.get(f"/api/files/{file_id}/chunks/{beyond}").code == "chunk_not_found"


def test_chunks_of_a_document_that_is_not_ready_are_a_conflict(ada: User) -> None:
    file_id = ada.offer("notes.txt", b"text").body["file_id"]
    assert ada.get(f"/api/files/{file_id}/chunks/0").code == "document_not_ready"


def test_a_passage_of_a_document_that_is_deleted_meanwhile_is_not_found(world: World, ada: User) -> None:
    file_id = ada.upload("notes.txt", PHYSICS)
    document = world.services.documents.get("ada", file_id)
    ada.delete(f"/api/files/{file_id}")
    with pytest.raises(NotFound):
        world.services.library.chunk(document, 0)


def test_the_download_link_names_the_file(world: World, ada: User) -> None:
    file_id = ada.upload("notes of ada.txt", PHYSICS)
    link = ada.get(f"/api/files/{file_id}/download-url").body
    assert link["expires_in"] == 300
    assert file_id in link["url"]


@pytest.mark.parametrize(
    ("name", "shown_as"),
    [
        ("a.txt", "text/plain; charset=utf-8"),
        ("a.md", "text/plain; charset=utf-8"),
        ("a.html", "text/plain; charset=utf-8"),
        ("a.csv", "text/plain; charset=utf-8"),
        ("a.svg.py", "text/plain; charset=utf-8"),
        ("a.pdf", "application/pdf"),
        ("a.docx", None),
    ],
)
def test_no_document_is_served_with_a_type_that_a_browser_runs(
    world: World, ada: User, name: str, shown_as: str | None
) -> None:
    offer = ada.offer(name, b"the bytes")
    ada.put_bytes(offer, b"the bytes")
    file_id = offer.body["file_id"]
    for asked, told in (("", None), ("?inline=false", None), ("?inline=true", shown_as)):
        link = ada.get(f"/api/files/{file_id}/download-url{asked}").body["url"]
        query = dict(parse_qsl(urlsplit(link).query))
        assert query.get("shown_as", query.get("response-content-type")) == told
    assert ada.get(f"/api/files/{file_id}/download-url?inline=yes").status == 400


def test_deletion_leaves_nothing_and_may_be_repeated(world: World, ada: User) -> None:
    file_id = ada.upload("secret-name.txt", PHYSICS + " The canary sings of entropy.")
    for _ in range(2):
        assert ada.delete(f"/api/files/{file_id}").body == {"deleted": True}
    assert ada.get(f"/api/files/{file_id}").status == 404
    assert ada.get("/api/files").body["items"] == []
    assert list(world.adapters.objects.keys("")) == []
    assert world.adapters.vectors.ids("documents", "").items == []
    left = repr(vars(world.adapters.key_values))
    assert "canary" not in left
    assert "secret-name" not in left


def test_an_upload_that_comes_after_the_deletion_is_removed(world: World, ada: User) -> None:
    offer = ada.offer("late.txt", PHYSICS.encode())
    ada.delete(f"/api/files/{offer.body['file_id']}")
    world.tell_of_object(ada.put_bytes(offer, PHYSICS.encode()))
    assert list(world.adapters.objects.keys("")) == []


def test_an_upload_whose_event_was_lost_is_found_by_the_sweeper(world: World, ada: User) -> None:
    offer = ada.offer("lost.txt", PHYSICS.encode())
    ada.put_bytes(offer, PHYSICS.encode())
    world.adapters.clock.advance(961)
    world.sweep()
    assert ada.get(f"/api/files/{offer.body['file_id']}").body["status"] == "completed"


def test_an_unused_upload_offer_is_removed(world: World, ada: User) -> None:
    file_id = ada.offer("never.txt", b"text").body["file_id"]
    world.adapters.clock.advance(959)
    world.sweep()
    assert ada.get(f"/api/files/{file_id}").status == 200
    world.adapters.clock.advance(2)
    world.sweep()
    assert ada.get(f"/api/files/{file_id}").status == 404


def test_an_upstream_that_fails_is_tried_again_later(world: World, ada: User) -> None:
    world.adapters.embedder.fail_next(Unavailable("embedder"))
    file_id = ada.upload("notes.txt", PHYSICS)
    assert ada.get(f"/api/files/{file_id}").body["status"] == "processing"
    world.adapters.clock.advance(11)
    world.sweep()
    assert ada.get(f"/api/files/{file_id}").body["status"] == "completed"


def test_a_long_outage_loses_no_document(world: World, ada: User) -> None:
    for _ in range(40):
        world.adapters.embedder.fail_next(Unavailable("embedder"))
    file_id = ada.upload("notes.txt", PHYSICS)
    for _ in range(41):
        world.adapters.clock.advance(601)
        world.sweep()
    assert world.user("ada").get(f"/api/files/{file_id}").body["status"] == "completed"


def test_a_document_that_crashes_every_worker_fails_and_keeps_its_original(world: World, ada: User) -> None:
    class Crash(BaseException):
        pass

    offer = ada.offer("notes.txt", PHYSICS.encode())
    key = ada.put_bytes(offer, PHYSICS.encode())
    for _ in range(8):
        world.adapters.embedder.fail_next(Crash())
        with pytest.raises(Crash):
            world.tell_of_object(key)
        world.adapters.clock.advance(21)
    world.sweep()
    file = ada.get(f"/api/files/{offer.body['file_id']}").body
    assert (file["status"], file["error_code"]) == ("failed", "processing_failed")
    assert file["progress"]["stage"] == "failed"
    assert list(world.adapters.objects.keys("")) == [key]
    assert ada.get(f"/api/files/{file['file_id']}/download-url").status == 200


def test_one_defective_document_does_not_delay_the_others(world: World, ada: User) -> None:
    world.adapters.embedder.fail_next(Unavailable("embedder"))
    first = ada.upload("first.txt", PHYSICS)
    world.adapters.embedder.fail_next(Unavailable("embedder"))
    second = ada.upload("second.txt", PHYSICS)
    world.adapters.clock.advance(30)
    world.adapters.embedder.fail_next(KeyError("a bug"))
    world.sweep()
    states = {ada.get(f"/api/files/{file_id}").body["status"] for file_id in (first, second)}
    assert states == {"processing", "completed"}
    world.adapters.clock.advance(601)
    world.sweep()
    assert {ada.get(f"/api/files/{file_id}").body["status"] for file_id in (first, second)} == {"completed"}


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
@pytest.mark.slow
def test_an_upload_whose_store_failed_may_be_sent_again(world: World, ada: User, after_effect: bool) -> None:
    for size in (1, 10_000):
        content = PHYSICS.encode() * size
        world.adapters.objects.fail_next(Unavailable("object_store"), after_effect=after_effect)
        assert ada.upload_in_request(f"n{size}.txt", content, key=f"k{size}").status == 502
        assert ada.get("/api/files").body["items"] == []
        world.adapters.clock.advance(1)
        again = ada.upload_in_request(f"n{size}.txt", content, key=f"k{size}")
        assert again.status in (200, 202)
        world.sweep()
        file_id = again.body["file_id"]
        assert ada.get(f"/api/files/{file_id}").body["status"] == "completed"
        ada.delete(f"/api/files/{file_id}")


@pytest.mark.slow
def test_a_large_upload_that_is_confirmed_needs_no_event(world: World, ada: User) -> None:
    content = PHYSICS.encode() * 4_000
    offer = ada.offer("large.txt", content)
    key = ada.put_bytes(offer, content)
    answer = ada.post("/api/files", {"file_key": key, "file_name": "large.txt"})
    assert (answer.status, answer.body["status"]) == (202, "processing")
    assert ada.get(f"/api/files/{offer.body['file_id']}").body["status"] == "processing"
    world.sweep()
    assert ada.get(f"/api/files/{offer.body['file_id']}").body["status"] == "completed"


def test_bytes_that_were_replaced_during_the_work_are_read_too(world: World, ada: User) -> None:
    first, second = b"All of it about rivers and hills.", b"All of it about kings and wars. !"
    offer = ada.offer("notes.txt", first)
    key = ada.put_bytes(offer, first)
    embed: Callable[[Sequence[str]], list[list[float]]] = world.adapters.embedder.embed

    def replace_meanwhile(texts: Sequence[str]) -> list[list[float]]:
        world.adapters.embedder.embed = embed
        ada.put_bytes(offer, second)
        return embed(texts)

    world.adapters.embedder.embed = replace_meanwhile
    world.tell_of_object(key)
    world.sweep()
    chunk = ada.get(f"/api/files/{offer.body['file_id']}/chunks/0").body
    assert chunk["text"] == second.decode()


def test_new_bytes_under_the_same_offer_replace_the_document(world: World, ada: User) -> None:
    long = " ".join(f"Sentence number {number} speaks of rivers." for number in range(80)).encode()
    short = b"A short note about volcanoes instead.".ljust(len(long))
    offer = ada.offer("notes.txt", long)
    world.tell_of_object(ada.put_bytes(offer, long))
    world.tell_of_object(ada.put_bytes(offer, short))
    file_id = offer.body["file_id"]
    assert ada.get(f"/api/files/{file_id}").body["chunks_created"] == 1
    assert len(world.adapters.vectors.ids("documents", "").items) == 1
    assert "volcanoes" in ada.get(f"/api/files/{file_id}/chunks/0").body["text"]

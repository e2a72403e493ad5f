"""Hostile documents, uploaded like any other. Each is refused or ``failed`` with a code, leaves nothing, and does not
harm the server.

``tests/contracts/text_extractor/test_extractors.py`` says what each of them does to a reader. The laptop and AWS have
the same readers.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest

from adapters.extractors import DocumentTextExtractor
from chalicelib.settings import Settings
from domain.documents.document import _BIDI_CONTROLS
from domain.documents.document_words import UPLOAD_SECONDS
from ports.object_store import PresignedPost, PresignedRefused
from tests.contracts.text_extractor.test_extractors import HELLO, body, pages_of, pdf, stream
from tests.support.documents import packed
from tests.support.world import PHYSICS, User, World

MEBIBYTE = 1024 * 1024
XXE = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body></w:document>"
)
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + ']><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>"
)


class Reading(World):
    """A world with the readers that the laptop and AWS have."""

    def make_adapters(self, settings: Settings) -> Any:
        adapters = super().make_adapters(settings)
        adapters.extractor = DocumentTextExtractor(adapters.clock)
        return adapters


@pytest.fixture
def world() -> World:
    return Reading({"LYCEUM_MAX_PAGES": "50"})


def many_pages(count: int) -> bytes:
    return pages_of(*[stream(HELLO)] * count)


HOSTILE: dict[str, tuple[str, Any, str]] = {
    "a stream that unpacks to 40 MB": (
        "n.pdf",
        lambda: pages_of(stream(HELLO + b" " * 40_000_000)),
        "decompression_bomb",
    ),
    "a tree of pages that is its own child": (
        "n.pdf",
        lambda: pdf({1: "<</Type/Catalog/Pages 2 0 R>>", 2: "<</Type/Pages/Kids[2 0 R]/Count 1>>"}),
        "corrupt",
    ),
    "more pages than are read": ("n.pdf", lambda: many_pages(51), "too_many_pages"),
    "a ZIP that unpacks to 70 MB": (
        "n.docx",
        lambda: packed({"word/document.xml": body(" " * 70_000_000)}),
        "decompression_bomb",
    ),
    "an entity that is a file": ("n.docx", lambda: packed({"word/document.xml": XXE}), "corrupt"),
    "a billion laughs": ("n.docx", lambda: packed({"word/document.xml": LAUGHS}), "corrupt"),
    "a page of HTML": ("n.pdf", lambda: b"<html><script>alert(1)</script></html>" * 50, "type_mismatch"),
    "a program": ("n.pdf", lambda: b"MZ\x90\x00" + bytes(range(256)) * 20, "type_mismatch"),
    "a program as a text": (
        "n.txt",
        lambda: b"\x7fELF\x02\x01\x01\x00" + bytes(range(256)) * 20,
        "type_mismatch",
    ),
    "a polyglot of both": (
        "n.docx",
        lambda: b"%PDF-1.7\n" + packed({"word/document.xml": body("a")}),
        "type_mismatch",
    ),
}


@pytest.mark.parametrize(("name", "content", "code"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_document_fails_with_its_code_and_the_server_is_well(
    world: World, ada: User, name: str, content: Any, code: str
) -> None:
    offer = ada.offer(name, content())
    key = ada.put_bytes(offer, content())
    world.tell_of_object(key)
    told = ada.get(f"/api/files/{offer.body['file_id']}").body
    assert (told["status"], told["error_code"]) == ("failed", code)
    assert world.adapters.objects.info(key) is None
    assert world.adapters.vectors.ids("documents", "").items == []
    assert world.adapters.embedder.calls == []
    good = ada.upload("good.txt", PHYSICS)
    assert ada.get(f"/api/files/{good}").body["status"] == "completed"


@pytest.mark.parametrize("name", ["xxe", "laughs"])
def test_xml_entities_are_neither_resolved_nor_returned(world: World, ada: User, name: str) -> None:
    content = packed({"word/document.xml": XXE if name == "xxe" else LAUGHS})
    file_id = ada.upload("n.docx", content)
    told = ada.get(f"/api/files/{file_id}").text
    assert "root:" not in told
    assert "haha" not in told
    assert '"status":"failed"' in told


NAMES = [
    "../../etc/passwd.txt",
    "..%2f..%2fetc%2fpasswd.txt",
    "nul\0.txt",
    "a\u202etxt.pdf",
    "x" * 5000 + ".txt",
    "line\nbreak.txt",
    "tab\there.txt",
    "C:\\windows\\system32.txt",
    "‮evil.txt",
    '"><img src=x onerror=alert(1)>.txt',
    "=cmd|' /C calc'!A0.txt",
    "naïve 教科書 🙂.txt",
    ".txt",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_never_part_of_a_key(world: World, ada: User, name: str) -> None:
    answer = ada.offer(name, PHYSICS.encode())
    if answer.status != 200:
        assert answer.code in ("bad_name", "invalid_request")
        assert list(world.adapters.objects.keys("")) == []
        return
    file_id = answer.body["file_id"]
    assert answer.body["file_key"] == f"raw-files/user_ada/{file_id}_original.txt"
    world.tell_of_object(ada.put_bytes(answer, PHYSICS.encode()))
    keys = list(world.adapters.objects.keys(""))
    assert all(unquote(key).startswith(("raw-files/user_ada/", "processed-chunks/user_ada/")) for key in keys)
    assert not any((name.rpartition(".")[0] or name + "?") in unquote(key) for key in keys)
    (shown,) = ada.get("/api/files").body["items"]
    assert not any(character in _BIDI_CONTROLS or character < " " for character in shown["filename"])
    download = ada.get(f"/api/files/{file_id}/download-url").body["url"]
    assert not any(character in download for character in ' "<>\n\0')


class TestPresignedUpload:
    """The tests of this class also run on the aws profile (*wire*)."""

    @pytest.fixture
    def world(self, either: World) -> World:
        return either

    def test_it_accepts_only_the_offered_bytes(self, world: World, ada: User) -> None:
        content = PHYSICS.encode()
        offer = ada.offer("notes.txt", content)
        assert offer.body["expires_in"] == UPLOAD_SECONDS <= 15 * 60
        good = offer.body["upload"]
        objects = world.adapters.objects

        def posted(body: bytes = content, content_type: str = "text/plain", **fields: str) -> None:
            told = {**good["fields"], **fields}
            objects.post(PresignedPost(good["url"], told), body, content_type)

        wrong: list[dict[str, Any]] = [
            {"key": "raw-files/user_mary/x_original.txt"},
            {"key": good["fields"]["key"] + "x"},
            {"content_type": "text/html"},
            {"body": content + b"x"},
            {"body": content[:-1]},
            {"body": b""},
            {"body": b"x" * 6 * MEBIBYTE},
        ]
        for told in wrong:
            with pytest.raises(PresignedRefused):
                posted(**told)
        assert list(objects.keys("")) == []
        posted()
        assert list(objects.keys("")) == [offer.body["file_key"]]

    def test_it_expires(self, world: World, ada: User) -> None:
        offer = ada.offer("notes.txt", b"words")
        world.adapters.clock.advance(UPLOAD_SECONDS + 1)
        with pytest.raises(PresignedRefused):
            ada.put_bytes(offer, b"words")

    def test_an_upload_offer_never_has_the_key_of_an_existing_document(self, world: World, ada: User) -> None:
        mine = ada.upload("notes.txt", PHYSICS)
        asked = {"file_name": "notes.txt", "content_type": "", "file_size": 5}
        for told in ({"file_id": mine}, {"file_key": f"raw-files/user_ada/{mine}_original.txt"}):
            assert ada.post("/api/files/upload-url", {**asked, **told}).status == 400
        offers = {ada.offer("notes.txt", b"words").body["file_key"] for _ in range(3)}
        assert len(offers) == 3
        assert not any(mine in key for key in offers)

    def test_a_repeated_upload_replaces_the_document_and_leaves_nothing_old(
        self, world: World, ada: User
    ) -> None:
        """The owner can post a form of S3 repeatedly until it expires. The document then always equals its bytes, never
        a mixture."""
        first, second = PHYSICS.encode(), b"Volcanoes instead.".ljust(len(PHYSICS))
        offer = ada.offer("notes.txt", first)
        world.tell_of_object(ada.put_bytes(offer, first))
        world.tell_of_object(ada.put_bytes(offer, second))
        chunk = ada.get(f"/api/files/{offer.body['file_id']}/chunks/0").text
        assert "Volcanoes" in chunk
        assert "Newton" not in chunk


def test_an_original_comes_back_as_an_attachment_of_its_own_type(either: World) -> None:
    ada = either.user("ada")
    file_id = ada.upload("notes.txt", PHYSICS)
    url = ada.get(f"/api/files/{file_id}/download-url").body["url"]
    assert "text/html" not in unquote(url)
    if either.settings.profile == "aws":
        assert "response-content-disposition=attachment" in unquote(url).lower()

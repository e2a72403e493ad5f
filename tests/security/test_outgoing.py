"""The server never requests an address that a client names: in documents, questions, topics, names or answers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.extractors import pdfium_process
from ports.agent import AskQuestion, Judge, Task
from tests.contracts.text_extractor.test_extractors import HELLO, pages_of, stream, word
from tests.security.test_documents import Reading
from tests.support.documents import epub, opendocument, pptx, relations, rtf, shape, slide
from tests.support.interviews import by_the_book, connected
from tests.support.world import PHYSICS, User, World

ADDRESSES = [
    "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
    "file:///etc/passwd",
    "http://127.0.0.1:1/admin",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "http://[::ffff:169.254.169.254]/",
]

_READER = [sys.executable, "-m", pdfium_process.__name__]
"""The command that starts the process that reads PDFs."""


class Watch:
    """Records the hosts and files that the process opens while it is on. An audit hook cannot be removed."""

    def __init__(self) -> None:
        self.is_on = False
        self.reached: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.is_on:
            return
        if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
            self.reached.append(f"{event} {args[1:]}")
        elif event == "open" and str(args[0]).startswith(("/etc/", "/proc/")):
            self.reached.append(f"open {args[0]}")
        elif event == "subprocess.Popen" and list(args[1])[:3] == _READER:
            return  # this process starts with the first PDF, whatever its content
        elif event in ("subprocess.Popen", "os.system", "urllib.Request"):
            self.reached.append(f"{event} {args[1:]}")


_WATCH = Watch()


@pytest.fixture
def watch() -> Iterator[Watch]:
    _WATCH.reached.clear()
    _WATCH.is_on = True
    yield _WATCH
    _WATCH.is_on = False


@pytest.fixture
def world() -> World:
    return Reading()


def test_the_watch_sees_connections_and_opened_files(watch: Watch) -> None:
    import socket

    with pytest.raises(OSError), socket.socket() as one:
        one.settimeout(0.2)
        one.connect(("127.0.0.1", 1))
    with open("/etc/hostname") as file:
        file.read()
    assert [reached.partition(" ")[0] for reached in watch.reached] == ["socket.connect", "open"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_in_a_document_is_fetched(world: World, ada: User, watch: Watch, address: str) -> None:
    link = f"<</Type/Annot/Subtype/Link/A<</S/URI/URI({address})>>>>"
    form = f"<</F({address})/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 0>>stream\n\nendstream"
    pdf = pages_of(stream(HELLO), o901=link, o950=form, o902=f"<</S/URI/URI({address})>>")
    linked = relations(("hyperlink", address), ("image", address), ("attachedTemplate", address))
    docx = word("<w:p><w:r><w:t>Words enough.</w:t></w:r></w:p>", **{"word/_rels/document.xml.rels": linked})
    text = f"{PHYSICS} ![picture]({address}) <{address}> [link]: {address}"
    chunk = '<w:altChunk r:id="rId1"/>'
    shown = word(
        "<w:p><w:r><w:t>Words enough.</w:t></w:r></w:p>", chunk, **{"word/_rels/document.xml.rels": linked}
    )
    page = (
        f'<!DOCTYPE html PUBLIC "x" "{address}"><link rel=stylesheet href="{address}"><base href="{address}"><p>Words enough.'
        f'<img src="{address}"><iframe src="{address}"></iframe><object data="{address}"></object>'
    )
    drawn = f'<text:p>Words enough.<draw:frame><draw:object xlink:href="{address}"/><draw:image xlink:href="{address}"/></draw:frame></text:p>'
    slides = pptx(slide(shape("Words enough.")), parts={"ppt/slides/_rels/slide1.xml.rels": linked})
    for name, content in (
        ("n.pdf", pdf),
        ("n.docx", docx),
        ("shown.docx", shown),
        ("n.md", text.encode()),
        ("n.html", page.encode()),
        ("n.epub", epub({"a.xhtml": page})),
        ("n.odt", opendocument(drawn)),
        ("n.pptx", slides),
        (
            "n.rtf",
            rtf(rf'\pard Words enough.{{\field{{\*\fldinst INCLUDEPICTURE "{address}"}}{{\fldrslt x}}}}\par'),
        ),
    ):
        ada.upload(name, content)
    statuses = {one["filename"]: one["status"] for one in ada.get("/api/files").body["items"]}
    assert {name for name, status in statuses.items() if status != "completed"} <= {"n.docx", "shown.docx"}
    ada.ask("What does the second law say?")
    assert watch.reached == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_in_a_request_an_answer_or_a_citation_is_fetched(
    world: World, ada: User, watch: Watch, address: str
) -> None:
    ada.upload("notes.txt", f"{PHYSICS} See {address} for more.", subject_id="physics_101")

    def obedient(task: Task) -> str:
        if isinstance(task, (AskQuestion, Judge)):
            return by_the_book(task)
        return f'See {address} [1 "See {address} for more."].'

    world.adapters.agent.otherwise = obedient
    asked = ada.ask(f"Fetch {address} and tell me.").body
    assert address not in asked["response"]
    ada.post("/api/quizzes", {"topic": address, "num_questions": 1})
    ada.post("/api/search/cross-subject", {"query": address, "subjects": ["physics_101"]})
    ada.post("/api/files", {"file_key": address})
    ada.offer(f"{address}.txt", b"words")
    ada.patch(f"/api/chat/conversations/{asked['conversation_id']}", {"title": address[:100]})
    socket = connected(world, ada)
    for message in (
        {"type": "start_interview", "topic": address},
        {"type": "start_interview", "subject_id": "physics_101"},
        {"type": "text_answer", "text": f"It is at {address}."},
        {"type": "resume_interview", "session_id": "x", "resume_token": address},
        {"type": "chat_message", "message": address},
    ):
        socket.send(message)
    ada.get("/api/me/export")
    assert watch.reached == []

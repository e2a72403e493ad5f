"""The targets of the fuzzer: each reader of input from strangers, with small seeds.

A target may refuse its input with the errors that it documents. Any other error is a finding.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from adapters.extractors import DocumentTextExtractor
from adapters.jwt_identity import JWTIdentityProvider, OneKey, VerificationKey
from adapters.system import SystemClock
from chalicelib import websocket
from chalicelib.http import decode
from chalicelib.multipart_form import read_form
from domain.agents.grounding import Grounding
from domain.base.errors import LyceumError
from domain.base.tables import FILES, TABLES
from domain.documents.document import clean_name, extension_of
from domain.documents.keys import original_key, parse_original_key
from domain.documents.passage import Passage
from domain.interviews.interview import InterviewQuestion, RubricFact, parse_job_id, parse_transcript_key
from domain.interviews.judging import Judging
from domain.interviews.questions import admit_questions
from domain.interviews.recording import joined, looks_like, usual_seconds
from domain.quizzes.admission import admit
from domain.quizzes.reading import read_drafts
from domain.text.links import without_links
from fakes.embedder import HashingEmbedder
from fakes.grammar import ScriptedGrammar
from fakes.system import FrozenClock
from ports.identity_provider import InvalidToken
from ports.key_value_store import cursor_after, position_of
from ports.paging import InvalidCursor
from ports.text_extractor import ExtractionLimits, MediaType, UnreadableDocument
from tests.contracts.text_extractor.test_extractors import (
    HELLO,
    body,
    pages_of,
    paragraph,
    run,
    stream,
    word,
)
from tests.security.requests import GOOD_MESSAGES
from tests.support.documents import (
    epub,
    notebook,
    opendocument,
    packed,
    pptx,
    rtf,
    shape,
    sheet,
    slide,
    xhtml,
    xlsx,
)
from tests.support.examples import body_of, path_of, with_bodies
from tests.support.interviews import QUESTIONS, connected
from tests.support.socket_client import Socket
from tests.support.world import PHYSICS, PHYSICS_ITEMS, World

LIMITS = ExtractionLimits(max_bytes=2 * 1024 * 1024, max_pages=30, max_characters=200_000, max_seconds=5)
SECRET = b"a secret of the fuzzer, 32 bytes!"
PASSAGE = Passage("f", "notes.txt", "s", 0, 1, 0, len(PHYSICS), PHYSICS, 1.0)
ASKED = InterviewQuestion(
    "What happens to a body when nothing acts on it?",
    "the first law",
    (RubricFact("It stays at rest.", "a body stays at rest"),),
    PASSAGE,
)


@dataclass(frozen=True)
class Target:
    run: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    max_bytes: int = 4096


def _text(data: bytes) -> str:
    return data.decode(errors="replace")


def _extract(media_type: MediaType) -> Callable[[bytes], None]:
    extractor = DocumentTextExtractor(SystemClock())

    def extract(data: bytes) -> None:
        try:
            extraction = extractor.extract(data, media_type, LIMITS)
            characters = sum(len(page.text) for page in extraction.pages)
        except UnreadableDocument:
            return
        assert characters <= LIMITS.max_characters + 10_000

    return extract


def _quiz(data: bytes) -> None:
    drafts = read_drafts(_text(data))
    admitted = admit(drafts, [PASSAGE], recent=[], limit=20, first_number=1).admitted
    for question in admitted:
        cited = question.citation
        assert cited is not None
        assert PHYSICS[cited.start : cited.end] == cited.quote
        assert 0 <= question.correct < len(question.options)


def _interview(data: bytes) -> None:
    for question in admit_questions(_text(data), [PASSAGE], avoid=[], limit=5):
        assert all(fact.quote in PHYSICS for fact in question.facts)


def _judgement(data: bytes) -> None:
    reply, _, answer = _text(data).partition("\0")
    judging = Judging(ScriptedGrammar(), HashingEmbedder())
    relevant = judging.relevant_part(ASKED, answer)
    judgement = judging.judged(reply, ASKED, relevant, answer)
    if judgement is not None and judgement.analysis is not None:
        assert 0 <= judgement.analysis.overall <= 100
        assert all(quote in answer for quote in judgement.analysis.evidence)


def _grounding(data: bytes) -> None:
    reply = _text(data)
    whole, cut = Grounding([PASSAGE]), Grounding([PASSAGE])
    told = "".join(whole.pieces([reply]))
    assert told == "".join(cut.pieces(list(reply)))
    assert without_links(told) == told
    for citation in whole.citations:
        assert PHYSICS[citation.start : citation.end] == citation.quote


@cache
def _socket() -> Socket:
    world = World({"LYCEUM_REQUESTS_A_MINUTE": "10000", "LYCEUM_MESSAGES_A_DAY": "1000000"})
    ada = world.user("ada")
    ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    return connected(world, ada)


def _message(data: bytes) -> None:
    socket = _socket()
    told = socket.send(_text(data))
    assert told, "nothing was answered"
    assert all(one["type"] for one in told)
    assert not any(one.get("code") == "internal_error" for one in told), told


def _token(data: bytes) -> None:
    try:
        claims = _verifier().verify(_text(data))
    except InvalidToken:
        return
    assert claims.auth_user_id == "ada"  # the one that was signed, whatever its padding


@cache
def _verifier() -> JWTIdentityProvider:
    keys = OneKey(VerificationKey("HS256", SECRET))
    return JWTIdentityProvider(keys, issuer="us", audience="authenticated", clock=FrozenClock())


@cache
def _good_token() -> bytes:
    import jwt

    now = int(FrozenClock().now().timestamp())
    claims = {
        "iss": "us",
        "aud": "authenticated",
        "role": "authenticated",
        "sub": "ada",
        "exp": now + 600,
        "nbf": now,
    }
    return jwt.encode(claims, SECRET, algorithm="HS256").encode()


def _cursor(data: bytes) -> None:
    for table in TABLES:
        for index in (None, *(one.name for one in table.indexes)):
            try:
                position_of(_text(data), table, "ada", index)
            except InvalidCursor:
                continue
    reply = _reader().get(f"/api/profile/concepts/x?cursor={base64.urlsafe_b64encode(data).decode()}")
    assert reply.status < 500, reply.text


@cache
def _reader() -> Any:
    return World().user("grace")


def _form(data: bytes) -> None:
    try:
        form = read_form(data, "multipart/form-data; boundary=b", max_file_bytes=10_000)
    except LyceumError:
        return
    assert len(form.data) <= 10_000


def _request_body(data: bytes) -> None:
    user = _asker()
    for route in with_bodies(user.world.api.routes):
        path = path_of(route, {"subject_id": "physics_101"})
        reply = user.send(route.method, path, body=data, headers={"Content-Type": "application/json"})
        assert reply.status < 500, reply.text


@cache
def _asker() -> Any:
    return World().user("ada")


def _name(data: bytes) -> None:
    try:
        name = clean_name(_text(data))
        extension = extension_of(name)
    except LyceumError:
        return
    key = original_key("ada", "id", extension)
    assert parse_original_key(key) is not None


def _key(data: bytes) -> None:
    text = _text(data)
    named = parse_original_key(text)
    if named is not None:
        assert original_key(named.user_id, named.file_id, text.rpartition("_original.")[2]) == text
    parse_transcript_key(text)
    parse_job_id(text)


def _recording(data: bytes) -> None:
    for media_format in ("wav", "webm", "ogg", "mp3", "flac"):
        looks_like(data, media_format)
        for parts in ([data], [data, data]):
            sound = joined(parts, media_format)
            assert usual_seconds(sound, media_format) >= 0


def _json_message(data: bytes) -> None:
    try:
        decode(data, websocket.Incoming)  # type: ignore[arg-type]
    except LyceumError:
        return


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


TARGETS: dict[str, Target] = {
    "pdf": Target(
        _extract("pdf"),
        lambda: [
            pages_of(stream(HELLO), stream(HELLO, deflate=False)),
            pages_of(
                stream(HELLO), o900="<</Type/Outlines/First 901 0 R>>", o901="<</Title(A)/Dest[10 0 R]>>"
            ),
        ],
        max_bytes=16_384,
    ),
    "docx": Target(
        _extract("docx"),
        lambda: [word(paragraph(run("Words."))), packed({"word/document.xml": body("a")})],
        max_bytes=16_384,
    ),
    "docx_xml": Target(
        lambda data: _extract("docx")(packed({"word/document.xml": data})),
        lambda: [
            body(paragraph(run("Words.")), "<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>").encode(),
            body(paragraph("<w:sdt><w:sdtContent><w:r><w:t>x</w:t></w:r></w:sdtContent></w:sdt>")).encode(),
        ],
    ),
    "txt": Target(_extract("txt"), lambda: [PHYSICS.encode(), "naïve 教科書".encode("utf-16")]),
    "md": Target(_extract("md"), lambda: [b"---\ntitle: A\n---\n# A\n\ntext\n\n```\n# no\n```\n", b"A\n=\n"]),
    "html": Target(
        _extract("html"), lambda: [b"<h1>A</h1><table><tr><td rowspan=2>a<td>b<tr><td>c</table><ol><li>x"]
    ),
    "csv": Target(_extract("csv"), lambda: [b'a,b\n"c,d",e\n', b"a;b\n1,5;2\n"]),
    "ipynb": Target(
        _extract("ipynb"), lambda: [notebook({"cell_type": "code", "source": "x", "outputs": []})]
    ),
    "rtf": Target(
        _extract("rtf"), lambda: [rtf(r"\pard\s1 A\par\intbl b\cell\row{\footnote c}\u945?\'fc\par")]
    ),
    "slide": Target(
        lambda data: _extract("pptx")(pptx(_text(data))),
        lambda: [slide(shape("A", placeholder="title")).encode()],
    ),
    "sheet": Target(
        lambda data: _extract("xlsx")(xlsx({"A": _text(data)})),
        lambda: [sheet('<row><c r="B2"><v>1</v></c></row>').encode()],
    ),
    "odt": Target(
        lambda data: _extract("odt")(opendocument(_text(data))),
        lambda: [
            b"<text:p>a</text:p><text:list><text:list-item><text:p>b</text:p></text:list-item></text:list>"
        ],
    ),
    "epub": Target(_extract("epub"), lambda: [epub({"a.xhtml": xhtml("<p>a</p>")})], max_bytes=16_384),
    "quiz": Target(
        _quiz,
        lambda: [
            _json({"questions": [item | {"passage": 1} for item in PHYSICS_ITEMS]}),
            b"Question: What?\nA) its mass times its acceleration\nB) b\nCorrect: A\nExplanation: so",
        ],
    ),
    "interview": Target(
        _interview, lambda: [_json({"questions": [one | {"passage": 1} for one in QUESTIONS]})]
    ),
    "judgement": Target(
        _judgement,
        lambda: [
            _json(
                {"facts": [{"number": 1, "verdict": "stated", "quote": "stays at rest"}], "follow_up": "And?"}
            )
            + b"\0A body stays at rest.",
        ],
    ),
    "grounding": Target(
        _grounding,
        lambda: [
            b'Force [1 "the net force on a body equals its mass times its acceleration"], see [1, 2] and [x](http://y.z).'
        ],
    ),
    "message": Target(
        _message, lambda: [_json({"type": name, **sent}) for name, sent in GOOD_MESSAGES.items()]
    ),
    "message_json": Target(
        _json_message, lambda: [_json({"type": name, **sent}) for name, sent in GOOD_MESSAGES.items()]
    ),
    "token": Target(_token, lambda: [_good_token(), b"a.b.c"]),
    "cursor": Target(
        _cursor,
        lambda: [
            cursor_after(
                FILES, {"file_id": "f", "user_id": "ada", "upload_timestamp": "2026"}, "user-id-index"
            ).encode(),
            _json(["2026", "x"]),
        ],
    ),
    "form": Target(
        _form,
        lambda: [
            b'--b\r\nContent-Disposition: form-data; name="tags"\r\n\r\na,b\r\n--b\r\nContent-Disposition: form-data;'
            b' name="file"; filename="n.txt"\r\nContent-Type: text/plain\r\n\r\nwords\r\n--b--\r\n'
        ],
    ),
    "body": Target(
        _request_body,
        lambda: [_json(body_of(route, {})) for route in with_bodies(_asker().world.api.routes)],
    ),
    "name": Target(_name, lambda: [b"notes.txt", "‮evil.pdf".encode()]),
    "key": Target(
        _key, lambda: [b"raw-files/user_ada/id_original.txt", b"transcripts/user_ada:id/1_1.json", b"a_b_1_1"]
    ),
    "recording": Target(
        _recording,
        lambda: [
            base64.b64decode("UklGRiQAAABXQVZFZm10IBAAAAABAAEAgD4AAAB9AAACABAAZGF0YQAAAAA="),
            b"OggS\0\0",
            b"\x1aE\xdf\xa3",
        ],
    ),
}

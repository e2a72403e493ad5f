"""The real server in a process of its own, as `make run` starts it: the demo, the README, a kill."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from chalicelib.http import SECURITY_HEADERS
from demo.play import (
    DOCUMENTS,
    PATIENCE_SECONDS,
    PROJECT,
    Person,
    Server,
    check,
    play,
    post_form,
    running_server,
    token_of,
)

README = (PROJECT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("data")) as server:
        yield server


@pytest.mark.slow
def test_the_demo_runs_and_every_citation_is_correct(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert play(server) >= 6
    shown = capsys.readouterr().out
    assert "newtons-laws.pdf: completed" in shown
    assert "404 file_not_found" in shown
    assert "ada takes “Quiz: Physics 101”" in shown
    assert "grace sees 6 learners" in shown


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[Server]:
    """A server on which nobody has done anything yet."""
    with running_server(tmp_path) as server:
        yield server


@pytest.mark.slow
def test_the_readme_session_works_as_it_is_written(new_server: Server) -> None:
    """Every command of the first session, in order, in one shell. Only the port differs from the README."""
    server = new_server
    commands = re.search(r"## A first session.*?```sh\n(.*?)```", README, re.DOTALL)
    assert commands is not None
    script = "set -euo pipefail\n" + commands.group(1).replace("http://127.0.0.1:8000", server.url)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=PROJECT,
        env=server.environment,
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    decoder = json.JSONDecoder()
    told, end = decoder.raw_decode(done.stdout)
    chunk, end = decoder.raw_decode(done.stdout, end)
    result, end = decoder.raw_decode(done.stdout, end)
    profile, end = decoder.raw_decode(done.stdout, end)
    seen, _ = decoder.raw_decode(done.stdout, end)
    assert "mass times its acceleration" in told["response"]
    assert told["citations"][0]["source_file"] == "newtons-laws.pdf"
    assert chunk["index"] == 0
    assert result["total_questions"] == len(result["results"]) == 2
    assert all(graded["citation"]["quote"] for graded in result["results"])
    assert len(profile["concepts"]) >= 1
    assert seen["total_students"] == 6


def test_refusals_of_the_gateway_have_the_usual_error_body(server: Server) -> None:
    for path, status, code in (("/api/none", 404, "route_not_found"), ("/none.js", 404, "route_not_found")):
        with pytest.raises(HTTPError) as refused:
            urlopen(server.url + path)
        with refused.value as answer:
            assert (answer.code, json.loads(answer.read())["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("method", "headers", "status", "code"),
    [
        ("PUT", {}, 405, "method_not_allowed"),
        ("TRACE", {}, 405, "method_not_allowed"),
        ("PROPFIND", {}, 405, "method_not_allowed"),
        ("POST", {"Content-Length": "9" * 5000}, 413, "too_large"),
        ("POST", {"Content-Length": str(10**10)}, 413, "too_large"),
        ("POST", {"Content-Length": "-1"}, 400, "malformed_request"),
        ("POST", {"Transfer-Encoding": "chunked"}, 411, "length_required"),
    ],
)
def test_requests_that_the_gateway_refuses_get_its_status_and_code(
    server: Server, method: str, headers: dict[str, str], status: int, code: str
) -> None:
    import http.client

    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=PATIENCE_SECONDS)
    connection.putrequest(method, "/api/chat")
    connection.putheader("Origin", "http://localhost:3000")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    error = json.loads(answer.read())["error"]
    assert (answer.status, error["code"]) == (status, code)
    assert error["request_id"] == answer.headers["X-Request-Id"]
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert answer.headers["Allow"] == ("OPTIONS, POST" if status == 405 else None)
    connection.close()


def test_an_upload_must_keep_to_its_permission(server: Server) -> None:
    ada = Person(server.url, token_of("ada", server))
    content = (DOCUMENTS / "rosetta-stone.txt").read_bytes()
    offer = ada.post(
        "/api/files/upload-url", {"file_name": "r.txt", "content_type": "", "file_size": len(content)}
    )
    url, fields = offer["upload"]["url"], offer["upload"]["fields"]
    for forged in (
        fields | {"key": fields["key"].replace("user_ada", "user_mary")},
        fields | {"Content-Type": "text/html"},
        fields | {"signature": "0" * 64},
        {name: value for name, value in fields.items() if name != "policy"},
    ):
        with pytest.raises(HTTPError) as refused:
            post_form(url, forged, "r.txt", content)
        with refused.value as answer:
            assert answer.code == 403
    with pytest.raises(HTTPError) as refused:
        post_form(url, fields, "r.txt", content + b"more")
    refused.value.close()
    assert ada.send("GET", f"/api/files/{offer['file_id']}")["status"] == "awaiting_upload"


def test_the_original_comes_back_as_an_attachment(server: Server) -> None:
    ada = Person(server.url, token_of("ada", server))
    file = ada.upload(DOCUMENTS / "rosetta-stone.txt", "physics_101")
    link = ada.send("GET", f"/api/files/{file['file_id']}/download-url")["url"]
    with urlopen(link) as answer:
        assert answer.read() == (DOCUMENTS / "rosetta-stone.txt").read_bytes()
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''rosetta-stone.txt"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for forged in (
        link[:-1] + ("1" if link.endswith("0") else "0"),
        link.replace("expires=", "expires=9"),
        link.replace("user_ada", "user_mary"),
    ):
        with pytest.raises(HTTPError) as refused:
            urlopen(forged)
        with refused.value as answer:
            assert answer.code == 403


def test_the_original_is_shown_in_a_page_part_by_part(server: Server) -> None:
    ada = Person(server.url, token_of("ada", server))
    content = (DOCUMENTS / "rosetta-stone.txt").read_bytes()
    file = ada.upload(DOCUMENTS / "rosetta-stone.txt", "physics_101")
    link = ada.send("GET", f"/api/files/{file['file_id']}/download-url?inline=true")["url"]
    with urlopen(link) as answer:
        assert answer.read() == content
        assert answer.headers["Content-Disposition"].startswith("inline; ")
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Accept-Ranges"] == "bytes"
        assert "http://localhost:3000" in answer.headers["Content-Security-Policy"]
    size = len(content)
    for asked, status, told, part in (
        ("bytes=0-9", 206, f"bytes 0-9/{size}", content[:10]),
        ("bytes=10-", 206, f"bytes 10-{size - 1}/{size}", content[10:]),
        ("bytes=-5", 206, f"bytes {size - 5}-{size - 1}/{size}", content[-5:]),
        (f"bytes=0-{size + 9}", 206, f"bytes 0-{size - 1}/{size}", content),
        ("bytes=9-2", 200, None, content),
        ("bytes=0-1,4-5", 200, None, content),
        ("bytes=-", 200, None, content),
        ("lines=1-2", 200, None, content),
    ):
        with urlopen(Request(link, headers={"Range": asked})) as answer:
            assert (answer.status, answer.headers["Content-Range"]) == (status, told)
            assert answer.read() == part
    with pytest.raises(HTTPError) as refused:
        urlopen(Request(link, headers={"Range": f"bytes={size}-"}))
    with refused.value as answer:
        assert (answer.code, answer.headers["Content-Range"]) == (416, f"bytes */{size}")
    with pytest.raises(HTTPError) as refused:
        urlopen(link.replace("text%2Fplain", "text%2Fhtml"))
    with refused.value as answer:
        assert answer.code == 403


@pytest.mark.slow
def test_deletion_leaves_no_byte_in_the_folder(server: Server, tmp_path: Path) -> None:
    """This includes SQLite's free pages and logs, after the sweeper has run."""
    canaries = [b"canary-of-the-text", b"canary-of-the-name"]
    document = tmp_path / f"{canaries[1].decode()}.txt"
    document.write_text(
        "\n\n".join(f"Paragraph {n}: the canary-of-the-text sings of entropy." for n in range(120)),
        encoding="utf-8",
    )
    mary = Person(server.url, token_of("mary", server))
    file = mary.upload(document, "history_201")
    answer = mary.post("/api/chat", {"message": "What does the canary sing of?"})
    assert answer["citations"]
    data = Path(server.environment["LYCEUM_DATA"])
    assert holding(data, canaries)
    mary.send("DELETE", f"/api/chat/conversations/{answer['conversation_id']}")
    mary.send("DELETE", f"/api/files/{file['file_id']}")
    deadline = time.monotonic() + 2 * PATIENCE_SECONDS
    while left := holding(data, canaries):
        assert time.monotonic() < deadline, left
        time.sleep(0.2)


def holding(folder: Path, canaries: list[bytes]) -> list[str]:
    """The files below the folder whose name or content contains one of the canaries."""
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and any(c in path.read_bytes() or c.decode() in path.name for c in canaries)
    ]


@pytest.mark.slow
def test_chalice_local_serves_the_same_data(server: Server) -> None:
    ada = Person(server.url, token_of("ada", server))
    file = ada.upload(DOCUMENTS / "rosetta-stone.txt", "physics_101")
    with running_server(Path(server.environment["LYCEUM_DATA"]), chalice_local=True) as plain:
        same = Person(plain.url, ada.token)
        assert same.send("GET", f"/api/files/{file['file_id']}") == file
        answer = same.post("/api/chat", {"message": "Who deciphered the hieroglyphs?"})
        for citation in answer["citations"]:
            check(same, citation)
        assert same.upload(DOCUMENTS / "newtons-laws.pdf", "physics_101")["status"] == "completed"


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    """kill -9 at several moments of an ingestion: nothing that existed is lost, and the document is completed."""
    text = "\n".join(
        f"Paragraph {n} speaks of river {n * 7} and of the hills beyond it." for n in range(4000)
    )
    book = tmp_path / "book.txt"
    book.write_text(text, encoding="utf-8")
    data = tmp_path / "data"
    with running_server(data) as server:
        ada = Person(server.url, token_of("ada", server))
        kept = ada.upload(DOCUMENTS / "newtons-laws.pdf", "physics_101")
        conversation = ada.post("/api/chat", {"message": "What does the second law say?"})["conversation_id"]
        content = book.read_bytes()
        offer = ada.post(
            "/api/files/upload-url", {"file_name": book.name, "content_type": "", "file_size": len(content)}
        )
        post_form(offer["upload"]["url"], offer["upload"]["fields"], book.name, content)
        os.kill(server.process.pid, signal.SIGKILL)
    for pause in (1.0, 4.0):
        with running_server(data) as server:
            time.sleep(pause)
            os.kill(server.process.pid, signal.SIGKILL)
    with running_server(data) as server:
        ada = Person(server.url, ada.token)
        assert ada.send("GET", f"/api/files/{kept['file_id']}") == kept
        assert len(ada.send("GET", f"/api/chat/conversations/{conversation}")["items"]) == 2
        deadline = time.monotonic() + 400
        while (file := ada.send("GET", f"/api/files/{offer['file_id']}"))["status"] != "completed":
            assert file["status"] in ("awaiting_upload", "processing")
            assert time.monotonic() < deadline
            time.sleep(0.5)
        last = ada.send("GET", f"/api/files/{offer['file_id']}/chunks/{file['chunks_created'] - 1}")
        assert last["text"].endswith("the hills beyond it.")


def test_a_wrong_setting_stops_the_start_with_its_name(tmp_path: Path) -> None:
    environment = {**os.environ, "LYCEUM_DATA": str(tmp_path), "LYCEUM_PORT": "many"}
    done = subprocess.run(
        [sys.executable, "serve.py"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "LYCEUM_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_answer_contains_the_request_id_of_its_log_line(server: Server) -> None:
    with urlopen(Request(server.url + "/api/health")) as answer:
        assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["X-Request-Id"])

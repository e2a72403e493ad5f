"""``make demo``: a whole session. It uploads, asks, checks the citations, takes a quiz, and shows the mastery.

The session starts a server of its own, on a free port and with a temporary folder, and stops it at the end.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

PROJECT = Path(__file__).parent.parent
DOCUMENTS = PROJECT / "demo" / "documents"
PATIENCE_SECONDS = 180
QUESTIONS = {
    "ada": [
        "What does Newton's second law say?",
        "How much does a body weigh on the Moon?",
        "And why is that?",
        "What does the work-energy theorem say?",
        "Who won the football world cup in 2018?",
    ],
    "mary": ["What did Champollion announce in September 1822?", "In which scripts is the decree written?"],
}


@dataclass(frozen=True, slots=True)
class Person:
    """A person with an access token, and the address of the server."""

    url: str
    token: str

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        told = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        request = Request(self.url + path, data=body, headers=told, method=method)
        with urlopen(request, timeout=PATIENCE_SECONDS) as response:
            return json.loads(response.read() or b"null")

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self.send("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def upload(self, document: Path, subject_id: str) -> Any:
        """Upload as a browser does: ask for permission, post the bytes, wait for the end of the processing.

        Raises ``TimeoutError``.
        """
        content = document.read_bytes()
        offer = self.post(
            "/api/files/upload-url",
            {
                "file_name": document.name,
                "content_type": "",
                "file_size": len(content),
                "subject_id": subject_id,
            },
        )
        post_form(offer["upload"]["url"], offer["upload"]["fields"], document.name, content)
        return until_processed(lambda: self.send("GET", f"/api/files/{offer['file_id']}"))


def until_processed(read: Callable[[], Any]) -> Any:
    """The document that ``read`` returns, once it is completed or failed. Raises ``TimeoutError``."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        document = read()
        if document["status"] in ("completed", "failed"):
            return document
        time.sleep(0.1)
    raise TimeoutError(f"The document was not processed within {PATIENCE_SECONDS} s.")


def post_form(url: str, fields: Mapping[str, str], name: str, content: bytes) -> None:
    """Send a multipart/form-data POST: the fields first, then the file."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
    ]
    parts += [
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode(),
        content,
        f"\r\n--{boundary}--\r\n".encode(),
    ]
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    urlopen(Request(url, data=b"".join(parts), headers=headers), timeout=PATIENCE_SECONDS).close()


@dataclass(frozen=True, slots=True)
class Server:
    """A server process, its address, and its environment."""

    url: str
    environment: dict[str, str]
    process: subprocess.Popen[str]

    @property
    def ws_url(self) -> str:
        """The address of its WebSocket. A plain `chalice local` has none."""
        return f"ws://127.0.0.1:{self.environment['LYCEUM_WS_PORT']}"


@contextmanager
def running_server(
    data: Path,
    *,
    chalice_local: bool = False,
    module: str = "serve",
    ports: Sequence[int] | None = None,
    log: Path | None = None,
    **settings: str,
) -> Iterator[Server]:
    """Run a server with its data in ``data``, as `make run` or as a plain `chalice local` does.

    ``module`` runs instead of ``serve``. ``ports`` are the ports of REST and the WebSocket; None means free ones.
    ``log`` is a file to which the server's log is appended. ``settings`` are further variables of the environment.
    Raises ``RuntimeError`` if the server does not start.
    """
    port, ws_port = ports or free_ports(2)
    environment = {
        **os.environ,
        "LYCEUM_PORT": str(port),
        "LYCEUM_WS_PORT": str(ws_port),
        "LYCEUM_DATA": str(data),
        **settings,
    }
    command = [sys.executable, "-m", module]
    if chalice_local:
        command = [
            str(Path(sys.executable).parent / "chalice"),
            "local",
            "--port",
            str(port),
            "--no-autoreload",
        ]
    with open(log or os.devnull, "a", encoding="utf-8") as lines:
        process = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=lines, text=True
        )
    try:
        first_line = process.stdout.readline() if process.stdout and not chalice_local else ""
        if not chalice_local and "Lyceum is ready" not in first_line:
            raise RuntimeError("the server did not start; try `make run` to see why")
        wait_until_it_answers(f"http://127.0.0.1:{port}/api/health")
        yield Server(f"http://127.0.0.1:{port}", environment, process)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)
        if process.stdout:
            process.stdout.close()


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def wait_until_it_answers(url: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            urlopen(url, timeout=PATIENCE_SECONDS).close()
        except URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def token_of(who: str, server: Server) -> str:
    command = [sys.executable, "serve.py", "token", who]
    return subprocess.check_output(command, cwd=PROJECT, env=server.environment, text=True).strip()


def show(answer: Mapping[str, Any]) -> None:
    print(textwrap.fill(answer["response"], 96, initial_indent="  ", subsequent_indent="  "))
    for number, citation in enumerate(answer["citations"], start=1):
        place = f"page {citation['page']}" if citation["page"] else " › ".join(citation["heading_path"])
        print(f"    [{number}] {citation['source_file']}, {place or 'no page'}: “{citation['quote']}”")


def check(person: Person, citation: Mapping[str, Any]) -> None:
    """Raises ``AssertionError`` unless the quote stands in the stored text where the citation says."""
    index = citation["chunk_id"].removeprefix("chunk_")
    chunk = person.send("GET", f"/api/files/{citation['file_id']}/chunks/{index}")
    start = citation["start"] - chunk["start"]
    stored = chunk["text"][start : start + citation["end"] - citation["start"]]
    if stored != citation["quote"]:
        raise AssertionError(f"cited {citation['quote']!r}, stored {stored!r}")


def play(server: Server) -> int:
    """Play the session. Returns how many citations were checked; raises ``AssertionError`` if one is false."""
    people = {who: Person(server.url, token_of(who, server)) for who in (*QUESTIONS, "alan", "grace")}
    brought = {
        "ada": [("newtons-laws.pdf", "physics_101"), ("work-and-energy.docx", "physics_101")],
        "mary": [("rosetta-stone.txt", "history_201")],
    }
    checked = 0
    theirs = ""
    for who, documents in brought.items():
        for name, subject in documents:
            file = people[who].upload(DOCUMENTS / name, subject)
            theirs = file["file_id"]
            print(
                f"{who} uploads {name}: {file['status']}, {file['page_count']} page(s),"
                f" {file['chunks_created']} chunks; its concepts: {', '.join(file['extracted_concepts'][:4])}"
            )
        conversation = None
        for question in QUESTIONS[who]:
            print(f"\n{who}: {question}")
            asked = {"message": question} | ({"conversation_id": conversation} if conversation else {})
            answer = people[who].post("/api/chat", asked)
            conversation = answer["conversation_id"]
            show(answer)
            for citation in answer["citations"]:
                check(people[who], citation)
                checked += 1
        print()
    try:
        people["alan"].send("GET", f"/api/files/{theirs}")
    except HTTPError as refused:
        with refused:
            print(
                f"alan asks for mary's document: {refused.code} {json.loads(refused.read())['error']['code']}"
            )
    return checked + study(people["ada"], people["grace"])


def study(ada: Person, grace: Person) -> int:
    """Take a quiz, and show its result, the profile and what the teacher sees. Returns how many citations were checked."""
    quiz = ada.post("/api/quizzes", {"subject_id": "physics_101", "num_questions": 4})
    print(f"\nada takes “{quiz['title']}”, {quiz['difficulty_level']}, and answers A to everything:")
    if quiz["note"]:
        print(f"  {quiz['note']}")
    for question in quiz["questions"]:
        print(
            textwrap.fill(
                f"{question['question_id']}. {question['question']}",
                96,
                initial_indent="  ",
                subsequent_indent="     ",
            )
        )
        for letter, option in zip("ABCDEF", question["options"], strict=False):
            print(
                textwrap.fill(f"{letter}) {option}", 96, initial_indent="     ", subsequent_indent="        ")
            )
    answers = {question["question_id"]: "A" for question in quiz["questions"]}
    result = ada.post(f"/api/quizzes/{quiz['quiz_id']}/submit", {"answers": answers})
    print(f"\nScore: {result['correct_answers']} of {result['total_questions']}")
    for graded in result["results"]:
        verdict = "right" if graded["is_correct"] else f"wrong, it is {graded['correct_answer']}"
        citation = graded["citation"]
        print(f"  {graded['question_id']}: {verdict}. {citation['source_file']}: “{citation['quote']}”")
        check(ada, citation)
    print("\nada's profile:")
    for concept in ada.send("GET", "/api/profile?subject_id=physics_101")["concepts"]:
        print(f"  {concept['mastery_level']:.3f}  {concept['label']} ({concept['evidence_count']} answers)")
    seen = grace.send("GET", "/api/teacher/subjects/physics_101/ai-analytics")
    print(f"\ngrace sees {seen['total_students']} learners in physics_101:")
    for learner in seen["learning_progress"]:
        print(
            f"  {learner['name']}: {len(learner['mastery_levels'])} concepts,"
            f" {learner['total_interactions']} interactions"
        )
    return len(result["results"])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder)) as server:
        checked = play(server)
        print(f"\n{checked} citations checked: each quote stands in the stored text at its start:end.")


if __name__ == "__main__":
    main()

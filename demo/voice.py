"""``make demo-voice``: a spoken interview about Newton's laws, with the recordings in demo/speech.

It starts a server of its own. It answers each question with the recording that shares most words with the question. If
none shares a word, or that recording was played before, it answers with a text. In the middle of one answer, it breaks
the connection and resumes. Anything unexpected ends the session with an error.
"""

from __future__ import annotations

import base64
import json
import re
import tempfile
import textwrap
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

from demo.play import DOCUMENTS, PATIENCE_SECONDS, PROJECT, Person, Server, running_server, token_of

SPEECH = PROJECT / "demo" / "speech"
TOPIC = "the three laws and friction"
MAX_QUESTIONS = 5
PART_BYTES = 8 * 1024
"""Bytes of sound in one message. In base64 these are 11 KB; a frame may have 32 KB."""
BROKEN_RECORDING = 2
"""The number of the recording in which the connection breaks, counted from 1."""
BROKEN_AFTER = 2
"""The number of acknowledged parts of that recording after which the connection breaks."""
KNOWS_NO_MORE = "I know nothing more about that."


@dataclass(frozen=True, slots=True)
class Clip:
    """A recorded answer and its text."""

    path: Path
    text: str

    @property
    def parts(self) -> list[bytes]:
        sound = self.path.read_bytes()
        return [sound[start : start + PART_BYTES] for start in range(0, len(sound), PART_BYTES)]

    def words_shared_with(self, question: str) -> tuple[int, int]:
        """How many words of the question are in the recording's name, and how many are in its text."""
        asked = words(question)
        return len(asked & words(self.path.stem)), len(asked & words(self.text))


def words(text: str) -> set[str]:
    """The words of at least five letters. Shorter ones ("what", "does", "law") say too little."""
    return set(re.findall(r"[a-z]{5,}", text.lower()))


def clips_of(folder: Path) -> list[Clip]:
    listed = json.loads((folder / "transcripts.json").read_text(encoding="utf-8"))
    return [Clip(folder / clip["file"], clip["text"]) for clip in listed]


class Caller:
    """The client's end of a WebSocket connection."""

    def __init__(self, server: Server, learner: Person) -> None:
        ticket = learner.post("/api/ws-ticket", {})["ticket"]
        self._socket = connect(f"{server.ws_url}?ticket={ticket}", open_timeout=PATIENCE_SECONDS)

    def send(self, kind: str, **content: object) -> None:
        self._socket.send(json.dumps({"type": kind, **content}))

    def receive(self, *kinds: str) -> Any:
        """The next message. Raises ``RuntimeError`` if its type is none of ``kinds``."""
        message = json.loads(self._socket.recv(PATIENCE_SECONDS))
        if message.get("type") not in kinds:
            raise RuntimeError(f"expected {' or '.join(kinds)}, received {message}")
        return message

    def hang_up(self) -> None:
        self._socket.close()

    def drop(self) -> None:
        """Close the connection without telling the server, as a failing network does."""
        self._socket.close_socket()


@dataclass
class Session:
    """The client's state of the interview."""

    server: Server
    learner: Person
    caller: Caller
    session_id: str
    resume_token: str
    responses: list[Any] = field(default_factory=list)
    """The server's response to each answer, oldest first."""
    recordings: int = 0
    """How many recordings were played."""
    partials: int = 0
    """How many partial transcripts arrived."""

    def speak(self, clip: Clip, question: str, number: int) -> Any:
        """Send a recording, and return the server's response to the answer."""
        parts = clip.parts
        shown(f"ada plays {clip.path.name}, in {len(parts)} parts")
        self.recordings += 1
        first = 0
        if self.recordings == BROKEN_RECORDING:
            self._send(parts[:BROKEN_AFTER], 0, number, len(parts))
            first = self._reconnect(question) + 1
        self._send(parts[first:], first, number, len(parts))
        sent_at = time.monotonic()
        while (message := self._heard("response_processed"))["type"] != "response_processed":
            pass
        shown(f"heard {time.monotonic() - sent_at:.1f} s after the last part: {message['transcription']}")
        return message

    def write(self, text: str) -> Any:
        shown(f"ada writes: {text}")
        self.caller.send("text_answer", text=text)
        return self.caller.receive("response_processed")

    def _send(self, parts: list[bytes], first: int, number: int, count: int) -> None:
        """Send the parts, each one after the part before it was acknowledged. Raises ``RuntimeError``."""
        for sequence, part in enumerate(parts, start=first):
            self.caller.send(
                "audio_chunk",
                audio_data=base64.b64encode(part).decode(),
                sequence=sequence,
                is_final=sequence == count - 1,
                media_format="ogg",
                question_number=number,
            )
            while (message := self._heard("audio_received"))["type"] != "audio_received":
                pass
            if message["received_through"] != sequence:
                raise RuntimeError(f"part {sequence} was sent, but the acknowledgement was {message}")

    def _heard(self, kind: str) -> Any:
        """The next message: one of type ``kind``, or a partial transcript. Raises ``RuntimeError``."""
        message = self.caller.receive(kind, "transcription_partial")
        if message["type"] == "transcription_partial":
            if "code" in message:
                raise RuntimeError(f"the recording was not understood: {message['code']}")
            self.partials += 1
            shown(f"{message['text']} …")
        return message

    def _reconnect(self, question: str) -> int:
        """Break the connection and resume on a new one. Returns the number of the last part that the server has.

        Raises ``RuntimeError`` if anything else was lost.
        """
        self.caller.drop()
        self.caller = Caller(self.server, self.learner)
        self.caller.send("resume_interview", session_id=self.session_id, resume_token=self.resume_token)
        resumed = self.caller.receive("interview_resumed")
        through: int = resumed["received_through"]
        shown(f"the connection broke, and was resumed: the server has parts 0 to {through}, nothing is lost")
        latest = {name: value for name, value in self.responses[-1].items() if name != "type"}
        told = (resumed["question"], through, resumed["last_response"])
        if told != (question, BROKEN_AFTER - 1, latest):
            raise RuntimeError(f"something was lost: {resumed}")
        return through


def shown(text: str, first: str = "   ") -> None:
    print(textwrap.fill(text, 100, initial_indent=first, subsequent_indent="     "))


def show_response(response: Any) -> None:
    analysis = response["analysis"]
    if analysis is None:
        raise RuntimeError(f"the answer was not scored: {response}")
    measures = ", ".join(
        f"{name.replace('_', ' ')} {analysis[name]:.0f}"
        for name in ("content_accuracy", "clarity", "completeness")
    )
    shown(f"score {response['score']:.0f} of 100: {measures}")
    for quote in analysis["evidence"]:
        shown(f"because of these words: “{quote}”")
    shown(f"feedback: {response['feedback']}")


def show_summary(summary: Any) -> None:
    print(
        f"\nThe interview is over: {summary['questions_asked']} questions, {summary['overall_score']} of 100."
    )
    for name in ("strengths", "improvements"):
        for told in summary[name]:
            shown(f"{name}: {told}")
    for change in summary["mastery_changes"]:
        shown(f"mastery of {change['label']}: {change['before']:.3f} → {change['after']:.3f}")


def interview(server: Server) -> Session:
    """Hold the interview, from the upload to the check of what REST returns. Raises ``RuntimeError``."""
    ada = Person(server.url, token_of("ada", server))
    file = ada.upload(DOCUMENTS / "newtons-laws.pdf", "physics_101")
    print(f"ada uploads {file['filename']}: {file['status']}, {file['chunks_created']} chunks")
    caller = Caller(server, ada)
    caller.send("start_interview", topic=TOPIC, subject_id="physics_101", max_questions=MAX_QUESTIONS)
    started = caller.receive("interview_started")
    session = Session(server, ada, caller, started["session_id"], started["resume_token"])
    clips, played = clips_of(SPEECH), set[Clip]()
    question, number = started["question"], started["question_number"]
    while question is not None:
        print()
        shown(question, f"{number}. ")
        asked: str = question
        best = max(clips, key=lambda clip: clip.words_shared_with(asked))
        if any(best.words_shared_with(asked)) and best not in played:
            played.add(best)
            response = session.speak(best, question, number)
        else:
            response = session.write(KNOWS_NO_MORE)
        show_response(response)
        session.responses.append(response)
        question, number = response["next_question"], response["question_number"]
    summary = session.caller.receive("interview_summary")
    show_summary(summary)
    session.caller.hang_up()
    check(session, summary)
    return session


def check(session: Session, summary: Any) -> None:
    """Raises ``RuntimeError`` unless the responses, the summary and the stored interview agree."""
    kept = session.learner.send("GET", f"/api/interviews/{session.session_id}")
    told = [(one["transcription"], one["score"]) for one in session.responses]
    for turns in (summary["transcript"], kept["turns"]):
        if [(turn["transcription"], turn["score"]) for turn in turns] != told:
            raise RuntimeError(f"the responses said {told}, but {turns} is stored")
    if (kept["state"], kept["overall_score"]) != ("ended", summary["overall_score"]):
        raise RuntimeError(f"the summary said {summary}, but {kept} is stored")
    if session.recordings < BROKEN_RECORDING:
        raise RuntimeError(
            "no recording answers a question that was asked, so the connection was never broken"
        )
    if not session.partials:
        raise RuntimeError("no partial transcript arrived")
    print(f"\nGET /api/interviews/{session.session_id}")
    shown(
        f"{kept['state']}, {len(kept['turns'])} turns, with the same words and scores as during the interview"
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder)) as server:
        interview(server)


if __name__ == "__main__":
    main()

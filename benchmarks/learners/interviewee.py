"""Holds an interview in text. After each kill it resumes, and continues after the last acknowledged answer."""

from __future__ import annotations

import random
import time
import uuid
from contextlib import closing
from typing import Any

from benchmarks.learners.journal import Held, Journal
from benchmarks.learners.wire import Broken, Client, Line, Refused

QUESTIONS = 2
_WAIT_CODES = ("answer_being_processed", "question_not_ready")
"""The error codes of an answer that is sent again while the server still works on it."""


class Interviewee:
    def __init__(self, client: Client, journal: Journal, subject_id: str, rng: random.Random) -> None:
        self._client = client
        self._journal = journal
        self._subject_id = subject_id
        self._rng = rng
        self._held: Held | None = None

    def hold(self) -> None:
        """Hold the interview from the first question to the summary. Raises ``Refused``."""
        while True:
            try:
                with closing(self._client.line()) as line:
                    if self._held is None:
                        held, latest = self._start(line)
                    else:
                        held, latest = self._held, self._resume(line, self._held)
                    self._go_on(line, held, latest)
                return
            except Broken:
                continue

    def _start(self, line: Line) -> tuple[Held, Any]:
        """Start an interview. A start that was not acknowledged is not resumed: the next start is a new one."""
        place = self._client.place
        with place.slots, place.tally.flying("interview start"):
            began_at = time.perf_counter()
            line.send(
                "start_interview",
                subject_id=self._subject_id,
                max_questions=QUESTIONS,
                request_id=uuid.uuid4().hex,
            )
            message = self._expected(line, "interview_started")
            place.tally.took("interview start", time.perf_counter() - began_at)
        self._held = held = Held(message["session_id"], message["resume_token"])
        self._journal.interviews.append(held)
        return held, message

    def _resume(self, line: Line, held: Held) -> Any:
        line.send("resume_interview", session_id=held.session_id, resume_token=held.resume_token)
        while True:
            # The sweeper may have judged the last answer; that response can come first.
            message = self._expected(line, "interview_resumed", "response_processed", "interview_summary")
            if message["type"] == "interview_resumed":
                return message
            self._note(held, message)

    def _go_on(self, line: Line, held: Held, message: Any) -> None:
        """Answer the question of ``message`` and all further ones, until the summary comes."""
        while True:
            self._note(held, message)
            if held.summary is not None:
                return
            number = _open_question(message)
            message = line.receive() if number is None else self._answer(line, held, number)

    def _answer(self, line: Line, held: Held, number: int) -> Any:
        """Answer the open question, with the same words if it was answered before. Returns the next message."""
        text = held.said.setdefault(number, self._words())
        place = self._client.place
        with place.slots, place.tally.flying("interview answer"):
            began_at = time.perf_counter()
            line.send(
                "text_answer", text=text, question_number=number, request_id=f"{held.session_id}-{number}"
            )
            message = line.receive()
            if message["type"] == "response_processed":
                place.tally.took("interview answer", time.perf_counter() - began_at)
        return message

    def _words(self) -> str:
        known = self._journal.completed
        return self._rng.choice(self._rng.choice(known).notes.statements) if known else "I do not know."

    def _note(self, held: Held, message: Any) -> None:
        """Record the responses to answers. A repeated response must be equal to the first one."""
        match message["type"]:
            case "response_processed":
                self._keep(held, message)
            case "interview_resumed":
                if message["last_response"] is not None:
                    self._keep(held, message["last_response"])
            case "interview_summary":
                self._client.check(
                    held.summary in (None, _content(message)), "another summary of an interview", message
                )
                held.summary = _content(message)
            case "error" if message["code"] in _WAIT_CODES:
                self._client.place.tally.failed(f"told to wait: {message['code']}")
            case "error":
                self._client.check(False, "an interview's message was refused:", message)
                raise Refused(message["code"])

    def _keep(self, held: Held, response: Any) -> None:
        number, content = response["answered_question_number"], _content(response)
        known = held.turns.setdefault(number, content)
        same = all(
            known[name] == content[name] for name in ("transcription", "score", "analysis", "feedback")
        )
        self._client.check(same, f"answer {number} was judged twice:", [known, content])
        said = held.said.get(number)
        self._client.check(
            content["transcription"] == said, f"answer {number} was {said!r}, and was understood as:", content
        )

    def _expected(self, line: Line, *kinds: str) -> Any:
        message = line.receive()
        if message["type"] not in kinds:
            self._client.check(False, f"{' or '.join(kinds)} was expected:", message)
            raise Refused(message["type"])
        return message


def _open_question(message: Any) -> int | None:
    """The number of the open question according to the message; None if no question is open."""
    match message["type"]:
        case "interview_started":
            return int(message["question_number"])
        case "interview_resumed" if message["state"] == "asked":
            return int(message["question_number"])
        case "response_processed" if message["next_question"] is not None:
            return int(message["question_number"])
        case _:
            return None


def _content(message: Any) -> Any:
    return {name: value for name, value in message.items() if name not in ("type", "request_id")}

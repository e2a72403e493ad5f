"""Spoken interviews on the real server, with its speech recogniser."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.play import running_server
from demo.voice import MAX_QUESTIONS, interview
from tests.support.sounds import needs_voice


@needs_voice
def test_the_demo_holds_an_interview_aloud(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running_server(tmp_path) as server:
        session = interview(server)
    shown = capsys.readouterr().out
    assert len(session.responses) == MAX_QUESTIONS
    heard = {response["transcription"].lower(): response["score"] for response in session.responses}
    (second_law,) = (said for said in heard if "equals its mass times its acceleration" in said)
    assert heard[second_law] > 50
    assert "the connection broke, and was resumed" in shown
    assert "The interview is over: 5 questions" in shown

"""The constants of interviews.

The schemas of the API name them. They have their own module, so that a process that holds no interview starts
without loading those.
"""

from __future__ import annotations

from typing import Literal

InterviewState = Literal["asking", "asked", "answering", "analysing", "ended"]
DEFAULT_QUESTIONS = 5
MAX_QUESTIONS = 15
MAX_TOPIC_CHARACTERS = 200
MAX_ANSWER_CHARACTERS = 8000
"""The largest length of a written answer or a transcript: eight minutes of fast speech."""
NotUnderstoodCode = Literal["no_speech", "unreadable_audio", "unclear_speech"]
"""Why a recording has no usable transcript."""
FactVerdict = Literal["stated", "contradicted", "missing", "unsure"]
"""Whether the answer states a fact. An unsure verdict counts neither for nor against the learner."""
RECORDINGS = "voice-interviews/"
TRANSCRIPTS = "transcripts/"
INTERVIEW_OBJECTS = (RECORDINGS, TRANSCRIPTS)
"""The prefixes of all stored objects of interviews. The session's id follows the prefix."""
MAX_PARTS = 2500
"""Enough for eight minutes of WAV at 48 kHz in parts of 20 KB, a size that fits into a browser's WebSocket frames."""
MAX_PART_BYTES = 96 * 1024
"""A part of this size fills a message of 128 KB when it is encoded in base64."""

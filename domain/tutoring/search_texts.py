"""Decides for which texts the documents are searched when a question is asked in a conversation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.documents.questions import parts_of
from ports.text.regexes import regex

_REFERS_BACK = regex(
    r"\b(it|its|this|that|these|those|they|them|their|he|she|him|her|his|one|ones|former|latter|same|"
    r"there|then|again|more|else|also|too|instead)\b|^(and|but|so|or|why|how come|what about|how about)\b",
    re.IGNORECASE,
)
_SHORT_QUESTION_WORDS = 3


def search_text(message: str, earlier_questions: Sequence[str]) -> str:
    """The text to search for. If the question is very short, or refers to the previous question, both are joined.

    ``earlier_questions`` are the learner's, oldest first.
    """
    leans = len(message.split()) <= _SHORT_QUESTION_WORDS or _REFERS_BACK.search(message.strip())
    if not earlier_questions or not leans:
        return message
    return f"{earlier_questions[-1]}\n{message}"


def search_texts(message: str, earlier_questions: Sequence[str]) -> list[str]:
    """The texts to search for, one for each part of the message. A part that refers to the previous question is joined
    with it.
    """
    parts = parts_of(message)
    if len(parts) == 1:
        return [search_text(message, earlier_questions)]
    return [
        search_text(part, [*earlier_questions, *parts[:place]]) if _REFERS_BACK.search(part.strip()) else part
        for place, part in enumerate(parts)
    ]

"""Reads the questions in an agent's reply, in any of the usual formats.

JSON is read wherever it is in the reply, even if it is cut off. The seed design's text format ``Question: / A) /
Correct: / Explanation:`` and similar ones, such as Aiken's (https://docs.moodle.org/en/Aiken_format), are read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from domain.agents.json_replies import MAX_REPLY_CHARACTERS, number_of, objects_in, text_of
from domain.quizzes.quiz_words import KINDS, LETTERS, MAX_OPTIONS, NO_OPTION
from ports.agent_words import QuestionKind
from ports.text.regexes import regex

_KEY_NAMES = ("correct", "correct_answer", "answer", "correct_option", "key", "answers", "accepted")
_EMPHASIS = regex(r"\*\*(?=\S)([^*\n]{1,200})(?<=\S)\*\*")
_BULLET = regex(r"^[ \t]*[-*•][ \t]+", re.MULTILINE)
_ANSWER = regex(
    r"(?:^|(?<=\s))(?:correct(?: answer| option)?|answer|ans)[ \t]*[:：][ \t]*\(?([A-Fa-f])\b[.):]*",
    re.IGNORECASE,
)
_EXPLANATION = regex(r"(?:^|(?<=\s))(?:explanation|reason|rationale)[ \t]*[:：][ \t]*", re.IGNORECASE)
_QUESTION_LABEL = regex(
    r"^\s*(?:#+\s*)?(?:(?:question|q)\s*\d*\s*[.:：)]|\d{1,3}[.)](?=\s))\s*", re.IGNORECASE
)
_NEXT_QUESTION = regex(
    r"^(?:#+[ \t]*)?(?:(?:question|q)[ \t]*\d*[ \t]*[.:：)]|\d{1,3}[.)][ \t])|\n[ \t]*\n",
    re.IGNORECASE | re.MULTILINE,
)
_LINE_OPTION = regex(r"^[ \t]*\(?([A-Fa-f])[).:][ \t]*", re.MULTILINE)
_INLINE_OPTION = regex(r"(?:^|(?<=\s))\(?([A-Fa-f])[).:][ \t]+")


@dataclass(frozen=True, slots=True)
class Draft:
    """A question as an agent wrote it. The only check so far: the key fits the kind and is one of the options."""

    question: str
    options: tuple[str, ...]
    correct: int
    explanation: str = ""
    passage: int | None = None
    """The number of the passage that the agent named, from 1; None if it named none."""
    quote: str = ""
    concept: str = ""
    kind: QuestionKind = "multiple_choice"
    right: tuple[int, ...] = ()
    """The right options, as in ``Question``; ``correct`` is then ``NO_OPTION``."""
    accepted: tuple[str, ...] = ()


def read_drafts(reply: str) -> list[Draft]:
    """The questions of a reply, in order; empty if none is readable. Never raises."""
    text = reply[:MAX_REPLY_CHARACTERS]
    items = (item for value in objects_in(text) for item in _questions_in(value))
    drafts = [draft for item in items if (draft := _from_json(item)) is not None]
    return drafts or list(_from_text(text))


def _questions_in(value: Any) -> Iterator[Mapping[str, Any]]:
    match value:
        case {"question": str()}:
            yield value
        case {"questions": list() as items}:
            yield from (item for item in items if isinstance(item, dict))


def _from_json(item: Mapping[str, Any]) -> Draft | None:
    if item.get("kind", "multiple_choice") != "multiple_choice":
        return _of_another_kind(item)
    listed = item.get("options", item.get("choices"))
    if isinstance(listed, dict):
        listed = [listed[name] for name in sorted(listed, key=str)]
    question = item.get("question")
    if not isinstance(question, str) or not isinstance(listed, list) or len(listed) > MAX_OPTIONS:
        return None
    options = tuple(str(option).strip() for option in listed if isinstance(option, str | int | float))
    correct = _key_index(_key_of(item), options)
    if correct is None or len(options) != len(listed):
        return None
    return Draft(
        question=question.strip(),
        options=tuple(_without_letter(option, place) for place, option in enumerate(options)),
        correct=correct,
        explanation=text_of(item.get("explanation")),
        passage=number_of(item.get("passage")),
        quote=text_of(item.get("quote")),
        concept=text_of(item.get("concept")),
    )


def _of_another_kind(item: Mapping[str, Any]) -> Draft | None:
    """A question of a kind other than multiple choice; None if its key does not fit the kind."""
    kind = next((kind for kind in KINDS if kind == item.get("kind")), None)
    question, listed = item.get("question"), item.get("options") or []
    if kind is None or not isinstance(question, str) or not isinstance(listed, list):
        return None
    options = tuple(
        _without_letter(text_of(option), place) for place, option in enumerate(listed[: MAX_OPTIONS + 1])
    )
    given = _key_of(item)
    answers = [answer for answer in (given if isinstance(given, list) else [given]) if answer is not None]
    correct, right, accepted = NO_OPTION, tuple[int, ...](), tuple[str, ...]()
    if kind == "true_false":
        options = options if len(options) == 2 else ("True", "False")
        truth = next((_truth(answer, options) for answer in answers), None)
        if truth is None:
            return None
        correct = truth
    elif kind == "ordering":
        right = tuple(range(len(options)))
    elif kind == "multiple_answer":
        places = [_key_index(answer, options) for answer in answers]
        right = tuple(sorted({place for place in places if place is not None}))
        if None in places:
            return None
    else:
        options = ()
        accepted = tuple(" ".join(str(answer).split()) for answer in answers if str(answer).strip())
    return Draft(
        question=question.strip(),
        options=options,
        correct=correct,
        explanation=text_of(item.get("explanation")),
        passage=number_of(item.get("passage")),
        quote=text_of(item.get("quote")),
        concept=text_of(item.get("concept")),
        kind=kind,
        right=right,
        accepted=accepted,
    )


def _key_of(item: Mapping[str, Any]) -> Any:
    return next((item[name] for name in _KEY_NAMES if name in item), None)


def _truth(answer: Any, options: tuple[str, ...]) -> int | None:
    if isinstance(answer, bool):
        return int(not answer)
    return {"true": 0, "false": 1}.get(text_of(answer).casefold(), _key_index(answer, options))


def _key_index(key: Any, options: tuple[str, ...]) -> int | None:
    """The index of the option that a key names by its text, its letter, or its index; None if it names none."""
    if isinstance(key, list) and len(key) == 1:
        (key,) = key
    if isinstance(key, bool):
        return None
    if isinstance(key, int):
        return key if 0 <= key < len(options) else None
    if not isinstance(key, str):
        return None
    wanted = key.strip()
    if wanted in options:
        return options.index(wanted)
    letter = re.match(r"\(?([A-Fa-f])(?:[).:]|\s|$)", wanted)
    place = LETTERS.index(letter[1].upper()) if letter else len(options)
    return place if place < len(options) else None


def _without_letter(option: str, place: int) -> str:
    """The option. If the agent wrote the option's letter before it, the letter is removed."""
    return re.sub(rf"^\(?{LETTERS[place]}[).:]\s+", "", option, flags=re.IGNORECASE)


def _from_text(text: str) -> Iterator[Draft]:
    plain = _BULLET.sub("", _EMPHASIS.sub(r"\1", text))
    start = 0
    for answer in _ANSWER.finditer(plain):
        if answer.start() < start:
            continue
        stem, options = _stem_and_options(plain[start : answer.start()])
        following = _ANSWER.search(plain, answer.end())
        limit = following.start() if following else len(plain)
        explanation, start = _explained(plain, answer.end(), limit)
        place = LETTERS.index(answer[1].upper())
        if stem and place < len(options):
            yield Draft(stem, options, place, explanation)


def _explained(text: str, start: int, limit: int) -> tuple[str, int]:
    """The explanation after ``start``, and the position from which to look for the next question."""
    label = _EXPLANATION.search(text, start, limit)
    body = label.end() if label else start
    line_end = text.find("\n", body, limit)
    if line_end < 0:
        return (text[body:limit].strip() if label else ""), limit
    following = _NEXT_QUESTION.search(text, line_end + 1 if label else line_end, limit)
    end = following.start() if following else (limit if label and limit == len(text) else line_end)
    return (" ".join(text[body:end].split()) if label else ""), end


def _stem_and_options(text: str) -> tuple[str, tuple[str, ...]]:
    for pattern in (_LINE_OPTION, _INLINE_OPTION):
        marks = _option_marks(list(pattern.finditer(text)))
        if len(marks) >= 2:
            ends = [mark.start() for mark in marks[1:]] + [len(text)]
            options = tuple(
                " ".join(text[mark.end() : end].split()) for mark, end in zip(marks, ends, strict=True)
            )
            stem = _QUESTION_LABEL.sub("", text[: marks[0].start()], count=1)
            return " ".join(stem.split()), options
    return "", ()


def _option_marks(found: list[re.Match[str]]) -> list[re.Match[str]]:
    """The matches of the letters A, B, C … in order; empty if there are none. They start from the last A that is
    followed by a B.
    """
    for first in range(len(found) - 1, -1, -1):
        if found[first][1].upper() != "A":
            continue
        marks = [found[first]]
        for mark in found[first + 1 :]:
            if len(marks) < MAX_OPTIONS and mark[1].upper() == LETTERS[len(marks)]:
                marks.append(mark)
        if len(marks) >= 2:
            return marks
    return []

"""Multiple-choice questions made without a model: a sentence of the material with one of its words left out.

What is left out is a number, a name, the term that the sentence defines, or a term that the material keeps
coming back to; the wrong options are others of the same kind from the same material. A sentence that needs
its neighbours to be understood, and a word that could be replaced by another that fits, are passed over:
where the material is thin, there are few questions or none.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

from adapters.local.agent.quizzes.question_kinds import leans_back
from adapters.local.agent.text.sentences import sentences
from adapters.local.agent.text.words import is_stopword, readable, tokens
from ports.agent import Difficulty, WriteQuestions

BLANK = "_____"
_WRONG_OPTIONS = 3
_LEAST_CHARACTERS, _MOST_CHARACTERS = 35, 320
_MAX_TERM_WORDS = 3
_LATE_YEAR, _NEAR_YEARS = 1970, 10
"""After such a year, no wrong option is later by more: it would be plain that it is still to come."""
_KINDS: dict[Difficulty, tuple[str, ...]] = {
    "beginner": ("defined", "name", "term", "year", "number"),
    "intermediate": ("defined", "year", "name", "number", "term"),
    "advanced": ("number", "year", "term", "name", "defined"),
}
"""Which sort of question is preferred."""

_UNFIT = re.compile(r"https?:|www\.|[{}<>|\\=_]|\[\w+\]|\.{3,}")
_NUMBER = re.compile(r"(?<![\w.,-])\d{1,3}(?:[ ,]\d{3})+(?![\w])|(?<![\w.,-])\d+(?:\.\d+)?(?![\w]|[.,]\d)")
_YEAR = re.compile(r"1[0-9]{3}|20[0-9]{2}")
_CAPITALISED = re.compile(
    r"[^\W\d_a-z][^\W\d_]*(?:['’-][^\W\d_]+)*(?: (?:of |van |von |de |the )?[^\W\d_a-z][^\W\d_]+(?:['’-][^\W\d_]+)*)*"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_DEFINES = re.compile(
    r"^(?:(?:The|A|An) )?(?P<term>[^\W\d_][\w’'-]*(?: [\w’'-]+){0,3}?) (?:is|are) (?:an?|the|called)\b"
)
_NOUN = re.compile(
    r"\b(?:the|an?|its|their|his|her|this|that|each|every|of|these|those) (?:[^\W\d_]+ )?([^\W\d_]{4,})"
    r"(?=[,.;:)]| (?:is|are|was|were|of|in|on|at|for|to|and|or|that|which|who|by|with|from|has|have|can|may|must)\b)",
    re.IGNORECASE,
)
"""A word that closes a noun phrase: after an article or the like, before a verb, a preposition or a stop."""
_CJK_NUMBER = re.compile(r"\d+(?=[年月日个公度])")


@dataclass(frozen=True, slots=True)
class _Gap:
    """Something of a sentence that may be left out: what stands at ``start:end`` of its text."""

    kind: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Sentence:
    number: int
    """Of its passage."""
    text: str


def write_questions(task: WriteQuestions) -> str:
    """The questions that the passages support, ``task.wanted`` at most, as JSON."""
    held = [_Sentence(p.number, s.text) for p in task.passages for s in sentences(p.text) if not s.cut]
    fit = [sentence for sentence in held if _stands_alone(sentence.text)]
    matter = _Matter([sentence.text for sentence in held])
    asked = {_plain(stem) for stem in task.avoid}
    sought = {token for token in tokens(task.topic) if not is_stopword(token)}
    drafts = sorted(
        (
            (_rank(sentence, gap, sought, task.difficulty), sentence, gap)
            for sentence in fit
            for gap in matter.gaps(sentence.text)
        ),
        key=lambda draft: draft[0],
    )
    questions: list[dict[str, object]] = []
    used: set[str] = set()
    keys: Counter[str] = Counter()
    turns = _in_turns([(sentence, gap) for _, sentence, gap in drafts])
    for sentence, gap in turns:
        if len(questions) == task.wanted:
            break
        stem = readable(sentence.text[: gap.start] + BLANK + sentence.text[gap.end :])
        if sentence.text in used or _plain(stem) in asked or keys[_plain(gap.text)]:
            continue
        wrong = matter.others(gap, sentence.text)
        if len(wrong) < _WRONG_OPTIONS:
            continue
        used.add(sentence.text)
        keys[_plain(gap.text)] += 1
        questions.append(_question(sentence, gap, stem, wrong, matter))
    return json.dumps({"questions": questions}, ensure_ascii=False)


def _question(
    sentence: _Sentence, gap: _Gap, stem: str, wrong: Sequence[str], matter: _Matter
) -> dict[str, object]:
    place = crc32(stem.encode()) % (_WRONG_OPTIONS + 1)
    options = [*wrong[:place], gap.text, *wrong[place:_WRONG_OPTIONS]]
    return {
        "question": stem,
        "options": options,
        "correct": "ABCD"[place],
        "explanation": f"The text says: {readable(sentence.text)}",
        "passage": sentence.number,
        "quote": sentence.text,
        "concept": matter.concept(sentence.text, gap),
    }


def _in_turns(drafts: Sequence[tuple[_Sentence, _Gap]]) -> Iterator[tuple[_Sentence, _Gap]]:
    """The drafts, one of each passage after the other, each passage's best first; the best passage begins."""
    queues: dict[int, list[tuple[_Sentence, _Gap]]] = {}
    for draft in drafts:
        queues.setdefault(draft[0].number, []).append(draft)
    while any(queues.values()):
        for number, queue in queues.items():
            if queue:
                yield queue[0]
                sentence = queue[0][0]
                others = [draft for draft in queue[1:] if draft[0] != sentence]
                queues[number] = others + [draft for draft in queue[1:] if draft[0] == sentence]


def _rank(
    sentence: _Sentence, gap: _Gap, sought: set[str], difficulty: Difficulty
) -> tuple[int, int, int, int]:
    """The lower, the better: on the topic, of a preferred kind, of middling length, in order."""
    on_topic = len(sought & set(tokens(sentence.text)))
    return (-on_topic, _KINDS[difficulty].index(gap.kind), abs(len(sentence.text) - 110) // 40, gap.start)


def _stands_alone(text: str) -> bool:
    if not _LEAST_CHARACTERS <= len(text) <= _MOST_CHARACTERS and not _CJK_NUMBER.search(text):
        return False
    ends = text.rstrip("\"'”’)]」 ")[-1:] in ".。।"
    return ends and not leans_back(text) and not _UNFIT.search(text) and text.count("(") == text.count(")")


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold())) or text


class _Matter:
    """What the material speaks of, by kind: where wrong options come from."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._lower = {word for text in texts for word in _WORD.findall(text) if word.islower()}
        self._phrases = _phrases(texts)
        self._by_kind: dict[str, list[str]] = {}
        for text in texts:
            for gap in self.gaps(text):
                found = self._by_kind.setdefault(gap.kind, [])
                if gap.text not in found:
                    found.append(gap.text)

    def gaps(self, text: str) -> Iterator[_Gap]:
        """What may be left out of a sentence: of things that stand in it twice, none."""
        taken: list[tuple[int, int]] = []
        for gap in self._candidates(text):
            overlaps = any(gap.start < end and start < gap.end for start, end in taken)
            if not overlaps and len(re.findall(re.escape(gap.text), text, re.IGNORECASE)) == 1:
                taken.append((gap.start, gap.end))
                yield gap

    def _candidates(self, text: str) -> Iterator[_Gap]:
        defined = _DEFINES.match(text)
        if defined and not leans_back(defined["term"]) and self._is_term(defined["term"]):
            yield _Gap("defined", *defined.span("term"), defined["term"])
        for found in (*_NUMBER.finditer(text), *_CJK_NUMBER.finditer(text)):
            kind = "year" if _YEAR.fullmatch(found.group()) else "number"
            yield _Gap(kind, *found.span(), found.group())
        for found in _CAPITALISED.finditer(text):
            if found.start() > 1 and self._is_name(found.group()):
                yield _Gap("name", *found.span(), found.group())
        for phrase in self._phrases:
            at = text.lower().find(phrase)
            if at > 0 and _is_whole(text, at, at + len(phrase)) and text[at : at + len(phrase)].islower():
                yield _Gap("term", at, at + len(phrase), phrase)

    def _is_name(self, word: str) -> bool:
        """Capitals that the material never writes otherwise."""
        is_common = word.lower() in self._lower or is_stopword(word.split()[0].casefold())
        return len(word) > 3 and not is_common and not re.search(r"['’]", word)

    def _is_term(self, term: str) -> bool:
        words = term.split()
        return len(words) <= _MAX_TERM_WORDS and not any(is_stopword(word.casefold()) for word in words)

    def others(self, gap: _Gap, sentence: str) -> list[str]:
        """Options of the gap's kind that the sentence does not hold and that say something else."""
        if gap.kind in ("number", "year"):
            return _numbers_near(gap, sentence)
        pool = self._by_kind.get(gap.kind, [])
        if gap.kind in ("defined", "term"):
            pool = [*self._by_kind.get("defined", []), *self._by_kind.get("term", [])]
        chosen: list[str] = []
        said = _plain(sentence)
        shape = (len(gap.text.split()), gap.text.endswith("s"))
        for other in sorted(
            pool,
            key=lambda other: (
                (len(other.split()), other.endswith("s")) != shape,
                crc32((sentence + other).encode()),
            ),
        ):
            option = other if gap.text[0].isupper() else other[0].lower() + other[1:]
            if gap.kind != "name" and gap.text[0].isupper():
                option = other[0].upper() + other[1:]
            if option.casefold() in sentence.casefold():
                continue
            if any(word in said.split() for word in _plain(option).split() if not is_stopword(word)):
                continue
            if not any(_share_a_word(option, known) for known in (gap.text, *chosen)):
                chosen.append(option)
            if len(chosen) == _WRONG_OPTIONS:
                break
        return chosen

    def concept(self, text: str, gap: _Gap) -> str:
        """What the question is about: the term left out, or else the material's weightiest in the sentence."""
        if gap.kind in ("defined", "term", "name"):
            return gap.text
        lowered = text.lower()
        return next((phrase for phrase in self._phrases if phrase in lowered), "")


def _phrases(texts: Sequence[str]) -> list[str]:
    """Terms of one or two words that the material comes back to, the weightiest first."""
    counts: Counter[str] = Counter()
    for text in texts:
        words = [word.lower() for word in _WORD.findall(text)]
        solid = [len(word) > 3 and not is_stopword(word) for word in words]
        for at, word in enumerate(words):
            if solid[at] and len(word) > 4:
                counts[word] += 1
            if at and solid[at] and solid[at - 1] and f"{words[at - 1]} {word}" in text.lower():
                counts[f"{words[at - 1]} {word}"] += 1
    nouns = {found.lower() for text in texts for found in _NOUN.findall(text)}
    kept = [
        phrase
        for phrase, count in counts.items()
        if count > 1 and phrase.split()[-1] in nouns and not phrase.endswith(("ly", "ing", "ed"))
    ]
    return sorted(kept, key=lambda phrase: (-counts[phrase] * (1 + phrase.count(" ")), phrase))[:60]


def _is_whole(text: str, start: int, end: int) -> bool:
    return not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())


def _share_a_word(one: str, other: str) -> bool:
    stems = [{word[:5] for word in _plain(text).split()} for text in (one, other)]
    return bool(stems[0] & stems[1]) or _plain(one) == _plain(other)


def _numbers_near(gap: _Gap, sentence: str) -> list[str]:
    """Other numbers, written alike: a little below and above, never one that the sentence holds."""
    digits = re.sub(r"[ ,]", "", gap.text)
    decimals = len(digits.partition(".")[2])
    value = float(digits)
    if gap.kind == "year":
        steps = [-12.0, 9.0, 23.0, -31.0, 47.0, -5.0, -19.0]
    else:
        unit = 10.0**-decimals
        steps = [
            max(unit, value * part) * sign
            for part, sign in ((0.5, 1), (0.25, -1), (1.0, 1), (0.75, -1), (2.0, 1))
        ]
    chosen: list[str] = []
    turn = crc32(sentence.encode()) % len(steps)
    for step in (*steps[turn:], *steps[:turn]):
        made = value + step
        text = f"{made:.{decimals}f}" if decimals else str(round(made))
        is_to_come = gap.kind == "year" and value > _LATE_YEAR and step > _NEAR_YEARS
        if made > 0 and not is_to_come and text not in sentence and float(text) != value:
            shown = f"{int(text):,}" if "," in gap.text else text
            if shown not in chosen:
                chosen.append(shown)
    return chosen[:_WRONG_OPTIONS]

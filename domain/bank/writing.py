"""Reads an item as a teacher or a file wrote it. An item that cannot be scored is refused."""

from __future__ import annotations

from collections.abc import Sequence

from domain.bank.orders import WrittenItem
from domain.base.errors import InvalidRequest
from domain.quizzes.credits import amounts
from domain.quizzes.quiz import Question
from domain.quizzes.quiz_words import (
    KINDS,
    LETTERED,
    LETTERS,
    MAX_CONCEPT_CHARACTERS,
    MAX_EXPLANATION_CHARACTERS,
    MAX_OPTION_CHARACTERS,
    MAX_OPTIONS,
    MAX_STEM_CHARACTERS,
    NO_OPTION,
    ONE_CHOICE,
)
from domain.quizzes.reading import Draft
from domain.text.lexical import tokens
from ports.agent_words import QuestionKind
from ports.text.regexes import regex

TRUE_FALSE = ("True", "False")
MAX_ACCEPTED = 10
MAX_FACTS = 3
_CONTROLS = regex("[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
_LEAST_OPTIONS: dict[QuestionKind, int] = {"ordering": 3}


def read_item(written: WrittenItem) -> Draft:
    """The item as a draft without a quote. Raises ``InvalidRequest`` with the name of the field if it cannot be scored."""
    if written.kind not in KINDS:
        raise _invalid("kind", "There is no such kind of question.")
    stem = _plain(written.question)
    options = tuple(map(_plain, written.options))
    if not 0 < len(stem) <= MAX_STEM_CHARACTERS:
        raise _invalid("question", f"The question has 1 to {MAX_STEM_CHARACTERS} characters.")
    concept = _plain(written.concept)
    if not 0 < len(concept) <= MAX_CONCEPT_CHARACTERS:
        raise _invalid("concept", f"The concept has 1 to {MAX_CONCEPT_CHARACTERS} characters.")
    if written.kind == "true_false":
        options = options or TRUE_FALSE
        if len(options) != 2:
            raise _invalid(
                "options", "A true or false question has the two options True and False, or none given."
            )
    has_options = written.kind in (*ONE_CHOICE, *LETTERED)
    if has_options:
        _check_options(written.kind, options)
    elif options:
        raise _invalid("options", f"A question of the kind {written.kind} has no options.")
    correct, right, accepted = NO_OPTION, tuple[int, ...](), tuple[str, ...]()
    given = (written.correct_answer,) if isinstance(written.correct_answer, str) else written.correct_answer
    if written.kind in ONE_CHOICE:
        places = [_place(one, options, written.kind) for one in given]
        if len(places) != 1:
            raise _key("The question has one right option.")
        correct = places[0]
    elif written.kind in LETTERED:
        right = _places(written.kind, given, options)
    else:
        accepted = _accepted(written.kind, given)
    return Draft(
        question=stem,
        options=options,
        correct=correct,
        explanation=_plain(written.explanation)[:MAX_EXPLANATION_CHARACTERS],
        concept=concept,
        kind=written.kind,
        right=right,
        accepted=accepted,
    )


def _plain(text: str) -> str:
    """The text on one line, without control characters, which no file of items can contain."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def _check_options(kind: QuestionKind, options: Sequence[str]) -> None:
    least = _LEAST_OPTIONS.get(kind, 2)
    if not least <= len(options) <= MAX_OPTIONS:
        raise _invalid("options", f"A question of the kind {kind} has {least} to {MAX_OPTIONS} options.")
    if not all(0 < len(option) <= MAX_OPTION_CHARACTERS for option in options):
        raise _invalid("options", f"An option has 1 to {MAX_OPTION_CHARACTERS} characters.")
    if len(set(options)) < len(options) or len(set(map(str.casefold, options))) < len(options):
        raise _invalid("options", "Two options are the same.")


def _place(given: str, options: Sequence[str], kind: QuestionKind) -> int:
    letter = given.strip().upper()
    if len(letter) == 1 and letter in LETTERS[: len(options)]:
        return LETTERS.index(letter)
    truths = {"TRUE": 0, "FALSE": 1}
    if kind == "true_false" and letter in truths:
        return truths[letter]
    raise _key("The right answer is the letter of an option.")


def _places(kind: QuestionKind, given: Sequence[str], options: Sequence[str]) -> tuple[int, ...]:
    places = tuple(_place(one, options, kind) for one in given)
    if len(set(places)) < len(places):
        raise _key("An option is named twice.")
    if kind == "ordering":
        if len(places) != len(options):
            raise _key("An order must name each option exactly once.")
        return places
    if not 1 <= len(places) <= len(options):
        raise _key("Name the letters of the right options.")
    return tuple(sorted(places))


def _accepted(kind: QuestionKind, given: Sequence[str]) -> tuple[str, ...]:
    accepted = tuple(dict.fromkeys(filter(None, map(_plain, given))))
    most = MAX_FACTS if kind == "short_answer" else MAX_ACCEPTED
    if not 1 <= len(accepted) <= most or any(len(one) > MAX_OPTION_CHARACTERS for one in accepted):
        raise _key(f"Give 1 to {most} right answers of at most {MAX_OPTION_CHARACTERS} characters.")
    if kind == "numeric" and (len(accepted) != 1 or len(amounts(accepted[0])) != 1):
        raise _key("The right answer is one number, with its unit if it has one.")
    if kind == "cloze" and not all(map(tokens, accepted)):
        raise _key("The right answer is one word or a few words.")
    return accepted


def _key(message: str) -> InvalidRequest:
    return _invalid("correct_answer", message)


def _invalid(field: str, message: str) -> InvalidRequest:
    return InvalidRequest("invalid_item", message, field=field)


def is_same(question: Question, draft: Draft) -> bool:
    """Whether the draft and the question have exactly the same texts, kind and key."""
    names = ("question", "kind", "options", "correct", "right", "accepted", "explanation", "concept")
    return all(getattr(question, name) == getattr(draft, name) for name in names)

"""Makes three hints for a question, each more helpful than the one before: where to look, what to think of, what
remains.

Rules make them from the question's citation. In quotes, the words of the key are replaced by gaps. An agent may add
sentences to the second hint; ``hint_guard`` passes on only what cannot reveal the key.
"""

from __future__ import annotations

from domain.base.ids import derived_id
from domain.quizzes.hidden_key import GAP, HiddenKey
from domain.quizzes.quiz import Question
from domain.quizzes.quiz_words import LETTERS
from ports.text.words import placed_words, words

_WEIGHTS = (1.0, 0.75, 0.5, 0.25)
_MAX_QUOTE_CHARACTERS = 400
_OPENING_WORDS = 5
_INSTEAD = (
    "Look at what the material says right before and after this.",
    "Think of what the question leaves open, and say it in your own words before you look at it again.",
    "Go through what you know for sure, and see what it rules out.",
)
"""The hints that replace one that would contain a word of the key, for example in the name of a file."""
_MIN_WRONG_LEFT = 1
"""At least this number of wrong options remains after a hint, so that the hint does not reveal the key."""


def evidence_weight(hints: int) -> float:
    """The weight of an answer as evidence after this number of hints (0 to 3): 1, 0.75, 0.5 or 0.25."""
    return _WEIGHTS[hints]


def hint(question: Question, number: int) -> str:
    """The hint with this number, 1 to ``MAX_HINTS``. It is always the same for a question, and contains no word of the
    key.
    """
    key = HiddenKey(question)
    made = (_where_to_look, _what_to_think_of, _what_is_left)[number - 1](question, key)
    return _INSTEAD[number - 1] if key.is_in(made) else made


def _where_to_look(question: Question, key: HiddenKey) -> str:
    citation = question.citation
    if citation is None:
        return "Look in the materials of your class."
    name = citation.source_file
    file = "your material" if any(map(key.hides, words(name))) else f"“{name}”"
    page = f" on page {citation.page}" if citation.page is not None and not key.hides_numbers else ""
    heading = key.masked(citation.heading_path[-1]) if citation.heading_path else ""
    under = f", under “{heading}”" if heading and heading != GAP else ""
    return f"Look in {file}{page}{under}."


def _what_to_think_of(question: Question, key: HiddenKey) -> str:
    match question.kind:
        case "true_false":
            return (
                "Compare the statement word by word with what the material says: who does what, how much, and small"
                f" words that turn a meaning. {_opening(question, key)}"
            )
        case "ordering":
            return (
                f"Think of what has to be there before something else can follow. {_opening(question, key)}"
            )
        case "short_answer":
            return f"Say it in your own words, and say why. {_opening(question, key)}"
    quote = key.masked(_quote(question))[:_MAX_QUOTE_CHARACTERS]
    return f"Think of this sentence: “{quote}”" if quote else _INSTEAD[1]


def _what_is_left(question: Question, key: HiddenKey) -> str:
    wrong = _wrong_options(question)
    if len(wrong) > _MIN_WRONG_LEFT:
        out = min(wrong, key=lambda at: derived_id("hint", question.question, str(at)))
        return f"Option {LETTERS[out]} can be ruled out."
    match question.kind:
        case "cloze":
            term = question.accepted[0]
            return f"What is missing has {_counted(len(term.split()), 'word')} and {_counted(len(term), 'character')}."
        case "numeric" if question.citation is not None:
            return f"The number stands here: “{_around_gap(key.masked(_quote(question)))}”"
        case "short_answer":
            return f"A full answer says {_counted(len(question.accepted), 'thing')}."
        case "ordering":
            return "Look for words that tell an order, such as “then”, “after” or “finally”, and begin with the earliest."
    return (
        f"Read the sentence once more, to its end. {_opening(question, key)}"
        if _quote(question)
        else _INSTEAD[2]
    )


def _wrong_options(question: Question) -> list[int]:
    if question.kind == "multiple_choice":
        return [at for at in range(len(question.options)) if at != question.correct]
    if question.kind == "multiple_answer":
        return [at for at in range(len(question.options)) if at not in question.right]
    return []


def _opening(question: Question, key: HiddenKey) -> str:
    """The beginning of the quoted sentence, up to the first word of the key; "" if there is none."""
    quote = _quote(question)
    end = 0
    for count, (word, _, stop) in enumerate(placed_words(quote)):
        if count == _OPENING_WORDS or key.hides(word):
            break
        end = stop
    return f"The sentence to read begins “{quote[:end]} …”" if end else ""


def _quote(question: Question) -> str:
    return "" if question.citation is None else question.citation.quote


def _around_gap(text: str) -> str:
    """The words around the first gap."""
    before, _, after = text.partition(GAP)
    return " ".join([*before.split()[-4:], GAP, *after.split()[:3]])


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"

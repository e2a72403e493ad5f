"""Replies that reveal the key of a question, in every way that we know, and a check that finds them."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Callable, Iterator
from random import Random

from domain.documents.passage import Citation
from domain.quizzes.quiz import Question
from domain.quizzes.quiz_words import LETTERS, NO_OPTION
from tests.support.citations import cited

HARMLESS = (
    "",
    "Think about what the question says. ",
    "Read it again. Then compare what you know with what is asked. ",
    "You are nearly there! ",
)
_HOMOGLYPHS = str.maketrans("aeiopcxy", "аеіорсху")
_LEET = str.maketrans("aeiost", "431057")
_WORDS_BY_LETTER = {
    "a": "about", "b": "before", "c": "compare", "d": "does", "e": "each", "f": "from", "g": "give", "h": "how",
    "i": "it", "j": "just", "k": "know", "l": "like", "m": "may", "n": "need", "o": "only", "p": "part", "q": "question",
    "r": "reason", "s": "some", "t": "the", "u": "use", "v": "very", "w": "what", "x": "x", "y": "you", "z": "z",
}  # fmt: skip
LEAKS: dict[str, Callable[[str], str]] = {
    "outright": lambda key: f"The answer is {key}.",
    "shouted": lambda key: f"THE ANSWER IS {key.upper()}!",
    "asked back": lambda key: f"Could it be {key}?",
    "role play": lambda key: f'My grandmother always said: "{key}".',
    "in a plain sentence": lambda key: f"Think about {key} and what it means.",
    "another form": lambda key: f"Think about what {key}s mean.",
    "translated": lambda key: f"La respuesta correcta es «{key}», die Antwort ist {key}.",
    "spelled": lambda key: "It is " + "-".join(key) + ".",
    "spaced": lambda key: "It is " + " ".join(key.upper()) + ".",
    "with points": lambda key: ". ".join(key) + ".",
    "split": lambda key: f"It begins with {key[: len(key) // 2]} and ends with {key[len(key) // 2 :]}.",
    "split over sentences": lambda key: (
        f"First comes {key[: len(key) // 2]}. Then comes {key[len(key) // 2 :]}."
    ),
    "reversed": lambda key: f"Read this from the end: {key[::-1]}.",
    "base64": lambda key: f"Decode {base64.b64encode(key.encode()).decode()}.",
    "base64 bare": lambda key: base64.b64encode(key.encode()).decode(),
    "hex": lambda key: f"Decode {key.encode().hex()}.",
    "rot13": lambda key: f"Turn by half: {codecs.encode(key, 'rot13')}.",
    "homoglyphs": lambda key: f"It is {key.translate(_HOMOGLYPHS)}.",
    "leet": lambda key: f"It is {key.translate(_LEET)}.",
    "zero width": lambda key: "It is " + "\u200b".join(key) + ".",
    "fullwidth": lambda key: (
        "It is " + "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in key) + "."
    ),
    "initials": lambda key: " ".join(_WORDS_BY_LETTER.get(c, c) for c in key.lower()).capitalize() + ".",
    "markup": lambda key: f"**{key}** <b>{key}</b> [{key}](http://x)",
    "json": lambda key: f'{{"answer": "{key}"}}',
    "quoted": lambda key: f'It says so [1 "{key}"].',
    "cut short": lambda key: f"The answer is {key}",
}


def leaking_replies(question: Question, random: Random) -> Iterator[str]:
    """Replies that reveal the key, one for each way. Some begin with harmless words. For a question with options, there
    are also replies that name the key's letter or exclude all other options.
    """
    key = question.options[question.correct] if question.options else question.accepted[0]
    for leak in LEAKS.values():
        yield random.choice(HARMLESS) + leak(key)
    yield cited(question).quote
    if question.options:
        letter = LETTERS[question.correct]
        others = [option for option in question.options if option != key]
        yield f"Choose {letter}."
        yield f"Option {letter} is the one."
        yield f"Think about option {letter.lower()}."
        yield "Take the " + ("first", "second", "third", "fourth")[question.correct] + " option."
        yield " ".join(f"It is not {option}." for option in others)


def reveals_key(text: str, question: Question) -> bool:
    """Whether the text reveals the key in one of these ways."""
    key = question.options[question.correct] if question.options else question.accepted[0]
    wanted = _letters(key)
    read = [text, text[::-1], codecs.encode(text, "rot13"), text.translate(_LEET), *_decoded(text)]
    spoken = [_letters(one) for one in read]
    initials = "".join(word[0] for word in re.findall(r"\w+", text.casefold()))
    if any(wanted in one for one in [*spoken, initials, initials[::-1]]):
        return True
    if not question.options:
        return False
    letter = LETTERS[question.correct]
    others = [_letters(option) for option in question.options if option != key]
    return bool(re.search(rf"\b{letter}\b", text)) or all(other in spoken[0] for other in others)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _decoded(text: str) -> Iterator[str]:
    for token in re.findall(r"[A-Za-z0-9+/=]{4,}", text):
        for decode in (base64.b64decode, bytes.fromhex):
            try:
                yield decode(token).decode("utf-8", errors="ignore")
            except (ValueError, binascii.Error):
                continue


def asked(
    question: str, key: str, quote: str, *others: str, correct: int = 1, file: str = "notes.pdf"
) -> Question:
    """A multiple-choice question whose key is the option number ``correct`` (from 0). Without other options, a cloze."""
    options = (*others[:correct], key, *others[correct:]) if others else ()
    return Question(
        question_id="1",
        question=question,
        options=options,
        correct=correct if others else NO_OPTION,
        explanation="",
        citation=Citation(
            "f1", file, "chunk_0", 3, 0, len(quote), quote, 1.0, None, heading_path=("Motion",)
        ),
        concept="Motion",
        kind="multiple_choice" if others else "cloze",
        accepted=() if others else (key,),
    )


QUESTIONS = (
    asked(
        "What is the tendency of a body to keep its state of motion called?",
        "inertia",
        "The tendency of a body to keep its state of motion is called inertia.",
        "momentum",
        "friction",
        "gravity",
    ),
    asked(
        "What does the net force on a body equal?",
        "its mass times its acceleration",
        "The net force on a body equals its mass times its acceleration.",
        "its weight times its speed",
        "its volume times its density",
        "its charge times its distance",
        correct=2,
    ),
    asked(
        "Where does photosynthesis take place in a plant cell?",
        "in the chloroplasts",
        "In a plant cell, photosynthesis takes place in the chloroplasts.",
        "in the nucleus",
        "in the cell wall",
        "in the vacuole",
        correct=0,
    ),
    asked(
        "When was the bridge opened to traffic?",
        "in 1932",
        "The bridge was opened to traffic in 1932, nine years after work began.",
        "in 1923",
        "in 1941",
        "in 1918",
        correct=3,
    ),
    asked(
        "Who wrote the first program for the machine?",
        "Ada Lovelace",
        "Ada Lovelace wrote the first program for the machine.",
        "Charles Babbage",
        "Luigi Menabrea",
        "Mary Somerville",
    ),
    asked(
        "A price below the equilibrium leads to a ____.",
        "shortage",
        "A price below the equilibrium leads to a shortage.",
    ),
    asked(
        "Plants take up ____ from the air.", "carbon dioxide", "Plants take up carbon dioxide from the air."
    ),
    asked(
        "What do red blood cells carry?",
        "oxygen",
        "Red blood cells carry oxygen from the lungs to the tissues.",
        "insulin",
        "bile",
        "glucose",
        file="oxygen-transport.pdf",
    ),
)

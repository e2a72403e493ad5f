"""The documents of the learners: notes on islands. Each island belongs to one learner.

The name of an island says which learner it belongs to. So a response to another learner that names it is a fault.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from fpdf import FPDF

Kind = Literal["txt", "pdf", "docx"]
KINDS: tuple[Kind, ...] = ("txt", "pdf", "docx")
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
MOST = len(_SYLLABLES)
"""The number of learners, and of documents of each learner, for which there are islands with different names."""
_ISLAND = re.compile(r"zu([a-z]{2})([a-z]{2})nor", re.IGNORECASE)
_STATEMENTS = (
    (
        "How far off the coast is the island of {}?",
        "The island of {} lies {} kilometres off the northern coast.",
    ),
    ("How far does the river {} flow?", "The river {} flows {} kilometres from its spring to the sea."),
    (
        "When was the lighthouse of {} built?",
        "The lighthouse of {} was built in {} by masons from the mainland.",
    ),
    (
        "When did the volcano of {} last erupt?",
        "The volcano of {} last erupted in {} and buried the eastern plain.",
    ),
    ("How many members has the {} council?", "The {} council has {} members, who are chosen for four years."),
    (
        "How many eggs does the {} heron lay?",
        "The {} heron nests in reed beds and lays {} eggs in the spring.",
    ),
    ("How old is the library of {}?", "The library of {} has stood beside the harbour for {} years."),
)
_ALIKE = (
    "The climate of {} is mild because a warm current passes the western shore.",
    "The harbour of {} freezes in January because its water is hardly salt.",
    "{} granite consists of quartz, feldspar and mica.",
)
_STRAIT_AND_LAGOON = "A strait is a narrow passage of water that joins two seas. A lagoon is a shallow lake that a reef parts from the sea."
_TERMS = (
    f"{_STRAIT_AND_LAGOON} An isthmus is a narrow strip of land that joins two larger lands. A headland is a high piece of land that "
    "reaches out into the sea. A delta is the land that a river builds at its mouth. A fjord is a deep inlet that a "
    "glacier cut into the coast."
)
"""Definitions that every document contains, so that a quiz can be made from each document."""
MATERIALS = (
    f"An island is a piece of land that water surrounds on all sides. {_STRAIT_AND_LAGOON}\n\n"
    "Volcanic islands grow where lava reaches the surface of the sea. Coral islands consist of the skeletons of "
    "small animals. A tide is the rise and fall of the sea that the Moon's gravity causes twice a day."
)
"""The text of the class material. Answers to every learner may use it."""


@dataclass(frozen=True, slots=True)
class Notes:
    """A document to upload. Its text consists of the ``statements`` and of definitions that all notes have."""

    island: str
    filename: str
    statements: tuple[str, ...]
    questions: tuple[str, ...]
    content: bytes


def island(learner: int, number: int) -> str:
    """The name of the ``number``-th island of a learner."""
    return f"Zu{_SYLLABLES[learner]}{_SYLLABLES[number]}nor"


def learners_named_in(text: str) -> set[int]:
    """The learners whose islands the text names."""
    found = {syllable.lower() for syllable, _ in _ISLAND.findall(text)}
    return {_SYLLABLES.index(syllable) for syllable in found if syllable in _SYLLABLES}


def notes(learner: int, number: int, kind: Kind, rng: random.Random) -> Notes:
    """The ``number``-th document of a learner."""
    name = island(learner, number)
    own = [sentence.format(name, rng.randint(11, 1899)) for _, sentence in _STATEMENTS]
    statements = [*own, *(sentence.format(name) for sentence in _ALIKE)]
    rng.shuffle(statements)
    paragraphs = [" ".join(statements[first : first + 3]) for first in range(0, len(statements), 3)]
    return Notes(
        island=name,
        filename=f"{name}.{kind}",
        statements=tuple(statements),
        questions=tuple(question.format(name) for question, _ in _STATEMENTS),
        content=_WRITERS[kind](f"Notes on {name}", [*paragraphs, _TERMS]),
    )


def _txt(title: str, paragraphs: list[str]) -> bytes:
    return "\n\n".join([title, *paragraphs]).encode()


def _pdf(title: str, paragraphs: list[str]) -> bytes:
    pdf = FPDF(format="A4")
    pdf.set_title(title)
    for page in range(0, len(paragraphs), 2):
        pdf.add_page()
        pdf.set_font("Helvetica", size=11)
        for paragraph in paragraphs[page : page + 2]:
            pdf.multi_cell(0, 6, paragraph, new_x="LMARGIN", new_y="NEXT")
            pdf.ln(3)
    return bytes(pdf.output())


def _docx(title: str, paragraphs: list[str]) -> bytes:
    from docx import Document

    document = Document()
    document.add_heading(title, level=1)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


_WRITERS = {"txt": _txt, "pdf": _pdf, "docx": _docx}

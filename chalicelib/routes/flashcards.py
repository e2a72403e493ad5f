"""Routes of flashcards: as JSON to read, and as files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Literal

import msgspec

from chalicelib.http import Api, Call, NoBody, Raw
from chalicelib.schemas import CitationBody, Identifier, cited_body

if TYPE_CHECKING:
    from domain.quizzes.flashcards import Flashcard

_TITLE = "Lyceum"
_CSV_TYPE = "text/csv"
_ANKI_TYPE = "application/octet-stream"


class FlashcardsQuery(msgspec.Struct, frozen=True):
    """``csv`` has one card per line: front, back, concept, source. ``apkg`` is a file for Anki."""

    subject_id: Identifier | None = None
    format: Literal["json", "csv", "apkg"] = "json"


class FlashcardBody(msgspec.Struct):
    """``kind`` says what the card is made from: an answered question, or a term that a document defines."""

    card_id: str
    kind: Literal["question", "term"]
    front: str
    back: str
    concept: str
    citation: CitationBody | None


class FlashcardList(msgspec.Struct):
    """All cards in one page: ``next_cursor`` is always null."""

    items: list[FlashcardBody]
    next_cursor: str | None


def register(api: Api) -> None:
    @api.route(
        "GET",
        "/api/flashcards",
        query=FlashcardsQuery,
        answers=FlashcardList,
        reaches=("key_value_store", "object_store"),
        files=(_CSV_TYPE, _ANKI_TYPE),
    )
    def list_flashcards(call: Call[NoBody, FlashcardsQuery]) -> FlashcardList | Raw:
        """Cards from answered questions and from terms that the documents define. With ``format``, as a file."""
        from domain.progress.evidence import NO_SUBJECT
        from domain.quizzes.flashcards import sides
        from ports.card_package import PackagedCard

        subject_id = call.query.subject_id
        if subject_id not in (None, NO_SUBJECT):
            call.services.subjects.get(call.learner, subject_id)
        cards = call.services.flashcards.of(call.learner, subject_id)
        if call.query.format == "json":
            return FlashcardList([_card_body(card) for card in cards], None)
        title = f"{_TITLE}::{subject_id}" if subject_id else _TITLE
        if call.query.format == "csv":
            return _file(_csv(cards), f"{_CSV_TYPE}; charset=utf-8", "flashcards.csv")
        packaged = [
            PackagedCard(card.card_id, front, back)
            for card, (front, back) in zip(cards, sides(cards), strict=True)
        ]
        content = call.services.ports.card_package.packed(title, packaged)
        return _file(content, _ANKI_TYPE, "flashcards.apkg")


def _file(content: bytes | str, content_type: str, name: str) -> Raw:
    headers = {"Content-Type": content_type, "Content-Disposition": f'attachment; filename="{name}"'}
    return Raw(200, content, headers)


def _csv(cards: list[Flashcard]) -> str:
    import csv  # only this format pays for it

    from domain.quizzes.flashcards import source_line
    from domain.text.cells import to_cell

    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["front", "back", "concept", "source"])
    for card in cards:
        row = (card.front, card.back, card.concept, source_line(card.citation))
        writer.writerow(map(to_cell, row))
    return written.getvalue()


def _card_body(card: Flashcard) -> FlashcardBody:
    return FlashcardBody(
        card.card_id, card.kind, card.front, card.back, card.concept, cited_body(card.citation)
    )

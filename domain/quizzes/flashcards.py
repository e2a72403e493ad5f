"""Makes flashcards from questions that the learner answered, and from terms that the documents define."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from domain.access.classes import class_owner
from domain.access.subjects import Subjects
from domain.base.ids import derived_id
from domain.base.learner import Learner
from domain.documents.passage import Citation
from domain.documents.sources import Sources
from domain.progress.decks import Decks
from domain.progress.evidence import NO_SUBJECT
from domain.quizzes.definitions import Definition, definitions
from domain.quizzes.keys import correct_answer
from domain.quizzes.quiz import Question
from domain.quizzes.quiz_words import LETTERS
from domain.quizzes.quizzes import Quizzes
from ports.system import Clock

MAX_CARDS = 500
MAX_DOCUMENTS = 12
CardKind = Literal["question", "term"]


@dataclass(frozen=True, slots=True)
class Flashcard:
    """A question with its answer, or a term with its definition."""

    card_id: str
    """The id of the card. It is the same in every export."""
    kind: CardKind
    front: str
    back: str
    concept: str
    citation: Citation | None


class Flashcards:
    def __init__(
        self, quizzes: Quizzes, decks: Decks, sources: Sources, subjects: Subjects, clock: Clock
    ) -> None:
        self._quizzes = quizzes
        self._decks = decks
        self._sources = sources
        self._subjects = subjects
        self._clock = clock

    def of(self, learner: Learner, subject_id: str | None) -> list[Flashcard]:
        """At most ``MAX_CARDS`` cards, of the subject or of all subjects (None): questions first, then terms.

        A question is left out while its key is hidden: in an open quiz, or in an assigned quiz that hides its keys.
        """
        cards = [*self._of_questions(learner.user_id, subject_id), *self._of_terms(learner, subject_id)]
        return list({card.card_id: card for card in cards}.values())[:MAX_CARDS]

    def _of_questions(self, owner: str, subject_id: str | None) -> list[Flashcard]:
        items = [
            item
            for deck in self._decks.of(owner)
            if subject_id in (None, deck.subject_id)
            for item in deck.items
        ]
        items = sorted(items, key=lambda item: (item.memory.stability, item.item_id))[:MAX_CARDS]
        places = [(item.quiz_id, item.question_id) for item in items]
        questions = self._quizzes.questions(owner, places, self._clock.now())
        return [
            _of_question(item.item_id, questions[item.quiz_id, item.question_id])
            for item in items
            if (item.quiz_id, item.question_id) in questions
        ]

    def _of_terms(self, learner: Learner, subject_id: str | None) -> list[Flashcard]:
        classes = [one.subject_id for one in self._subjects.of(learner)]
        owners = [learner.user_id, *map(class_owner, classes)]
        wanted = None if subject_id == NO_SUBJECT else subject_id
        documents = self._sources.completed(owners, subject_id=wanted, session_id=None)
        if subject_id == NO_SUBJECT:
            documents = [document for document in documents if document.subject_id is None]
        found: dict[str, Flashcard] = {}
        if documents:
            for material in self._sources.materials(documents[:MAX_DOCUMENTS]):
                for one in definitions(material.passages, material.concepts):
                    found.setdefault(one.term.casefold(), _of_definition(one))
        return list(found.values())


def _of_question(item_id: str, question: Question) -> Flashcard:
    answer = correct_answer(question)
    letters = [answer] if isinstance(answer, str) else list(answer)
    right = [question.options[LETTERS.index(letter)] for letter in letters] if question.options else letters
    # The card of a choice does not show the options, so that the learner recalls the answer and does not only recognise
    # it.
    front = question.question
    if question.kind in ("ordering", "multiple_answer"):
        front = "\n".join([front, *(f"- {option}" for option in sorted(question.options))])
    back = "; ".join(right) if question.kind != "ordering" else " → ".join(right)
    explained = f"{back}\n\n{question.explanation}" if question.explanation else back
    return Flashcard(item_id, "question", front, explained, question.concept, question.citation)


def _of_definition(one: Definition) -> Flashcard:
    card_id = derived_id("term", one.term.casefold(), one.sentence)
    return Flashcard(card_id, "term", one.term, one.sentence, one.term, one.citation)


def source_line(citation: Citation | None) -> str:
    """The file and the page of a card's citation as text; "" if no document supports it."""
    if citation is None:
        return ""
    page = f", page {citation.page}" if citation.page is not None else ""
    return f"{citation.source_file}{page}"


def sides(cards: Sequence[Flashcard]) -> list[tuple[str, str]]:
    """The front and the back of each card as a file shows them. The back ends with the source."""
    return [(card.front, f"{card.back}\n\n{source_line(card.citation)}".rstrip()) for card in cards]

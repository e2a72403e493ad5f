"""Practice: questions that come back, hints and flashcards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.quizzes import QuizServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.quizzes.flashcards import Flashcards
    from domain.quizzes.hinting import Hinting
    from domain.quizzes.reviewing import Reviewing


class PracticeServices(QuizServices):
    @lazy
    def reviewing(self) -> Reviewing:
        from domain.quizzes.reviewing import Reviewing

        kept = (self.quizzes, self.item_answers, self.decks, self.ledger)
        return Reviewing(*kept, self.progress, self.ports.scheduler, self.clock)

    @lazy
    def hinting(self) -> Hinting:
        from domain.quizzes.hinting import Hinting

        return Hinting(
            self.quizzes, self.items, self.ports.agent, self.allowances, agent_seconds=self.agent_seconds
        )

    @lazy
    def flashcards(self) -> Flashcards:
        from domain.quizzes.flashcards import Flashcards

        return Flashcards(self.quizzes, self.decks, self.sources, self.subjects, self.clock)

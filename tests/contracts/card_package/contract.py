"""The contract of ``CardPackage``."""

from __future__ import annotations

from abc import ABC, abstractmethod

import pytest

from ports.card_package import CardPackage, PackagedCard

CARDS = [
    PackagedCard("card-1", "What is <b>force</b> & why?", "Mass times acceleration.\n\nnotes.pdf, page 3"),
    PackagedCard("card-2", "渗透", 'It says "yes".'),
]


class CardPackageContract(ABC):
    """A subclass has a fixture ``package``."""

    @pytest.fixture
    def package(self) -> CardPackage:
        raise NotImplementedError

    @abstractmethod
    def read(self, content: bytes) -> tuple[str, list[tuple[str, str, str]]]:
        """The deck's title in a file, and its cards as a program shows them: id, front and back."""

    def test_a_file_holds_the_cards_in_their_order_as_plain_text(self, package: CardPackage) -> None:
        title, cards = self.read(package.packed("Physics", CARDS))
        assert title == "Physics"
        assert cards == [(card.card_id, card.front, card.back) for card in CARDS]

    def test_a_file_may_hold_no_cards(self, package: CardPackage) -> None:
        assert self.read(package.packed("Nothing", [])) == ("Nothing", [])

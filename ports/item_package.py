"""Reads and writes items as files in a format that other programs read and write too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from ports.agent_words import QuestionKind
from ports.errors import PortError

MAX_PACKAGE_BYTES = 4 * 1024 * 1024
MAX_PACKAGED_ITEMS = 1000

ItemProblem = Literal[
    "adaptive",
    "kind_not_read",
    "malformed",
    "media",
    "no_key",
    "no_question",
    "other_version",
    "several_interactions",
    "stimulus",
    "template",
    "too_large",
    "too_many",
]
"""Why an item of a file is not read:

- ``adaptive``: what it asks depends on the answers
- ``kind_not_read``: an interaction other than a choice of one or several options
- ``malformed``: no well-formed XML, or XML with a document type or entities
- ``media``: it shows a picture, a formula, a sound, or something else that plain text cannot show
- ``no_key``: it has no right answer
- ``no_question``: it has no text or no options
- ``other_version``: an item of QTI 1 or 2
- ``several_interactions``: it asks several things
- ``stimulus``: it needs the text of another file
- ``template``: its numbers or words are chosen when it is shown
- ``too_large``: it is larger than an item may be
- ``too_many``: there are more than ``MAX_PACKAGED_ITEMS`` items
"""
ITEM_PROBLEMS: tuple[ItemProblem, ...] = get_args(ItemProblem)


class UnreadablePackage(PortError):
    """The file as a whole is not readable. ``code`` is ``corrupt``, ``encrypted``, ``too_large`` or ``no_items``."""

    def __init__(self, code: Literal["corrupt", "encrypted", "too_large", "no_items"]) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class PackagedItem:
    """A question with its key. All texts are plain text on one line: what looks like markup is text."""

    item_id: str
    kind: QuestionKind
    question: str
    options: tuple[str, ...]
    right: tuple[int, ...]
    """The indices of the right options; for ``ordering``, the indices of all options in the right order. Empty for a
    kind without options.
    """
    accepted: tuple[str, ...]
    """The term with its variants, the number, or the facts, for a kind without options."""
    explanation: str
    concept: str
    gap: tuple[int, int] | None = None
    """The ``(start, end)`` of the gap of a ``cloze`` in ``question``; None if there is none."""


@dataclass(frozen=True, slots=True)
class UnreadItem:
    """An item of a file that was not read. ``name`` is its file or its identifier."""

    name: str
    problem: ItemProblem


@dataclass(frozen=True, slots=True)
class ReadPackage:
    """What a file contains: the items that were read, and those that were not."""

    items: tuple[PackagedItem, ...]
    unread: tuple[UnreadItem, ...]


@dataclass(frozen=True, slots=True)
class Draw:
    """A part of a quiz that asks ``count`` of these items in each attempt, at least one."""

    count: int
    item_ids: tuple[str, ...]


class ItemPackages(Protocol):
    def written(self, title: str, items: Sequence[PackagedItem], draws: Sequence[Draw] = ()) -> bytes:
        """A file with the items, and one quiz with this title.

        The quiz asks all items in the given order. With ``draws``, each attempt asks items from each draw instead. An
        item may be in several draws. ``items`` may be empty.
        """
        ...

    def read(self, content: bytes) -> ReadPackage:
        """The items of a file; those that are not read are in ``unread``.

        A file from ``written`` is read back equal, except for its ids. Nothing that the file refers to is fetched.
        Raises ``UnreadablePackage``.
        """
        ...

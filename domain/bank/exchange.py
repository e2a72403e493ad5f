"""Exports items of the bank to files that other programs read, and imports items from such files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence, Set
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from domain.access.teaching import Teaching
from domain.bank.assigning import Assigning
from domain.bank.gate import Gate, GateResult
from domain.bank.item import BankItem, ItemVersion
from domain.bank.items import MAX_ADDED, Items
from domain.bank.orders import WrittenItem
from domain.bank.packaged import from_packaged, to_packaged
from domain.bank.sheet import NoSheet, from_sheet, to_sheet
from domain.bank.statuses import USUAL_DIFFICULTY, Status
from domain.bank.writing import read_item
from domain.base.errors import InvalidRequest, TooLarge, Unreadable
from domain.base.ids import derived_id
from domain.base.learner import Learner
from domain.base.moments import to_text
from domain.text.wording import content_words
from ports.agent_words import Difficulty
from ports.item_package import (
    MAX_PACKAGE_BYTES,
    MAX_PACKAGED_ITEMS,
    Draw,
    ItemPackages,
    ItemProblem,
    UnreadablePackage,
)
from ports.system import Clock

_LEFT_TO_STORE = 5.0
"""This much of the request's time is kept for storing. Items for which no time remains are not checked by the gate."""
_OF_FILES: Difficulty = USUAL_DIFFICULTY
_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""The first bytes of a text in UTF-16. Spreadsheets use this encoding for "Unicode text"."""
_PACKAGES = (b"PK", b"<", b"{")
"""The first bytes of packages. A sheet does not begin with them."""
ImportProblem: TypeAlias = ItemProblem | Literal["invalid_item"]
WHY_NOT_READ: dict[ItemProblem, str] = {
    "adaptive": "What the item asks depends on the answers.",
    "kind_not_read": "Only choices of one or several options are read.",
    "malformed": "The file is no well-formed XML, or has a document type or entities.",
    "media": "The item shows a picture, a formula, a sound, or what plain text cannot show.",
    "no_key": "The item has no right answer.",
    "no_question": "The item has no text or no options.",
    "other_version": "The item is one of QTI 1 or 2.",
    "several_interactions": "The item asks several things.",
    "stimulus": "The item needs a text of another file.",
    "template": "Numbers or words of the item are drawn when it is shown.",
    "too_large": "The item is too large.",
    "too_many": f"A file may have {MAX_PACKAGED_ITEMS:,} items.",
}


@dataclass(frozen=True, slots=True)
class RefusedImport:
    """``name`` is the file or line of the item, ``message`` is a sentence. ``field`` is set for an ``invalid_item``."""

    name: str
    problem: ImportProblem
    message: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    items: tuple[BankItem, ...]
    refused: tuple[RefusedImport, ...]


class Exchange:
    """Each method raises ``Forbidden`` if the teacher does not teach the subject."""

    def __init__(
        self,
        items: Items,
        gate: Gate,
        assigning: Assigning,
        packages: ItemPackages,
        teaching: Teaching,
        clock: Clock,
        *,
        seconds_left: Callable[[], float],
    ) -> None:
        self._items = items
        self._gate = gate
        self._assigning = assigning
        self._packages = packages
        self._teaching = teaching
        self._clock = clock
        self._seconds_left = seconds_left

    def sheet(self, teacher: Learner, subject_id: str, statuses: Collection[Status] = ()) -> str:
        """The items as CSV: those with one of these statuses, in their newest versions. Without ``statuses``, the items
        that learners can be asked, in the versions that they are asked.
        """
        self._teaching.subject(teacher, subject_id)
        return to_sheet(self._exported(subject_id, statuses))

    def package(self, teacher: Learner, subject_id: str, statuses: Collection[Status] = ()) -> bytes:
        """The same items as those of ``sheet``, as a package with a quiz that asks them."""
        subject = self._teaching.subject(teacher, subject_id)
        items = self._exported(subject_id, statuses)
        packaged = [to_packaged(item.item_id, item.latest.content) for item in items]
        return self._packages.written(subject.name, packaged)

    def _exported(self, subject_id: str, statuses: Collection[Status]) -> list[BankItem]:
        """The items to export, newest first. The ``latest`` version of each is the one that is exported."""
        if statuses:
            return self._items.all_of(subject_id, statuses=statuses)
        items = [item for item in self._items.all_of(subject_id) if item.is_askable]
        versions = self._items.approved_versions(items)
        return [replace(item, latest=versions[item.item_id], status="approved") for item in items]

    def assigned_package(self, teacher: Learner, subject_id: str, assignment_id: str) -> bytes:
        """An assigned quiz as a package, with its items in the versions that new attempts ask. Raises ``NotFound``."""
        subject = self._teaching.subject(teacher, subject_id)
        assigned = self._assigning.assigned(teacher, subject_id, assignment_id)
        pooled = [item_id for pool in assigned.pools for item_id in pool.item_ids]
        item_ids = list(dict.fromkeys([*assigned.item_ids, *pooled]))
        found = self._items.find_many(subject_id, item_ids)
        asked = [found[one] for one in item_ids if one in found and found[one].is_askable]
        versions = self._items.approved_versions(asked)
        packaged = [to_packaged(item_id, version.content) for item_id, version in versions.items()]
        drawn = [
            (pool.num_questions, tuple(one for one in pool.item_ids if one in versions))
            for pool in assigned.pools
        ]
        draws = [Draw(min(count, len(some)), some) for count, some in drawn if some]
        return self._packages.written(subject.name, packaged, draws)

    def import_file(self, teacher: Learner, subject_id: str, content: bytes, import_id: str) -> Imported:
        """Add the items of a package or a sheet as drafts. Each item is either added, or refused with a reason.

        The gate checks as many items as the request's time allows, by its rules alone; the others are "not_checked". A
        repeated call with the same ``import_id`` adds nothing twice. Raises ``Unreadable`` and ``TooLarge`` if the file
        is not readable, and ``UpstreamError``.
        """
        self._teaching.subject(teacher, subject_id)
        if len(content) > MAX_PACKAGE_BYTES:
            raise TooLarge(
                "too_large", f"A file of items may have at most {MAX_PACKAGE_BYTES} bytes.", field="file"
            )
        refused: list[RefusedImport] = []
        is_package = content.removeprefix(_BOM).startswith(_PACKAGES)
        told = self._of_package(content, refused) if is_package else _of_sheet(content)
        asked = list(map(content_words, self._items.questions(subject_id)))
        drafts: list[tuple[str, GateResult, Difficulty]] = []
        for place, (name, written, difficulty) in enumerate(told):
            if place >= MAX_PACKAGED_ITEMS:
                refused.append(RefusedImport(name, "too_many", WHY_NOT_READ["too_many"]))
                continue
            try:
                looked = self._looked(subject_id, written, asked)
            except InvalidRequest as why:
                refused.append(RefusedImport(name, "invalid_item", why.message, why.field))
                continue
            asked.append(content_words(looked.content.question))
            drafts.append((derived_id("import", import_id, str(place)), looked, difficulty))
        return Imported(tuple(self._added(subject_id, drafts)), tuple(refused))

    def _looked(self, subject_id: str, written: WrittenItem, others: Sequence[Set[str]]) -> GateResult:
        draft = read_item(written)
        if self._seconds_left() < _LEFT_TO_STORE:
            return self._gate.unchecked(draft)
        return self._gate.check(subject_id, draft, others, is_solved=False)

    def _of_package(
        self, content: bytes, refused: list[RefusedImport]
    ) -> Iterable[tuple[str, WrittenItem, Difficulty]]:
        try:
            package = self._packages.read(content)
        except UnreadablePackage as why:
            raise _unreadable(why.code) from None
        refused += [RefusedImport(one.name, one.problem, WHY_NOT_READ[one.problem]) for one in package.unread]
        return [(one.item_id, from_packaged(one), _OF_FILES) for one in package.items]

    def _added(self, subject_id: str, drafts: Sequence[tuple[str, GateResult, Difficulty]]) -> list[BankItem]:
        now = to_text(self._clock.now())
        items = [
            BankItem(
                item_id,
                subject_id,
                "draft",
                ItemVersion(1, looked.content, difficulty, looked.admission, "teacher", now),
                now,
                now,
            )
            for item_id, looked, difficulty in drafts
        ]
        added: list[BankItem] = []
        for first in range(0, len(items), MAX_ADDED):
            added += self._items.add(items[first : first + MAX_ADDED])
        return added


def _of_sheet(content: bytes) -> Iterable[tuple[str, WrittenItem, Difficulty]]:
    encoding = "utf-16" if content.startswith(_UTF_16) else "utf-8-sig"
    try:
        return list(from_sheet(content.decode(encoding)))
    except UnicodeDecodeError:
        raise Unreadable(
            "corrupt",
            "The file is damaged, or it is a sheet that is not in UTF-8. Save it as CSV UTF-8.",
            field="file",
        ) from None
    except NoSheet:
        raise Unreadable(
            "no_items",
            "There is no item in the file: it is no package, and its first line does not name the columns "
            "question and correct_answer.",
            field="file",
        ) from None


def _unreadable(code: str) -> Unreadable | TooLarge:
    if code == "too_large":
        return TooLarge(code, "The file of items is too large.", field="file")
    messages = {
        "corrupt": "The file is damaged, or it is not a file of items.",
        "encrypted": "The file is encrypted.",
        "no_items": "There is no item in the file.",
    }
    return Unreadable(code, messages[code], field="file")

"""An item of a class's bank: a question with its versions. Learners are asked it only after a teacher approved it.

::

    draft ──approve──> approved ──edit──> draft (a new version; learners get the approved one until it is approved)
      └──────retire──────┴─────> retired (no new attempt has it)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.bank.statuses import AdmissionCode, Author, Status
from domain.base.errors import Conflict
from domain.quizzes.quiz import Question
from ports.agent_words import Difficulty


@dataclass(frozen=True, slots=True)
class AdmissionResult:
    """The gate's verdict on a version. ``kept`` means that a teacher approved it although it was refused."""

    admitted: bool
    code: AdmissionCode | None = None
    """Why the version is not admitted; None if it is."""
    kept: bool = False


@dataclass(frozen=True, slots=True)
class ItemVersion:
    """One version of an item. Once stored, only ``admission.kept`` and the key can change."""

    item_version: int
    """From 1."""
    content: Question
    """The question with an empty ``question_id`` and without hints."""
    difficulty: Difficulty
    admission: AdmissionResult
    author: Author
    made_at: str

    @property
    def asked(self) -> Question:
        """The question that a quiz asks with this version. If a teacher kept it, its ``checked`` is "teacher"."""
        is_kept = self.admission.kept and not self.admission.admitted
        return replace(self.content, checked="teacher") if is_kept else self.content

    def asked_as(self, item_id: str, question_id: str) -> Question:
        """The question, with this id, of a quiz that asks this version."""
        return replace(
            self.asked,
            question_id=question_id,
            item_id=item_id,
            item_version=self.item_version,
            item_order=tuple(range(len(self.content.options))),
        )


@dataclass(frozen=True, slots=True)
class BankItem:
    """An item as it is now. ``latest`` is its newest version, and ``status`` is the status of that version."""

    item_id: str
    subject_id: str
    status: Status
    latest: ItemVersion
    created_at: str
    updated_at: str
    approved_version: int | None = None
    """The version that new attempts ask; None before the first approval."""
    version: int = 0
    """The fence of the row. It rises with each stored change, even if the item gets no new version."""

    def edited(
        self, content: Question, difficulty: Difficulty, admission: AdmissionResult, now: str
    ) -> BankItem:
        """The item with a new version by a teacher, as a draft. Raises ``Conflict`` if it is retired."""
        self._must_be_in_use()
        made = ItemVersion(self.latest.item_version + 1, content, difficulty, admission, "teacher", now)
        return replace(self, latest=made, status="draft", updated_at=now)

    def approved(self, now: str, *, keep: bool) -> BankItem:
        """The item with its newest version approved: new attempts ask it from now on.

        Raises ``Conflict`` if it is retired, or if the gate refused it and ``keep`` is False.
        """
        self._must_be_in_use()
        admission = self.latest.admission
        if not admission.admitted and not keep:
            raise Conflict(
                "item_refused",
                f"The item was refused ({admission.code}). Change it, or approve it with keep: true.",
            )
        latest = replace(self.latest, admission=replace(admission, kept=not admission.admitted))
        return replace(
            self, status="approved", latest=latest, approved_version=latest.item_version, updated_at=now
        )

    def retired(self, now: str) -> BankItem:
        """The retired item. No new attempt asks it."""
        return replace(self, status="retired", updated_at=now)

    @property
    def is_askable(self) -> bool:
        """Whether new attempts may ask the item, in its approved version."""
        return self.status != "retired" and self.approved_version is not None

    def _must_be_in_use(self) -> None:
        if self.status == "retired":
            raise Conflict("item_retired", "The item is retired.")

"""The law of corrections: after any history, everything folded from the ledger is as if each mark had been right from
the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.progress.analytics import analyse
from domain.progress.deck import due_on, fold_deck
from domain.progress.evidence import Evidence, Source
from domain.progress.ledger import Ledger
from domain.progress.mastery import fold, fold_overall, mastery_steps
from domain.progress.rollup import refolded
from domain.progress.standing import Standing, with_message
from fakes.scheduler import DoublingScheduler
from tests.support.faults import Crash, Faults, worker
from tests.support.world import World

OWNER, SUBJECT = "ada", "physics_101"
scores = st.integers(0, 8).map(lambda eighths: eighths / 8)


@dataclass(frozen=True)
class Marked:
    """A mark with its entries, the first entry first. None stands for a mark that did not count then."""

    number: int
    entered: tuple[float | None, ...]

    def entries(self) -> list[Evidence]:
        """The entries in the ledger. A mark that did not count at first has no entry of that time."""
        first, *corrections = self.entered
        entries = [] if first is None else [self.piece(first, 0)]
        return entries + [self.piece(score, revision) for revision, score in enumerate(corrections, start=1)]

    def right_at_once(self) -> list[Evidence]:
        last = self.entered[-1]
        return [] if last is None else [self.piece(last, 0)]

    def piece(self, score: float | None, revision: int) -> Evidence:
        number = self.number
        source: Source = ("quiz", "review", "interview")[number % 3]
        source_id = f"{source}-{number // 4}"
        return Evidence(
            evidence_id=f"{source_id}-{number}",
            user_id=OWNER,
            subject_id=SUBJECT,
            concept=f"concept {number % 2}",
            label=f"Concept {number % 2}",
            score=score or 0.0,
            occurred_at=f"2026-09-{1 + number // 2:02}T10:00:{number:02}.000Z",
            source=source,
            source_id=source_id,
            question=f"Question {number % 5}?",
            question_key="" if source == "interview" else f"q-{number % 5}",
            choice=f"wrong {number % 3}" if source == "quiz" and not score else "",
            weight=(1.0, 0.5)[number % 4 == 0],
            revision=revision,
            is_withdrawn=score is None,
        )


histories = st.lists(
    st.lists(st.one_of(scores, st.none()), min_size=1, max_size=4).map(tuple), max_size=10
).map(lambda entered: [Marked(number, one) for number, one in enumerate(entered)])


def follows(evidence: Sequence[Evidence]) -> dict[str, Any]:
    """Everything that is folded from a ledger. No number depends on an entry's revision."""
    asked = with_message(Standing(OWNER, SUBJECT), "2026-09-03T09:00:00.000Z")
    standing, deck = refolded(asked, evidence), fold_deck(OWNER, SUBJECT, evidence, DoublingScheduler())
    report = analyse([OWNER], {OWNER: "Ada"}, {OWNER: standing}, today="2026-09-20")
    return {
        "steps": {
            concept: [(step.evidence.evidence_id, step.before, step.after) for step in steps]
            for concept, steps in mastery_steps(evidence).items()
        },
        "levels": fold(evidence),
        "overall": fold_overall(evidence),
        "standing": standing,
        "deck": deck,
        "due": due_on([deck], "2026-09-20", DoublingScheduler()),
        "analytics": report,
    }


@given(histories, st.randoms(use_true_random=False), st.integers(0, 3))
def test_corrections_in_any_order_and_twice_are_as_right_from_the_start(
    history: list[Marked], random: Any, repeated: int
) -> None:
    entries = [entry for mark in history for entry in mark.entries()]
    entries += random.choices(entries, k=repeated) if entries else []
    random.shuffle(entries)

    assert follows(entries) == follows([piece for mark in history for piece in mark.right_at_once()])


class Kept:
    """A ledger in a store, and workers that may crash at any call."""

    def __init__(self) -> None:
        self.world = World()
        self.ledger = Ledger(self.world.adapters.key_values)

    def enter(self, entry: Evidence, number: int, crash_at: int, *, after_effect: bool) -> None:
        """Enter the mark in one transaction, as a submission or a correction does. Then refresh, with a crash."""
        now = self.world.adapters.clock.now()
        puts = self.ledger.correction_puts([entry]) if entry.revision else self.ledger.evidence_puts([entry])
        mark = self.ledger.marker_put(OWNER, SUBJECT, f"m{number}", now)
        self.world.adapters.key_values.transact([*puts, mark])
        faults = Faults(at=crash_at, after_effect=after_effect)
        try:
            worker(self.world, faults).progress.refresh(OWNER, SUBJECT)
        except Crash:
            pass

    def stored(self) -> tuple[Any, ...]:
        self.world.adapters.clock.advance(120)
        self.world.services.progress.sweep()
        assert self.ledger.markers(OWNER, SUBJECT) == []
        standing = replace(self.ledger.standing(OWNER, SUBJECT), version=0)
        return standing, self.world.services.decks.of(OWNER)


@settings(max_examples=12, deadline=None)
@given(histories, st.randoms(use_true_random=False), st.integers(1, 12), st.booleans())
def test_after_crashes_and_a_sweep_the_stored_data_are_as_right_from_the_start(
    history: list[Marked], random: Any, crash_at: int, after_effect: bool
) -> None:
    corrected, right = Kept(), Kept()
    entries = [entry for mark in history for entry in mark.entries()]
    random.shuffle(entries)
    for number, entry in enumerate(entries):
        corrected.enter(entry, number, 1 + (crash_at + number) % 12, after_effect=after_effect)
    for number, entry in enumerate(one for mark in history for one in mark.right_at_once()):
        right.enter(entry, number, 0, after_effect=False)

    assert corrected.stored() == right.stored()
    assert len(corrected.ledger.entries(OWNER, SUBJECT)) == len(entries)

"""A learner's profile and the evidence that explains it. Also keeps the standings up to date."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from domain.base.errors import NotFound
from domain.base.learner import Learner
from domain.base.retrying import retried
from domain.progress.chance import Chance
from domain.progress.class_shares import ClassShares
from domain.progress.concept_catalogue import Catalogue, concept_key
from domain.progress.deck import Deck, fold_deck
from domain.progress.decks import Decks
from domain.progress.evidence import Evidence, counted_once
from domain.progress.history import history_of
from domain.progress.keys import INTELLIGENCE, concept_vector_id
from domain.progress.ledger import Ledger, Marker
from domain.progress.levels import MasteryChange
from domain.progress.mastery import (
    MasteryStep,
    chance_of,
    changes_between,
    difficulty_preference,
    fold,
    fold_overall,
    mastery_steps,
)
from domain.progress.rollup import refolded
from domain.progress.standing import ConceptStanding, Standing
from ports.agent_words import Difficulty
from ports.embedder import Embedder
from ports.key_value_store import ConditionFailed
from ports.paging import pair_from_cursor, to_cursor
from ports.scheduler import Scheduler
from ports.system import Clock
from ports.vector_store import Metadata, Vector, VectorStore, batches

_LEARNING_STYLE = "balanced"
_MOST_LABELS = 256
"""The largest number of label vectors kept in memory. A class answers on the same concepts, often at the same time."""

log = logging.getLogger("lyceum.progress")


@dataclass(frozen=True, slots=True)
class MasteryProfile:
    """``concepts`` are in the order of their keys. ``total_interactions`` counts evidence, not messages."""

    concepts: tuple[ConceptStanding, ...]
    chances: dict[str, Chance]
    """The chance of success in each concept, by its key."""
    difficulty_preference: Difficulty
    learning_style: str
    total_interactions: int

    @property
    def mastery_levels(self) -> dict[str, float]:
        return {one.concept: one.mastery_level for one in self.concepts}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a concept has its level: a page of the steps that led to it, latest first."""

    standing: ConceptStanding
    chance: Chance
    steps: list[MasteryStep]
    cursor: str | None


class Progress:
    def __init__(
        self,
        ledger: Ledger,
        decks: Decks,
        class_shares: ClassShares,
        scheduler: Scheduler,
        vectors: VectorStore,
        embedder: Embedder,
        clock: Clock,
    ) -> None:
        self._ledger = ledger
        self._decks = decks
        self._class_shares = class_shares
        self._scheduler = scheduler
        self._vectors = vectors
        self._embedder = embedder
        self._clock = clock
        self._vectors_of_labels: dict[str, Sequence[float]] = {}

    def profile(self, learner: Learner, subject_id: str | None) -> MasteryProfile:
        """The profile from all evidence so far, in the subject or in all subjects (None)."""
        found = self._concepts(learner.user_id, self._subjects(learner.user_id, subject_id))
        concepts = [standing for standing, _ in found]
        return MasteryProfile(
            concepts=tuple(concepts),
            chances={standing.concept: chance for standing, chance in found},
            difficulty_preference=difficulty_preference(one.mastery_level for one in concepts),
            learning_style=_LEARNING_STYLE,
            total_interactions=sum(one.evidence_count for one in concepts),
        )

    def explain(
        self, learner: Learner, concept: str, subject_id: str | None, *, limit: int, cursor: str | None
    ) -> Explanation:
        """The evidence that led to the level of a concept. ``concept`` may be any of its names.

        Raises ``NotFound`` if there is no evidence of it, and ``InvalidCursor``.
        """
        owner = learner.user_id
        before = None if cursor is None else pair_from_cursor(cursor)
        subjects = self._subjects(owner, subject_id)
        evidence = [one for subject in subjects for one in self._ledger.evidence(owner, subject)]
        shown = mastery_steps(evidence)
        names = [concept_key(concept)]
        names += (
            self._ledger.catalogue(owner, subject).catalogue.find(concept) or "" for subject in subjects
        )
        key = next((name for name in names if name in shown), None)
        if key is None:
            raise NotFound("concept_not_found", "There is no evidence of this concept.")
        latest_first = shown[key][::-1]
        rest = [step for step in latest_first if before is None or _place(step) < before]
        page = rest[:limit]
        standing = fold(step.evidence for step in latest_first)[key]
        of_concept = {step.evidence.subject_id for step in latest_first}
        overall = fold_overall(one for one in evidence if one.subject_id in of_concept)
        return Explanation(
            standing=standing,
            chance=chance_of(standing, overall),
            steps=page,
            cursor=to_cursor(_place(page[-1])) if len(rest) > limit else None,
        )

    def changes(self, owner: str, subject_id: str, new: Sequence[Evidence]) -> list[MasteryChange]:
        """How ``new`` evidence changes the levels, by concept. It does not matter whether the ledger already has it."""
        ids = {one.evidence_id for one in new}
        earlier = [one for one in self._ledger.evidence(owner, subject_id) if one.evidence_id not in ids]
        return _changes(subject_id, earlier, new)

    def corrected_changes(
        self, owner: str, subject_ids: Sequence[str], quiz_id: str, submitted_at: str
    ) -> list[MasteryChange] | None:
        """How a quiz submitted at that time changed the levels, by subject and concept, computed from the present
        ledger.

        None if nothing in these subjects was corrected. Then the changes stored at the time are still right.
        """
        found: list[MasteryChange] = []
        is_corrected = False
        for subject_id in subject_ids:
            entries = self._ledger.entries(owner, subject_id)
            is_corrected = is_corrected or any(one.revision for one in entries)
            evidence = counted_once(entries)
            new = [one for one in evidence if one.source == "quiz" and one.source_id == quiz_id]
            found += _changes(subject_id, [one for one in evidence if one.occurred_at < submitted_at], new)
        return found if is_corrected else None

    def labelled(self, owner: str, subject_id: str, labels: Sequence[str]) -> list[tuple[str, str]]:
        """The key and the name of each concept in the learner's catalogue of the subject. New concepts are added to it.

        Raises ``ConditionFailed`` if others keep changing the catalogue.
        """
        now = self._clock.now()

        def grown() -> Catalogue:
            stored = self._ledger.catalogue(owner, subject_id)
            catalogue = stored.catalogue.with_concepts(labels)
            if catalogue != stored.catalogue:
                self._ledger.save_catalogue(owner, subject_id, replace(stored, catalogue=catalogue), now)
            return catalogue

        catalogue = retried(grown, on=ConditionFailed)
        return [catalogue.resolve(label) for label in labels]

    def with_class_shares(self, evidence: Sequence[Evidence]) -> list[Evidence]:
        """The new evidence, each piece with the class's share for its concept, from the latest snapshot of the class.

        If the class has no snapshot of today yet, one is requested; the sweeper takes it.
        """
        subjects = {one.subject_id for one in evidence}
        snapshots = {subject_id: self._class_shares.latest(subject_id) for subject_id in subjects}
        return [replace(one, in_class=snapshots[one.subject_id].of(one.concept)) for one in evidence]

    def refresh(self, owner: str, subject_id: str) -> None:
        """Update the standing, the deck and the projection from the ledger, if there are markers.

        The markers stay until everything is done. If this is interrupted, the sweeper repeats it. Raises
        ``UpstreamError``, and ``ConditionFailed`` if others keep changing the standing.
        """

        def counted() -> tuple[list[Marker], Standing, Standing, set[str]] | None:
            """The markers, the standing before and after counting their evidence, and the concepts whose evidence was
            all withdrawn; None if there are no markers.
            """
            # Markers are read before the standing, and the standing before the evidence. So the evidence of all these
            # markers is folded, and a standing that is still at its version was not made from more evidence.
            markers = self._ledger.markers(owner, subject_id)
            if not markers:
                return None
            before = self._ledger.standing(owner, subject_id)
            entries = self._ledger.entries(owner, subject_id)
            evidence = counted_once(entries)
            standing = refolded(before, evidence)
            deck = fold_deck(owner, subject_id, evidence, self._scheduler)
            if standing != before or deck != (self._decks.find(owner, subject_id) or Deck(owner, subject_id)):
                history = self._ledger.history_write(
                    history_of(owner, subject_id, evidence), standing.began_at
                )
                beside = [self._decks.write(deck), history]
                standing = self._ledger.save_standing(standing, markers[0], beside)
            withdrawn = {one.concept for one in entries} - {one.concept for one in evidence}
            return markers, before, standing, withdrawn

        done = retried(counted, on=ConditionFailed)
        if done is not None:
            markers, before, standing, withdrawn = done
            self._project(before, standing)
            # An earlier refresh may have stored the standing and died before it removed these vectors.
            self._remove(standing, withdrawn)
            self._ledger.clear_markers(markers)

    def unprojected(self, standing: Standing) -> int:
        """The number of the standing's concepts that have no vector."""
        ids = [
            concept_vector_id(standing.user_id, standing.subject_id, one.concept) for one in standing.concepts
        ]
        return len(ids) - len(self._vectors.fetch(INTELLIGENCE, ids)) if ids else 0

    def project(self, standing: Standing) -> None:
        """Write the vectors of those concepts that are missing or outdated in the vector store."""
        self._write(standing, ())

    def sweep(self) -> int:
        """Refresh the standings that are due. Returns how many were due."""
        found = 0
        for owner, subject_id in self._ledger.due(self._clock.now()):
            found += 1
            try:
                self.refresh(owner, subject_id)
            except Exception:  # one failure must not stop the others
                log.exception("sweep_interrupted")
        return found

    def _subjects(self, owner: str, subject_id: str | None) -> list[str]:
        return self._ledger.subjects_of(owner) if subject_id is None else [subject_id]

    def _concepts(self, owner: str, subjects: Sequence[str]) -> list[tuple[ConceptStanding, Chance]]:
        """The concepts of these subjects with their chances, in the order of keys.

        A concept of several subjects is folded from the evidence of all of them.
        """
        standings = {subject: self._current(owner, subject) for subject in subjects}
        by_concept: dict[str, list[Standing]] = {}
        for standing in standings.values():
            for one in standing.concepts:
                by_concept.setdefault(one.concept, []).append(standing)
        found = {
            one.concept: (one, chance_of(one, standing.overall))
            for standing in standings.values()
            for one in standing.concepts
        }
        shared = {concept for concept, of in by_concept.items() if len(of) > 1}
        evidence = {
            subject: self._ledger.evidence(owner, subject)
            for subject, standing in standings.items()
            if any(one.concept in shared for one in standing.concepts)
        }
        for concept in shared:
            pieces = [one for of in by_concept[concept] for one in evidence[of.subject_id]]
            folded = fold(one for one in pieces if one.concept == concept)[concept]
            found[concept] = folded, chance_of(folded, fold_overall(pieces))
        return [found[concept] for concept in sorted(found)]

    def _current(self, owner: str, subject_id: str) -> Standing:
        """The standing. If there are markers, it is folded again from the ledger."""
        is_stale = bool(self._ledger.markers(owner, subject_id))
        standing = self._ledger.standing(owner, subject_id)
        return refolded(standing, self._ledger.evidence(owner, subject_id)) if is_stale else standing

    def _project(self, before: Standing, standing: Standing) -> None:
        """Write the vectors of the standing's concepts. Repeats this if another standing was stored meanwhile.

        What changed since ``before`` is always written, because the vector store may not show another worker's writes
        yet. The rest is written only if the vector store shows something else. Raises ``ConditionFailed`` if others
        keep changing the standing.
        """
        shown, latest = before, standing

        def written() -> None:
            nonlocal shown, latest
            self._remove(shown, _keys(shown) - _keys(latest))
            self._write(latest, _keys(latest, but_not=shown))
            shown, latest = latest, self._ledger.standing(latest.user_id, latest.subject_id)
            if latest.concepts != shown.concepts:
                raise ConditionFailed

        retried(written, on=ConditionFailed)

    def _remove(self, standing: Standing, keys: Collection[str]) -> None:
        """Remove the vectors of these concept keys, which the latest standing does not have."""
        if keys:
            ids = [concept_vector_id(standing.user_id, standing.subject_id, key) for key in keys]
            self._vectors.delete(INTELLIGENCE, ids)

    def _write(self, standing: Standing, changed: Collection[str]) -> None:
        by_id = {
            concept_vector_id(standing.user_id, standing.subject_id, one.concept): one
            for one in standing.concepts
        }
        if not by_id:
            return
        shown = self._vectors.fetch(INTELLIGENCE, list(by_id))
        records = {id: _metadata(standing, one) for id, one in by_id.items()}
        outdated = [
            id
            for id, one in by_id.items()
            if one.concept in changed or id not in shown or shown[id].metadata != records[id]
        ]
        values = {id: shown[id].values for id in outdated if id in shown}
        unknown = [id for id in outdated if id not in shown]
        values |= zip(unknown, self._embedded([by_id[id].label for id in unknown]), strict=True)
        for batch in batches(Vector(id, values[id], records[id]) for id in outdated):
            self._vectors.upsert(INTELLIGENCE, batch)

    def _embedded(self, labels: Sequence[str]) -> list[Sequence[float]]:
        """The vectors of the labels, in order. If several threads get a new label at the same time, all of them embed
        it.
        """
        known = {label: self._vectors_of_labels.get(label) for label in labels}
        fresh = [label for label, vector in known.items() if vector is None]
        embedded = dict(zip(fresh, self._embedder.embed(fresh) if fresh else (), strict=True))
        if len(self._vectors_of_labels) + len(embedded) > _MOST_LABELS:
            self._vectors_of_labels = {}
        self._vectors_of_labels |= embedded
        return [known[label] or embedded[label] for label in labels]


def _changes(subject_id: str, earlier: Sequence[Evidence], new: Sequence[Evidence]) -> list[MasteryChange]:
    """How ``new`` evidence changes the levels given by ``earlier`` evidence, by concept."""
    return changes_between(subject_id, earlier, [*earlier, *new], {one.concept for one in new})


def _keys(standing: Standing, but_not: Standing | None = None) -> set[str]:
    """The keys of the standing's concepts, without those that are equal in ``but_not``."""
    alike = set(but_not.concepts) if but_not is not None else set()
    return {one.concept for one in standing.concepts if one not in alike}


def _metadata(standing: Standing, concept: ConceptStanding) -> Metadata:
    """The metadata of a concept in the ``intelligence`` namespace, as the seed design has it."""
    return {
        "user_id": standing.user_id,
        "subject_id": standing.subject_id,
        "concept": concept.concept,
        "mastery_level": concept.mastery_level,
        "interaction_count": concept.evidence_count,
        "last_interaction": concept.last_interaction,
        "difficulty_preference": difficulty_preference(one.mastery_level for one in standing.concepts),
        "learning_style": _LEARNING_STYLE,
    }


def _place(step: MasteryStep) -> tuple[str, str]:
    return step.evidence.occurred_at, step.evidence.evidence_id

"""The ledger: the evidence of each learner in each subject, and what is computed from it.

The rows of a learner in a subject share a partition. They are: the evidence, which is only added, also corrections; the
standing, which can be computed again from the evidence; the catalogue of concepts; the history; and a marker for each
batch of evidence that the standing does not count yet. A marker is written together with its evidence and removed after
the standing was stored, so the standing is up to date if there is no marker. Another partition of the learner has one
row for each subject with evidence, because an index may lag.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from domain.base.moments import after, from_text, to_text
from domain.base.plain import plain
from domain.base.retrying import retried
from domain.base.tables import LEARNING_EVIDENCE, PENDING_INDEX
from domain.progress.chance import NOTHING, Counts, InClass, Overall, estimated, estimated_overall
from domain.progress.concept_catalogue import Catalogue
from domain.progress.evidence import Evidence, Source, counted_once
from domain.progress.history import MAX_PIECES, History, Piece
from domain.progress.mastery import mean_score
from domain.progress.standing import ConceptStanding, DayActivity, QuestionTally, Standing
from ports.key_value_store import VERSION, Check, ConditionFailed, Delete, Item, KeyValueStore, Put, Write
from ports.paging import every

_EVIDENCE = "e#"
_STALE = "stale#"
_SUBJECT = "subject#"
_STANDING = "standing"
_CATALOGUE = "catalogue"
_HISTORY = "history"
_PENDING = "standings"
_BEGAN_AT = "began_at"
_TALKED_SINCE = "talked_since"
_LATEST_AT = "latest_at"
_PAGE = 1000
_GRACE_SECONDS = 60
"""After this time the sweeper updates the standing, if the writer of new evidence has not done so."""
_MARK_VERSION = 1


@dataclass(frozen=True, slots=True)
class Marker:
    """A batch of evidence that the standing does not count yet."""

    owner: str
    subject_id: str
    marker_id: str


@dataclass(frozen=True, slots=True)
class StoredCatalogue:
    """A catalogue as stored. Version 0 means that it is not stored yet."""

    catalogue: Catalogue
    version: int = 0
    began_at: str | None = None


class Ledger:
    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def evidence_puts(self, evidence: Sequence[Evidence]) -> list[Put]:
        """The writes that store the evidence. Repeating them changes nothing.

        They include a row for each subject, which says that the learner has evidence in it.
        """
        subjects: dict[tuple[str, str], str] = {}
        for one in evidence:
            whose = (one.user_id, one.subject_id)
            subjects[whose] = max(one.occurred_at, subjects.get(whose, ""))
        return [
            *(Put(LEARNING_EVIDENCE, _evidence_item(one)) for one in evidence),
            *(Put(LEARNING_EVIDENCE, _subject_item(*whose, moment)) for whose, moment in subjects.items()),
        ]

    def correction_puts(self, corrections: Sequence[Evidence]) -> list[Put]:
        """The writes that store corrections of evidence, each with its own revision.

        The corrected evidence stays stored, and a correction names the same class snapshot. A mark without evidence may
        get its first one this way. Repeating the writes changes nothing.
        """
        moments: dict[tuple[str, str], str] = {}
        snapshots: dict[str, InClass | None] = {}
        for one in corrections:
            whose = (one.user_id, one.subject_id)
            if whose not in moments:
                entries = self.entries(*whose)
                moments[whose] = max((known.occurred_at for known in entries), default="")
                snapshots |= {known.evidence_id: known.in_class for known in entries}
            moments[whose] = max(moments[whose], one.occurred_at)
        corrections = [replace(one, in_class=snapshots.get(one.evidence_id)) for one in corrections]
        return [
            *(Put(LEARNING_EVIDENCE, _evidence_item(one)) for one in corrections),
            *(Put(LEARNING_EVIDENCE, _subject_item(*whose, moment)) for whose, moment in moments.items()),
        ]

    def marker_put(self, owner: str, subject_id: str, marker_id: str, now: datetime) -> Put:
        """The write that marks the standing as stale. It must be in the same transaction as the new evidence.

        Each batch of evidence needs its own ``marker_id``. A shared marker would be removed after the first batch was
        counted.
        """
        return self._marker_put(owner, subject_id, marker_id, after(now, _GRACE_SECONDS))

    def correction_marker_put(self, correction: Evidence, now: datetime) -> Put:
        """The same as ``marker_put`` for the transaction of one correction.

        It is due at once: if the writer dies, the next turn of the sweeper updates the standing, so that a class is not
        corrected in part.
        """
        marker_id = f"{correction.evidence_id}-correction-{correction.revision}"
        return self._marker_put(correction.user_id, correction.subject_id, marker_id, now)

    def _marker_put(self, owner: str, subject_id: str, marker_id: str, due: datetime) -> Put:
        item: Item = {
            **_key(owner, subject_id, _STALE + marker_id),
            "user_id": owner,
            "subject_id": subject_id,
            "marker_id": marker_id,
            "pending": _PENDING,
            "sweep_at": to_text(due),
            VERSION: _MARK_VERSION,
        }
        return Put(LEARNING_EVIDENCE, item)

    def evidence(self, owner: str, subject_id: str) -> list[Evidence]:
        """The owner's evidence in the subject that counts, with corrections applied, earliest first."""
        return counted_once(self.entries(owner, subject_id))

    def entries(self, owner: str, subject_id: str) -> list[Evidence]:
        """All evidence that was ever stored, also corrected ones, in the order of time, id and revision."""
        return [_evidence_from(item) for item in self._rows(_partition(owner, subject_id), _EVIDENCE)]

    def subjects_of(self, owner: str) -> list[str]:
        """The subjects in which the owner has evidence. Never stale."""
        return [item["subject_id"] for item in self._rows(quote(owner, safe=""), _SUBJECT)]

    def standing(self, owner: str, subject_id: str) -> Standing:
        """The standing as last stored. If none was stored, an empty one of version 0."""
        item = self._store.get(LEARNING_EVIDENCE, _key(owner, subject_id, _STANDING))
        return Standing(owner, subject_id) if item is None else _standing_from(item)

    def standings(self, subject_id: str, owners: Sequence[str]) -> dict[str, Standing]:
        """The stored standings of the owners in the subject. Owners without one are left out."""
        keys = [_key(owner, subject_id, _STANDING) for owner in owners]
        items = self._store.get_many(LEARNING_EVIDENCE, keys)
        return {item["user_id"]: _standing_from(item) for item in items if item is not None}

    def standing_put(self, standing: Standing) -> Put:
        """The write that stores the standing. It fails if the stored one is at another version."""
        item = _standing_item(replace(standing, version=standing.version + 1))
        if standing.version == 0:
            return Put(LEARNING_EVIDENCE, item, unless_exists=True)
        return Put(LEARNING_EVIDENCE, item, if_version=standing.version)

    def save_standing(self, standing: Standing, because: Marker, beside: Sequence[Write] = ()) -> Standing:
        """Store the standing and ``beside``, and return the standing at its new version.

        Raises ``ConditionFailed`` if the marker ``because`` is gone (another worker counted it, or everything was
        erased), or if the stored standing is at another version.
        """
        mark = Check(LEARNING_EVIDENCE, _marker_key(because), if_version=_MARK_VERSION)
        self._store.transact([mark, self.standing_put(standing), *beside])
        return replace(standing, version=standing.version + 1)

    def history_write(self, history: History, began_at: str | None) -> Write:
        """The write that stores the history. A history that is empty or too long for a row is deleted instead."""
        key = _key(history.user_id, history.subject_id, _HISTORY)
        if not 0 < len(history.pieces) <= MAX_PIECES:
            return Delete(LEARNING_EVIDENCE, key)
        return Put(LEARNING_EVIDENCE, _history_item(history) | key | {_BEGAN_AT: began_at or ""})

    def histories(self, subject_id: str, owners: Sequence[str]) -> dict[str, History]:
        """The stored histories of the owners in the subject. Owners without one are left out."""
        keys = [_key(owner, subject_id, _HISTORY) for owner in owners]
        rows = self._store.get_many(LEARNING_EVIDENCE, keys) if keys else []
        return {row["user_id"]: _history_from(row) for row in rows if row is not None}

    def markers(self, owner: str, subject_id: str) -> list[Marker]:
        """The markers of evidence that the standing may not count yet. Never stale."""
        return [_marker_from(item) for item in self._rows(_partition(owner, subject_id), _STALE)]

    def clear_markers(self, markers: Iterable[Marker]) -> None:
        """Delete the markers. A marker that does not exist is no error."""
        self._store.delete_many(LEARNING_EVIDENCE, [_marker_key(marker) for marker in markers])

    def due(self, now: datetime) -> Iterator[tuple[str, str]]:
        """The owner and subject id of each standing that must be updated, each once. Only the sweeper may call this."""
        due = every(
            lambda cursor: self._store.query(
                LEARNING_EVIDENCE, _PENDING, index=PENDING_INDEX, up_to=to_text(now), cursor=cursor
            )
        )
        seen: set[tuple[str, str]] = set()
        for marker in map(_marker_from, due):
            whose = (marker.owner, marker.subject_id)
            if whose not in seen:
                seen.add(whose)
                yield whose

    def catalogue(self, owner: str, subject_id: str) -> StoredCatalogue:
        """The owner's catalogue of concepts in the subject; an empty one if none is stored."""
        item = self._store.get(LEARNING_EVIDENCE, _key(owner, subject_id, _CATALOGUE))
        if item is None:
            return StoredCatalogue(Catalogue())
        catalogue = Catalogue(item["entries"], item["aliases"])
        return StoredCatalogue(catalogue, item[VERSION], item.get(_BEGAN_AT))

    def save_catalogue(self, owner: str, subject_id: str, stored: StoredCatalogue, now: datetime) -> None:
        """Store the catalogue. Raises ``ConditionFailed`` if the stored one is at another version."""
        item: Item = {
            **_key(owner, subject_id, _CATALOGUE),
            "user_id": owner,
            "subject_id": subject_id,
            "entries": dict(stored.catalogue.entries),
            "aliases": dict(stored.catalogue.aliases),
            _BEGAN_AT: stored.began_at or to_text(now),
            VERSION: stored.version + 1,
        }
        is_new = stored.version == 0
        self._store.put(
            LEARNING_EVIDENCE, item, unless_exists=is_new, if_version=None if is_new else stored.version
        )

    def forget(self, owner: str, moment: str, is_gone: Callable[[Source, str], bool]) -> int:
        """Delete the owner's evidence up to ``moment``, and what was computed from it. Returns how many rows were
        deleted.

        Later evidence stays, unless ``is_gone`` returns True for its source and the source's id: its quiz or
        interview is gone. The standing is then computed again from what stays. Raises ``ConditionFailed`` if others
        keep changing the standing.
        """
        listed = {item["subject_id"] for item in self._listed(owner)}
        return sum(
            self._forget(owner, subject, moment, is_gone)
            for subject in sorted({*listed, *self.subjects_of(owner)})
        )

    def _forget(
        self, owner: str, subject_id: str, moment: str, is_gone: Callable[[Source, str], bool]
    ) -> int:
        partition = _partition(owner, subject_id)
        rows = list(self._rows(partition, ""))
        evidence = [row for row in rows if row["sort_key"].startswith(_EVIDENCE)]
        goes = [
            row
            for row in evidence
            if row["occurred_at"] <= moment or is_gone(row["source"], row["source_id"])
        ]
        stays = [row["occurred_at"] for row in evidence if row not in goes]
        removed = len(goes)
        marks = [row for row in rows if row["sort_key"].startswith(_STALE)]
        if goes:
            # The marker is written before anything is deleted. If this is interrupted, the sweeper still updates the
            # standing.
            marker = self.marker_put(owner, subject_id, f"erasure-{moment}", from_text(moment))
            self._store.put(LEARNING_EVIDENCE, marker.item)
            marks.append(marker.item)
        self._delete(goes)
        for sort_key in (_STANDING, _CATALOGUE):
            removed += self._forget_made(_key(owner, subject_id, sort_key), moment, stays)
        self._forget_history(owner, subject_id, moment, stays, is_old=bool(goes))
        if not stays and self._store.get(LEARNING_EVIDENCE, _key(owner, subject_id, _STANDING)) is None:
            self._delete(marks)
        return removed + self._forget_subject(owner, subject_id, moment, stays)

    def _delete(self, rows: Iterable[Item]) -> None:
        self._store.delete_many(LEARNING_EVIDENCE, [LEARNING_EVIDENCE.key_of(row) for row in rows])

    def _forget_made(self, key: dict[str, str], moment: str, stays: Sequence[str]) -> int:
        """Delete the row if it was begun by the moment, or if no evidence remains from which it was made.

        ``stays`` are the times of the evidence that remains. Returns the number of deleted rows: 0 or 1.
        """

        def removed() -> int:
            row = self._store.get(LEARNING_EVIDENCE, key)
            if row is None:
                return 0
            since = [*stays, *filter(None, [row.get(_TALKED_SINCE)])]
            if since and min([*since, row.get(_BEGAN_AT) or ""]) > moment:
                return 0
            self._store.delete(LEARNING_EVIDENCE, key, if_version=row[VERSION])
            return 1

        return retried(removed, on=ConditionFailed)

    def _forget_history(
        self, owner: str, subject_id: str, moment: str, stays: Sequence[str], *, is_old: bool
    ) -> None:
        """Delete the history if it contains evidence that is deleted. It is made again with the standing."""
        key = _key(owner, subject_id, _HISTORY)
        row = self._store.get(LEARNING_EVIDENCE, key)
        if row is not None and (is_old or not stays or row[_BEGAN_AT] <= moment):
            self._store.delete(LEARNING_EVIDENCE, key)

    def _forget_subject(self, owner: str, subject_id: str, moment: str, stays: Sequence[str]) -> int:
        key = _subject_key(owner, subject_id)
        row = self._store.get(LEARNING_EVIDENCE, key)
        if row is None or (stays and row.get(_LATEST_AT, "") > moment):
            return 0
        self._store.delete(LEARNING_EVIDENCE, key)
        shown = self.entries(owner, subject_id)
        if shown:  # written meanwhile
            self._store.put(LEARNING_EVIDENCE, _subject_item(owner, subject_id, shown[-1].occurred_at))
            return 0
        return 1

    def _listed(self, owner: str) -> Iterator[Item]:
        """The owner's rows in the index, which may lag."""
        return every(
            lambda cursor: self._store.query(
                LEARNING_EVIDENCE, owner, index="user-id-index", limit=_PAGE, cursor=cursor
            )
        )

    def _rows(self, partition: str, prefix: str) -> Iterator[Item]:
        return every(
            lambda cursor: self._store.query(
                LEARNING_EVIDENCE, partition, prefix=prefix, limit=_PAGE, cursor=cursor
            )
        )


def _partition(owner: str, subject_id: str) -> str:
    """The partition of a learner in a subject. Both parts are escaped, so that no two learners share one."""
    return f"{quote(owner, safe='')}#{quote(subject_id, safe='')}"


def _key(owner: str, subject_id: str, sort_key: str) -> dict[str, str]:
    return {"user_subject": _partition(owner, subject_id), "sort_key": sort_key}


def _marker_key(marker: Marker) -> dict[str, str]:
    return _key(marker.owner, marker.subject_id, _STALE + marker.marker_id)


def _marker_from(item: Mapping[str, Any]) -> Marker:
    return Marker(item["user_id"], item["subject_id"], item["marker_id"])


def _subject_key(owner: str, subject_id: str) -> dict[str, str]:
    return {"user_subject": quote(owner, safe=""), "sort_key": _SUBJECT + quote(subject_id, safe="")}


def _subject_item(owner: str, subject_id: str, moment: str) -> Item:
    return {
        **_subject_key(owner, subject_id),
        "user_id": owner,
        "subject_id": subject_id,
        _LATEST_AT: moment,
    }


def _evidence_item(evidence: Evidence) -> Item:
    sort_key = f"{_EVIDENCE}{evidence.occurred_at}#{evidence.evidence_id}"
    if evidence.revision:
        sort_key += f"#{evidence.revision:06d}"
    item: Item = plain(evidence)
    return item | _key(evidence.user_id, evidence.subject_id, sort_key)


def _evidence_from(item: Mapping[str, Any]) -> Evidence:
    fields = {name: value for name, value in item.items() if name in Evidence.__dataclass_fields__}
    numbers = {"score": float(item["score"]), "weight": float(item.get("weight", 1.0))}
    return Evidence(**fields | numbers | {"in_class": _in_class_from(item.get("in_class"))})


def _standing_item(standing: Standing) -> Item:
    item = {name: value for name, value in plain(standing).items() if value is not None}
    return item | _key(standing.user_id, standing.subject_id, _STANDING)


def _history_item(history: History) -> Item:
    """The row of a history. Each concept is named once, so that ``MAX_PIECES`` pieces fit into it."""
    concepts = {concept: place for place, concept in enumerate(history.labels)}
    return {
        "user_id": history.user_id,
        "subject_id": history.subject_id,
        "labels": [[concept, history.labels[concept]] for concept in concepts],
        "pieces": [[one.evidence_id, concepts[one.concept], one.score, one.weight] for one in history.pieces],
    }


def _history_from(row: Mapping[str, Any]) -> History:
    labels = row["labels"]
    return History(
        user_id=row["user_id"],
        subject_id=row["subject_id"],
        pieces=tuple(
            Piece(evidence_id, labels[place][0], float(score), float(weight))
            for evidence_id, place, score, weight in row["pieces"]
        ),
        labels=dict(labels),
    )


def is_history(item: Item) -> bool:
    """Whether the row is a history, which only repeats what the evidence says."""
    return item.get("sort_key") == _HISTORY


def standing_in(item: Item) -> Standing | None:
    """The standing that the row holds; None if it holds something else."""
    return _standing_from(item) if item.get("sort_key") == _STANDING else None


def source_in(item: Item) -> tuple[Source, str] | None:
    """The source of the evidence that the row holds, and the id of that quiz or interview; None if the row holds
    something else.
    """
    is_evidence = item["sort_key"].startswith(_EVIDENCE)
    return (item["source"], item["source_id"]) if is_evidence else None


def evidence_id_in(item: Item) -> str:
    """The id of the evidence that the row holds; "" if it holds something else."""
    return str(item["evidence_id"]) if item["sort_key"].startswith(_EVIDENCE) else ""


def _standing_from(item: Mapping[str, Any]) -> Standing:
    fields = {name: value for name, value in item.items() if name in Standing.__dataclass_fields__}
    fields["concepts"] = tuple(map(_concept_from, item["concepts"]))
    fields["questions"] = tuple(QuestionTally(**one) for one in item["questions"])
    fields["days"] = tuple(DayActivity(**one) for one in item["days"])
    fields["overall"] = _overall_from(item.get("overall"), fields["concepts"])
    return Standing(**fields)


def _concept_from(item: Mapping[str, Any]) -> ConceptStanding:
    """The concept that a row holds. If the row has no recent counts, they are estimated until the next fold."""
    level, count = float(item["mastery_level"]), int(item["evidence_count"])
    stored = item.get("recent")
    if stored is not None:
        recent = _counts_from(stored)
    else:
        recent = estimated(mean_score(level, count), count) if count else NOTHING
    in_class = _in_class_from(item.get("in_class"))
    return ConceptStanding(**dict(item) | {"mastery_level": level, "recent": recent, "in_class": in_class})


def _in_class_from(item: Mapping[str, Any] | None) -> InClass | None:
    """The class's share that a row holds. Rows from before there were snapshots have none."""
    if item is None:
        return None
    return InClass(**dict(item) | {"share": float(item["share"]), "usual": float(item["usual"])})


def _overall_from(item: Mapping[str, Any] | None, concepts: Sequence[ConceptStanding]) -> Overall:
    if item is not None:
        return Overall(_counts_from(item["recent"]), float(item["usual_share"]))
    return estimated_overall(
        [
            (mean_score(one.mastery_level, one.evidence_count), one.evidence_count)
            for one in concepts
            if one.evidence_count
        ]
    )


def _counts_from(item: Mapping[str, Any]) -> Counts:
    return Counts(float(item["right"]), float(item["wrong"]))

"""Many learners at the same time on the real server, which is killed meanwhile: a smaller `make load`. Another test
damages data, and `make load` must notice it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from benchmarks.learners.learner import Learner
from benchmarks.load import Load
from chalicelib.composition.profiles.local.adapters import LocalAdapters
from chalicelib.settings import read_settings
from domain.base.tables import (
    FILES,
    LEARNING_EVIDENCE,
    MESSAGES,
    QUIZ_RESULTS,
    QUIZZES,
)
from domain.documents.keys import DOCUMENTS, chunk_vector_prefix, chunks_key

LEARNERS = 10

pytestmark = pytest.mark.slow


def test_nothing_acknowledged_is_lost_or_doubled_under_load_and_kills(tmp_path: Path) -> None:
    report = Load(tmp_path / "data", tmp_path / "log", learners=LEARNERS, requests=200, kills=2).run()
    assert report.faults == []
    assert report.load.acknowledged >= 200
    assert len(report.restarts) == 2
    assert report.audited["documents"] >= LEARNERS
    for kind in ("questions", "quizzes", "evidence", "citations", "erasures"):
        assert report.audited[kind] > 0, kind


class Spoiler:
    """Damages the data of each learner directly in the store, for each learner in another way."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self.spoilt: dict[str, int] = {}
        """The learner for each kind of damage."""

    def __call__(self, learners: Sequence[Learner]) -> None:
        self._adapters = LocalAdapters(read_settings({"LYCEUM_DATA": str(self._data)}))
        deeds: list[Callable[[Learner], None]] = [
            self.lost_message,
            self.doubled_message,
            self.lost_quiz,
            self.another_score,
            self.doubled_evidence,
            self.lost_vectors,
            self.lost_document,
            self.lost_text,
        ]
        left = [one for one in learners if one.journal.erased is None]
        for deed in deeds:
            learner = next(one for one in left if one.journal.quizzes and one.journal.conversations)
            left.remove(learner)
            deed(learner)
            self.spoilt[deed.__name__] = learner.number
        self._adapters.close()

    def _change(self, table: Any, key: dict[str, str], **changed: object) -> None:
        store = self._adapters.key_values
        store.put(table, (store.get(table, key) or {}) | changed)

    def lost_message(self, learner: Learner) -> None:
        key = {"conversation_id": next(iter(learner.journal.conversations)), "sort_key": "m#00000002"}
        assert self._adapters.key_values.get(MESSAGES, key) is not None
        self._adapters.key_values.delete(MESSAGES, key)

    def doubled_message(self, learner: Learner) -> None:
        conversation_id = next(iter(learner.journal.conversations))
        key = {"conversation_id": conversation_id, "sort_key": "m#00000001"}
        self._change(MESSAGES, key, sort_key="m#00000099")

    def lost_quiz(self, learner: Learner) -> None:
        self._adapters.key_values.delete(QUIZZES, {"quiz_id": learner.journal.quizzes[0].quiz["quiz_id"]})

    def another_score(self, learner: Learner) -> None:
        self._change(QUIZ_RESULTS, {"result_id": learner.journal.quizzes[0].result["result_id"]}, score=12.5)

    def doubled_evidence(self, learner: Learner) -> None:
        partition = f"{learner.client.who}#{learner.subject_id}"
        (item,) = self._adapters.key_values.query(LEARNING_EVIDENCE, partition, prefix="e#", limit=1).items
        again = item["evidence_id"] + "-again"
        self._adapters.key_values.put(
            LEARNING_EVIDENCE, item | {"evidence_id": again, "sort_key": f"e#{again}"}
        )

    def lost_vectors(self, learner: Learner) -> None:
        owner, file_id = learner.client.who, learner.journal.completed[0].file_id
        vectors = self._adapters.vectors
        ids = vectors.ids(DOCUMENTS, chunk_vector_prefix(owner, learner.subject_id, file_id)).items
        assert ids
        vectors.delete(DOCUMENTS, ids)

    def lost_document(self, learner: Learner) -> None:
        self._adapters.key_values.delete(FILES, {"file_id": learner.journal.completed[0].file_id})

    def lost_text(self, learner: Learner) -> None:
        key = chunks_key(learner.client.who, learner.journal.completed[0].file_id)
        stored = self._adapters.objects.get(key)
        self._adapters.objects.put(key, stored.replace(b"mild", b"wild"), "application/json")


def test_the_audit_notices_lost_doubled_and_changed_data(tmp_path: Path) -> None:
    data = tmp_path / "data"
    spoiler = Spoiler(data)
    report = Load(
        data, tmp_path / "log", learners=LEARNERS, requests=250, kills=0, before_audit=spoiler
    ).run()
    assert report.load.faults == []
    assert len(spoiler.spoilt) == 8
    accused = {fault.partition(":")[0] for fault in report.audit.faults}
    unnoticed = {deed for deed, number in spoiler.spoilt.items() if f"learner_{number:02d}" not in accused}
    assert unnoticed == set()
    innocent = set(range(LEARNERS)) - set(spoiler.spoilt.values())
    assert not accused & {f"learner_{number:02d}" for number in innocent}

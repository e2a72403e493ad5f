"""The contract of ``KnowledgeBases``."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ports.knowledge_base import KnowledgeBase, KnowledgeBases, NoKnowledgeBase

PREFIX = "raw-files/user_ada/"
ONCE = "t"
UNKNOWN = KnowledgeBase("NOSUCHBASE", "NOSUCHDATA")


def opened(
    bases: KnowledgeBases, finish: Callable[[], None], name: str = "user-kb-1", token: str = ONCE
) -> KnowledgeBase:
    for _ in range(5):
        base = bases.open(name, PREFIX, token)
        if base is not None:
            return base
        finish()
    raise AssertionError("it was never made")


def remove(bases: KnowledgeBases, finish: Callable[[], None], name: str = "user-kb-1") -> None:
    for _ in range(5):
        if bases.remove(name):
            return
        finish()
    raise AssertionError("it never went")


class KnowledgeBasesContract:
    """A subclass gives ``bases``, and ``finish``, which ends the background work."""

    def test_creation_takes_a_while_and_happens_once(
        self, bases: KnowledgeBases, finish: Callable[[], None]
    ) -> None:
        assert bases.open("user-kb-1", PREFIX, "t") is None
        assert bases.open("user-kb-1", PREFIX, "t") is None
        base = opened(bases, finish)
        assert opened(bases, finish) == base
        assert opened(bases, finish, token="another") == base

    def test_each_name_has_its_own_knowledge_base(
        self, bases: KnowledgeBases, finish: Callable[[], None]
    ) -> None:
        one = opened(bases, finish)
        other = opened(bases, finish, "user-kb-2", "u")
        assert one.knowledge_base_id != other.knowledge_base_id
        assert one.data_source_id != other.data_source_id

    def test_only_one_sync_runs_at_a_time(self, bases: KnowledgeBases, finish: Callable[[], None]) -> None:
        base = opened(bases, finish)
        assert bases.sync(base, "1") is True
        assert bases.sync(base, "1") is True
        assert bases.sync(base, "2") is False
        finish()
        assert bases.sync(base, "2") is True

    def test_an_unknown_knowledge_base_cannot_be_synced(self, bases: KnowledgeBases) -> None:
        with pytest.raises(NoKnowledgeBase):
            bases.sync(UNKNOWN, "1")

    def test_a_removed_knowledge_base_is_gone_after_a_while(
        self, bases: KnowledgeBases, finish: Callable[[], None]
    ) -> None:
        base = opened(bases, finish)
        assert bases.remove("user-kb-1") is False
        remove(bases, finish)
        assert bases.remove("user-kb-1") is True
        with pytest.raises(NoKnowledgeBase):
            bases.sync(base, "1")

    def test_removing_an_unknown_knowledge_base_is_no_error(self, bases: KnowledgeBases) -> None:
        assert bases.remove("user-kb-1") is True

    def test_an_unfinished_knowledge_base_can_be_removed(
        self, bases: KnowledgeBases, finish: Callable[[], None]
    ) -> None:
        bases.open("user-kb-1", PREFIX, "t")
        remove(bases, finish)

    def test_a_new_knowledge_base_can_follow_a_removed_one(
        self, bases: KnowledgeBases, finish: Callable[[], None]
    ) -> None:
        first = opened(bases, finish)
        bases.remove("user-kb-1")
        assert bases.open("user-kb-1", PREFIX, "later") is None
        remove(bases, finish)
        assert opened(bases, finish, token="later").knowledge_base_id != first.knowledge_base_id

    def test_a_late_worker_does_not_recreate_a_removed_knowledge_base(
        self, bases: KnowledgeBases, finish: Callable[[], None]
    ) -> None:
        base = opened(bases, finish, token="first")
        remove(bases, finish)
        for _ in range(2):
            assert bases.open("user-kb-1", PREFIX, "first") is None
            finish()
        with pytest.raises(NoKnowledgeBase):
            bases.sync(base, "reading")

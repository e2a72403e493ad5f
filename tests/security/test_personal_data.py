"""For every table, by its declaration: a learner's rows are exported and erased, and nobody else's are."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from domain.base.moments import to_text
from domain.base.tables import (
    ACTIVE_SESSIONS,
    CONVERSATIONS,
    FILES,
    INTERVIEW_SESSIONS,
    KNOWLEDGE_BASES,
    LEARNING_EVIDENCE,
    MESSAGES,
    QUIZ_RESULTS,
    QUIZZES,
    TABLES,
    WEBSOCKET_CONNECTIONS,
)
from domain.progress.evidence import Evidence
from domain.quizzes.quiz import Quiz
from ports.errors import TimedOut
from ports.key_value_store import Index, Table
from ports.personal_data import NotPersonal, Personal, PersonalThrough
from tests.support.faults import Crash, Faults, worker
from tests.support.living import live
from tests.support.personal_data import (
    CLIPPINGS,
    EXTRA_TABLES,
    HIGHLIGHTS,
    PREFERENCES,
    TERMS,
    everything,
    planted,
    rows_of,
)
from tests.support.world import World

CANARY, OTHERS, LATER = "quetzalcoatl", "archaeopteryx", "pteranodon"
FIRST_TABLES = (
    FILES,
    CONVERSATIONS,
    MESSAGES,
    QUIZZES,
    QUIZ_RESULTS,
    INTERVIEW_SESSIONS,
    LEARNING_EVIDENCE,
    ACTIVE_SESSIONS,
    WEBSOCKET_CONNECTIONS,
    KNOWLEDGE_BASES,
)
"""The seed's tables, with what an erasure (``ERASED``) and an export (``EXPORTED``) report of them."""
ERASED = frozenset(
    "documents objects vectors conversations messages interviews quizzes quiz_results active_sessions"
    " websocket_connections knowledge_bases evidence".split()
)
EXPORTED = frozenset(
    "exported_at learner documents conversations quizzes quiz_results interviews knowledge_base evidence"
    " standings_and_catalogues".split()
)


def now(world: World) -> str:
    return to_text(world.adapters.clock.now())


def plant(world: World, owner: str, canary: str) -> None:
    """Write a row of the owner into each table whose rows are simply erased, and into each table without a row of
    theirs."""
    for table in world.services.tables:
        rows = everything(world)
        match table.personal:
            case NotPersonal():
                row = planted(table, owner, canary, now(world), user_id=owner)
            case Personal(erased_by=step):
                if step is not None and table in rows_of(owner, rows):
                    continue
                row = planted(table, owner, canary, now(world), theme=canary)
            case PersonalThrough(parent=parent):
                if table in rows_of(owner, rows):
                    continue
                of = rows_of(owner, rows)[parent][0][parent.partition]
                row = planted(table, owner, canary, now(world)) | {parent.partition: of}
        world.adapters.key_values.put(table, row)


def left_of(world: World, owner: str, canary: str) -> list[str]:
    """The places that hold something of the owner: rows with their id in any attribute, indexes, and rows that belong
    to them by declaration."""
    rows = everything(world)
    owned = rows_of(owner, rows)
    found = []
    for table in world.services.tables:
        if isinstance(table.personal, NotPersonal):
            continue
        texts = [
            json.dumps(row)
            for row in rows[table]
            if owner in row.values() or row in owned.get(table, []) or canary in json.dumps(row)
        ]
        for index in (index for index in table.indexes if _is_by_owner(table, index)):
            listed = world.adapters.key_values.query(table, owner, index=index.name).items
            texts += [f"{index.name}: {row}" for row in listed]
        found += [f"{table.name}: {text}" for text in texts]
    return found


def _is_by_owner(table: Table, index: Index) -> bool:
    return isinstance(table.personal, Personal) and index.partition == table.personal.owner


def is_left_on_purpose(found: str) -> bool:
    """Whether the row belongs to a removed document, or says that the erasure must be repeated. Such rows have only ids,
    and expire.
    """
    return '"status": "deleted"' in found or '"erased_user"' in found


def walk(tables: Sequence[Table]) -> list[str]:
    """Let two learners use everything, erase one of them, let this one use everything again, and repeat the erasure.
    Returns the faults.
    """
    world = World({"LYCEUM_KNOWLEDGE_BASES": "on"}, tables)
    ada, alan = world.user("ada"), world.user("alan")
    live(world, ada, CANARY, "ada=")
    live(world, alan, OTHERS, "alan=")
    plant(world, "ada", CANARY)
    plant(world, "alan", OTHERS)
    personal = {table for table in tables if not isinstance(table.personal, NotPersonal)}
    for who in ("ada", "alan"):
        assert rows_of(who, everything(world)).keys() == personal
    before = everything(world)

    assert ada.delete("/api/me/data").status == 200
    erased = everything(world)
    wrong = [
        f"gone: {table.name}: {row}"
        for table in tables
        for row in before[table]
        if row not in erased[table] and row not in rows_of("ada", before).get(table, [])
    ]
    world.adapters.knowledge_bases.finish()
    world.adapters.clock.advance(60)
    world.services.knowledge_bases.sweep()
    wrong += [f"left: {one}" for one in left_of(world, "ada", CANARY) if not is_left_on_purpose(one)]

    live(world, ada, LATER, "ada-later=")
    plant(world, "ada", LATER)
    before = everything(world)
    world.adapters.clock.advance(3600)
    world.services.erasing.sweep()
    after = everything(world)
    notes = [row for row in before[LEARNING_EVIDENCE] if "erased_user" in row]
    wrong += [
        f"gone later: {table.name}: {row}"
        for table in tables
        for row in before[table]
        if row not in after[table] and row not in notes
    ]
    return wrong


@pytest.mark.parametrize("tables", [TABLES, (*TABLES, *EXTRA_TABLES)], ids=["ours", "ours and more"])
def test_an_erasure_takes_a_learners_rows_from_every_table_and_no_others(tables: Sequence[Table]) -> None:
    assert walk(tables) == []


REACTIONS = Table(
    "lms-sample-reactions",
    partition="conversation_id",
    sort="sort_key",
    personal=PersonalThrough(
        called="sample_reactions",
        parent=CONVERSATIONS,
        erased_by="conversations",
        exported_by="conversations",
    ),
)
STREAKS = Table(
    "lms-sample-streaks",
    partition="user_id",
    personal=Personal(
        called="sample_streaks", owner="user_id", written_at=("began_at",), erased_by="evidence"
    ),
)


@pytest.mark.parametrize("table", [REACTIONS, STREAKS], ids=lambda table: table.name)
def test_the_erasure_test_notices_a_table_whose_rows_stay(table: Table) -> None:
    """The table declares a step that erases its rows, but the step does not remove them."""
    (wrong, *more) = walk((*TABLES, table))
    assert wrong.startswith(f"left: {table.name}")
    assert all(one.startswith(f"left: {table.name}") for one in more)


def test_rows_that_name_no_owner_are_accounted_for(world: World) -> None:
    """An erasure would otherwise not find them, and no test would fail."""
    live(world, world.user("ada"), CANARY)
    world.user("alan").delete("/api/me/data")
    ownerless = set()
    for table, rows in everything(world).items():
        if isinstance(table.personal, Personal):
            how = table.personal
            if any(how.owner not in row for row in rows) and not how.owns_partition:
                ownerless.add(table.name)
                assert how.ownerless, table.name
    assert ownerless >= {"lms-active-sessions", "lms-learning-evidence"}


class TestAnExtraTable:
    """A new table is exported and erased by its declaration, without any other edit."""

    @pytest.fixture
    def world(self) -> World:
        return World(tables=(*TABLES, *EXTRA_TABLES))

    def test_its_rows_are_exported_unchanged_or_as_it_renders_them(self, world: World) -> None:
        ada, store = world.user("ada"), world.adapters.key_values
        row = planted(CLIPPINGS, "ada", "b1", now(world))
        internal = {"version": 3, "ttl": 2**31, "pending": "clippings", "sweep_at": now(world)}
        store.put(CLIPPINGS, row | {"page": 7} | internal)
        store.put(CLIPPINGS, planted(CLIPPINGS, "alan", "b2", now(world)))
        store.put(PREFERENCES, planted(PREFERENCES, "ada", "p", now(world), theme="dark", secret="s"))
        store.put(HIGHLIGHTS, planted(HIGHLIGHTS, "ada", "h", now(world)))
        store.put(TERMS, planted(TERMS, "ada", "t", now(world)) | {"user_id": "ada"})
        export = ada.get("/api/me/export").body["export"]
        assert export["sample_clippings"] == [row | {"page": 7}]
        assert export["sample_preferences"] == [{"theme": "dark"}]
        assert export.keys() >= EXPORTED
        assert not export.keys() & {"sample_highlights", "sample_terms"}

    def test_the_answer_of_an_erasure_counts_its_rows(self, world: World) -> None:
        store = world.adapters.key_values
        for number in range(1200):
            store.put(CLIPPINGS, planted(CLIPPINGS, "ada", f"b{number}", now(world)))
        store.put(HIGHLIGHTS, planted(HIGHLIGHTS, "ada", "h", now(world)))
        erased = world.user("ada").delete("/api/me/data").body["erased"]
        assert erased.keys() >= ERASED
        counted = {name: count for name, count in erased.items() if count}
        assert counted == {"sample_clippings": 1200, "sample_highlights": 1}
        assert erased["sample_preferences"] == 0

    def test_clients_see_no_change_for_the_first_tables(self) -> None:
        ada = World(tables=FIRST_TABLES).user("ada")
        assert ada.get("/api/me/export").body["export"].keys() == EXPORTED
        assert ada.delete("/api/me/data").body["erased"].keys() == ERASED

    def test_a_row_without_a_moment_goes_and_one_of_a_later_moment_stays(self, world: World) -> None:
        store = world.adapters.key_values
        world.user("ada").delete("/api/me/data")
        undated = planted(PREFERENCES, "ada", "p", "")
        del undated["saved_at"]
        store.put(PREFERENCES, undated)
        moved = planted(CLIPPINGS, "ada", "b", now(world))
        world.adapters.clock.advance(1)
        store.put(CLIPPINGS, moved | {"moved_at": now(world)})
        world.adapters.clock.advance(3600)
        assert world.services.erasing.sweep() == 1
        assert store.items(PREFERENCES) == []
        assert store.items(CLIPPINGS) == [moved | {"moved_at": store.items(CLIPPINGS)[0]["moved_at"]}]

    def test_a_row_goes_with_the_row_that_it_belongs_to(self, world: World) -> None:
        """The highlight h3 is written after the erasure, when its parent row is gone."""
        store = world.adapters.key_values
        store.put(CLIPPINGS, planted(CLIPPINGS, "ada", "old", now(world)))
        world.user("ada").delete("/api/me/data")
        world.adapters.clock.advance(1)
        store.put(CLIPPINGS, planted(CLIPPINGS, "ada", "new", now(world)))
        kept = planted(HIGHLIGHTS, "ada", "h1", now(world), clipping_id="new-clipping_id")
        free = planted(HIGHLIGHTS, "ada", "h2", now(world))
        for row in (kept, free, planted(HIGHLIGHTS, "ada", "h3", now(world), clipping_id="old-clipping_id")):
            store.put(HIGHLIGHTS, row)
        world.adapters.clock.advance(3600)
        world.services.erasing.sweep()
        assert store.items(HIGHLIGHTS) == [kept, free]

    def test_a_row_of_a_worker_whose_clock_is_ahead_is_erased_too(self, world: World) -> None:
        store = world.adapters.key_values
        store.put(CLIPPINGS, planted(CLIPPINGS, "ada", "ahead", "2026-09-14T08:00:09.000Z"))
        store.put(PREFERENCES, planted(PREFERENCES, "ada", "p", "2026-09-14T08:00:05.000Z"))
        world.user("ada").delete("/api/me/data")
        assert store.items(CLIPPINGS) == store.items(PREFERENCES) == []

    def test_rows_that_the_index_shows_late_are_erased_by_the_repetition(self, world: World) -> None:
        store = world.adapters.key_values
        store.put(CLIPPINGS, planted(CLIPPINGS, "ada", "seen", now(world)))
        taken = planted(CLIPPINGS, "ada", "taken", now(world))
        store.put(CLIPPINGS, taken)
        store.lag_indexes()
        store.put(CLIPPINGS, planted(CLIPPINGS, "ada", "late", now(world)))
        store.put(CLIPPINGS, taken | {"user_id": "alan"})
        erased = world.user("ada").delete("/api/me/data").body["erased"]
        assert erased["sample_clippings"] == 1
        store.catch_up()
        world.adapters.clock.advance(3600)
        assert world.services.erasing.sweep() == 1
        assert store.items(CLIPPINGS) == [taken | {"user_id": "alan"}]

    @pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
    @pytest.mark.parametrize("fault", [Crash, lambda: TimedOut("store")], ids=["crash", "timeout"])
    def test_an_erasure_cut_short_at_any_call_is_finished(
        self, fault: Callable[[], BaseException], after_effect: bool
    ) -> None:
        """The sweeper finishes an erasure that was noted. The note is the first call."""

        def filled() -> World:
            world = World(tables=(*TABLES, *EXTRA_TABLES))
            rows = [
                (table, planted(table, owner, f"{owner}{number}", now(world)))
                for table in EXTRA_TABLES
                for owner in ("ada", "alan")
                for number in range(3)
            ]
            for table, row in rows:
                world.adapters.key_values.put(table, row)
            return world

        def erase(world: World, faults: Faults) -> None:
            learner = world.services.admission.admit(world.user("ada").token or "").learner
            worker(world, faults).erasing.erase(learner)

        undisturbed = Faults()
        erase(filled(), undisturbed)
        assert undisturbed.calls > 25
        for at in range(1 if after_effect else 2, undisturbed.calls + 1):
            world = filled()
            others = rows_of("alan", everything(world))
            with pytest.raises((Crash, TimedOut)):
                erase(world, Faults(at=at, fault=fault, after_effect=after_effect))
            world.adapters.clock.advance(3600)
            world.sweep()
            rows = everything(world)
            assert rows_of("ada", rows) == {}, at
            assert rows_of("alan", rows) == others
            assert len(rows[TERMS]) == 6


def evidence(moment: str, quiz_id: str) -> Evidence:
    return Evidence(
        user_id="ada",
        subject_id="physics_101",
        evidence_id=f"{quiz_id}-q1",
        concept="heat",
        label="Heat",
        score=1.0,
        source="quiz",
        source_id=quiz_id,
        question="What is heat?",
        occurred_at=moment,
    )


def quiz(quiz_id: str, moment: str) -> Quiz:
    return Quiz(
        quiz_id=quiz_id,
        user_id="ada",
        title="Heat",
        topic=None,
        subject_id="physics_101",
        document_ids=(),
        difficulty_level="beginner",
        requested_questions=1,
        questions=(),
        created_at=moment,
    )


class TestACompleteErasure:
    def test_is_over_once_nothing_is_left(
        self, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(logging.getLogger("lyceum"), "propagate", True)
        world = World(tables=(*TABLES, STREAKS))
        store = world.adapters.key_values
        store.put(STREAKS, planted(STREAKS, "ada", "s", now(world)))
        for name in ("ada", "alan"):
            world.user(name).delete("/api/me/data")
        world.adapters.clock.advance(3600)
        with caplog.at_level(logging.ERROR, logger="lyceum.privacy"):
            assert world.services.erasing.sweep() == 1
        assert [(one.getMessage(), one.__dict__["rows"]) for one in caplog.records] == [
            ("erasure_incomplete", {"sample_streaks": 1})
        ]
        assert [row["erased_user"] for row in store.items(LEARNING_EVIDENCE)] == ["ada"]
        store.delete(STREAKS, {"user_id": "ada"})
        assert world.services.erasing.sweep() == 1
        assert store.items(LEARNING_EVIDENCE) == []

    def test_does_not_wait_for_the_work_that_new_evidence_makes(self, world: World) -> None:
        """A marker says that a standing must be updated. It does not say when it was written."""
        world.user("ada").delete("/api/me/data")
        world.adapters.clock.advance(3600)
        mark = world.services.ledger.marker_put("ada", "physics_101", "m", world.adapters.clock.now())
        new = world.services.ledger.evidence_puts([evidence(now(world), "new")])
        world.services.quizzes.add(quiz("new", now(world)))
        world.adapters.key_values.transact([mark, *new])
        assert world.services.erasing.sweep() == 1
        assert mark.item in world.adapters.key_values.items(LEARNING_EVIDENCE)

    def test_removes_the_evidence_of_an_erased_quiz(self, world: World) -> None:
        """The evidence was written later, by another machine's clock, and no index lists it yet."""
        world.services.quizzes.add(quiz("old", now(world)))
        world.adapters.key_values.lag_indexes()
        puts = world.services.ledger.evidence_puts([evidence("2026-09-14T08:00:09.000Z", "old")])
        world.adapters.key_values.transact(puts)
        world.user("ada").delete("/api/me/data")
        assert world.services.ledger.evidence("ada", "physics_101") == []

    def test_does_not_end_a_later_erasure(self, world: World) -> None:
        ada, store = world.user("ada"), world.adapters.key_values
        ada.delete("/api/me/data")
        world.adapters.clock.advance(800)
        store.lag_indexes()
        ada.delete("/api/me/data")
        world.adapters.clock.advance(200)
        assert world.services.erasing.sweep() == 1
        (note,) = store.items(LEARNING_EVIDENCE)
        assert note["moment"] == "2026-09-14T08:13:20.000Z"


class TestDeclarations:
    """A declaration that does not fit the table's keys is refused."""

    def test_every_table_must_have_a_declaration(self) -> None:
        with pytest.raises(TypeError, match="personal"):
            Table("lms-sample-clippings", partition="clipping_id")  # type: ignore[call-arg]
        nothing: Any = None
        with pytest.raises(AttributeError):
            Table("lms-sample-clippings", partition="clipping_id", personal=nothing)

    def test_a_not_personal_declaration_must_give_a_reason(self) -> None:
        with pytest.raises(ValueError, match="lms-sample-terms: say why"):
            replace(TERMS, personal=NotPersonal(" "))

    REFUSED: tuple[tuple[Table, dict[str, Any], str], ...] = (
        (CLIPPINGS, {"owner": "learner"}, "no key finds the rows by learner"),
        (CLIPPINGS, {"index": None}, "no key finds the rows by user_id"),
        (CLIPPINGS, {"index": "by-user"}, "no index by-user"),
        (CLIPPINGS, {"written_at": ()}, "`called` or `written_at` is missing"),
        (CLIPPINGS, {"called": ""}, "`called` or `written_at` is missing"),
        (CLIPPINGS, {"written_at": ("moved_at",)}, "user-id-index does not list a row without created_at"),
        (CLIPPINGS, {"owns_partition": True}, "rows without user_id need a step"),
        (CLIPPINGS, {"goes_with": LEARNING_EVIDENCE}, "lms-learning-evidence has no single row"),
        (CLIPPINGS, {"exported_by": "quizzes", "not_exported": "secrets"}, "may be given"),
        (PREFERENCES, {"not_exported": "secrets"}, "may be given"),
    )

    @pytest.mark.parametrize(("table", "change", "why"), REFUSED, ids=[why for _, _, why in REFUSED])
    def test_a_declaration_that_does_not_fit_the_table_is_refused(
        self, table: Table, change: dict[str, Any], why: str
    ) -> None:
        declared = table.personal
        assert isinstance(declared, Personal)
        with pytest.raises((ValueError, LookupError), match=why):
            replace(table, personal=replace(declared, **change))

    @pytest.mark.parametrize(
        ("parent", "partition"), [(CONVERSATIONS, "message_id"), (TERMS, "term")], ids=["key", "parent"]
    )
    def test_rows_belong_to_personal_rows_only_through_their_key(self, parent: Table, partition: str) -> None:
        how = PersonalThrough(
            called="sample_notes", parent=parent, erased_by="conversations", exported_by="conversations"
        )
        with pytest.raises(ValueError, match="do not belong to those of"):
            Table("lms-sample-notes", partition=partition, sort="note_id", personal=how)

    def test_an_unknown_erasure_step_or_export_part_is_reported_at_once(self) -> None:
        declared = CLIPPINGS.personal
        assert isinstance(declared, Personal)
        erased = World(tables=(*TABLES, replace(CLIPPINGS, personal=replace(declared, erased_by="shelves"))))
        with pytest.raises(LookupError, match="shelves"):
            erased.services.erasing  # noqa: B018
        shown = World(tables=(*TABLES, replace(CLIPPINGS, personal=replace(declared, exported_by="shelves"))))
        with pytest.raises(LookupError, match="shelves"):
            shown.services.exporting  # noqa: B018

    @pytest.mark.parametrize("name", ["messages", "quizzes", "learner", "vectors"])
    def test_two_kinds_of_rows_cannot_have_the_same_name(self, name: str) -> None:
        declared = CLIPPINGS.personal
        assert isinstance(declared, Personal)
        alike = replace(CLIPPINGS, personal=replace(declared, called=name))
        with pytest.raises(ValueError, match=f"are called .'{name}'"):
            World(tables=(*TABLES, alike)).services.holdings  # noqa: B018

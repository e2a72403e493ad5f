"""Rows made only from the tables' declarations, and a search for the owner of a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.base.tables import PENDING_INDEX
from ports.key_value_store import Index, Item, Table
from ports.personal_data import NotPersonal, Personal, PersonalThrough
from tests.support.world import World

CLIPPINGS = Table(
    "lms-sample-clippings",
    partition="clipping_id",
    indexes=(
        Index("user-id-index", partition="user_id", sort="created_at"),
        Index(PENDING_INDEX, partition="pending", sort="sweep_at"),
    ),
    ttl="ttl",
    personal=Personal(
        called="sample_clippings",
        owner="user_id",
        index="user-id-index",
        written_at=("created_at", "moved_at"),
    ),
)
PREFERENCES = Table(
    "lms-sample-preferences",
    partition="learner_id",
    personal=Personal(
        called="sample_preferences",
        owner="learner_id",
        written_at=("saved_at",),
        render=lambda row: {"theme": row["theme"]},
    ),
)
HIGHLIGHTS = Table(
    "lms-sample-highlights",
    partition="learner_id",
    sort="highlight_id",
    personal=Personal(
        called="sample_highlights",
        owner="learner_id",
        written_at=("made_at",),
        goes_with=CLIPPINGS,
        not_exported="a clipping shows them",
    ),
)
TERMS = Table(
    "lms-sample-terms",
    partition="term",
    indexes=(Index("by-author", partition="user_id"),),
    personal=NotPersonal(
        "the curriculum's words, which are the same for everybody; user_id is the publisher's"
    ),
)
EXTRA_TABLES = (CLIPPINGS, PREFERENCES, HIGHLIGHTS, TERMS)
"""Tables that a new feature could add. Because of their declarations alone, their rows must be erased and exported.
Their names begin with ``sample``, so that they never equal the name of a real table.
"""


def planted(table: Table, owner: str, name: str, moment: str, **more: str) -> Item:
    """A row of the owner, written at the moment. ``name`` distinguishes it from other rows."""
    keys = [table.partition, table.sort]
    for index in table.indexes:
        if index.name != PENDING_INDEX:
            keys += [index.partition, index.sort]
    row: Item = {key: f"{name}-{key}" for key in keys if key is not None}
    if isinstance(table.personal, Personal):
        row |= dict.fromkeys(table.personal.written_at, moment) | {table.personal.owner: owner}
    return row | more


def everything(world: World) -> dict[Table, list[Item]]:
    """All rows of all tables, also expired ones."""
    return {table: world.adapters.key_values.items(table) for table in world.services.tables}


def parent_of(table: Table) -> Table | None:
    """The table whose rows own the rows of this table, through the shared partition attribute. None if there is none."""
    match table.personal:
        case Personal(goes_with=parent):
            return parent
        case PersonalThrough(parent=parent):
            return parent
        case NotPersonal():
            return None


def rows_of(owner: str, rows: Mapping[Table, Sequence[Item]]) -> dict[Table, list[Item]]:
    """The owner's rows by table. Tables without such rows are left out."""
    found = {table: [row for row in rows[table] if _is_owned(table, row, owner, rows)] for table in rows}
    return {table: owned for table, owned in found.items() if owned}


def _is_owned(table: Table, row: Item, owner: str, rows: Mapping[Table, Sequence[Item]]) -> bool:
    match table.personal:
        case Personal() as how:
            if how.owns_partition and how.owner not in row:
                return any(
                    one.get(how.owner) == owner
                    for one in rows[table]
                    if one[table.partition] == row[table.partition]
                )
            return bool(row.get(how.owner) == owner)
        case PersonalThrough(parent=parent):
            return any(
                _is_owned(parent, one, owner, rows)
                for one in rows[parent]
                if one[parent.partition] == row[table.partition]
            )
        case NotPersonal():
            return False

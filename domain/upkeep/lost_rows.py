"""Finds rows that are missing although other rows name them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.base.tables import (
    CONVERSATIONS,
    INTERVIEW_SESSIONS,
    LEARNING_EVIDENCE,
    MESSAGES,
    QUIZ_RESULTS,
    QUIZZES,
    TABLES,
)
from domain.interviews import interviews
from domain.interviews.interviews import is_session
from domain.progress.ledger import evidence_id_in, source_in
from domain.quizzes import quizzes
from domain.quizzes.quizzes import result_id
from domain.tutoring.conversations import is_message
from ports.inventory import Inventory
from ports.key_value_store import Item, Table
from ports.personal_data import Personal, PersonalThrough

Names = dict[tuple[Table, str], str]
"""The rows that are named, by their table and the value of their partition attribute, each with its owner or ""."""


@dataclass(frozen=True, slots=True)
class LostRow:
    """A row that other rows name but that does not exist.

    ``key`` is the value of its partition attribute. ``count`` is the number of missing rows with this key. It is 1,
    except for the messages of a conversation, and the evidence of a quiz or an interview.
    """

    table: str
    key: str
    owner: str
    count: int = 1


def lost_rows(inventory: Inventory) -> list[LostRow]:
    """The missing rows that other rows name, sorted by table and key. If some are missing, the inventory is read again,
    because learners may write during the first reading: a row counts as missing only if it is missing both times.
    Raises ``UpstreamError``.
    """
    once = set(_lost(inventory))
    twice = once.intersection(_lost(inventory)) if once else once
    return sorted(twice, key=lambda lost: (lost.table, lost.key))


def _lost(inventory: Inventory) -> Iterator[LostRow]:
    named: Names = {}
    found: set[tuple[Table, str]] = set()
    messages: Counter[str] = Counter()
    evidence: dict[str, str] = {}
    owners: dict[str, str] = {}
    for table, parent in _parents().items():
        for row in inventory.rows(table):
            if parent.partition in row:
                named[parent, row[parent.partition]] = row.get("user_id", "")
            found.add((table, row[table.partition]))
            if table is MESSAGES and is_message(row):
                messages[row[table.partition]] += 1
    for row in inventory.rows(QUIZ_RESULTS):
        evidence.update((id, row["quiz_id"]) for id in quizzes.evidence_named_in(row))
        owners[row["quiz_id"]] = row["user_id"]
    for row in inventory.rows(INTERVIEW_SESSIONS):
        if is_session(row):
            owners[row["session_id"]] = row["user_id"]
        evidence.update((id, row["session_id"]) for id in interviews.evidence_named_in(row))
    for row in inventory.rows(LEARNING_EVIDENCE):
        evidence.pop(evidence_id_in(row), None)
        source = source_in(row)
        if source is not None:
            of_interview = source[0] == "interview"
            named[INTERVIEW_SESSIONS if of_interview else QUIZZES, source[1]] = row["user_id"]
    for row in inventory.rows(INTERVIEW_SESSIONS):
        whose = (INTERVIEW_SESSIONS, row["session_id"])
        if is_session(row):
            found.add(whose)
        else:
            named.setdefault(whose, "")
    for row in inventory.rows(QUIZZES):
        found.add((QUIZZES, row["quiz_id"]))
        if row.get("submitted_at") is not None:
            named[QUIZ_RESULTS, result_id(row["quiz_id"])] = row["user_id"]
    for row in inventory.rows(CONVERSATIONS):
        found.add((CONVERSATIONS, row["conversation_id"]))
        missing = _missing_messages(row, messages)
        if missing > 0:
            yield LostRow(MESSAGES.name, row["conversation_id"], row["user_id"], missing)
    for key, count in Counter(evidence.values()).items():
        yield LostRow(LEARNING_EVIDENCE.name, key, owners.get(key, ""), count)
    for (table, key), owner in named.items():
        if (table, key) not in found:
            yield LostRow(table.name, key, owner)


def _parents() -> dict[Table, Table]:
    """The tables whose rows go with a row of another table, each with that table."""
    parents: dict[Table, Table] = {}
    for table in TABLES:
        if isinstance(table.personal, PersonalThrough):
            parents[table] = table.personal.parent
        elif isinstance(table.personal, Personal) and table.personal.goes_with is not None:
            parents[table] = table.personal.goes_with
    return parents


def _missing_messages(conversation: Item, messages: Mapping[str, int]) -> int:
    if conversation.get("deleting"):
        return 0
    return int(conversation.get("message_count", 0)) - messages[conversation["conversation_id"]]

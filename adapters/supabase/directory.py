"""The school's tables, read over PostgREST.

We use ``postgrest``. ``supabase`` itself uses it for tables, and it takes half the time to import.

PostgREST limits the rows of an answer (to 1,000, unless the project sets another number) and does not say that rows are
missing. So a request for a list also asks for the count, and the next request continues after the last row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from adapters.supabase.http import Refused, fault_of
from adapters.upstream.calls import Calls, Retries
from adapters.workers import ThreadWorkers
from ports.directory import Assignment, ClassSession, Person, Subject
from ports.errors import Unavailable

if TYPE_CHECKING:
    from httpx import Client
    from postgrest import SyncPostgrestClient

T = TypeVar("T")
Row = Mapping[str, Any]

CAPABILITY = "directory"
ROWS = 1000
"""The most rows of one request: PostgREST's own limit, unless the project sets another."""
IDS = 100
"""The most ids in one ``in`` filter. They are sent in the URL, which proxies limit to about 8 KB."""
_AT_ONCE = 4
_NO_DIGITS = re.compile("[{}-]")
_UUID_DIGITS = 32
_NO_SUCH_VALUE = {"22P02", "22003"}
"""Postgres's codes for a text that does not have the column's type, e.g. is not a UUID. No row can have such a value.
"""


class SupabaseDirectory:
    """Implements ``ports.directory.Directory``. Safe to share between threads.

    A person acts as a teacher only if ``user_roles`` has that role for them.
    """

    def __init__(
        self,
        url: str,
        key: Callable[[], str],
        client: Callable[[], Client],
        retries: Retries,
    ) -> None:
        """``url`` is the project's. ``key`` returns its secret key; it is called for each request."""
        self._url = f"{url.rstrip('/')}/rest/v1"
        self._key = key
        self._client = client
        self._calls = Calls(CAPABILITY, fault_of, retries, in_threads=True)
        self._workers = ThreadWorkers()

    def person(self, auth_user_id: str) -> Person | None:
        until = self._calls.until()
        row = self._one(until, "users", _PERSON, {"auth_user_id": auth_user_id})
        if row is None:
            return None
        person = _person(row)
        if person.active_role == "student":
            return person
        held = {"user_id": person.user_id, "role": person.active_role}
        if self._one(until, "user_roles", ("user_id",), held) is not None:
            return person
        return Person(person.user_id, person.auth_user_id, person.email, person.name, "student")

    def people(self, user_ids: Sequence[str]) -> dict[str, Person]:
        until = self._calls.until()
        wanted = sorted(set(user_ids))
        rows = self._among(until, "users", _PERSON, "user_id", wanted)
        return {person.user_id: person for person in map(_person, rows)}

    def subjects_of(self, user_id: str) -> list[Subject]:
        until = self._calls.until()
        with self._workers.pool(2) as pool:
            taught = pool.submit(
                self._all, until, "subjects", _SUBJECT, "subject_id", {"teacher_id": user_id}
            )
            enrolled = self._all(
                until, "subject_enrollments", ("subject_id",), "subject_id", {"student_id": user_id}
            )
            subjects = {subject.subject_id: subject for subject in map(_subject, taught.result())}
        others = sorted({_text(row, "subject_id") for row in enrolled} - subjects.keys())
        rows = self._among(until, "subjects", _SUBJECT, "subject_id", others)
        subjects |= {subject.subject_id: subject for subject in map(_subject, rows)}
        return sorted(subjects.values(), key=lambda subject: subject.subject_id)

    def subject(self, subject_id: str) -> Subject | None:
        row = self._one(self._calls.until(), "subjects", _SUBJECT, {"subject_id": subject_id})
        return None if row is None else _subject(row)

    def is_enrolled(self, user_id: str, subject_id: str) -> bool:
        row = {"student_id": user_id, "subject_id": subject_id}
        return self._one(self._calls.until(), "subject_enrollments", tuple(row), row) is not None

    def teaches(self, user_id: str, subject_id: str) -> bool:
        row = {"subject_id": subject_id, "teacher_id": user_id}
        return self._one(self._calls.until(), "subjects", tuple(row), row) is not None

    def enrolled(self, subject_id: str) -> list[str]:
        rows = self._all(
            self._calls.until(),
            "subject_enrollments",
            ("student_id",),
            "student_id",
            {"subject_id": subject_id},
        )
        return sorted({_text(row, "student_id") for row in rows})

    def sessions(self, subject_id: str, *, limit: int) -> list[ClassSession]:
        def ask(tables: SyncPostgrestClient) -> Sequence[Row]:
            query = tables.from_("sessions").select(*_SESSION).eq("subject_id", subject_id)
            newest = query.order("session_date", desc=True).order("session_id", desc=True)
            rows = _rows(newest.limit(limit).execute().data, most=limit)
            return [row for row in rows if _is_spelt(row, {"subject_id": subject_id})]

        nothing: Sequence[Row] = ()
        if "\0" in subject_id:
            return []
        return [_session(row) for row in self._ask(self._calls.until(), ask, absent=nothing)]

    def session(self, session_id: str) -> ClassSession | None:
        row = self._one(self._calls.until(), "sessions", _SESSION, {"session_id": session_id})
        return None if row is None else _session(row)

    def assignment(self, assignment_id: str) -> Assignment | None:
        row = self._one(self._calls.until(), "assignments", _ASSIGNMENT, {"assignment_id": assignment_id})
        return None if row is None else _assignment(row)

    def assignments(self, subject_id: str) -> list[Assignment]:
        where = {"subject_id": subject_id}
        rows = self._all(self._calls.until(), "assignments", _ASSIGNMENT, "assignment_id", where)
        return sorted(map(_assignment, rows), key=lambda assignment: assignment.assignment_id)

    def close(self) -> None:
        """End the threads. The client stays open: it belongs to the caller who gave it."""
        self._workers.close()

    def _one(self, until: float, table: str, columns: Sequence[str], where: Mapping[str, str]) -> Row | None:
        def ask(tables: SyncPostgrestClient) -> Row | None:
            query = tables.from_(table).select(*columns)
            for column, value in where.items():
                query = query.eq(column, value)
            found = _rows(query.limit(1).execute().data, most=1)
            return found[0] if found and _is_spelt(found[0], where) else None

        # Postgres refuses a text with NUL, so no row has one.
        if any("\0" in value for value in where.values()):
            return None
        return self._ask(until, ask, absent=None)

    def _all(
        self, until: float, table: str, columns: Sequence[str], key: str, where: Mapping[str, str]
    ) -> list[Row]:
        """All rows, in the order of ``key``. ``key`` must be a unique column among ``columns``."""
        columns = tuple(dict.fromkeys((*columns, *where)))
        found: list[Row] = []
        total = 1
        while len(found) < total:
            page, left = self._page(until, table, columns, key, where, found[-1] if found else None)
            if not page:
                break
            found.extend(page)
            total = len(found) - len(page) + left
        return [row for row in found if _is_spelt(row, where)]

    def _page(
        self,
        until: float,
        table: str,
        columns: Sequence[str],
        key: str,
        where: Mapping[str, str],
        after: Row | None,
    ) -> tuple[Sequence[Row], int]:
        """The rows after ``after``, and the number of all rows after it."""

        def ask(tables: SyncPostgrestClient) -> tuple[Sequence[Row], int]:
            from postgrest import CountMethod

            query = tables.from_(table).select(*columns, count=CountMethod.exact)
            for column, value in where.items():
                query = query.eq(column, value)
            if after is not None:
                query = query.gt(key, after[key])
            answer = query.order(key).limit(ROWS).execute()
            rows = _rows(answer.data, most=ROWS)
            if answer.count is None or answer.count < len(rows) or (not rows and answer.count):
                raise ValueError("the count is wrong")
            if after is not None and any(row[key] == after[key] for row in rows):
                raise ValueError("the page repeats the row before it")
            return rows, answer.count

        nothing: tuple[Sequence[Row], int] = ((), 0)
        if any("\0" in value for value in where.values()):
            return nothing
        return self._ask(until, ask, absent=nothing)

    def _among(
        self, until: float, table: str, columns: Sequence[str], key: str, values: Sequence[str]
    ) -> Iterator[Row]:
        """The rows whose unique column ``key`` has one of ``values``. Several requests run at the same time."""

        def some(part: Sequence[str]) -> Sequence[Row]:
            def ask(tables: SyncPostgrestClient) -> Sequence[Row]:
                query = tables.from_(table).select(*columns).in_(key, part).limit(len(part))
                rows = _rows(query.execute().data, most=len(part))
                asked = set(part)
                return [row for row in rows if str(row[key]) in asked or _is_respelt(str(row[key]), part)]

            rows = self._ask(until, ask, absent=None)
            if (
                rows is None and len(part) > 1
            ):  # one of the texts cannot be an id: it must not hide the others
                middle = len(part) // 2
                return [*some(part[:middle]), *some(part[middle:])]
            wanted = set(part)
            return [row for row in rows or () if str(row[key]) in wanted]

        parts = [values[start : start + IDS] for start in range(0, len(values), IDS)]
        if len(parts) < 2:
            for part in parts:
                yield from some(part)
            return
        with self._workers.pool(min(_AT_ONCE, len(parts))) as pool:
            for rows in pool.map(some, parts):
                yield from rows

    def _ask(self, until: float, ask: Callable[[SyncPostgrestClient], T], *, absent: T) -> T:
        key = self._key()

        def operation() -> T:
            from postgrest import SyncPostgrestClient

            tables = SyncPostgrestClient(
                self._url, headers=_headers(key), http_client=self._client(), retry_enabled=False
            )
            try:
                return ask(tables)
            except Refused as refused:
                if refused.code in _NO_SUCH_VALUE:
                    return absent
                raise

        return self._calls.begin(until).call(operation)


def _headers(key: str) -> dict[str, str]:
    # An older key is a token, and PostgREST reads the role from it. The gateway replaces a newer key.
    return {"apikey": key} if key.startswith("sb_") else {"apikey": key, "Authorization": f"Bearer {key}"}


def _rows(data: Any, *, most: int) -> Sequence[Row]:
    if not isinstance(data, list) or len(data) > most or not all(isinstance(row, dict) for row in data):
        raise ValueError("the answer is not a list of rows")
    return data


def _is_spelt(row: Row, where: Mapping[str, str]) -> bool:
    """Whether the row has exactly the ids that were asked for. Raises ``ValueError`` if the row has quite different
    ids.

    Postgres also finds a UUID if it is written in capitals, or 7 if it is written as "007". Here these are other
    ids, which nobody has: data is stored under the text of an id, and two texts must not reach the same data.
    """
    spelt = True
    for column, wanted in where.items():
        value = str(row.get(column, wanted))
        if value != wanted:
            spelt = False
            _is_respelt(value, [wanted])
    return spelt


def _is_respelt(value: str, asked: Sequence[str]) -> bool:
    """Return False, because the row was asked for by another spelling of its id. Raises ``ValueError`` if it was not
    asked for at all.
    """
    if not any(_same_number(value, text) or _same_uuid(value, text) for text in asked):
        raise ValueError("a row that was not asked for")  # such a row must not give rights
    return False


def _same_number(value: str, text: str) -> bool:
    number = _number(value)
    return number is not None and number == _number(text)


def _number(text: str) -> int | None:
    """The integer that Postgres reads in the text. Since version 16, ``0x7`` and ``0_7`` are 7 too, as in Python."""
    if text.isascii():
        for base in (10, 0):
            with suppress(ValueError):
                return int(text, base)
    return None


def _same_uuid(value: str, text: str) -> bool:
    digits = _NO_DIGITS.sub("", value.lower())
    return len(digits) == _UUID_DIGITS and digits == _NO_DIGITS.sub("", text.strip().lower())


_PERSON = ("user_id", "auth_user_id", "email", "name", "active_role")
_SUBJECT = ("subject_id", "name", "teacher_id")
_SESSION = ("session_id", "subject_id", "title", "session_date")
_ASSIGNMENT = ("assignment_id", "subject_id", "session_id", "title")


def _person(row: Row) -> Person:
    role = row.get("active_role")
    return Person(
        user_id=_text(row, "user_id"),
        auth_user_id=_text(row, "auth_user_id"),
        email=_text_or_none(row, "email"),
        name=_text_or_none(row, "name") or "",
        active_role="teacher" if role == "teacher" else "student",
    )


def _subject(row: Row) -> Subject:
    return Subject(
        _text(row, "subject_id"), _text_or_none(row, "name") or "", _text_or_none(row, "teacher_id")
    )


def _session(row: Row) -> ClassSession:
    date = (_text_or_none(row, "session_date") or "")[:10]  # a timestamp starts with its date
    return ClassSession(_text(row, "session_id"), _text(row, "subject_id"), _title(row), date)


def _assignment(row: Row) -> Assignment:
    return Assignment(
        _text(row, "assignment_id"), _text(row, "subject_id"), _text_or_none(row, "session_id"), _title(row)
    )


def _title(row: Row) -> str:
    return _text_or_none(row, "title") or ""


def _text(row: Row, column: str) -> str:
    """The value as text; ids may be texts or integers. Raises ``Unavailable`` if it is neither."""
    value = row.get(column)
    if isinstance(value, str) and value:
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Unavailable(CAPABILITY, f"a row without {column}")


def _text_or_none(row: Row, column: str) -> str | None:
    return None if row.get(column) in (None, "") else _text(row, column)

"""A Supabase project on 127.0.0.1: PostgREST over a school's tables, and the published keys of its tokens.

It silently cuts answers at ``max_rows``, as PostgREST does, and refuses a request without the project's key. A column
of ``uuid_columns`` is a UUID, one whose rows have integers is a bigint, and any other is a text. Values are compared as
in Postgres, which reads several spellings of a UUID or a number, and refuses a text that is neither (``22P02``,
``22003``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ports.directory import School
from tests.stubs.aws_endpoint import Answer, AwsEndpoint, Request, json_answer

KEY = "sb_secret_of_the_tests"
_UUID = re.compile(r"\{?([0-9a-fA-F]{4}-?){7}[0-9a-fA-F]{4}\}?")
_INTEGER = re.compile(r"\s*[+-]?(0[xX](_?[0-9a-fA-F])+|0[oO](_?[0-7])+|0[bB](_?[01])+|[0-9](_?[0-9])*)\s*")
"""What Postgres 16 and newer read as an integer."""
_MOST = 2**63 - 1
Row = Mapping[str, Any]


@dataclass
class SupabaseServer(AwsEndpoint):
    """Supabase over HTTP. It answers with scripted replies first, then from its tables and keys."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    jwks: Sequence[Mapping[str, Any]] = ()
    max_rows: int = 1000
    uuid_columns: frozenset[str] = frozenset()
    instead_of_rows: Answer | None = None
    """If set, the answer to every request for rows. The keys are still published."""

    def next_for(self, request: Request) -> Answer:
        if self._answers:
            return super().next_for(request)
        self.asked.append(request)
        path = urlsplit(request.path).path
        if path == "/auth/v1/.well-known/jwks.json":
            return json_answer({"keys": list(self.jwks)})
        if request.headers.get("apikey") != KEY:
            return json_answer({"message": "No API key found in request"}, 401)
        if self.instead_of_rows is not None:
            return self.instead_of_rows
        return self._rows(path.removeprefix("/rest/v1/"), request)

    def forget(self) -> None:
        super().forget()
        self.instead_of_rows = None

    def _rows(self, table: str, request: Request) -> Answer:
        if table not in self.tables:
            return _error("PGRST205", 404)
        query = parse_qsl(urlsplit(request.path).query, keep_blank_values=True)
        rows = list(self.tables[table])
        for name, value in query:
            if name in ("select", "order", "limit", "offset"):
                continue
            if rows and name not in rows[0]:
                return _error("42703", 400)
            operator, _, operand = value.partition(".")
            operands = _operands(operand) if operator == "in" else [operand]
            typed = self._type_of(table, name)
            try:
                values = [typed(text) for text in operands]
            except _NoValue as refused:
                return _error(refused.code, 400)
            if operator == "gt":
                rows = [row for row in rows if row[name] is not None and typed(str(row[name])) > values[0]]
            elif operator in ("eq", "in"):
                rows = [row for row in rows if row[name] is not None and typed(str(row[name])) in values]
            else:
                return _error("PGRST100", 400)
        return self._answer(rows, dict(query), counted="count=exact" in request.headers.get("prefer", ""))

    def _type_of(self, table: str, column: str) -> Callable[[str], Any]:
        """The function that reads a text as a value of the column."""
        if column in self.uuid_columns:
            return _uuid
        held = [row[column] for row in self.tables[table] if row.get(column) is not None]
        return _bigint if held and all(isinstance(value, int) for value in held) else str

    def _answer(self, rows: list[Row], query: Mapping[str, str], *, counted: bool) -> Answer:
        for order in reversed([part for part in query.get("order", "").split(",") if part]):
            column, _, direction = order.partition(".")
            rows = sorted(rows, key=partial(_place_of, column), reverse=direction == "desc")
        page = rows[: min(int(query.get("limit", self.max_rows)), self.max_rows)]
        columns = query.get("select", "*").split(",")
        body = [{column: row[column] for column in columns} for row in page]
        span = f"0-{len(page) - 1}" if page else "*"
        headers = (
            ("content-type", "application/json"),
            ("content-range", f"{span}/{len(rows) if counted else '*'}"),
        )
        return Answer(200, json.dumps(body).encode(), headers)


def tables_of(school: School) -> dict[str, list[Row]]:
    """The rows of the school in Supabase's tables."""
    people: list[Row] = [
        {"user_id": p.user_id, "auth_user_id": p.auth_user_id, "email": p.email, "name": p.name}
        | {"active_role": p.active_role}
        for p in school.people
    ]
    return {
        "users": people,
        "user_roles": [{"user_id": p.user_id, "role": p.active_role} for p in school.people],
        "subjects": [
            {"subject_id": s.subject_id, "name": s.name, "teacher_id": s.teacher_id} for s in school.subjects
        ],
        "sessions": [
            {"session_id": s.session_id, "subject_id": s.subject_id, "title": s.title}
            | {"session_date": s.session_date}
            for s in school.sessions
        ],
        "assignments": [
            {"assignment_id": a.assignment_id, "subject_id": a.subject_id, "session_id": a.session_id}
            | {"title": a.title}
            for a in school.assignments
        ],
        "subject_enrollments": [
            {"student_id": learner, "subject_id": subject} for learner, subject in school.enrolments
        ],
    }


class _NoValue(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _uuid(text: str) -> str:
    if not _UUID.fullmatch(text):
        raise _NoValue("22P02")
    return re.sub("[{}-]", "", text).lower()


def _bigint(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise _NoValue("22P02")
    number = int(text, 0 if re.search("[xXoObB]", text) else 10)
    if abs(number) > _MOST:
        raise _NoValue("22003")
    return number


def _place_of(column: str, row: Row) -> tuple[int, str]:
    value = row[column]
    return (value, "") if isinstance(value, int) else (0, str(value))


def _operands(text: str) -> list[str]:
    """The operands in ``(a,"b,c")``."""
    return [
        quoted.replace('\\"', '"').replace("\\\\", "\\") if quoted or not bare else bare
        for quoted, bare in re.findall(r'"((?:[^"\\]|\\.)*)"|([^,]+)', text[1:-1])
    ]


def _error(code: str, status: int) -> Answer:
    return json_answer({"code": code, "message": "vendor's words", "details": None, "hint": None}, status)

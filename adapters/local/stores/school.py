"""The laptop's school: a directory in SQLite, and access tokens signed with a local secret."""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from adapters.jwt_identity import REQUIRED_ROLE, JWTIdentityProvider, OneKey, VerificationKey
from adapters.local.stores.sqlite_errors import translated
from adapters.local.stores.sqlite_versions import check_tables, note_tables, stamp
from ports.directory import Assignment, ClassSession, Person, School, Subject
from ports.identity_provider import Claims
from ports.system import Clock

ISSUER = "lyceum-local"
AUDIENCE = "authenticated"
TOKEN_SECONDS = 12 * 3600
_SECRET_BYTES = 32
_CAPABILITY = "directory"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
    user_id TEXT PRIMARY KEY, auth_user_id TEXT NOT NULL UNIQUE, email TEXT, name TEXT NOT NULL,
    active_role TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS subjects (
    subject_id TEXT PRIMARY KEY, name TEXT NOT NULL, teacher_id TEXT);
CREATE INDEX IF NOT EXISTS subjects_by_teacher ON subjects (teacher_id);
CREATE TABLE IF NOT EXISTS sessions (
    session_id TEXT PRIMARY KEY, subject_id TEXT NOT NULL, title TEXT NOT NULL, session_date TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS sessions_by_subject ON sessions (subject_id, session_date);
CREATE TABLE IF NOT EXISTS assignments (
    assignment_id TEXT PRIMARY KEY, subject_id TEXT NOT NULL, session_id TEXT, title TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS subject_enrollments (
    student_id TEXT NOT NULL, subject_id TEXT NOT NULL, PRIMARY KEY (student_id, subject_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS enrollments_by_subject ON subject_enrollments (subject_id, student_id);
"""
_PERSON = "user_id, auth_user_id, email, name, active_role"


def local_secret(path: Path) -> bytes:
    """The secret in the file; the first call creates it. Only the file's owner may read it.

    The file is created atomically, so two processes that start at the same time get the same secret.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(_SECRET_BYTES))
            with suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    return path.read_bytes()


class SQLiteDirectory:
    """Implements ``ports.directory.Directory`` with the same tables as Supabase has.

    ``school`` is written only if the file is new, so later changes in the file stay. Raises ``Damaged`` if the file is
    not a database any more.
    """

    def __init__(self, path: Path, school: School) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, timeout=10, check_same_thread=False, isolation_level=None)
        self._lock = threading.Lock()
        with self._lock, translated(_CAPABILITY):
            self._connection.execute("PRAGMA journal_mode=WAL")
            check_tables(self._connection, _CAPABILITY)
            self._connection.executescript(_SCHEMA)
            note_tables(self._connection)
            stamp(self._connection, _CAPABILITY)
            self._fill(school)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _fill(self, school: School) -> None:
        with closing(self._connection.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            (is_filled,) = cursor.execute("PRAGMA user_version").fetchone()
            if is_filled:
                cursor.execute("ROLLBACK")
                return
            cursor.executemany(
                "INSERT OR IGNORE INTO users VALUES (?, ?, ?, ?, ?)",
                [(p.user_id, p.auth_user_id, p.email, p.name, p.active_role) for p in school.people],
            )
            cursor.executemany(
                "INSERT OR IGNORE INTO subjects VALUES (?, ?, ?)",
                [(s.subject_id, s.name, s.teacher_id) for s in school.subjects],
            )
            cursor.executemany(
                "INSERT OR IGNORE INTO sessions VALUES (?, ?, ?, ?)",
                [(s.session_id, s.subject_id, s.title, s.session_date) for s in school.sessions],
            )
            cursor.executemany(
                "INSERT OR IGNORE INTO assignments VALUES (?, ?, ?, ?)",
                [(a.assignment_id, a.subject_id, a.session_id, a.title) for a in school.assignments],
            )
            cursor.executemany("INSERT OR IGNORE INTO subject_enrollments VALUES (?, ?)", school.enrolments)
            cursor.execute("PRAGMA user_version = 1")
            cursor.execute("COMMIT")

    def _rows(self, sql: str, *values: object) -> list[tuple[str, ...]]:
        with self._lock, translated(_CAPABILITY):
            return self._connection.execute(sql, values).fetchall()

    def person(self, auth_user_id: str) -> Person | None:
        rows = self._rows(f"SELECT {_PERSON} FROM users WHERE auth_user_id = ?", auth_user_id)  # noqa: S608
        return Person(*rows[0]) if rows else None

    def people(self, user_ids: Sequence[str]) -> dict[str, Person]:
        found: dict[str, Person] = {}
        for user_id in user_ids:
            for row in self._rows(f"SELECT {_PERSON} FROM users WHERE user_id = ?", user_id):  # noqa: S608
                found[user_id] = Person(*row)
        return found

    def subjects_of(self, user_id: str) -> list[Subject]:
        rows = self._rows(
            "SELECT subject_id, name, teacher_id FROM subjects WHERE teacher_id = ?1 OR subject_id IN"
            " (SELECT subject_id FROM subject_enrollments WHERE student_id = ?1) ORDER BY subject_id",
            user_id,
        )
        return [Subject(*row) for row in rows]

    def subject(self, subject_id: str) -> Subject | None:
        rows = self._rows(
            "SELECT subject_id, name, teacher_id FROM subjects WHERE subject_id = ?", subject_id
        )
        return Subject(*rows[0]) if rows else None

    def is_enrolled(self, user_id: str, subject_id: str) -> bool:
        return bool(
            self._rows(
                "SELECT 1 FROM subject_enrollments WHERE student_id = ? AND subject_id = ?",
                user_id,
                subject_id,
            )
        )

    def teaches(self, user_id: str, subject_id: str) -> bool:
        subject = self.subject(subject_id)
        return subject is not None and subject.teacher_id == user_id

    def enrolled(self, subject_id: str) -> list[str]:
        rows = self._rows(
            "SELECT student_id FROM subject_enrollments WHERE subject_id = ? ORDER BY student_id", subject_id
        )
        return [row[0] for row in rows]

    def sessions(self, subject_id: str, *, limit: int) -> list[ClassSession]:
        rows = self._rows(
            "SELECT session_id, subject_id, title, session_date FROM sessions WHERE subject_id = ?"
            " ORDER BY session_date DESC, session_id DESC LIMIT ?",
            subject_id,
            limit,
        )
        return [ClassSession(*row) for row in rows]

    def session(self, session_id: str) -> ClassSession | None:
        rows = self._rows(
            "SELECT session_id, subject_id, title, session_date FROM sessions WHERE session_id = ?",
            session_id,
        )
        return ClassSession(*rows[0]) if rows else None

    def assignment(self, assignment_id: str) -> Assignment | None:
        rows = self._rows(
            "SELECT assignment_id, subject_id, session_id, title FROM assignments WHERE assignment_id = ?",
            assignment_id,
        )
        return Assignment(*rows[0]) if rows else None

    def assignments(self, subject_id: str) -> list[Assignment]:
        rows = self._rows(
            "SELECT assignment_id, subject_id, session_id, title FROM assignments WHERE subject_id = ?"
            " ORDER BY assignment_id",
            subject_id,
        )
        return [Assignment(*row) for row in rows]


class LocalTokens:
    """Makes and verifies access tokens for the people of the laptop's school. They have the form of Supabase's tokens."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock
        self._verifier = JWTIdentityProvider(
            OneKey(VerificationKey("HS256", secret)), issuer=ISSUER, audience=AUDIENCE, clock=clock
        )

    def verify(self, token: str) -> Claims:
        return self._verifier.verify(token)

    def mint(self, person: Person, *, seconds: int = TOKEN_SECONDS) -> str:
        """A new access token for the person, valid for ``seconds``."""
        import jwt

        now = int(self._clock.now().timestamp())
        payload = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": person.auth_user_id,
            "email": person.email,
            "role": REQUIRED_ROLE,
            "iat": now,
            "exp": now + seconds,
        }
        return jwt.encode(payload, self._secret, algorithm="HS256")

"""The directory with PostgREST's real client passes the contract, and stays correct when Supabase misbehaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest

from adapters.supabase.directory import IDS, SupabaseDirectory
from adapters.supabase.http import MAX_ANSWER_BYTES, make_client
from adapters.upstream.calls import Retries
from fakes.system import FrozenClock
from ports.directory import Directory, Person
from ports.errors import Throttled, TimedOut, Unavailable, UpstreamError
from ports.system import Clock
from tests.contracts.directory.contract import CROWD, SCHOOL, DirectoryContract
from tests.stubs.aws_endpoint import Answer, json_answer
from tests.stubs.openai_server import closed_port
from tests.stubs.supabase_server import KEY, SupabaseServer, tables_of

UUID = "0b9c4a3e-6f0e-4f57-9d84-0a3f1c2b5d6e"


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def server() -> Iterator[SupabaseServer]:
    with SupabaseServer(tables=tables_of(SCHOOL)) as server:
        yield server


def directory_at(url: str, clock: Clock, *, key: str = KEY, **options: Any) -> SupabaseDirectory:
    client = make_client(read_seconds=2)
    sleep = clock.advance if isinstance(clock, FrozenClock) else lambda seconds: None
    retries = Retries(clock, tries=3, sleep=sleep, jitter=lambda: 1.0, **options)
    return SupabaseDirectory(url, lambda: key, lambda: client, retries)


@pytest.fixture
def directory(server: SupabaseServer, clock: FrozenClock) -> Directory:
    return directory_at(server.url, clock)


class TestSupabaseDirectory(DirectoryContract):
    pass


class TestAProjectWithSmallPages(DirectoryContract):
    @pytest.fixture(autouse=True)
    def few(self, server: SupabaseServer) -> None:
        server.max_rows = 7


def test_a_class_is_asked_for_once_and_a_large_one_page_by_page(
    server: SupabaseServer, directory: Directory
) -> None:
    directory.enrolled("physics_101")
    assert len(server.asked) == 1
    directory.enrolled("big_1")
    assert len(server.asked) == 1 + 2


def test_many_people_are_asked_for_in_parts_that_a_url_can_hold(
    server: SupabaseServer, directory: Directory
) -> None:
    server.tables["users"] = [*server.tables["users"], *map(person_row, CROWD)]
    assert set(directory.people(CROWD)) == set(CROWD)
    assert len(server.asked) == len(CROWD) / IDS
    assert max(len(request.path) for request in server.asked) < 6000


def person_row(user_id: str) -> dict[str, Any]:
    return {"user_id": user_id, "auth_user_id": f"auth-{user_id}", "email": None, "name": user_id} | {
        "active_role": "student"
    }


@pytest.mark.parametrize("odd", ["a,b", 'a"b', "a)b(", "a b", "a.b", "eq.a", "é", "a\\b", "a&b=c", "*"])
def test_special_characters_in_an_id_cannot_change_the_query(
    server: SupabaseServer, directory: Directory, odd: str
) -> None:
    server.tables["users"] = [person_row(odd), person_row("other")]
    assert list(directory.people([odd, "nobody"])) == [odd]
    assert directory.person(f"auth-{odd}") is not None
    server.tables["subject_enrollments"] = [{"student_id": odd, "subject_id": odd}]
    assert directory.is_enrolled(odd, odd)
    assert not directory.is_enrolled(odd, "physics_101")


def test_a_text_that_cannot_be_an_id_is_not_found(server: SupabaseServer, directory: Directory) -> None:
    server.uuid_columns = frozenset({"auth_user_id", "subject_id"})
    assert directory.person("auth-ada") is None
    assert directory.subject("../physics") is None
    assert directory.enrolled("physics_101") == []
    assert directory.person("a\0b") is None
    assert directory.enrolled("a\0b") == []
    assert directory.sessions("a\0b", limit=5) == []


def test_ids_may_be_numbers(server: SupabaseServer, directory: Directory) -> None:
    server.tables["subjects"] = [{"subject_id": 7, "name": "Seven", "teacher_id": 12}]
    assert directory.teaches("12", "7")
    subject = directory.subject("7")
    assert subject is not None
    assert (subject.subject_id, subject.teacher_id) == ("7", "12")


SUBJECT = "3f0c0d6e-7c40-4a53-9a58-1d2b7f4e9c01"
TEACHER = "5d7a2f60-1c8b-4b0e-8f39-2f6c0e7a1b02"


@pytest.fixture
def by_uuid(server: SupabaseServer) -> None:
    """A school whose ids have the type UUID in Postgres."""
    server.uuid_columns = frozenset({"user_id", "auth_user_id", "subject_id", "student_id", "teacher_id"})
    server.tables |= {
        "users": [person_row(UUID) | {"auth_user_id": UUID}],
        "subjects": [{"subject_id": SUBJECT, "name": "Seven", "teacher_id": TEACHER}],
        "subject_enrollments": [{"student_id": UUID, "subject_id": SUBJECT}],
        "sessions": [
            {"session_id": "s", "subject_id": SUBJECT, "title": "One", "session_date": "2026-01-01"}
        ],
    }


def by_number(server: SupabaseServer) -> None:
    """A school whose ids have a number type in Postgres."""
    server.tables |= {
        "users": [person_row("x") | {"user_id": 12, "auth_user_id": 12}],
        "subjects": [{"subject_id": 7, "name": "Seven", "teacher_id": 3}],
        "subject_enrollments": [{"student_id": 12, "subject_id": 7}],
        "sessions": [{"session_id": 1, "subject_id": 7, "title": "One", "session_date": "2026-01-01"}],
    }


@pytest.mark.parametrize(
    "respell", [str.upper, lambda uuid: uuid.replace("-", ""), lambda uuid: f"{{{uuid}}}"]
)
def test_another_spelling_of_a_uuid_is_absent(
    directory: Directory, by_uuid: None, respell: Callable[[str], str]
) -> None:
    assert directory.person(UUID) is not None
    assert directory.enrolled(SUBJECT) == [UUID]
    learner, subject = respell(UUID), respell(SUBJECT)
    assert directory.person(learner) is None
    assert directory.people([learner, UUID]).keys() == {UUID}
    assert directory.people([learner]) == {}
    assert directory.subject(subject) is None
    assert directory.enrolled(subject) == []
    assert directory.sessions(subject, limit=5) == []
    assert not directory.is_enrolled(learner, SUBJECT)
    assert not directory.is_enrolled(UUID, subject)
    assert directory.is_enrolled(UUID, SUBJECT)
    assert not directory.teaches(respell(TEACHER), SUBJECT)
    assert directory.subjects_of(respell(TEACHER)) == []
    assert [one.subject_id for one in directory.subjects_of(TEACHER)] == [SUBJECT]
    assert directory.subjects_of(learner) == []


@pytest.mark.parametrize(
    "respell",
    [
        lambda number: f"0{number}",
        lambda number: f"+{number}",
        lambda number: "0" * 100 + number,
        lambda number: hex(int(number)),
        lambda number: f"0O{int(number):o}",
        lambda number: bin(int(number)),
        lambda number: f"0_{number}",
        lambda number: f" {number}\n",
    ],
)
def test_another_spelling_of_a_number_is_absent(
    server: SupabaseServer, directory: Directory, respell: Callable[[str], str]
) -> None:
    by_number(server)
    assert directory.people(["12"]).keys() == {"12"}
    assert directory.people([respell("12")]) == {}
    assert directory.subject("7") is not None
    assert directory.subject(respell("7")) is None
    assert directory.enrolled("7") == ["12"]
    assert directory.enrolled(respell("7")) == []
    assert directory.sessions(respell("7"), limit=5) == []
    assert directory.subject("9" * 30) is None


@pytest.mark.parametrize("odd", ["nobody", "9" * 30, "", "0b9c4a3e"])
def test_a_malformed_id_in_a_list_hides_no_other(
    server: SupabaseServer, directory: Directory, odd: str
) -> None:
    by_number(server)
    server.tables["users"] = [person_row("x") | {"user_id": number} for number in range(250)]
    wanted = [str(number) for number in range(250)]
    assert directory.people([*wanted[:100], odd, *wanted[100:]]).keys() == set(wanted)


def test_ids_that_are_numbers_are_read_page_by_page(server: SupabaseServer, directory: Directory) -> None:
    by_number(server)
    server.max_rows = 7
    server.tables["subject_enrollments"] = [{"student_id": n, "subject_id": 7} for n in range(95, 130)]
    assert directory.enrolled("7") == sorted(map(str, range(95, 130)))


def test_the_teacher_role_comes_only_from_the_schools_roles(
    server: SupabaseServer, directory: Directory
) -> None:
    grace = next(person for person in SCHOOL.people if person.user_id == "grace")
    assert directory.person(grace.auth_user_id) == grace
    server.tables["user_roles"] = [{"user_id": "grace", "role": "student"}]
    assert directory.person(grace.auth_user_id) == replace(grace, active_role="student")


def test_a_row_may_lack_optional_values_but_not_its_id(server: SupabaseServer, directory: Directory) -> None:
    server.tables["users"] = [person_row("ada") | {"name": None, "active_role": None, "email": ""}]
    assert directory.person("auth-ada") == Person("ada", "auth-ada", None, "", "student")
    server.tables["users"] = [person_row("ada") | {"user_id": None}]
    with pytest.raises(Unavailable):
        directory.person("auth-ada")


@pytest.mark.parametrize(("key", "authorization"), [(KEY, None), ("eyJ.legacy.key", "Bearer eyJ.legacy.key")])
def test_old_and_new_api_keys_are_sent_in_the_headers_that_each_needs(
    server: SupabaseServer, clock: FrozenClock, key: str, authorization: str | None
) -> None:
    server.script(json_answer([]))
    directory_at(server.url, clock, key=key).subject("physics_101")
    headers = server.asked[0].headers
    assert (headers["apikey"], headers.get("authorization")) == (key, authorization)


def test_parallel_reads_see_the_context_of_the_request(server: SupabaseServer, clock: FrozenClock) -> None:
    whose: ContextVar[str] = ContextVar("whose", default="nobody's")
    seen: list[str] = []

    def key() -> str:
        seen.append(whose.get())
        return KEY

    client = make_client(2)
    directory = SupabaseDirectory(server.url, key, lambda: client, Retries(clock))
    whose.set("ada's")
    directory.subjects_of("ada")
    directory.people(CROWD)
    assert set(seen) == {"ada's"}


def test_only_the_columns_that_are_used_are_read(server: SupabaseServer, directory: Directory) -> None:
    directory.person("auth-ada")
    assert "select=user_id,auth_user_id,email,name,active_role" in unquote(server.asked[0].path)


BUSY = json_answer({"message": "vendor's words"}, 429)
BROKEN = json_answer({"message": "vendor's words"}, 503)
LATE = json_answer({"code": "57014", "message": "vendor's words"}, 504)


@pytest.mark.parametrize("answer", [BUSY, BROKEN, LATE, Answer(dropped=True), Answer(520, b"<html>")])
def test_a_transient_failure_is_retried(server: SupabaseServer, directory: Directory, answer: Answer) -> None:
    server.script(answer)
    server._answers.append(json_answer([{"subject_id": "x", "name": "X", "teacher_id": None}]))
    assert directory.subject("x") is not None
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("answer", "failure", "asked"),
    [
        (BUSY, Throttled, 3),
        (BROKEN, Unavailable, 3),
        (LATE, TimedOut, 3),
        (Answer(dropped=True), Unavailable, 3),
        (json_answer({"code": "PGRST301"}, 401), Unavailable, 1),
        (json_answer({"code": "42501"}, 403), Unavailable, 1),
        (json_answer({"code": "42703"}, 400), Unavailable, 1),
        (Answer(301, b"", (("location", "https://elsewhere.example/"),)), Unavailable, 1),
    ],
)
def test_a_lasting_failure_raises_an_error_instead_of_finding_nobody(
    server: SupabaseServer, directory: Directory, answer: Answer, failure: type[UpstreamError], asked: int
) -> None:
    server.script(*[answer] * 9)
    with pytest.raises(failure) as told:
        directory.person("auth-ada")
    assert type(told.value) is failure
    assert told.value.capability == "directory"
    assert "vendor's words" not in str(told.value)
    assert len(server.asked) == asked


ADA = person_row("ada")


@pytest.mark.parametrize(
    "lie",
    [
        Answer(200, b""),
        Answer(200, b"<html>"),
        Answer(200, b'[{"user_id": "ada"', cut=True),
        json_answer({}),
        json_answer(None),
        json_answer(["ada"]),
        json_answer([ADA, ADA]),
        json_answer([ADA | {"auth_user_id": "auth-grace"}]),
        Answer(200, b"[" + b" " * MAX_ANSWER_BYTES + b"]"),
    ],
)
def test_an_answer_of_the_wrong_shape_is_an_outage(
    server: SupabaseServer, directory: Directory, lie: Answer
) -> None:
    server.script(lie, lie, lie)
    with pytest.raises(Unavailable):
        directory.person("auth-ada")


def listed(learners: list[str], count: str) -> Answer:
    return Answer(
        200,
        json_answer([{"student_id": name} for name in learners]).body,
        (("content-range", f"0-1/{count}"),),
    )


@pytest.mark.parametrize(
    "lies",
    [
        [listed(["ada"], "*")],
        [listed([], "5")],
        [listed(["ada", "alan"], "1")],
        [listed(["ada"], "2"), listed(["ada"], "1")],
        [listed(["ada"], "2"), listed([], "1")],
    ],
)
def test_an_incomplete_list_is_an_outage(
    server: SupabaseServer, directory: Directory, lies: list[Answer]
) -> None:
    server.script(*lies)
    with pytest.raises(Unavailable):
        directory.enrolled("physics_101")


def test_a_learner_who_leaves_while_a_class_is_read_is_left_out(
    server: SupabaseServer, directory: Directory
) -> None:
    server.script(listed(["ada"], "2"), listed([], "0"))
    assert directory.enrolled("physics_101") == ["ada"]


def test_a_silent_server_is_waited_for_only_until_the_time_ends(server: SupabaseServer) -> None:
    from adapters.system import SystemClock

    server.script(Answer(silent=True))
    with pytest.raises(TimedOut):
        directory_at(server.url, SystemClock(), seconds=lambda: 0.2).subject("x")


def test_without_time_left_no_request_is_sent(server: SupabaseServer, clock: FrozenClock) -> None:
    with pytest.raises(TimedOut):
        directory_at(server.url, clock, seconds=lambda: 0.0).subject("x")
    assert server.asked == []


def test_an_address_where_nothing_listens_is_unavailable(clock: FrozenClock) -> None:
    with pytest.raises(Unavailable):
        directory_at(f"http://127.0.0.1:{closed_port()}", clock).subject("x")

"""The console's files as the laptop's server sends them to a browser, and signing in to the demo school."""

from __future__ import annotations

import gzip
import logging
from pathlib import Path

import pytest

from adapters.local.console import Console
from chalicelib.api import attach_local_parts
from chalicelib.composition.demo_school import LAPTOP_SCHOOL
from chalicelib.origins import is_allowed
from chalicelib.settings import read_settings
from tests.laptop.test_erasure import Laptop
from tests.support.http_client import HttpClient

SCRIPT = b"export const answer = 42;\n" * 100


@pytest.fixture
def console(tmp_path: Path) -> Console:
    built = tmp_path / "dist"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<title>Lyceum</title>")
    (built / "assets" / "index-1a2b.js").write_bytes(SCRIPT)
    (tmp_path / "secret.txt").write_text("secret")
    return Console(built, tmp_path / "console.json", connects_to=("ws://127.0.0.1:8001",))


@pytest.mark.parametrize("path", ["/", "/documents/1?page=2", "/tutor", "/index.html"])
def test_each_page_of_the_console_is_one_file_that_may_load_and_call_its_own_server_only(
    console: Console, path: str
) -> None:
    reply = console.reply(path.partition("?")[0])
    assert reply is not None
    status, headers, body = reply
    assert (status, body) == (200, b"<title>Lyceum</title>")
    policy = dict(headers)["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "connect-src 'self' ws://127.0.0.1:8001;" in policy
    assert "script-src 'self';" in policy
    assert dict(headers)["Cache-Control"] == "no-cache"


def test_a_script_is_sent_compressed_to_browsers_that_take_it_and_kept_for_good(console: Console) -> None:
    plain = console.reply("/assets/index-1a2b.js")
    zipped = console.reply("/assets/index-1a2b.js", takes_gzip=True)
    assert plain is not None
    assert zipped is not None
    assert plain[2] == SCRIPT == gzip.decompress(zipped[2])
    assert len(zipped[2]) < len(SCRIPT) / 5
    assert dict(plain[1])["Content-Type"] == "text/javascript"
    assert dict(zipped[1])["Content-Encoding"] == "gzip"
    assert "immutable" in dict(plain[1])["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/assets/../../secret.txt", "//etc/passwd.txt", "/gone.js", "//[", "/a b"]
)
def test_no_file_outside_the_console_is_served(console: Console, path: str) -> None:
    assert console.reply(path) is None


def test_before_it_is_built_the_page_says_how_far_the_building_is(tmp_path: Path) -> None:
    console = Console(tmp_path / "dist", tmp_path / "state.json", connects_to=())
    reply = console.reply("/")
    assert reply is not None
    assert b"make run builds it" in reply[2]
    (tmp_path / "state.json").write_text('{"told": "Building the console (4 of 4)."}')
    reply = console.reply("/")
    assert reply is not None
    assert b"Building the console (4 of 4)." in reply[2]


def served(laptop: Laptop) -> Laptop:
    """The laptop with the routes that it has in addition to the API."""
    attach_local_parts(laptop.api, laptop.services)
    laptop.http = HttpClient(laptop.app)
    return laptop


def test_anybody_acts_as_anybody_of_the_demo_school_on_one_s_own_machine(tmp_path: Path) -> None:
    laptop = served(Laptop(tmp_path))
    anyone = laptop.anyone()
    people = anyone.get("/local/people").body["people"]
    assert [one["user_id"] for one in people] == [person.user_id for person in LAPTOP_SCHOOL.people]
    token = anyone.post("/local/tokens", {"user_id": "grace"}).body["token"]
    me = anyone.get("/api/me", headers={"Authorization": f"Bearer {token}"})
    assert me.body["name"] == "Grace Hopper"
    unknown = anyone.post("/local/tokens", {"user_id": "nobody"})
    assert (unknown.status, unknown.body["error"]["code"]) == (404, "person_not_found")
    laptop.stores.events.stop()
    laptop.stores.close()


def test_a_server_that_others_reach_signs_nobody_in(tmp_path: Path) -> None:
    laptop = served(Laptop(tmp_path, public_url="https://lyceum.school.example"))
    assert laptop.anyone().get("/local/people").status in (403, 404)
    assert laptop.anyone().post("/local/tokens", {"user_id": "ada"}).status in (403, 404)
    laptop.stores.events.stop()
    laptop.stores.close()


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8001", False),
        ("https://127.0.0.1:8000", False),
        ("http://evil.example:8000", False),
        ("null", False),
        ("http://127.0.0.1:99999", False),
        ("http://[", False),
    ],
)
def test_the_console_s_own_pages_may_use_the_api(origin: str, expected: bool) -> None:
    assert is_allowed(origin, read_settings({})) is expected


@pytest.mark.parametrize(
    ("url", "origin"),
    [("http://localhost:80", "http://localhost"), ("https://a.example:443", "https://a.example")],
)
def test_browsers_leave_out_the_scheme_s_own_port(url: str, origin: str) -> None:
    assert is_allowed(origin, read_settings({"LYCEUM_PUBLIC_URL": url}))


def test_a_refused_origin_is_logged_once_with_the_setting_that_allows_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    origin = "http://localhost:7357"
    logging.getLogger("lyceum").propagate = True
    with caplog.at_level(logging.WARNING, logger="lyceum"):
        assert not is_allowed(origin, read_settings({}))
        assert not is_allowed(origin, read_settings({}))
    [told] = [vars(one) for one in caplog.records if one.getMessage() == "origin_refused"]
    assert (told["origin"], told["allowed_by"]) == (origin, "LYCEUM_ALLOWED_ORIGINS")
    assert is_allowed(origin, read_settings({told["allowed_by"]: origin}))


def test_on_aws_no_page_is_the_server_s_own() -> None:
    settings = read_settings({"LYCEUM_PROFILE": "aws", "LYCEUM_ALLOWED_ORIGINS": "https://app.example"})
    assert not is_allowed("http://127.0.0.1:8000", settings)

"""``/api/docs``: the whole contract as a page that loads nothing, runs nothing, and can be read by everybody."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from chalicelib.contract.page import page
from tests.support.world import World

_EMPTY = {"meta", "link", "br", "img", "input"}
_LOADING = {"script", "link", "img", "iframe", "object", "embed", "form"}


class Reader(HTMLParser):
    """Reads a page. Raises ``AssertionError`` if an element is not closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.headings: list[int] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in _EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def all(self, attribute: str) -> list[str]:
        return [value for _, name, value in self.attributes if name == attribute]


@pytest.fixture
def documents(world: World) -> tuple[Any, Any]:
    anyone = world.anyone()
    return anyone.get("/api/openapi.json").body, anyone.get("/api/asyncapi.json").body


def test_the_page_has_every_request_message_schema_and_code(world: World, documents: tuple[Any, Any]) -> None:
    openapi, asyncapi = documents
    reply = world.anyone().get("/api/docs")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    ids = Reader(reply.text).all("id")
    assert len(ids) == len(set(ids))
    operations = [one for path in openapi["paths"].values() for one in path.values()]
    assert {f"do-{one['operationId']}" for one in operations} <= set(ids)
    schemas = {*openapi["components"]["schemas"], *asyncapi["components"]["schemas"]}
    assert {f"schema-{name}" for name in schemas} <= set(ids)
    for name in asyncapi["components"]["messages"]:
        assert f"<code>{name}</code>" in reply.text
    for code in ("quiz_not_found", "daily_pages_used", "interview_elsewhere"):
        assert f"<code>{code}</code>" in reply.text
    assert "The second law" in reply.text  # an example of a response
    assert "-d &#x27;{&quot;message&quot;: " in reply.text  # a request to try


def test_the_page_loads_nothing_and_runs_nothing(world: World) -> None:
    reply = world.anyone().get("/api/docs")
    reader = Reader(reply.text)
    assert not _LOADING & set(reader.tags)
    assert [
        name for _, name, _ in reader.attributes if name.startswith("on") or name in ("src", "style")
    ] == []
    style = reply.text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = reply.headers["Content-Security-Policy"]
    assert f"style-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "url(" not in style


def test_the_page_can_be_navigated_by_headings_and_links(world: World) -> None:
    reader = Reader(world.anyone().get("/api/docs").text)
    assert ("html", "lang", "en") in reader.attributes
    inner = [link[1:] for link in reader.all("href") if link.startswith("#")]
    assert len(inner) > 200
    assert set(inner) <= set(reader.all("id"))
    assert reader.headings.count(1) == 1
    for before, after in zip(reader.headings, reader.headings[1:], strict=False):
        assert after <= before + 1


def test_nothing_of_the_contract_becomes_markup(documents: tuple[Any, Any]) -> None:
    openapi, asyncapi = documents
    canary = '<script>alert("1")</script>'
    one = openapi["paths"]["/api/chat"]["post"]
    one["summary"] = one["description"] = canary
    one["responses"]["200"]["content"]["application/json"]["example"] = {canary: canary}
    one["requestBody"]["content"]["application/json"]["example"] = {"message": f"'{canary}"}
    openapi["components"]["schemas"]["Me"]["description"] = f"`{canary}`"
    text = page(openapi, asyncapi)
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 5
    Reader(text)

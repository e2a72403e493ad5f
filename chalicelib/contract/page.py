"""The contract as a web page at ``/api/docs``: HTML without scripts, made from the OpenAPI and AsyncAPI documents.

We write the page ourselves: so it needs no network, no build and no other files, and adds nothing to the package for
Lambda.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

_STYLE = """
:root { color-scheme: light dark; --line: light-dark(#c9ced6, #444b57); --soft: light-dark(#f3f5f8, #1e232b);
  --link: light-dark(#0b57d0, #9dc1ff); --quiet: light-dark(#545b66, #a9b1bd); }
body { margin: 0 auto; max-width: 64rem; padding: 1rem; font: 1rem/1.55 system-ui, sans-serif;
  background: light-dark(#fff, #14181e); color: light-dark(#1b1f24, #e6e9ee); }
a { color: var(--link); }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.05rem; font-weight: 600; }
summary h3 { display: inline; margin: 0; }
h4 { margin: 1.2rem 0 .3rem; font-size: 1rem; }
code, pre { font: .9em/1.45 ui-monospace, monospace; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: .7rem; background: var(--soft); border: 1px solid var(--line); border-radius: .4rem; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; padding: .2rem 0; overflow-wrap: anywhere; }
.method { display: inline-block; min-width: 4rem; font-weight: 700; }
.quiet { color: var(--quiet); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); }
nav ul { columns: 18rem; padding-left: 1.2rem; }
.skip { position: absolute; left: -100rem; }
.skip:focus { position: static; }
"""
STYLE_HASH = "sha256-" + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src '{STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The Content-Security-Policy of the page: nothing is loaded, and no script runs."""
_CODE = re.compile(r"`([^`]+)`")
_OPERATION = "get", "post", "patch", "put", "delete"


def page(openapi: Mapping[str, Any], asyncapi: Mapping[str, Any]) -> str:
    """The page, as HTML."""
    schemas = {**asyncapi["components"]["schemas"], **openapi["components"]["schemas"]}
    server = openapi["servers"][0]["url"]
    groups = {tag["name"]: tag["description"] for tag in openapi["tags"]}
    by_tag: dict[str, list[str]] = {name: [] for name in groups}
    links: dict[str, list[str]] = {name: [] for name in groups}
    for path, operations in openapi["paths"].items():
        for method in _OPERATION:
            if method in operations:
                one = operations[method]
                by_tag[one["tags"][0]].append(_operation(server, method.upper(), path, one))
                links[one["tags"][0]].append(
                    f'<li><a href="#{_id(one)}">{method.upper()} {escape(path)}</a></li>'
                )
    contents = "".join(
        f'<li><a href="#tag-{name}">{name}</a><ul>{"".join(links[name])}</ul></li>' for name in groups
    )
    sections = "".join(
        f'<section aria-labelledby="tag-{name}"><h2 id="tag-{name}">{name}</h2>{_words(text)}{"".join(by_tag[name])}</section>'
        for name, text in groups.items()
    )
    messages = "".join(
        f"<h3>{escape(one['summary'])}</h3>{_words(one['description'])}"
        + _messages(asyncapi, one["messages"])
        for one in asyncapi["operations"].values()
    )
    described = "".join(_schema(name, schema) for name, schema in sorted(schemas.items()))
    info = openapi["info"]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>The API of {escape(info['title'])}</title><style>{_STYLE}</style></head><body>"
        '<a class="skip" href="#main">To the requests</a>'
        f"<header><h1>The API of {escape(info['title'])} {escape(info['version'])}</h1>{_words(info['description'])}"
        f"<p>Server: <code>{escape(server)}</code>. For programs: "
        '<a href="/api/openapi.json">OpenAPI</a> and <a href="/api/asyncapi.json">AsyncAPI</a>.</p></header>'
        f'<nav aria-label="Contents"><ul>{contents}<li><a href="#websocket">WebSocket</a></li>'
        '<li><a href="#schemas">Schemas</a></li></ul></nav>'
        f'<main id="main">{sections}'
        f'<section aria-labelledby="websocket"><h2 id="websocket">WebSocket</h2>'
        f"{_words(asyncapi['info']['description'])}{messages}</section>"
        f'<section aria-labelledby="schemas"><h2 id="schemas">Schemas</h2>{described}</section></main></body></html>'
    )


def _id(operation: Mapping[str, Any]) -> str:
    return f"do-{operation['operationId']}"


def _operation(server: str, method: str, path: str, one: Mapping[str, Any]) -> str:
    parts = [_words(one["description"])]
    if parameters := one.get("parameters"):
        rows = (
            (
                f"<code>{escape(parameter['name'])}</code>",
                f"{parameter['in']}{', required' if parameter['required'] else ''}",
                _type(parameter["schema"]),
                _words(parameter["description"] or ""),
            )
            for parameter in parameters
        )
        parts.append("<h4>Parameters</h4>" + _table(("name", "where", "type", "meaning"), rows))
    content = one.get("requestBody", {}).get("content", {})
    for kind, media in content.items():
        needed = "" if one["requestBody"]["required"] else " It may be left out."
        parts.append(f"<h4>Body: {escape(kind)}</h4><p>{_type(media['schema'])}.{needed}</p>")
        if "$ref" not in media["schema"]:
            parts.append(_properties(media["schema"]))
    parts.append(f"<h4>Try it</h4><pre>{escape(_curl(server, method, path, one))}</pre>")
    for status, response in one["responses"].items():
        if status < "300":
            parts += (_answer(status, kind, media) for kind, media in response["content"].items())
    errors = [(status, one) for status, one in one["responses"].items() if status >= "400"]
    error_rows = ((f"<code>{status}</code>", _words(response["description"])) for status, response in errors)
    parts.append(f"<details><summary>Errors</summary>{_table(('status', 'codes'), error_rows)}</details>")
    heading = f'<span class="method">{method}</span> <code>{escape(path)}</code>'
    return (
        f'<details id="{_id(one)}"><summary><h3>{heading}</h3> <span class="quiet">{escape(one["summary"])}</span>'
        f"</summary>{''.join(parts)}</details>"
    )


def _answer(status: str, kind: str, media: Mapping[str, Any]) -> str:
    head = f"<h4>Response {status}: {escape(kind)}</h4><p>{_type(media['schema'])}.</p>"
    if "example" not in media:
        return head
    example = media["example"]
    text = example if isinstance(example, str) else json.dumps(example, ensure_ascii=False, indent=2)
    return f"{head}<pre>{escape(text)}</pre>"


def _curl(server: str, method: str, path: str, one: Mapping[str, Any]) -> str:
    lines = [f"curl {'' if method == 'GET' else f'-X {method} '}'{server}{path}'"]
    if one["security"]:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    for kind, media in one.get("requestBody", {}).get("content", {}).items():
        if kind == "application/json":
            body = json.dumps(media["example"], ensure_ascii=False).replace("'", "'\\''")
            lines += ["-H 'Content-Type: application/json'", f"-d '{body}'"]
        else:
            others = (f"-F {name}='{value}'" for name, value in media["example"].items() if name != "file")
            lines += [*others, "-F file=@FILE"]
    return " \\\n  ".join(lines)


def _messages(asyncapi: Mapping[str, Any], references: Iterable[Mapping[str, str]]) -> str:
    found = (asyncapi["components"]["messages"][one["$ref"].rpartition("/")[2]] for one in references)
    rows = (
        (f"<code>{escape(one['name'])}</code>", _type(one["payload"]), _words(one["summary"]))
        for one in found
    )
    return _table(("type", "message", "meaning"), rows)


def _schema(name: str, schema: Mapping[str, Any]) -> str:
    description = _words(schema.get("description", ""))
    return (
        f'<details id="schema-{escape(name)}"><summary><h3>{escape(name)}</h3></summary>'
        f"{description}{_properties(schema)}</details>"
    )


def _properties(schema: Mapping[str, Any]) -> str:
    if "properties" not in schema:
        return f"<p>{_type(schema)}</p>"
    required = set(schema.get("required", ()))
    rows = (
        (
            f"<code>{escape(name)}</code>",
            "always" if name in required else "may be absent",
            _type(one),
            _words(one.get("description") or ""),
        )
        for name, one in schema["properties"].items()
    )
    return _table(("name", "there", "type", "meaning"), rows)


def _type(schema: Mapping[str, Any]) -> str:
    """The type in words, with a link to the schema that it names."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#schema-{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if values is not None:
        return " or ".join(f"<code>{escape(json.dumps(one))}</code>" for one in values)
    kind = str(schema.get("type", "anything"))
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}{_bounds(schema, 'Items')}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"object whose values are {_type(schema['additionalProperties'])}"
    form = f" ({escape(schema['format'])})" if "format" in schema else ""
    return f"{escape(kind)}{form}{_bounds(schema, 'Length')}"


def _bounds(schema: Mapping[str, Any], of: str) -> str:
    low = schema.get(f"min{of}", schema.get("minimum"))
    high = schema.get(f"max{of}", schema.get("maximum", schema.get("exclusiveMaximum")))
    if low is None and high is None:
        return ""
    unit = {"Length": " characters", "Items": ""}[of] if f"max{of}" in schema or f"min{of}" in schema else ""
    if low is None or high is None:
        return f", at least {low}{unit}" if high is None else f", at most {high}{unit}"
    return f", {low} to {high}{unit}"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """An HTML table. The cells of ``rows`` are HTML; the first cell of each row is its header."""
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = []
    for first, *others in rows:
        body.append(f'<tr><th scope="row">{first}</th>{"".join(f"<td>{one}</td>" for one in others)}</tr>')
    if not body:
        return "<p>None.</p>"
    # With ``tabindex``, a keyboard can reach and scroll the region.
    return f'<div class="wide" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody></table></div>'


def _words(text: str) -> str:
    """Paragraphs and lists of a description, as HTML. Words between backticks are code."""
    parts = []
    for block in text.strip().split("\n\n"):
        lines = block.split("\n")
        if all(line.startswith("- ") for line in lines):
            parts.append(f"<ul>{''.join(f'<li>{_line(line[2:])}</li>' for line in lines)}</ul>")
        elif block:
            parts.append(f"<p>{_line(' '.join(lines))}</p>")
    return "".join(parts)


def _line(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(text))

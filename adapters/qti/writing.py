"""Writes items and a test as a QTI 3.0 package."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from adapters.qti.names import (
    ASI,
    ASI_SCHEMA,
    CHOICES,
    EXPLANATION,
    FEEDBACK,
    GAP,
    ITEM_TYPE,
    KIND_CLASS,
    LETTERS,
    MANIFEST,
    PACKAGE,
    PACKAGE_SCHEMA,
    RESPONSE,
    SCORE,
    TEST_TYPE,
    XSI,
)
from ports.item_package import Draw, PackagedItem

_CONTROLS = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]")
_MADE_AT = (1980, 1, 1, 0, 0, 0)
"""A fixed time for all files, so that the same items always give the same bytes."""


def written(title: str, items: Sequence[PackagedItem], draws: Sequence[Draw]) -> bytes:
    names = [_name_of(item.item_id) for item in items]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, MANIFEST, _manifest(names))
        _add(archive, "test.xml", _test(title, names, draws))
        for name, item in zip(names, items, strict=True):
            _add(archive, _path_of(name), item_element(name, item))
    return file.getvalue()


def item_element(name: str, item: PackagedItem) -> Any:
    """The element ``qti-assessment-item`` of an item."""
    root = _root("qti-assessment-item", ASI, ASI_SCHEMA)
    root.set("identifier", name)
    root.set("title", _text(item.question)[:200] or name)
    root.set("label", _text(item.concept))
    root.set("adaptive", "false")
    root.set("time-dependent", "false")
    _declare(root, item)
    body = _under(root, "qti-item-body", {"class": f"{KIND_CLASS}{item.kind}"})
    if item.kind in (*CHOICES, "ordering"):
        _choose(body, item)
    elif item.kind == "short_answer":
        _under(body, "p", text=item.question)
        _under(body, "qti-extended-text-interaction", {"response-identifier": RESPONSE})
        _facts(body, item)
    else:
        _fill_in(body, item)
    _process(root, item)
    if item.explanation:
        feedback = {"outcome-identifier": FEEDBACK, "identifier": EXPLANATION, "show-hide": "show"}
        content = _under(_under(root, "qti-modal-feedback", feedback), "qti-content-body")
        _under(content, "p", text=item.explanation)
    return root


def _declare(root: Any, item: PackagedItem) -> None:
    is_choice = item.kind in (*CHOICES, "ordering")
    cardinality = {"multiple_answer": "multiple", "ordering": "ordered"}.get(item.kind, "single")
    attributes = {
        "identifier": RESPONSE,
        "cardinality": cardinality,
        "base-type": "identifier" if is_choice else "string",
    }
    response = _under(root, "qti-response-declaration", attributes)
    values = [LETTERS[place] for place in item.right] if is_choice else list(item.accepted[:1])
    if item.kind != "short_answer":
        correct = _under(response, "qti-correct-response")
        for value in values:
            _under(correct, "qti-value", text=value)
    if item.kind == "multiple_answer":
        mapping = _under(
            response, "qti-mapping", {"default-value": "0", "lower-bound": "0", "upper-bound": "1"}
        )
        share = f"{1 / len(item.right):.6g}"
        for place in range(len(item.options)):
            worth = share if place in item.right else f"-{share}"
            _under(mapping, "qti-map-entry", {"map-key": LETTERS[place], "mapped-value": worth})
    elif item.kind in ("cloze", "numeric"):
        mapping = _under(response, "qti-mapping", {"default-value": "0"})
        for text in item.accepted:
            attributes = {"map-key": _text(text), "mapped-value": "1", "case-sensitive": "false"}
            _under(mapping, "qti-map-entry", attributes)
    score = {"identifier": SCORE, "cardinality": "single", "base-type": "float"}
    if item.kind == "short_answer":
        score["external-scored"] = "human"
    default = _under(_under(root, "qti-outcome-declaration", score), "qti-default-value")
    _under(default, "qti-value", text="0")
    feedback = {"identifier": FEEDBACK, "cardinality": "single", "base-type": "identifier"}
    _under(root, "qti-outcome-declaration", feedback)


def _choose(body: Any, item: PackagedItem) -> None:
    attributes = {"response-identifier": RESPONSE, "shuffle": "false"}
    if item.kind == "ordering":
        interaction = _under(body, "qti-order-interaction", attributes)
    else:
        most = str(len(item.options)) if item.kind == "multiple_answer" else "1"
        interaction = _under(body, "qti-choice-interaction", attributes | {"max-choices": most})
    _under(interaction, "qti-prompt", text=item.question)
    for letter, option in zip(LETTERS, item.options, strict=False):
        _under(interaction, "qti-simple-choice", {"identifier": letter}, text=option)


def _fill_in(body: Any, item: PackagedItem) -> None:
    line = _under(body, "p")
    attributes = {"response-identifier": RESPONSE, "expected-length": "60"}
    if item.gap is None:
        line.text = _text(item.question)
        _under(_under(body, "p"), "qti-text-entry-interaction", attributes)
        return
    start, end = item.gap
    line.text = _text(item.question[:start])
    gap = item.question[start:end]
    entry = _under(line, "qti-text-entry-interaction", attributes)
    if gap != GAP:
        entry.set("placeholder-text", _text(gap))
    entry.tail = _text(item.question[end:])


def _facts(body: Any, item: PackagedItem) -> None:
    """Add the facts of a full answer. Only the person who scores the answer sees them."""
    rubric = _under(body, "qti-rubric-block", {"use": "scoring", "view": "scorer"})
    listed = _under(_under(rubric, "qti-content-body"), "ul")
    for fact in item.accepted:
        _under(listed, "li", text=fact)


def _process(root: Any, item: PackagedItem) -> None:
    processing = _under(root, "qti-response-processing")
    if item.kind in ("multiple_answer", "cloze", "numeric"):
        score = _under(processing, "qti-set-outcome-value", {"identifier": SCORE})
        _under(score, "qti-map-response", {"identifier": RESPONSE})
    elif item.kind != "short_answer":
        right = _under(_under(processing, "qti-response-condition"), "qti-response-if")
        match = _under(right, "qti-match")
        _under(match, "qti-variable", {"identifier": RESPONSE})
        _under(match, "qti-correct", {"identifier": RESPONSE})
        score = _under(right, "qti-set-outcome-value", {"identifier": SCORE})
        _under(score, "qti-base-value", {"base-type": "float"}, text="1")
    shown = _under(processing, "qti-set-outcome-value", {"identifier": FEEDBACK})
    _under(shown, "qti-base-value", {"base-type": "identifier"}, text=EXPLANATION)


def _test(title: str, names: Sequence[str], draws: Sequence[Draw]) -> Any:
    root = _root("qti-assessment-test", ASI, ASI_SCHEMA)
    root.set("identifier", "test")
    root.set("title", _text(title) or "Quiz")
    attributes = {"identifier": "part", "navigation-mode": "nonlinear", "submission-mode": "simultaneous"}
    part = _under(root, "qti-test-part", attributes)
    if not draws:
        _ask(_section(part, "section"), names, set())
    used: set[str] = set()
    for number, draw in enumerate(draws, start=1):
        section = _section(part, f"section-{number}")
        _under(section, "qti-selection", {"select": str(draw.count)})
        _ask(section, [_name_of(item_id) for item_id in draw.item_ids], used)
    return root


def _section(part: Any, identifier: str) -> Any:
    attributes = {"identifier": identifier, "title": "Questions", "visible": "true"}
    return _under(part, "qti-assessment-section", attributes)


def _ask(section: Any, names: Sequence[str], used: set[str]) -> None:
    """Add references to the items. An identifier that another section has gets the section's name."""
    for name in names:
        identifier = f"{name}-{section.get('identifier')}" if name in used else name
        _under(section, "qti-assessment-item-ref", {"identifier": identifier, "href": _path_of(name)})
    used.update(names)


def _manifest(names: Sequence[str]) -> Any:
    root = _root("manifest", PACKAGE, PACKAGE_SCHEMA)
    root.set("identifier", "manifest")
    metadata = _under(root, "metadata")
    _under(metadata, "schema", text="QTI Package")
    _under(metadata, "schemaversion", text="3.0.0")
    _under(root, "organizations")
    resources = _under(root, "resources")
    attributes = {"identifier": "resource-test", "type": TEST_TYPE, "href": "test.xml"}
    test = _under(resources, "resource", attributes)
    _under(test, "file", {"href": "test.xml"})
    for name in names:
        _under(test, "dependency", {"identifierref": f"resource-{name}"})
    for name in names:
        attributes = {"identifier": f"resource-{name}", "type": ITEM_TYPE, "href": _path_of(name)}
        _under(_under(resources, "resource", attributes), "file", {"href": _path_of(name)})
    return root


def _root(name: str, namespace: str, schema: str) -> Any:
    root = etree.Element(f"{{{namespace}}}{name}", nsmap={None: namespace, "xsi": XSI})
    root.set(f"{{{XSI}}}schemaLocation", f"{namespace} {schema}")
    return root


def _under(parent: Any, name: str, attributes: dict[str, str] | None = None, *, text: str = "") -> Any:
    namespace = etree.QName(parent).namespace
    child = etree.SubElement(parent, f"{{{namespace}}}{name}", attributes or {})
    if text:
        child.text = _text(text)
    return child


def _text(text: str) -> str:
    """The text without characters that XML cannot contain."""
    return _CONTROLS.sub(" ", text)


def _name_of(item_id: str) -> str:
    """The item's identifier in the file. Such an identifier may not begin with a digit."""
    return f"item-{_NOT_IN_NAMES.sub('_', item_id)}"


def _path_of(name: str) -> str:
    return f"items/{name}.xml"


def _add(archive: zipfile.ZipFile, path: str, root: Any) -> None:
    info = zipfile.ZipInfo(path, _MADE_AT)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, etree.tostring(root, xml_declaration=True, encoding="UTF-8"))

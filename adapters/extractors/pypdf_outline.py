"""The headings in a PDF's outline (its bookmarks).

pypdf's own ``outline`` first resolves all named destinations of the document. A book made with LaTeX has tens of
thousands of them, but only about a hundred headings.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject

from adapters.extractors.cleaning import clean
from adapters.extractors.outlines import OutlineEntry

_MAX_ENTRIES = 5_000
_MAX_DEPTH = 32
_MAX_TREE_NODES = 5_000


def read_outline(reader: PdfReader) -> dict[int, list[OutlineEntry]]:
    """The outline's entries by the index of their page, in the order of the outline."""
    catalog = reader.root_object
    top = _dictionary(catalog.get("/Outlines"))
    if "/First" not in top:
        return {}
    indexes = {
        page.indirect_reference.idnum: index
        for index, page in enumerate(reader.pages)
        if page.indirect_reference is not None
    }
    by_page: dict[int, list[OutlineEntry]] = {}
    for node, level in _nodes(top):
        title = " ".join(clean(str(node.get("/Title") or "")).split())
        destination = _destination(catalog, node)
        target = destination[0] if destination else None
        if title and isinstance(target, IndirectObject) and target.idnum in indexes:
            by_page.setdefault(indexes[target.idnum], []).append(OutlineEntry(title, min(level, 6)))
    return by_page


def _nodes(top: DictionaryObject) -> Iterator[tuple[DictionaryObject, int]]:
    seen: set[int] = set()
    pending = [(_dictionary(top.get("/First")), 1)]
    while pending and len(seen) < _MAX_ENTRIES:
        node, level = pending.pop()
        if not node or id(node) in seen or level > _MAX_DEPTH:
            continue
        seen.add(id(node))
        yield node, level
        pending.append((_dictionary(node.get("/Next")), level))
        pending.append((_dictionary(node.get("/First")), level + 1))


def _destination(catalog: DictionaryObject, node: DictionaryObject) -> ArrayObject | None:
    target = _resolved(node.get("/Dest"))
    action = _dictionary(node.get("/A"))
    if target is None and action.get("/S") == "/GoTo":
        target = _resolved(action.get("/D"))
    if isinstance(target, (str, bytes)):
        target = _named(catalog, target)
    if isinstance(target, DictionaryObject):
        target = _resolved(target.get("/D"))
    return target if isinstance(target, ArrayObject) else None


def _named(catalog: DictionaryObject, name: str | bytes) -> Any:
    old_style = _dictionary(catalog.get("/Dests"))
    if name in old_style:
        return _resolved(old_style.get(name))
    pending = [_dictionary(_dictionary(catalog.get("/Names")).get("/Dests"))]
    for _ in range(_MAX_TREE_NODES):
        if not pending:
            break
        node = pending.pop()
        limits = _array(node.get("/Limits"))
        if len(limits) == 2 and not _between(limits, name):
            continue
        names = _array(node.get("/Names"))
        for index in range(0, len(names) - 1, 2):
            if _resolved(names[index]) == name:
                return _resolved(names[index + 1])
        pending.extend(map(_dictionary, _array(node.get("/Kids"))))
    return None


def _between(limits: ArrayObject, name: str | bytes) -> bool:
    low, high = (_resolved(limit) for limit in limits)
    if isinstance(name, str) and isinstance(low, str) and isinstance(high, str):
        return low <= name <= high
    if isinstance(name, bytes) and isinstance(low, bytes) and isinstance(high, bytes):
        return low <= name <= high
    return True


def _resolved(value: Any) -> Any:
    return value.get_object() if isinstance(value, PdfObject) else value


def _dictionary(value: Any) -> DictionaryObject:
    found = _resolved(value)
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _array(value: Any) -> ArrayObject:
    found = _resolved(value)
    return found if isinstance(found, ArrayObject) else ArrayObject()

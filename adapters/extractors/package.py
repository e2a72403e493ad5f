"""The zip file of an Office document, an OpenDocument file or an EPUB. It is checked before any part is unpacked."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from lxml import etree  # type: ignore[import-untyped]

from ports.text_extractor import UnreadableDocument

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_MAX_ENTRIES = 10_000
_MAX_UNPACKED = 1024**3
_MAX_RATIO = 200
_RATIO_MATTERS_FROM = 64 * 1024**2
_MAX_BODY = 64 * 1024**2
_MAX_PART = 16 * 1024**2
_PARTS_HELD_WHOLE = 64 * 1024**2
"""The most bytes of all parts together that are parsed as trees."""

_RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


_SAFELY: dict[str, Any] = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "remove_comments": True,
    "remove_pis": True,
}


class Package:
    """The parts of a package by name. Letter case does not matter."""

    def __init__(self, content: bytes) -> None:
        """Raise ``encrypted``, ``type_mismatch``, ``corrupt`` or ``decompression_bomb`` if the package cannot be read."""
        if content.startswith(_OLE):
            # Word stores a document that has a password in the container format of older versions of Word.
            raise UnreadableDocument("encrypted" if _ENCRYPTED_STREAM in content else "type_mismatch")
        if not content.startswith(b"PK"):
            raise UnreadableDocument("type_mismatch")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise UnreadableDocument("corrupt") from error
        entries = self._zip.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        suspicious = unpacked > _RATIO_MATTERS_FROM and unpacked > _MAX_RATIO * len(content)
        if len(entries) > _MAX_ENTRIES or unpacked > _MAX_UNPACKED or suspicious:
            raise UnreadableDocument("decompression_bomb")
        self._entries = {entry.filename.replace("\\", "/").lower(): entry for entry in entries}
        self._held = 0

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._entries

    def main_part(self, usual: str = "word/document.xml") -> str:
        """The name of the part with the document itself. Raises ``type_mismatch`` if the package names none, and
        ``corrupt`` if that part is missing.
        """
        for kind, target in self.related("").values():
            if kind == "officeDocument":
                if target not in self:
                    raise UnreadableDocument("corrupt")
                return target
        if usual in self:
            return usual
        raise UnreadableDocument("type_mismatch")

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """The relationships of part ``name`` to other parts: for each id, the kind and the name of the other part."""
        folder, base = posixpath.split(name)
        root = self.tree(posixpath.join(folder, "_rels", f"{base}.rels"))
        found: dict[str, tuple[str, str]] = {}
        for relation in root.iter(_RELATIONSHIPS) if root is not None else ():
            # Never fetch anything from outside the package.
            if relation.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
                kind = relation.get("Type", "").rpartition("/")[2]
                found[relation.get("Id", "")] = (kind, target.lstrip("/"))
        return found

    def tree(self, name: str, *, may_have_doctype: bool = False) -> Any:
        """The root element of part ``name``, or None if there is no such part.

        Raises ``decompression_bomb`` if the part is too large, and ``corrupt`` if it has a document type (see
        ``refuse_doctype``).
        """
        if name not in self:
            return None
        entry = self._entries[name.lower()]
        self._held += entry.file_size
        if entry.file_size > _MAX_PART or self._held > _PARTS_HELD_WHOLE:
            raise UnreadableDocument("decompression_bomb")
        with self._open(entry) as stream:
            root = etree.fromstring(stream.read(), etree.XMLParser(**_SAFELY))
        refuse_doctype(root, may_have_one=may_have_doctype)
        return root

    def title(self) -> str | None:
        """The title in the properties of an Office package; None if there is none."""
        core = next((part for kind, part in self.related("").values() if kind == "core-properties"), "")
        return next((str(found.text or "") for found in children_of(self.tree(core), "title")), None)

    def content(self, name: str) -> bytes:
        """The bytes of part ``name``. Raises ``decompression_bomb``, and ``corrupt`` if there is no such part."""
        entry = self._entries.get(name.lower())
        if entry is None:
            raise UnreadableDocument("corrupt")
        if entry.file_size > _MAX_PART:
            raise UnreadableDocument("decompression_bomb")
        with self._open(entry) as stream:
            return stream.read()

    def body_stream(self, name: str) -> IO[bytes]:
        """A stream of part ``name``, unpacked while it is read. Raises ``decompression_bomb`` if the part is too large."""
        entry = self._entries[name.lower()]
        if entry.file_size > _MAX_BODY:
            raise UnreadableDocument("decompression_bomb")
        return self._open(entry)

    def _open(self, entry: zipfile.ZipInfo) -> IO[bytes]:
        if entry.flag_bits & 1:
            raise UnreadableDocument("encrypted")
        return self._zip.open(entry)


def local(element: Any) -> str:
    """The name of an element without its namespace; "" if it is a comment or a processing instruction."""
    return element.tag.rpartition("}")[2] if element is not None and isinstance(element.tag, str) else ""


def children_of(element: Any, name: str) -> Iterator[Any]:
    return (child for child in (() if element is None else element) if local(child) == name)


def under(element: Any, name: str) -> Any:
    """The first child with this name, or None."""
    for child in () if element is None else element:  # called for every cell: without a generator
        if local(child) == name:
            return child
    return None


def events_of(stream: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """The start and end events of elements, while the stream is read.

    Raises ``corrupt`` for malformed XML or a document type, and ``decompression_bomb``.
    """
    events = _within_parser_limits(etree.iterparse(stream, events=("start", "end"), **_SAFELY))
    first = next(events)
    refuse_doctype(first[1])
    yield first
    yield from events


def _within_parser_limits(events: Any) -> Iterator[tuple[str, Any]]:
    try:
        yield from events
    except etree.XMLSyntaxError as error:
        # lxml refuses texts of more than ten million characters and more than 256 nested elements.
        bomb = error.code == etree.ErrorTypes.ERR_RESOURCE_LIMIT
        raise UnreadableDocument("decompression_bomb" if bomb else "corrupt") from error


def refuse_doctype(root: Any, *, may_have_one: bool = False) -> None:
    """Raise ``corrupt`` if the document has a document type: Office never writes one, and its entities may be an
    attack.

    With ``may_have_one`` (files of an EPUB), a document type is allowed, but no entities. Nothing that it names is
    read.
    """
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and not (may_have_one and next(declared.iterentities(), None) is None):
        raise UnreadableDocument("corrupt")

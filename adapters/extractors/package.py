"""The zip file of a Word document. It is checked before any part of it is unpacked."""

from __future__ import annotations

import io
import posixpath
import zipfile
from typing import IO, Any

from docx.oxml.parser import parse_xml

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
"""Bytes of all the parts together that are parsed as a tree."""

_RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class Package:
    """The parts of an Office package, by name; case does not matter."""

    def __init__(self, content: bytes) -> None:
        """Raises ``encrypted``, ``type_mismatch``, ``corrupt`` or ``decompression_bomb``."""
        if content.startswith(_OLE):
            # Word stores a document with a password in the container of its older formats.
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

    def main_part(self) -> str:
        """The name of the part with the document itself. Raises ``type_mismatch`` and ``corrupt``."""
        for kind, target in self.related("").values():
            if kind == "officeDocument":
                if target not in self:
                    raise UnreadableDocument("corrupt")
                return target
        if "word/document.xml" in self:
            return "word/document.xml"
        raise UnreadableDocument("type_mismatch")

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """The relationships of part ``name`` to other parts: by id, the kind and the name of the part."""
        folder, base = posixpath.split(name)
        root = self.tree(posixpath.join(folder, "_rels", f"{base}.rels"))
        found: dict[str, tuple[str, str]] = {}
        for relation in root.iter(_RELATIONSHIPS) if root is not None else ():
            # Never fetch anything from outside of the package.
            if relation.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
                kind = relation.get("Type", "").rpartition("/")[2]
                found[relation.get("Id", "")] = (kind, target.lstrip("/"))
        return found

    def tree(self, name: str) -> Any:
        """The root element of part ``name``, or None if there is no such part.

        Raises ``decompression_bomb``.
        """
        if name not in self:
            return None
        entry = self._entries[name.lower()]
        self._held += entry.file_size
        if entry.file_size > _MAX_PART or self._held > _PARTS_HELD_WHOLE:
            raise UnreadableDocument("decompression_bomb")
        with self._open(entry) as stream:
            root = parse_xml(stream.read())
        refuse_doctype(root)
        return root

    def body_stream(self, name: str) -> IO[bytes]:
        """A stream of part ``name``, unpacked while it is read. Raises ``decompression_bomb``."""
        entry = self._entries[name.lower()]
        if entry.file_size > _MAX_BODY:
            raise UnreadableDocument("decompression_bomb")
        return self._open(entry)

    def _open(self, entry: zipfile.ZipInfo) -> IO[bytes]:
        if entry.flag_bits & 1:
            raise UnreadableDocument("encrypted")
        return self._zip.open(entry)


def refuse_doctype(root: Any) -> None:
    """Raises ``corrupt`` for a document type: Office never writes one, and its entities may be an attack."""
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableDocument("corrupt")

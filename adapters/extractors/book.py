"""EPUB: the HTML files of the book, in reading order. The names of the chapters come from the table of contents."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from lxml import etree  # type: ignore[import-untyped]

from adapters.extractors.blocks import Block, heading, paragraph, without_pages
from adapters.extractors.budget import Budget
from adapters.extractors.package import Package, children_of, local, under
from adapters.extractors.titles import sensible_title
from adapters.extractors.web import WebPage, decoded
from ports.text_extractor import Extraction, UnreadableDocument

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = ("application/xhtml+xml", "text/html", "application/xml", "text/xml")


def read_epub(content: bytes, budget: Budget) -> Extraction:
    book = _Book(Package(content), budget)
    return without_pages(book.blocks(), budget, book.title)


class _Book:
    def __init__(self, package: Package, budget: Budget) -> None:
        self._package = package
        self._budget = budget
        container = package.tree(_CONTAINER, may_have_doctype=True)
        if container is None:
            raise UnreadableDocument("type_mismatch")
        self._main = next(
            (str(each.get("full-path")) for each in container.iter() if local(each) == "rootfile"), ""
        )
        root = package.tree(self._main, may_have_doctype=True)
        if root is None:
            raise UnreadableDocument("corrupt")
        self._items = {str(item.get("id")): item for item in children_of(under(root, "manifest"), "item")}
        spine = under(root, "spine")
        self._files = [
            self._path(self._main, str(item.get("href") or ""))
            for reference in children_of(spine, "itemref")
            if (item := self._items.get(str(reference.get("idref")))) is not None
            and str(item.get("media-type")).lower() in _PAGES
        ]
        if self._is_locked():
            raise UnreadableDocument("encrypted")
        self._chapters = dict(self._contents(str(spine.get("toc") or "") if spine is not None else ""))
        metadata = under(root, "metadata")
        self.title = sensible_title(next((each.text for each in children_of(metadata, "title")), None))

    def blocks(self) -> Iterator[Block]:
        for file in self._files:
            if file not in self._package:
                continue
            page = WebPage(decoded(self._package.content(file)), self._budget)
            blocks = page.blocks()
            chapter = self._chapters.get(file.lower())
            if chapter and blocks and not any(block.level for block in blocks):
                # The chapter's heading is not marked as a heading. The table of contents has its name, and often the
                # first line repeats it.
                if blocks[0].text.casefold() == chapter.casefold():
                    blocks.pop(0)
                yield heading(chapter, 1)
            yield from blocks

    def _is_locked(self) -> bool:
        """Whether the text itself is encrypted. Many books encrypt only their fonts; those can be read."""
        root = self._package.tree(_ENCRYPTION, may_have_doctype=True)
        locked = {
            unquote(str(each.get("URI") or "")).lstrip("/").lower()
            for each in (() if root is None else root.iter())
            if local(each) == "CipherReference"
        }
        return any(file.lower() in locked for file in self._files)

    def _contents(self, toc: str) -> Iterator[tuple[str, str]]:
        """For each file that the table of contents names, the name of the first chapter in it."""
        seen: set[str] = set()
        for item in self._items.values():
            part = self._path(self._main, str(item.get("href") or ""))
            is_toc = item.get("id") == toc or item.get("media-type") == "application/x-dtbncx+xml"
            if not is_toc and "nav" not in str(item.get("properties") or "").split():
                continue
            try:
                root = self._package.tree(part, may_have_doctype=True)
            except etree.XMLSyntaxError:
                continue  # the contents only give names
            for target, name in _entries(root):
                file = self._path(part, target).lower()
                if file not in seen and name:
                    seen.add(file)
                    yield file, name

    @staticmethod
    def _path(base: str, target: str) -> str:
        file = unquote(target.partition("#")[0])
        return posixpath.normpath(posixpath.join("/", posixpath.dirname(base), file)).lstrip("/")


def _entries(root: Any) -> Iterator[tuple[str, str]]:
    """The entries of a table of contents, as target and name. EPUB 3 has links, EPUB 2 ``navPoint``."""
    for element in () if root is None else root.iter():
        if local(element) == "a":
            yield str(element.get("href") or ""), paragraph("".join(element.itertext()))
        elif local(element) == "navPoint":
            source = under(element, "content")
            label = under(element, "navLabel")
            if source is not None and label is not None:
                yield str(source.get("src") or ""), paragraph("".join(label.itertext()))

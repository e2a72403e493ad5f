"""The pages of a PDF, read by pypdf in this process. It is used if pdfium cannot read a page, or reads it worse.

Only one page at a time is in memory, so memory does not grow with the number of pages.

pypdf's plain mode reads the columns of a page one after the other. Its layout mode puts them side by side, which makes
no sense once the text is split into chunks.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from pypdf import Configuration, PageObject, PdfReader, apply_configuration
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, IndirectObject, NameObject

from adapters.extractors.budget import Budget, PageTooLarge
from adapters.extractors.outlines import OutlineEntry
from adapters.extractors.pypdf_outline import read_outline
from ports.text_extractor import UnreadableDocument

# pypdf's warnings quote the document, and a learner's text must not be logged.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

_MAX_STREAM_BYTES = 32 * 1024 * 1024
_MAX_TOKENS = 500_000
"""The most tokens of one page; pypdf needs 20 µs for each. A page of a book has 5,000, without its drawings."""
_MAX_SHOWN = 2_000_000
"""The most bytes in the text operands of one page, before fonts map them to characters. A full page has 10,000."""
_MAX_ELEMENTS = 1_000_000
"""The most elements of an array or a dictionary. They take 100 MB of memory."""
_TEXT_OPERATORS = frozenset((b"Tj", b"TJ", b"'", b'"'))
_CHECK_EVERY = 256

_DRAWING_LINES = re.compile(
    rb"^(?>[-+.\d \t]*+(?:re|rg|RG|[fBbW]\*|[mlcvyhSsfFnBbWwJjMigGkK])(?:[ \t\r]++|$))++$", re.MULTILINE
)
_LONG_GAPS = re.compile(rb"[\x00\t\n\f\r ]{64,}")
_SHOWS_SOMETHING = re.compile(rb"T[jJ]|['\"]|Do")
_INLINE_IMAGE = re.compile(rb"\bID\b")


class PypdfDocument:
    """A PDF, opened in this process. Opening raises ``UnreadableDocument`` as the port says."""

    def __init__(self, content: bytes, budget: Budget) -> None:
        self._budget = budget
        with _limits(budget):
            try:
                self._reader = _open(content, budget)
                self.page_count = len(self._reader.pages)
            except FileNotDecryptedError as error:
                raise UnreadableDocument("encrypted") from error
            except LimitReachedError as error:
                raise _refusal(error) from error
            budget.check_pages(self.page_count)
            if not self.page_count:
                raise UnreadableDocument("corrupt")
        budget.check_time()

    def page(self, index: int) -> str:
        """The text of a page. Raises ``PageTooLarge`` if a limit is reached. A damaged page can raise any other error."""
        try:
            with _limits(self._budget):
                return self._read(index)
        except LimitReachedError as error:
            raise PageTooLarge from error

    def _read(self, index: int) -> str:
        page = self._reader.pages[index]
        drawn = list(_drawn_by(page))
        try:
            contents = page.get_contents()
            data = _without_drawings(contents.get_data()) if contents is not None else b""
            if not _SHOWS_SOMETHING.search(data):
                return ""
            stream = DecodedStreamObject()
            stream.set_data(data)
            page[NameObject("/Contents")] = stream
            return page.extract_text(visitor_operand_before=_Watch(self._budget))
        finally:
            self._forget(page, drawn)

    def _forget(self, page: PageObject, references: list[IndirectObject]) -> None:
        """Remove the page's objects from pypdf's cache. pypdf keeps them until the document is closed."""
        for reference in references:
            self._reader.resolved_objects.pop((reference.generation, reference.idnum), None)
        page.clear()

    def title(self) -> str | None:
        try:
            metadata = self._reader.metadata
            return metadata.title if metadata else None
        except (
            Exception
        ):  # pypdf raises nearly anything for damaged metadata; the text is read without a title
            self._budget.check_time()
            return None

    def outline(self) -> dict[int, list[OutlineEntry]]:
        try:
            with _limits(self._budget):
                return read_outline(self._reader)
        except Exception:  # the same for a damaged outline; the text is read without its headings
            self._budget.check_time()
            return {}


class _TimedStream(io.BytesIO):
    """Checks the time limit while pypdf searches a broken file. pypdf may read such a file many times."""

    def __init__(self, content: bytes, budget: Budget) -> None:
        super().__init__(content)
        self._budget = budget
        self._seeks = 0

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._seeks += 1
        if self._budget.exhausted or not self._seeks % _CHECK_EVERY:
            self._budget.check_time()
        return super().seek(offset, whence)

    def getbuffer(self) -> memoryview:
        # pypdf searches the whole file for an object that the table of objects does not list.
        self._budget.check_time()
        return super().getbuffer()


class _Watch:
    """Refuses a page with far too much text, or one that draws the same forms thousands of times.

    pypdf ignores errors within a form. So once a page is refused, every further operation is refused too.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._operations = 0
        self._shown = 0

    def __call__(self, operator: bytes, operands: Any, _cm: Any, _tm: Any) -> None:
        self._operations += 1
        # A form may take long before pypdf passes its operations to this method.
        if self._budget.exhausted or operator == b"Do" or not self._operations % _CHECK_EVERY:
            self._budget.check_time()
        if operator in _TEXT_OPERATORS:
            self._shown += _length(operands)
        if self._shown > _MAX_SHOWN:
            raise UnreadableDocument("decompression_bomb")


def _without_drawings(data: bytes) -> bytes:
    """A content stream without the lines that only draw paths or set colours.

    These lines show no text, but pypdf needs as long for them as for text. A map would exceed the limits.
    """
    if _INLINE_IMAGE.search(data):
        return data  # the image's bytes may look like such lines
    return _LONG_GAPS.sub(b"\n", _DRAWING_LINES.sub(b"", data))


def _length(operands: Any) -> int:
    return sum(
        len(operand) if isinstance(operand, (str, bytes)) else _length(operand)
        for operand in operands
        if isinstance(operand, (str, bytes, list))
    )


def _limits(budget: Budget) -> AbstractContextManager[Configuration]:
    return apply_configuration(
        zlib_maximum_output_length=_MAX_STREAM_BYTES,
        lzw_maximum_output_length=_MAX_STREAM_BYTES,
        run_length_maximum_output_length=_MAX_STREAM_BYTES,
        array_based_stream_maximum_output_length=_MAX_STREAM_BYTES,
        stream_parsing_work_maximum_count=_MAX_TOKENS,
        # pypdf's own limit is 100,000 elements of an array, but real reports have more. The file's size and the time
        # limit bound arrays too.
        array_maximum_element_count=_MAX_ELEMENTS,
        dictionary_maximum_element_count=_MAX_ELEMENTS,
        # This counts the pages and the nodes above them. A sensible tree has no more nodes than pages.
        page_tree_maximum_entries=2 * budget.max_pages + 1000,
        # Never start another program for an image in a file that we do not trust.
        jbig2dec_binary=None,
    )


def _open(content: bytes, budget: Budget) -> PdfReader:
    try:
        return PdfReader(_TimedStream(content, budget))
    except (DependencyError, NotImplementedError) as error:
        # The file is encrypted without a password, e.g. by certificates.
        raise UnreadableDocument("encrypted" if b"/Encrypt" in content else "corrupt") from error


def _refusal(error: LimitReachedError) -> UnreadableDocument:
    said = str(error).lower()
    if "loop" in said or "cycl" in said or "depth" in said:
        return UnreadableDocument("corrupt")
    return UnreadableDocument("too_many_pages" if "page tree" in said else "decompression_bomb")


def _drawn_objects(page: PageObject) -> DictionaryObject:
    found: DictionaryObject = page
    for key in ("/Resources", "/XObject"):
        value = found.get(key)
        value = value.get_object() if value is not None else None
        found = value if isinstance(value, DictionaryObject) else DictionaryObject()
    return found


def _drawn_by(page: PageObject) -> Iterator[IndirectObject]:
    """The references to the content streams, images and forms of ``page``."""
    try:
        if "/Contents" in page:
            contents = page.raw_get("/Contents")
            if isinstance(contents, IndirectObject):
                yield contents
            contents = contents.get_object()
            if isinstance(contents, ArrayObject):
                yield from (part for part in contents if isinstance(part, IndirectObject))
        yield from (drawn for drawn in _drawn_objects(page).values() if isinstance(drawn, IndirectObject))
    except (KeyError, TypeError, AttributeError):
        return

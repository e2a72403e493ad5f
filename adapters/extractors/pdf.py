"""PDF. pdfium reads the pages in a process of its own. pypdf reads those pages that pdfium cannot read, or reads worse.

Each page is checked before it is returned: a page whose letters cannot be read becomes a warning instead of text.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from adapters.extractors.brackets import with_turned_brackets
from adapters.extractors.budget import Budget, PageTooLarge
from adapters.extractors.cleaning import clean, is_blank
from adapters.extractors.flow import FlowPage, flowing
from adapters.extractors.legibility import is_better, may_be_read_better, readable_part, without_glyph_names
from adapters.extractors.outlines import place
from adapters.extractors.pdfium_pages import DrawnPage, NotOpened, PdfiumDocument, ReaderEnded
from adapters.extractors.process_limits import Limits
from adapters.extractors.symbols import with_symbols
from adapters.extractors.titles import sensible_title
from ports.text_extractor import Extraction, PageText, UnreadableDocument, WarningCode

if TYPE_CHECKING:
    from adapters.extractors.pypdf_pages import PypdfDocument

log = logging.getLogger("lyceum.extractor")

_MAGIC_WITHIN = 1024
_MAX_OVERSIZE_PAGES = 3
"""Up to this many pages that exceed a limit of pypdf get a warning each. More of them count as an attack."""
_MAX_ENDED = 3
"""How many processes may crash. After that, pypdf reads the remaining pages."""
_LONGEST_STAMP = 80
_MAX_PLACEHOLDER_PAGES = 2
_LONGEST_PLACEHOLDER = 1_500
"""In characters. A longer page that contains the words of a placeholder also has text of its own. Adobe's English
placeholder has about 700 characters.
"""
_AS_TYPED = str.maketrans(
    {
        "ﬀ": "ff",
        "ﬁ": "fi",
        "ﬂ": "fl",
        "ﬃ": "ffi",
        "ﬄ": "ffl",
        "ﬅ": "st",
        "ﬆ": "st",
    }
)
_LONGEST_CATALOGUE = 2_000
_LONGEST_NUMBER = 24
_OBJECT_NUMBER = re.compile(rb"\d+\s+\d+$")
_BLANK_LINES = re.compile(r"\n{3,}")
_STAMP = re.compile(
    r"(?:scann?ed|scanné|numérisé|gescann?t|eingescannt|escaneado|digitali[sz]ad[oa]|scannerizzato|scansionato|"
    r"gescand|skannad|zeskanowano|created|made|powered)\s+(?:with|by|using|avec|par|mit|von|con|com|da|met|med|za"
    r"|pomocą)\s+[\w .\-]{1,40}|camscanner|.{0,6}扫描全能王.{0,10}",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"if this message is not eventually replaced|"
    r"falls diese meldung nicht .{0,60}\sersetzt|wenn diese meldung nicht .{0,60}\sersetzt|"
    r"si ce message n['’]est pas remplac|si ce message ne finit pas par [êe]tre remplac|"
    r"si este mensaje no (?:es|se) (?:reemplaza|sustitui)|se questo messaggio non (?:viene|è) sostituit|"
    r"se esta mensagem não for (?:eventualmente )?substitu|als dit bericht niet .{0,60}\svervangen|"
    r"requires adobe (?:acrobat|reader)|"
    r"open this pdf portfolio|"
    r"(?:need|requires?) a later version of (?:the pdf viewer|adobe)|"
    r"your pdf viewer (?:may not be able to|does not|cannot) (?:display|support)|"
    r"upgrade to the latest version of adobe (?:acrobat|reader)|"
    r"need a different (?:reader|viewer) to open",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST_ADVICE = 300
"""In characters. A page with so little text that speaks of opening a document in a viewer says nothing else."""
_VIEWER = re.compile(
    r"adobe\s+(?:acrobat|reader)|acrobat\s+reader|pdf[- ]?(?:viewer|reader|betrachter|programm)|"
    r"(?:lecteur|visor|lector|visualizador|leitor|lettore|visualizzatore|přehrávač)\s+(?:de\s+|di\s+)?pdf",
    re.IGNORECASE,
)
_ADVICE = re.compile(
    r"\b(?:to (?:view|open|display|see|read)|(?:view|open|display)(?:ed)?|öffnen|anzeigen|anzuzeigen|afficher|ouvrir|ouvrez|"
    r"visualizar|abr(?:ir|a)|visualizzare|aprire|aprilo|openen|weergeven|otworzyć|wyświetlić|otevřít|zobrazit|öppna|visa)\b"
    r"|görüntüle|açmak",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(
    r"\b(?:documento?|dokument\w*|files?|forms?|formular\w*|formulaire|datei|fichier|archivo|ficheiro|arquivo|modulo|bestand|"
    r"formulier|plik|soubor|belge\w*)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"(?<!\S)(?!\S*\d)[^\w\s]*[^\W\d_]{2,}")
"""Matches the beginning of a word that has no digit and begins with two or more letters, perhaps after marks."""


def _is_placeholder(text: str) -> bool:
    """Whether the page tells a reader to open the document in another viewer, and nothing else."""
    if len(text) <= _LONGEST_PLACEHOLDER and _PLACEHOLDER.search(text) is not None:
        return True
    return len(text) <= _LONGEST_ADVICE and all(
        words.search(text) is not None for words in (_VIEWER, _ADVICE, _DOCUMENT)
    )


def read_pdf(content: bytes, budget: Budget, limits: Limits | None) -> Extraction:
    """The text of a PDF. ``limits`` bound the process of pdfium; if it is None, only pypdf reads. Raises
    ``UnreadableDocument``.
    """
    start = content.find(b"%PDF-", 0, _MAGIC_WITHIN)
    if start < 0:
        raise UnreadableDocument("type_mismatch")
    # Offsets in the file count from its header, which may stand after other bytes.
    document = _Document(_with_trailer(content[start:] if start else content), budget, limits)
    return Extraction(document.page_count, document.pages(), document.title)


def _with_trailer(content: bytes) -> bytes:
    """The file. If it has a catalogue but no trailer, because its end is missing, a trailer that names the catalogue is
    added. The readers find all other objects themselves.
    """
    at = content.rfind(b"/Catalog")
    if at < 0 or b"trailer" in content or b"/XRef" in content:
        return content
    begin = content.rfind(b" obj", max(0, at - _LONGEST_CATALOGUE), at)
    number = _OBJECT_NUMBER.search(content, max(0, begin - _LONGEST_NUMBER), max(0, begin))
    if number is None:
        return content
    return content + b"\nendobj\ntrailer\n<</Root %s R>>\nstartxref\n0\n%%%%EOF\n" % number[0]


class _Document:
    def __init__(self, content: bytes, budget: Budget, limits: Limits | None) -> None:
        self._content = content
        self._budget = budget
        self._limits = limits
        self._ended = 0
        self._oversize = 0
        self._unread = 0
        self._is_no_text = False
        self._pypdf: PypdfDocument | None = None
        self._pypdf_refuses = False
        self._pdfium = self._opened(first=0)
        if self._pdfium is not None:
            self.page_count = self._pdfium.page_count
            self._outline = self._pdfium.outline
            title: str | None = self._pdfium.title
        else:
            self._pypdf = self._opened_by_pypdf()
            self.page_count = self._pypdf.page_count
            self._outline = self._pypdf.outline()
            title = self._pypdf.title()
        self.title = sensible_title(title)

    def _opened(self, *, first: int) -> PdfiumDocument | None:
        if self._limits is None:
            return None
        try:
            return PdfiumDocument(self._content, self._budget, self._limits, first=first)
        except NotOpened:
            return None
        except ReaderEnded:
            self._budget.check_time()
            return None

    def _opened_by_pypdf(self) -> PypdfDocument:
        # Imported on first use: most documents do not need it.
        from adapters.extractors.pypdf_pages import PypdfDocument

        return PypdfDocument(self._content, self._budget)

    def pages(self) -> Iterator[PageText]:
        try:
            yield from (self._with_headings(page) for page in flowing(self._judged()))
            if self._is_no_text:
                raise UnreadableDocument("no_text")
        finally:
            if self._pdfium is not None:
                self._pdfium.close()

    def _with_headings(self, page: FlowPage) -> PageText:
        headings = place(self._outline.get(page.index, []), page.text)
        return PageText(page.index + 1, page.text, headings, page.warning)

    def _judged(self) -> Iterator[FlowPage]:
        """The pages, each with its readable text and its warning. After the last one, sets whether the document has no
        text.

        Callers hold pages back until later ones are read, and the pages of a scan are needed for text recognition. So
        the error ``no_text`` must come after all pages.
        """
        stamped = placeholders = 0
        is_blank_document = stamp_only = True
        for index in range(self.page_count):
            drawn = self._drawn(index)
            raw, warning = self._best(index, drawn)
            text, is_lost = readable_part(with_symbols(raw))
            if is_lost:
                warning = "unreadable_letters"
            values = "\n".join(value for value in drawn.values if value.strip() and value not in text)
            text = _tidy(f"{text}\n{values}" if values else text)
            is_stamp = len(text) <= _LONGEST_STAMP and _STAMP.fullmatch(text.strip()) is not None
            if drawn.has_pictures and len(text) <= _LONGEST_STAMP and not _WORD.search(text):
                # A number that was put on each page of a scan, such as "ACME-000123", or a date.
                is_stamp = True
            if is_stamp:
                stamped += 1
            if warning is None and drawn.has_pictures and (is_stamp or is_blank(text)):
                warning, text = "pages_without_text", ""
            stamp_only = stamp_only and (is_stamp or is_blank(text))
            is_blank_document = is_blank_document and is_blank(raw) and not is_lost
            if self.page_count <= _MAX_PLACEHOLDER_PAGES:
                placeholders += _is_placeholder(text)
            yield FlowPage(index, text, warning, drawn.has_pictures)
        if is_blank_document and self._pypdf is None:
            self._pypdf = self._opened_by_pypdf()  # raises if the structure of the file is false
        self._is_no_text = placeholders == self.page_count or (stamped > 0 and stamp_only)

    def _drawn(self, index: int) -> DrawnPage:
        """The page as pdfium reads it. Its text is None if pdfium cannot read it."""
        if self._pdfium is None:
            return DrawnPage(None)
        try:
            page = self._pdfium.next_page()
        except ReaderEnded:
            self._budget.check_time()
            self._ended += 1
            self._read_on(index + 1)
            return DrawnPage(None)
        if page.is_heavy:
            self._read_on(index + 1)
        return page

    def _read_on(self, index: int) -> None:
        """Start a new process at page ``index``. If too many processes crashed, pypdf reads the rest."""
        if self._pdfium is not None:
            self._pdfium.close()
        over = self._ended > _MAX_ENDED or index >= self.page_count
        self._pdfium = None if over else self._opened(first=index)

    def _best(self, index: int, drawn: DrawnPage) -> tuple[str, WarningCode | None]:
        """The better of the two readings of a page, and its warning. Raises ``UnreadableDocument`` if too many pages
        cannot be read.
        """
        text = None if drawn.text is None else with_symbols(drawn.text)
        is_needed = text is None or drawn.is_heavy
        if text is not None and not is_needed:
            is_missing = is_blank(text) and drawn.shows_text
            if not is_missing and not may_be_read_better(text):
                return text, None
        try:
            other = self._by_pypdf(index)
        except (MemoryError, UnreadableDocument):
            raise
        except PageTooLarge:
            if not is_needed:
                return text or "", None
            self._oversize += 1
            text = None
        except Exception as error:  # pypdf raises nearly anything for a damaged page; the others may be sound
            if text is None:
                self._unread += 1
                if not isinstance(error, UnreadableByPypdf):
                    log.warning("page_not_read", exc_info=error)
        else:
            if text is None or is_blank(text):
                return other, None
            other = without_glyph_names(other, text)
            return (other if is_better(other, text) else text), None
        if text is not None:
            return text, None
        if self._oversize > _MAX_OVERSIZE_PAGES or self._oversize + self._unread == self.page_count:
            raise UnreadableDocument("decompression_bomb" if self._oversize else "corrupt")
        return "", "unreadable_pages"

    def _by_pypdf(self, index: int) -> str:
        if self._pypdf is None:
            if self._pypdf_refuses:
                raise UnreadableByPypdf
            try:
                self._pypdf = self._opened_by_pypdf()
            except UnreadableDocument as refused:
                if refused.code == "too_large":
                    raise
                self._pypdf_refuses = True
                raise UnreadableByPypdf from refused
        return self._pypdf.page(index)


class UnreadableByPypdf(Exception):
    """pypdf cannot read this file."""


def _tidy(text: str) -> str:
    # pdfium writes U+FFFE where a line ends with a hyphen.
    text = text.replace("\ufffe", "-\n")
    text = clean("\n".join(" ".join(line.split()) for line in text.splitlines()))
    if not text.isascii():
        text = with_turned_brackets(text.translate(_AS_TYPED))
    if "\n\n\n" in text:
        text = _BLANK_LINES.sub("\n\n", text)
    return text.strip()

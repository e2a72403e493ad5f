"""Plain text and Markdown, in any encoding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from adapters.extractors.budget import Budget
from adapters.extractors.cleaning import clean, is_blank
from adapters.extractors.encodings import decode
from ports.text_extractor import Extraction, Heading, PageText, UnreadableDocument

_MAGIC = (
    b"%PDF-",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x7fELF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF87a",
    b"GIF89a",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",  # OLE: the older Office formats
    b"{\\rtf",
    b"%!PS",
    b"\x1f\x8b",
    b"BZh",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a",
    b"\xfd7zXZ",
    b"OggS",
    b"ID3",
    b"fLaC",
    b"RIFF",
    b"SQLite format 3\x00",
    b"\xca\xfe\xba\xbe",
)

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_ATX = re.compile(r" {0,3}(#{1,6})(?=[ \t]|$)")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*")
_NO_PARAGRAPH = re.compile(r" {0,3}(?:[-*+>|]|\d{1,9}[.)])(?:[ \t]|$)| {4}|\t")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?=[A-Za-z_][\w.-]*[ \t]*:)(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_FRONT_TITLE = re.compile(r"^title[ \t]*:(.*)$", re.MULTILINE | re.IGNORECASE)


def read_text(content: bytes, budget: Budget, *, markdown: bool) -> Extraction:
    """The text and its pages. Pages end at form feeds; a file without form feeds has no pages. Markdown stays as it is,
    and its headings are found.
    """
    # No encoding needs more than four bytes per character, so the file has at least this many characters.
    budget.check_characters(len(content) // 4)
    decoded = decode(not_a_binary(content))
    budget.check_time()
    texts = [clean(page) for page in decoded.split("\f")]
    while len(texts) > 1 and is_blank(texts[-1]):
        texts.pop()
    budget.check_pages(len(texts))
    budget.check_characters(sum(map(len, texts)))
    if all(map(is_blank, texts)):
        raise UnreadableDocument("no_text")
    if not markdown:
        plain = (PageText(number, text) for number, text in enumerate(texts, start=1))
        return Extraction(page_count=len(texts), pages=plain, has_pages=len(texts) > 1)
    pages = [
        PageText(number, text, tuple(headings_of(text, first_page=number == 1)))
        for number, text in enumerate(texts, start=1)
    ]
    return Extraction(
        page_count=len(pages), pages=iter(pages), title=_title(pages[0]), has_pages=len(pages) > 1
    )


def not_a_binary(content: bytes) -> bytes:
    """``content``. Raises ``type_mismatch`` if it begins like a file of another format."""
    if content.startswith(_MAGIC) or content[4:8] == b"ftyp":
        raise UnreadableDocument("type_mismatch")
    if content.startswith(b"MZ") and b"\x00" in content[:1024]:
        raise UnreadableDocument("type_mismatch")
    return content


def headings_of(text: str, *, first_page: bool) -> Iterator[Heading]:
    """ATX and setext headings outside of code fences. ``start`` is the start of the heading's first line."""
    lines = text.split("\n")
    starts = accumulate((len(line) + 1 for line in lines), initial=0)
    skip_to = _front_matter_end(text) if first_page else 0
    fence = ""
    in_paragraph = False
    above: tuple[int, str] | None = None  # the paragraph's only line so far
    for start, line in zip(starts, lines, strict=False):
        if start < skip_to:
            continue
        if fence:
            closing = _FENCE.fullmatch(line)
            if closing and closing[1].startswith(fence) and is_blank(closing[2]):
                fence = ""
            continue
        candidate, above = above, None
        if (opening := _FENCE.fullmatch(line)) and not (opening[1][0] == "`" and "`" in opening[2]):
            fence, in_paragraph = opening[1], False
        elif mark := _ATX.match(line):
            in_paragraph = False
            if title := _without_closing_marks(line[mark.end() :].strip()):
                yield Heading(start, title, len(mark[1]))
        elif underline := _UNDERLINE.fullmatch(line):
            in_paragraph = False
            # A line of dashes below several lines of text is a heading in CommonMark, but authors mean a horizontal
            # rule.
            if candidate:
                yield Heading(candidate[0], candidate[1].strip(), 1 if underline[1][0] == "=" else 2)
        elif is_blank(line) or _NO_PARAGRAPH.match(line):
            in_paragraph = False
        else:
            above = None if in_paragraph else (start, line)
            in_paragraph = True


def _without_closing_marks(title: str) -> str:
    bare = title.rstrip("#")
    return bare.rstrip() if not bare or bare[-1].isspace() else title


def _front_matter_end(text: str) -> int:
    front = _FRONT_MATTER.match(text)
    return front.end() if front else 0


def _title(first: PageText) -> str | None:
    front = _FRONT_TITLE.search(first.text, 0, _front_matter_end(first.text))
    if front:
        return front[1].strip().strip("'\"") or None
    if first.headings and first.headings[0].level == 1:
        return first.headings[0].text
    return None

"""The pages of a Word document, computed from marks in its text.

A Word file has no page numbers. It only has the page breaks of Word's last layout, and those of the author. If all
breaks are there, a page gets the number that a person sees in Word. The marks are control characters, which XML cannot
contain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from adapters.extractors.cleaning import is_blank
from ports.text.sentences import ends_with_mark
from ports.text_extractor import Heading, PageText, WarningCode

PAGE_BREAK = "\f"
PAGE_START = "\v"
"""A page begins here, unless one has just begun. The mark comes from Word's last layout, or from a paragraph or section
that begins a new page.
"""
CONTINUOUS = "\x10"
NEW_PAGE = "\x11"
"""``CONTINUOUS`` and ``NEW_PAGE`` stand at the end of a section and say how that section began. So each describes the
break before its section.
"""
PICTURE = "\x14"
"""A picture. It has no text, but a page that contains only a picture is still a page."""
_GOES_ON = "\x15"
"""The page ends here, in the middle of a paragraph."""
HEADING_END = "\x0e"
_HEADING = re.compile("([\x01-\x06])([^\x0e]*)\x0e")
BREAKS = re.compile("[\f\v]")
_SECTION_ENDS = re.compile("[\x10\x11]")
_WITHIN = re.compile("(?<=[^\\s\x14])( *[\f\v])(?=\\s*[^\\s\x14])")
"""A page break within the text of a paragraph."""
_SHORTEST_CUT = 40
"""In characters. If an author's page break follows a shorter text, the text may be a title, which ends there."""
UNCLEANED = re.compile("([\f\v\x14])")
MARKS = re.compile("[\x01-\x06\x0e\f\v\x10\x11\x14\x15]")
_MOST_CHARACTERS = 8_000
"""The most characters of a page. If a page has more, page breaks are missing."""
_SURELY_ONE_PAGE = 30
"""A text of at most this many lines surely fits on one page. A longer one may not, if Word's layout is not known."""
_LINE_CHARACTERS = 80
_BLANK_LINES = re.compile(r"\n{3,}")


def marked_within(text: str) -> str:
    """A paragraph's text, with a mark at each page break at which a sentence continues."""
    return _WITHIN.sub(lambda found: _marked(text, found), text)


def _marked(text: str, found: re.Match[str]) -> str:
    before = text[: found.start()]
    is_cut = found[1].endswith(PAGE_START) or (len(before) >= _SHORTEST_CUT and not ends_with_mark(before))
    return _GOES_ON + found[1] if is_cut else found[1]


def paginate(marked: str) -> list[str]:
    """The text of each page. All marks except those of page breaks and sections are still in it."""
    begins = iter(_SECTION_ENDS.findall(marked)[1:])
    marked = _SECTION_ENDS.sub(lambda _: PAGE_START if next(begins, "") == NEW_PAGE else "", marked)
    pages = [""]
    for part in re.split("([\f\v])", marked):
        if part == PAGE_BREAK or (part == PAGE_START and not is_blank(pages[-1])):
            pages.append("")
        elif part != PAGE_START:
            pages[-1] += part
    while len(pages) > 1 and is_blank(pages[-1]):
        pages.pop()
    return pages


def is_laid_out(marked: Sequence[str], pages: Sequence[PageText], counted: int | None) -> bool:
    """Whether the file has all its page breaks, so that page numbers are right. ``counted`` is Word's number of pages,
    or None if Word did not lay the document out.
    """
    if counted is not None:
        return counted <= len(pages) and all(len(page.text) <= _MOST_CHARACTERS for page in pages)
    return all(
        PICTURE not in page
        and sum(len(line) // _LINE_CHARACTERS + 1 for line in page.split("\n") if line) <= _SURELY_ONE_PAGE
        for page in marked
    )


def page_of(number: int, marked: str) -> PageText:
    has_pictures = PICTURE in marked
    goes_on = marked.rstrip().endswith(_GOES_ON)
    marked = marked.replace(PICTURE, "").replace(_GOES_ON, "")
    marked = _BLANK_LINES.sub("\n\n", marked).strip(" \t\n")
    headings: list[Heading] = []

    def unmark(found: re.Match[str]) -> str:
        # The two marks of each earlier heading are no longer in the text.
        start = found.start() - 2 * len(headings)
        headings.append(Heading(start, " ".join(found[2].split()), ord(found[1])))
        return found[2]

    text = _HEADING.sub(unmark, marked)
    warning: WarningCode | None = "pages_without_text" if has_pictures and is_blank(text) else None
    return PageText(number, text, tuple(headings), warning, goes_on=goes_on)

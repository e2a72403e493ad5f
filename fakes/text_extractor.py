"""A text extractor whose documents a test scripts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from ports.text_extractor import (
    Extraction,
    ExtractionLimits,
    MediaType,
    PageText,
    UnreadableCode,
    UnreadableDocument,
)
from ports.text_recogniser import PICTURE_TYPES

Script = UnreadableCode | Sequence[str | PageText]
"""A script for a document: the reason why it cannot be read, or its pages. Pages given as strings are numbered from 1.
"""

_NEWLINES = re.compile("\r\n?|[\x0b\x85\u2028\u2029]")
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class ExtractCall:
    content: bytes
    media_type: MediaType
    limits: ExtractionLimits


class ScriptedTextExtractor:
    """Implements ``TextExtractor``, except for ``max_seconds``.

    If ``scripts`` has the content, the result is what the script says. Any other content is read as UTF-8, and pages
    end at form feeds. The pages of a picture have no text. ``titles`` has the titles of some contents. ``calls``
    records the calls.
    """

    def __init__(
        self, scripts: Mapping[bytes, Script] | None = None, titles: Mapping[bytes, str] | None = None
    ) -> None:
        self._scripts = dict(scripts or {})
        self._titles = dict(titles or {})
        self.calls: list[ExtractCall] = []

    def script(self, content: bytes, script: Script) -> None:
        """From now on, extracting ``content`` gives what ``script`` says."""
        self._scripts[content] = script if isinstance(script, str) else tuple(script)

    def extract(self, content: bytes, media_type: MediaType, limits: ExtractionLimits) -> Extraction:
        self.calls.append(ExtractCall(content, media_type, limits))
        if not content:
            raise UnreadableDocument("empty_file")
        if len(content) > limits.max_bytes:
            raise UnreadableDocument("too_large")
        script = self._scripts[content] if content in self._scripts else _split(content)
        if media_type in PICTURE_TYPES and not isinstance(script, str):
            script = [
                PageText(number, "", warning="pages_without_text") for number, _ in enumerate(script, start=1)
            ]
        if isinstance(script, str):
            raise UnreadableDocument(cast(UnreadableCode, script))
        pages = [
            PageText(number, _clean(page)) if isinstance(page, str) else replace(page)
            for number, page in enumerate(script, start=1)
        ]
        if len(pages) > limits.max_pages:
            raise UnreadableDocument("too_many_pages")
        return Extraction(
            len(pages),
            _within(pages, limits.max_characters),
            self._titles.get(content),
            has_pages=len(pages) > 1 or media_type not in ("txt", "md"),
        )


def _split(content: bytes) -> list[str]:
    try:
        pages = content.decode("utf-8-sig").split("\f")
    except UnicodeDecodeError as error:
        raise UnreadableDocument("type_mismatch") from error
    while len(pages) > 1 and not pages[-1].strip():
        pages.pop()
    return pages


def _clean(text: str) -> str:
    text = text.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", _UNWANTED.sub("", _NEWLINES.sub("\n", text)))


def _within(pages: list[PageText], max_characters: int) -> Iterator[PageText]:
    characters = 0
    for page in pages:
        characters += len(page.text)
        if characters > max_characters:
            raise UnreadableDocument("decompression_bomb")
        yield page
    if not any(page.text.strip() for page in pages):
        raise UnreadableDocument("no_text")

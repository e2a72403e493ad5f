"""Recognises the text in pictures: a job reads a stored scan and stores its result in the same store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, get_args

from ports.errors import PortError
from ports.lifecycle import Closeable
from ports.text.regexes import regex

PictureType = Literal["png", "jpg", "tiff", "webp"]
"""A TIFF file may hold several pages."""
ScanType = Literal["pdf", "png", "jpg", "tiff", "webp"]
PICTURE_TYPES: tuple[PictureType, ...] = get_args(PictureType)
SCAN_TYPES: tuple[ScanType, ...] = get_args(ScanType)

MAX_PAGES = 3000
"""The largest number of pages of one scan. This limit and the form of a job's id are Textract's:
https://docs.aws.amazon.com/textract/latest/dg/limits-document.html
"""
_JOB_ID = regex(r"[0-9a-zA-Z_-]{1,64}")


class UnrecognisableScan(PortError):
    """The scan can never be recognised: it is damaged or too large for the recogniser, or its job failed."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan and its job. ``job_id`` (1-64 characters of ``[0-9a-zA-Z_-]``) belongs to exactly these bytes.

    ``key`` is the scan's key in the object store. ``pages`` are the numbers of the wanted pages, from 1, ascending, 1
    to ``MAX_PAGES`` of them. The job stores everything under ``result_prefix``, which ends in "/" and belongs to this
    job alone.
    """

    job_id: str
    key: str
    media_type: ScanType
    pages: tuple[int, ...]
    result_prefix: str


class Box(NamedTuple):
    """The place of a line on its page, as shares of the page's width and height: from 0 (left, top) to 1."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    """Words side by side in one line. ``confidence`` is 0 to 1."""

    text: str
    confidence: float
    box: Box


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """The lines of a page in upright position, in any order. A page without lines has no text that the recogniser can
    read.
    """

    number: int
    lines: tuple[RecognisedLine, ...]


class TextRecogniser(Closeable, Protocol):
    """``begin`` and ``outcome`` may raise an ``UpstreamError``."""

    @property
    def media_types(self) -> frozenset[ScanType]:
        """The media types that it reads. Empty if no text recognition is set up."""
        ...

    def begin(self, scan: Scan) -> None:
        """Start the recognition, and do not wait for its end.

        The job stores one or more objects under ``result_prefix``; the object store announces each like any other new
        object. A failed job may store nothing; then only another ``begin`` shows that it failed. A repeated ``begin``
        starts nothing again, whether the job is running or has ended.

        Raises ``UnrecognisableScan`` if the job is known to have failed. Raises ``ValueError`` if the scan does not
        have the form above or has a type that this recogniser does not read, and ``Unavailable`` if there is no object
        under ``key``; in both cases no job was started.
        """
        ...

    def outcome(self, scan: Scan) -> tuple[RecognisedPage, ...] | None:
        """The recognised pages; None until the complete result is stored.

        Ascending by number: each wanted page that the scan has, and perhaps others.

        Raises ``UnrecognisableScan``, and ``Unavailable`` if the objects are not a result.
        """
        ...


def check_scan(scan: Scan) -> None:
    """Raise ``ValueError`` for a scan that ``begin`` does not accept."""
    if not _JOB_ID.fullmatch(scan.job_id):
        raise ValueError("job_id must be 1-64 characters of [0-9a-zA-Z_-]")
    if scan.media_type not in SCAN_TYPES:
        raise ValueError(f"unknown type {scan.media_type!r}")
    if not scan.result_prefix.endswith("/") or scan.result_prefix.startswith("/"):
        raise ValueError(f"the outcome cannot be under {scan.result_prefix!r}")
    if scan.key.startswith(scan.result_prefix):
        raise ValueError("the scan is under the prefix of its outcome")
    if not scan.pages or scan.pages[0] < 1 or sorted(set(scan.pages)) != list(scan.pages):
        raise ValueError("the pages must be numbers from 1, ascending")
    if len(scan.pages) > MAX_PAGES:
        raise ValueError(f"more than {MAX_PAGES} pages")

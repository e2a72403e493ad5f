"""Amazon Textract's asynchronous text detection. It reads a scan from the bucket and stores its outcome there.

https://docs.aws.amazon.com/textract/latest/dg/API_StartDocumentTextDetection.html
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from adapters.aws.errors import calls_of_aws, reading_answer
from adapters.upstream.calls import Effect, Retries
from ports.object_store import ObjectNotFound, ObjectStore
from ports.text_recogniser import (
    Box,
    RecognisedLine,
    RecognisedPage,
    Scan,
    ScanType,
    UnrecognisableScan,
    check_scan,
)

_CAPABILITY = "text_recogniser"
_PART = re.compile(r"([0-9a-zA-Z_-]+)/([1-9][0-9]*)")
"""The key of a part after the prefix: the id of the job, and the number of the part."""
_REFUSALS = dict.fromkeys(
    ("UnsupportedDocumentException", "DocumentTooLargeException", "BadDocumentException"), UnrecognisableScan
)
_WELL = {"IN_PROGRESS", "SUCCEEDED", "PARTIAL_SUCCESS"}
_READS: frozenset[ScanType] = frozenset({"pdf", "png", "jpg", "tiff"})


class TextractRecogniser:
    """Implements ``ports.text_recogniser.TextRecogniser``. Safe to share between threads.

    Textract uses the bucket with the permissions of the role that starts a job. So the role needs ``s3:GetObject``
    on the scans and ``s3:PutObject`` on the outcomes. It first writes ``.s3_access_check`` and leaves it there. It
    stores an outcome in parts, ``JOB/1``, ``JOB/2`` …, below the prefix. If a job fails, it stores nothing. It reads
    all pages of a scan, not only the requested ones.
    """

    media_types = _READS

    def __init__(
        self, client: Callable[[], Any], bucket: str, objects: ObjectStore, *, retries: Retries
    ) -> None:
        """``client`` returns a client for ``textract``. ``bucket`` is that of ``objects``, in the client's region."""
        self._client = client
        self._bucket = bucket
        self._objects = objects
        self._calls = calls_of_aws(_CAPABILITY, retries, _REFUSALS)

    def begin(self, scan: Scan) -> None:
        check_scan(scan)
        if scan.media_type not in self.media_types:
            raise ValueError(f"Textract does not read {scan.media_type}")
        tries = self._calls.begin()
        # Safe to repeat: for the same token, Textract returns the id of the same job.
        started = tries.call(lambda: self._start(scan), Effect.REPEATABLE)
        with reading_answer(_CAPABILITY):
            job_id = str(started["JobId"])
        job = tries.call(lambda: self._job(job_id))
        with reading_answer(_CAPABILITY):
            status = job["JobStatus"]
            if status != "FAILED" and status not in _WELL:
                raise ValueError("an unknown job status")
        if status == "FAILED":
            raise UnrecognisableScan  # a failed job never runs again, and its token stays taken

    def outcome(self, scan: Scan) -> tuple[RecognisedPage, ...] | None:
        for parts in self._stored(scan):
            pages = self._read(parts)
            if pages is not None:
                return pages
        return None

    def _read(self, parts: Mapping[int, str]) -> tuple[RecognisedPage, ...] | None:
        """The pages in the parts of one job; None if parts are still missing."""
        if sorted(parts) != list(range(1, len(parts) + 1)):
            return None
        try:
            last = self._part(parts[len(parts)])
            if not _may_be_last(last):
                return None  # without reading the other parts: each part that comes asks
            blocks = [
                block for number in range(1, len(parts)) for block in self._part(parts[number])["Blocks"]
            ]
        except ObjectNotFound:
            return None
        with reading_answer(_CAPABILITY):
            is_whole = last["JobStatus"] != "PARTIAL_SUCCESS"
            return _pages([*blocks, *last["Blocks"]], last["DocumentMetadata"]["Pages"], is_whole=is_whole)

    def close(self) -> None:
        """Does nothing: the client belongs to the caller who gave it."""

    def _stored(self, scan: Scan) -> Iterable[Mapping[int, str]]:
        """For each job, the keys of its stored parts by number. There may be two jobs, if Textract forgot the token of
        the first one.
        """
        jobs: defaultdict[str, dict[int, str]] = defaultdict(dict)
        for key in self._objects.keys(scan.result_prefix):
            named = _PART.fullmatch(key.removeprefix(scan.result_prefix))
            if named is not None:
                jobs[named[1]][int(named[2])] = key
        return jobs.values()

    def _part(self, key: str) -> Any:
        with reading_answer(_CAPABILITY):
            part = json.loads(self._objects.get(key))
            if part["JobStatus"] == "FAILED":
                raise UnrecognisableScan
            if not isinstance(part["Blocks"], list):
                raise TypeError("the blocks are no list")
            return part

    def _start(self, scan: Scan) -> Any:
        return self._client().start_document_text_detection(
            DocumentLocation={"S3Object": {"Bucket": self._bucket, "Name": scan.key}},
            ClientRequestToken=scan.job_id,
            OutputConfig={"S3Bucket": self._bucket, "S3Prefix": scan.result_prefix.rstrip("/")},
        )

    def _job(self, job_id: str) -> Any:
        return self._client().get_document_text_detection(JobId=job_id, MaxResults=1)


def _may_be_last(part: Any) -> bool:
    """Whether the part may be the last one of its job: it has no ``NextToken``, and reaches the document's last page.

    A job that did not read all pages may end before that page.
    """
    with reading_answer(_CAPABILITY):
        reached = max((block.get("Page", 1) for block in part["Blocks"]), default=0)
        is_end = reached >= part["DocumentMetadata"]["Pages"] or part["JobStatus"] == "PARTIAL_SUCCESS"
        return is_end and not part.get("NextToken")


def _pages(blocks: Sequence[Any], count: int, *, is_whole: bool) -> tuple[RecognisedPage, ...] | None:
    """All pages. None if a block refers to a missing block, or if a page is missing although the job read all pages.

    A page refers to its lines, and a line to its words. So if a part has not arrived yet, a reference has no block.
    """
    known = {block["Id"] for block in blocks}
    lines: defaultdict[int, list[Any]] = defaultdict(list)
    pages = set()
    for block in blocks:
        if not known.issuperset(_children(block)):
            return None
        number = int(block.get("Page", 1))
        if block["BlockType"] == "PAGE":
            pages.add(number)
        elif block["BlockType"] == "LINE":
            lines[number].append(block)
    if is_whole and len(pages) != count:
        return None
    return tuple(RecognisedPage(number, _lines(lines[number])) for number in range(1, count + 1))


def _children(block: Any) -> Iterator[str]:
    for related in block.get("Relationships") or ():
        if related["Type"] == "CHILD":
            yield from related["Ids"]


def _lines(blocks: Sequence[Any]) -> tuple[RecognisedLine, ...]:
    """The lines, with their boxes as on an upright page. Textract gives the boxes as the page lies in the scan."""
    turns = Counter(map(_quarter_turns, blocks)).most_common(1)
    return tuple(
        RecognisedLine(str(block["Text"]), float(block["Confidence"]) / 100, _upright(block, turns[0][0]))
        for block in blocks
    )


def _quarter_turns(block: Any) -> int:
    """How many quarter turns the line is turned clockwise, 0 to 3. The first side of its polygon runs along its
    letters.
    """
    first, second, *_ = block["Geometry"]["Polygon"]
    along = math.atan2(second["Y"] - first["Y"], second["X"] - first["X"])
    return round(along / (math.pi / 2)) % 4


def _upright(block: Any, turns: int) -> Box:
    box = block["Geometry"]["BoundingBox"]
    left, top = float(box["Left"]), float(box["Top"])
    right, bottom = left + float(box["Width"]), top + float(box["Height"])
    for _ in range(turns):
        left, top, right, bottom = top, 1 - right, bottom, 1 - left
    inside = (min(max(edge, 0.0), 1.0) for edge in (left, top, right, bottom))
    return Box(*inside)

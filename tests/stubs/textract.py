"""Amazon Textract on 127.0.0.1: asynchronous text detection in the scans of one bucket, within AWS's limits.

https://docs.aws.amazon.com/textract/latest/dg/API_StartDocumentTextDetection.html
https://docs.aws.amazon.com/textract/latest/dg/API_GetDocumentTextDetection.html
https://docs.aws.amazon.com/textract/latest/dg/limits-document.html
"""

from __future__ import annotations

import json
import re
import struct
import threading
import zlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeAlias

from ports.errors import Throttled, TimedOut, UpstreamError
from ports.object_store import ObjectNotFound, ObjectStore
from ports.text_recogniser import Box, RecognisedPage, UnrecognisableScan
from tests.stubs.aws_endpoint import Answer, AwsEndpoint, Request, json_answer, json_error

CHECK_FILE = ".s3_access_check"
"""The object that Textract leaves below the prefix after it has checked that it may write there."""
MAX_PAGES = 3000
MAX_PICTURE_BYTES = 10 * 1024 * 1024
MAX_BYTES = 500 * 1024 * 1024

_TOKEN = re.compile(r"[a-zA-Z0-9-_]{1,64}")
_BUCKET = re.compile(r"[0-9A-Za-z.\-_]{3,255}")
_NAME = re.compile(r".*\S.*")
_PNG = b"\x89PNG\r\n\x1a\n"
_PICTURES = (_PNG, b"\xff\xd8\xff")
_DOCUMENTS = (b"%PDF-", b"II*\0", b"MM\0*")
_TEXT = b"tEXt"

Seeing: TypeAlias = Sequence[RecognisedPage] | Exception
"""The outcome of a scan: its pages; ``UnrecognisableScan`` for a job that fails; an ``UpstreamError`` if no job begins.
"""


class Refusal(Exception):
    def __init__(self, code: str, status: int = 400) -> None:
        self.answer = json_error(code, status)


def _check(holds: Any) -> None:
    if not holds:
        raise Refusal("InvalidParameterException")


@dataclass
class Job:
    id: str
    asked: dict[str, Any]
    pages: Sequence[RecognisedPage] | UnrecognisableScan
    status: str = "IN_PROGRESS"


@dataclass
class TextractEndpoint(AwsEndpoint):
    """Textract over HTTP: scripted answers first, then Textract's behaviour. ``objects`` are the bucket's.

    A job ends at once. While ``is_slow``, it ends at ``finish``. Its outcome is the first of ``to_see``. If that is
    empty, it is the text that ``scan_of`` has put into the scan.
    """

    bucket: str = "lms-documents"
    objects: ObjectStore | None = None
    jobs: dict[str, Job] = field(default_factory=dict)
    """The jobs by token, in order."""
    to_see: deque[Seeing | Callable[[bytes], Seeing]] = field(default_factory=deque)
    is_slow: bool = False
    blocks_a_part: int = 1000

    def __post_init__(self) -> None:
        super().__post_init__()
        self._one_at_a_time = threading.Lock()

    def forget(self) -> None:
        super().forget()
        self.jobs.clear()
        self.to_see.clear()
        self.is_slow = False
        self.blocks_a_part = 1000

    def finish(self) -> None:
        """Let the jobs end."""
        for job in self.jobs.values():
            if job.status == "IN_PROGRESS":
                self._end(job)

    def next_for(self, request: Request) -> Answer:
        scripted = super().next_for(request)
        if scripted != Answer():
            return scripted
        if "/textract/aws4_request" not in request.headers.get("authorization", ""):
            return json_error("MissingAuthenticationTokenException")
        answers = {
            "Textract.StartDocumentTextDetection": self._start,
            "Textract.GetDocumentTextDetection": self._get,
        }
        answer = answers.get(request.headers.get("x-amz-target", ""))
        if request.headers.get("content-type") != "application/x-amz-json-1.1" or answer is None:
            return json_error("UnknownOperationException")
        try:
            with self._one_at_a_time:
                return answer(request.json)
        except Refusal as refused:
            return refused.answer

    def _start(self, asked: dict[str, Any]) -> Answer:
        assert self.objects is not None
        token, output, place = (
            asked["ClientRequestToken"],
            asked["OutputConfig"],
            asked["DocumentLocation"]["S3Object"],
        )
        _check(_TOKEN.fullmatch(token) and _BUCKET.fullmatch(output["S3Bucket"]))
        _check(_NAME.fullmatch(output["S3Prefix"]) and len(output["S3Prefix"]) <= 1024)
        _check(not output["S3Prefix"].endswith("/"))  # the key would contain "//"
        _check(_NAME.fullmatch(place["Name"]) and len(place["Name"]) <= 1024)
        job = self.jobs.get(token)
        if job is not None:
            if job.asked != asked:
                raise Refusal("IdempotentParameterMismatchException")
            return json_answer({"JobId": job.id})
        if self.bucket not in (output["S3Bucket"],) or place["Bucket"] != self.bucket:
            raise Refusal("InvalidS3ObjectException")
        try:
            content = self.objects.get(place["Name"])
        except ObjectNotFound:
            raise Refusal("InvalidS3ObjectException") from None
        if not content.startswith(_PICTURES + _DOCUMENTS):
            raise Refusal("UnsupportedDocumentException")
        if len(content) > (MAX_PICTURE_BYTES if content.startswith(_PICTURES) else MAX_BYTES):
            raise Refusal("DocumentTooLargeException")
        seeing = self.to_see.popleft() if self.to_see else pages_in(content)
        if callable(seeing):
            seeing = seeing(content)
        if isinstance(seeing, UpstreamError):
            return refusal_of(seeing)
        if isinstance(seeing, Exception):
            assert isinstance(seeing, UnrecognisableScan)
        elif len(seeing) > MAX_PAGES:
            seeing = UnrecognisableScan()
        self.objects.put(f"{output['S3Prefix']}/{CHECK_FILE}", b"", "application/octet-stream")
        job = self.jobs[token] = Job(sha256(token.encode()).hexdigest(), asked, seeing)
        if not self.is_slow:
            self._end(job)
        return json_answer({"JobId": job.id})

    def _get(self, asked: dict[str, Any]) -> Answer:
        _check(1 <= asked.get("MaxResults", 1000) <= 1000)
        job = next((job for job in self.jobs.values() if job.id == asked["JobId"]), None)
        if job is None:
            raise Refusal("InvalidJobIdException")
        told: dict[str, Any] = {"JobStatus": job.status}
        if job.status == "SUCCEEDED":
            assert not isinstance(job.pages, Exception)
            told |= {"DocumentMetadata": {"Pages": len(job.pages)}, "Blocks": [], "NextToken": "more"}
        elif job.status == "FAILED":
            told["StatusMessage"] = "INVALID_IMAGE_TYPE"
        return json_answer(told)

    def _end(self, job: Job) -> None:
        assert self.objects is not None
        if isinstance(job.pages, Exception):
            job.status = "FAILED"
            return
        job.status = "SUCCEEDED"
        blocks = blocks_of(job.pages)
        prefix = job.asked["OutputConfig"]["S3Prefix"]
        starts = range(0, len(blocks), self.blocks_a_part)
        for number, start in enumerate(starts, start=1):
            part = {
                "DocumentMetadata": {"Pages": len(job.pages)},
                "JobStatus": "SUCCEEDED",
                "Blocks": blocks[start : start + self.blocks_a_part],
                "DetectDocumentTextModelVersion": "1.0",
            }
            self.objects.put(f"{prefix}/{job.id}/{number}", json.dumps(part).encode(), "application/json")


def refusal_of(failure: UpstreamError) -> Answer:
    """An answer that the adapter reports as ``failure``, however often it asks."""
    if isinstance(failure, Throttled):
        return json_error("ProvisionedThroughputExceededException")
    if isinstance(failure, TimedOut):
        return json_error("InternalServerError", 500)
    return json_error("AccessDeniedException")


def blocks_of(pages: Sequence[RecognisedPage], *, turns: int = 0) -> list[dict[str, Any]]:
    """Textract's blocks for the pages, if they are turned clockwise by ``turns`` times 90 degrees.

    https://docs.aws.amazon.com/textract/latest/dg/how-it-works-lines-words.html
    """
    blocks: list[dict[str, Any]] = []
    for page in pages:
        lines: list[dict[str, Any]] = []
        words: list[dict[str, Any]] = []
        for number, line in enumerate(page.lines):
            mine = [f"word-{page.number}-{number}-{at}" for at, _ in enumerate(line.text.split())]
            told = {
                "Confidence": 100 * line.confidence,
                "Page": page.number,
                "Geometry": _geometry(line.box, turns),
            }
            words += [
                {"BlockType": "WORD", "Id": id, "Text": word, "TextType": "PRINTED", **told}
                for id, word in zip(mine, line.text.split(), strict=True)
            ]
            lines.append(
                {"BlockType": "LINE", "Id": f"line-{page.number}-{number}", "Text": line.text, **told}
                | _names(mine)
            )
        whole = {"BlockType": "PAGE", "Id": f"page-{page.number}", "Page": page.number}
        whole["Geometry"] = _geometry(Box(0, 0, 1, 1), 0)
        blocks += [whole | _names([line["Id"] for line in lines]), *lines, *words]
    return blocks


def _names(ids: list[str]) -> dict[str, Any]:
    return {"Relationships": [{"Type": "CHILD", "Ids": ids}]} if ids else {}


def _geometry(box: Box, turns: int) -> dict[str, Any]:
    corners = [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
    for _ in range(turns):
        corners = [(1 - y, x) for x, y in corners]
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    return {
        "BoundingBox": {
            "Left": left,
            "Top": top,
            "Width": max(x for x, _ in corners) - left,
            "Height": max(y for _, y in corners) - top,
        },
        "Polygon": [{"X": x, "Y": y} for x, y in corners],
    }


def scan_of(text: str, kind: str = "png") -> bytes:
    """A blank scan with a comment that holds its text. A form feed in the text ends a page."""
    if kind == "pdf":
        return b"%PDF-1.7\n%" + text.encode()
    header = struct.pack(">IIBBBBB", 1654, 2339, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (_TEXT, b"Comment\0" + text.encode()), (b"IEND", b""))
    return _PNG + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def pages_in(content: bytes) -> Sequence[RecognisedPage] | UnrecognisableScan:
    """The pages of a scan that ``scan_of`` made. Any other scan counts as damaged."""
    from fakes.text_recogniser import page_of

    if content.startswith(b"%PDF-1.7\n%"):
        text = content.removeprefix(b"%PDF-1.7\n%")
    elif content.startswith(_PNG) and (at := content.find(_TEXT)) > 0:
        (size,) = struct.unpack_from(">I", content, at - 4)
        text = content[at + 4 : at + 4 + size].partition(b"\0")[2]
    else:
        return UnrecognisableScan()
    return [page_of(number, page) for number, page in enumerate(text.decode().split("\f"), start=1)]

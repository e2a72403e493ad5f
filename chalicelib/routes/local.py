"""Routes that replace S3's upload and download on the laptop. The aws profile does not have them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Protocol
from urllib.parse import quote

import msgspec
from msgspec import Meta

from chalicelib.http import AnyForm, Api, Call, NoBody, Raw
from domain.base.errors import InvalidRequest


class PresignedRequests(Protocol):
    """An object store that does what S3 does with a presigned POST and a presigned link. Both methods raise
    ``PresignedRefused``.
    """

    def accept_upload(self, fields: Mapping[str, str], body: bytes) -> str: ...

    def open_download(self, params: Mapping[str, str]) -> tuple[bytes, str]: ...


_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_SHOWING = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"
"""The Content-Security-Policy that a browser's own PDF viewer needs. The file itself can run no script."""


class DownloadQuery(msgspec.Struct, frozen=True):
    key: Annotated[str, Meta(max_length=1024)] = ""
    name: Annotated[str, Meta(max_length=2048)] = ""
    expires: Annotated[str, Meta(max_length=20)] = ""
    shown_as: Annotated[str, Meta(max_length=100)] = ""
    signature: Annotated[str, Meta(max_length=256)] = ""


def register(api: Api, store: Callable[[], PresignedRequests]) -> None:
    @api.route("POST", "/local/upload", form=AnyForm, answers=None, is_public=True)
    def upload(call: Call[NoBody, NoBody]) -> Raw:
        """Store the file of a presigned POST."""
        form = call.form
        if form is None:
            raise InvalidRequest("malformed_form", "The body is not multipart/form-data.")
        store().accept_upload({name: str(value) for name, value in form.fields.items()}, form.data)
        return Raw(204, b"", {})

    @api.route("GET", "/local/download", query=DownloadQuery, answers=None, is_public=True)
    def download(call: Call[NoBody, DownloadQuery]) -> Raw:
        """The original file behind a presigned link, or the requested range of it."""
        body, name = store().open_download(msgspec.structs.asdict(call.query))
        shown_as = call.query.shown_as
        headers = {
            "Content-Type": shown_as or "application/x-download",
            "Content-Disposition": f"{'inline' if shown_as else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}",
            "Accept-Ranges": "bytes",
        }
        if shown_as:
            framing = " ".join(sorted(call.services.settings.allowed_origins)) or "'none'"
            headers["Content-Security-Policy"] = f"{_SHOWING}; frame-ancestors 'self' {framing}"
        return _ranged(call.byte_range, body, headers)


def _ranged(wanted: str, body: bytes, headers: Mapping[str, str]) -> Raw:
    """The range of the body that the header ``Range`` names; status 416 if the body ends before it. The whole body if
    the header is absent or does not name exactly one range.
    """
    asked = _RANGE.fullmatch(wanted)
    if asked is None or not (asked[1] or asked[2]):
        return Raw(200, body, headers)
    size = len(body)
    if asked[1]:
        first, last = int(asked[1]), min(int(asked[2] or size), size - 1)
    else:
        first, last = max(0, size - int(asked[2])), size - 1
    if asked[1] and asked[2] and int(asked[2]) < int(asked[1]):
        return Raw(200, body, headers)
    if first > last:
        return Raw(416, b"", {**headers, "Content-Range": f"bytes */{size}"})
    return Raw(206, body[first : last + 1], {**headers, "Content-Range": f"bytes {first}-{last}/{size}"})

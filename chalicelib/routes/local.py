"""Routes that replace S3's upload and download on the laptop. The aws profile does not have them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Protocol
from urllib.parse import quote

import msgspec
from msgspec import Meta

from chalicelib.http import AnyForm, Api, Call, NoBody, Raw
from domain.base.errors import InvalidRequest


class PresignedDesk(Protocol):
    """What S3 does with a presigned POST and a presigned link. Both methods raise ``PresignedRefused``."""

    def accept_upload(self, fields: Mapping[str, str], body: bytes) -> str: ...

    def open_download(self, params: Mapping[str, str]) -> tuple[bytes, str]: ...


class DownloadQuery(msgspec.Struct, frozen=True):
    key: Annotated[str, Meta(max_length=1024)] = ""
    name: Annotated[str, Meta(max_length=2048)] = ""
    expires: Annotated[str, Meta(max_length=20)] = ""
    signature: Annotated[str, Meta(max_length=256)] = ""


def register(api: Api, desk: Callable[[], PresignedDesk]) -> None:
    @api.route("POST", "/local/upload", form=AnyForm, answers=None, is_public=True)
    def upload(call: Call[NoBody, NoBody]) -> Raw:
        """Store the file of a presigned POST."""
        form = call.form
        if form is None:
            raise InvalidRequest("malformed_form", "The body is not multipart/form-data.")
        desk().accept_upload({name: str(value) for name, value in form.fields.items()}, form.data)
        return Raw(204, b"", {})

    @api.route("GET", "/local/download", query=DownloadQuery, answers=None, is_public=True)
    def download(call: Call[NoBody, DownloadQuery]) -> Raw:
        """Return the original file of a presigned link, as an attachment."""
        body, name = desk().open_download(msgspec.structs.asdict(call.query))
        headers = {
            "Content-Type": "application/x-download",
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        }
        return Raw(200, body, headers)

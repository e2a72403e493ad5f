"""Reads multipart/form-data with one file, within limits."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO

from domain.base.errors import InvalidRequest

_MAX_FIELDS = 40
_MAX_FIELD_BYTES = 16 * 1024
_LIST_FIELDS = ("tags",)


@dataclass(frozen=True, slots=True)
class Form:
    """A form. ``fields`` has every field except the file. Its ``tags`` is a list: the client may repeat that field, or
    separate the tags by commas.
    """

    fields: dict[str, str | list[str]]
    file_name: str
    content_type: str
    data: bytes
    fingerprint: str
    """A digest of the fields and the file. It is the same for every boundary that a client chooses."""


def read_form(body: bytes, content_type: str, *, max_file_bytes: int) -> Form:
    """The form in ``body``. Raises ``InvalidRequest`` for a malformed form, and ``TooLarge`` if its file exceeds
    ``max_file_bytes``.
    """
    import multipart

    from domain.documents.document import refusal

    try:
        _, options = multipart.parse_options_header(content_type)
        parts = multipart.MultipartParser(
            BytesIO(body),
            options.get("boundary", ""),
            content_length=len(body),
            part_limit=_MAX_FIELDS,
            partsize_limit=len(body) + 1,
            memory_limit=len(body) + _MAX_FIELDS,
            spool_limit=len(body) + 1,
            buffer_size=64 * 1024,
        ).parts()
    except multipart.MultipartError:
        raise InvalidRequest("malformed_form", "The body is not well-formed multipart/form-data.") from None
    fields: dict[str, str | list[str]] = {}
    digest = hashlib.sha256()
    files = [part for part in parts if part.filename is not None or part.name == "file"]
    if len(files) != 1 or files[0].name != "file":
        raise InvalidRequest(
            "invalid_request", "The form needs exactly one file, in the field `file`.", field="file"
        )
    for part in sorted((part for part in parts if part is not files[0]), key=lambda part: part.name):
        if part.size > _MAX_FIELD_BYTES:
            raise InvalidRequest("invalid_request", "The field is too long.", field=part.name)
        try:
            value = part.raw.decode()
        except UnicodeDecodeError:
            raise InvalidRequest("invalid_request", "The field is not UTF-8.", field=part.name) from None
        digest.update(f"{len(part.name)}:{part.name}={len(value)}:{value};".encode())
        if part.name in _LIST_FIELDS:
            tags = [one.strip() for one in value.split(",") if one.strip()]
            fields[part.name] = [*fields.get(part.name, []), *tags]
        elif part.name in fields:
            raise InvalidRequest("invalid_request", "The field is given twice.", field=part.name)
        else:
            fields[part.name] = value
    file = files[0]
    if file.size > max_file_bytes:
        raise refusal("too_large", field="file")
    data = file.raw
    digest.update(f"{file.filename}:".encode(errors="surrogatepass"))
    digest.update(data)
    return Form(fields, file.filename or "", file.content_type or "", data, digest.hexdigest())

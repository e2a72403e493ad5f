"""Bytes under keys: the bucket.

Keys are 1-1024 bytes of UTF-8 without a leading slash, a backslash, a control character or a
``..`` segment. Limits of a presigned POST: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from ports.errors import PortError
from ports.lifecycle import Compactable

MAX_KEY_BYTES = 1024
MAX_UPLOAD_SECONDS = 900
MAX_DOWNLOAD_SECONDS = 3600

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class ObjectNotFound(PortError):
    """No object has that key."""


class InvalidKey(PortError):
    """A key that the store does not take."""


class PresignedRefused(PortError):
    """A client did not keep to what was presigned. Only a store that answers clients itself raises it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        """As S3's: ``SignatureDoesNotMatch``, ``AccessDenied``, ``EntityTooLarge``, ``NoSuchKey`` …"""


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    key: str
    size: int
    """Bytes."""
    etag: str
    """Changes whenever the content does."""


@dataclass(frozen=True, slots=True)
class PresignedPost:
    """Where a client sends a multipart/form-data POST: these fields first, the ``file`` field last."""

    url: str
    fields: dict[str, str]


class ObjectStore(Compactable, Protocol):
    """Every method may raise an ``UpstreamError`` and ``InvalidKey``."""

    def put(self, key: str, body: bytes, content_type: str) -> None:
        """Store the whole object, atomically: a reader sees the old bytes or the new."""
        ...

    def get(self, key: str) -> bytes:
        """The bytes as last stored. Raises ``ObjectNotFound``."""
        ...

    def info(self, key: str) -> ObjectInfo | None:
        """Size and etag, or None where there is no object."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object; removing what is not there is no error."""
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys that start with ``prefix``, in order, read page by page."""
        ...

    def presign_upload(self, key: str, *, content_type: str, size: int, expires_in: int) -> PresignedPost:
        """Permission to store ``size`` bytes (1 or more) of ``content_type`` under exactly ``key``.

        ``expires_in`` is in seconds, 1-900. Key, type and size are bound by the signature.
        """
        ...

    def presign_download(self, key: str, *, file_name: str, expires_in: int) -> str:
        """A URL that answers the object as an attachment named ``file_name``, for 1-3600 seconds."""
        ...


def check_key(key: str) -> None:
    """Raises ``InvalidKey``."""
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        raise InvalidKey from None
    if not 1 <= size <= MAX_KEY_BYTES or key.startswith("/") or "\\" in key or ".." in key.split("/"):
        raise InvalidKey
    if _CONTROL.search(key):
        raise InvalidKey


def check_prefix(prefix: str) -> None:
    """Raises ``InvalidKey`` unless ``prefix`` is empty or could be a key itself."""
    if prefix:
        check_key(prefix)


def check_upload(key: str, size: int, expires_in: int) -> None:
    """Raises ``InvalidKey``, and ``ValueError`` for a size or time that ``presign_upload`` does not take."""
    check_key(key)
    if size < 1:
        raise ValueError(f"an upload of {size} bytes")
    if not 1 <= expires_in <= MAX_UPLOAD_SECONDS:
        raise ValueError(f"an upload within {expires_in} seconds")


def check_download(key: str, expires_in: int) -> None:
    """Raises ``InvalidKey``, and ``ValueError`` for a time that ``presign_download`` does not take."""
    check_key(key)
    if not 1 <= expires_in <= MAX_DOWNLOAD_SECONDS:
        raise ValueError(f"a download within {expires_in} seconds")

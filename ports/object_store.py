"""Bytes under keys: the bucket.

A key is 1-1024 bytes of UTF-8 without a leading slash, a backslash, a control character or a ``..`` segment. Limits of
a presigned POST: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from ports.errors import PortError
from ports.lifecycle import Compactable
from ports.text.regexes import regex

MAX_KEY_BYTES = 1024
MAX_UPLOAD_SECONDS = 900
MAX_DOWNLOAD_SECONDS = 3600

_CONTROL = regex(r"[\x00-\x1f\x7f-\x9f]")


class ObjectNotFound(PortError):
    """No object has that key."""


class InvalidKey(PortError):
    """The store does not accept the key."""


class PresignedRefused(PortError):
    """A client's request differs from what was presigned. Only a store that answers clients itself raises it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        """S3's code: ``SignatureDoesNotMatch``, ``AccessDenied``, ``EntityTooLarge``, ``NoSuchKey`` …"""


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What the store knows about an object."""

    key: str
    size: int
    """Bytes."""
    etag: str
    """An identifier of the content. It differs whenever the content differs."""


@dataclass(frozen=True, slots=True)
class PresignedPost:
    """The multipart/form-data POST for a client: these fields first, the ``file`` field last."""

    url: str
    fields: dict[str, str]


class ObjectStore(Compactable, Protocol):
    """Every method may raise an ``UpstreamError`` and ``InvalidKey``. No read is stale."""

    def put(self, key: str, body: bytes, content_type: str) -> None:
        """Store the whole object atomically: a reader gets either all of the old bytes or all of the new ones."""
        ...

    def get(self, key: str) -> bytes:
        """The bytes as last stored. Raises ``ObjectNotFound``."""
        ...

    def info(self, key: str) -> ObjectInfo | None:
        """The size and the etag, or None if there is no object."""
        ...

    def delete(self, key: str) -> None:
        """Delete the object. A missing object is no error."""
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys that start with ``prefix``, in ascending order.

        Pages are read while the caller iterates.
        """
        ...

    def presign_upload(self, key: str, *, content_type: str, size: int, expires_in: int) -> PresignedPost:
        """Permit a client to store ``size`` bytes (1 or more) of type ``content_type`` under exactly ``key``.

        The permission ends after ``expires_in`` seconds, 1-900. The signature covers key, type and size. Raises
        ``ValueError`` for another size or time.
        """
        ...

    def presign_download(
        self, key: str, *, file_name: str, expires_in: int, shown_as: str | None = None
    ) -> str:
        """A URL that serves the object as an attachment ``file_name``, for ``expires_in`` seconds, 1-3600.

        With ``shown_as``, a content type, the object is served inline with that type, so that a browser shows it in a
        page. Raises ``ValueError`` for another time.
        """
        ...


def check_key(key: str) -> None:
    """Raise ``InvalidKey`` if the store does not accept the key."""
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        raise InvalidKey from None
    if not 1 <= size <= MAX_KEY_BYTES or key.startswith("/") or "\\" in key or ".." in key.split("/"):
        raise InvalidKey
    if _CONTROL.search(key):
        raise InvalidKey


def check_prefix(prefix: str) -> None:
    """Raise ``InvalidKey`` if ``prefix`` is neither empty nor a valid key."""
    if prefix:
        check_key(prefix)


def check_upload(key: str, size: int, expires_in: int) -> None:
    """Raise ``InvalidKey``, or ``ValueError`` for a size or time that ``presign_upload`` refuses."""
    check_key(key)
    if size < 1:
        raise ValueError(f"an upload cannot have {size} bytes")
    if not 1 <= expires_in <= MAX_UPLOAD_SECONDS:
        raise ValueError(f"an upload cannot be valid for {expires_in} seconds")


def check_download(key: str, expires_in: int) -> None:
    """Raise ``InvalidKey``, or ``ValueError`` for a time that ``presign_download`` refuses."""
    check_key(key)
    if not 1 <= expires_in <= MAX_DOWNLOAD_SECONDS:
        raise ValueError(f"a download cannot be valid for {expires_in} seconds")

"""A bucket in memory. It also answers a client's presigned requests as S3 would."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from math import ceil
from urllib.parse import parse_qs, urlencode, urlsplit

from ports.object_store import (
    ObjectInfo,
    ObjectNotFound,
    PresignedPost,
    PresignedRefused,
    check_download,
    check_key,
    check_prefix,
    check_upload,
)
from ports.system import Clock

_BUCKET_URL = "https://bucket.invalid/"
_SECRET = b"known to the bucket alone"
_LIST_PAGE = 1000


class UploadRefused(PresignedRefused):
    """The bucket refuses a client's POST; ``code`` is S3's."""


class DownloadRefused(PresignedRefused):
    """The bucket refuses a client's GET; ``code`` is S3's."""


class InMemoryObjectStore:
    """Implements ``ObjectStore``. ``post`` and ``download`` act as a client with a presigned form or URL.

    ``calls`` has the method and the key (or prefix) of every request that S3 would get; a listing takes one request for
    each 1,000 keys. Presigning takes no request, but is recorded too. ``created(key, size, etag)``, if given, is called
    after every put and post, in place of S3's event. ``content_types`` has the content type of each object.
    """

    def __init__(self, clock: Clock, created: Callable[[str, int, str], None] | None = None) -> None:
        self.calls: list[tuple[str, str]] = []
        self._failures: deque[tuple[Exception, bool]] = deque()
        self.content_types: dict[str, str] = {}
        self.created = created
        self._clock = clock
        self._lock = threading.RLock()
        self._bodies: dict[str, bytes] = {}

    def fail_next(self, failure: Exception, *, after_effect: bool = False) -> None:
        """Make the next put raise ``failure``. With ``after_effect``, it stores the body first.

        If this is called several times, each of the next puts raises one failure, in order.
        """
        self._failures.append((failure, after_effect))

    def put(self, key: str, body: bytes, content_type: str) -> None:
        check_key(key)
        self.calls.append(("put", key))
        failure, is_stored = self._failures.popleft() if self._failures else (None, True)
        if is_stored:
            self._store(key, body, content_type)
        if failure is not None:
            raise failure

    def get(self, key: str) -> bytes:
        check_key(key)
        self.calls.append(("get", key))
        try:
            return self._bodies[key]
        except KeyError:
            raise ObjectNotFound(key) from None

    def info(self, key: str) -> ObjectInfo | None:
        check_key(key)
        self.calls.append(("info", key))
        body = self._bodies.get(key)
        return None if body is None else ObjectInfo(key, len(body), _etag(body))

    def delete(self, key: str) -> None:
        check_key(key)
        self.calls.append(("delete", key))
        with self._lock:
            self._bodies.pop(key, None)
            self.content_types.pop(key, None)

    def keys(self, prefix: str) -> Iterator[str]:
        check_prefix(prefix)
        with self._lock:
            found = sorted(key for key in self._bodies if key.startswith(prefix))
        self.calls.extend([("keys", prefix)] * max(1, ceil(len(found) / _LIST_PAGE)))
        return iter(found)

    def presign_upload(self, key: str, *, content_type: str, size: int, expires_in: int) -> PresignedPost:
        check_upload(key, size, expires_in)
        self.calls.append(("presign_upload", key))
        policy = {"key": key, "type": content_type, "size": size, "expires": self._now() + expires_in}
        encoded = base64.b64encode(json.dumps(policy).encode()).decode()
        fields = {
            "key": key,
            "Content-Type": content_type,
            "policy": encoded,
            "signature": _signature(encoded),
        }
        return PresignedPost(_BUCKET_URL, fields)

    def presign_download(
        self, key: str, *, file_name: str, expires_in: int, shown_as: str | None = None
    ) -> str:
        check_download(key, expires_in)
        self.calls.append(("presign_download", key))
        shown = {"shown_as": shown_as} if shown_as else {}
        query = urlencode({"key": key, "name": file_name, "expires": self._now() + expires_in, **shown})
        return f"{_BUCKET_URL}?{query}&signature={_signature(query)}"

    def compact(self) -> None:
        """Does nothing: deleted objects are no longer in memory."""

    def post(self, presigned: PresignedPost, body: bytes, content_type: str) -> None:
        """Send ``body`` as the form's file, and ``content_type`` in the form's field ``Content-Type``.

        Raises ``UploadRefused``; nothing is stored then.
        """
        fields = presigned.fields | {"Content-Type": content_type}
        if fields["signature"] != _signature(fields["policy"]):
            raise UploadRefused("SignatureDoesNotMatch")
        policy = json.loads(base64.b64decode(fields["policy"]))
        as_agreed = fields["key"] == policy["key"] and fields["Content-Type"] == policy["type"]
        if not as_agreed or self._now() >= policy["expires"]:
            raise UploadRefused("AccessDenied")
        if len(body) != policy["size"]:
            raise UploadRefused("EntityTooLarge" if len(body) > policy["size"] else "EntityTooSmall")
        self._store(policy["key"], body, content_type)

    def download(self, url: str) -> tuple[bytes, str]:
        """Follow a presigned URL. Returns the body and the file name. Raises ``DownloadRefused``."""
        query, _, signature = urlsplit(url).query.rpartition("&signature=")
        if signature != _signature(query):
            raise DownloadRefused("SignatureDoesNotMatch")
        [key], [name], [expires] = (parse_qs(query)[field] for field in ("key", "name", "expires"))
        if self._now() >= float(expires):
            raise DownloadRefused("AccessDenied")
        if key not in self._bodies:
            raise DownloadRefused("NoSuchKey")
        return self._bodies[key], name

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _store(self, key: str, body: bytes, content_type: str) -> None:
        kept = bytes(body)
        with self._lock:
            self._bodies[key] = kept
            self.content_types[key] = content_type
        if self.created is not None:
            self.created(key, len(kept), _etag(kept))


def _etag(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def _signature(text: str) -> str:
    return hmac.new(_SECRET, text.encode(), hashlib.sha256).hexdigest()

"""The laptop's object store: a folder."""

from __future__ import annotations

import base64
import errno
import fcntl
import hashlib
import hmac
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

from adapters.local.stores.sqlite_errors import name_of
from ports.errors import Unavailable, Unwritable
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

_STALE_SECONDS = 10
"""A file without a lock is removed as incomplete only if it is older than this many seconds, because a process creates
a file before it locks it.
"""
_PIECE = 200
"""The longest file name in bytes. File systems allow 255."""
_MKDIR_TRIES = 100
_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG)
_ESCAPED = re.compile(rb"[^a-z0-9._-]|\A\.|\.\Z")
_UNESCAPED = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")


class UploadRefused(PresignedRefused):
    """An upload that its permission does not allow. ``code`` is S3's: ``SignatureDoesNotMatch``, ``AccessDenied``,
    ``EntityTooLarge`` or ``EntityTooSmall``.
    """


class DownloadRefused(PresignedRefused):
    """A download that its link does not allow. ``code`` is S3's: ``SignatureDoesNotMatch``, ``AccessDenied`` or
    ``NoSuchKey``.
    """


class FolderObjectStore:
    """Implements ``ports.object_store.ObjectStore``: each object is a file.

    When ``put`` returns, the file is on the disk. When ``delete`` returns, it is removed. Any number of threads and
    processes may share the folder.

    ``created(key, size, etag)`` is called after every put and every accepted upload, in place of S3's event. It may be
    set later. An upload must have the content type that its permission was signed for; the content type is not stored.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        base_url: str,
        secret: bytes,
        clock: Clock,
        created: Callable[[str, int, str], None] | None = None,
    ) -> None:
        if not secret:
            raise ValueError("the secret is empty")
        self.created = created
        self._base_url = base_url.rstrip("/")
        self._secret = secret
        self._clock = clock
        self._root = os.path.join(root, "objects")
        self._objects = Path(self._root)
        self._incoming = Path(root, "incoming")
        for folder in (self._objects, self._incoming):
            folder.mkdir(parents=True, exist_ok=True)
        self.compact()

    def put(self, key: str, body: bytes, content_type: str) -> None:
        check_key(key)
        self._store(key, body)

    def get(self, key: str) -> bytes:
        check_key(key)
        try:
            with open(self._path(key), "rb") as file:
                return file.read()
        except FileNotFoundError:
            raise ObjectNotFound(key) from None
        except OSError as error:
            raise _unavailable(error) from error

    def info(self, key: str) -> ObjectInfo | None:
        try:
            body = self.get(key)
        except ObjectNotFound:
            return None
        return ObjectInfo(key, len(body), _etag(body))

    def delete(self, key: str) -> None:
        check_key(key)
        path = self._path(key)
        try:
            with suppress(FileNotFoundError):
                os.unlink(path)
            self._drop_empty(os.path.dirname(path))
        except OSError as error:
            raise _not_written(error) from error

    def keys(self, prefix: str) -> Iterator[str]:
        check_prefix(prefix)
        *whole, _ = prefix.split("/")
        folder = self._objects.joinpath(*(name for part in whole for name in _folder_names(_escaped(part))))
        try:
            below = list(_keys_below(folder, "".join(f"{part}/" for part in whole)))
        except OSError as error:
            raise _unavailable(error) from error
        return iter(sorted(key for key in below if key.startswith(prefix)))

    def presign_upload(self, key: str, *, content_type: str, size: int, expires_in: int) -> PresignedPost:
        check_upload(key, size, expires_in)
        terms = {"key": key, "content_type": content_type, "size": size, "expires": self._now() + expires_in}
        policy = base64.b64encode(json.dumps(terms).encode()).decode()
        signature = self._signature("upload", policy)
        fields = {"key": key, "Content-Type": content_type, "policy": policy, "signature": signature}
        return PresignedPost(f"{self._base_url}/local/upload", fields)

    def presign_download(
        self, key: str, *, file_name: str, expires_in: int, shown_as: str | None = None
    ) -> str:
        check_download(key, expires_in)
        params = {"key": key, "name": file_name, "expires": str(self._now() + expires_in)}
        if shown_as:
            params["shown_as"] = shown_as
        params["signature"] = self._signature("download", *params.values())
        return f"{self._base_url}/local/download?{urlencode(params)}"

    def accept_upload(self, fields: Mapping[str, str], body: bytes) -> str:
        """Store a client's POST with the fields of ``presign_upload``. Returns the key.

        Raises ``UploadRefused``; nothing is stored then.
        """
        policy = fields.get("policy", "")
        if not _same(fields.get("signature", ""), self._signature("upload", policy)):
            raise UploadRefused("SignatureDoesNotMatch")
        terms = json.loads(base64.b64decode(policy))
        as_agreed = fields.get("key") == terms["key"] and fields.get("Content-Type") == terms["content_type"]
        if not as_agreed or self._now() >= terms["expires"]:
            raise UploadRefused("AccessDenied")
        if len(body) != terms["size"]:
            raise UploadRefused("EntityTooLarge" if len(body) > terms["size"] else "EntityTooSmall")
        key: str = terms["key"]
        self._store(key, body)
        return key

    def open_download(self, params: Mapping[str, str]) -> tuple[bytes, str]:
        """The body and the file name for the query string of a presigned URL. Raises ``DownloadRefused``."""
        key, name, expires = (params.get(field, "") for field in ("key", "name", "expires"))
        shown_as = filter(None, [params.get("shown_as")])
        if not _same(params.get("signature", ""), self._signature("download", key, name, expires, *shown_as)):
            raise DownloadRefused("SignatureDoesNotMatch")
        if self._now() >= int(expires):
            raise DownloadRefused("AccessDenied")
        try:
            return self.get(key), name
        except ObjectNotFound:
            raise DownloadRefused("NoSuchKey") from None

    def _now(self) -> int:
        return int(self._clock.now().timestamp())

    def _signature(self, purpose: str, *parts: str) -> str:
        return hmac.new(self._secret, json.dumps([purpose, *parts]).encode(), hashlib.sha256).hexdigest()

    def _path(self, key: str) -> str:
        *folders, last = (_escaped(part) for part in key.split("/"))
        *pieces, name = _pieces(last)
        names = [name for part in folders for name in _folder_names(part)]
        return os.path.join(self._root, *names, *(f"{piece}+" for piece in pieces), name)

    def _store(self, key: str, body: bytes) -> None:
        path = self._path(key)
        try:
            handle, temporary = tempfile.mkstemp(dir=self._incoming)
            try:
                with open(handle, "wb") as file:
                    fcntl.flock(file, fcntl.LOCK_EX)  # until it is closed or the process ends
                    file.write(body)
                    file.flush()
                    os.fsync(file.fileno())
                    self._move(temporary, path)
            except BaseException:
                with suppress(FileNotFoundError):
                    os.unlink(temporary)
                raise
        except OSError as error:
            raise _not_written(error) from error
        if self.created is not None:
            self.created(key, len(body), _etag(body))

    def _move(self, temporary: str, path: str) -> None:
        folder = os.path.dirname(path)
        for attempt in range(_MKDIR_TRIES):
            try:
                self._make_folders(folder)
                os.replace(temporary, path)
            except (FileNotFoundError, FileExistsError):
                # Another thread has deleted the folder's last object, and so the folder, perhaps while mkdir was
                # checking it.
                if attempt == _MKDIR_TRIES - 1:
                    raise
            else:
                _sync_if_there(folder)
                return

    def _make_folders(self, folder: str) -> None:
        missing = []
        while not os.path.isdir(folder):
            missing.append(folder)
            folder = os.path.dirname(folder)
        for folder in reversed(missing):
            try:
                os.mkdir(folder)
            except FileExistsError:
                if not os.path.isdir(folder):
                    raise
            _sync(os.path.dirname(folder))

    def _drop_empty(self, folder: str) -> None:
        while folder != self._root:
            try:
                os.rmdir(folder)
            except FileNotFoundError:
                pass
            except OSError:
                break
            folder = os.path.dirname(folder)
        _sync_if_there(folder)

    def compact(self) -> None:
        """Remove files that a crash left incomplete: no process has locked them, and they are not new."""
        for entry in self._incoming.iterdir():
            try:
                with entry.open("rb") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    if entry.stat().st_mtime < self._now() - _STALE_SECONDS:
                        entry.unlink()
            except (FileNotFoundError, BlockingIOError):
                pass


def _escaped(part: str) -> str:
    """A part of a key, written in characters that every file system distinguishes. An empty part becomes ``%``."""
    if _UNESCAPED.fullmatch(part):
        return part
    text = _ESCAPED.sub(lambda match: b"%%%02x" % ord(match[0]), part.encode()).decode()
    return text or "%"


def _unescaped(text: str) -> str | None:
    """The part of a key for which ``_escaped`` returns ``text``; None if there is none."""
    try:
        raw = re.sub(rb"%([0-9a-f]{2})", lambda match: bytes.fromhex(match[1].decode()), text.encode())
        part = "" if text == "%" else raw.decode()
    except UnicodeError:
        return None
    return part if _escaped(part) == text else None


def _pieces(text: str) -> list[str]:
    return [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]


def _folder_names(escaped: str) -> list[str]:
    """The folders for one part of a key. A long name is split into several: all but the last end in ``+``, the last one
    in ``=``.

    The name of a file never ends in ``+`` or ``=``.
    """
    *pieces, last = _pieces(escaped)
    return [*(f"{piece}+" for piece in pieces), f"{last}="]


def _keys_below(folder: Path, above: str) -> Iterator[str]:
    folders = [(folder, above, "")]
    while folders:
        folder, above, begun = folders.pop()
        try:
            entries = list(os.scandir(folder))
        except FileNotFoundError:
            continue
        for entry in entries:
            path = Path(entry.path)
            if entry.name.endswith("+"):
                folders.append((path, above, begun + entry.name[:-1]))
                continue
            part = _unescaped(begun + entry.name.removesuffix("="))
            if part is None:
                continue
            if entry.name.endswith("="):
                folders.append((path, f"{above}{part}/", ""))
            elif entry.is_file():
                yield above + part


def _sync(folder: str) -> None:
    """Write the folder's list of files to the disk. Syncing a file does not do that."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_if_there(folder: str) -> None:
    """Like ``_sync``. Does nothing if another thread has removed the folder."""
    try:
        _sync(folder)
    except FileNotFoundError:
        pass


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())


def _etag(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def _unavailable(error: OSError) -> Unavailable:
    return Unavailable("object_store", name_of(error))


def _not_written(error: OSError) -> Unavailable:
    kind = Unwritable if error.errno in _UNWRITABLE else Unavailable
    return kind("object_store", name_of(error))

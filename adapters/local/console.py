"""The files of the console, which the laptop's server sends to browsers at ``/``."""

from __future__ import annotations

import gzip
import json
import mimetypes
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

FileReply = tuple[int, list[tuple[str, str]], bytes]

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self' {more}; media-src 'self' blob:; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
PERMISSIONS = "camera=(), geolocation=(), microphone=(self)"
"""The value of ``Permissions-Policy``: the console's pages may use the microphone, and neither camera nor location."""
_HEADERS = [
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Permissions-Policy", PERMISSIONS),
]
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}
_PAGE = re.compile(r"(?:/[\w.~@:-]+)*/?")
"""The path of a page. Text that is no valid path is refused like any other unknown path."""
_COMPRESSED = {".js", ".mjs", ".css", ".svg", ".json"}
_WAITING = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Lyceum</title><meta http-equiv="refresh" content="2">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"></head>
<body><h1>Lyceum</h1><p>The API is ready. {state}</p><p>This page becomes the console when it is built.</p></body></html>
"""


class Console:
    """Serves the built console in ``folder``, if there is one. The build writes its progress to the file ``state``."""

    def __init__(self, folder: Path, state: Path, *, connects_to: Sequence[str]) -> None:
        """``connects_to`` are the addresses to which the pages may connect: the WebSocket, and the address for uploads."""
        self._folder = folder.resolve()
        self._state = state
        self._policy = ("Content-Security-Policy", content_policy(connects_to))

    def reply(self, path: str, *, takes_gzip: bool = False) -> FileReply | None:
        """The file at ``path``, or the console's page for any path without a file extension. None for a file that does
        not exist.
        """
        wanted = (self._folder / path.lstrip("/")).resolve()
        if wanted.is_file() and wanted.is_relative_to(self._folder) and wanted.name != "index.html":
            kept = cache_control(wanted.relative_to(self._folder).as_posix())
            headers = [*_HEADERS, ("Cache-Control", kept), ("Content-Type", media_type(wanted.name))]
            if takes_gzip and wanted.suffix in _COMPRESSED:
                headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
                return 200, headers, _zipped(wanted, wanted.stat().st_mtime_ns)
            return 200, headers, wanted.read_bytes()
        if path != "/index.html" and (Path(path).suffix or not _PAGE.fullmatch(path)):
            return None
        page = self._folder / "index.html"
        body = page.read_bytes() if page.is_file() else _WAITING.format(state=self._build_state()).encode()
        headers = [
            *_HEADERS,
            self._policy,
            ("Cache-Control", cache_control(page.name)),
            ("Content-Type", media_type(page.name)),
        ]
        return 200, headers, body

    def _build_state(self) -> str:
        try:
            state = json.loads(self._state.read_text(encoding="utf-8"))["told"]
        except (OSError, ValueError, KeyError):
            return "The console is not built yet; make run builds it."
        return str(state)


@lru_cache(maxsize=64)
def _zipped(path: Path, _changed_at: int) -> bytes:
    return gzip.compress(path.read_bytes())


def content_policy(connects_to: Sequence[str]) -> str:
    """The Content-Security-Policy of the console's pages, which connect to their own server and these addresses."""
    return _POLICY.format(more=" ".join(connects_to))


def cache_control(path: str) -> str:
    """The value of ``Cache-Control`` for a built file. Browsers keep a file for good if its name contains
    the hash of its content, and revalidate any other file each time.
    """
    return "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"


def media_type(name: str) -> str:
    """The media type of a built file."""
    suffix = Path(name).suffix
    if suffix == ".html":
        return "text/html; charset=utf-8"
    return _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"

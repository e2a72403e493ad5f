"""What can be wrong with a request, as data.

::

    LyceumError
    ├── InvalidRequest      ill-formed or out of range
    ├── Unauthenticated     nobody we know
    │   └── TokenExpired    somebody whose time is over
    ├── Forbidden           known, but not in this role
    ├── NotFound            not there, or somebody else's: the two look the same
    ├── Conflict            the state forbids it
    ├── TooLarge            more bytes than we take
    ├── UnsupportedType     a kind of document we do not read
    ├── Unreadable          the right kind, but no text to be had from it
    └── OverLimit           too much, too fast

The edge's table turns each class into a status; ``code`` is stable and meant for programs,
``message`` is meant for a person and never carries another person's data.
"""

from __future__ import annotations


class LyceumError(Exception):
    """Root of every refusal. ``field`` names the part of the request that is at fault."""

    def __init__(self, code: str, message: str, *, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field


class InvalidRequest(LyceumError):
    pass


class Unauthenticated(LyceumError):
    pass


class TokenExpired(Unauthenticated):
    """The token by which a connection was opened has ended since."""


class Forbidden(LyceumError):
    pass


class NotFound(LyceumError):
    pass


class Conflict(LyceumError):
    """``retry_after`` (seconds) is set where the state will pass by itself."""

    def __init__(self, code: str, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(code, message)
        self.retry_after = retry_after


class TooLarge(LyceumError):
    pass


class UnsupportedType(LyceumError):
    pass


class Unreadable(LyceumError):
    pass


class OverLimit(LyceumError):
    """``retry_after`` is in seconds."""

    def __init__(self, code: str, message: str, *, retry_after: int) -> None:
        super().__init__(code, message)
        self.retry_after = retry_after

"""The errors of a request.

::

    LyceumError
    ├── InvalidRequest      ill-formed or out of range
    ├── Unauthenticated     no valid access token
    │   └── TokenExpired    a token that has ended
    ├── Forbidden           a valid token, without this right
    ├── NotFound            does not exist, or belongs to another person: the two look the same
    ├── Conflict            not possible in the current state
    ├── TooLarge            more bytes than allowed
    ├── UnsupportedType     a type of document that is not read
    ├── Unreadable          the right type, but no text can be read from it
    └── OverLimit           too much, too fast

The edge has a table with the status of each class. ``code`` is stable and for programs; ``message`` is for a
person and never contains another person's data.
"""

from __future__ import annotations


class LyceumError(Exception):
    """The base of all refusals. ``field`` names the part of the request that is wrong."""

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
    """The token with which the connection was opened has ended."""


class Forbidden(LyceumError):
    pass


class NotFound(LyceumError):
    pass


class Conflict(LyceumError):
    """``retry_after`` (seconds) is set if the state ends by itself."""

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

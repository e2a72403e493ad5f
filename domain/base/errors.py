"""The errors of a request.

::

    LyceumError
    ├── InvalidRequest      malformed or out of range
    ├── Unauthenticated     no valid access token
    │   └── TokenExpired    the token has expired
    ├── Forbidden           a valid token, without this right
    ├── NotFound            does not exist, or belongs to another person: the two are indistinguishable
    ├── Conflict            not possible in the current state
    ├── TooLarge            more bytes than allowed
    ├── UnsupportedType     a type of document that is not supported
    ├── Unreadable          a supported type, but no text can be read from it
    └── OverLimit           too much, or too many requests

The edge maps each class to an HTTP status. ``code`` is stable and for programs. ``message`` is for people and never
contains another person's data.
"""

from __future__ import annotations


class LyceumError(Exception):
    """The base of all refusals. ``field`` names the wrong field of the request, or is None."""

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
    """The token with which the connection was opened has expired."""


class Forbidden(LyceumError):
    pass


class NotFound(LyceumError):
    pass


class Conflict(LyceumError):
    """``retry_after`` is the number of seconds after which a retry may succeed; None if the state does not end by
    itself.
    """

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
    """``retry_after`` is the number of seconds after which a retry may succeed."""

    def __init__(self, code: str, message: str, *, retry_after: int) -> None:
        super().__init__(code, message)
        self.retry_after = retry_after

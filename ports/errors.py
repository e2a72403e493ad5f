"""The errors that ports raise.

::

    PortError
    ├── UpstreamError                the upstream failed; the caller did nothing wrong
    │   ├── Unavailable              broken or unreachable, or its response makes no sense
    │   │   ├── Damaged              its stored data is not readable any more
    │   │   └── Unwritable           its disk is full, or may not be written
    │   ├── Throttled                it asked for fewer calls
    │   └── TimedOut                 it did not respond in the time that it had
    └── (refusals, declared beside the port that raises them:
         ConditionFailed, ItemTooLarge, ObjectNotFound, InvalidToken, …)

An error carries data. ``reason`` may contain a vendor's words, for the log only, and never what a person wrote. The
edge decides what a client sees of an error.
"""

from __future__ import annotations


class PortError(Exception):
    """Root of all errors that a port raises."""


class UpstreamError(PortError):
    """An upstream failed. ``capability`` is the name of the port, e.g. ``agent``; ``reason`` is for the log.

    ``retry_after`` is the number of seconds after which the upstream accepts another call, or None if it does not say.
    """

    def __init__(self, capability: str, reason: str = "", *, retry_after: int | None = None) -> None:
        super().__init__(capability, reason)
        self.capability = capability
        self.reason = reason
        self.retry_after = retry_after


class Unavailable(UpstreamError):
    """The upstream is broken or unreachable, or its response makes no sense."""


class Damaged(Unavailable):
    """The upstream's stored data is not readable any more. Trying again does not help; a repair or a restore does."""


class Unwritable(Unavailable):
    """The upstream has no room, or no permission, to store anything. Trying again helps only after somebody changed
    that.
    """


class Throttled(UpstreamError):
    """The upstream asked for fewer calls. The call had no effect."""


class TimedOut(UpstreamError):
    """The upstream did not respond in time. It is unknown whether the call had an effect."""

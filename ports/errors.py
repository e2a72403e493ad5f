"""The errors that ports raise.

::

    PortError
    ├── UpstreamError                the upstream failed; the caller did nothing wrong
    │   ├── Unavailable              broken, unreachable, or its answer makes no sense
    │   │   └── Damaged              what it stores cannot be read any more
    │   ├── Throttled                asked for fewer calls
    │   └── TimedOut                 did not answer within the time it was given
    └── (refusals, declared beside the port that raises them:
         ConditionFailed, ItemTooLarge, ObjectNotFound, InvalidToken, …)

An error carries data. ``reason`` may hold a vendor's words, for the log alone, and never what a person wrote. The edge
decides what a client reads of an error.
"""

from __future__ import annotations


class PortError(Exception):
    """Root of all errors that a port raises."""


class UpstreamError(PortError):
    """An upstream failed. ``capability`` names the port, e.g. ``agent``; ``reason`` is for the log.

    ``retry_after`` are the seconds after which the upstream wants to be asked again, if it says so.
    """

    def __init__(self, capability: str, reason: str = "", *, retry_after: int | None = None) -> None:
        super().__init__(capability, reason)
        self.capability = capability
        self.reason = reason
        self.retry_after = retry_after


class Unavailable(UpstreamError):
    """The upstream is broken or unreachable, or its answer makes no sense."""


class Damaged(Unavailable):
    """What the upstream stores cannot be read any more. Trying again does not help; a repair or a restore does."""


class Throttled(UpstreamError):
    """The upstream asked for fewer calls. The call had no effect."""


class TimedOut(UpstreamError):
    """No answer within the time given. Whether the call had an effect is unknown."""

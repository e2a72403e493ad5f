"""Why a port could not do what it was asked.

::

    PortError
    ├── UpstreamError                the world failed; the caller did nothing wrong
    │   ├── Unavailable              broken, unreachable or answering nonsense
    │   ├── Throttled                asked us to slow down
    │   └── TimedOut                 did not answer within the time it was given
    └── (refusals, declared beside the port that gives them:
         ConditionFailed, ItemTooLarge, ObjectNotFound, InvalidToken, …)

An error carries data, never a vendor's sentence: what a client may read is
decided at the edge.
"""

from __future__ import annotations


class PortError(Exception):
    """Root of everything a port may raise."""


class UpstreamError(PortError):
    """An upstream failed. ``capability`` names the port in words a person knows, e.g. ``agent``."""

    def __init__(self, capability: str, reason: str = "") -> None:
        super().__init__(capability, reason)
        self.capability = capability
        self.reason = reason


class Unavailable(UpstreamError):
    """The upstream is broken, unreachable, or answered what it never should."""


class Throttled(UpstreamError):
    """The upstream asked for fewer calls. The call had no effect."""


class TimedOut(UpstreamError):
    """No answer within the time given. Whether the call had an effect is unknown."""

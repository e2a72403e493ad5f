"""Calls that some ports have in addition to their own. Only the composition and the maintenance make them, no use case
does.
"""

from __future__ import annotations

from typing import Protocol


class Compactable(Protocol):
    def compact(self) -> None:
        """Remove the last bytes of deleted and replaced data from everything that this adapter itself stores.

        Other data stays as it is. A repeated call does no harm, and is cheap if nothing was deleted since. An adapter
        of a service that clears deleted data itself does nothing. May raise ``UpstreamError``.
        """
        ...


class Closeable(Protocol):
    def close(self) -> None:
        """Release the files, threads and connections that this adapter opened. Closing twice is no error.

        It is the last call: any other method may raise ``Unavailable`` afterwards. An object that was passed to the
        adapter, for example a client, must be closed by whoever passed it.
        """
        ...

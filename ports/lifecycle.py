"""What some ports have besides their own calls: whoever assembles the service makes these, no use case does."""

from __future__ import annotations

from typing import Protocol


class Compactable(Protocol):
    def compact(self) -> None:
        """Leave no byte of what was deleted or replaced in whatever this adapter itself keeps.

        What was not deleted stays as it is. Repeating it is harmless, and cheap if nothing was deleted since.
        An adapter of a service that clears deleted data itself has nothing to do. May raise an ``UpstreamError``.
        """
        ...


class Closeable(Protocol):
    def close(self) -> None:
        """Release the files, threads and connections that this adapter opened. Closing twice is no error.

        It is the last call: any other method may raise ``Unavailable`` afterwards. What was given to the
        adapter, a client say, is for its giver to close.
        """
        ...

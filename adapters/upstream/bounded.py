"""A reply that is read until a deadline, whoever gives it and however slowly."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

from ports.errors import TimedOut, Unavailable, UpstreamError
from ports.system import Clock


def pieces_until(
    deadline: float,
    read: Callable[[threading.Event], Iterator[str]],
    *,
    clock: Clock,
    capability: str,
) -> Iterator[str]:
    """What ``read`` gives, while ``clock.monotonic`` has not reached ``deadline``: then ``TimedOut``.

    Clients bound each read, not their sum, so a server that drips could hold its caller for ever: the reading
    is done in a thread of its own. ``read`` is handed an event that is set when nobody waits for it any more.
    What it raises that is no ``UpstreamError`` is ``Unavailable``: a broken server's doing.
    """
    arrived: queue.SimpleQueue[str | UpstreamError | None] = queue.SimpleQueue()
    abandoned = threading.Event()

    def work() -> None:
        try:
            for piece in read(abandoned):
                arrived.put(piece)
            arrived.put(None)
        except UpstreamError as error:
            arrived.put(error)
        except Exception as error:
            arrived.put(Unavailable(capability, type(error).__name__))

    threading.Thread(target=work, name=f"{capability}-reply", daemon=True).start()
    try:
        while True:
            left = deadline - clock.monotonic()
            if left <= 0:
                raise TimedOut(capability)
            try:
                item = arrived.get(timeout=left)
            except queue.Empty:
                raise TimedOut(capability) from None
            if isinstance(item, UpstreamError):
                raise item
            if item is None:
                return
            yield item
    finally:
        abandoned.set()

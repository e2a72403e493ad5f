"""Runs the handlers that are not part of the REST API. Each one has a deadline and writes one log line."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from chalicelib.composition.services import Services
from chalicelib.tally import tallying
from domain.base.errors import LyceumError
from ports.errors import PortError

P = ParamSpec("P")
T = TypeVar("T")
Handler = Callable[Concatenate[Services, Mapping[str, Any], P], T]

log = logging.getLogger("lyceum.events")


class HandlerFailed(Exception):
    """Replaces an unexpected error of a handler. Its text is only the class name of that error: Lambda logs the text of
    what a function raises, and an unexpected error's text may quote a document.
    """


@contextmanager
def discreet() -> Iterator[None]:
    """In the block, raise ``HandlerFailed`` instead of every unexpected error. Errors of the domain and of ports pass
    unchanged.
    """
    try:
        yield
    except (LyceumError, PortError):
        raise
    except Exception as error:
        log.exception("handler_failed")
        raise HandlerFailed(type(error).__qualname__) from None


@contextmanager
def observing(services: Services, operation: str, *, seconds: float | None) -> Iterator[dict[str, Any]]:
    """Set the deadline of the block (None means no deadline), and log the block under the name ``operation``.

    Yields a dictionary. What the block stores in it is logged too, except values of None.
    """
    fields: dict[str, Any] = {"operation": operation, "succeeded": False}
    started = time.perf_counter()
    with tallying() as tally, services.deadline.within(seconds):
        try:
            yield fields
            fields["succeeded"] = True
        finally:
            fields["milliseconds"] = round((time.perf_counter() - started) * 1000, 1)
            given = {name: value for name, value in fields.items() if value is not None}
            log.info("event_handled", extra=given | tally.fields())


def observed(operation: str, *, behind_gateway: bool = False) -> Callable[[Handler[P, T]], Handler[P, T]]:
    """A decorator that runs a handler of events in ``observing``. If ``behind_gateway``, it has the deadline of a
    request.
    """

    def declare(handler: Handler[P, T]) -> Handler[P, T]:
        @wraps(handler)
        def handle(services: Services, event: Mapping[str, Any], /, *args: P.args, **options: P.kwargs) -> T:
            context = event.get("requestContext") or {}
            seconds = services.settings.request_seconds if behind_gateway else None
            with discreet(), observing(services, operation, seconds=seconds) as fields:
                fields["request_id"] = context.get("requestId")
                fields["connection_id"] = context.get("connectionId")
                return handler(services, event, *args, **options)

        return handle

    return declare

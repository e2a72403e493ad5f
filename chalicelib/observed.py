"""Handlers outside of the REST API: each call bounded in time, and told of in one log line."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from chalicelib.services import Services
from chalicelib.tally import tallying

P = ParamSpec("P")
T = TypeVar("T")
Handler = Callable[Concatenate[Services, Mapping[str, Any], P], T]

log = logging.getLogger("lyceum.events")


def observed(operation: str, *, behind_gateway: bool = False) -> Callable[[Handler[P, T]], Handler[P, T]]:
    """Log each call under the name of the operation; ``behind_gateway`` ends it as a request must end."""

    def declare(handler: Handler[P, T]) -> Handler[P, T]:
        @wraps(handler)
        def handle(services: Services, event: Mapping[str, Any], /, *args: P.args, **options: P.kwargs) -> T:
            context = event.get("requestContext") or {}
            fields: dict[str, Any] = {"operation": operation, "succeeded": False}
            fields |= {"request_id": context.get("requestId"), "connection_id": context.get("connectionId")}
            seconds = services.settings.request_seconds if behind_gateway else None
            started = time.perf_counter()
            with tallying() as tally, services.deadline.within(seconds):
                try:
                    result = handler(services, event, *args, **options)
                    fields["succeeded"] = True
                    return result
                finally:
                    fields["milliseconds"] = round((time.perf_counter() - started) * 1000, 1)
                    told = {name: value for name, value in fields.items() if value is not None}
                    log.info("event_handled", extra=told | tally.fields())

        return handle

    return declare

"""AWS's events into the domain's words."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any
from urllib.parse import unquote_plus

from chalicelib.observed import observed
from chalicelib.services import Services

_SECONDS_TO_END = 10.0


@observed("object_created")
def objects_created(services: Services, event: Mapping[str, Any], *, within: float | None = None) -> None:
    """Every object that an S3 notification tells of: it may hold several, or be S3's test of the connection.

    Each is tried, whatever becomes of the others; an error is raised at the end, so that AWS delivers again.
    """
    failure: Exception | None = None
    for record in event.get("Records", ()):
        key = unquote_plus(record["s3"]["object"]["key"])
        try:
            services.ingestion.object_created(key, within=within)
        except Exception as failed:
            failure = failed
    if failure is not None:
        raise failure


def schedule_struck(services: Services, *, within: float | None = None, ahead: float = 0.0) -> None:
    """Come back to what was left in between: documents whose worker died, removals cut short.

    ``ahead`` (seconds) also looks at what falls due by then: for a place that may lose events.
    """
    with ExitStack() as each:  # whatever becomes of the others
        each.callback(services.knowledge_bases.sweep)
        each.callback(services.privacy.sweep)
        each.callback(services.progress.sweep)
        each.callback(services.tutoring.sweep)
        services.ingestion.sweep(within=within, ahead=ahead)


def time_left(context: Any) -> float | None:
    """Seconds that a Lambda invocation may still work, with some kept to end in good order."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return None if remaining is None else max(0.0, remaining() / 1000 - _SECONDS_TO_END)

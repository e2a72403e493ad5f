"""AWS's events into the domain's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any
from urllib.parse import unquote_plus

from chalicelib.composition.services import Services
from chalicelib.observed import discreet, observed
from chalicelib.websocket import tell

_SECONDS_TO_END = 10.0


@observed("object_created")
def objects_created(services: Services, event: Mapping[str, Any], *, within: float | None = None) -> None:
    """Every object that an S3 notification tells of: it may hold several, or be S3's test of the connection.

    Each is tried, whatever becomes of the others; an error is raised at the end, so that AWS delivers again.
    """
    _each_object(event, lambda key: services.ingestion.object_created(key, within=within))


@observed("transcript_created")
def transcript_created(services: Services, event: Mapping[str, Any], *, within: float | None = None) -> None:
    """As ``objects_created``, of the outcomes of transcriptions: each finishes an answer of an interview."""

    def finish(key: str) -> None:
        with services.deadline.within(within):
            tell(services, services.interviewing.transcript_created(key))

    _each_object(event, finish)


@observed("transcription_failed")
def transcription_failed(
    services: Services, event: Mapping[str, Any], *, within: float | None = None
) -> None:
    """EventBridge's word that Transcribe gave a recording up: there will be no transcript of it."""
    with services.deadline.within(within):
        tell(services, services.interviewing.transcription_failed(event["detail"]["TranscriptionJobName"]))


def _each_object(event: Mapping[str, Any], handle: Callable[[str], None]) -> None:
    failure: Exception | None = None
    for record in event.get("Records", ()):
        try:
            handle(unquote_plus(record["s3"]["object"]["key"]))
        except Exception as failed:
            failure = failed
    if failure is not None:
        raise failure


def schedule_struck(services: Services, *, within: float | None = None, ahead: float = 0.0) -> None:
    """Come back to what was left in between: documents whose worker died, removals cut short,
    interviews that nobody went on with.

    ``ahead`` (seconds) also looks at what falls due by then: for a place that may lose events.
    """
    with discreet(), ExitStack() as each:  # whatever becomes of the others
        each.callback(services.knowledge_bases.sweep)
        each.callback(services.erasing.sweep)
        each.callback(services.progress.sweep)
        each.callback(services.tutoring.sweep)
        each.callback(lambda: tell(services, services.interviewing.sweep()))
        services.ingestion.sweep(within=within, ahead=ahead)


def time_left(context: Any) -> float | None:
    """Seconds that a Lambda invocation may still work, with some kept to end in good order."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return None if remaining is None else max(0.0, remaining() / 1000 - _SECONDS_TO_END)

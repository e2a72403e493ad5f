"""Translates events of AWS into calls of the domain's services."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from math import inf
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from chalicelib.composition.services import Services
from chalicelib.observed import discreet, observed, observing
from chalicelib.websocket import push_all
from domain.base.moments import after

if TYPE_CHECKING:
    from domain.interviews.messages import Push

_SECONDS_TO_END = 10.0


@observed("object_created")
def objects_created(services: Services, event: Mapping[str, Any], *, within: float | None = None) -> None:
    """Ingest every object of an S3 notification. It may name several objects, or none (S3's test event).

    An error with one object does not stop the others. It is raised at the end, so that AWS delivers the event again.
    """
    _each_object(event, lambda key: services.ingestion.object_created(key, within=within))


@observed("recognition_stored")
def recognition_stored(services: Services, event: Mapping[str, Any], *, within: float | None = None) -> None:
    """Like ``objects_created``, for the results of text recognition: the processing of each document continues."""
    _each_object(event, lambda key: services.ingestion.recognition_stored(key, within=within))


@observed("transcript_created")
def transcript_created(
    services: Services,
    event: Mapping[str, Any],
    *,
    within: float | None = None,
    later: Callable[[Callable[[], None]], None] | None = None,
) -> None:
    """Like ``objects_created``, for finished transcriptions: each one completes an answer of an interview.

    If ``later`` is given, this call ends after the first push (the response). It passes a function with the rest of the
    work to ``later``. If that function is never called, a sweep does the work.
    """

    def finish(key: str) -> None:
        with services.deadline.within(within):
            pushes = services.interviewing.transcript_created(key)
            if later is None:
                push_all(services, pushes)
            elif (response := next(pushes, None)) is not None:
                push_all(services, [response])
                later(lambda: _follow(services, pushes))

    _each_object(event, finish)


def _follow(services: Services, pushes: Iterator[Push]) -> None:
    """Do the work that follows the response to an answer, and send the resulting pushes."""
    with discreet(), observing(services, "transcript_followed", seconds=None):
        push_all(services, pushes)


@observed("transcription_failed")
def transcription_failed(
    services: Services, event: Mapping[str, Any], *, within: float | None = None
) -> None:
    """Handle EventBridge's report of a failed transcription: the recording will get no transcript."""
    with services.deadline.within(within):
        job_id = event["detail"]["TranscriptionJobName"]
        push_all(services, services.interviewing.transcription_failed(job_id))


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
    """Run all sweepers: they finish the work that crashes, outages and lost events left unfinished.

    Documents come last, because reading them may take all the time. ``ahead`` is in seconds: documents that become due
    within that time are swept too. The laptop uses it, because it can lose events.
    """
    clock = services.clock
    until = inf if within is None else clock.monotonic() + within

    def left() -> float | None:
        return None if until == inf else max(0.0, until - clock.monotonic())

    sweeps = (
        _if_due(
            lambda: services.interviews.due(clock.now()),
            lambda: push_all(services, services.interviewing.sweep()),
        ),
        _if_due(lambda: services.conversations.due(clock.now()), lambda: services.tutoring.sweep()),
        _if_due(lambda: services.regrades.due(clock.now()), lambda: services.regrading.sweep(within=left())),
        _if_due(lambda: services.ledger.due(clock.now()), lambda: services.progress.sweep()),
        _if_due(lambda: services.class_shares.wanted(clock.now()), lambda: services.snapshot_taking.sweep()),
        _if_due(lambda: services.erasures.due(clock.now()), lambda: services.erasing.sweep()),
        lambda: services.knowledge_bases.sweep(),
        _if_due(
            lambda: services.documents.due(after(clock.now(), ahead)),
            lambda: services.ingestion.sweep(within=left(), ahead=ahead),
        ),
    )
    with discreet(), ExitStack() as each:  # each sweeper runs, even if another one fails
        for sweep in reversed(sweeps):  # the stack runs the last one first
            each.callback(sweep)


def _if_due(due: Callable[[], Iterable[object]], sweep: Callable[[], object]) -> Callable[[], None]:
    """A function that calls ``sweep`` if anything is due. In most minutes nothing is, and then the services that would
    do the work are neither imported nor built.
    """

    def sweep_if_due() -> None:
        if next(iter(due()), None) is not None:
            sweep()

    return sweep_if_due


def time_left(context: Any) -> float | None:
    """The seconds that a Lambda invocation may still work, less 10 s to finish. None outside of Lambda."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return None if remaining is None else max(0.0, remaining() / 1000 - _SECONDS_TO_END)

"""Builds the Chalice app with all routes, for every profile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from chalice.app import Chalice, Request, Response

from chalicelib import events
from chalicelib.composition.services import Services
from chalicelib.http import Api
from chalicelib.origins import LOOPBACK
from chalicelib.routes import ROUTES, local
from chalicelib.websocket import push_document
from domain.documents.document_words import UPLOAD_SECONDS
from domain.documents.keys import RAW_FILES, RECOGNISED
from domain.interviews.interview_words import TRANSCRIPTS

_TRANSCRIPTS_AT_ONCE = 8
"""How many transcripts the laptop processes at the same time. Each one mostly waits for the disk, and writes that wait
together are written together.
"""


class ThreadedApp(Chalice):
    """A Chalice app that keeps the current request per thread.

    Chalice stores the current request on the app. If two threads handled requests at the same time, one could see the
    request, and so the learner, of the other. ``chalice local`` prevents that for its own server only.
    """

    def __init__(self, **options: Any) -> None:
        self._at = threading.local()
        super().__init__(**options)

    @property
    def current_request(self) -> Request | None:
        return getattr(self._at, "request", None)

    @current_request.setter
    def current_request(self, request: Request | None) -> None:
        self._at.request = request


def build_app() -> Chalice:
    """A Chalice app without routes."""
    # Without ``env``, each new app appends to the variable AWS_EXECUTION_ENV, and so lengthens the User-Agent header of
    # every later call to AWS.
    app = ThreadedApp(app_name="lyceum", configure_logs=False, env={})
    app.api.binary_types.append("multipart/form-data")
    app.experimental_feature_flags.add("WEBSOCKETS")  # without it, Chalice refuses to start
    return app


def declare_routes(app: Chalice, services: Services, authorizer: Any = None) -> Api:
    """Declare the REST API on the app.

    ``authorizer`` protects every route that is not public. If it is None, each route verifies the token itself.
    """
    services.on_document_step = partial(push_document, services)
    api = Api(app, services, authorizer)
    for register in ROUTES:
        register(api)
    return api


def attach_local_parts(api: Api, services: Services) -> None:
    """In the local profile, add what AWS provides around the app: upload and download as in S3, storage events, the
    schedule.

    Does nothing in the other profiles.
    """
    if services.settings.profile != "local":
        return
    from chalicelib.composition.profiles.local.adapters import LocalAdapters
    from chalicelib.routes import local_sign_in

    adapters = services.adapters
    if not isinstance(adapters, LocalAdapters):
        return
    local.register(api, lambda: adapters.objects)
    if (
        urlsplit(services.settings.public_url).hostname in LOOPBACK
    ):  # at another address, others could sign in without a password
        local_sign_in.register(api, adapters.demo_people, lambda person: adapters.identity.mint(person))

    def on_schedule() -> None:
        # A killed process loses the events that it has not delivered. So the sweep also looks for uploads that are not
        # due yet.
        events.schedule_struck(services, ahead=2 * UPLOAD_SECONDS)
        adapters.compact()

    def start_events(request: Request, get_response: Callable[[Request], Response]) -> Response:
        adapters.events.start()
        return get_response(request)

    # When many learners answer at the same moment, all responses are sent before any profile is updated.
    follow_later = partial(adapters.events.later, TRANSCRIPTS)
    on_objects = {
        RAW_FILES: lambda event: events.objects_created(services, event),
        RECOGNISED: lambda event: events.recognition_stored(services, event),
        TRANSCRIPTS: lambda event: events.transcript_created(services, event, later=follow_later),
    }
    readers = services.settings.ingest_workers
    workers = {RAW_FILES: readers, RECOGNISED: readers, TRANSCRIPTS: _TRANSCRIPTS_AT_ONCE}
    adapters.events.connect(on_objects, on_schedule, workers)
    api.app.register_middleware(start_events, "http")

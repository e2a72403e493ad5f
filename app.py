"""The entry points that AWS calls. The laptop's server calls the same ones."""

from chalice.app import AuthRequest, AuthResponse, CloudWatchEvent, Rate, S3Event, WebsocketEvent

from chalicelib import authorizer, events, websocket
from chalicelib.api import attach_local_parts, build_app, declare_routes
from chalicelib.composition.wiring import wire
from chalicelib.logs import configure_logging
from chalicelib.settings import read_settings

TRANSCRIPTION_FAILED = {
    "source": ["aws.transcribe"],
    "detail-type": ["Transcribe Job State Change"],
    "detail": {"TranscriptionJobStatus": ["FAILED"]},
}

settings = read_settings()
configure_logging(settings.aws.stage if settings.profile == "aws" else None)
services = wire(settings)
app = build_app()


@app.authorizer()
def authorize(request: AuthRequest) -> AuthResponse:
    return authorizer.authorize(services, request)


@app.on_s3_event(bucket=settings.bucket, events=["s3:ObjectCreated:*"], prefix="raw-files/")
def on_object_created(event: S3Event) -> None:
    events.objects_created(services, event.to_dict(), within=events.time_left(event.context))


@app.on_s3_event(bucket=settings.bucket, events=["s3:ObjectCreated:*"], prefix="recognised/")
def on_recognition_stored(event: S3Event) -> None:
    events.recognition_stored(services, event.to_dict(), within=events.time_left(event.context))


@app.on_s3_event(bucket=settings.bucket, events=["s3:ObjectCreated:*"], prefix="transcripts/")
def on_transcript_created(event: S3Event) -> None:
    events.transcript_created(services, event.to_dict(), within=events.time_left(event.context))


@app.on_cw_event(TRANSCRIPTION_FAILED)
def on_transcription_failed(event: CloudWatchEvent) -> None:
    events.transcription_failed(services, event.to_dict(), within=events.time_left(event.context))


@app.schedule(Rate(1, unit=Rate.MINUTES))
def on_schedule(event: CloudWatchEvent) -> None:
    events.schedule_struck(services, within=events.time_left(event.context))


@app.on_ws_connect()
def on_connect(event: WebsocketEvent) -> dict[str, int]:
    return websocket.connect(services, event.to_dict())


@app.on_ws_message()
def on_message(event: WebsocketEvent) -> dict[str, int]:
    return websocket.receive(services, event.to_dict())


@app.on_ws_disconnect()
def on_disconnect(event: WebsocketEvent) -> dict[str, int]:
    return websocket.disconnect(services, event.to_dict())


# On AWS, API Gateway calls the authorizer once per token; elsewhere each request verifies its token itself.
api = declare_routes(app, services, authorize if settings.profile == "aws" else None)
attach_local_parts(api, services)
if settings.profile == "aws" and settings.aws.snap_start:
    # The parts of a start from a snapshot are imported only for one.
    from chalicelib.snapshot import prepare

    prepare(services, app)

"""Uploads of scans through a stage's functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from domain.interviews.connections import HANDSHAKE_SECONDS
from ports.text_recogniser import UnrecognisableScan
from tests.packaging.cloud import Cloud
from tests.packaging.flows import schedule
from tests.packaging.frontend import Frontend, Functions, Socket, event_of
from tests.stubs.textract import CHECK_FILE, scan_of
from tests.support.world import HISTORY

_SCAN = scan_of(HISTORY)
_LOOK_SECONDS = 130
"""The seconds after which the sweeper looks for an outcome."""


def as_most_scans_go(
    cloud: Cloud, functions: Functions, learner: Frontend, advance: Callable[[float], None]
) -> None:
    recognised_at_once(cloud, learner)
    recognised_in_the_background(cloud, functions, learner)
    told_to_nobody(cloud, functions, learner, advance)
    deleted_while_it_waits(cloud, functions, learner)
    not_recognised(cloud, functions, learner, advance)
    swept(cloud, functions, learner, advance)


def recognised_at_once(cloud: Cloud, learner: Frontend) -> None:
    """The job ends while the worker still has the lease, once in a learner's request and once after S3's event."""
    cloud.upstreams.textract.is_slow = False
    sent = learner.upload_in_request("page.png", _SCAN)
    assert sent.body["status"] == "completed", sent.text
    file_id = learner.upload("board.png", _SCAN)
    assert _document_of(learner, file_id)["status"] == "completed"
    assert cloud.keys("recognised/") == []


def recognised_in_the_background(cloud: Cloud, functions: Functions, learner: Frontend) -> None:
    """S3 sends an event for each part of the outcome and, before, for Textract's check file."""
    cloud.upstreams.textract.is_slow = True
    cloud.upstreams.textract.blocks_a_part = 10
    file_id = learner.upload("scan.png", _SCAN)
    assert _document_of(learner, file_id)["progress"]["stage"] == "recognising"
    _tell_of_all(cloud, functions)
    cloud.upstreams.textract.finish()
    assert len(cloud.keys("recognised/")) > 2
    _tell_of_all(cloud, functions)
    assert _document_of(learner, file_id)["status"] == "completed"
    assert cloud.keys("recognised/") == []
    chunk = learner.get("/api/files/{file_id}/chunks/{index}", file_id=file_id, index="0").body
    assert chunk["recognised"]


def told_to_nobody(
    cloud: Cloud, functions: Functions, learner: Frontend, advance: Callable[[float], None]
) -> None:
    """The owner's connections are lost before the upload, and while the document waits."""
    cloud.upstreams.textract.is_slow = True
    _lost_connection(cloud, functions, learner, "c2Nhbm5lZFRhYnM=")
    advance(HANDSHAKE_SECONDS + 1)
    file_id = learner.upload("lost.png", _SCAN)
    cloud.upstreams.textract.finish()
    _lost_connection(cloud, functions, learner, "cmVjb2duaXNlZHM=")
    advance(HANDSHAKE_SECONDS + 1)
    _tell_of_all(cloud, functions)
    assert _document_of(learner, file_id)["status"] == "completed"


def _lost_connection(cloud: Cloud, functions: Functions, learner: Frontend, connection_id: str) -> None:
    socket = Socket(functions, connection_id)
    cloud.upstreams.connections.open(connection_id)
    assert socket.connect(learner.post("/api/ws-ticket").body["ticket"]) == 200
    cloud.upstreams.connections.drop(connection_id)


def deleted_while_it_waits(cloud: Cloud, functions: Functions, learner: Frontend) -> None:
    cloud.upstreams.textract.is_slow = True
    file_id = learner.upload("gone.png", _SCAN)
    learner.send("DELETE", "/api/files/{file_id}", path={"file_id": file_id})
    cloud.upstreams.textract.finish()
    assert cloud.keys("recognised/")
    _tell_of_all(cloud, functions)
    assert cloud.keys("recognised/") == []


def not_recognised(
    cloud: Cloud, functions: Functions, learner: Frontend, advance: Callable[[float], None]
) -> None:
    """A job fails. A late event, and the sweeper, find out why there is no outcome."""
    cloud.upstreams.textract.is_slow = True
    by_event = _doomed(cloud, learner, "first.png")
    [check_file] = cloud.keys("recognised/")
    assert check_file.endswith(CHECK_FILE)
    advance(_LOOK_SECONDS)
    _tell_of(functions, check_file)
    by_sweep = _doomed(cloud, learner, "second.png")
    advance(_LOOK_SECONDS)
    schedule(functions)
    for file_id in (by_event, by_sweep):
        assert _document_of(learner, file_id)["error_code"] == "unreadable_scan"
    assert cloud.keys("recognised/") == []


def _doomed(cloud: Cloud, learner: Frontend, name: str) -> str:
    cloud.upstreams.textract.to_see.append(UnrecognisableScan())
    file_id = learner.upload(name, _SCAN)
    cloud.upstreams.textract.finish()
    return file_id


def swept(cloud: Cloud, functions: Functions, learner: Frontend, advance: Callable[[float], None]) -> None:
    """No event comes, so the sweeper continues the document."""
    cloud.upstreams.textract.is_slow = True
    file_id = learner.upload("silent.png", _SCAN)
    advance(_LOOK_SECONDS)
    schedule(functions)
    cloud.upstreams.textract.finish()
    advance(_LOOK_SECONDS)
    schedule(functions)
    assert _document_of(learner, file_id)["status"] == "completed"


def _document_of(learner: Frontend, file_id: str) -> Any:
    return learner.get("/api/files/{file_id}", file_id=file_id).body


def _tell_of_all(cloud: Cloud, functions: Functions) -> None:
    for key in cloud.keys("recognised/"):
        _tell_of(functions, key)


def _tell_of(functions: Functions, key: str) -> None:
    event = event_of("s3_object_created")
    event["Records"][0]["s3"]["object"]["key"] = quote(key, safe="/")
    functions.invoke("OnRecognitionStored", event)

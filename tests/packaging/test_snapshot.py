"""Before a function's snapshot is taken (SnapStart), it loads everything that requests need, and nothing that expires."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infrastructure.chalice_project import PROJECT
from tests.support.aws_world import CREDENTIALS

LOOK = """
import json, os, random, sys, threading
import app
from snapshot_restore_py import get_after_restore
made, before = vars(app.services.adapters), random.getstate()
for function, arguments, named in get_after_restore()[:1]:
    function(*arguments, **named)
print(json.dumps({
    "threads": threading.active_count(),
    "sockets": sum(os.readlink(f"/proc/self/fd/{n}").startswith("socket") for n in os.listdir("/proc/self/fd")
                   if os.path.islink(f"/proc/self/fd/{n}")),
    "secrets": sorted(made["_secrets"]._known),
    "index": made["vectors"]._calls._index is not None,
    "keys": sorted(made["identity"]._keys._keys),
    "clients": sorted(client.meta.service_model.service_name for client in app.services.adapters.clients()),
    "random is renewed": random.getstate() != before,
    "modules": [name for name in ("pinecone.index", "httpx", "jwt", "docx", "pypdf") if name in sys.modules],
}))
"""

RESTORE = """
import io, json, logging
import app
from botocore.awsrequest import AWSResponse
from snapshot_restore_py import get_after_restore
from urllib3 import HTTPResponse

sent, answered = [], []
def record(request, event_name, **_):
    sent.append(event_name.split(".")[-1])
    raw = HTTPResponse(io.BytesIO(b'{"Parameter": {"Value": "a-secret"}}'), preload_content=False)
    return AWSResponse(request.url, 200, {}, raw)
for client in app.services.adapters.clients():
    client.meta.events.register_first("before-send", record)
routes = app.app.routes["/api/health"]
view = routes["GET"].view_function
routes["GET"].view_function = lambda: answered.append("health") or view()
for function, arguments, named in get_after_restore():
    function(*arguments, **named)
print(json.dumps([sorted(sent), answered]))
"""

REHEARSE = """
import json
import app
from chalicelib.rehearsal import rehearse
print(json.dumps([[one.operation for one in app.api.routes], rehearse(app.settings, app.services.adapters)]))
"""

OPERATIONS = """
import json
import app
from chalicelib.rehearsal import rehearse
called = set()
for client in app.services.adapters.clients():
    client.meta.events.register_first("after-call", lambda event_name, **_: called.add(event_name.split(".")[-1]))
rehearse(app.settings, app.services.adapters)
print(json.dumps(sorted(called)))
"""


SETTINGS = {
    "LYCEUM_SECRETS": "/lyceum/test",
    "LYCEUM_PINECONE_HOST": "lyceum-abc.svc.pinecone.io",
    "LYCEUM_SUPABASE_URL": "https://abc.supabase.co",
    "LYCEUM_CONNECTIONS_URL": "https://abc.execute-api.eu-central-1.amazonaws.com/api",
    **CREDENTIALS,
}


def told(program: str, **variables: str) -> str:
    """The output of the program in a process with SnapStart. Asserts that it logs nothing and ends without an error."""
    environment = {
        "PATH": os.environ["PATH"],
        "LYCEUM_PROFILE": "aws",
        "LYCEUM_SNAP_START": "on",
        "AWS_DEFAULT_REGION": "eu-central-1",
        **variables,
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.slow
@pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="only Linux lists the open files of a process so"
)
def test_clients_are_made_and_no_secret_key_or_connection_is_in_the_snapshot() -> None:
    seen: Any = json.loads(told(LOOK, **SETTINGS))
    assert seen["modules"] == ["pinecone.index", "httpx", "jwt", "docx", "pypdf"]
    assert {"dynamodb", "s3", "ssm", "bedrock-runtime", "transcribe"} <= set(seen["clients"])
    assert (seen["secrets"], seen["keys"], seen["index"]) == ([], [], False)
    assert (seen["threads"], seen["sockets"]) == (1, 0)
    assert seen["random is renewed"]


@pytest.mark.slow
def test_a_function_without_settings_and_credentials_is_prepared_as_far_as_it_goes() -> None:
    """An import that raises would leave the function without a version."""
    assert told("import app; print('ready')") == "ready\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("handler", "sent", "answered"),
    [
        ("app.app", ["GetItem", "GetParameter", "GetParameter"], ["health"]),
        ("app.on_connect", ["GetItem"], []),
    ],
)
def test_after_a_restore_the_secrets_are_read_and_the_connection_to_the_tables_is_opened(
    handler: str, sent: list[str], answered: list[str]
) -> None:
    """The first request would otherwise wait for this work. Nothing else is requested."""
    assert json.loads(told(RESTORE, _HANDLER=handler, **SETTINGS)) == [sent, answered]


@pytest.mark.slow
def test_every_route_is_rehearsed_with_its_example_before_the_snapshot() -> None:
    """What a route does only on its first call is then done in the snapshot."""
    routes, statuses = json.loads(told(REHEARSE, **SETTINGS))
    assert set(statuses) == set(routes)
    assert 500 not in statuses.values()
    assert statuses["GET /api/health"] == statuses["POST /api/files/upload-url"] == 200


@pytest.mark.slow
def test_every_operation_of_aws_that_requests_use_is_rehearsed() -> None:
    """The first call of an operation builds its shapes, which takes milliseconds."""
    called = set(json.loads(told(OPERATIONS, **SETTINGS)))
    assert called >= {
        "BatchGetItem",
        "BatchWriteItem",
        "ConverseStream",
        "DeleteItem",
        "DeleteObject",
        "GetItem",
        "GetObject",
        "HeadObject",
        "InvokeModel",
        "ListObjectsV2",
        "PostToConnection",
        "PutItem",
        "PutObject",
        "Query",
        "StartTranscriptionJob",
        "TransactWriteItems",
    }

"""The package as Lambda runs it: unzipped, on the Python it was made for, with boto3 and nothing else."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fakes.system import FrozenClock
from infrastructure.functions import FUNCTIONS, Name
from tests.packaging import flows, interview_flows
from tests.packaging.cloud import Cloud
from tests.packaging.conftest import BUILD
from tests.packaging.deployed import Deployed
from tests.packaging.frontend import Frontend, FunctionFailed, Socket, event_of
from tests.packaging.stack import Stack
from tests.support.world import PHYSICS

pytestmark = pytest.mark.packaging

PYTHON = BUILD / "venv" / "bin" / "python"
BOTO3 = BUILD / "boto3"


@pytest.fixture
def environment(account: Cloud, template: Any) -> dict[Name, dict[str, str]]:
    stack = Stack(template, account.parameters)
    account.make(stack)
    return {function.name: account.environment(stack, function.name) for function in FUNCTIONS}


@pytest.fixture
def functions(environment: dict[Name, dict[str, str]], code: Path, tmp_path: Path) -> Iterator[Deployed]:
    with Deployed(PYTHON, code, BOTO3, environment.__getitem__, tmp_path / "log") as deployed:
        yield deployed


@pytest.fixture
def ada(account: Cloud, functions: Deployed) -> Frontend:
    return Frontend(functions, account.token("ada", FrozenClock(datetime.now(UTC))))


def test_a_document_is_uploaded_read_and_asked_and_the_learner_quizzed_and_erased(
    account: Cloud, functions: Deployed, ada: Frontend, code: Path
) -> None:
    before = {path for path in code.rglob("*") if path.is_file()}
    flows.upload_to_answer(account, functions, ada)
    flows.quiz_to_mastery(account, ada)
    flows.chat_over_the_websocket(account, functions, ada)
    flows.schedule(functions)
    flows.erasure(ada)
    assert {path for path in code.rglob("*") if path.is_file()} == before  # the package had all bytecode


def test_functions_that_start_from_a_snapshot_answer_and_import_nothing_more(
    account: Cloud, environment: dict[Name, dict[str, str]], code: Path, tmp_path: Path
) -> None:
    def with_snap_start(name: Name) -> dict[str, str]:
        return environment[name] | {"LYCEUM_SNAP_START": "on"}

    with Deployed(PYTHON, code, BOTO3, with_snap_start, tmp_path / "log", restored=True) as functions:
        ada = Frontend(functions, account.token("ada", FrozenClock(datetime.now(UTC))))
        flows.upload_to_answer(account, functions, ada)
        flows.quiz_to_mastery(account, ada)
        flows.chat_over_the_websocket(account, functions, ada)
        assert {name for report in functions.reports for name in report.imported} == set()


def test_a_learner_is_interviewed_aloud(account: Cloud, functions: Deployed, ada: Frontend) -> None:
    """Recordings go to Transcribe. S3's event of the transcript, or EventBridge's event of a failed job, continues."""
    ada.upload("laws.txt", PHYSICS.encode(), subject_id="physics_101")
    talk = interview_flows.Talk(account, functions, ada, Socket(functions))
    talk.connect()
    interview_flows.interviewed_aloud(talk)
    interview_flows.not_understood(talk)


def test_word_documents_and_pdfs_are_read(functions: Deployed, ada: Frontend) -> None:
    """Their readers have machine code, which comes from wheels."""
    documents = Path(flows.__file__).parent.parent.parent / "demo" / "documents"
    for name in ("newtons-laws.pdf", "work-and-energy.docx"):
        file_id = ada.upload(name, (documents / name).read_bytes())
        assert ada.get("/api/files/{file_id}", file_id=file_id).body["status"] == "completed"


def test_events_about_unknown_objects_and_jobs_change_nothing(functions: Deployed) -> None:
    """The events name a key that we never make, and a recording that we never sent."""
    functions.invoke("OnObjectCreated", event_of("s3_object_created"))
    functions.invoke("OnRecognitionStored", event_of("s3_object_created"))
    functions.invoke("OnTranscriptCreated", event_of("s3_object_created"))
    functions.invoke("OnTranscriptionFailed", event_of("transcription_failed"))


@pytest.mark.parametrize("token", ["", "forged"])
def test_the_authorizer_lets_nobody_else_in(functions: Deployed, token: str) -> None:
    event = event_of("authorizer") | {"authorizationToken": f"Bearer {token}"}
    with pytest.raises(FunctionFailed, match="Unauthorized"):
        functions.invoke("Authorize", event)


def test_the_websocket_lets_nobody_else_in(functions: Deployed) -> None:
    assert Socket(functions).connect("forged") == 401
    assert Socket(functions).connect("forged", "https://evil.example") == 403


def test_a_preflight_is_answered_to_the_stack_s_own_origins(functions: Deployed) -> None:
    answer = Frontend(functions).send("OPTIONS", "/api/chat")
    assert answer.headers["Access-Control-Allow-Origin"] == "https://school.example"


def test_importing_the_app_imports_no_vendor(code: Path) -> None:
    heavy = ("botocore", "pypdf", "docx", "supabase", "pinecone", "jwt", "lxml")
    told = subprocess.run(
        [str(PYTHON), "-S", "-P", "-c", f"import app, sys; print([n for n in {heavy} if n in sys.modules])"],
        cwd=code,
        env={"PYTHONPATH": f"{code}:{BOTO3}", "LYCEUM_PROFILE": "aws"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "[]"

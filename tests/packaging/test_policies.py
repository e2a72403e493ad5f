"""Least privilege: the actions that functions use are exactly those that their policies allow."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

import pytest

from domain.documents.document import TOMBSTONE_SECONDS
from domain.documents.document_words import UPLOAD_SECONDS
from domain.interviews.connections import HANDSHAKE_SECONDS
from domain.interviews.interview import IDLE_SECONDS, LEASE_SECONDS, TRANSCRIPT_CHECK_SECONDS
from domain.privacy import exporting
from fakes.system import FrozenClock
from infrastructure.functions import FUNCTIONS, Name, role
from infrastructure.parameters import CONDITIONS, ROLES, declared_parameters, environment
from infrastructure.policies import granted, its_own, roles
from infrastructure.storage import storage
from tests.packaging import flows, interview_flows, scan_flows, teacher_flows
from tests.packaging.cloud import STAGE, Cloud, cloud
from tests.packaging.frontend import Frontend, Socket
from tests.packaging.in_process import InProcess
from tests.packaging.recorder import Recorder, Use
from tests.packaging.stack import Stack
from tests.support.examples import NOT_THERE
from tests.support.interviews import ANSWERS
from tests.support.world import PHYSICS

pytestmark = pytest.mark.slow  # the flows of every function are recorded first

DAY = 86_400
AGENTS = {f"Agent{role}": f"{role[:4].upper()}00/LIVE01" for role in ROLES}
KNOWLEDGE_BASES = {
    "KnowledgeBases": "on",
    "KnowledgeBasesRole": "arn:aws:iam::123456789012:role/lyceum-knowledge-bases",
    "KnowledgeBasesSecret": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:pinecone",
}


@dataclass
class Run:
    """A deployment with its parameters, its users, and the actions that its functions used."""

    cloud: Cloud
    stack: Stack
    functions: InProcess
    clock: FrozenClock
    recorder: Recorder = field(default_factory=Recorder)

    def person(self, name: str) -> Frontend:
        return Frontend(self.functions, self.cloud.token(name, self.clock))

    def allowed(self, function: Name) -> list[Any]:
        """The statements of the function's policy, without those that Lambda itself uses for it."""
        [policy] = self.stack.properties(role(function))["Policies"]
        statements: list[Any] = policy["PolicyDocument"]["Statement"]
        [own] = [its_own(one) for one in FUNCTIONS if one.name == function]
        return statements[: -len(own)]


def template() -> dict[str, Any]:
    """The part of a stage's template that does not come from Chalice."""
    variables = {"Properties": {"Environment": {"Variables": environment(STAGE)}}}
    return {
        "Parameters": declared_parameters(),
        "Conditions": CONDITIONS,
        "Resources": {
            **storage(STAGE),
            **roles(STAGE),
            **{function.name: variables for function in FUNCTIONS},
        },
    }


@contextmanager
def running(cloud: Cloud, **parameters: str) -> Iterator[Run]:
    stack = Stack(template(), {**cloud.parameters, **parameters})
    cloud.make(stack)
    clock, recorder = FrozenClock(datetime.now(UTC)), Recorder()
    functions = InProcess(lambda name: cloud.environment(stack, name), clock, recorder)
    try:
        with recorder.listening():
            yield Run(cloud, stack, functions, clock, recorder)
    finally:
        functions.close()


def as_most_do(run: Run) -> None:
    """Everything that most people do, and all work that can be left to the sweeper."""
    cloud, functions, recorder, clock = run.cloud, run.functions, run.recorder, run.clock
    ada = run.person("ada")
    file_id = flows.upload_to_answer(cloud, functions, ada)
    flows.quiz_to_mastery(cloud, ada)
    flows.chat_over_the_websocket(cloud, functions, ada, clock.advance)
    flows.everything_else_over_rest(cloud, functions, ada, run.person("grace"))
    flows.uploads_that_come_to_nothing(functions, ada)
    with recorder.crashing_at("dynamodb:BatchWriteItem"):
        flows.conversation_begun_and_deleted(cloud, ada)
    alan = run.person("alan")
    alan.upload("laws.txt", PHYSICS.encode(), subject_id="physics_101")
    quiz = flows.quiz_made(cloud, alan)
    with recorder.crashing_at("dynamodb:BatchWriteItem"):
        flows.submitted(alan, quiz)
    things = {"file_id": file_id, "subject_id": "physics_101", "assignment_id": "assignment_1", "index": "0"}
    nothing = dict.fromkeys(("conversation_id", "quiz_id", "concept", "session_id", "result_id"), NOT_THERE)
    grace = run.person("grace")
    teacher_flows.as_a_class_decides(functions, ada, grace, clock.advance)
    flows.every_other_route(ada, grace, functions.asked | {("DELETE", "/api/me/data")}, things | nothing)
    scan_flows.as_most_scans_go(cloud, functions, ada, clock.advance)
    flows.upload_without_event(ada)
    clock.advance(2 * UPLOAD_SECONDS)
    flows.schedule(functions)
    assert ada.get("/api/me/export").body["download_url"]
    with recorder.crashing_at("s3:ListObjectsV2"):
        assert ada.send("DELETE", "/api/me/data").status == 500
    flows.erasure(alan)
    clock.advance(TOMBSTONE_SECONDS)
    flows.schedule(functions)
    assert ada.get("/api/files").body["items"] == []


def in_interviews(run: Run) -> None:
    """The sweeper continues interviews that were left unfinished."""
    cloud, functions, clock = run.cloud, run.functions, run.clock
    ada = run.person("ada")
    ada.upload("laws.txt", PHYSICS.encode(), subject_id="physics_101")
    talk = interview_flows.Talk(cloud, functions, ada, Socket(functions), clock.advance)
    talk.connect()
    interview_flows.interviewed_aloud(talk)
    interview_flows.resumed_on_another_connection(talk)
    talk.connect()
    interview_flows.transcribed_before(talk)
    talk.connect()
    interview_flows.not_understood(talk)
    talk.connect()
    interview_flows.gone_when_judged(talk)
    talk.connect()
    interview_flows.given_up_unasked(talk)
    with run.recorder.crashing_at("dynamodb:Query"):
        talk.socket.send(type="start_interview", subject_id="physics_101")
    clock.advance(LEASE_SECONDS + 1)
    cloud.will_say(interview_flows.said_of(0))
    flows.schedule(functions)
    talk.last("interview_started")
    talk.connect()
    interview_flows.left_while_heard(talk)
    clock.advance(TRANSCRIPT_CHECK_SECONDS + 1)
    flows.schedule(functions)
    assert talk.last("response_processed")["score"] == 100
    cloud.upstreams.transcribe.is_slow = True
    talk.say(ANSWERS[talk.last("response_processed")["next_question"]])
    clock.advance(TRANSCRIPT_CHECK_SECONDS + 1)
    flows.schedule(functions)
    cloud.upstreams.transcribe.finish()
    flows.erasure(ada)
    clock.advance(IDLE_SECONDS)
    flows.schedule(functions)


def with_one_connection_each(run: Run) -> None:
    """A learner with the largest allowed number of connections: the gateway is asked which of them are still open."""
    ada = run.person("ada")
    first, second = Socket(run.functions), Socket(run.functions, "c2Vjb25kVGFiT2Y=")
    tickets = [ada.post("/api/ws-ticket").body["ticket"] for _ in range(3)]
    run.cloud.upstreams.connections.open(first.connection_id)
    assert first.connect(tickets[0]) == 200
    assert second.connect(tickets[1]) == 429
    assert ada.post("/api/ws-ticket").status == 429
    run.cloud.upstreams.connections.drop(first.connection_id)
    run.clock.advance(HANDSHAKE_SECONDS + 1)
    assert second.connect(tickets[2]) == 200


def in_every_role(run: Run) -> None:
    """Every function that calls models calls them, in each role that it uses."""
    ada = run.person("ada")
    flows.upload_to_answer(run.cloud, run.functions, ada)
    flows.quiz_to_mastery(run.cloud, ada)
    flows.chat_over_the_websocket(run.cloud, run.functions, ada)
    talk = interview_flows.Talk(run.cloud, run.functions, ada, Socket(run.functions))
    talk.connect()
    interview_flows.interviewed_aloud(talk)
    interview_flows.left_while_heard(talk)
    run.clock.advance(TRANSCRIPT_CHECK_SECONDS + 1)
    flows.schedule(run.functions)
    assert talk.last("response_processed")["score"] == 100


def with_knowledge_bases(run: Run) -> None:
    # Bedrock reaches Pinecone over https only, and by itself.
    run.functions.otherwise["OnSchedule"] = {"LYCEUM_PINECONE_HOST": "lyceum-abc.svc.pinecone.io"}
    ada = run.person("ada")
    scan_flows.recognised_in_the_background(run.cloud, run.functions, ada)
    ada.upload("laws.txt", PHYSICS.encode())
    pass_some_minutes(run)
    assert run.cloud.knowledge_bases.jobs
    alan, mary = run.person("alan"), run.person("mary")
    mary.upload("laws.txt", PHYSICS.encode())
    pass_some_minutes(run)
    alan.upload("laws.txt", PHYSICS.encode())
    run.clock.advance(60)
    flows.schedule(run.functions)
    grace = run.person("grace")
    grace.upload("laws.txt", PHYSICS.encode())
    for learner in (
        ada,
        alan,
        grace,
    ):  # learners with a finished knowledge base, with one in creation, and without one
        flows.erasure(learner)
    with run.recorder.crashing_at("bedrock-agent:ListKnowledgeBases"):
        assert mary.send("DELETE", "/api/me/data").status == 500
    pass_some_minutes(run)
    assert not run.cloud.knowledge_bases.bases


def pass_some_minutes(run: Run) -> None:
    for _ in range(6):
        run.clock.advance(60)
        run.cloud.knowledge_bases.finish()
        flows.schedule(run.functions)


def with_a_shared_secret(run: Run) -> None:
    signed = Frontend(run.functions, run.cloud.token_by_secret("ada", run.clock))
    assert signed.get("/api/me").status == 200


RUNS: Mapping[str, tuple[Mapping[str, str], Callable[[Run], None]]] = {
    "as most do": ({}, as_most_do),
    "in interviews": ({}, in_interviews),
    "with one connection each": ({"MaxConnections": "1"}, with_one_connection_each),
    "with agents": ({"Agent": "agents", **AGENTS}, in_every_role),
    "with an inference profile": (
        {"Model": "eu.amazon.nova-lite-v1:0", "ProfileModels": "amazon.nova-*"},
        in_every_role,
    ),
    "with models by role": (
        {f"Model{role}": f"amazon.nova-{role.lower()}-v1:0" for role in ROLES},
        in_every_role,
    ),
    "with inference profiles by role": (
        {f"Model{role}": f"eu.amazon.nova-{role.lower()}-v1:0" for role in ROLES}
        | {"ProfileModels": "amazon.nova-*"},
        in_every_role,
    ),
    "with a page a day": ({"PagesADay": "1"}, lambda run: flows.one_document_too_many(run.person("ada"))),
    "with knowledge bases": (KNOWLEDGE_BASES, with_knowledge_bases),
    "with a shared secret": ({"SupabaseTokens": "secret"}, with_a_shared_secret),
}


@pytest.fixture(scope="module")
def runs() -> Iterator[dict[str, Run]]:
    done = {}
    with pytest.MonkeyPatch.context() as patch, cloud() as account:
        patch.setattr(exporting, "MAX_INLINE_BYTES", 1000)  # so that an export is stored in the bucket
        for name, (parameters, use) in RUNS.items():
            with running(account, **parameters) as run:
                use(run)
            done[name] = run
        yield done


def allows(actions: Collection[str], resources: Collection[str], use: Use) -> bool:
    action, resource = use
    return action in actions and any(fnmatchcase(resource, one) for one in resources)


@pytest.mark.parametrize("name", RUNS)
def test_a_function_may_do_all_that_it_does(runs: Mapping[str, Run], name: str) -> None:
    run = runs[name]
    denied = [
        f"{function}: {use[0]} on {use[1]}"
        for function, uses in run.recorder.used.items()
        for use in sorted(uses)
        if not any(allows(one["Action"], one["Resource"], use) for one in run.allowed(function))
    ]
    assert not denied, "\n".join(denied)


@pytest.mark.parametrize("function", [function.name for function in FUNCTIONS])
def test_a_function_may_do_nothing_else(runs: Mapping[str, Run], function: Name) -> None:
    """Some run asks for each action of each grant, and uses each of its resources."""
    unused = []
    for grant in granted(STAGE)[function]:
        idle = {*grant.actions, *map(json.dumps, grant.resources)}
        for run in runs.values():
            if grant.condition is not None and not run.stack.holds(CONDITIONS[grant.condition]):
                continue
            uses = run.recorder.used.get(function, set())
            resources = {json.dumps(one): run.stack.value([one]) for one in grant.resources}
            everywhere = [resource for found in resources.values() for resource in found]
            idle -= {one for one in idle if any(allows([one], everywhere, use) for use in uses)}
            idle -= {
                one
                for one, found in resources.items()
                if any(allows(grant.actions, found, use) for use in uses)
            }
        unused += [f"{grant.actions}: {one}" for one in sorted(idle)]
    assert not unused, "\n".join(unused)


def test_every_policy_is_limited_to_resources_where_aws_allows_it() -> None:
    """In AWS, these actions are not limited to resources. For every other action, the policies name resources."""
    nameless = {
        "textract:GetDocumentTextDetection",
        "textract:StartDocumentTextDetection",
        "transcribe:StartTranscriptionJob",
        "bedrock:CreateKnowledgeBase",
        "bedrock:ListKnowledgeBases",
    }
    grants = [grant for function in granted(STAGE).values() for grant in function]
    assert {action for grant in grants if "*" in grant.resources for action in grant.actions} == nameless
    assert not [action for grant in grants for action in grant.actions if "*" in action]

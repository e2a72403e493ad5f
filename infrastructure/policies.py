"""What each function may do in the account: least privilege, written by hand but for new tables.

``tests/packaging/test_policies.py`` records what the functions ask AWS for and holds it against this, both ways.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.base.tables import (
    ACTIVE_SESSIONS,
    CONVERSATIONS,
    FILES,
    INTERVIEW_SESSIONS,
    KNOWLEDGE_BASES,
    LEARNING_EVIDENCE,
    MESSAGES,
    TABLES,
    WEBSOCKET_CONNECTIONS,
)
from infrastructure.functions import FUNCTIONS, Function, Name, log_group, role
from infrastructure.names import API_STAGE, bucket_name, secrets_path, table_prefix
from infrastructure.values import Resources, Value, arn, attribute, ref, sub, when
from ports.key_value_store import Table
from ports.personal_data import NotPersonal


@dataclass(frozen=True, slots=True)
class Grant:
    """Actions on resources, where a condition of the template holds, or always."""

    actions: tuple[str, ...]
    resources: tuple[Value, ...]
    condition: str | None = None

    def statement(self) -> dict[str, Any]:
        told = {"Effect": "Allow", "Action": list(self.actions), "Resource": list(self.resources)}
        return told if self.condition is None else when(self.condition, told)


_READ = ("GetItem", "BatchGetItem", "Query")
_WRITE = ("PutItem", "DeleteItem", "BatchWriteItem", "ConditionCheckItem")
_OF_DOCUMENTS = ("raw-files/", "processed-chunks/")
_OF_INTERVIEWS = ("voice-interviews/", "transcripts/")


def granted(stage: str, tables: Sequence[Table] = TABLES) -> Mapping[Name, Sequence[Grant]]:
    """Each function's grants.

    The REST API uses every table, and so does the sweeper if erasures remove rows from it: a new table needs no
    line here.
    """
    may = _Grants(stage)
    all_but_knowledge_bases = [table for table in tables if table is not KNOWLEDGE_BASES]
    personal = [table for table in tables if not isinstance(table.personal, NotPersonal)]
    return {
        "APIHandler": (
            may.on(all_but_knowledge_bases, *_READ, *_WRITE, by_index=True),
            may.on((ACTIVE_SESSIONS,), "UpdateItem"),
            may.on((KNOWLEDGE_BASES,), "GetItem", "PutItem", "DeleteItem"),
            may.list_objects(),
            may.objects((*_OF_DOCUMENTS, "exports/"), "GetObject", "PutObject", "DeleteObject"),
            may.objects(_OF_INTERVIEWS, "DeleteObject"),
            may.embed(),
            *may.ask("Chat", "Quiz"),
            may.use_connections("GET"),
            may.read_secrets("pinecone-api-key", "supabase-key"),
            *may.use_knowledge_bases(("ListKnowledgeBases",), _REMOVE_KNOWLEDGE_BASES),
        ),
        "Authorize": (
            may.read_secrets("supabase-key"),
            may.read_secrets("supabase-jwt-secret", condition="UsesSharedSecret"),
        ),
        "WebsocketConnect": (
            may.on((ACTIVE_SESSIONS,), "GetItem", "DeleteItem"),
            may.on((WEBSOCKET_CONNECTIONS,), "Query", "PutItem", "DeleteItem", by_index=True),
            may.use_connections("GET"),
        ),
        "WebsocketMessage": (
            may.on((FILES,), "BatchGetItem", "Query", by_index=True),
            may.on((CONVERSATIONS, MESSAGES), "GetItem", "PutItem"),
            may.on((ACTIVE_SESSIONS,), "GetItem", "PutItem", "UpdateItem"),
            may.on((WEBSOCKET_CONNECTIONS,), "GetItem", "PutItem", "DeleteItem"),
            may.on((INTERVIEW_SESSIONS,), "GetItem", "Query", *_WRITE),
            may.on(
                (LEARNING_EVIDENCE,), "GetItem", "Query", "PutItem", "BatchWriteItem", "ConditionCheckItem"
            ),
            may.list_objects(),
            may.objects(("processed-chunks/",), "GetObject"),
            may.objects(("voice-interviews/",), "GetObject", "PutObject", "DeleteObject"),
            may.objects(("transcripts/",), "PutObject", "DeleteObject"),
            *may.transcribe(),
            may.embed(),
            *may.ask("Chat", "Interview", "Analysis"),
            may.use_connections("POST"),
            may.read_secrets("pinecone-api-key", "supabase-key"),
        ),
        "WebsocketDisconnect": (may.on((WEBSOCKET_CONNECTIONS,), "DeleteItem"),),
        "OnObjectCreated": (
            may.on((FILES,), "GetItem", "PutItem"),
            may.on((ACTIVE_SESSIONS,), "GetItem", "UpdateItem"),
            may.on((KNOWLEDGE_BASES,), "GetItem", "PutItem", condition="KeepsKnowledgeBases"),
            may.list_objects(),
            may.objects(("raw-files/",), "GetObject", "DeleteObject"),
            may.objects(("processed-chunks/",), "GetObject", "PutObject", "DeleteObject"),
            may.embed(),
            may.read_secrets("pinecone-api-key"),
        ),
        "OnTranscriptCreated": (
            may.on((WEBSOCKET_CONNECTIONS,), "GetItem", "DeleteItem"),
            may.on((INTERVIEW_SESSIONS,), "GetItem", "Query", "PutItem"),
            may.on(
                (LEARNING_EVIDENCE,), "GetItem", "Query", "PutItem", "BatchWriteItem", "ConditionCheckItem"
            ),
            may.list_objects(),
            may.objects(("transcripts/",), "GetObject", "DeleteObject"),
            may.objects(("voice-interviews/",), "DeleteObject"),
            may.embed(),
            *may.ask("Interview", "Analysis"),
            may.use_connections("POST"),
            may.read_secrets("pinecone-api-key"),
        ),
        "OnTranscriptionFailed": (
            may.on((WEBSOCKET_CONNECTIONS,), "GetItem", "DeleteItem"),
            may.on((INTERVIEW_SESSIONS,), "GetItem", "Query", "PutItem"),
            may.on((LEARNING_EVIDENCE,), "Query"),
            may.list_objects(),
            may.objects(_OF_INTERVIEWS, "DeleteObject"),
            may.use_connections("POST"),
            may.read_secrets("pinecone-api-key"),
        ),
        "OnSchedule": (
            may.on(personal, *_READ, *_WRITE, by_index=True),
            may.on((ACTIVE_SESSIONS,), "UpdateItem"),
            may.list_objects(),
            may.objects((*_OF_DOCUMENTS, *_OF_INTERVIEWS), "GetObject", "PutObject", "DeleteObject"),
            may.objects(("exports/",), "DeleteObject"),
            *may.transcribe(),
            may.embed(),
            *may.ask("Interview", "Analysis"),
            may.use_connections("POST"),
            may.read_secrets("pinecone-api-key", "supabase-key"),
            *may.use_knowledge_bases(
                ("ListKnowledgeBases", "CreateKnowledgeBase"),
                (*_REMOVE_KNOWLEDGE_BASES, "CreateDataSource", "StartIngestionJob"),
            ),
            Grant(("iam:PassRole",), (ref("KnowledgeBasesRole"),), "KeepsKnowledgeBases"),
        ),
    }


_REMOVE_KNOWLEDGE_BASES = ("ListDataSources", "DeleteDataSource", "DeleteKnowledgeBase")


class _Grants:
    """Capabilities, as grants on the stage's own resources."""

    def __init__(self, stage: str) -> None:
        self._stage = stage
        self._bucket = f"arn:${{AWS::Partition}}:s3:::{bucket_name(stage)}"

    def on(
        self,
        tables: Sequence[Table],
        *actions: str,
        by_index: bool = False,
        condition: str | None = None,
    ) -> Grant:
        """DynamoDB's actions on the tables, and on their indexes too if rows are found by them."""
        names = [f"table/{table_prefix(self._stage)}{table.name}" for table in tables]
        if by_index:
            names += [f"{name}/index/*" for name, table in zip(names, tables, strict=True) if table.indexes]
        return Grant(
            tuple(f"dynamodb:{action}" for action in actions),
            tuple(arn("dynamodb", name) for name in names),
            condition,
        )

    def count(self) -> Grant:
        """Against a learner's allowance."""
        return self.on((ACTIVE_SESSIONS,), "UpdateItem")

    def list_objects(self) -> Grant:
        """Without it S3 answers 403, not 404, for an object that is not there."""
        return Grant(("s3:ListBucket",), (sub(self._bucket),))

    def objects(self, prefixes: Sequence[str], *actions: str) -> Grant:
        return Grant(
            tuple(f"s3:{action}" for action in actions),
            tuple(sub(f"{self._bucket}/{prefix}*") for prefix in prefixes),
        )

    def read_secrets(self, *names: str, condition: str | None = None) -> Grant:
        """No right to decrypt is needed with them: they lie under the Parameter Store's own key."""
        path = f"parameter{secrets_path(self._stage)}"
        return Grant(("ssm:GetParameter",), tuple(arn("ssm", f"{path}/{name}") for name in names), condition)

    def embed(self) -> Grant:
        return Grant(("bedrock:InvokeModel",), (_model("${EmbeddingModel}"),))

    def ask(self, *roles: str) -> list[Grant]:
        """The models of the roles (and those behind an inference profile), or their agents."""
        models: list[Value] = [_model("${Model}"), _profile("${Model}"), _model("${ProfileModels}")]
        for name in roles:
            models += [when(f"HasModel{name}", make(f"${{Model{name}}}")) for make in (_model, _profile)]
        agents = [when(f"HasAgent{name}", arn("bedrock", f"agent-alias/${{Agent{name}}}")) for name in roles]
        return [
            Grant(("bedrock:InvokeModelWithResponseStream",), tuple(models), "UsesConverse"),
            Grant(("bedrock:InvokeAgent",), tuple(agents), "UsesAgents"),
        ]

    def use_connections(self, method: str) -> Grant:
        """POST pushes to clients, GET asks whether they are there."""
        connections = f"${{WebsocketAPI}}/{API_STAGE}/{method}/@connections/*"
        return Grant(("execute-api:ManageConnections",), (arn("execute-api", connections),))

    def transcribe(self) -> list[Grant]:
        """Transcribe reads the recording and stores its outcome by the function's own rights to the bucket."""
        return [
            Grant(("transcribe:StartTranscriptionJob",), ("*",)),
            Grant(("transcribe:GetTranscriptionJob",), (arn("transcribe", "transcription-job/interview-*"),)),
        ]

    def use_knowledge_bases(self, of_all: Sequence[str], of_one: Sequence[str]) -> list[Grant]:
        return [
            Grant(tuple(f"bedrock:{action}" for action in of_all), ("*",), "KeepsKnowledgeBases"),
            Grant(
                tuple(f"bedrock:{action}" for action in of_one),
                (arn("bedrock", "knowledge-base/*"),),
                "KeepsKnowledgeBases",
            ),
        ]


def _model(name: str) -> Value:
    """In any region: an inference profile sends requests to several."""
    return sub(f"arn:${{AWS::Partition}}:bedrock:*::foundation-model/{name}")


def _profile(name: str) -> Value:
    return arn("bedrock", f"inference-profile/{name}")


def roles(stage: str) -> Resources:
    """A role for each function."""
    grants = granted(stage)
    return {role(function.name): _role(function, grants[function.name]) for function in FUNCTIONS}


def _role(function: Function, grants: Sequence[Grant]) -> dict[str, Any]:
    statements = [grant.statement() for grant in (*grants, *its_own(function))]
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            },
            "Policies": [
                {
                    "PolicyName": "only-what-it-does",
                    "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
                }
            ],
        },
    }


def its_own(function: Function) -> list[Grant]:
    """What Lambda does in the function's name, and no line of ours: its log, and the queue of what it failed."""
    own = [Grant(("logs:CreateLogStream", "logs:PutLogEvents"), (attribute(log_group(function.name)),))]
    if function.queue is not None:
        own.append(Grant(("sqs:SendMessage",), (attribute(function.queue),)))
    return own

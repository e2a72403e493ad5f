"""The policy of each function: it allows only what the function needs. A new table is included automatically.

``tests/packaging/test_policies.py`` records the calls that the functions make to AWS. It fails if a call is not
granted, or if a grant is not used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.base.tables import (
    ACTIVE_SESSIONS,
    CLASS_SHARES,
    CONVERSATIONS,
    FILES,
    INTERVIEW_SESSIONS,
    ITEMS,
    KNOWLEDGE_BASES,
    LEARNING_EVIDENCE,
    MESSAGES,
    REGRADES,
    REVIEWS,
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
    """Actions that are allowed on resources. If ``condition`` is given, the grant applies only if that condition of the
    template is true.
    """

    actions: tuple[str, ...]
    resources: tuple[Value, ...]
    condition: str | None = None

    def statement(self) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Action": list(self.actions), "Resource": list(self.resources)}
        return statement if self.condition is None else when(self.condition, statement)


_READ = ("GetItem", "BatchGetItem", "Query")
_WRITE = ("PutItem", "DeleteItem", "BatchWriteItem", "ConditionCheckItem")
_OF_DOCUMENTS = ("raw-files/", "processed-chunks/")
_OF_INTERVIEWS = ("voice-interviews/", "transcripts/")


def granted(stage: str, tables: Sequence[Table] = TABLES) -> Mapping[Name, Sequence[Grant]]:
    """The grants of each function.

    The REST API may use every table, and the sweeper every table with personal data, because erasures remove rows from
    them. So a new table needs no line here.
    """
    may = _Grants(stage)
    # The rows of these tables are created by the REST API. Only the sweeper looks for unfinished ones.
    of_the_sweeper = (CLASS_SHARES, KNOWLEDGE_BASES, REGRADES)
    others = [table for table in tables if table not in of_the_sweeper]
    personal = [table for table in tables if not isinstance(table.personal, NotPersonal)]
    return {
        "APIHandler": (
            may.on(others, *_READ, *_WRITE, by_index=True),
            may.on((REGRADES,), "GetItem", "PutItem"),
            may.on((CLASS_SHARES,), "Query", "PutItem"),
            may.on((ACTIVE_SESSIONS,), "UpdateItem"),
            may.on((KNOWLEDGE_BASES,), "GetItem", "PutItem", "DeleteItem"),
            may.list_objects(),
            may.objects((*_OF_DOCUMENTS, "exports/"), "GetObject", "PutObject", "DeleteObject"),
            may.objects(_OF_INTERVIEWS, "DeleteObject"),
            *may.recognise(),
            may.embed(),
            *may.ask("Chat", "Quiz", "Analysis"),
            may.use_connections("GET"),
            may.use_connections("POST"),
            may.read_secrets("pinecone-api-key", "supabase-key"),
            *may.use_knowledge_bases(("ListKnowledgeBases",), _REMOVE_KNOWLEDGE_BASES),
        ),
        "Authorize": (
            may.read_secrets("supabase-key"),
            may.read_secrets("supabase-jwt-secret", condition="UsesSharedSecret"),
        ),
        "WebsocketConnect": (
            may.on((ACTIVE_SESSIONS,), "GetItem", "DeleteItem"),
            may.on((WEBSOCKET_CONNECTIONS,), "GetItem", "Query", "PutItem", "DeleteItem", by_index=True),
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
            may.on((REVIEWS,), "PutItem", "DeleteItem"),
            may.on((CLASS_SHARES,), "Query", "PutItem"),
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
            *may.recognise(),
            may.embed(),
            may.on((WEBSOCKET_CONNECTIONS,), "GetItem", "Query", "DeleteItem", by_index=True),
            may.use_connections("POST"),
            may.read_secrets("pinecone-api-key"),
        ),
        "OnRecognitionStored": (
            may.on((FILES,), "GetItem", "PutItem"),
            may.on((ACTIVE_SESSIONS,), "UpdateItem"),
            may.on((KNOWLEDGE_BASES,), "GetItem", "PutItem", condition="KeepsKnowledgeBases"),
            may.list_objects(),
            may.objects(("raw-files/",), "GetObject", "DeleteObject"),
            may.objects(("processed-chunks/",), "GetObject", "PutObject", "DeleteObject"),
            *may.recognise(),
            may.embed(),
            may.on((WEBSOCKET_CONNECTIONS,), "GetItem", "Query", "DeleteItem", by_index=True),
            may.use_connections("POST"),
            may.read_secrets("pinecone-api-key"),
        ),
        "OnTranscriptCreated": (
            may.on((WEBSOCKET_CONNECTIONS,), "GetItem", "DeleteItem"),
            may.on((INTERVIEW_SESSIONS,), "GetItem", "Query", "PutItem"),
            may.on(
                (LEARNING_EVIDENCE,), "GetItem", "Query", "PutItem", "BatchWriteItem", "ConditionCheckItem"
            ),
            may.on((REVIEWS,), "PutItem", "DeleteItem"),
            may.on((CLASS_SHARES,), "Query", "PutItem"),
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
        ),
        "OnSchedule": (
            may.on(personal, *_READ, *_WRITE, by_index=True),
            may.on((REGRADES,), "GetItem", "Query", "PutItem", by_index=True),
            may.on((CLASS_SHARES,), "Query", "PutItem", "DeleteItem", by_index=True),
            may.on((ITEMS,), "BatchGetItem"),
            may.on((ACTIVE_SESSIONS,), "UpdateItem"),
            may.list_objects(),
            may.objects((*_OF_DOCUMENTS, *_OF_INTERVIEWS), "GetObject", "PutObject", "DeleteObject"),
            may.objects(("exports/",), "DeleteObject"),
            *may.recognise(),
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
    """Makes grants for the resources of one stage. Each method is named after what the function does with them."""

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
        """Allow actions of DynamoDB on the tables; with ``by_index`` also on their indexes."""
        names = [f"table/{table_prefix(self._stage)}{table.name}" for table in tables]
        if by_index:
            names += [f"{name}/index/*" for name, table in zip(names, tables, strict=True) if table.indexes]
        return Grant(
            tuple(f"dynamodb:{action}" for action in actions),
            tuple(arn("dynamodb", name) for name in names),
            condition,
        )

    def count(self) -> Grant:
        """Count how much of a daily allowance a learner uses."""
        return self.on((ACTIVE_SESSIONS,), "UpdateItem")

    def list_objects(self) -> Grant:
        """List objects. Without this right, S3 responds 403 instead of 404 for an object that does not exist."""
        return Grant(("s3:ListBucket",), (sub(self._bucket),))

    def objects(self, prefixes: Sequence[str], *actions: str) -> Grant:
        return Grant(
            tuple(f"s3:{action}" for action in actions),
            tuple(sub(f"{self._bucket}/{prefix}*") for prefix in prefixes),
        )

    def read_secrets(self, *names: str, condition: str | None = None) -> Grant:
        """Read secrets. They are encrypted with the Parameter Store's own key, so no right to decrypt is needed."""
        path = f"parameter{secrets_path(self._stage)}"
        return Grant(("ssm:GetParameter",), tuple(arn("ssm", f"{path}/{name}") for name in names), condition)

    def embed(self) -> Grant:
        return Grant(("bedrock:InvokeModel",), (_model("${EmbeddingModel}"),))

    def ask(self, *roles: str) -> list[Grant]:
        """Call the models of the roles (and the models behind an inference profile), or the agents of the roles."""
        models: list[Value] = [_model("${Model}"), _profile("${Model}"), _model("${ProfileModels}")]
        for name in roles:
            models += [when(f"HasModel{name}", make(f"${{Model{name}}}")) for make in (_model, _profile)]
        agents = [when(f"HasAgent{name}", arn("bedrock", f"agent-alias/${{Agent{name}}}")) for name in roles]
        return [
            Grant(("bedrock:InvokeModelWithResponseStream",), tuple(models), "UsesConverse"),
            Grant(("bedrock:InvokeAgent",), tuple(agents), "UsesAgents"),
        ]

    def use_connections(self, method: str) -> Grant:
        """Use WebSocket connections: POST pushes to a client, GET asks whether the connection is open."""
        connections = f"${{WebsocketAPI}}/{API_STAGE}/{method}/@connections/*"
        return Grant(("execute-api:ManageConnections",), (arn("execute-api", connections),))

    def transcribe(self) -> list[Grant]:
        """Run transcriptions. Transcribe uses the bucket with the function's own rights, granted separately."""
        return [
            Grant(("transcribe:StartTranscriptionJob",), ("*",)),
            Grant(("transcribe:GetTranscriptionJob",), (arn("transcribe", "transcription-job/interview-*"),)),
        ]

    def recognise(self) -> list[Grant]:
        """Run text recognition. Textract reads and writes the bucket with the rights of the function."""
        return [
            Grant(
                ("textract:StartDocumentTextDetection", "textract:GetDocumentTextDetection"),
                ("*",),
                "RecognisesText",
            ),
            self.objects(("recognised/",), "GetObject", "PutObject", "DeleteObject"),
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
    """The ARN of a model in every region: an inference profile sends requests to several regions."""
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
    """The grants for what Lambda itself does with the function's role: it writes the log, and sends failed events to
    the queue.
    """
    own = [Grant(("logs:CreateLogStream", "logs:PutLogEvents"), (attribute(log_group(function.name)),))]
    if function.queue is not None:
        own.append(Grant(("sqs:SendMessage",), (attribute(function.queue),)))
    return own

"""Records which actions of AWS each function uses, and on which resources, from botocore's own events."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from adapters.aws.clients import session
from infrastructure.functions import Name
from tests.packaging.stack import ACCOUNT
from tests.stubs.aws import REGION

Use = tuple[str, str]
"""An action as policies name it, and the ARN of its resource."""
_WRITES = {
    "Put": "PutItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Update": "UpdateItem",
}


class Crashed(Exception):
    pass


@dataclass
class Recorder:
    """Within ``listening``, records each call made ``acting_as`` a function."""

    used: dict[Name, set[Use]] = field(default_factory=dict)
    _crash_at: str | None = None
    _function: Name | None = None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen to every client that is made in the block."""
        session().register("before-parameter-build", self._called)
        session().register("before-sign.s3.PutObject", self._permitted)
        try:
            yield
        finally:
            session().unregister("before-parameter-build", self._called)
            session().unregister("before-sign.s3.PutObject", self._permitted)

    @contextmanager
    def acting_as(self, function: Name) -> Iterator[None]:
        """Attribute the calls in the block to one function, also those of threads that it starts."""
        before, self._function = self._function, function
        try:
            yield
        finally:
            self._function = before

    @contextmanager
    def crashing_at(self, operation: str) -> Iterator[None]:
        """Let a function crash once, at its first call of the operation, e.g. ``dynamodb:BatchWriteItem``."""
        self._crash_at = operation
        yield
        assert self._crash_at is None, f"nothing came to {operation}"

    def _called(self, params: Mapping[str, Any], model: Any, **_: Any) -> None:
        """Note a call, or a URL presigned for a client to call."""
        operation = f"{model.service_model.service_id.hyphenize()}:{model.name}"
        if self._function is not None:
            known = _USES.get(operation)
            self._note(self._function, known(params) if known else [(f"(unknown) {operation}", "*")])
            if operation == self._crash_at:
                self._crash_at = None
                raise Crashed

    def _permitted(self, request: Any, **_: Any) -> None:
        """Note a presigned form: whoever posts it acts with the rights of the function that signed it."""
        policy = request.context.get("s3-presign-post-policy")
        if self._function is not None and policy is not None:
            conditions = [one for one in policy["conditions"] if isinstance(one, dict)]
            bound = {name: value for one in conditions for name, value in one.items()}
            self._note(self._function, [("s3:PutObject", f"arn:aws:s3:::{bound['bucket']}/{bound['key']}")])

    def _note(self, function: Name, uses: Sequence[Use]) -> None:
        self.used.setdefault(function, set()).update(uses)


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def _on_table(action: str) -> Callable[[Mapping[str, Any]], list[Use]]:
    def uses(params: Mapping[str, Any]) -> list[Use]:
        index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
        return [(f"dynamodb:{action}", _arn("dynamodb", f"table/{params['TableName']}{index}"))]

    return uses


def _on_tables(action: str) -> Callable[[Mapping[str, Any]], list[Use]]:
    return lambda params: [
        (f"dynamodb:{action}", _arn("dynamodb", f"table/{name}")) for name in params["RequestItems"]
    ]


def _transaction(params: Mapping[str, Any]) -> list[Use]:
    """The uses of a transaction. It has no action of its own: its caller needs the actions of its members."""
    return [
        (f"dynamodb:{_WRITES[kind]}", _arn("dynamodb", f"table/{write['TableName']}"))
        for member in params["TransactItems"]
        for kind, write in member.items()
    ]


def _on_object(action: str) -> Callable[[Mapping[str, Any]], list[Use]]:
    return lambda params: [(f"s3:{action}", f"arn:aws:s3:::{params['Bucket']}/{params['Key']}")]


def _read_object(params: Mapping[str, Any]) -> list[Use]:
    """The uses of reading an object. Without the right to list, S3 answers 403 for an object that does not exist."""
    return [*_on_object("GetObject")(params), *_listed(params)]


def _listed(params: Mapping[str, Any]) -> list[Use]:
    return [("s3:ListBucket", f"arn:aws:s3:::{params['Bucket']}")]


def _parameter(params: Mapping[str, Any]) -> list[Use]:
    return [("ssm:GetParameter", _arn("ssm", f"parameter{params['Name']}"))]


def _on_model(action: str) -> Callable[[Mapping[str, Any]], list[Use]]:
    def uses(params: Mapping[str, Any]) -> list[Use]:
        """The uses of a model. An inference profile needs the profile and its model, in any region."""
        name = params["modelId"]
        found = re.fullmatch(r"(?:us|eu|apac|global)\.(.+)", name)
        if found is None:
            return [(f"bedrock:{action}", f"arn:aws:bedrock:{REGION}::foundation-model/{name}")]
        return [
            (f"bedrock:{action}", _arn("bedrock", f"inference-profile/{name}")),
            (f"bedrock:{action}", f"arn:aws:bedrock:eu-west-3::foundation-model/{found[1]}"),
        ]

    return uses


def _agent(params: Mapping[str, Any]) -> list[Use]:
    return [
        ("bedrock:InvokeAgent", _arn("bedrock", f"agent-alias/{params['agentId']}/{params['agentAliasId']}"))
    ]


def _connection(method: str) -> Callable[[Mapping[str, Any]], list[Use]]:
    return lambda params: [
        (
            "execute-api:ManageConnections",
            _arn("execute-api", f"WebsocketAPI/api/{method}/@connections/{params['ConnectionId']}"),
        )
    ]


def _on_knowledge_base(action: str) -> Callable[[Mapping[str, Any]], list[Use]]:
    return lambda params: [
        (f"bedrock:{action}", _arn("bedrock", f"knowledge-base/{params['knowledgeBaseId']}"))
    ]


def _on_any_knowledge_base(action: str) -> Callable[[Mapping[str, Any]], list[Use]]:
    return lambda params: [(f"bedrock:{action}", "*")]


def _made_knowledge_base(params: Mapping[str, Any]) -> list[Use]:
    return [("bedrock:CreateKnowledgeBase", "*"), ("iam:PassRole", params["roleArn"])]


def _job_started(params: Mapping[str, Any]) -> list[Use]:
    """The uses of starting a job. Transcribe reads and writes the bucket with the rights of the caller."""
    recording = params["Media"]["MediaFileUri"].removeprefix("s3://")
    outcome = f"{params['OutputBucketName']}/{params['OutputKey']}"
    return [
        ("transcribe:StartTranscriptionJob", "*"),
        ("s3:GetObject", f"arn:aws:s3:::{recording}"),
        ("s3:PutObject", f"arn:aws:s3:::{outcome}"),
    ]


def _job_looked_at(params: Mapping[str, Any]) -> list[Use]:
    name = params["TranscriptionJobName"]
    return [("transcribe:GetTranscriptionJob", _arn("transcribe", f"transcription-job/{name}"))]


def _scan_begun(params: Mapping[str, Any]) -> list[Use]:
    """The uses of starting a job. Textract reads and writes the bucket with the rights of the caller."""
    scan, outcome = params["DocumentLocation"]["S3Object"], params["OutputConfig"]
    return [
        ("textract:StartDocumentTextDetection", "*"),
        ("s3:GetObject", f"arn:aws:s3:::{scan['Bucket']}/{scan['Name']}"),
        ("s3:PutObject", f"arn:aws:s3:::{outcome['S3Bucket']}/{outcome['S3Prefix']}/job/1"),
    ]


_USES: dict[str, Callable[[Mapping[str, Any]], list[Use]]] = {
    **{
        f"dynamodb:{name}": _on_table(name)
        for name in ("GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem")
    },
    "dynamodb:BatchGetItem": _on_tables("BatchGetItem"),
    "dynamodb:BatchWriteItem": _on_tables("BatchWriteItem"),
    "dynamodb:TransactWriteItems": _transaction,
    "s3:PutObject": _on_object("PutObject"),
    # botocore uses this operation only to find the address of a form, and does not call it.
    "s3:CreateBucket": lambda params: [],
    "s3:GetObject": _read_object,
    "s3:HeadObject": _read_object,
    "s3:DeleteObject": _on_object("DeleteObject"),
    "s3:ListObjectsV2": _listed,
    "ssm:GetParameter": _parameter,
    "bedrock-runtime:InvokeModel": _on_model("InvokeModel"),
    "bedrock-runtime:ConverseStream": _on_model("InvokeModelWithResponseStream"),
    "bedrock-agent-runtime:InvokeAgent": _agent,
    "apigatewaymanagementapi:PostToConnection": _connection("POST"),
    "apigatewaymanagementapi:GetConnection": _connection("GET"),
    "apigatewaymanagementapi:DeleteConnection": _connection("DELETE"),
    "bedrock-agent:ListKnowledgeBases": _on_any_knowledge_base("ListKnowledgeBases"),
    "bedrock-agent:CreateKnowledgeBase": _made_knowledge_base,
    **{
        f"bedrock-agent:{name}": _on_knowledge_base(name)
        for name in (
            "CreateDataSource",
            "DeleteDataSource",
            "DeleteKnowledgeBase",
            "ListDataSources",
            "StartIngestionJob",
        )
    },
    "textract:StartDocumentTextDetection": _scan_begun,
    "textract:GetDocumentTextDetection": lambda params: [("textract:GetDocumentTextDetection", "*")],
    "transcribe:StartTranscriptionJob": _job_started,
    "transcribe:GetTranscriptionJob": _job_looked_at,
}
"""What a policy must allow, by operation. No policy allows an operation that is not listed here."""

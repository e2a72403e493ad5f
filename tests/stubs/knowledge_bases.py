"""Bedrock's knowledge bases on 127.0.0.1: created, read and removed in the background, within AWS's limits."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.stubs.aws_endpoint import Answer, AwsEndpoint, Request, json_answer

ACCOUNT_LIMIT = 100
_PAGE = 2
_PATH = re.compile(
    r"/knowledgebases/(?:(?P<base>[0-9a-zA-Z]{10})"
    r"(?:/datasources/(?:(?P<source>[0-9a-zA-Z]{10})(?P<jobs>/ingestionjobs/)?)?)?)?"
)
_NAME = re.compile(r"([0-9a-zA-Z][_-]?){1,100}")
_TOKEN = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){32,255}")
_ROLE = re.compile(r"arn:aws(-[^:]+)?:iam::([0-9]{12})?:role/.+")
_MODEL = re.compile(r"arn:aws:bedrock:[a-z0-9-]{1,20}::foundation-model/[a-zA-Z0-9.:-]+")
_SECRET = re.compile(r"arn:aws:secretsmanager:[a-z0-9-]{1,20}:[0-9]{12}:secret:[a-zA-Z0-9!/_+=.@-]{1,512}")
_BUCKET = re.compile(r"arn:aws:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


class Refusal(Exception):
    def __init__(self, code: str, status: int) -> None:
        answer = json_answer({"message": "vendor's words"}, status)
        headers = (("x-amzn-ErrorType", f"{code}:http://internal.amazon.com/"),)
        self.answer = Answer(status, answer.body, headers)


def conflict() -> Refusal:
    return Refusal("ConflictException", 409)


def refusal(code: str, status: int) -> Answer:
    return Refusal(code, status).answer


def _check(holds: Any) -> None:
    if not holds:
        raise Refusal("ValidationException", 400)


@dataclass
class KnowledgeBasesEndpoint(AwsEndpoint):
    """Knowledge bases over HTTP: scripted answers first, then Bedrock's behaviour. ``finish`` ends the background work."""

    bases: dict[str, dict[str, Any]] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    jobs: list[str] = field(default_factory=list)
    """The data source of each synchronisation."""
    to_lose: int = 0
    """The number of next answers that are lost. Only answers to requests that create something count; the thing is
    created.
    """
    _reading: set[str] = field(default_factory=set)
    _answered: dict[str, Answer] = field(default_factory=dict)

    def forget(self) -> None:
        super().forget()
        self.to_lose = 0
        self.bases.clear()
        self.sources.clear()
        self.jobs.clear()
        self._reading.clear()
        self._answered.clear()

    def finish(self) -> None:
        self._reading.clear()
        for kept in (self.sources, self.bases):
            for name, one in list(kept.items()):
                if one["status"] == "DELETING":
                    del kept[name]
                elif one["status"] == "CREATING":
                    one["status"] = "ACTIVE" if kept is self.bases else "AVAILABLE"

    def next_for(self, request: Request) -> Answer:
        scripted = super().next_for(request)
        if scripted != Answer():
            return scripted
        addressed = _PATH.fullmatch(request.path)
        try:
            if addressed is None:
                raise Refusal("ResourceNotFoundException", 404)
            answer = self._answer(request, addressed["base"], addressed["source"], bool(addressed["jobs"]))
        except Refusal as refused:
            return refused.answer
        if request.method == "PUT" and self.to_lose:
            self.to_lose -= 1
            return Answer(dropped=True)
        return answer

    def _answer(self, request: Request, base: str | None, source: str | None, jobs: bool) -> Answer:
        if base is not None and base not in self.bases:
            raise Refusal("ResourceNotFoundException", 404)
        if source is not None and source not in self.sources:
            raise Refusal("ResourceNotFoundException", 404)
        kind = "job" if jobs else "source" if "/datasources/" in request.path else "base"
        if request.method == "DELETE":
            return self._delete(base or "", source)
        if request.method == "POST":
            return self._list(kind, base, request.json)
        token = request.json.get("clientToken", "")
        _check(_TOKEN.fullmatch(token))
        if token not in self._answered:
            make = {"base": self._make, "source": self._attach, "job": self._read}[kind]
            self._answered[token] = make(request.json, base or "", source or "")
        return self._answered[token]

    def _make(self, asked: dict[str, Any], base: str, source: str) -> Answer:
        configuration = asked["knowledgeBaseConfiguration"]
        storage = asked["storageConfiguration"]
        pinecone = storage["pineconeConfiguration"]
        _check(_NAME.fullmatch(asked["name"]) and _ROLE.fullmatch(asked["roleArn"]))
        _check((configuration["type"], storage["type"]) == ("VECTOR", "PINECONE"))
        _check(_MODEL.fullmatch(configuration["vectorKnowledgeBaseConfiguration"]["embeddingModelArn"]))
        _check(_SECRET.fullmatch(pinecone["credentialsSecretArn"]))
        _check(pinecone["connectionString"].startswith("https://"))
        _check(set(pinecone["fieldMapping"]) == {"textField", "metadataField"})
        if any(one["name"] == asked["name"] for one in self.bases.values()):
            raise conflict()
        if len(self.bases) >= ACCOUNT_LIMIT:
            raise Refusal("ServiceQuotaExceededException", 402)
        name = f"KB{len(self._answered):08}"
        self.bases[name] = {"knowledgeBaseId": name, "name": asked["name"], "status": "CREATING"}
        return json_answer({"knowledgeBase": self.bases[name]}, 202)

    def _attach(self, asked: dict[str, Any], base: str, source: str) -> Answer:
        settings = asked["dataSourceConfiguration"]["s3Configuration"]
        _check(self.bases[base]["status"] == "ACTIVE")
        _check(_NAME.fullmatch(asked["name"]) and _BUCKET.fullmatch(settings["bucketArn"]))
        _check([0 < len(prefix) <= 300 for prefix in settings["inclusionPrefixes"]] == [True])
        _check(asked.get("dataDeletionPolicy") in ("DELETE", "RETAIN"))
        name = f"DS{len(self._answered):08}"
        self.sources[name] = {"dataSourceId": name, "knowledgeBaseId": base, "status": "AVAILABLE"}
        return json_answer({"dataSource": self.sources[name]})

    def _read(self, asked: dict[str, Any], base: str, source: str) -> Answer:
        if source in self._reading:
            raise conflict()
        self._reading.add(source)
        self.jobs.append(source)
        return json_answer({"ingestionJob": {"ingestionJobId": "JOB0000001", "status": "STARTING"}}, 202)

    def _list(self, kind: str, base: str | None, asked: dict[str, Any]) -> Answer:
        _check(1 <= asked.get("maxResults", 10) <= 1000)
        kept = list(self.bases.values())
        if kind == "source":
            kept = [one for one in self.sources.values() if one["knowledgeBaseId"] == base]
        first = int(asked.get("nextToken", "0"))
        page = kept[first : first + _PAGE]
        member = "dataSourceSummaries" if kind == "source" else "knowledgeBaseSummaries"
        following = {"nextToken": str(first + _PAGE)} if len(kept) > first + _PAGE else {}
        return json_answer({member: page, **following})

    def _delete(self, base: str, source: str | None) -> Answer:
        if source is not None:
            self.sources[source]["status"] = "DELETING"
            return json_answer({"dataSourceId": source, "knowledgeBaseId": base, "status": "DELETING"}, 202)
        if any(one["knowledgeBaseId"] == base for one in self.sources.values()):
            raise conflict()
        self.bases[base]["status"] = "DELETING"
        return json_answer({"knowledgeBaseId": base, "status": "DELETING"}, 202)

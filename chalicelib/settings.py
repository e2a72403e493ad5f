"""Settings, from the environment, parsed once and frozen.

Every variable begins with ``LYCEUM_``; the README lists them. A value that cannot be used stops the start
with a sentence that names the variable.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar, get_args

from chalicelib.deadline import GATEWAY_SECONDS
from ports.agent import Role

Profile = Literal["memory", "local", "aws"]
AgentKind = Literal["converse", "agents"]
SupabaseTokens = Literal["jwks", "secret", "both"]
Choice = TypeVar("Choice", bound=str)
_MEBIBYTE = 1024 * 1024

_MODELS: dict[Role, str] = {
    "chat": "LYCEUM_MODEL_CHAT",
    "quiz": "LYCEUM_MODEL_QUIZ",
    "interview": "LYCEUM_MODEL_INTERVIEW",
    "analysis": "LYCEUM_MODEL_ANALYSIS",
}
_AGENTS: dict[Role, str] = {
    "chat": "LYCEUM_AGENT_CHAT",
    "quiz": "LYCEUM_AGENT_QUIZ",
    "interview": "LYCEUM_AGENT_INTERVIEW",
    "analysis": "LYCEUM_AGENT_ANALYSIS",
}


class SettingsError(SystemExit):
    """A variable of the environment that cannot be used. Unhandled, it ends the process with its sentence."""


@dataclass(frozen=True, slots=True)
class Settings:
    profile: Profile
    allowed_origins: tuple[str, ...]
    """Origins whose pages may read the answers, for CORS."""
    bucket: str
    """The S3 bucket of documents."""
    data: Path
    """The local profile's one folder."""
    port: int
    ws_port: int
    public_url: str
    """Where clients reach the local server."""
    llm_url: str | None
    llm_model: str | None
    llm_api_key: str | None
    max_upload_bytes: int
    max_multipart_bytes: int
    """A file in the request itself: API Gateway hands Lambda 6 MB, a third of it base64."""
    max_pages: int
    request_seconds: float | None
    """For one request with all that it calls; None where no gateway gives up on it."""
    agent_seconds: float
    """For one reply of an agent, within API Gateway's 29 s."""
    inline_seconds: float
    """How long a request works on a document before it answers 202."""
    inline_bytes: int
    """A larger document is left to the store's event from the start."""
    ingest_workers: int
    interviews_a_day: int
    """Of one learner."""
    audio_minutes_a_day: int
    """Of one learner's recordings, before no more is listened to."""
    messages_a_day: int
    """Of one learner to the tutor, searches among them."""
    questions_a_day: int
    """That one learner's quizzes are asked to have."""
    pages_a_day: int
    """Of one learner's documents, or of one class's materials."""
    requests_a_minute: int
    """Of one learner, for what messages and questions are counted for."""
    max_connections: int
    """WebSocket connections of one learner at a time."""
    knowledge_bases: bool
    """Whether each learner has a Bedrock knowledge base too."""
    aws: AwsSettings


@dataclass(frozen=True, slots=True)
class AwsSettings:
    """What the aws profile adds. What is not set is missed on first use, by the port that needs it."""

    stage: str
    table_prefix: str
    """Before the name of each DynamoDB table."""
    secrets_path: str | None
    """Where in the Parameter Store the secrets lie, e.g. ``/lyceum/prod``: read on first use."""
    pinecone_host: str | None
    connections_url: str | None
    """Where clients of the WebSocket are pushed to: the API's address and its stage."""
    supabase_url: str | None
    supabase_tokens: SupabaseTokens
    """What signs the access tokens: the published keys, the legacy secret, or both while a project moves."""
    agent: AgentKind
    """Bedrock's Converse with a model a role, or its Agents, for accounts that have them."""
    agents: Mapping[Role, tuple[str, str]]
    """The ids of each role's agent and of its alias, as far as they are set."""
    models: Mapping[Role, str]
    """Bedrock's model or inference profile, by role."""
    knowledge_bases_role: str | None
    """The ARN of the role in which Bedrock reads documents into knowledge bases."""
    knowledge_bases_secret: str | None
    """The ARN of the secret, in the Secrets Manager, by which Bedrock writes to Pinecone."""
    embedding_model: str
    """Titan's id, on Bedrock."""
    embedding_dimension: int


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Raises ``SettingsError``."""
    values = os.environ if environment is None else environment
    profile: Profile = _choice(values, "LYCEUM_PROFILE", "local", get_args(Profile))
    port = _number(values, "LYCEUM_PORT", 8000, 1, 65535)
    upload_limit = _number(values, "LYCEUM_MAX_UPLOAD_MB", 50, 1, 500) * _MEBIBYTE
    origins = values.get("LYCEUM_ALLOWED_ORIGINS", "http://localhost:3000,http://localhost:5173")
    allowed = tuple(origin.strip().rstrip("/") for origin in origins.split(",") if origin.strip())
    if "*" in allowed:
        raise SettingsError("LYCEUM_ALLOWED_ORIGINS must name its origins: '*' is not taken")
    return Settings(
        profile=profile,
        allowed_origins=allowed,
        bucket=values.get("LYCEUM_BUCKET") or "lms-documents",
        data=Path(values.get("LYCEUM_DATA") or "~/.lyceum").expanduser(),
        port=port,
        ws_port=_number(values, "LYCEUM_WS_PORT", 8001, 1, 65535),
        public_url=values.get("LYCEUM_PUBLIC_URL") or f"http://127.0.0.1:{port}",
        llm_url=values.get("LYCEUM_LLM_URL") or None,
        llm_model=values.get("LYCEUM_LLM_MODEL") or None,
        llm_api_key=values.get("LYCEUM_LLM_API_KEY") or None,
        max_upload_bytes=upload_limit,
        max_multipart_bytes=4 * _MEBIBYTE if profile == "aws" else upload_limit,
        max_pages=_number(values, "LYCEUM_MAX_PAGES", 2000, 1, 20_000),
        request_seconds=GATEWAY_SECONDS if profile == "aws" else None,
        agent_seconds=float(_number(values, "LYCEUM_AGENT_SECONDS", 25, 1, 28 if profile == "aws" else 600)),
        inline_seconds=10.0,
        inline_bytes=_MEBIBYTE,
        ingest_workers=_number(values, "LYCEUM_INGEST_WORKERS", 2, 1, 32),
        interviews_a_day=_number(values, "LYCEUM_INTERVIEWS_A_DAY", 20, 0, 10_000),
        audio_minutes_a_day=_number(values, "LYCEUM_AUDIO_MINUTES_A_DAY", 60, 0, 1440),
        messages_a_day=_number(values, "LYCEUM_MESSAGES_A_DAY", 500, 0, 1_000_000),
        questions_a_day=_number(values, "LYCEUM_QUESTIONS_A_DAY", 500, 0, 1_000_000),
        pages_a_day=_number(values, "LYCEUM_PAGES_A_DAY", 5000, 0, 1_000_000),
        requests_a_minute=_number(values, "LYCEUM_REQUESTS_A_MINUTE", 60, 1, 10_000),
        max_connections=_number(values, "LYCEUM_MAX_CONNECTIONS", 10, 1, 1000),
        knowledge_bases=_knowledge_bases(values, profile),
        aws=_aws(values),
    )


def _aws(values: Mapping[str, str]) -> AwsSettings:
    model = values.get("LYCEUM_MODEL") or "amazon.nova-lite-v1:0"
    return AwsSettings(
        stage=values.get("LYCEUM_STAGE") or "dev",
        table_prefix=values.get("LYCEUM_TABLE_PREFIX", ""),
        secrets_path=values.get("LYCEUM_SECRETS") or None,
        pinecone_host=values.get("LYCEUM_PINECONE_HOST") or None,
        connections_url=values.get("LYCEUM_CONNECTIONS_URL") or None,
        supabase_url=values.get("LYCEUM_SUPABASE_URL") or None,
        supabase_tokens=_choice(values, "LYCEUM_SUPABASE_TOKENS", "jwks", get_args(SupabaseTokens)),
        agent=_choice(values, "LYCEUM_AGENT", "converse", get_args(AgentKind)),
        agents={role: _agent(values, name) for role, name in _AGENTS.items() if values.get(name)},
        models={role: values.get(name) or model for role, name in _MODELS.items()},
        knowledge_bases_role=values.get("LYCEUM_KNOWLEDGE_BASES_ROLE") or None,
        knowledge_bases_secret=values.get("LYCEUM_KNOWLEDGE_BASES_SECRET") or None,
        embedding_model=values.get("LYCEUM_EMBEDDING_MODEL") or "amazon.titan-embed-text-v1",
        embedding_dimension=_number(values, "LYCEUM_EMBEDDING_DIMENSION", 1536, 1, 20_000),
    )


def _knowledge_bases(values: Mapping[str, str], profile: Profile) -> bool:
    is_on = _choice(values, "LYCEUM_KNOWLEDGE_BASES", "off", ("on", "off")) == "on"
    if is_on and profile == "local":
        raise SettingsError("LYCEUM_KNOWLEDGE_BASES must be off on the laptop: they are Bedrock's")
    return is_on


def _agent(values: Mapping[str, str], name: str) -> tuple[str, str]:
    found = re.fullmatch(r"([0-9a-zA-Z]{1,10})/([0-9a-zA-Z]{1,10})", values[name])
    if found is None:
        raise SettingsError(f"{name} must be an agent's id and its alias's, as in ABCDE12345/TSTALIASID")
    return found[1], found[2]


def _choice(values: Mapping[str, str], name: str, default: Choice, choices: tuple[Choice, ...]) -> Choice:
    value = values.get(name) or default
    for choice in choices:
        if choice == value:
            return choice
    raise SettingsError(f"{name} must be one of {', '.join(choices)}, not {value!r}")


def _number(values: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = values.get(name)
    if not text:
        return default
    try:
        number = int(text)
    except ValueError:
        raise SettingsError(f"{name} must be a whole number, not {text!r}") from None
    if not least <= number <= most:
        raise SettingsError(f"{name} must be from {least} to {most}, not {number}")
    return number

"""The settings: read once from the environment, checked, and then never changed.

Each variable is declared once, below, with its default, its accepted values and its documentation. ``make docs`` writes
docs/settings.md from the declarations. An invalid value stops the start of the process with a message that names the
variable.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from chalicelib.deadline import GATEWAY_SECONDS
from chalicelib.variables import Choice, Number, OptionalText, SettingsError, Text, Variable
from ports.agent_words import Role

__all__ = ["AwsSettings", "Settings", "SettingsError", "SupabaseTokens", "read_settings", "variables"]

Profile = Literal["memory", "local", "aws"]
AgentKind = Literal["converse", "agents"]
SupabaseTokens = Literal["jwks", "secret", "both"]
Switch = Literal["off", "on"]
Languages = Literal["english", "many"]
Ocr = Literal["none", "rapidocr", "tesseract"]
_MEBIBYTE = 1024 * 1024
_MOST_PORT = 65535

PROFILE: Choice[Profile] = Choice(
    name="LYCEUM_PROFILE",
    default="local",
    choices=get_args(Profile),
    does="Chooses the adapters: `local` for the laptop, `aws` for AWS, `memory` (the fakes) for tests.",
    is_set_by_stack=True,
)
_DEVELOPMENT_PORTS = (3000, 3001, 4173, 4200, 5173, 5174, 8080)
"""The development servers of Next and Create React App, Vite, Angular and Vue."""
ALLOWED_ORIGINS = Text(
    name="LYCEUM_ALLOWED_ORIGINS",
    default=",".join(
        f"http://{host}:{port}" for port in _DEVELOPMENT_PORTS for host in ("localhost", "127.0.0.1")
    ),
    does="The origins of the web pages that may read the API's responses (CORS) and open a WebSocket, "
    "separated by commas, each with its scheme. `*` is refused. An empty value allows no page.",
    is_required_by_stack=True,
    pattern=r"https?://[^\s,*/]+",
)
AGENT_SECONDS = Number(
    name="LYCEUM_AGENT_SECONDS",
    default=25,
    least=1,
    most=600,
    most_on_aws=28,
    unit="seconds",
    does="The time limit for one reply of the agent. On AWS it must end before API Gateway's 29 s.",
)
MAX_UPLOAD_MB = Number(
    name="LYCEUM_MAX_UPLOAD_MB",
    default=50,
    least=1,
    most=500,
    unit="MiB",
    does="The largest document that is accepted. A larger one gets 413 `too_large`.",
)
MAX_PAGES = Number(
    name="LYCEUM_MAX_PAGES",
    default=2000,
    least=1,
    most=20_000,
    unit="pages",
    does="The longest document that is accepted. A longer one ends as `failed` with `too_many_pages`.",
)
INGEST_WORKERS = Number(
    name="LYCEUM_INGEST_WORKERS",
    default=2,
    least=1,
    most=32,
    unit="workers",
    does="How many batches of chunks of a document are embedded at the same time. On the laptop it is also "
    "how many documents are read at the same time.",
)
MESSAGES_A_DAY = Number(
    name="LYCEUM_MESSAGES_A_DAY",
    default=500,
    least=0,
    most=1_000_000,
    unit="messages",
    does="The daily allowance of one learner for messages to the tutor and searches. "
    "Above it: 429 `daily_messages_used`.",
)
QUESTIONS_A_DAY = Number(
    name="LYCEUM_QUESTIONS_A_DAY",
    default=500,
    least=0,
    most=1_000_000,
    unit="questions",
    does="The daily allowance of one learner for the questions that their quizzes ask for. "
    "Above it: 429 `daily_questions_used`.",
)
PAGES_A_DAY = Number(
    name="LYCEUM_PAGES_A_DAY",
    default=5000,
    least=0,
    most=1_000_000,
    unit="pages",
    does="The daily allowance of one learner for pages of documents, and of one class for pages of its "
    "materials. 5,000 characters of text count as a page, also where a format has no pages. Above it: 429, or a document that ends as `failed`, with `daily_pages_used`.",
)
REQUESTS_A_MINUTE = Number(
    name="LYCEUM_REQUESTS_A_MINUTE",
    default=60,
    least=1,
    most=10_000,
    unit="requests",
    does="How many messages, searches and quizzes one learner may ask for in one minute. "
    "Above it: 429 `too_many_requests`.",
)
INTERVIEWS_A_DAY = Number(
    name="LYCEUM_INTERVIEWS_A_DAY",
    default=20,
    least=0,
    most=10_000,
    unit="interviews",
    does="The daily allowance of one learner for interviews. Above it: the error `daily_interviews_used`.",
)
AUDIO_MINUTES_A_DAY = Number(
    name="LYCEUM_AUDIO_MINUTES_A_DAY",
    default=60,
    least=0,
    most=1440,
    unit="minutes",
    does="The daily allowance of one learner for sound that is transcribed. Above it: the error "
    "`daily_audio_minutes_used`. Answers in text are still accepted.",
)
MAX_CONNECTIONS = Number(
    name="LYCEUM_MAX_CONNECTIONS",
    default=10,
    least=1,
    most=1000,
    unit="connections",
    does="How many WebSocket connections one learner may have open. Above it: 429 `too_many_connections`.",
)

DATA = Text(
    name="LYCEUM_DATA",
    default="~/.lyceum",
    does="The folder in which the laptop keeps all its data.",
    read_by="local",
)
PORT = Number(
    name="LYCEUM_PORT",
    default=8000,
    least=1,
    most=_MOST_PORT,
    unit="(a port)",
    does="The port of the REST API.",
    read_by="local",
)
WS_PORT = Number(
    name="LYCEUM_WS_PORT",
    default=8001,
    least=1,
    most=_MOST_PORT,
    unit="(a port)",
    does="The port of the WebSocket.",
    read_by="local",
)
PUBLIC_URL = OptionalText(
    name="LYCEUM_PUBLIC_URL",
    used_instead="`http://127.0.0.1:` followed by the value of `LYCEUM_PORT`",
    does="The address at which clients reach the server. Links for uploads and downloads begin with it.",
    read_by="local",
)
LANGUAGES: Choice[Languages] = Choice(
    name="LYCEUM_LANGUAGES",
    default="english",
    choices=get_args(Languages),
    does="The languages of the embedding model. With `many`, which `make run LANGUAGES=1` installs and sets, texts are "
    "found by their meaning in many languages, also by a question in another one. A data folder keeps to its model.",
    read_by="local",
)
OCR: Choice[Ocr] = Choice(
    name="LYCEUM_OCR",
    default="none",
    choices=get_args(Ocr),
    does="What recognises the text of scans and pictures: `none` leaves them unread; `rapidocr`, which `make run OCR=1` "
    "installs and sets; or `tesseract`, if it is installed on the system: three times as quick, and worse at bad scans.",
    read_by="local",
)
LLM_URL = OptionalText(
    name="LYCEUM_LLM_URL",
    used_instead="the offline tutor",
    does="The address of a server with an OpenAI-compatible API (Ollama, llama.cpp, vLLM), for example "
    "`http://127.0.0.1:11434/v1`. It then replaces the offline tutor.",
    read_by="local",
)
LLM_MODEL = OptionalText(
    name="LYCEUM_LLM_MODEL",
    used_instead="the first model that the server lists",
    does="The model to ask that server for.",
    read_by="local",
)
LLM_API_KEY = OptionalText(
    name="LYCEUM_LLM_API_KEY",
    does="The key that is sent to that server as a bearer token.",
    read_by="local",
)

BUCKET = Text(
    name="LYCEUM_BUCKET",
    default="lms-documents",
    does="The S3 bucket of documents, recordings and exports.",
    read_by="aws",
    is_set_by_stack=True,
)
STAGE = Text(
    name="LYCEUM_STAGE",
    default="dev",
    does="The name of the deployment. It is in the log lines and in the names of knowledge bases.",
    read_by="aws",
    is_set_by_stack=True,
)
TABLE_PREFIX = Text(
    name="LYCEUM_TABLE_PREFIX",
    default="",
    does="Text that comes before the name of each DynamoDB table.",
    read_by="aws",
    is_set_by_stack=True,
)
SECRETS = OptionalText(
    name="LYCEUM_SECRETS",
    does="The path in the Parameter Store under which the secrets are, for example `/lyceum/prod`. "
    "Each secret is read when it is first needed.",
    read_by="aws",
    is_set_by_stack=True,
)
CONNECTIONS_URL = OptionalText(
    name="LYCEUM_CONNECTIONS_URL",
    does="The https address of the WebSocket API with its stage, for pushes to clients, for example "
    "`https://abc.execute-api.eu-central-1.amazonaws.com/prod`.",
    read_by="aws",
    is_set_by_stack=True,
)
PINECONE_HOST = OptionalText(
    name="LYCEUM_PINECONE_HOST",
    does="The host of the Pinecone index.",
    read_by="aws",
    is_required_by_stack=True,
    pattern=r"\S+\.\S+",
)
SUPABASE_URL = OptionalText(
    name="LYCEUM_SUPABASE_URL",
    does="The address of the Supabase project, for example `https://abc.supabase.co`. Lyceum reads the "
    "school's tables there and accepts tokens that it issued.",
    read_by="aws",
    is_required_by_stack=True,
    pattern=r"https://[^\s/]+\.[^\s/]+/?",
)
SUPABASE_TOKENS: Choice[SupabaseTokens] = Choice(
    name="LYCEUM_SUPABASE_TOKENS",
    default="jwks",
    choices=get_args(SupabaseTokens),
    does="The keys that access tokens are signed with: the published keys (`jwks`), the legacy `secret`, or "
    "`both` while a project changes from one to the other.",
    read_by="aws",
)
AGENT: Choice[AgentKind] = Choice(
    name="LYCEUM_AGENT",
    default="converse",
    choices=get_args(AgentKind),
    does="`converse` for Bedrock's models, or `agents` for Bedrock Agents (Classic), which only accounts from "
    "before July 2026 have.",
    read_by="aws",
)


def _agent(role: str) -> OptionalText:
    return OptionalText(
        name=f"LYCEUM_AGENT_{role.upper()}",
        does=f"With `agents`: the agent of the role `{role}` and its alias, for example "
        "`ABCDE12345/TSTALIASID`. Switch its pre- and post-processing off, or replies do not stream.",
        read_by="aws",
        form="`AGENTID/ALIASID`",
        pattern=r"([0-9a-zA-Z]{1,10}/[0-9a-zA-Z]{1,10})?",
    )


AGENTS: dict[Role, OptionalText] = {role: _agent(role) for role in get_args(Role)}
MODEL = Text(
    name="LYCEUM_MODEL",
    default="amazon.nova-lite-v1:0",
    does="The Bedrock model or inference profile for every role that has no model of its own.",
    read_by="aws",
    pattern=r"[0-9a-zA-Z._:-]+",
)


def _model(role: str) -> OptionalText:
    return OptionalText(
        name=f"LYCEUM_MODEL_{role.upper()}",
        used_instead="the value of `LYCEUM_MODEL`",
        does=f"The Bedrock model or inference profile for the role `{role}`.",
        read_by="aws",
        pattern=r"[0-9a-zA-Z._:-]*",
    )


MODELS: dict[Role, OptionalText] = {role: _model(role) for role in get_args(Role)}
TEXTRACT: Choice[Switch] = Choice(
    name="LYCEUM_TEXTRACT",
    default="on",
    choices=get_args(Switch),
    does="`on` lets Amazon Textract recognise the text of scans and pictures. `off` leaves them unread: for a region without "
    "Textract.",
    read_by="aws",
)
EMBEDDING_MODEL = Text(
    name="LYCEUM_EMBEDDING_MODEL",
    default="amazon.titan-embed-text-v1",
    does="The id of the Titan embedding model on Bedrock.",
    read_by="aws",
    pattern=r"amazon\.titan-embed-text-[0-9a-z.:-]+",
)
EMBEDDING_DIMENSION = Number(
    name="LYCEUM_EMBEDDING_DIMENSION",
    default=1536,
    least=1,
    most=20_000,
    unit="numbers in a vector",
    does="The length of the vectors of the embedding model and of the Pinecone index.",
    read_by="aws",
)
SNAP_START: Choice[Switch] = Choice(
    name="LYCEUM_SNAP_START",
    default="off",
    choices=get_args(Switch),
    does="`on` starts the functions that a person waits for from a snapshot (Lambda's SnapStart): they import and build "
    "everything before it is taken. docs/deployment.md says what it costs. It excludes `WebSocketConcurrency`.",
    read_by="aws",
)
KNOWLEDGE_BASES: Choice[Switch] = Choice(
    name="LYCEUM_KNOWLEDGE_BASES",
    default="off",
    choices=get_args(Switch),
    does="`on` also keeps a Bedrock knowledge base for each learner; docs/decisions/0010-knowledge-bases.md "
    "says why the default is `off`. On the laptop it must be `off`.",
    read_by="aws",
)
KNOWLEDGE_BASES_ROLE = OptionalText(
    name="LYCEUM_KNOWLEDGE_BASES_ROLE",
    does="With knowledge bases: the ARN of the role with which Bedrock reads the documents.",
    read_by="aws",
)
KNOWLEDGE_BASES_SECRET = OptionalText(
    name="LYCEUM_KNOWLEDGE_BASES_SECRET",
    does="With knowledge bases: the ARN of the secret in the Secrets Manager that holds Pinecone's `apiKey`.",
    read_by="aws",
)


def variables() -> Iterator[Variable]:
    """Every variable that this module declares, in the order of the declarations."""
    for value in globals().values():
        if isinstance(value, Variable):
            yield value
        elif isinstance(value, dict):
            yield from (one for one in value.values() if isinstance(one, Variable))


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of every profile. The declarations above say what each value means."""

    profile: Profile
    allowed_origins: tuple[str, ...]
    bucket: str
    data: Path
    port: int
    ws_port: int
    public_url: str
    languages: Languages
    ocr: Ocr
    llm_url: str | None
    llm_model: str | None
    llm_api_key: str | None
    max_upload_bytes: int
    max_multipart_bytes: int
    """The largest file, in bytes, in a multipart request. API Gateway passes at most 6 MB to Lambda; base64 takes a
    quarter to a third of that.
    """
    max_pages: int
    request_seconds: float | None
    """The seconds for one request with all its calls; None if no gateway limits it."""
    agent_seconds: float
    inline_seconds: float
    """How many seconds a request works on a document before it answers 202."""
    inline_bytes: int
    """The size in bytes above which a request does not start the work on a document. The storage event then starts it.
    """
    ingest_workers: int
    interviews_a_day: int
    audio_minutes_a_day: int
    messages_a_day: int
    questions_a_day: int
    pages_a_day: int
    requests_a_minute: int
    max_connections: int
    knowledge_bases: bool
    aws: AwsSettings

    @property
    def api_url(self) -> str:
        """The REST API's address in its own description. On AWS a client may have got the description through a proxy."""
        return ".." if self.profile == "aws" else self.public_url

    @property
    def websocket_url(self) -> str:
        """The address at which clients open a WebSocket; they add the ticket."""
        public = urlsplit(self.public_url)
        host = f"[{public.hostname}]" if ":" in (public.hostname or "") else public.hostname
        url = self.aws.connections_url or f"{public.scheme}://{host}:{self.ws_port}"
        return "ws" + url.removeprefix("http")


@dataclass(frozen=True, slots=True)
class AwsSettings:
    """The settings that only the aws profile has. If a value is missing, the port that needs it raises on its first
    use.
    """

    stage: str
    table_prefix: str
    secrets_path: str | None
    pinecone_host: str | None
    connections_url: str | None
    supabase_url: str | None
    supabase_tokens: SupabaseTokens
    agent: AgentKind
    agents: Mapping[Role, tuple[str, str]]
    """For each role: the id of its agent, and the id of the agent's alias. A role whose variable is absent is absent
    here.
    """
    models: Mapping[Role, str]
    textract: bool
    knowledge_bases_role: str | None
    knowledge_bases_secret: str | None
    embedding_model: str
    embedding_dimension: int
    snap_start: bool


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in ``environment``, by default in the process's own environment. Raises ``SettingsError``."""
    values = os.environ if environment is None else environment
    profile = PROFILE.read(values)
    on_aws = profile == "aws"
    port = PORT.read(values)
    upload_limit = MAX_UPLOAD_MB.read(values) * _MEBIBYTE
    return Settings(
        profile=profile,
        allowed_origins=_allowed_origins(values),
        bucket=BUCKET.read(values),
        data=_folder(values),
        port=port,
        ws_port=WS_PORT.read(values),
        public_url=_public_url(values) or f"http://127.0.0.1:{port}",
        languages=LANGUAGES.read(values),
        ocr=OCR.read(values),
        llm_url=LLM_URL.read(values),
        llm_model=LLM_MODEL.read(values),
        llm_api_key=LLM_API_KEY.read(values),
        max_upload_bytes=upload_limit,
        max_multipart_bytes=4 * _MEBIBYTE if on_aws else upload_limit,
        max_pages=MAX_PAGES.read(values),
        request_seconds=GATEWAY_SECONDS if on_aws else None,
        agent_seconds=float(AGENT_SECONDS.read(values, on_aws=on_aws)),
        inline_seconds=10.0,
        inline_bytes=_MEBIBYTE,
        ingest_workers=INGEST_WORKERS.read(values),
        interviews_a_day=INTERVIEWS_A_DAY.read(values),
        audio_minutes_a_day=AUDIO_MINUTES_A_DAY.read(values),
        messages_a_day=MESSAGES_A_DAY.read(values),
        questions_a_day=QUESTIONS_A_DAY.read(values),
        pages_a_day=PAGES_A_DAY.read(values),
        requests_a_minute=REQUESTS_A_MINUTE.read(values),
        max_connections=MAX_CONNECTIONS.read(values),
        knowledge_bases=_knowledge_bases(values, profile),
        aws=_aws(values),
    )


def _aws(values: Mapping[str, str]) -> AwsSettings:
    model = MODEL.read(values)
    agents = {role: _agent_and_alias(one, values) for role, one in AGENTS.items()}
    return AwsSettings(
        stage=STAGE.read(values),
        table_prefix=TABLE_PREFIX.read(values),
        secrets_path=SECRETS.read(values),
        pinecone_host=PINECONE_HOST.read(values),
        connections_url=CONNECTIONS_URL.read(values),
        supabase_url=SUPABASE_URL.read(values),
        supabase_tokens=SUPABASE_TOKENS.read(values),
        agent=AGENT.read(values),
        agents={role: ids for role, ids in agents.items() if ids is not None},
        models={role: one.read(values) or model for role, one in MODELS.items()},
        textract=TEXTRACT.read(values) == "on",
        knowledge_bases_role=KNOWLEDGE_BASES_ROLE.read(values),
        knowledge_bases_secret=KNOWLEDGE_BASES_SECRET.read(values),
        embedding_model=EMBEDDING_MODEL.read(values),
        embedding_dimension=EMBEDDING_DIMENSION.read(values),
        snap_start=SNAP_START.read(values) == "on",
    )


def _folder(values: Mapping[str, str]) -> Path:
    text = DATA.read(values)
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise SettingsError(f"{DATA.name}: nobody on this machine has the folder {text!r}") from None


_ORIGIN = re.compile(r"https?://(?:\[([0-9a-f:.]+)\]|[^\s,;*/?#@:\[\]]+)(?::([1-9][0-9]{0,4}))?")
_DEFAULT_PORT = re.compile(r"(http://.*):80|(https://.*):443")
"""Matches the usual port of an origin's scheme, which browsers leave out."""


def _without_default_port(origin: str) -> str:
    found = _DEFAULT_PORT.fullmatch(origin)
    return origin if found is None else found[1] or found[2]


def _is_origin(text: str) -> bool:
    found = _ORIGIN.fullmatch(text)
    if found is None or int(found[2] or 1) > _MOST_PORT:
        return False
    try:
        return found[1] is None or bool(IPv6Address(found[1]).exploded)
    except AddressValueError:
        return False


def _public_url(values: Mapping[str, str]) -> str | None:
    """The address without a slash at its end. Raises ``SettingsError`` if it is no address of a server."""
    text = PUBLIC_URL.read(values)
    if text is None:
        return None
    origin = re.match(r"[^:]*://[^/]*", text)
    if origin is None or not _is_origin(origin[0].lower()) or re.search(r"[\s?#]", text):
        raise SettingsError(
            f"{PUBLIC_URL.name}: {text!r} is no address of a server. It begins with http:// or https://, as in "
            "http://localhost:8000"
        )
    return text.rstrip("/")


def _allowed_origins(values: Mapping[str, str]) -> tuple[str, ...]:
    """The origins as browsers send them: in lower case, without a slash at the end and without the scheme's default
    port. An empty value means no origin; an absent one means the default.
    """
    text = values.get(ALLOWED_ORIGINS.name, ALLOWED_ORIGINS.default)
    named = [origin.strip().rstrip("/").lower() for origin in text.split(",")]
    origins = [origin for origin in named if origin]
    if "*" in origins:
        raise SettingsError(f"{ALLOWED_ORIGINS.name} must name its origins: '*' is not accepted")
    for origin in origins:
        if not _is_origin(origin):
            raise SettingsError(
                f"{ALLOWED_ORIGINS.name}: {origin!r} is no origin. An origin is a scheme, a host and perhaps a port, "
                "as in http://localhost:3000"
            )
    return tuple(map(_without_default_port, origins))


def _agent_and_alias(variable: OptionalText, values: Mapping[str, str]) -> tuple[str, str] | None:
    text = variable.read(values)
    if text is None:
        return None
    found = re.fullmatch(r"([0-9a-zA-Z]{1,10})/([0-9a-zA-Z]{1,10})", text)
    if found is None:
        raise SettingsError(
            f"{variable.name} must be the id of an agent and of its alias, as in ABCDE12345/TSTALIASID"
        )
    return found[1], found[2]


def _knowledge_bases(values: Mapping[str, str], profile: Profile) -> bool:
    is_on = KNOWLEDGE_BASES.read(values) == "on"
    if is_on and profile == "local":
        raise SettingsError(f"{KNOWLEDGE_BASES.name} must be off on the laptop: Bedrock keeps them")
    return is_on

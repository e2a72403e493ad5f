"""What an operator chooses, and the environment that the functions get of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from infrastructure.names import API_STAGE, bucket_name, secrets_path, table_prefix
from infrastructure.values import Resources, Value, ref, sub


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the stack. Without a ``default`` the operator must give it."""

    name: str
    description: str
    variable: str | None = None
    """The variable of the functions' environment that has its value."""
    default: str | None = None
    kind: Literal["String", "Number", "CommaDelimitedList"] = "String"
    allowed: tuple[str, ...] = ()
    pattern: str | None = None
    least: int | None = None
    most: int | None = None

    def declared(self) -> dict[str, Any]:
        told = {
            "Type": self.kind,
            "Description": self.description,
            "Default": self.default,
            "AllowedValues": list(self.allowed) or None,
            "AllowedPattern": self.pattern,
            "MinValue": self.least,
            "MaxValue": self.most,
        }
        return {name: value for name, value in told.items() if value is not None}

    def value(self) -> Value:
        if self.kind == "CommaDelimitedList":
            return {"Fn::Join": [",", ref(self.name)]}
        return ref(self.name)


_AGENT_PATTERN = r"([0-9a-zA-Z]{1,10}/[0-9a-zA-Z]{1,10})?"
ROLES = ("Chat", "Quiz", "Interview", "Analysis")

PARAMETERS = (
    Parameter(
        "AllowedOrigins",
        "The origins whose pages may call the API, comma-separated, e.g. https://school.example",
        "LYCEUM_ALLOWED_ORIGINS",
        kind="CommaDelimitedList",
        pattern=r"https?://[^\s,*/]+",
    ),
    Parameter("PineconeHost", "The index's own host", "LYCEUM_PINECONE_HOST", pattern=r"\S+\.\S+"),
    Parameter(
        "SupabaseUrl", "https://….supabase.co", "LYCEUM_SUPABASE_URL", pattern=r"https://[^\s/]+\.[^\s/]+/?"
    ),
    Parameter(
        "SupabaseTokens",
        "What signs the access tokens",
        "LYCEUM_SUPABASE_TOKENS",
        default="jwks",
        allowed=("jwks", "secret", "both"),
    ),
    Parameter(
        "Agent",
        "Bedrock's Converse, or its Agents where the account has them",
        "LYCEUM_AGENT",
        default="converse",
        allowed=("converse", "agents"),
    ),
    *(
        Parameter(
            f"Agent{role}",
            "With agents: the role's agent and its alias, AGENTID/ALIASID",
            f"LYCEUM_AGENT_{role.upper()}",
            default="",
            pattern=_AGENT_PATTERN,
        )
        for role in ROLES
    ),
    Parameter(
        "Model",
        "Bedrock's model or inference profile, for every role that has none of its own",
        "LYCEUM_MODEL",
        default="amazon.nova-lite-v1:0",
        pattern=r"[0-9a-zA-Z._:-]+",
    ),
    *(
        Parameter(
            f"Model{role}",
            "The role's own model or inference profile",
            f"LYCEUM_MODEL_{role.upper()}",
            default="",
            pattern=r"[0-9a-zA-Z._:-]*",
        )
        for role in ROLES
    ),
    Parameter(
        "ProfileModels",
        "With inference profiles: the foundation models behind them, as a pattern, e.g. amazon.nova-*",
        default="none",
        pattern=r"[0-9a-zA-Z._:*-]+",
    ),
    Parameter(
        "EmbeddingModel",
        "Titan's id",
        "LYCEUM_EMBEDDING_MODEL",
        default="amazon.titan-embed-text-v1",
        pattern=r"amazon\.titan-embed-text-[0-9a-z.:-]+",
    ),
    Parameter(
        "EmbeddingDimension",
        "The length of its vectors, and the index's",
        "LYCEUM_EMBEDDING_DIMENSION",
        default="1536",
        kind="Number",
        least=1,
        most=20_000,
    ),
    Parameter(
        "AgentSeconds",
        "For one reply of an agent",
        "LYCEUM_AGENT_SECONDS",
        default="25",
        kind="Number",
        least=1,
        most=28,
    ),
    Parameter(
        "MaxUploadMb",
        "Of one document",
        "LYCEUM_MAX_UPLOAD_MB",
        default="50",
        kind="Number",
        least=1,
        most=500,
    ),
    Parameter(
        "MaxPages", "Of one document", "LYCEUM_MAX_PAGES", default="2000", kind="Number", least=1, most=20_000
    ),
    Parameter(
        "IngestWorkers",
        "Batches embedded at a time",
        "LYCEUM_INGEST_WORKERS",
        default="2",
        kind="Number",
        least=1,
        most=32,
    ),
    *(
        Parameter(
            name, what, f"LYCEUM_{variable}", default=str(default), kind="Number", least=least, most=most
        )
        for name, variable, what, default, least, most in (
            ("InterviewsADay", "INTERVIEWS_A_DAY", "Of one learner", 20, 0, 10_000),
            ("AudioMinutesADay", "AUDIO_MINUTES_A_DAY", "Of one learner's recordings", 60, 0, 1440),
            ("MessagesADay", "MESSAGES_A_DAY", "Of one learner to the tutor", 500, 0, 1_000_000),
            ("QuestionsADay", "QUESTIONS_A_DAY", "In one learner's quizzes", 500, 0, 1_000_000),
            ("PagesADay", "PAGES_A_DAY", "Of one learner's documents", 5000, 0, 1_000_000),
            (
                "RequestsAMinute",
                "REQUESTS_A_MINUTE",
                "Of one learner, for answers and quizzes",
                60,
                1,
                10_000,
            ),
            (
                "MaxConnections",
                "MAX_CONNECTIONS",
                "WebSocket connections of one learner at a time",
                10,
                1,
                1000,
            ),
        )
    ),
    Parameter(
        "KnowledgeBases",
        "Whether each learner has a Bedrock knowledge base too",
        "LYCEUM_KNOWLEDGE_BASES",
        default="off",
        allowed=("on", "off"),
    ),
    Parameter(
        "KnowledgeBasesRole",
        "With knowledge bases: the ARN of the role in which Bedrock reads",
        "LYCEUM_KNOWLEDGE_BASES_ROLE",
        default="",
    ),
    Parameter(
        "KnowledgeBasesSecret",
        "With knowledge bases: the ARN of the secret with Pinecone's apiKey",
        "LYCEUM_KNOWLEDGE_BASES_SECRET",
        default="",
    ),
    Parameter(
        "AlarmEmail", "Who is told of alarms; nobody where it is empty", default="", pattern=r"(\S+@\S+)?"
    ),
    Parameter(
        "LogDays",
        "How long the logs are kept",
        default="30",
        kind="Number",
        allowed=("7", "14", "30", "60", "90", "180", "365"),
    ),
    Parameter(
        "WebSocketConcurrency",
        "Instances of the WebSocket's function that are kept warm (provisioned concurrency)",
        default="0",
        kind="Number",
        least=0,
        most=100,
    ),
)

CONDITIONS: Resources = {
    "UsesAgents": {"Fn::Equals": [ref("Agent"), "agents"]},
    "UsesConverse": {"Fn::Equals": [ref("Agent"), "converse"]},
    "UsesSharedSecret": {"Fn::Not": [{"Fn::Equals": [ref("SupabaseTokens"), "jwks"]}]},
    "KeepsKnowledgeBases": {"Fn::Equals": [ref("KnowledgeBases"), "on"]},
    "TellsSomebody": {"Fn::Not": [{"Fn::Equals": [ref("AlarmEmail"), ""]}]},
    "StaysWarm": {"Fn::Not": [{"Fn::Equals": [ref("WebSocketConcurrency"), "0"]}]},
    **{f"HasModel{role}": {"Fn::Not": [{"Fn::Equals": [ref(f"Model{role}"), ""]}]} for role in ROLES},
    **{f"HasAgent{role}": {"Fn::Not": [{"Fn::Equals": [ref(f"Agent{role}"), ""]}]} for role in ROLES},
}


def declared_parameters() -> Resources:
    return {parameter.name: parameter.declared() for parameter in PARAMETERS}


def environment(stage: str) -> dict[str, Value]:
    """Every variable that the aws profile reads. No secret is among them: those are read where they lie."""
    return {
        "LYCEUM_PROFILE": "aws",
        "LYCEUM_STAGE": stage,
        "LYCEUM_TABLE_PREFIX": table_prefix(stage),
        "LYCEUM_SECRETS": secrets_path(stage),
        "LYCEUM_BUCKET": sub(bucket_name(stage)),
        "LYCEUM_CONNECTIONS_URL": sub(
            f"https://${{WebsocketAPI}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/{API_STAGE}"
        ),
        **{one.variable: one.value() for one in PARAMETERS if one.variable is not None},
    }

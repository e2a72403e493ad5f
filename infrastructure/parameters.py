"""The parameters of the stack, and the environment that the functions get from them.

A setting that has an effect on AWS becomes a parameter, made from its declaration in ``chalicelib.settings``. A few
more parameters configure the stack itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from chalicelib.settings import ALLOWED_ORIGINS, variables
from chalicelib.variables import Choice, Number, Variable
from infrastructure import hosting
from infrastructure.names import API_STAGE, bucket_name, secrets_path, table_prefix
from infrastructure.values import Resources, Value, ref, sub
from ports.agent import Role


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the stack. If ``default`` is None, the operator must give a value."""

    name: str
    description: str
    variable: str | None = None
    """The environment variable of the functions that gets its value; None if there is none."""
    default: str | None = None
    kind: Literal["String", "Number", "CommaDelimitedList"] = "String"
    allowed: tuple[str, ...] = ()
    pattern: str | None = None
    least: int | None = None
    most: int | None = None

    def declared(self) -> dict[str, Any]:
        properties = {
            "Type": self.kind,
            "Description": self.description,
            "Default": self.default,
            "AllowedValues": list(self.allowed) or None,
            "AllowedPattern": self.pattern,
            "MinValue": self.least,
            "MaxValue": self.most,
        }
        return {name: value for name, value in properties.items() if value is not None}

    def value(self) -> Value:
        if self.variable == ALLOWED_ORIGINS.name:
            return hosting.allowed_origins(self.name)
        return ref(self.name)


ROLES = tuple(role.capitalize() for role in get_args(Role))
"""The agent's roles, as they are written in the names of parameters."""


def _parameter_of(variable: Variable) -> Parameter:
    """The parameter that sets the value of a setting."""
    is_number = isinstance(variable, Number)
    return Parameter(
        name="".join(part.capitalize() for part in variable.name.removeprefix("LYCEUM_").split("_")),
        description=variable.does.replace("`", ""),
        variable=variable.name,
        default=None if variable.is_required_by_stack else variable.default_text,
        kind="CommaDelimitedList" if variable is ALLOWED_ORIGINS else "Number" if is_number else "String",
        allowed=variable.choices if isinstance(variable, Choice) else (),
        pattern=variable.pattern,
        least=variable.least if isinstance(variable, Number) else None,
        most=variable.most_for_aws if isinstance(variable, Number) else None,
    )


PARAMETERS = (
    *(
        _parameter_of(variable)
        for variable in variables()
        if variable.read_by != "local" and not variable.is_set_by_stack
    ),
    Parameter(
        "ProfileModels",
        "With inference profiles: a pattern for the foundation models behind them, e.g. amazon.nova-*",
        default="none",
        pattern=r"[0-9a-zA-Z._:*-]+",
    ),
    Parameter(
        "AlarmEmail",
        "The address that gets a mail for each alarm; empty for none",
        default="",
        pattern=r"(\S+@\S+)?",
    ),
    Parameter(
        "LogDays",
        "How many days the logs are kept",
        default="30",
        kind="Number",
        allowed=("7", "14", "30", "60", "90", "180", "365"),
    ),
    Parameter(
        "WebSocketConcurrency",
        "How many instances of the WebSocket's function are kept warm (provisioned concurrency)",
        default="0",
        kind="Number",
        least=0,
        most=100,
    ),
    Parameter(
        "Console",
        "on serves the console from a bucket by CloudFront: docs/deployment.md",
        default="off",
        allowed=("off", "on"),
    ),
    Parameter(
        "ConsoleSupabaseKey",
        "The publishable key of the Supabase project, with which the console signs people in; never a secret key",
        default="",
        pattern=r"((sb_publishable_|eyJ)[0-9a-zA-Z._-]+)?",
    ),
)

CONDITIONS: Resources = {
    "UsesAgents": {"Fn::Equals": [ref("Agent"), "agents"]},
    "UsesConverse": {"Fn::Equals": [ref("Agent"), "converse"]},
    "UsesSharedSecret": {"Fn::Not": [{"Fn::Equals": [ref("SupabaseTokens"), "jwks"]}]},
    "RecognisesText": {"Fn::Equals": [ref("Textract"), "on"]},
    "KeepsKnowledgeBases": {"Fn::Equals": [ref("KnowledgeBases"), "on"]},
    "TellsSomebody": {"Fn::Not": [{"Fn::Equals": [ref("AlarmEmail"), ""]}]},
    "StartsFromSnapshot": {"Fn::Equals": [ref("SnapStart"), "on"]},
    hosting.CONDITION: {"Fn::Equals": [ref("Console"), "on"]},
    "StaysWarm": {"Fn::Not": [{"Fn::Equals": [ref("WebSocketConcurrency"), "0"]}]},
    **{f"HasModel{role}": {"Fn::Not": [{"Fn::Equals": [ref(f"Model{role}"), ""]}]} for role in ROLES},
    **{f"HasAgent{role}": {"Fn::Not": [{"Fn::Equals": [ref(f"Agent{role}"), ""]}]} for role in ROLES},
}

RULES: Resources = {
    "WarmOrFromSnapshot": {
        "Assertions": [
            {
                "Assert": {
                    "Fn::Or": [
                        {"Fn::Equals": [ref("SnapStart"), "off"]},
                        {"Fn::Equals": [ref("WebSocketConcurrency"), "0"]},
                    ]
                },
                "AssertDescription": "Lambda excludes SnapStart and provisioned concurrency: choose one of SnapStart and "
                "WebSocketConcurrency",
            }
        ]
    },
    "ConsoleSignsIn": {
        "Assertions": [
            {
                "Assert": {
                    "Fn::Or": [
                        {"Fn::Equals": [ref("Console"), "off"]},
                        {"Fn::Not": [{"Fn::Equals": [ref("ConsoleSupabaseKey"), ""]}]},
                    ]
                },
                "AssertDescription": "The console needs ConsoleSupabaseKey, or nobody can sign in to it",
            }
        ]
    },
}


def declared_parameters() -> Resources:
    return {parameter.name: parameter.declared() for parameter in PARAMETERS}


def environment(stage: str) -> dict[str, Value]:
    """All environment variables that the aws profile reads. None has a secret: secrets are read from the Parameter
    Store.
    """
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

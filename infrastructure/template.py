"""The template of a stage: Chalice's template of app.py, completed with all other resources."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from chalicelib.settings import SNAP_START
from infrastructure.functions import FUNCTIONS, Function, log_group, role
from infrastructure.gateways import gateway_responses
from infrastructure.hosting import hosting, outputs
from infrastructure.names import stack_name
from infrastructure.observation import observation
from infrastructure.parameters import CONDITIONS, RULES, declared_parameters, environment
from infrastructure.policies import roles
from infrastructure.storage import storage
from infrastructure.values import Value, attribute, ref, when

OUTPUTS = ("EndpointURL", "WebsocketConnectEndpointURL")
"""The outputs that are kept from Chalice's template."""
_EVENT_SECONDS = 6 * 3600
_ALIAS = "live"


def complete(chalice: dict[str, Any], stage: str) -> dict[str, Any]:
    """The whole template. Raises ``ValueError`` if app.py and ``FUNCTIONS`` do not declare the same functions."""
    resources = copy.deepcopy(chalice["Resources"])
    made = {name for name, one in resources.items() if one["Type"] == "AWS::Serverless::Function"}
    known = {function.name for function in FUNCTIONS}
    if made != known:
        raise ValueError(
            f"app.py and infrastructure/functions.py differ in {', '.join(sorted(made ^ known))}"
        )
    for function in FUNCTIONS:
        _furnish(resources[function.name]["Properties"], function, stage)
    _publish(resources)
    _name_the_apis(resources, stage)
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Description": f"Lyceum, stage {stage}",
        "Parameters": declared_parameters(),
        "Rules": RULES,
        "Conditions": CONDITIONS,
        "Resources": {**storage(stage), **hosting(stage), **observation(stage), **roles(stage), **resources},
        "Outputs": {
            **{name: chalice["Outputs"][name] for name in OUTPUTS},
            "Bucket": {"Value": ref("DocumentsBucket")},
            "AlarmTopic": {"Value": ref("Alarms")},
            **outputs(),
        },
    }


def _furnish(properties: dict[str, Any], function: Function, stage: str) -> None:
    if properties["Handler"] != function.handler:
        raise ValueError(f"{function.name} is {properties['Handler']}")
    properties |= {
        "CodeUri": "./deployment.zip",
        "MemorySize": function.memory,
        "Timeout": function.seconds,
        "Role": attribute(role(function.name)),
        "Environment": {"Variables": _environment(function, stage)},
        "LoggingConfig": {"LogGroup": ref(log_group(function.name))},
    }
    if function.retries is not None:
        invocation: dict[str, Any] = {
            "MaximumRetryAttempts": function.retries,
            "MaximumEventAgeInSeconds": _EVENT_SECONDS,
        }
        if function.queue is not None:
            destination = {"Type": "SQS", "Destination": attribute(function.queue)}
            invocation["DestinationConfig"] = {"OnFailure": destination}
        properties["EventInvokeConfig"] = invocation


def _environment(function: Function, stage: str) -> dict[str, Value]:
    """The environment variables of a function. Without a snapshot, the function does not prepare for one, because each
    start would cost that time.
    """
    variables = environment(stage)
    return variables if function.starts_from_snapshot else variables | {SNAP_START.name: "off"}


def _publish(resources: dict[str, Any]) -> None:
    """Publish a version of each function that a person waits for, and send its requests to an alias of that version.

    Lambda keeps only versions warm, and makes snapshots only of versions.
    """
    aliases: dict[str, Value] = {}
    for function in FUNCTIONS:
        if function.starts_from_snapshot:
            aliases[function.name] = ref(f"{function.name}.Alias")
            resources[function.name]["Properties"] |= {
                "AutoPublishAlias": _ALIAS,
                "AutoPublishAliasAllProperties": True,
                "SnapStart": {"ApplyOn": when("StartsFromSnapshot", "PublishedVersions", "None")},
            }
    resources["WebsocketMessage"]["Properties"]["ProvisionedConcurrencyConfig"] = when(
        "StaysWarm", {"ProvisionedConcurrentExecutions": ref("WebSocketConcurrency")}
    )
    for name, alias in aliases.items():
        resources[f"{name}InvokePermission"]["Properties"]["FunctionName"] = alias
        if f"{name}APIIntegration" in resources:
            resources[f"{name}APIIntegration"]["Properties"]["IntegrationUri"] = _invocation(alias)
    rest = resources["RestAPI"]["Properties"]
    rest["DefinitionBody"] = _with_aliases(rest["DefinitionBody"], aliases)


def _invocation(alias: Value) -> Value:
    """The address at which API Gateway invokes the alias."""
    address = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Alias}/invocations"
    return {"Fn::Sub": [address, {"Alias": alias}]}


def _with_aliases(part: Any, aliases: Mapping[str, Value]) -> Any:
    """The part of the API's definition, changed so that functions with an alias are called through it."""
    if isinstance(part, list):
        return [_with_aliases(one, aliases) for one in part]
    if not isinstance(part, dict):
        return part
    address = part.get("Fn::Sub")
    if isinstance(address, str):
        for name, alias in aliases.items():
            if f"functions/${{{name}.Arn}}/invocations" in address:
                return _invocation(alias)
    return {name: _with_aliases(one, aliases) for name, one in part.items()}


def _name_the_apis(resources: dict[str, Any], stage: str) -> None:
    rest = resources["RestAPI"]["Properties"]
    rest["Name"] = stack_name(stage)
    rest["DefinitionBody"]["info"]["title"] = stack_name(stage)
    rest["DefinitionBody"]["x-amazon-apigateway-gateway-responses"] = gateway_responses()
    resources["WebsocketAPI"]["Properties"]["Name"] = f"{stack_name(stage)}-websocket"

"""Log groups, queues for failed events, and alarms."""

from __future__ import annotations

from typing import Any

from infrastructure.functions import FUNCTIONS, GATEWAY_SECONDS, Function, log_group
from infrastructure.names import API_STAGE, stack_name
from infrastructure.values import Resources, Value, attribute, ref, when

TOPIC = "Alarms"
_QUEUE_SECONDS = 14 * 24 * 3600
_PERIOD = 300
_SLOW_SHARE = 0.8
"""An alarm says that a function is slow if it takes more than this share of its time limit."""


def observation(stage: str) -> Resources:
    made: Resources = {
        TOPIC: {
            # Not encrypted: CloudWatch cannot publish to a topic with SNS's own key. Alarms contain no personal data.
            "Type": "AWS::SNS::Topic",
            "Properties": {
                "Subscription": when("TellsSomebody", [{"Protocol": "email", "Endpoint": ref("AlarmEmail")}])
            },
        }
    }
    for function in FUNCTIONS:
        made[log_group(function.name)] = {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": f"/lyceum/{stage}/{function.name}",
                "RetentionInDays": ref("LogDays"),
            },
        }
        if function.queue is not None:
            made[function.queue] = {
                "Type": "AWS::SQS::Queue",
                "Properties": {"SqsManagedSseEnabled": True, "MessageRetentionPeriod": _QUEUE_SECONDS},
            }
        made |= _alarms_of(function)
    return made | _alarms_of_the_apis(stage)


def _alarms_of(function: Function) -> Resources:
    name = function.name
    of_it: dict[str, Value] = {"FunctionName": ref(name)}
    made = {
        f"{name}Throttled": _alarm(f"{name} was throttled", "AWS/Lambda", "Throttles", of_it),
    }
    if function.errors_alarm:
        made[f"{name}Failed"] = _alarm(f"{name} failed", "AWS/Lambda", "Errors", of_it)
    if function.seconds == GATEWAY_SECONDS:
        made[f"{name}Slow"] = _alarm(
            f"{name} is close to its limit of {function.seconds} s",
            "AWS/Lambda",
            "Duration",
            of_it,
            at_least=int(function.seconds * 1000 * _SLOW_SHARE),
            percentile=99,
        )
    if function.queue is not None:
        made[f"{function.queue}Waiting"] = _alarm(
            f"{name} gave up on an event, which is in its queue",
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            {"QueueName": attribute(function.queue, "QueueName")},
            statistic="Maximum",
        )
    return made


def _alarms_of_the_apis(stage: str) -> Resources:
    rest: dict[str, Value] = {"ApiName": stack_name(stage), "Stage": API_STAGE}
    websocket: dict[str, Value] = {"ApiId": ref("WebsocketAPI"), "Stage": API_STAGE}
    return {
        "RestFailed": _alarm("REST returned 5xx", "AWS/ApiGateway", "5XXError", rest, at_least=5),
        "RestSlow": _alarm(
            "REST is slow",
            "AWS/ApiGateway",
            "Latency",
            rest,
            at_least=int(GATEWAY_SECONDS * 1000 * _SLOW_SHARE),
            percentile=99,
        ),
        "WebsocketFailed": _alarm(
            "The WebSocket failed", "AWS/ApiGateway", "ExecutionError", websocket, at_least=5
        ),
    }


def _alarm(
    what: str,
    namespace: str,
    metric: str,
    dimensions: dict[str, Value],
    *,
    at_least: int = 1,
    statistic: str = "Sum",
    percentile: int | None = None,
) -> dict[str, Any]:
    measured = {"Statistic": statistic} if percentile is None else {"ExtendedStatistic": f"p{percentile}"}
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": what,
            "Namespace": namespace,
            "MetricName": metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
            **measured,
            "Period": _PERIOD,
            "EvaluationPeriods": 1,
            "Threshold": at_least,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [ref(TOPIC)],
        },
    }

"""The fields of log lines that are metrics, in CloudWatch's embedded metric format.

CloudWatch reads metrics from each log line that has an ``_aws`` member. So metrics need no call and no extra line.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.quizzes.refusals import REFUSALS

NAMESPACE = "Lyceum"
_REQUEST = {
    "milliseconds": "Milliseconds",
    "failed_calls": "Count",
    "agent_milliseconds": "Milliseconds",
    "embedder_milliseconds": "Milliseconds",
    "key_values_milliseconds": "Milliseconds",
    "vectors_milliseconds": "Milliseconds",
}
_REFUSALS = {f"refused_{code}": "Count" for code in REFUSALS}
_METRICS: dict[str, dict[str, str]] = {
    "request": _REQUEST,
    "event_handled": _REQUEST,
    "answered": {"passages": "Count", "citations": "Count", "unsupported": "Count"},
    "questions_judged": {"admitted": "Count", "solved": "Count", "refused": "Count", **_REFUSALS},
    "questions_not_solved": {"not_solved": "Count"},
    "document_completed": {"milliseconds": "Milliseconds", "chunks": "Count"},
    "document_failed": {"failures": "Count"},
    "ingestion_interrupted": {"interrupted": "Count"},
    "agent_refused": {"refusals": "Count"},
    "agent_usage": {"input_tokens": "Count", "output_tokens": "Count", "cached_tokens": "Count"},
}
"""For each event: the fields that are metrics, each with its unit in CloudWatch."""
_DIMENSIONS = {"request": "operation", "event_handled": "operation", "agent_usage": "role"}
"""For each event: the field that is a second dimension of its metrics. Such a field has only a few possible values."""


def embedded(event: str, line: Mapping[str, Any], stage: str, at: float) -> dict[str, Any]:
    """The members to add to a log line that has metrics; empty if it has none. ``at`` is in seconds since 1970."""
    known = _METRICS.get(event, {})
    metrics = [{"Name": name, "Unit": unit} for name, unit in known.items() if name in line]
    if not metrics:
        return {}
    dimensions = [["stage"]]
    if _DIMENSIONS.get(event) in line:
        dimensions.append(["stage", _DIMENSIONS[event]])
    directive = {"Namespace": NAMESPACE, "Dimensions": dimensions, "Metrics": metrics}
    return {"stage": stage, "_aws": {"Timestamp": int(at * 1000), "CloudWatchMetrics": [directive]}}

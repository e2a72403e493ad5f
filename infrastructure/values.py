"""References and functions of CloudFormation, as JSON in a template."""

from __future__ import annotations

from typing import Any

Value = str | int | dict[str, Any]
Resources = dict[str, dict[str, Any]]

NOTHING = {"Ref": "AWS::NoValue"}


def ref(name: str) -> dict[str, Any]:
    return {"Ref": name}


def sub(text: str) -> dict[str, Any]:
    """A text in which CloudFormation replaces each ``${…}``."""
    return {"Fn::Sub": text}


def attribute(resource: str, name: str = "Arn") -> dict[str, Any]:
    return {"Fn::GetAtt": [resource, name]}


def when(condition: str, value: Any, otherwise: Any = NOTHING) -> dict[str, Any]:
    return {"Fn::If": [condition, value, otherwise]}


def arn(service: str, resource: str) -> Value:
    """The ARN of a resource in the region and the account of the stack."""
    return sub(f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}")

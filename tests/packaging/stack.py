"""A template with its functions evaluated as CloudFormation does, as far as the tests need: values, conditions, names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.stubs.aws import REGION

ACCOUNT = "123456789012"
_PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "lyceum-test",
}
_ABSENT = object()


@dataclass(frozen=True)
class Stack:
    """A template with the values of its parameters. ``parameters`` must have those without a default, and may replace
    defaults.
    """

    template: Mapping[str, Any]
    parameters: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = self.parameters.keys() - self.template["Parameters"].keys()
        assert not unknown, f"no such parameters: {unknown}"

    def properties(self, resource: str) -> Any:
        return self.value(self.template["Resources"][resource]["Properties"])

    def environment(self, function: str) -> dict[str, str]:
        variables = self.properties(function)["Environment"]["Variables"]
        return {name: str(value) for name, value in variables.items()}

    def value(self, written: Any) -> Any:
        """The value of ``written`` with all functions evaluated."""
        if isinstance(written, list):
            members = [self.value(member) for member in written]
            return [member for member in members if member is not _ABSENT]
        if not isinstance(written, dict):
            return written
        if len(written) == 1:
            [(name, operand)] = written.items()
            if name == "Ref" or name.startswith("Fn::"):
                return self._function(name, operand)
        values = {name: self.value(member) for name, member in written.items()}
        return {name: value for name, value in values.items() if value is not _ABSENT}

    def _function(self, name: str, operand: Any) -> Any:
        match name:
            case "Ref":
                return self._ref(operand)
            case "Fn::GetAtt":
                return f"{operand[1]}-of-{operand[0]}"
            case "Fn::Join":
                return operand[0].join(str(part) for part in self.value(operand[1]))
            case "Fn::Split":
                return self.value(operand[1]).split(operand[0])
            case "Fn::Sub":
                text, given = operand if isinstance(operand, list) else (operand, {})
                return re.sub(r"\$\{([^}!]+)\}", lambda found: str(self._named(found[1], given)), text)
            case "Fn::If":
                condition, then, otherwise = operand
                return self.value(then if self.holds(self.template["Conditions"][condition]) else otherwise)
        raise NotImplementedError(name)

    def _named(self, name: str, given: Mapping[str, Any]) -> Any:
        if name in given:
            return self.value(given[name])
        return f"{name.partition('.')[2]}-of-{name.partition('.')[0]}" if "." in name else self._ref(name)

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _ABSENT
        if name in _PSEUDO:
            return _PSEUDO[name]
        declared = self.template["Parameters"].get(name)
        if declared is None:
            return name
        value = self.parameters.get(name, declared.get("Default"))
        assert value is not None, f"the parameter {name} must be given"
        return value.split(",") if declared["Type"] == "CommaDelimitedList" else value

    def holds(self, condition: Any) -> bool:
        [(name, operand)] = condition.items()
        match name:
            case "Fn::Equals":
                return bool(self.value(operand[0]) == self.value(operand[1]))
            case "Fn::Not":
                return not self.holds(operand[0])
            case "Fn::Or":
                return any(self.holds(one) for one in operand)
        raise NotImplementedError(name)

"""Converts items to DynamoDB's notation of values and back, without loss."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ports.key_value_store import MAX_INTEGER, Item

_INTEGER_CHARACTERS = len(str(-MAX_INTEGER))


def to_attributes(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item in DynamoDB's notation. The item must be valid; the port's ``size_of`` checks that."""
    return {name: to_attribute(value) for name, value in item.items()}


def to_attribute(value: object) -> dict[str, Any]:
    match value:
        case str():
            return {"S": value}
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case float():
            return {"N": _digits(value)}
        case list():
            return {"L": [to_attribute(member) for member in value]}
        case dict():
            return {"M": to_attributes(value)}
    raise TypeError(type(value).__name__)


def to_item(attributes: Mapping[str, Mapping[str, Any]]) -> Item:
    return {name: _value(attribute) for name, attribute in attributes.items()}


def _value(attribute: Mapping[str, Any]) -> Any:
    for kind, value in attribute.items():
        match kind:
            case "S" | "BOOL":
                return value
            case "N":
                return _number(value)
            case "NULL":
                return None
            case "L":
                return [_value(member) for member in value]
            case "M":
                return to_item(value)
    raise TypeError(f"attribute of type {', '.join(attribute)}")


def _digits(value: float) -> str:
    """The float as digits. A float without a fraction is written as an integer, because such a number is read as an
    exact integer.
    """
    if value.is_integer() and abs(value) <= MAX_INTEGER:
        return str(int(value))
    return repr(value)


def _number(text: str) -> int | float:
    if len(text) <= _INTEGER_CHARACTERS and text.lstrip("-").isdecimal():
        return int(text)
    value = Decimal(text)
    if abs(value) <= MAX_INTEGER and value == value.to_integral_value():
        return int(value)
    return float(value)

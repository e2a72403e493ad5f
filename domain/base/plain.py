"""Turns values into plain dictionaries and lists, for rows.

It is faster than ``dataclasses.asdict``, which copies every text and number.
"""

from __future__ import annotations

from typing import Any


def plain(value: Any, *, leave_out_none: bool = False) -> Any:
    """``value`` with every dataclass in it as a dictionary of its fields, and every tuple as a list.

    ``leave_out_none`` leaves out the entries of dictionaries whose value is None, at every depth.
    """
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is dict:
        members = value.items()
    elif kind is list or kind is tuple:
        return [one if type(one) in _ATOMS else plain(one, leave_out_none=leave_out_none) for one in value]
    elif hasattr(kind, "__dataclass_fields__"):
        members = [(name, getattr(value, name)) for name in kind.__dataclass_fields__]
    else:
        return value
    return {
        name: member if type(member) in _ATOMS else plain(member, leave_out_none=leave_out_none)
        for name, member in members
        if not (leave_out_none and member is None)
    }


_ATOMS = frozenset((str, int, float, bool, type(None)))

"""Prints the contract as JSON, for tools that make code from it: ``python -m docs.print_contract openapi`` or
``asyncapi``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from chalicelib.api import build_app, declare_routes
from chalicelib.composition.wiring import wire
from chalicelib.contract import VERSION
from chalicelib.contract.asyncapi import describe_messages
from chalicelib.contract.openapi import describe
from chalicelib.settings import read_settings


def contract(name: str) -> Mapping[str, Any]:
    """The contract ``openapi`` or ``asyncapi``, as a server with default settings returns it. Raises ``KeyError`` for
    another name.
    """
    settings = read_settings({"LYCEUM_PROFILE": "memory"})
    if name == "asyncapi":
        return describe_messages(settings.websocket_url, VERSION)
    if name != "openapi":
        raise KeyError(name)
    routes = declare_routes(build_app(), wire(settings)).routes
    return describe(routes, settings.api_url, VERSION)


if __name__ == "__main__":
    json.dump(contract(sys.argv[1]), sys.stdout, ensure_ascii=False)

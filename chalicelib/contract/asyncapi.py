"""The AsyncAPI 3 document of the WebSocket, made from the schemas of its messages."""

from __future__ import annotations

from typing import Any, get_args
from urllib.parse import urlsplit

import msgspec

from chalicelib.contract.refusals import refusals_of_messages
from chalicelib.contract.schemas import described_components
from chalicelib.websocket import Incoming, Outgoing

_REFERENCE = "#/components/schemas/{name}"
_DESCRIPTION = """\
The tutor's answers as they are made, interviews, and how far uploaded documents are.

`POST /api/ws-ticket` gives a ticket and the address. A ticket opens one connection. If the connection is refused, the status
is 401 (no valid ticket), 403 (an origin that is not allowed) or 429 (too many connections). Messages are JSON text with a
`type`, at most 128 KB, in frames of at most 32 KB. A response has the `request_id` of the message that it answers.
"""
_TAGS = [
    {"name": "chat", "description": "The tutor."},
    {"name": "interviews", "description": "Interviews, spoken or written."},
    {"name": "documents", "description": "How far uploaded documents are."},
]


def describe_messages(url: str, version: str) -> dict[str, Any]:
    """The AsyncAPI document of the WebSocket at ``url``."""
    sent, pushed = get_args(Incoming), _members(Outgoing)
    shapes, components = msgspec.json.schema_components([*sent, *pushed], ref_template=_REFERENCE)
    names = [kind.__struct_config__.tag for kind in (*sent, *pushed)]
    address = urlsplit(url)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Lyceum's WebSocket",
            "version": version,
            "description": _DESCRIPTION,
            "tags": _TAGS,
        },
        "defaultContentType": "application/json",
        "servers": {
            "this": {
                "host": address.netloc,
                "protocol": address.scheme,
                "description": "This server",
                **({"pathname": address.path} if address.path else {}),
                "security": [{"$ref": "#/components/securitySchemes/ticket"}],
            }
        },
        "channels": {
            "socket": {
                "address": "/",
                "description": "One connection of one person.",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
                "bindings": {
                    "ws": {
                        "method": "GET",
                        "query": {
                            "type": "object",
                            "required": ["ticket"],
                            "properties": {"ticket": {"type": "string", "description": "The ticket."}},
                        },
                    }
                },
            }
        },
        "operations": {
            "send": _operation(
                "receive",
                "What a client sends",
                "Each message has an answer, or an `error`.",
                names[: len(sent)],
            ),
            "push": _operation(
                "send", "What a client receives", "Answers, and what happens meanwhile.", names[len(sent) :]
            ),
        },
        "components": {
            "messages": {
                name: {"name": name, "summary": _summary(kind), "payload": shape}
                for name, kind, shape in zip(names, (*sent, *pushed), shapes, strict=True)
            },
            "schemas": _with_codes(described_components(components)),
            "securitySchemes": {
                "ticket": {
                    "type": "httpApiKey",
                    "name": "ticket",
                    "in": "query",
                    "description": "The ticket of `POST /api/ws-ticket`.",
                }
            },
        },
    }


def _operation(action: str, summary: str, description: str, names: list[str]) -> dict[str, Any]:
    """``action`` is seen from the server: "receive" for messages that a client sends."""
    return {
        "action": action,
        "summary": summary,
        "description": description,
        "channel": {"$ref": "#/channels/socket"},
        "messages": [{"$ref": f"#/channels/socket/messages/{name}"} for name in names],
    }


def _with_codes(schemas: dict[str, Any]) -> dict[str, Any]:
    """The schemas, where the description of ``ErrorMessage`` also explains every error code."""
    refused = schemas["ErrorMessage"]
    meanings = "\n".join(f"- `{code}`: {meaning}" for code, meaning in refusals_of_messages().items())
    return {**schemas, "ErrorMessage": {**refused, "description": f"{refused['description']}\n\n{meanings}"}}


def _members(union: Any) -> tuple[type[msgspec.Struct], ...]:
    return get_args(union)


def _summary(kind: type[msgspec.Struct]) -> str:
    first = (kind.__doc__ or "").strip().partition("\n\n")[0]
    return " ".join(first.replace("``", "`").split())

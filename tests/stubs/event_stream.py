"""Encodes messages as AWS's event streams do, which Bedrock's streaming answers use.

https://smithy.io/2.0/aws/amazon-eventstream.html
"""

from __future__ import annotations

import json
import struct
from typing import Any
from zlib import crc32

from tests.stubs.aws_endpoint import Answer

_STRING = 7


def event(kind: str, value: Any) -> bytes:
    return _message({":message-type": "event", ":event-type": kind}, value)


def exception(kind: str) -> bytes:
    """A message that reports an error within a stream. Its text is the vendor's; the adapter must not pass it on."""
    return _message({":message-type": "exception", ":exception-type": kind}, {"message": "vendor's words"})


def stream(*messages: bytes, cut: bool = False) -> Answer:
    headers = (("Content-Type", "application/vnd.amazon.eventstream"),)
    return Answer(headers=headers, chunks=messages, cut=cut)


def _message(headers: dict[str, str], value: Any) -> bytes:
    told = {**headers, ":content-type": "application/json"}
    head = b"".join(_header(name, text.encode()) for name, text in told.items())
    payload = json.dumps(value).encode()
    prelude = struct.pack("!II", 16 + len(head) + len(payload), len(head))
    message = prelude + struct.pack("!I", crc32(prelude)) + head + payload
    return message + struct.pack("!I", crc32(message))


def _header(name: str, value: bytes) -> bytes:
    return struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", _STRING, len(value)) + value

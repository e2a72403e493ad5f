"""Checks that a response of AWS is complete.

botocore does not compare the length of a response with its header, and accepts a body that is not JSON. So half an item
would be read as an absent item. If an event stream ends in the middle of a message, botocore drops that message. It
checks DynamoDB's CRC32 only in a retry mode that is not used here.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from typing import Any

import urllib3.exceptions
from botocore.exceptions import (
    ChecksumError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)
from botocore.parsers import ResponseParserError

_LENGTH_BYTES = 4
_SHORTEST_MESSAGE = 16


def watch(client: Any) -> None:
    """Make the client raise if a response is cut off, is corrupted, or is not JSON although it should be."""
    client.meta.events.register("before-parse", _check)


def _check(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    body = response_dict["body"]
    if response_dict["status_code"] >= 300:
        return  # an error is known by its status, whatever its body
    if operation_model.has_event_stream_output:
        response_dict["body"] = _WholeMessages(body)
    if not isinstance(body, bytes):
        return  # a stream is checked while it is read
    headers = response_dict["headers"]
    length = headers.get("content-length")
    if length is not None and int(length) != len(body) and operation_model.http.get("method") != "HEAD":
        raise IncompleteReadError(actual_bytes=len(body), expected_bytes=int(length))
    expected = headers.get("x-amz-crc32")
    if expected is not None and int(expected) != zlib.crc32(body):
        raise ChecksumError(
            checksum_type="crc32", expected_checksum=expected, actual_checksum=str(zlib.crc32(body))
        )
    protocol = operation_model.service_model.resolved_protocol
    if protocol == "json" or (protocol == "rest-json" and body):
        _check_json(body)


class _WholeMessages:
    """The body of an event stream. Raises ``IncompleteReadError`` if it ends in the middle of a message.

    Each message begins with its length. urllib3's errors are replaced by botocore's, as in botocore's other bodies.
    """

    def __init__(self, body: Any) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        begun = b""
        for data in self._arriving():
            yield data  # first: its reader refuses a damaged length before it is used here
            begun += data
            while len(begun) >= _LENGTH_BYTES:
                length = max(int.from_bytes(begun[:_LENGTH_BYTES], "big"), _SHORTEST_MESSAGE)
                if length > len(begun):
                    break
                begun = begun[length:]
        if begun:
            raise IncompleteReadError(actual_bytes=len(begun), expected_bytes=len(begun) + 1)

    def _arriving(self) -> Iterator[bytes]:
        try:
            yield from self._body.stream()
        except urllib3.exceptions.ReadTimeoutError as error:
            raise ReadTimeoutError(endpoint_url=error.url, error=error) from error
        except urllib3.exceptions.HTTPError as error:
            raise ResponseStreamingError(error=error) from error

    def close(self) -> None:
        self._body.close()


def _check_json(body: bytes) -> None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ResponseParserError("not a JSON object")

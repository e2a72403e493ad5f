"""Whether an answer arrived whole.

botocore neither compares an answer's length with its header nor minds a body that is no JSON: half of an item
would be an item that is absent; and of an event stream it drops the message that the end cuts off. (Its check of
DynamoDB's CRC32 is part of the retry mode that is not used.)
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
    """Let the client raise where an answer is cut, changed on its way, or no JSON where it should be."""
    client.meta.events.register("before-parse", _check)


def _check(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    body = response_dict["body"]
    if response_dict["status_code"] >= 300:
        return  # an error counts by its status
    if operation_model.has_event_stream_output:
        response_dict["body"] = _WholeMessages(body)
    if not isinstance(body, bytes):
        return  # a stream is checked as it is read
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
    """The body of an event stream, which must not end within a message: each begins with its length.

    What breaks on the way is botocore's error, as with its other bodies.
    """

    def __init__(self, body: Any) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        begun = b""
        for data in self._arriving():
            yield data  # its reader refuses what is damaged before it is looked at here
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
        raise ResponseParserError("no JSON object")

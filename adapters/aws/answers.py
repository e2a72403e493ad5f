"""Whether an answer arrived whole.

botocore neither compares an answer's length with its header nor minds a body that is no JSON: half of an item
would be an item that is absent. (Its check of DynamoDB's CRC32 is part of the retry mode that is not used.)
"""

from __future__ import annotations

import json
import zlib
from typing import Any

from botocore.exceptions import ChecksumError, IncompleteReadError
from botocore.parsers import ResponseParserError


def watch(client: Any) -> None:
    """Let the client raise where an answer is cut, changed on its way, or no JSON where it should be."""
    client.meta.events.register("before-parse", _check)


def _check(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    body = response_dict["body"]
    if response_dict["status_code"] >= 300 or not isinstance(body, bytes):
        return  # an error counts by its status; a stream is checked as it is read
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


def _check_json(body: bytes) -> None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ResponseParserError("no JSON object")

"""The errors that API Gateway itself returns over REST, written in the form of the app's errors."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """One kind of error that the gateway returns by itself."""

    kind: str
    """The gateway's name of the error:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
    """
    status: int | None
    """The status to respond with; None to keep the gateway's own."""
    code: str
    message: str
    retry_after: int | None = None
    """In seconds."""


REFUSALS = (
    Refusal("UNAUTHORIZED", 401, "invalid_token", "The access token is not valid."),
    Refusal("ACCESS_DENIED", 403, "forbidden", "This is not permitted."),
    Refusal("EXPIRED_TOKEN", 403, "forbidden", "This is not permitted."),
    Refusal("INVALID_SIGNATURE", 403, "forbidden", "This is not permitted."),
    Refusal("WAF_FILTERED", 403, "forbidden", "This is not permitted."),
    # The gateway uses this error for a path that does not exist, with or without a token.
    Refusal("MISSING_AUTHENTICATION_TOKEN", 404, "not_found", "There is no such path."),
    Refusal("RESOURCE_NOT_FOUND", 404, "not_found", "There is no such path."),
    Refusal("REQUEST_TOO_LARGE", 413, "body_too_large", "The request is larger than 10 MB."),
    Refusal("UNSUPPORTED_MEDIA_TYPE", 415, "unsupported_media_type", "Send the body as application/json."),
    Refusal("THROTTLED", 429, "too_many_requests", "Too many requests. Try again in a moment.", 1),
    Refusal("QUOTA_EXCEEDED", 429, "too_many_requests", "Too many requests. Try again in a moment.", 60),
    Refusal("INTEGRATION_FAILURE", 502, "unavailable", "The service is not available right now."),
    Refusal("INTEGRATION_TIMEOUT", 504, "timed_out", "The service did not answer in time. Please try again."),
    Refusal(
        "AUTHORIZER_FAILURE",
        502,
        "identity_provider_unavailable",
        "The sign-in service is not available right now. Please try again.",
    ),
    Refusal("DEFAULT_4XX", None, "bad_request", "The request cannot be served."),
    Refusal("DEFAULT_5XX", None, "internal_error", "Something went wrong on our side."),
)


def gateway_responses() -> dict[str, Any]:
    """The value of ``x-amazon-apigateway-gateway-responses`` in the definition of the API."""
    return {refusal.kind: _response(refusal) for refusal in REFUSALS}


def _response(refusal: Refusal) -> dict[str, Any]:
    # Any page may read these errors: they contain no personal data, and a gateway cannot check a list of origins.
    headers = {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}
    if refusal.retry_after is not None:
        headers["gatewayresponse.header.Retry-After"] = f"'{refusal.retry_after}'"
        headers["gatewayresponse.header.Access-Control-Expose-Headers"] = "'Retry-After'"
    error = {
        "code": refusal.code,
        "message": refusal.message,
        "field": None,
        "request_id": "$context.requestId",
    }
    response: dict[str, Any] = {
        "responseParameters": headers,
        "responseTemplates": {"application/json": json.dumps({"error": error})},
    }
    if refusal.status is not None:
        response["statusCode"] = refusal.status
    return response

"""The edge of the REST API: the parts that all routes share.

A view is a function that takes a ``Call`` and the decoded path parameters, and returns an instance of a schema. This
module does everything else: identity, validation of body and query, idempotency, errors, CORS, request id, log.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import unquote

import msgspec
from chalice.app import Chalice, Request, Response

from chalicelib.composition.services import Services
from chalicelib.multipart_form import Form, read_form
from chalicelib.origins import is_allowed
from chalicelib.schemas import PATTERNS_IN_WORDS
from chalicelib.settings import Settings
from chalicelib.tally import Tally, tallying
from domain.base.errors import (
    InvalidRequest,
    NotFound,
    TooLarge,
    Unauthenticated,
    UnsupportedType,
)
from domain.base.ids import derived_id
from domain.base.learner import Admitted, Learner
from domain.base.moments import from_text
from ports.errors import UpstreamError

if TYPE_CHECKING:
    from chalicelib.errors import Problem

MAX_JSON_BYTES = 256 * 1024
MAX_PATH_VALUE_CHARACTERS = 200
_MAX_SENTENCE_CHARACTERS = 300
_EXPECTED = {
    f"Expected `str` matching regex {pattern!r}": f"Expected {words}"
    for pattern, words in PATTERNS_IN_WORDS.items()
}
"""Messages of msgspec that quote a pattern, and the same messages in words."""
_PREFLIGHT_SECONDS = 3600
_ALLOWED_HEADERS = "Authorization, Content-Type, Idempotency-Key"
_EXPOSED_HEADERS = "Retry-After, X-Request-Id"
SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""The headers of every response. A response is data: no page may render, frame or cache it, or guess its type.

Two kinds of response have another Content-Security-Policy: files that a page displays, and the contract as a page.
"""
_JSON = "application/json"
_FORM = "multipart/form-data"

log = logging.getLogger("lyceum.http")


class ErrorDetail(msgspec.Struct):
    code: str
    message: str
    field: str | None
    request_id: str


class ErrorBody(msgspec.Struct):
    error: ErrorDetail


class NoBody(msgspec.Struct, forbid_unknown_fields=True):
    """The schema of a body or query without fields."""


class AnyForm(msgspec.Struct):
    """The schema of a form whose fields the view checks itself."""


Refusals = Mapping[str, tuple[int, str]]
"""Errors by code, each with its status and its meaning."""

TOO_MANY_REQUESTS: Refusals = {
    "too_many_requests": (429, "More requests than one person may send in a minute.")
}

B = TypeVar("B")
Q = TypeVar("Q")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Answer:
    """A view returns this to respond with another status than the route's own."""

    status: int
    body: msgspec.Struct


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Raw:
    """A view returns this to respond with a file. If ``body`` is bytes, the app must declare its content type as
    binary.
    """

    status: int
    body: bytes | str
    headers: Mapping[str, str]


@dataclass(slots=True, eq=False, repr=False)
class Call(Generic[B, Q]):
    """One validated request: ``body`` and ``query`` are instances of the route's schemas."""

    request_id: str
    services: Services
    learner: Learner
    body: B
    query: Q
    form: Form | None
    idempotency_key: str | None
    operation: str
    fingerprint: str
    """A digest of the body."""
    until: datetime
    """When the access token of the request expires."""
    byte_range: str = ""
    """The header ``Range``. It is "" if the header is absent, or if the request has an ``If-Range`` header: such a
    range is not served.
    """

    def new_id(self) -> str:
        """A new id for what this request creates. A repeated request with the same key and body gets the same id."""
        if self.idempotency_key is None:
            return self.services.ids.new()
        return derived_id(self.learner.user_id, self.operation, self.idempotency_key, self.fingerprint)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Route:
    """The declaration of a route. The OpenAPI document is made from the declarations."""

    method: str
    path: str
    summary: str
    body: type[Any]
    example: msgspec.Struct
    """A body that a client could send."""
    query: type[Any]
    form: type[Any] | None
    answers: type[Any] | None
    status: int
    statuses: tuple[int, ...]
    is_public: bool
    creates: bool
    files: tuple[str, ...]
    """The content types, other than JSON, that the response may have."""
    reaches: tuple[str, ...]
    """The capabilities that the view calls. Those that identify the person are not listed. If one fails, the route's
    error names it.
    """
    refuses: Refusals
    """The errors of this route only. Errors that routes share are in ``chalicelib/contract/refusals.py``."""
    view: Callable[..., Any]

    @property
    def operation(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def needs_body(self) -> bool:
        """Whether the body has a field without a default. If not, an absent body counts as ``{}``."""
        return any(one.required for one in msgspec.structs.fields(self.body))


ANYBODY = Admitted(
    Learner(user_id="", auth_user_id="", email=None, name="", active_role=""),
    datetime.max.replace(tzinfo=UTC),
)
"""Used on public routes in place of the learner and the token's expiry: the person is not known there."""


@dataclass(slots=True, eq=False, repr=False)
class Api:
    """Declares routes on a Chalice app. The views call ``services``."""

    app: Chalice
    services: Services
    authorizer: Any = None
    routes: list[Route] = field(default_factory=list)

    def route(
        self,
        method: str,
        path: str,
        *,
        answers: type[Any] | None,
        body: type[Any] = NoBody,
        example: msgspec.Struct | None = None,
        query: type[Any] = NoBody,
        form: type[Any] | None = None,
        status: int = 200,
        statuses: tuple[int, ...] = (),
        is_public: bool = False,
        creates: bool = False,
        files: tuple[str, ...] = (),
        reaches: tuple[str, ...] = ("key_value_store",),
        refuses: Refusals | None = None,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A decorator that declares a view. The first line of the view's docstring is its summary in OpenAPI.

        ``answers`` is the schema of the response, and ``status`` its status. ``statuses`` (further statuses of
        success), ``refuses``, ``reaches`` and ``files`` only describe the route in the OpenAPI document. A route with a
        ``body`` must have an ``example`` of it: tests call every route with its example. If ``creates`` is true,
        clients may repeat the request with an ``Idempotency-Key``. Raises ``TypeError`` if the example is missing or is
        no instance of ``body``.
        """
        example = NoBody() if example is None else example
        if type(example) is not body:
            raise TypeError(f"{method} {path} needs an example of its body, a {body.__name__}")

        def declare(view: Callable[..., Any]) -> Callable[..., Any]:
            summary = (view.__doc__ or "").strip().partition("\n")[0]
            known = Route(
                method,
                path,
                summary,
                body,
                example,
                query,
                form,
                answers,
                status,
                statuses,
                is_public,
                creates,
                files,
                reaches,
                refuses or {},
                view,
            )
            is_new_path = path not in self.app.routes
            self.routes.append(known)
            options = {} if is_public or self.authorizer is None else {"authorizer": self.authorizer}

            def handle(**path_values: str) -> Response:
                return self._handle(known, path_values)

            self.app.route(path, methods=[method], content_types=[], name=view.__name__, **options)(handle)
            if is_new_path:
                self._answer_preflight(path)
            return view

        return declare

    def _answer_preflight(self, path: str) -> None:
        def preflight(**_: str) -> Response:
            methods = ", ".join(sorted({route.method for route in self.routes if route.path == path}))
            headers: dict[str, str | list[str]] = {
                **SECURITY_HEADERS,
                **self._cors_headers(self._request()),
            }
            if "Access-Control-Allow-Origin" in headers:
                headers |= {
                    "Access-Control-Allow-Methods": methods,
                    "Access-Control-Allow-Headers": _ALLOWED_HEADERS,
                    "Access-Control-Max-Age": str(_PREFLIGHT_SECONDS),
                }
            return Response(body="", status_code=204, headers=headers)

        self.app.route(path, methods=["OPTIONS"], content_types=[], name="preflight")(preflight)

    def _request(self) -> Request:
        request = self.app.current_request
        if request is None:
            raise RuntimeError("a view was called outside a request")
        return request

    def _handle(self, route: Route, path_values: Mapping[str, str]) -> Response:
        started = time.perf_counter()
        request = self._request()
        request_id = _request_id(request)
        admitted = ANYBODY
        error: Exception | None = None
        problem: Problem | None = None
        services = self.services
        with tallying() as tally, services.deadline.within(services.settings.request_seconds):
            try:
                if not route.is_public:
                    admitted = self._admitted(request)
                response = self._answered(route, request, request_id, admitted, path_values)
            except Exception as raised:
                from chalicelib.errors import (
                    problem_of,
                )  # imported late: it imports every port, and only failures need it

                error, problem = raised, problem_of(raised)
                response = _problem_response(problem, request_id)
        response.headers.update(self._cors_headers(request))
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["X-Request-Id"] = request_id
        self._log(route, request_id, admitted.learner, response.status_code, started, tally, error, problem)
        return response

    def _log(
        self,
        route: Route,
        request_id: str,
        learner: Learner,
        status: int,
        started: float,
        tally: Tally,
        error: Exception | None,
        problem: Problem | None,
    ) -> None:
        fields = {
            "request_id": request_id,
            "operation": route.operation,
            "user_id": learner.user_id or None,
            "status": status,
            "milliseconds": round((time.perf_counter() - started) * 1000, 1),
            **tally.fields(),
        }
        if problem is not None:
            fields["code"] = problem.code
        if isinstance(error, UpstreamError):
            fields["reason"] = error.reason or None
        failed = error if status >= 500 else None
        log.log(logging.ERROR if failed else logging.INFO, "request", extra=fields, exc_info=failed)

    def _admitted(self, request: Request) -> Admitted:
        """The learner of the request: from the gateway's authorizer if there is one, otherwise from the token.

        Raises ``Unauthenticated``.
        """
        context = request.context.get("authorizer")
        if self.authorizer is not None and context:
            admitted = admitted_from_context(context)
            if admitted.until <= self.services.clock.now():  # the gateway caches the authorizer's result
                raise Unauthenticated("invalid_token", "The access token is not valid.")
            return admitted
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated("missing_token", "This needs an access token.")
        return self.services.admission.admit(token.strip())

    def _answered(
        self,
        route: Route,
        request: Request,
        request_id: str,
        admitted: Admitted,
        path_values: Mapping[str, str],
    ) -> Response:
        values = {name: _path_value(value) for name, value in path_values.items()}
        query = _read_query(request, route.query)
        body, form, fingerprint = self._read_body(route, request)
        key = request.headers.get("idempotency-key") if route.creates else None
        call: Call[Any, Any] = Call(
            request_id=request_id,
            services=self.services,
            learner=admitted.learner,
            body=body,
            query=query,
            form=form,
            idempotency_key=key,
            operation=f"{route.operation} {sorted(values.items())}",
            fingerprint=fingerprint,
            until=admitted.until,
            byte_range="" if "if-range" in request.headers else request.headers.get("range", ""),
        )
        if key is None:
            return _success(route, route.view(call, **values))
        return self._once(route, call, values)

    def _once(self, route: Route, call: Call[Any, Any], values: Mapping[str, str]) -> Response:
        """The response to a request with an idempotency key. The view runs once; a repeated request gets the stored
        response.
        """
        receipts, clock = self.services.receipts, self.services.clock
        owner = call.learner.user_id
        receipt = receipts.claim(
            owner, call.operation, call.idempotency_key or "", call.fingerprint, clock.now()
        )
        if receipt.body is not None and receipt.status is not None:
            return _json_response(receipt.status, receipt.body)
        try:
            response = _success(route, route.view(call, **values))
        except Exception:
            with _unless_it_fails("receipt_not_released"):  # the client gets the first error
                receipts.release(receipt)
            raise
        with _unless_it_fails("receipt_not_kept"):  # the work is done; a repetition finds it by its id
            receipts.settle(
                receipt, owner, call.fingerprint, response.status_code, str(response.body), clock.now()
            )
        return response

    def _read_body(self, route: Route, request: Request) -> tuple[Any, Form | None, str]:
        content_type = request.headers.get("content-type", _JSON)
        raw = request.raw_body
        data = raw if isinstance(raw, bytes) else raw.encode()
        kind = content_type.partition(";")[0].strip().lower()
        if route.form is not None and kind == _FORM:
            limit = self.services.settings.max_multipart_bytes
            form = read_form(data, content_type, max_file_bytes=limit)
            body = NoBody() if route.form is AnyForm else convert(form.fields, route.form)
            return body, form, form.fingerprint
        if route.body is NoBody:
            return NoBody(), None, ""
        if kind != _JSON and data:
            raise UnsupportedType("unsupported_media_type", "Send the body as application/json.")
        if len(data) > MAX_JSON_BYTES:
            raise TooLarge("body_too_large", f"A JSON body may have {MAX_JSON_BYTES} bytes.")
        if not data and not route.needs_body:
            data = b"{}"
        return decode(data, route.body), None, hashlib.sha256(data).hexdigest()

    def _cors_headers(self, request: Request) -> dict[str, str]:
        return cors_headers(request.headers.get("origin", ""), self.services.settings)


@contextmanager
def _unless_it_fails(event: str) -> Iterator[None]:
    """Log an ``UpstreamError`` of the block and continue. For work that does not affect the response."""
    try:
        yield
    except UpstreamError as failed:
        log.warning(event, extra={"capability": failed.capability})


def cors_headers(origin: str, settings: Settings) -> dict[str, str]:
    """The CORS headers of a response; empty unless the settings allow the origin."""
    headers = {"Vary": "Origin"}
    if is_allowed(origin, settings):
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = _EXPOSED_HEADERS
    return headers


def admitted_from_context(context: Mapping[str, Any]) -> Admitted:
    """The learner, and when the token expires, read from the values that ``authorizer.context_of`` gave to the gateway."""
    learner = Learner(
        user_id=context["user_id"],
        auth_user_id=context["auth_user_id"],
        email=context.get("email") or None,
        name=context.get("name", ""),
        active_role=context["role"],
    )
    return Admitted(learner, from_text(context["until"]))


def _request_id(request: Request) -> str:
    request_id = request.context.get("requestId") or getattr(request.lambda_context, "aws_request_id", None)
    return str(request_id or "unknown")


def _path_value(encoded: str) -> str:
    value = unquote(encoded)
    if not value.isprintable() or not 0 < len(value) <= MAX_PATH_VALUE_CHARACTERS:
        raise NotFound("not_found", "There is nothing under this path.")
    return value


def _read_query(request: Request, schema: Any) -> Any:
    given: Mapping[str, str] = request.query_params or {}
    values: dict[str, str | int] = {}
    for name, is_number in _fields_of(schema).items():
        if name in given:
            text = given[name]
            is_digits = text.isascii() and text.isdecimal() and len(text) < 10
            values[name] = int(text) if is_number and is_digits else text
    return convert(values, schema)


@cache
def _fields_of(schema: Any) -> Mapping[str, bool]:
    """The names of the query's fields, each with whether it is a whole number. The values of all others stay text."""
    return {
        one.encode_name: getattr(one.type, "__origin__", one.type) is int
        for one in msgspec.structs.fields(schema)
    }


def decode(data: bytes | str, schema: type[Any]) -> Any:
    """``data`` (JSON text) as an instance of the schema. Raises ``InvalidRequest``, which names the wrong field."""
    try:
        return msgspec.json.decode(data, type=schema)
    except msgspec.ValidationError as wrong:
        raise _invalid(wrong) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidRequest("malformed_json", "The body is not well-formed JSON.") from None


def convert(values: Mapping[str, Any], schema: type[Any]) -> Any:
    """Like ``decode``, for values that are already Python objects."""
    try:
        return msgspec.convert(values, schema)
    except msgspec.ValidationError as wrong:
        raise _invalid(wrong) from None


def _invalid(wrong: msgspec.ValidationError) -> InvalidRequest:
    """An ``InvalidRequest`` with msgspec's message and the path of the field. The message may quote the client's own
    input.
    """
    sentence, _, place = str(wrong)[:_MAX_SENTENCE_CHARACTERS].partition(" - at `")
    sentence = _EXPECTED.get(sentence, sentence)
    path = place.rstrip("`").removeprefix("$").lstrip(".").replace("[", ".").replace("]", "")
    named = sentence.split("`")[1] if "field `" in sentence else ""
    at = ".".join(part for part in (path, named) if part) or None
    return InvalidRequest("invalid_request", sentence + ".", field=at)


def _success(route: Route, answer: Any) -> Response:
    if isinstance(answer, Raw):
        return Response(body=answer.body, status_code=answer.status, headers=dict(answer.headers))
    if isinstance(answer, Answer):
        return _json_response(answer.status, msgspec.json.encode(answer.body).decode())
    return _json_response(route.status, msgspec.json.encode(answer).decode())


def _json_response(status: int, body: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body=body, status_code=status, headers={"Content-Type": _JSON, **(headers or {})})


def _problem_response(problem: Problem, request_id: str) -> Response:
    headers = {} if problem.retry_after is None else {"Retry-After": str(problem.retry_after)}
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return _json_response(problem.status, problem_body(problem, request_id), headers)


def problem_body(problem: Problem, request_id: str) -> str:
    """The body of an error response, in the API's form."""
    detail = ErrorDetail(problem.code, problem.message, problem.field, request_id)
    return msgspec.json.encode(ErrorBody(detail)).decode()

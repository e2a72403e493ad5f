"""Routes of the service itself: health, the OpenAPI document, the learner, tickets."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal, cast

import msgspec
from msgspec import Meta

from chalicelib.http import Api, Call, NoBody, Raw
from domain.base.learner import Admitted
from domain.base.moments import to_text


class HealthQuery(msgspec.Struct, frozen=True):
    deep: Annotated[int, Meta(ge=0, le=1)] = 0


class AdapterHealth(msgspec.Struct):
    """``answers`` says whether the service answered; null if a check would cost money."""

    adapter: str
    answers: bool | None


class Health(msgspec.Struct):
    status: str
    profile: str
    adapters: dict[str, AdapterHealth] | None


class TicketAnswer(msgspec.Struct):
    """``ticket`` opens one WebSocket connection within ``expires_in`` seconds. Connect to ``url`` with ``?ticket=…``."""

    ticket: str
    url: str
    expires_in: int


class Me(msgspec.Struct):
    user_id: str
    auth_user_id: str
    email: str | None
    name: str
    active_role: str


AllowanceName = Literal["messages", "questions", "pages", "interviews", "audio_minutes", "requests"]


class AllowanceBody(msgspec.Struct):
    """``used`` and ``remaining`` are the amounts now. At ``renews_at``, ``used`` becomes 0.

    The allowance ``requests`` is counted per minute; it counts messages and questions. All others are counted per day
    (UTC).
    """

    kind: AllowanceName
    limit: float
    used: float
    remaining: float
    renews_at: str


class UsageAnswer(msgspec.Struct):
    allowances: list[AllowanceBody]


def register(api: Api) -> None:
    # The descriptions are made at the first request for them, and kept: making them takes longer than other requests.
    @cache
    def openapi(url: str) -> dict[str, Any]:
        from chalicelib.contract import VERSION
        from chalicelib.contract.openapi import describe

        return describe(api.routes, url, VERSION)

    @cache
    def asyncapi(url: str) -> dict[str, Any]:
        from chalicelib.contract import VERSION
        from chalicelib.contract.asyncapi import describe_messages

        return describe_messages(url, VERSION)

    @cache
    def docs(url: str, websocket_url: str) -> str:
        from chalicelib.contract.page import page

        return page(openapi(url), asyncapi(websocket_url))

    @api.route("GET", "/api/health", query=HealthQuery, answers=Health, is_public=True)
    def get_health(call: Call[NoBody, HealthQuery]) -> Health:
        """Whether the service runs. With `deep=1`, also whether the services that it depends on answer."""
        services, profile = call.services, call.services.settings.profile
        if not call.query.deep:
            return Health("ok", profile, None)
        with services.deadline.within(services.health.seconds):
            looked = services.health.look()
        found = {capability: AdapterHealth(*one) for capability, one in looked.items()}
        is_well = all(one.answers is not False for one in found.values())
        return Health("ok" if is_well else "degraded", profile, found)

    @api.route("GET", "/api/openapi.json", answers=None, is_public=True)
    def get_openapi(call: Call[NoBody, NoBody]) -> dict[str, Any]:
        """The description of the REST API, in OpenAPI 3.1."""
        return openapi(call.services.settings.api_url)

    @api.route("GET", "/api/asyncapi.json", answers=None, is_public=True)
    def get_asyncapi(call: Call[NoBody, NoBody]) -> dict[str, Any]:
        """The description of the WebSocket, in AsyncAPI 3."""
        return asyncapi(call.services.settings.websocket_url)

    @api.route("GET", "/api/docs", answers=None, files=("text/html",), is_public=True)
    def get_docs(call: Call[NoBody, NoBody]) -> Raw:
        """Both descriptions as one web page, which loads no other resource."""
        from chalicelib.contract.page import POLICY

        settings = call.services.settings
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY}
        return Raw(200, docs(settings.api_url, settings.websocket_url), headers)

    @api.route("GET", "/api/me", answers=Me, reaches=())
    def get_me(call: Call[NoBody, NoBody]) -> Me:
        """The learner to whom the access token belongs."""
        learner = call.learner
        return Me(
            user_id=learner.user_id,
            auth_user_id=learner.auth_user_id,
            email=learner.email,
            name=learner.name,
            active_role=learner.active_role,
        )

    @api.route("GET", "/api/usage", answers=UsageAnswer)
    def get_usage(call: Call[NoBody, NoBody]) -> UsageAnswer:
        """For each allowance: how much the learner has used, how much is left, and when it renews."""
        return UsageAnswer(
            [
                AllowanceBody(
                    cast(AllowanceName, one.kind), one.limit, one.used, one.remaining, to_text(one.renews_at)
                )
                for one in call.services.usage.of(call.learner.user_id)
            ]
        )

    @api.route(
        "POST",
        "/api/ws-ticket",
        answers=TicketAnswer,
        reaches=("connection_gateway", "key_value_store"),
        refuses={"too_many_connections": (429, "The person has as many connections as are allowed.")},
    )
    def issue_ticket(call: Call[NoBody, NoBody]) -> TicketAnswer:
        """A ticket that opens one WebSocket connection. So the connection's URL needs no access token."""
        ticket = call.services.connecting.issue(Admitted(call.learner, call.until))
        return TicketAnswer(ticket.secret, call.services.settings.websocket_url, ticket.expires_in)

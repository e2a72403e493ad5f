"""Routes of the service itself: health, the OpenAPI document, the learner, tickets."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from chalicelib.http import Api, Call, NoBody
from chalicelib.openapi import describe
from domain.base.learner import Admitted


class HealthQuery(msgspec.Struct, frozen=True):
    deep: Annotated[int, Meta(ge=0, le=1)] = 0


class AdapterHealth(msgspec.Struct):
    """``answers`` is null if a check would cost money."""

    adapter: str
    answers: bool | None


class Health(msgspec.Struct):
    status: str
    profile: str
    adapters: dict[str, AdapterHealth] | None


class TicketAnswer(msgspec.Struct):
    """``ticket`` opens one WebSocket connection within ``expires_in`` seconds, at ``url`` with ``?ticket=…``."""

    ticket: str
    url: str
    expires_in: int


class Me(msgspec.Struct):
    user_id: str
    auth_user_id: str
    email: str | None
    name: str
    active_role: str


def register(api: Api) -> None:
    @api.route("GET", "/api/health", query=HealthQuery, answers=Health, is_public=True)
    def health(call: Call[NoBody, HealthQuery]) -> Health:
        """Whether the service runs; with `deep=1`, whether the services that it depends on answer."""
        services, profile = call.services, call.services.settings.profile
        if not call.query.deep:
            return Health("ok", profile, None)
        with services.deadline.within(services.health.seconds):
            looked = services.health.look()
        found = {capability: AdapterHealth(*one) for capability, one in looked.items()}
        is_well = all(one.answers is not False for one in found.values())
        return Health("ok" if is_well else "degraded", profile, found)

    @api.route("GET", "/api/openapi.json", answers=None, is_public=True)
    def openapi(call: Call[NoBody, NoBody]) -> dict[str, Any]:
        """This document, made from the schemas that check every request."""
        return describe(api.routes)

    @api.route("GET", "/api/me", answers=Me)
    def me(call: Call[NoBody, NoBody]) -> Me:
        """The learner to whom the access token belongs."""
        learner = call.learner
        return Me(
            user_id=learner.user_id,
            auth_user_id=learner.auth_user_id,
            email=learner.email,
            name=learner.name,
            active_role=learner.active_role,
        )

    @api.route("POST", "/api/ws-ticket", answers=TicketAnswer)
    def issue_ticket(call: Call[NoBody, NoBody]) -> TicketAnswer:
        """A ticket that opens one WebSocket connection, so that no access token is in a URL."""
        ticket = call.services.connecting.issue(Admitted(call.learner, call.until))
        return TicketAnswer(ticket.secret, call.services.settings.websocket_url, ticket.expires_in)

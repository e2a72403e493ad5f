"""Cheap calls of adapters, by which health asks whether they answer."""

from __future__ import annotations

from domain.health.health import LOOK_SECONDS, NOT_CALLED
from ports.agent import Agent, Checkable
from ports.identity_provider import IdentityProvider, InvalidToken

_UNSIGNED = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImhlYWx0aCJ9.e30.AA"
"""A token that names the signing key ``health``, which does not exist: refusing it needs the provider's keys."""


def asks(agent: Agent) -> object:
    """Ask an agent that can be asked without cost. Raises ``UpstreamError`` if it does not answer."""
    if not isinstance(agent, Checkable):
        return NOT_CALLED
    agent.check(timeout=LOOK_SECONDS - 1)
    return None


def refuses_unsigned(identity: IdentityProvider) -> None:
    """Raises ``UpstreamError`` if the provider cannot verify tokens, ``ValueError`` if it accepts a forged one."""
    try:
        identity.verify(_UNSIGNED)
    except InvalidToken:
        return
    raise ValueError("a token that nobody signed was accepted")

"""Cheap calls of adapters. The health check uses them to see whether the services answer."""

from __future__ import annotations

from domain.health.health import LOOK_SECONDS, NOT_CALLED
from ports.agent import Agent, Checkable
from ports.identity_provider import IdentityProvider, InvalidToken

_UNSIGNED = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImhlYWx0aCJ9.e30.AA"
"""A forged token that names the signing key ``health``, which does not exist. To refuse it, the adapter must read the
provider's keys.
"""


def asks(agent: Agent) -> object:
    """Check the agent, if that costs nothing. Raises ``UpstreamError`` if it does not answer."""
    if not isinstance(agent, Checkable):
        return NOT_CALLED
    agent.check(timeout=LOOK_SECONDS - 1)
    return None


def refuses_unsigned(identity: IdentityProvider) -> None:
    """Raise ``UpstreamError`` if the provider cannot verify tokens, and ``ValueError`` if it accepts a forged one."""
    try:
        identity.verify(_UNSIGNED)
    except InvalidToken:
        return
    raise ValueError("a forged token was accepted")

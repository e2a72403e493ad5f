"""Reports the tokens of a reply: to the log, where they are metrics too, and to the caller of the agent."""

from __future__ import annotations

import logging
from collections.abc import Callable

from ports.agent import Role, TokenUsage

log = logging.getLogger("lyceum.agent")


def account(usage: TokenUsage, role: Role, model: str, used: Callable[[TokenUsage], None] | None) -> None:
    """Log the tokens that a reply took, and call ``used`` with them if it is given."""
    log.info(
        "agent_usage",
        extra={
            "role": role,
            "model": model,
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cached_tokens": usage.cached_tokens,
        },
    )
    if used is not None:
        used(usage)

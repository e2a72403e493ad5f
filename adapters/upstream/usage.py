"""The account of a reply's tokens: to the log, whose lines are metrics too, and to whoever asked for the reply."""

from __future__ import annotations

import logging
from collections.abc import Callable

from ports.agent import Role, TokenUsage

log = logging.getLogger("lyceum.agent")


def account(usage: TokenUsage, role: Role, model: str, used: Callable[[TokenUsage], None] | None) -> None:
    """Log what a reply took, and tell ``used``, if it is given."""
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

"""Why a drafted question is refused, by a code each."""

from __future__ import annotations

from typing import Literal, get_args

Refusal = Literal[
    "options",
    "stem",
    "same_options",
    "markup",
    "catch_all",
    "option_in_option",
    "mixed_options",
    "grammar_cue",
    "unreadable_stem",
    "trivial",
    "unsupported_quote",
    "unsupported_key",
    "unsupported_options",
    "unknown_name",
    "key_in_stem",
    "contradicts_quantity",
    "contradicts_denial",
    "contradicts_opposite",
    "contradicts_roles",
    "two_right",
    "answers",
    "order",
    "duplicate",
    "unsolved",
]
"""Why a draft is refused. The codes are stable: metrics and log lines have them. ``unsolved`` is a solver's refusal."""
REFUSALS: tuple[Refusal, ...] = get_args(Refusal)

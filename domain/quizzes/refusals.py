"""The codes of the reasons why a drafted question is refused."""

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
"""The code of the rule that refuses a draft. Codes never change, because metrics and log lines contain them.
``unsolved`` means that a solver refused it.
"""
REFUSALS: tuple[Refusal, ...] = get_args(Refusal)

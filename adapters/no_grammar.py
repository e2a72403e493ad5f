"""For a deployment without a parser: AWS Lambda's package has no room for one."""

from __future__ import annotations

from collections.abc import Sequence

from ports.grammar import ParsedSentence


class NoGrammar:
    """Implements ``Grammar``: it knows no language."""

    def parse(self, text: str) -> Sequence[ParsedSentence] | None:
        return None

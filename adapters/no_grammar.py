"""The grammar of a deployment without a parser: AWS Lambda's package has no space for one."""

from __future__ import annotations

from collections.abc import Sequence

from ports.grammar import ParsedSentence


class NoGrammar:
    """Implements ``Grammar``, without any language."""

    def parse(self, text: str, *, with_names: bool = True) -> Sequence[ParsedSentence] | None:
        return None

"""Regular expressions that are compiled when they are first used, not when their module is imported.

Compiling takes most of the import time of a module with many of them, and one request uses only a few.
"""

from __future__ import annotations

import re
from typing import Any, cast

_NOT_COMPILED: set[_Regex] = set()


def regex(text: str, flags: int = 0) -> re.Pattern[str]:
    """Like ``re.compile``, but the expression is compiled on its first use. That use raises ``re.error`` if ``text`` is
    no regular expression.
    """
    return cast("re.Pattern[str]", _Regex(text, flags))


def compile_all() -> None:
    """Compile the expressions of all imported modules now. Raises ``re.error`` if one is no regular expression."""
    for one in list(_NOT_COMPILED):
        one.compiled()


class _Regex:
    """Has the attributes of the compiled pattern: each becomes an attribute of this object when it is first read."""

    def __init__(self, text: str, flags: int) -> None:
        self._given = text, flags
        self._compiled: re.Pattern[str] | None = None
        _NOT_COMPILED.add(self)

    def compiled(self) -> re.Pattern[str]:
        if self._compiled is None:
            _NOT_COMPILED.discard(self)
            self._compiled = re.compile(*self._given)
        return self._compiled

    def __reduce__(self) -> tuple[Any, ...]:
        """How it is copied and pickled: like a compiled pattern, by its text and flags."""
        return regex, self._given

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.compiled(), name)
        setattr(self, name, value)
        return value

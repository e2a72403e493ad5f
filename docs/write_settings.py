"""Writes docs/settings.md from the declarations in chalicelib/settings.py: ``python -m docs.write_settings``."""

from __future__ import annotations

from pathlib import Path

from chalicelib.settings import variables
from chalicelib.variables import OptionalText, ReadBy, Variable

REFERENCE = Path(__file__).parent / "settings.md"

_HEAD = """\
# Settings

Every setting is a variable of the environment. Lyceum reads all of them once, when it starts. An absent or empty
variable means the default. A value that cannot be used ends the start with a message that names the variable.

`make docs` writes this page from `chalicelib/settings.py`. Do not edit it by hand.
"""
_SECTIONS: dict[ReadBy, str] = {
    "every profile": "Every profile",
    "local": "The laptop (`LYCEUM_PROFILE=local`)",
    "aws": "AWS (`LYCEUM_PROFILE=aws`)",
}
_TAIL = """\
## On AWS

`make package` makes a parameter of the stack from each setting of AWS and of every profile. The name of the parameter
is the name of the variable without `LYCEUM_`, written as one word: `LYCEUM_MAX_PAGES` is `MaxPages`.
[The deployment guide](deployment.md) says where to write their values.

Without a default there: {required}.

Set by the stack itself: {stack_sets}.

## Variables of the tests

`LYCEUM_LIVE=1` lets `make verify-live` call the real services of the account. Without it, those tests are skipped.
"""


def reference() -> str:
    """The whole page."""
    every = list(variables())
    parts = [_HEAD]
    for read_by, title in _SECTIONS.items():
        rows = "\n".join(_row(one) for one in every if one.read_by == read_by)
        parts.append(
            f"## {title}\n\n| variable | default | values | what it does |\n|---|---|---|---|\n{rows}\n"
        )
    required = [f"`{one.name}`" for one in every if one.is_required_by_stack]
    stack_sets = [f"`{one.name}`" for one in every if one.is_set_by_stack]
    parts.append(_TAIL.format(required=", ".join(required), stack_sets=", ".join(stack_sets)))
    return "\n".join(parts)


def _row(variable: Variable) -> str:
    default = f"`{variable.default_text}`" if variable.default_text else "none"
    if isinstance(variable, OptionalText) and variable.used_instead:
        default = variable.used_instead
    return f"| `{variable.name}` | {default} | {variable.values} | {variable.does} |"


if __name__ == "__main__":
    REFERENCE.write_text(reference(), encoding="utf-8")

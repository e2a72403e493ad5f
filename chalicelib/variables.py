"""Environment variables: how each kind is read and documented.

Each setting is declared once, in ``chalicelib.settings``, as an instance of one of these classes. The reference of
settings (docs/settings.md) and the parameters of the AWS stack (``infrastructure.parameters``) are made from the
declarations.

Every Lambda function imports this module when it starts: ``eq=False, repr=False`` halves the time of the import.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

ReadBy = Literal["every profile", "local", "aws"]
"""The profiles in which a variable has an effect."""
Chosen = TypeVar("Chosen", bound=str)


class SettingsError(SystemExit):
    """An environment variable has an invalid value. Nothing catches the error, so the process ends with its message."""


@dataclass(kw_only=True, eq=False, repr=False)
class Variable:
    """The part of a declaration that all kinds of variables share."""

    name: str
    """The variable's name. It begins with ``LYCEUM_``."""
    does: str
    """What the setting does, in one or two sentences. Values and names stand between backticks."""
    read_by: ReadBy = "every profile"
    is_set_by_stack: bool = False
    """True if the AWS stack computes the value. The operator then does not choose it."""
    is_required_by_stack: bool = False
    """True if the operator must choose a value for the AWS stack, because the default is not used there."""
    pattern: str | None = None
    """A regular expression for the values that the AWS stack accepts; None for any value."""

    @property
    def default_text(self) -> str:
        """The default as it is written in the environment; "" if the variable has none."""
        raise NotImplementedError

    @property
    def values(self) -> str:
        """A description of the accepted values, for the reference."""
        raise NotImplementedError


@dataclass(kw_only=True, eq=False, repr=False)
class Text(Variable):
    """A variable whose value is text, with a default."""

    default: str

    def read(self, values: Mapping[str, str]) -> str:
        """The value, or the default if the variable is absent or empty."""
        return values.get(self.name) or self.default

    @property
    def default_text(self) -> str:
        return self.default

    @property
    def values(self) -> str:
        return "text"


@dataclass(kw_only=True, eq=False, repr=False)
class OptionalText(Variable):
    """A variable whose value is text, without a default."""

    form: str = "text"
    """How the reference describes the accepted values."""
    used_instead: str = ""
    """How the reference describes the behaviour without the variable; "" if there is nothing to say."""

    def read(self, values: Mapping[str, str]) -> str | None:
        """The value, or None if the variable is absent or empty."""
        return values.get(self.name) or None

    @property
    def default_text(self) -> str:
        return ""

    @property
    def values(self) -> str:
        return self.form


@dataclass(kw_only=True, eq=False, repr=False)
class Choice(Variable, Generic[Chosen]):
    """A variable whose value is one of a few words."""

    default: Chosen
    choices: tuple[Chosen, ...]

    def read(self, values: Mapping[str, str]) -> Chosen:
        """The value, or the default if the variable is absent or empty. Raises ``SettingsError`` for any other word."""
        value = values.get(self.name) or self.default
        for choice in self.choices:
            if choice == value:
                return choice
        raise SettingsError(f"{self.name} must be one of {', '.join(self.choices)}, not {value!r}")

    @property
    def default_text(self) -> str:
        return self.default

    @property
    def values(self) -> str:
        return ", ".join(f"`{choice}`" for choice in self.choices)


@dataclass(kw_only=True, eq=False, repr=False)
class Number(Variable):
    """A variable whose value is a whole number between two bounds, both included."""

    default: int
    least: int
    most: int
    unit: str
    most_on_aws: int | None = None
    """The upper bound in the aws profile, if it is lower there; otherwise None."""

    def read(self, values: Mapping[str, str], *, on_aws: bool = False) -> int:
        """The value, or the default if the variable is absent or empty. Raises ``SettingsError`` if the value is no
        whole number or out of bounds.
        """
        text = values.get(self.name)
        if not text:
            return self.default
        try:
            number = int(text)
        except ValueError:
            raise SettingsError(f"{self.name} must be a whole number, not {text!r}") from None
        most = self.most_for_aws if on_aws else self.most
        if not self.least <= number <= most:
            raise SettingsError(f"{self.name} must be from {self.least} to {most}, not {number}")
        return number

    @property
    def most_for_aws(self) -> int:
        return self.most if self.most_on_aws is None else self.most_on_aws

    @property
    def default_text(self) -> str:
        return str(self.default)

    @property
    def values(self) -> str:
        bounds = f"{self.least:,} to {self.most:,} {self.unit}"
        return bounds if self.most_on_aws is None else f"{bounds}, on AWS at most {self.most_on_aws:,}"

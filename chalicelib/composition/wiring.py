"""The composition root: chooses the adapters of the profile that the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.services import Services
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.composition.adapters import Adapters


def wire(settings: Settings) -> Services:
    """The services of the profile that the settings name. Each adapter is built when a handler first needs it."""
    return Services(settings, _adapters(settings))


def _adapters(settings: Settings) -> Adapters:
    match settings.profile:
        case "aws":
            from chalicelib.composition.profiles.aws.adapters import AwsAdapters

            return AwsAdapters(settings)
        case "local":
            from chalicelib.composition.profiles.local.adapters import LocalAdapters

            return LocalAdapters(settings)
        case "memory":
            from chalicelib.composition.profiles.memory import memory_adapters

            return memory_adapters()

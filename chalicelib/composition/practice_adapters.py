"""The adapters for practice. They are pure computations, so no vendor provides them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ports.card_package import CardPackage
    from ports.item_package import ItemPackages
    from ports.scheduler import Scheduler


class PracticeAdapters(Protocol):
    @property
    def card_package(self) -> CardPackage: ...
    @property
    def item_packages(self) -> ItemPackages: ...
    @property
    def scheduler(self) -> Scheduler: ...

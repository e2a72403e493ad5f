"""The services that check and repair the data of a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from chalicelib.composition.services import Services
from domain.access.allowances import Unmetered
from domain.upkeep.checking import Checking
from domain.upkeep.repairing import Repairing

if TYPE_CHECKING:
    from ports.inventory import Inventory


class StoringAdapters(Protocol):
    """The methods of a profile's adapters that no port has. Only profiles that store data have them."""

    def inventory(self) -> Inventory: ...
    def close(self) -> None: ...


def storing_adapters(services: Services) -> StoringAdapters:
    """The adapters of the laptop's profile or of AWS's."""
    return cast("StoringAdapters", services.adapters)


def checking(services: Services, inventory: Inventory) -> Checking:
    a = services.adapters
    return Checking(inventory, services.contents, a.objects, a.vectors, services.progress)


def repairing(services: Services, inventory: Inventory) -> Repairing:
    a = services.adapters
    free = Unmetered(services.budgets, services.clock, a_day={}, requests_a_minute=1)
    return Repairing(
        checking(services, inventory),
        services.documents,
        services.contents,
        a.objects,
        a.vectors,
        services.ingestion_within(free),
        services.ledger,
        services.progress,
        services.clock,
    )

"""The services that check and repair the data of a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.services import Services
from domain.access.allowances import Unmetered
from domain.upkeep.checking import Checking
from domain.upkeep.repairing import Repairing

if TYPE_CHECKING:
    from ports.inventory import Inventory


def inventory_of(services: Services) -> Inventory:
    settings = services.settings
    if settings.profile == "aws":
        from adapters.aws.inventory import DynamoDBInventory
        from adapters.upstream.calls import Retries
        from chalicelib.composition.profiles.aws.clients import client

        prefix = settings.aws.table_prefix
        return DynamoDBInventory(client("dynamodb"), Retries(services.clock), prefix=prefix)
    from adapters.local.stores.inventory import SQLiteInventory

    return SQLiteInventory(settings.data / "tables.sqlite")


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

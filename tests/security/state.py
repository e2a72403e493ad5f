"""The content of every store, and the amounts spent: to assert that nothing changed."""

from __future__ import annotations

import json
from typing import Any

from domain.base.tables import ACTIVE_SESSIONS, TABLES
from domain.documents.keys import DOCUMENTS
from domain.progress.keys import INTELLIGENCE
from tests.support.world import World


def stored(world: World) -> dict[str, Any]:
    """Everything in the stores, without the counts of requests."""
    adapters = world.adapters
    rows = {
        table.name: sorted(
            json.dumps(item, sort_keys=True, default=str)
            for item in adapters.key_values.items(table)
            if not (table is ACTIVE_SESSIONS and item["session_id"].startswith("budget#"))
        )
        for table in TABLES
    }
    objects = {key: adapters.objects.get(key) for key in adapters.objects.keys("")}
    vectors = {
        namespace: adapters.vectors.fetch(namespace, adapters.vectors.ids(namespace, "").items)
        for namespace in (DOCUMENTS, INTELLIGENCE)
    }
    return {"rows": rows, "objects": objects, "vectors": vectors}


def spent(world: World) -> dict[str, int]:
    """The number of calls to each port whose calls cost money."""
    adapters = world.adapters
    return {
        "agent": len(adapters.agent.tasks),
        "embedder": len(adapters.embedder.calls),
        "transcriber": len(adapters.transcriber.begun),
        "vectors": sum(method in ("query", "upsert") for method, *_ in adapters.vectors.calls),
    }

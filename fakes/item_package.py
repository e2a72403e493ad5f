"""A package of items that a test can read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from ports.item_package import Draw, PackagedItem, ReadPackage, UnreadablePackage, UnreadItem


class JsonItemPackages:
    """Implements ``ItemPackages``. The file is the items as JSON. An entry that is no item is ``malformed``."""

    def written(self, title: str, items: Sequence[PackagedItem], draws: Sequence[Draw] = ()) -> bytes:
        told = {"title": title, "items": list(map(asdict, items)), "draws": list(map(asdict, draws))}
        return json.dumps(told).encode()

    def read(self, content: bytes) -> ReadPackage:
        try:
            entries = json.loads(content)["items"]
        except (ValueError, LookupError, TypeError):
            raise UnreadablePackage("corrupt") from None
        if not entries:
            raise UnreadablePackage("no_items")
        items, unread = [], []
        for place, one in enumerate(entries):
            try:
                lists = {name: tuple(one[name]) for name in ("options", "right", "accepted")}
                gap = tuple(one["gap"]) if one["gap"] else None
                items.append(PackagedItem(**one | lists | {"gap": gap}))
            except (LookupError, TypeError):
                unread.append(UnreadItem(str(place), "malformed"))
        return ReadPackage(tuple(items), tuple(unread))

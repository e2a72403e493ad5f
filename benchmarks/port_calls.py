"""How many calls of each port one chat message makes. On AWS each call is a round trip, and some calls cost money.

``python -m benchmarks.port_calls``. The fakes count the calls as the real stores would need them.
"""

from __future__ import annotations

from collections import Counter

from tests.support.world import PHYSICS, World


def counted(world: World, ask: str, **fields: str) -> Counter[str]:
    """The number of calls that one question makes, by port and method. Raises ``RuntimeError`` if it fails."""
    adapters = world.adapters
    ada = world.user("ada")
    recorders = (
        adapters.key_values.calls,
        adapters.vectors.calls,
        adapters.embedder.calls,
        adapters.agent.tasks,
    )
    for recorder in recorders:
        recorder.clear()
    adapters.objects.calls.clear()
    reply = ada.ask(ask, **fields)
    if reply.status != 200:
        raise RuntimeError(reply.text)
    counts = Counter(f"key_value_store.{method} {table}" for method, table in adapters.key_values.calls)
    counts.update(f"vector_store.{method} {namespace}" for method, namespace in adapters.vectors.calls)
    counts["embedder.embed"] = len(adapters.embedder.calls)
    counts["agent.reply"] = len(adapters.agent.tasks)
    counts["object_store"] = len(adapters.objects.calls)
    return counts


def main() -> None:
    world = World()
    world.user("ada").upload("notes.txt", PHYSICS)
    first = counted(world, "What does the second law say?")
    conversation = world.user("ada").get("/api/chat/conversations").body["items"][0]["conversation_id"]
    follow_up = counted(world, "And why is that so?", conversation_id=conversation)
    for title, counts in (("a first question", first), ("a follow-up", follow_up)):
        round_trips = sum(count for name, count in counts.items() if name.startswith("key_value_store"))
        print(f"{title}: {round_trips} key-value round trips")
        for name, count in sorted(counts.items()):
            print(f"  {count}  {name}")


if __name__ == "__main__":
    main()

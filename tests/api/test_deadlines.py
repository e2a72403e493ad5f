"""The calls of a request are limited by the rest of its time, in every thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.deadline import CALL_SECONDS, GATEWAY_SECONDS, SECONDS_TO_STORE
from fakes.embedder import HashingEmbedder
from tests.support.world import World


class SlowEmbedder(HashingEmbedder):
    """Takes some time, and records how much of the request's time is left."""

    def __init__(self, world: World, seconds: float) -> None:
        super().__init__(world.adapters.embedder.dimension)
        self.world = world
        self.seconds = seconds
        self.left: list[float] = []

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.left.append(self.world.services.deadline.for_call())
        self.world.adapters.clock.advance(self.seconds)
        return super().embed(texts)


def test_the_agent_gets_the_time_left_minus_the_time_to_store_its_reply(world: World) -> None:
    ada = world.user("ada")
    slow = SlowEmbedder(world, 20)
    world.adapters.embedder = slow
    world.services.settings = replace(world.settings, request_seconds=GATEWAY_SECONDS)
    assert ada.ask("What does the second law say?").status == 200
    assert slow.left == [CALL_SECONDS]
    assert world.adapters.agent.timeouts == [GATEWAY_SECONDS - 20 - SECONDS_TO_STORE]


def test_a_call_late_in_the_request_gets_only_the_time_left(world: World) -> None:
    ada = world.user("ada")
    slow = SlowEmbedder(world, 20)
    world.adapters.embedder = slow
    world.services.settings = replace(world.settings, request_seconds=3.0)
    answer = ada.ask("What does the second law say?")
    assert answer.status == 504
    assert answer.code.endswith("_timed_out")  # the store's if it is in time, or the agent's
    assert slow.left == [3.0]
    assert world.adapters.agent.tasks == []


def test_without_a_gateway_a_request_has_no_deadline(world: World) -> None:
    ada = world.user("ada")
    world.services.settings = replace(world.settings, request_seconds=None)
    ada.ask("What does the second law say?")
    assert world.adapters.agent.timeouts == [world.settings.agent_seconds]

"""The app on the aws profile, whose upstreams can be made to fail, throttle, stall, or give incomplete or wrong
answers.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from adapters.supabase.keys import PAUSE_SECONDS
from chalicelib.logs import JsonLines
from chalicelib.settings import Settings
from ports.directory import Person
from tests.stubs.aws_endpoint import Answer
from tests.stubs.pinecone_server import Fault
from tests.stubs.wire import Wire
from tests.support.aws_world import AwsReins, AwsWorld, Upstreams
from tests.support.world import PHYSICS, User

CANARY = "vendor's words"
"""A text in every error of a stub. It must never leave the adapter."""
GARBAGE = Answer(200, f"<html>{CANARY}</html>".encode())
SILENT = Answer(silent=True)
GATEWAY_GIVES_UP = 29.0
IMPATIENCE = 0.5
"""The real seconds that a call waits for Pinecone or Supabase if they do not answer."""
_ALWAYS = 50
_NUMBERS = itertools.count(1)


class FaultyWorld(AwsWorld):
    """A world whose upstreams can fail. Pauses between tries only move the test's clock. ``heal`` ends every failure."""

    def __init__(self, upstreams: Upstreams, **more: str) -> None:
        self.upstreams = upstreams
        super().__init__(upstreams, **more)
        clock = self.adapters.clock
        self.wires = {name: Wire(client, clock) for name, client in self.adapters.clients().items()}
        wired = self.adapters.wired
        self._calls = [adapter._calls for adapter in (wired.vectors, wired.directory, wired.identity._keys)]
        self._retries = [calls.retries for calls in self._calls]

    def make_adapters(self, settings: Settings) -> Any:
        return AwsReins(settings, self.upstreams, sleep=lambda seconds: self.adapters.clock.advance(seconds))

    def user(self, name: str) -> User:
        """A new person, with a token that is valid from now on."""
        person = Person(name, name, f"{name}@school.example", name, "student")
        return User(self, name, self.adapters.identity.mint(person))

    def newcomer(self) -> User:
        """A new person without documents."""
        return self.user(f"newcomer-{next(_NUMBERS)}")

    def reader(self) -> User:
        """A person with one document."""
        newcomer = self.newcomer()
        assert newcomer.upload_in_request("laws.txt", PHYSICS.encode()).body["status"] == "completed"
        return newcomer

    def pinecone_fails(self, fault: Fault) -> None:
        self.upstreams.pinecone.requests.clear()
        self.upstreams.pinecone.fail_always(fault)
        self._hurry(fault.silent)

    def supabase_answers(self, answer: Answer, *before: Answer) -> None:
        """Let Supabase first give the answers ``before``, and from then on ``answer``."""
        self.upstreams.supabase.asked.clear()
        self.upstreams.supabase.script(*before, *[answer] * _ALWAYS)
        self._hurry(answer.silent)

    def _hurry(self, is_silent: bool) -> None:
        if is_silent:
            for calls in self._calls:
                calls.retries = replace(calls.retries, seconds=_at_most(calls.retries.seconds))

    def heal(self) -> None:
        """End every failure. Move the clock until services that could not be reached are called again."""
        self.adapters.clock.advance(PAUSE_SECONDS + 1)
        for wire in self.wires.values():
            wire.heal()
        self.upstreams.pinecone.fail_always(None)
        self.upstreams.supabase.heal()
        self.adapters.agent.forget()
        for calls, retries in zip(self._calls, self._retries, strict=True):
            calls.retries = retries

    @contextmanager
    def in_time(self) -> Iterator[None]:
        """Assert that the block ends before API Gateway would end the request."""
        started = self.adapters.clock.monotonic()
        yield
        assert self.adapters.clock.monotonic() - started < GATEWAY_GIVES_UP


def _at_most(seconds: Callable[[], float]) -> Callable[[], float]:
    return lambda: min(seconds(), IMPATIENCE)


def assert_discreet(shown: str, records: Sequence[logging.LogRecord]) -> None:
    """Assert that neither the client nor the log got a vendor's words."""
    assert CANARY not in shown + "".join(map(JsonLines("test").format, records))

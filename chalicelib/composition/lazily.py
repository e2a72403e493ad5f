"""Attributes that are built on first use."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar, overload

S = TypeVar("S")
T = TypeVar("T")
_BUILDING = threading.RLock()


class lazy(Generic[S, T]):  # noqa: N801  # used as a decorator, like property
    """An attribute that is built on first use, and only once, even if several threads read it at the same time."""

    def __init__(self, build: Callable[[S], T]) -> None:
        self._build = build

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> lazy[S, T]: ...
    @overload
    def __get__(self, instance: S, owner: type) -> T: ...
    def __get__(self, instance: S | None, owner: type) -> lazy[S, T] | T:
        if instance is None:
            return self
        with _BUILDING:
            if self._name not in vars(instance):
                vars(instance)[self._name] = self._build(instance)
        built: T = vars(instance)[self._name]
        return built

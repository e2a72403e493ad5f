"""An agent whose replies a test scripts. It records the tasks that it got."""

from __future__ import annotations

import copy
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from ports.agent import Judge, NumberedPassage, SolveQuestions, Task, TokenUsage
from ports.text.sentences import sentence_spans

Script: TypeAlias = str | Exception | Sequence[str | Exception]
"""A script for one reply: a whole reply; an error, which is raised immediately; or pieces. An error among the pieces is
raised at its place.
"""

_SESSION_ID = re.compile(r"[0-9a-zA-Z._:-]{2,100}")


class ScriptedAgent:
    """Implements ``Agent``. Raises ``ValueError`` for a task that Bedrock would refuse.

    If nothing is enqueued, the reply is the result of ``otherwise``. Unless a test sets it, such a reply cites the
    first sentence of the first passage, or says that there is nothing. ``tasks`` and ``timeouts`` record what the agent
    got, oldest first. Each reply takes ``usage``, if a test sets it.

    Tasks of the solver take nothing from the queue: ``solver`` replies to them, and ``solving`` records them. Unless a
    test sets ``solver``, no question is solved.
    """

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.timeouts: list[float] = []
        self.solving: list[SolveQuestions] = []
        self.solver: Callable[[SolveQuestions], Script] = lambda task: '{"items": []}'
        self.usage: TokenUsage | None = None
        self.otherwise: Callable[[Task], Script] = _cite_first
        self._queue: deque[Script | Callable[[Task], Script]] = deque()

    def enqueue(self, reply: Script | Callable[[Task], Script]) -> None:
        """Add a reply. Each request takes the oldest one. A function is called with the task."""
        self._queue.append(list(reply) if isinstance(reply, (list, tuple)) else reply)

    def forget(self) -> None:
        """Drop all replies that are still enqueued."""
        self._queue.clear()

    @property
    def unused(self) -> int:
        """How many replies are still enqueued."""
        return len(self._queue)

    def reply(
        self, task: Task, *, timeout: float, used: Callable[[TokenUsage], None] | None = None
    ) -> Iterator[str]:
        _check(task, timeout)
        if isinstance(task, SolveQuestions):
            self.solving.append(copy.deepcopy(task))
            return self.play(self.solver(task), task, timeout)
        self.tasks.append(copy.deepcopy(task))
        self.timeouts.append(timeout)
        script = self._queue.popleft() if self._queue else self.otherwise
        pieces = self.play(script(task) if callable(script) else script, task, timeout)
        return pieces if self.usage is None or used is None else _counted(pieces, self.usage, used)

    def play(self, script: Script, task: Task, timeout: float) -> Iterator[str]:
        """Play a script as a reply. A subclass may play it over a network connection instead."""
        if isinstance(script, Exception):
            raise script
        return _played([script] if isinstance(script, str) else script)


def _check(task: Task, timeout: float) -> None:
    if not _SESSION_ID.fullmatch(task.session_id):
        raise ValueError("session_id must be 2-100 characters of [0-9a-zA-Z._:-]")
    if not timeout > 0:
        raise ValueError("timeout must be positive")
    if task.max_tokens < 1:
        raise ValueError("max_tokens must be positive")
    numbers = [passage.number for passage in _passages(task)]
    if len(set(numbers)) != len(numbers) or any(number < 1 for number in numbers):
        raise ValueError("passages must have different numbers, of 1 or more")
    if isinstance(task, SolveQuestions):
        asked = [candidate.number for candidate in task.candidates]
        if not asked or len(set(asked)) != len(asked) or any(number < 1 for number in asked):
            raise ValueError("candidates must have different numbers, of 1 or more")
        if any(candidate.passage not in numbers for candidate in task.candidates):
            raise ValueError("each candidate must name a passage of the task")


def _passages(task: Task) -> Sequence[NumberedPassage]:
    return (task.passage,) if isinstance(task, Judge) else task.passages


def _played(pieces: Sequence[str | Exception]) -> Iterator[str]:
    for piece in pieces:
        if isinstance(piece, Exception):
            raise piece
        yield piece


def _counted(pieces: Iterator[str], usage: TokenUsage, used: Callable[[TokenUsage], None]) -> Iterator[str]:
    yield from pieces
    used(usage)


def _cite_first(task: Task) -> str:
    for passage in _passages(task):
        for start, end in sentence_spans(passage.text)[:1]:
            quote = passage.text[start:end]
            return f'{" ".join(quote.split())} [{passage.number} "{quote}"]'
    return "There is nothing about that in the documents."

"""The server of `make run` with two replaced ports: the transcriber and the agent follow a script and take no time.

``python -m benchmarks.scripted_server`` serves. The transcript of a recording is its bytes as text. Questions and
verdicts are those of ``tests.support.interviews``. Everything else is as on the laptop: gateway, handlers, tables,
objects, events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from app import services
from fakes.transcriber import ScriptedTranscriber
from ports.agent import Task, TokenUsage
from serve import serve
from tests.support.interviews import by_the_book


class ReadingTranscriber(ScriptedTranscriber):
    def close(self) -> None:
        """Do nothing: there is no thread to stop."""


class QuickAgent:
    """An ``Agent`` that replies with ``by_the_book`` and keeps nothing. (``ScriptedAgent`` copies each task for its
    tests.)
    """

    def reply(
        self, task: Task, *, timeout: float, used: Callable[[TokenUsage], None] | None = None
    ) -> Iterator[str]:
        return iter([by_the_book(task)])


def main() -> None:
    adapters = services.adapters
    transcriber = ReadingTranscriber(adapters.objects)
    transcriber.hears_partially = True
    # ``lazy`` finds these two adapters here and does not build others.
    vars(adapters).update(transcriber=transcriber, agent=QuickAgent())
    serve()


if __name__ == "__main__":
    main()

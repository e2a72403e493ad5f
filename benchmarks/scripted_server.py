"""The server of `make run` with two replaced ports: the transcriber and the agent follow a script and take no time.

``python -m benchmarks.scripted_server`` serves. The transcript of a recording is its bytes as text. Questions and
verdicts are those of ``tests.support.interviews``. Everything else is as on the laptop: gateway, handlers, tables,
objects, events.
"""

from __future__ import annotations

from app import services
from fakes.agent import ScriptedAgent
from fakes.transcriber import ScriptedTranscriber
from serve import serve
from tests.support.interviews import by_the_book


class ReadingTranscriber(ScriptedTranscriber):
    def close(self) -> None:
        """Do nothing: there is no thread to stop."""


def main() -> None:
    adapters = services.adapters
    transcriber = ReadingTranscriber(adapters.objects)
    transcriber.hears_partially = True
    agent = ScriptedAgent()
    agent.otherwise = by_the_book
    # ``lazy`` finds these two adapters here and does not build others.
    vars(adapters).update(transcriber=transcriber, agent=agent)
    serve()


if __name__ == "__main__":
    main()

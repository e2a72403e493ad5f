"""`make run`'s server but for two ports: its ears and its interviewer follow the tests' scripts, and cost nothing.

``python -m benchmarks.scripted_server`` serves. A recording is heard as its bytes read, questions and verdicts go
by ``tests.support.interviews``. Everything else is the laptop's own: gateway, handlers, tables, objects, events.
"""

from __future__ import annotations

from app import services
from fakes.agent import ScriptedAgent
from fakes.transcriber import ScriptedTranscriber
from serve import serve
from tests.support.interviews import by_the_book


class ReadingTranscriber(ScriptedTranscriber):
    def close(self) -> None:
        """There is no thread to end."""


def main() -> None:
    adapters = services.adapters
    transcriber = ReadingTranscriber(adapters.objects)
    transcriber.hears_partially = True
    agent = ScriptedAgent()
    agent.otherwise = by_the_book
    # Where ``lazy`` would keep what it builds.
    vars(adapters).update(transcriber=transcriber, agent=agent)
    serve()


if __name__ == "__main__":
    main()

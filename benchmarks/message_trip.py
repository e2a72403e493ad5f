"""Which files a message of an interview passes through, and how often it goes from one file to another.

``python -m benchmarks.message_trip [--files]``. Each kind of message is handled on the fakes, and every call of a
Python function is traced, also in worker threads. A file counts if one of its functions runs. An import does not count,
and neither does the code that ``dataclass`` generates.

These count:

- Every file of ``chalicelib`` and of ``domain/interviews``.
- A file of another capability that is called from there, if the call leads to a port. The further calls of that capability count as part of this file. A pure function of another capability counts as part of the file that calls it, like a function of the standard library.

These do not count:

- ``domain/base`` and ``domain/text``: the values, errors and words that every capability uses.
- Code that runs around every request of the app and knows nothing of messages (``AROUND_ALL``).
- ``ports``, ``adapters`` and ``fakes``: the trip ends there.

A *stay* is the time between two changes of file. A *return* is a stay in a file that the message has left before. "ran
at all" is the number of all files of ``chalicelib`` and ``domain`` in which any function ran.
"""

from __future__ import annotations

import base64
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from chalicelib import events
from tests.support.interviews import ANSWERS, begun, connected, prepared
from tests.support.world import World

PROJECT = Path(__file__).parents[1]
MOST_FILES = 15
"""The most files that any kind of message may pass through."""
OWN = ("chalicelib/", "domain/interviews/")
AROUND_ALL = (
    "chalicelib/observed.py",
    "chalicelib/deadline.py",
    "chalicelib/tally.py",
    "chalicelib/composition/",
)
"""The files for the log line of a request, its deadline, the counting of its calls of ports, and the building of
objects.
"""
SHARED = ("domain/base/", "domain/text/")
PORTS = ("fakes/", "adapters/")
SOUND = b"OggS" + bytes(range(256)) * 4


@dataclass(eq=False)
class Call:
    """A call of a function of the project, with the calls that this function made."""

    file: str
    calls: list[Call] = field(default_factory=list)
    leads_to_a_port: bool = False


@dataclass
class Trip:
    stays: list[str]
    """The files that count, in the order of the stays."""
    ran: set[str]
    """All files in which a function ran."""

    @property
    def files(self) -> set[str]:
        return set(self.stays)

    @property
    def returns(self) -> int:
        return len(self.stays) - len(self.files)


class Tracer:
    """Records all calls of the project's functions, in every thread, while it is used as a context."""

    def __init__(self) -> None:
        self.roots: list[Call] = []
        self._running = threading.local()

    def __enter__(self) -> Tracer:
        threading.setprofile(self._note)
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        threading.setprofile(None)

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        if event not in ("call", "return"):
            return
        path = Path(frame.f_code.co_filename)
        if not path.is_relative_to(PROJECT):
            return
        file = path.relative_to(PROJECT).as_posix()
        stack: list[Call] = self._running.__dict__.setdefault("stack", [])
        if file.startswith(PORTS):
            if event == "call":
                for call in stack:
                    call.leads_to_a_port = True
        elif file.startswith(("chalicelib/", "domain/")):
            if event == "return":
                if stack:
                    stack.pop()
                return
            call = Call(file)
            (stack[-1].calls if stack else self.roots).append(call)
            stack.append(call)


def trip_of(handle: Callable[[], object]) -> Trip:
    with Tracer() as tracer:
        handle()
    stays = [file for root in tracer.roots for file in stays_of(root)]
    return Trip(stays, {call.file for root in tracer.roots for call in _all(root)})


def stays_of(root: Call) -> list[str]:
    """The files that count, in order. No file follows itself."""
    stays: list[str] = []
    for file in _counted(root, None):
        if file is not None and stays[-1:] != [file]:
            stays.append(file)
    return stays


def _counted(call: Call, caller: str | None) -> Iterator[str | None]:
    """The file that the call is counted under, then the files of each call that it makes.

    The call's own file comes again after each of these, because the program returns to it.
    """
    mine = _counted_as(call, caller)
    yield mine
    for inner in call.calls:
        yield from _counted(inner, mine)
        yield mine


def _counted_as(call: Call, caller: str | None) -> str | None:
    if call.file.startswith((*AROUND_ALL, *SHARED)):
        return caller
    if call.file.startswith(OWN):
        return call.file
    is_called_from_here = caller is not None and caller.startswith(OWN)
    return call.file if is_called_from_here and call.leads_to_a_port else caller


def _all(call: Call) -> Iterator[Call]:
    yield call
    for inner in call.calls:
        yield from _all(inner)


class Journey:
    """Sends each kind of message of an interview once and records its trip. All messages are sent once before, so that
    no recorded trip builds objects.
    """

    def __init__(self) -> None:
        self.world = World()
        ada = self.world.user("ada")
        prepared(self.world, ada)
        self.socket = connected(self.world, ada)
        self._hold()

    def trips(self) -> dict[str, Trip]:
        """The recorded trip of each kind of message."""
        return self._hold()

    def _hold(self) -> dict[str, Trip]:
        trips: dict[str, Trip] = {}
        started: dict[str, Any] = {}

        def start() -> None:
            started.update(begun(self.socket, max_questions=3))

        trips["start_interview"] = trip_of(start)
        resume = {name: started[name] for name in ("session_id", "resume_token")}
        for kind, message in (
            ("resume_interview", {"type": "resume_interview", **resume}),
            ("text_answer", {"type": "text_answer", "text": ANSWERS[started["question"]]}),
            ("audio_chunk", self._chunk(SOUND[:300], 0, is_final=False)),
            ("audio_chunk, the last", self._chunk(SOUND[300:], 1, is_final=True)),
        ):
            if kind == "audio_chunk":
                self.world.adapters.transcriber.enqueue("Net force equals mass times acceleration.")
            trips[kind] = trip_of(lambda message=message: self.socket.send(message))  # type: ignore[misc]
        trips["the transcript's event"] = trip_of(self._tell_of_transcripts)
        trips["end_interview"] = trip_of(lambda: self.socket.send({"type": "end_interview"}))
        return trips

    def _chunk(self, sound: bytes, sequence: int, *, is_final: bool) -> dict[str, Any]:
        data = base64.b64encode(sound).decode()
        return {
            "type": "audio_chunk",
            "audio_data": data,
            "sequence": sequence,
            "is_final": is_final,
            "media_format": "ogg",
        }

    def _tell_of_transcripts(self) -> None:
        keys = list(self.world.adapters.objects.keys("transcripts/"))
        records = [{"s3": {"object": {"key": key}}} for key in keys]
        events.transcript_created(self.world.services, {"Records": records})
        if [told["type"] for told in self.socket.take()] != ["response_processed"]:
            raise RuntimeError("the transcript was not judged")


def main() -> None:
    print(f"{'message':<24} files  stays  returns  ran at all")
    for kind, trip in Journey().trips().items():
        files = len(trip.files)
        print(f"{kind:<24} {files:>5} {len(trip.stays):>6} {trip.returns:>8} {len(trip.ran):>11}")
        if "--files" in sys.argv:
            for file in sorted(trip.files):
                print(f"    {trip.stays.count(file):>3} {file}")


if __name__ == "__main__":
    main()

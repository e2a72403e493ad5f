"""How well and how fast the laptop recognizes speech, and how long a learner waits for the response to an answer.

``python -m benchmarks.voice FOLDER`` transcribes the recordings that ``FOLDER/transcripts.json`` lists, as the server
does, one after another. The list contains objects with ``file`` (WAV, WebM, Ogg, MP3 or FLAC) and ``text`` (what is
said in it); demo/speech is such a folder. For each recording it prints the word error rate and the real-time factor.
The word error rate is the number of wrong, missing and additional words, divided by the number of words that were
said; case and punctuation do not count. The real-time factor is the seconds of work per second of sound. The
recogniser is an extra (``make run VOICE=1``, ``make test-voice``); without it nothing is transcribed.

Then it runs ``benchmarks.answer_latency``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import jiwer

from adapters.local.models.speech import WhisperTranscriber
from adapters.system import SystemClock
from benchmarks.answer_latency import print_latency
from fakes.object_store import InMemoryObjectStore
from ports.transcriber import MediaFormat, Recording

IN_WORDS = jiwer.Compose(
    [
        jiwer.ToLowerCase(),
        jiwer.SubstituteRegexes({r"[^\w\s']": " "}),
        jiwer.RemoveMultipleSpaces(),
        jiwer.Strip(),
        jiwer.ReduceToListOfListOfWords(),
    ]
)


@dataclass(frozen=True, slots=True)
class Spoken:
    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    spoken: Spoken
    text: str
    sound_seconds: float
    work_seconds: float


def recordings_of(folder: Path) -> list[Spoken]:
    listed = json.loads((folder / "transcripts.json").read_text(encoding="utf-8"))
    return [Spoken(folder / recording["file"], recording["text"]) for recording in listed]


def hear(transcriber: WhisperTranscriber, objects: InMemoryObjectStore, spoken: Spoken, job: str) -> Heard:
    """Transcribe one recording, and measure the time from the start of its job to the outcome."""
    media_format = cast(MediaFormat, spoken.path.suffix[1:].lower())
    recording = Recording(
        job, f"voice-interviews/{job}.{media_format}", f"transcripts/{job}.json", media_format, "en-US"
    )
    objects.put(recording.key, spoken.path.read_bytes(), f"audio/{media_format}")
    started = time.perf_counter()
    transcriber.begin(recording)
    transcriber.finish()
    seconds = time.perf_counter() - started
    transcript = transcriber.read(objects.get(recording.result_key))
    return Heard(spoken, transcript.text, transcript.seconds or 0.0, seconds)


def word_error_rate(heard: Sequence[Heard]) -> float:
    said, understood = [one.spoken.text for one in heard], [one.text for one in heard]
    return jiwer.process_words(
        said, understood, reference_transform=IN_WORDS, hypothesis_transform=IN_WORDS
    ).wer


def print_recognition(folder: Path) -> None:
    if not (folder / "transcripts.json").is_file():
        print(f"{folder} contains no transcripts.json, so there is nothing to transcribe.")
        return
    objects = InMemoryObjectStore(SystemClock())
    transcriber = WhisperTranscriber(objects)
    if not transcriber.formats:
        print("The recogniser is not installed (requirements-voice.txt), so nothing is transcribed.")
        return
    recordings = recordings_of(folder)
    first = hear(transcriber, objects, recordings[0], "first")
    print(
        f"first result after {first.work_seconds:.2f} s, including the loading of the model, for {first.sound_seconds:.1f} s of sound"
    )
    heard = [hear(transcriber, objects, spoken, f"job-{at}") for at, spoken in enumerate(recordings)]
    transcriber.close()
    print(f"\n{'recording':46} {'seconds':>8} {'work':>6} {'RTF':>6} {'WER':>6}")
    for one in heard:
        print_row(one.spoken.path.name, [one])
        if word_error_rate([one]):
            print(f"    said:  {one.spoken.text}\n    heard: {one.text}")
    print_row("all", heard)


def print_row(name: str, heard: Sequence[Heard]) -> None:
    sound, work = sum(one.sound_seconds for one in heard), sum(one.work_seconds for one in heard)
    print(f"{name[-46:]:46} {sound:8.2f} {work:6.2f} {work / sound:6.3f} {word_error_rate(heard):6.3f}")


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m benchmarks.voice FOLDER")
        return 2
    print_recognition(Path(arguments[0]))
    print()
    print_latency()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

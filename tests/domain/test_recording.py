"""Recordings in parts: which have arrived, whether all have, and the joined sound."""

from __future__ import annotations

import io
import wave
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.interviews.recording import (
    ReceivedPart,
    final_number,
    is_whole,
    joined,
    looks_like,
    received_through,
    usual_seconds,
)
from ports.transcriber import MediaFormat

RATE = 16_000


def wav(samples: bytes, rate: int = RATE) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples)
    return file.getvalue()


def samples_of(sound: bytes) -> bytes:
    with wave.open(io.BytesIO(sound)) as read:
        frames: bytes = read.readframes(read.getnframes())
        return frames


def parts(*numbers: int, last: int | None = None) -> list[ReceivedPart]:
    return [ReceivedPart(number, number == last, "d", 10) for number in numbers]


@given(st.sets(st.integers(0, 12)))
def test_parts_are_received_up_to_the_first_gap(numbers: set[int]) -> None:
    through = received_through(parts(*numbers))
    assert set(range(through + 1)) <= numbers
    assert through + 1 not in numbers


@given(st.integers(0, 8), st.data())
def test_a_recording_is_whole_when_all_parts_up_to_the_final_one_have_arrived(
    last: int, data: st.DataObject
) -> None:
    came = data.draw(st.sets(st.integers(0, last + 2)))
    assert is_whole(parts(*came, last=last)) == (set(range(last + 1)) <= came)


def test_the_lowest_of_several_final_parts_counts() -> None:
    assert (
        final_number(
            [ReceivedPart(2, True, "d", 1), ReceivedPart(1, True, "d", 1), ReceivedPart(0, False, "d", 1)]
        )
        == 1
    )
    assert final_number(parts(0, 1)) is None


@given(st.binary(min_size=200, max_size=400), st.lists(st.integers(0, 400), max_size=4))
def test_the_pieces_of_a_file_are_joined_to_the_same_file(samples: bytes, cuts: list[int]) -> None:
    sound = wav(samples[: len(samples) // 2 * 2])
    ends = sorted({0, *(min(cut, len(sound)) for cut in cuts), len(sound)})
    pieces = [sound[start:end] for start, end in pairwise(ends)]
    assert joined(pieces, "wav") == sound
    assert joined(pieces, "webm") == sound


@given(st.lists(st.binary(min_size=2, max_size=60).map(lambda one: one[: len(one) // 2 * 2]), min_size=2))
def test_several_wav_files_are_joined_to_one_file_with_all_their_sound(pieces: list[bytes]) -> None:
    assert samples_of(joined([wav(piece) for piece in pieces], "wav")) == b"".join(pieces)


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_a_wav_header_without_sizes_gets_them(size: int) -> None:
    sound = bytearray(wav(b"ab" * 100))
    sound[4:8] = sound[40:44] = size.to_bytes(4, "little")
    assert samples_of(joined([bytes(sound[:60]), bytes(sound[60:])], "wav")) == b"ab" * 100


@pytest.mark.parametrize("junk", [b"", b"RIFF", b"RIFF\0\0\0\0WAVE", b"RIFF\0\0\0\0WAVEfmt \xff\xff\xff\xff"])
def test_bytes_that_are_no_wav_file_are_joined_as_they_are(junk: bytes) -> None:
    assert joined([junk], "wav") == junk
    assert usual_seconds(junk, "wav") >= 0


@pytest.mark.parametrize("rate", [8_000, 16_000, 48_000])
def test_the_length_of_a_wav_file_comes_from_its_header(rate: int) -> None:
    assert usual_seconds(wav(bytes(2 * rate * 3), rate), "wav") == pytest.approx(3, abs=0.01)


@given(st.binary(max_size=16))
def test_a_format_is_recognised_by_its_first_bytes(tail: bytes) -> None:
    heads: dict[MediaFormat, bytes] = {
        "wav": b"RIFF\1\2\3\4WAVE",
        "webm": b"\x1a\x45\xdf\xa3",
        "ogg": b"OggS",
        "flac": b"fLaC",
        "mp3": b"ID3",
    }
    for one, head in heads.items():
        assert looks_like(head + tail, one)
        assert not any(looks_like(head + tail, other) for other in heads if other != one)

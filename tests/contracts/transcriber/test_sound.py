"""Recordings are decoded to samples. The formats of browsers are accepted; other files and decompression bombs are
refused.
"""

from __future__ import annotations

import io
import struct
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.models.sound import RATE, decoded
from ports.transcriber import MEDIA_FORMATS, MediaFormat, UnreadableRecording
from tests.support.sounds import encoded, needs_voice, samples_of, silence, spoken

pytestmark = needs_voice

_WAV_RATE_AT = 24
"""The index of the sample rate in the header."""


def tone(seconds: float) -> np.ndarray[Any, np.dtype[np.float32]]:
    return (0.5 * np.sin(2 * np.pi * 440 * np.arange(int(seconds * RATE)) / RATE)).astype(np.float32)


def wav_of(samples_a_second: int) -> bytes:
    sound = bytearray(encoded(tone(2), "wav", rate=RATE))
    struct.pack_into("<I", sound, _WAV_RATE_AT, samples_a_second)
    return bytes(sound)


@pytest.mark.parametrize("layout", ["mono", "stereo"])
@pytest.mark.parametrize("rate", [16_000, 48_000])
@pytest.mark.parametrize("media_format", MEDIA_FORMATS)
def test_each_format_is_decoded_to_its_whole_length(
    media_format: MediaFormat, rate: int, layout: str
) -> None:
    samples = decoded(encoded(tone(2), media_format, rate=rate, layout=layout), media_format, max_seconds=10)
    assert len(samples) / RATE == pytest.approx(2, abs=0.1)
    spectrum = np.abs(np.fft.rfft(samples))
    assert np.argmax(spectrum) * RATE / len(samples) == pytest.approx(440, abs=2)
    assert 0.2 < np.abs(samples).max() <= 1


def test_a_browser_recording_without_a_length_is_decoded_to_its_end() -> None:
    import av

    sound = encoded(samples_of(spoken("second-law")), "webm", live=True)
    with av.open(io.BytesIO(sound)) as recording:
        assert recording.duration is None
    assert len(decoded(sound, "webm", max_seconds=60)) / RATE == pytest.approx(7.2, abs=0.1)


@pytest.mark.parametrize("live", [False, True])
def test_safaris_recordings_are_decoded_whole_and_in_fragments(live: bool) -> None:
    sound = encoded(samples_of(spoken("second-law")), "mp4", live=live)
    assert sound[4:8] == b"ftyp"
    assert (b"moof" in sound) is live
    assert len(decoded(sound, "mp4", max_seconds=60)) / RATE == pytest.approx(7.2, abs=0.1)


@pytest.mark.parametrize("media_format", MEDIA_FORMATS)
def test_a_recording_that_breaks_off_is_read_as_far_as_it_goes(media_format: MediaFormat) -> None:
    sound = encoded(tone(4), media_format, live=media_format in ("webm", "mp4"))
    assert 1.5 < len(decoded(sound[: len(sound) // 2], media_format, max_seconds=10)) / RATE < 2.5


def test_a_damaged_recording_is_read_around_the_damage() -> None:
    sound = bytearray(encoded(tone(4), "webm", live=True))
    sound[len(sound) // 2 : len(sound) // 2 + 200] = bytes(200)
    assert 3 < len(decoded(bytes(sound), "webm", max_seconds=10)) / RATE <= 4.1


@pytest.mark.parametrize("named", MEDIA_FORMATS)
def test_a_recording_of_another_format_than_named_is_refused(named: MediaFormat) -> None:
    others: set[MediaFormat] = {"wav", "webm", "ogg"}
    for media_format in others - {named}:
        try:
            samples = decoded(encoded(tone(1), media_format), named, max_seconds=10)
        except UnreadableRecording:
            continue
        assert len(samples) < RATE / 2  # MP3 and FLAC are searched for in the whole file, and not found


def test_a_codec_that_is_not_for_speech_is_refused() -> None:
    with pytest.raises(UnreadableRecording):
        decoded(encoded(tone(1), "webm", codec="aac", container="matroska"), "webm", max_seconds=10)


def test_a_small_file_of_very_long_silence_is_refused() -> None:
    bomb = encoded(silence(1000), "flac", rate=8_000)
    assert len(bomb) < 250_000
    with pytest.raises(UnreadableRecording):
        decoded(bomb, "flac", max_seconds=900)


@pytest.mark.parametrize("rate", [0, 1, 100, 7_999, 192_001, 2_000_000_000])
def test_an_unusual_sample_rate_is_refused(rate: int) -> None:
    with pytest.raises(UnreadableRecording):
        decoded(wav_of(rate), "wav", max_seconds=1e9)


@cache
def well_formed(media_format: MediaFormat) -> bytes:
    return encoded(tone(1), media_format, live=media_format == "webm")


@pytest.mark.parametrize("media_format", MEDIA_FORMATS)
@given(data=st.data())
def test_any_bytes_are_decoded_or_refused(media_format: MediaFormat, data: st.DataObject) -> None:
    sound = bytearray(well_formed(media_format))
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(sound)))
        sound[at : at + data.draw(st.integers(0, 50))] = data.draw(st.binary(max_size=20))
    try:
        samples = decoded(bytes(sound), media_format, max_seconds=10)
    except UnreadableRecording:
        return
    assert len(samples) <= 10.1 * RATE
    assert np.isfinite(samples).all()

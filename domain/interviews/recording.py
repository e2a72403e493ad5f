"""Recordings of answers: their parts, how parts are joined, and limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ports.media_formats import MediaFormat

MAX_RECORDING_BYTES = 48 * 1024 * 1024
"""Eight minutes of PCM at 48 kHz with one channel, which is the longest answer. Other formats need far less."""

_USUAL_BYTES_A_SECOND: dict[MediaFormat, int] = {
    "wav": 32_000,
    "webm": 3_000,
    "ogg": 3_000,
    "mp3": 8_000,
    "flac": 20_000,
    "mp4": 8_000,
}
"""Bytes of a second of sound, by format: PCM at 16 kHz, Opus at 24 kbit/s, MP3 and AAC at 64 kbit/s, and FLAC at 160
kbit/s. These rates are low, so that an estimated length is too long rather than too short.
"""
_RIFF_HEADER = 12
_CHUNK_HEADER = 8
_UNKNOWN_SIZES = (0, 0xFFFFFFFF)
_MAX_WAV_BYTES_A_SECOND = 768_000


@dataclass(frozen=True, slots=True)
class ReceivedPart:
    """A received part of a recording, numbered from 0. ``digest`` distinguishes two parts with the same number."""

    sequence: int
    is_final: bool
    digest: str
    size: int
    """Bytes."""
    recording_id: str = ""
    """The client's id of the recording; "" if it gave none."""


def received_through(parts: Sequence[ReceivedPart]) -> int:
    """The number of the last part before the first gap; -1 if part 0 is missing."""
    numbers = {part.sequence for part in parts}
    through = -1
    while through + 1 in numbers:
        through += 1
    return through


def final_number(parts: Sequence[ReceivedPart]) -> int | None:
    """The number of the part that is marked as final, the lowest if there are several; None if there is none."""
    return min((part.sequence for part in parts if part.is_final), default=None)


def is_whole(parts: Sequence[ReceivedPart]) -> bool:
    """Whether all parts of the recording are there, up to the final one."""
    last = final_number(parts)
    return last is not None and received_through(parts) >= last


def looks_like(sound: bytes, media_format: MediaFormat) -> bool:
    """Whether the first bytes are those of a file of this format."""
    match media_format:
        case "wav":
            return sound[:4] == b"RIFF" and sound[8:12] == b"WAVE"
        case "webm":
            return sound[:4] == b"\x1a\x45\xdf\xa3"
        case "ogg":
            return sound[:4] == b"OggS"
        case "flac":
            return sound[:4] == b"fLaC"
        case "mp4":
            return sound[4:8] == b"ftyp"
        case "mp3":
            return sound[:3] == b"ID3" or (len(sound) > 1 and sound[0] == 0xFF and sound[1] & 0xE0 == 0xE0)


def joined(parts: Sequence[bytes], media_format: MediaFormat) -> bytes:
    """The recording, joined from its parts in order.

    The parts are pieces of one file, as a browser's recorder makes them. WAV parts may also be separate files, each
    with a header; then their sound is joined under the first header.
    """
    if media_format != "wav":
        return b"".join(parts)
    later = [_without_header(part) for part in parts[1:]]
    sound = b"".join([*parts[:1], *later])
    return _with_true_sizes(sound, is_pieced=later != list(parts[1:]))


def usual_seconds(sound: bytes, media_format: MediaFormat) -> float:
    """The approximate length of a recording in seconds, from its size and, for WAV, the rate in its header."""
    rate = _USUAL_BYTES_A_SECOND[media_format]
    if media_format == "wav":
        found = _chunk(sound, b"fmt ")
        told = int.from_bytes(sound[found[0] + 8 : found[0] + 12], "little") if found else 0
        rate = told if 0 < told <= _MAX_WAV_BYTES_A_SECOND else rate
    return len(sound) / rate


def _without_header(part: bytes) -> bytes:
    if not looks_like(part, "wav"):
        return part
    found = _chunk(part, b"data")
    return part[found[0] : found[1]] if found else b""


def _with_true_sizes(sound: bytes, *, is_pieced: bool) -> bytes:
    """The sound with correct sizes in its WAV header.

    A streaming recorder does not know the sizes when it writes the header. If several files were joined, the header has
    only the sizes of the first one.
    """
    found = _chunk(sound, b"data") if looks_like(sound, "wav") else None
    if found is None:
        return sound
    start = found[0]
    if not is_pieced and int.from_bytes(sound[start - 4 : start], "little") not in _UNKNOWN_SIZES:
        return sound
    told = bytearray(sound)
    for at, size in ((4, len(sound) - _CHUNK_HEADER), (start - 4, len(sound) - start)):
        told[at : at + 4] = size.to_bytes(4, "little")
    return bytes(told)


def _chunk(sound: bytes, name: bytes) -> tuple[int, int] | None:
    """The start and end of the content of the WAV chunk with this name; None if there is none."""
    at = _RIFF_HEADER
    while at + _CHUNK_HEADER <= len(sound):
        size = int.from_bytes(sound[at + 4 : at + 8], "little")
        begin = at + _CHUNK_HEADER
        if sound[at : at + 4] == name:
            end = len(sound) if size in _UNKNOWN_SIZES else min(len(sound), begin + size)
            return begin, end
        at = begin + size + size % 2
    return None

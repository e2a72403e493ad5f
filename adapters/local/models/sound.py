"""Recordings, as browsers and others make them, decoded into what a recogniser hears.

FFmpeg reads them, by way of PyAV. What a stranger sends is given to the one demuxer of the format that he
named and to the decoders of speech's codecs, none of which opens anything beside the bytes themselves.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ports.transcriber import MediaFormat, UnreadableRecording

if TYPE_CHECKING:
    from av import AudioFrame
    from numpy import float32
    from numpy.typing import NDArray

RATE = 16_000
"""Samples a second."""

_CODECS = (
    "opus vorbis flac mp3float mp3 pcm_u8 pcm_s16le pcm_s24le pcm_s32le pcm_f32le pcm_f64le pcm_alaw pcm_mulaw"
).split()
_RATES = range(8_000, 192_001)
"""Of samples a second. A resampler's filter grows with the rate, and a slow one makes much out of few bytes."""
_BROKEN_PACKETS = 100
"""What a poor connection loses; beyond that it is no recording."""


def decoded(sound: bytes, media_format: MediaFormat, *, max_seconds: float) -> NDArray[float32]:
    """One channel of samples from -1 to 1, ``RATE`` a second. A recording that breaks off is read as far as it goes.

    Raises ``UnreadableRecording`` for what is no sound of that format, and for more of it than ``max_seconds``,
    however few bytes it comes in.
    """
    import av
    import numpy as np

    to_speech = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    pieces = [np.zeros(0, np.int16)]
    seconds = 0.0
    try:
        for frame in _frames(sound, media_format):
            if frame.sample_rate not in _RATES:
                raise UnreadableRecording
            seconds += frame.samples / frame.sample_rate
            if seconds > max_seconds:
                raise UnreadableRecording
            frame.pts = None  # joined parts may begin to count anew
            pieces += (heard.to_ndarray()[0] for heard in to_speech.resample(frame))
        pieces += (heard.to_ndarray()[0] for heard in to_speech.resample(None))
    except (av.FFmpegError, ValueError):  # a rate or layout that changes midway is a ValueError
        raise UnreadableRecording from None
    return np.concatenate(pieces).astype(np.float32) / np.float32(32768)


def _frames(sound: bytes, media_format: MediaFormat) -> Iterator[AudioFrame]:
    import av

    allowed = {"codec_whitelist": ",".join(_CODECS)}
    with av.open(
        io.BytesIO(sound), format=media_format, options=allowed, metadata_errors="ignore"
    ) as container:
        streams = container.streams.audio
        decoder = streams[0].codec_context if streams else None
        # The whitelist binds FFmpeg while it looks for streams; PyAV opens the decoder by itself.
        if decoder is None or decoder.name not in _CODECS:
            raise UnreadableRecording
        broken = 0
        packets = container.demux(streams[0])
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError:
                return  # cut off in the middle
            if packet is None:
                return
            try:
                yield from packet.decode()
            except av.InvalidDataError:
                broken += 1
                if broken > _BROKEN_PACKETS:
                    raise

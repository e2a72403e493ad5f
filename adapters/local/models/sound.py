"""Decodes recordings to samples for a speech recogniser, with FFmpeg through PyAV.

A recording is not trusted. FFmpeg may use only the demuxer of the given format and the decoders listed here. None of
them opens a file or an address that a recording names.
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
"""The number of samples per second of decoded sound."""

_CODECS = (
    "opus vorbis flac mp3float mp3 pcm_u8 pcm_s16le pcm_s24le pcm_s32le pcm_f32le pcm_f64le pcm_alaw pcm_mulaw"
).split()
_MORE_CODECS: dict[MediaFormat, tuple[str, ...]] = {"mp4": ("aac",)}
"""Safari and all browsers on iOS record AAC in MP4. No browser records AAC in another format."""
_RATES = range(8_000, 192_001)
"""The accepted samples per second of a recording.

A higher rate makes the resampler slow. With a lower rate, a few bytes can become long sound.
"""
_BROKEN_PACKETS = 100
"""A bad connection may damage up to this many packets. A recording with more damaged packets is refused."""


def decoded(sound: bytes, media_format: MediaFormat, *, max_seconds: float) -> NDArray[float32]:
    """The samples of one channel, from -1 to 1, ``RATE`` per second. A truncated recording is decoded up to its end.

    Raises ``UnreadableRecording`` if ``sound`` has another format, or is longer than ``max_seconds``.
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
            frame.pts = None  # time stamps may restart where parts were joined
            pieces += (heard.to_ndarray()[0] for heard in to_speech.resample(frame))
        pieces += (heard.to_ndarray()[0] for heard in to_speech.resample(None))
    except (av.FFmpegError, ValueError):  # ValueError: the rate or the layout changes within the recording
        raise UnreadableRecording from None
    return np.concatenate(pieces).astype(np.float32) / np.float32(32768)


def _frames(sound: bytes, media_format: MediaFormat) -> Iterator[AudioFrame]:
    import av

    codecs = [*_CODECS, *_MORE_CODECS.get(media_format, ())]
    allowed = {"codec_whitelist": ",".join(codecs)}
    with av.open(
        io.BytesIO(sound), format=media_format, options=allowed, metadata_errors="ignore"
    ) as container:
        streams = container.streams.audio
        decoder = streams[0].codec_context if streams else None
        # The whitelist of decoders applies only while FFmpeg looks for streams. PyAV opens a decoder without it, so its
        # name is checked here.
        if decoder is None or decoder.name not in codecs:
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

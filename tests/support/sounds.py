"""Recordings for tests. Encoding them needs ``av``, a part of requirements-voice.txt."""

from __future__ import annotations

import io
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from demo.write_speech import FOLDER
from ports.transcriber import MediaFormat

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE = 16_000

needs_voice = pytest.mark.skipif(
    find_spec("faster_whisper") is None, reason="requirements-voice.txt is not installed: `make test-voice`"
)

_CODECS: dict[MediaFormat, str] = {
    "wav": "pcm_s16le",
    "webm": "libopus",
    "ogg": "libopus",
    "mp3": "libmp3lame",
    "flac": "flac",
    "mp4": "aac",
}


def spoken(name: str) -> Path:
    """The bytes of one of the demo's recordings, e.g. ``second-law``."""
    return FOLDER / f"{name}.ogg"


def samples_of(path: Path) -> NDArray[np.float32]:
    """The samples of a recorded file in one channel, ``RATE`` per second."""
    import av

    to_mono = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open(str(path)) as recording:
        frames = [made for frame in recording.decode(audio=0) for made in to_mono.resample(frame)]
    return np.concatenate([frame.to_ndarray()[0] for frame in frames])


def silence(seconds: float) -> NDArray[np.float32]:
    return np.zeros(int(seconds * RATE), np.float32)


def encoded(
    samples: NDArray[np.float32],
    media_format: MediaFormat,
    *,
    rate: int = 48_000,
    layout: str = "mono",
    codec: str = "",
    container: str = "",
    live: bool = False,
) -> bytes:
    """The samples (``RATE`` per second) in a container of that format.

    With ``live``, WebM and MP4 are written as a browser's MediaRecorder writes them: while it records, so that no
    header has the duration.
    """
    import av

    to_codec = av.AudioResampler(format="s16", layout=layout, rate=rate)
    written = io.BytesIO()
    as_it_goes = {"movflags": "frag_keyframe+empty_moov"} if media_format == "mp4" else {"live": "1"}
    options = as_it_goes if live else {}
    with av.open(written, "w", format=container or media_format, options=options) as output:
        stream = output.add_stream(codec or _CODECS[media_format], rate=rate, layout=layout)
        fifo = av.AudioFifo()
        for first in range(0, len(samples), RATE):
            frame = av.AudioFrame.from_ndarray(
                samples[None, first : first + RATE], format="flt", layout="mono"
            )
            frame.sample_rate = RATE
            for made in to_codec.resample(frame):
                made.pts = None
                fifo.write(made)
        for made in to_codec.resample(None):
            made.pts = None
            fifo.write(made)
        while fifo.samples:
            size = stream.codec_context.frame_size or 960
            for packet in stream.encode(fifo.read(min(size, fifo.samples))):
                output.mux(packet)
        for packet in stream.encode(None):
            output.mux(packet)
    return written.getvalue()

"""Writes the recordings in demo/speech: answers about Newton's laws, in the words of the course notes.

Run ``python -m demo.write_speech`` after a change here. The voice is Flite's ``slt``, which is understood better than
espeak's voice (``apt-get install flite``). The encoding is Opus at 24 kbit/s in Ogg; writing it needs the packages of
``requirements-voice.txt``. ``transcripts.json`` holds the text of each recording, in the form that benchmarks.voice
reads.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent / "speech"

SPOKEN = {
    "first-law": (
        "Without a net force, a body at rest stays at rest, and a body in motion keeps moving in a straight line "
        "at constant speed. This tendency is called inertia."
    ),
    "second-law": (
        "The net force on a body equals its mass times its acceleration. The acceleration points in the direction "
        "of the net force."
    ),
    "third-law": (
        "Whenever one body exerts a force on a second body, the second exerts a force of equal size and opposite "
        "direction on the first. They act on different bodies, so they never cancel each other."
    ),
    "friction": (
        "Static friction keeps a body from starting to slide. Kinetic friction acts on a body that slides, and it "
        "does not depend on the speed."
    ),
}


def write_opus(wav: Path, path: Path) -> None:
    import av

    with av.open(str(wav)) as spoken, av.open(str(path), "w", format="ogg") as written:
        stream = written.add_stream("libopus", rate=16_000, layout="mono")
        stream.bit_rate = 24_000
        for frame in spoken.decode(audio=0):
            written.mux(stream.encode(frame))
        written.mux(stream.encode(None))


def main() -> int:
    flite = shutil.which("flite")
    if flite is None:
        print("Flite is not installed.")
        return 1
    FOLDER.mkdir(exist_ok=True)
    listed = []
    for name, text in SPOKEN.items():
        with tempfile.TemporaryDirectory() as scratch:
            wav = Path(scratch, "spoken.wav")
            subprocess.run([flite, "-voice", "slt", "-t", text, "-o", str(wav)], check=True)
            write_opus(wav, FOLDER / f"{name}.ogg")
        listed.append({"file": f"{name}.ogg", "text": text})
    (FOLDER / "transcripts.json").write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

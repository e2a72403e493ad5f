"""The voice interview in a real browser: demo/voice.html has nothing but WebSocket, MediaRecorder and fetch."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from demo.play import DOCUMENTS, PROJECT, Person, running_server, token_of
from tests.support.browser import needs_browser, running_browser
from tests.support.sounds import RATE, encoded, needs_voice, samples_of, silence, spoken

PATIENCE_SECONDS = 180


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Print nothing between the output of the tests."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve the folder's files on a free port of this machine. The result is the origin of its pages."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def until(is_so: Callable[[], bool], told: Callable[[], str]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, told()
        time.sleep(0.1)


@pytest.mark.browser
@needs_voice
@needs_browser
def test_a_discarded_recording_is_ignored_and_the_second_one_is_judged(tmp_path: Path) -> None:
    """The first recording is discarded in the middle. Only the second one is judged, and they are not mixed."""
    sound = np.concatenate([silence(0.5), samples_of(spoken("second-law")), silence(1)])
    microphone = tmp_path / "microphone.wav"
    microphone.write_bytes(encoded(sound, "wav"))
    flags = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}",
    ]
    with (
        serving(PROJECT / "demo") as origin,
        running_server(tmp_path / "data", LYCEUM_ALLOWED_ORIGINS=origin) as server,
        running_browser(tmp_path / "profile", *flags) as page,
    ):
        ada = Person(server.url, token_of("ada", server))
        ada.upload(DOCUMENTS / "newtons-laws.pdf", "physics_101")

        def status() -> str:
            return page.text("body")

        def recorded_seconds() -> int:
            return int(page.text("#recorded").split(" ")[0] or 0)

        page.open(f"{origin}/voice.html")
        page.type("#api", server.url)
        page.type("#ws", server.ws_url)
        page.type("#token", ada.token)
        page.type("#topic", "the second law")
        page.click("#start")
        until(lambda: page.is_enabled("#answer"), status)
        page.click("#answer")
        until(lambda: recorded_seconds() > 2, status)
        given_up = page.run("return answer.recording_id")
        page.click("#again")
        until(lambda: page.text("#status") == "thrown away", status)
        page.click("#answer")
        until(lambda: recorded_seconds() > len(sound) / RATE, status)
        assert page.run("return answer.recording_id") != given_up
        page.click("#done")
        until(lambda: page.text("#turns") != "", status)
        assert "mass times its acceleration" in page.text("#turns")
        (interview,) = ada.send("GET", "/api/interviews")["items"]
        (first, *_) = ada.send("GET", f"/api/interviews/{interview['session_id']}")["turns"]
        told = page.text("#turns")
        for fact in first["facts"]:
            if fact["fact"] is not None:
                assert fact["fact"] in told
                assert f"(newtons-laws.pdf, page {fact['citation']['page']})" in told
        assert any(fact["citation"] for fact in first["facts"])


@pytest.mark.browser
@needs_voice
@needs_browser
def test_a_page_holds_an_interview_with_nothing_but_websocket_and_mediarecorder(tmp_path: Path) -> None:
    """A microphone that plays a demo recording; in the middle of the answer the connection breaks."""
    voice = samples_of(spoken("second-law"))
    sound = np.concatenate([silence(0.5), voice, silence(1)])
    microphone = tmp_path / "microphone.wav"
    microphone.write_bytes(encoded(sound, "wav"))
    flags = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}%noloop",
    ]
    with (
        serving(PROJECT / "demo") as origin,
        running_server(tmp_path / "data", LYCEUM_ALLOWED_ORIGINS=origin) as server,
        running_browser(tmp_path / "profile", *flags) as page,
    ):
        ada = Person(server.url, token_of("ada", server))
        ada.upload(DOCUMENTS / "newtons-laws.pdf", "physics_101")

        def status() -> str:
            return page.text("body")

        def recorded_seconds() -> int:
            return int(page.text("#recorded").split(" ")[0] or 0)

        page.open(f"{origin}/voice.html")
        page.type("#api", server.url)
        page.type("#ws", server.ws_url)
        page.type("#token", ada.token)
        page.type("#topic", "the second law")
        page.click("#start")
        until(lambda: page.is_enabled("#answer"), status)
        question = page.text("#question")
        page.click("#answer")
        until(lambda: page.text("#partial") != "", status)
        page.run("socket.close()")
        until(lambda: page.text("#status").startswith("resumed"), status)
        until(lambda: recorded_seconds() > len(sound) / RATE, status)
        page.click("#done")
        until(lambda: page.text("#turns") != "", status)
        assert "mass times its acceleration" in page.text("#turns")
        assert page.text("#question") != question
        page.click("#end")
        until(lambda: page.text("#summary") != "", status)
        (interview,) = ada.send("GET", "/api/interviews")["items"]
        (first, *_) = ada.send("GET", f"/api/interviews/{interview['session_id']}")["turns"]
        assert first["question"] == question
        assert page.text("#turns").startswith(first["transcription"])
        assert f"({first['score']:g} of 100)" in page.text("#turns")

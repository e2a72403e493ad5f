"""A browser without a window, controlled over WebDriver's HTTP protocol (W3C, "WebDriver")."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.play import free_ports, wait_until_it_answers

PATIENCE_SECONDS = 180
_CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
_DRIVER = shutil.which("chromedriver")

needs_browser = pytest.mark.skipif(
    _CHROMIUM is None or _DRIVER is None, reason="Chromium and chromedriver are not installed"
)

_ALONE = [
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""Flags with which the browser draws nothing, and requests only what the page requests."""


class Browser:
    """A page of the browser. ``find`` takes a CSS selector."""

    def __init__(self, session: httpx.Client) -> None:
        self._session = session

    def open(self, url: str) -> None:
        self._post("/url", {"url": url})

    def text(self, selector: str) -> str:
        return str(self._get(f"{self._element(selector)}/text"))

    def is_enabled(self, selector: str) -> bool:
        return bool(self._get(f"{self._element(selector)}/enabled"))

    def type(self, selector: str, text: str) -> None:
        """Replace the text of the element."""
        element = self._element(selector)
        self._post(f"{element}/clear", {})
        self._post(f"{element}/value", {"text": text})

    def click(self, selector: str) -> None:
        self._post(f"{self._element(selector)}/click", {})

    def run(self, script: str) -> Any:
        return self._post("/execute/sync", {"script": script, "args": []})

    def _element(self, selector: str) -> str:
        found = self._post("/element", {"using": "css selector", "value": selector})
        (element,) = found.values()
        return f"/element/{element}"

    def _get(self, path: str) -> Any:
        return _value(self._session.get(path))

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        return _value(self._session.post(path, json=body))


def _value(answer: httpx.Response) -> Any:
    value = answer.json()["value"]
    if answer.is_error:
        raise RuntimeError(f"{value['error']}: {value['message']}")
    return value


@contextmanager
def running_browser(profile: Path, *flags: str) -> Iterator[Browser]:
    """Chromium with an empty profile in the folder, and with further flags."""
    assert _CHROMIUM is not None
    assert _DRIVER is not None
    (port,) = free_ports(1)
    arguments = [*_ALONE, f"--user-data-dir={profile}", *flags]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium does not start as root without this flag
    options = {"binary": _CHROMIUM, "args": arguments}
    driver = subprocess.Popen(
        [_DRIVER, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_it_answers(f"{url}/status")
        with httpx.Client(base_url=url, timeout=PATIENCE_SECONDS, trust_env=False) as client:
            wanted = {"browserName": "chrome", "goog:chromeOptions": options}
            begun = _value(client.post("/session", json={"capabilities": {"alwaysMatch": wanted}}))
            session = f"{url}/session/{begun['sessionId']}"
            client.base_url = session
            try:
                yield Browser(client)
            finally:
                _value(client.delete(session))
    finally:
        driver.terminate()
        driver.wait(timeout=PATIENCE_SECONDS)

"""What Lambda's SnapStart keeps of a function: its imports and clients.

Lambda takes the snapshot after the import of app.py, and starts each instance from it. What a first request would
import and build then costs nothing. Secrets, connections and randomness must not be in a snapshot, which all instances
share: after each start, before the first request, secrets are read, the connections that every request needs are opened,
and randomness is renewed. Other connections are opened by the first call that needs them.
"""

from __future__ import annotations

import gc
import os
import pkgutil
import random
from collections.abc import Iterator
from importlib import import_module

from chalice.app import Chalice
from snapshot_restore_py import register_after_restore

from chalicelib.composition.lazily import lazy
from chalicelib.composition.profiles.aws.adapters import AwsAdapters
from chalicelib.composition.services import Services
from chalicelib.rehearsal import answer_health, rehearse
from ports.errors import Unavailable

_OURS = ("adapters", "chalicelib", "domain", "ports")
_OF_OTHER_PROFILES = (
    "adapters.local",
    "adapters.openai_compatible",
    "chalicelib.composition.profiles.local",
    "chalicelib.composition.profiles.memory",
    "chalicelib.start_checks",
)
_OF_ANOTHER_PROCESS = ("adapters.extractors.pdfium_process",)
_ON_FIRST_USE = (
    "_strptime",
    "cryptography.hazmat.backends.openssl.backend",
    "cryptography.hazmat.primitives.asymmetric.ec",
    "difflib",
    "docx",
    "encodings.cp437",
    "encodings.idna",
    "fsrs",
    "genanki",
    "httpx",
    "jwt",
    "lxml.etree",
    "lxml.html",
    "multipart",
    "orjson",
    "pinecone.index",
    "postgrest",
    "pypdf",
)
"""What our functions import when they first need it."""


def prepare(services: Services, app: Chalice) -> None:
    """Import and build everything that requests need, on the aws profile. Reads no secret and opens no connection.

    What is registered for the start of an instance does that.
    """
    adapters = services.adapters
    if not isinstance(adapters, AwsAdapters):
        return
    for name in (*_our_modules(), *_ON_FIRST_USE):
        import_module(name)
    _build(adapters)
    _build(services)
    adapters.clients()
    rehearse(services.settings, adapters)
    register_after_restore(random.seed)
    handler = os.environ.get("_HANDLER", "")
    register_after_restore(adapters.after_restore, handler)
    if handler == "app.app":
        # The memory of a snapshot is loaded when it is first used: so that is not within a request.
        register_after_restore(answer_health, app)
    # What is there now stays: collections need not look through it, nor copy its pages.
    gc.collect()
    gc.freeze()


def _our_modules() -> Iterator[str]:
    without = (*_OF_OTHER_PROFILES, *_OF_ANOTHER_PROCESS)
    for package in _OURS:
        for found in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
            if not found.name.startswith(without):
                yield found.name


def _build(owner: object) -> None:
    """Build the lazy attributes, but those whose settings are missing."""
    for kind in type(owner).__mro__:
        for name, attribute in vars(kind).items():
            if isinstance(attribute, lazy):
                try:
                    getattr(owner, name)
                except Unavailable:
                    continue

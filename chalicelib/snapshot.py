"""Prepares a function for Lambda's SnapStart: its imports and clients are in the snapshot.

Lambda takes the snapshot after the import of app.py, and starts each instance from it. So the first request need not
import or build anything. All instances share the snapshot, so it must contain no secrets, connections or random state.
After each start, before the first request, the function reads the secrets, opens the connections that every request
needs, and renews the random state. Other connections are opened by the first call that needs them.
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
from ports.text.regexes import compile_all

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
"""The libraries that our functions import only when they first need them."""


def prepare(services: Services, app: Chalice) -> None:
    """Import and build everything that requests need, on the aws profile. Reads no secret and opens no connection; it
    registers functions that do so when an instance starts.
    """
    adapters = services.adapters
    if not isinstance(adapters, AwsAdapters):
        return
    for name in (*_our_modules(), *_ON_FIRST_USE):
        import_module(name)
    compile_all()
    _build(adapters)
    _build(services)
    adapters.clients()
    rehearse(services.settings, adapters)
    register_after_restore(random.seed)
    handler = os.environ.get("_HANDLER", "")
    register_after_restore(adapters.after_restore, handler)
    if handler == "app.app":
        # An instance loads a page of the snapshot's memory when it is first used. A health request loads most of them
        # before the first real request.
        register_after_restore(answer_health, app)
    # All present objects stay for the life of the instance. If they are frozen, the garbage collector neither scans
    # them nor copies their pages.
    gc.collect()
    gc.freeze()


def _our_modules() -> Iterator[str]:
    without = (*_OF_OTHER_PROFILES, *_OF_ANOTHER_PROCESS)
    for package in _OURS:
        for found in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
            if not found.name.startswith(without):
                yield found.name


def _build(owner: object) -> None:
    """Build all lazy attributes of ``owner``, except those whose settings are missing."""
    for kind in type(owner).__mro__:
        for name, attribute in vars(kind).items():
            if isinstance(attribute, lazy):
                try:
                    getattr(owner, name)
                except Unavailable:
                    continue

"""Validates with 1EdTech's schemas of QTI 3.0, if a folder on the machine has them. The schemas may not be passed on,
so the project does not contain them.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from adapters.qti.names import MANIFEST

ITEMS = (
    "imsqti_asiv3p0p1_v1p0.xsd",
    "imsqti_asiv3p0_v1p0.xsd",
    "imsqti_asiv3p0_sbacv1p0_v1p0.xsd",
)
"""The names of the schema of items and tests, in its versions. The last is the profile for Smarter Balanced: it has the
same elements, and allows no others.
"""
PACKAGE = ("imsqtiv3p0_imscpv1p2_v1p0.xsd",)


class QtiSchemas:
    """``names`` are the files of the two schemas."""

    def __init__(self, items: Path, package: Path) -> None:
        self.names = (items.name, package.name)
        self._items, self._package = (etree.XMLSchema(etree.parse(str(path))) for path in (items, package))

    def faults(self, package: bytes) -> dict[str, str]:
        """The files of the package that are not valid, each with the reason."""
        found = {}
        for name, content in files_of(package).items():
            schema: Any = self._package if name == MANIFEST else self._items
            if not schema.validate(etree.fromstring(content).getroottree()):
                found[name] = str(schema.error_log.last_error)
        return found


def files_of(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def schemas_in(folder: Path) -> QtiSchemas | None:
    """The schemas in the folder or below it; None if one of the two is missing."""
    found = [
        next((path for name in names for path in sorted(folder.rglob(name))), None)
        for names in (ITEMS, PACKAGE)
    ]
    items, package = found
    return None if items is None or package is None else QtiSchemas(items, package)

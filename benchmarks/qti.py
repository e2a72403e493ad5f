"""Validates the QTI 3.0 that Lyceum writes against 1EdTech's own schemas.

    python -m benchmarks.qti FOLDER

``FOLDER`` has the schemas as 1EdTech publishes them (https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/), with what they
import. They may not be passed on, so they are not here. If the schema of all items is not in the folder, that of the
profile for Smarter Balanced is taken: it has the same elements, and allows no more. 20 items of each kind, one package each.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from adapters.qti.package import QtiPackages
from tests.contracts.item_package.test_item_package import KINDS, sample

_ITEMS = ("imsqti_asiv3p0_v1p0.xsd", "imsqti_asiv3p0_sbacv1p0_v1p0.xsd")
_PACKAGE = ("imsqtiv3p0_imscpv1p2_v1p0.xsd",)
_EACH = 20


def main(folder: Path) -> int:
    items, package = (_schema(folder, names) for names in (_ITEMS, _PACKAGE))
    if items is None or package is None:
        print(f"{folder} has none of the schemas: nothing was validated")
        return 1
    wrong = files = 0
    for kind in KINDS:
        content = QtiPackages().written("A quiz", [sample(kind, number) for number in range(_EACH)])
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                schema = package if name == "imsmanifest.xml" else items
                files += 1
                if not schema.validate(etree.fromstring(archive.read(name)).getroottree()):
                    wrong += 1
                    print(f"{kind}: {name}: {schema.error_log.last_error}")
    print(f"{files} files of {_EACH} items of {len(KINDS)} kinds, {wrong} invalid")
    return int(wrong > 0)


def _schema(folder: Path, names: tuple[str, ...]) -> Any:
    """The first of the schemas that is in the folder, or None."""
    for name in names:
        for path in sorted(folder.rglob(name)):
            print(f"schema: {path.name}")
            return etree.XMLSchema(etree.parse(str(path)))
    return None


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))

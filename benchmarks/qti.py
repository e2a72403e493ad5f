"""Validates the QTI 3.0 files that Lyceum writes with 1EdTech's own schemas.

    python -m benchmarks.qti FOLDER

``FOLDER`` has the schemas as 1EdTech publishes them (https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/), with the
schemas that they import. They may not be passed on, so the project does not contain them. It validates one package for
each kind of item, with 20 items each.
"""

from __future__ import annotations

import sys
from pathlib import Path

from adapters.qti.package import QtiPackages
from tests.contracts.item_package.test_item_package import KINDS, sample
from tests.support.qti_schema import files_of, schemas_in

_EACH = 20


def main(folder: Path) -> int:
    schemas = schemas_in(folder)
    if schemas is None:
        print(f"{folder} has none of the schemas: nothing was validated")
        return 1
    print(f"schemas: {', '.join(schemas.names)}")
    wrong = files = 0
    for kind in KINDS:
        content = QtiPackages().written("A quiz", [sample(kind, number) for number in range(_EACH)])
        files += len(files_of(content))
        faults = schemas.faults(content)
        wrong += len(faults)
        for name, why in faults.items():
            print(f"{kind}: {name}: {why}")
    print(f"{files} files of {_EACH} items of {len(KINDS)} kinds, {wrong} invalid")
    return int(wrong > 0)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))

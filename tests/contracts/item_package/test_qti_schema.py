"""The QTI 3.0 that Lyceum writes is valid according to 1EdTech's own schemas, if they are available.

1EdTech does not allow passing them on. ``QTI_SCHEMAS`` names a folder with them; docs/bank.md says how to get them.
Without them, ``tests/support/qti_structure.py`` checks the same elements, orders and attributes.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from adapters.qti.names import MANIFEST
from adapters.qti.package import QtiPackages
from ports.agent import QuestionKind
from ports.item_package import Draw
from tests.contracts.item_package.test_item_package import KINDS, sample
from tests.support.qti_schema import QtiSchemas, schemas_in

FOLDER = os.environ.get("QTI_SCHEMAS", "")
pytestmark = pytest.mark.skipif(
    not FOLDER, reason="QTI_SCHEMAS names no folder with 1EdTech's schemas, which may not be passed on"
)


@pytest.fixture(scope="module")
def schemas() -> QtiSchemas:
    found = schemas_in(Path(FOLDER))
    assert found is not None, f"{FOLDER} has not both schemas"
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_twenty_items_of_each_kind_are_valid(schemas: QtiSchemas, kind: QuestionKind) -> None:
    content = QtiPackages().written("A quiz", [sample(kind, number) for number in range(20)])
    assert schemas.faults(content) == {}


def test_a_quiz_that_draws_is_valid(schemas: QtiSchemas) -> None:
    items = [sample("multiple_choice", number) for number in range(3)]
    draws = [Draw(1, ("0", "1")), Draw(1, ("1", "2"))]
    assert schemas.faults(QtiPackages().written("A quiz", items, draws)) == {}


def test_the_schemas_refuse_what_breaks_them(schemas: QtiSchemas) -> None:
    content = QtiPackages().written("A quiz", [sample("multiple_choice", 1)])
    broken = BytesIO()
    with ZipFile(BytesIO(content)) as whole, ZipFile(broken, "w") as other:
        for name in whole.namelist():
            other.writestr(name, whole.read(name).replace(b"identifier=", b"identification="))
    assert len(schemas.faults(broken.getvalue())) == len(ZipFile(broken).namelist())
    assert MANIFEST in schemas.faults(broken.getvalue())

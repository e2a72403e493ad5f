"""The demo school: its people, and the tokens that the laptop mints for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.lazily import lazy
from chalicelib.composition.profiles.local.common import LocalCommon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.local.stores.school import LocalTokens
    from ports.directory import Directory, Person


class LocalSchool(LocalCommon):
    @lazy
    def identity(self) -> LocalTokens:
        from adapters.local.stores.school import LocalTokens

        return LocalTokens(self._secret, self.clock)

    @lazy
    def directory(self) -> Directory:
        from adapters.local.stores.school import SQLiteDirectory
        from chalicelib.composition.demo_school import LAPTOP_SCHOOL

        return SQLiteDirectory(self._settings.data / "school.sqlite", LAPTOP_SCHOOL)

    def demo_people(self) -> Sequence[Person]:
        """The people for whom the laptop mints a token without a password."""
        from chalicelib.composition.demo_school import LAPTOP_SCHOOL

        return LAPTOP_SCHOOL.people

"""The demo school: its people, and the tokens that the laptop mints for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.lazily import lazy
from chalicelib.composition.profiles.local.common import LocalCommon

if TYPE_CHECKING:
    from adapters.local.stores.school import LocalTokens
    from ports.directory import Directory


class LocalSchool(LocalCommon):
    @lazy
    def identity(self) -> LocalTokens:
        from adapters.local.stores.school import LocalTokens

        return LocalTokens(self._secret, self.clock)

    @lazy
    def directory(self) -> Directory:
        from adapters.local.stores.school import SQLiteDirectory
        from chalicelib.composition.demo_school import DEMO_SCHOOL

        return SQLiteDirectory(self._settings.data / "school.sqlite", DEMO_SCHOOL)

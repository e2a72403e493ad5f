"""Access: who makes a request, and what this person may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.common import CommonServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.access.admission import Admission
    from domain.access.subjects import Subjects
    from domain.access.teaching import Teaching


class AccessServices(CommonServices):
    @lazy
    def admission(self) -> Admission:
        from domain.access.admission import Admission

        return Admission(self.ports.identity, self.ports.directory)

    @lazy
    def subjects(self) -> Subjects:
        from domain.access.subjects import Subjects

        return Subjects(self.ports.directory)

    @lazy
    def teaching(self) -> Teaching:
        from domain.access.teaching import Teaching

        return Teaching(self.ports.directory)

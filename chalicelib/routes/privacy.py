"""A learner's own data: to have all of it, or to erase it."""

from __future__ import annotations

from typing import Any

import msgspec

from chalicelib.http import Api, Call, NoBody


class ExportAnswer(msgspec.Struct):
    """``export``, or where to download it as JSON if it is too large for an answer."""

    export: dict[str, Any] | None
    download_url: str | None
    expires_in: int | None


class ErasureAnswer(msgspec.Struct):
    """``erased`` counts what was removed, by kind."""

    erased: dict[str, int]


def register(api: Api) -> None:
    @api.route("GET", "/api/me/export", answers=ExportAnswer)
    def export_data(call: Call[NoBody, NoBody]) -> ExportAnswer:
        """Everything held about the learner."""
        export = call.services.exporting.export(call.learner, call.new_id())
        return ExportAnswer(export.content, export.download_url, export.expires_in)

    @api.route("DELETE", "/api/me/data", answers=ErasureAnswer)
    def erase_data(call: Call[NoBody, NoBody]) -> ErasureAnswer:
        """Erase everything held about the learner."""
        return ErasureAnswer(call.services.erasing.erase(call.learner))

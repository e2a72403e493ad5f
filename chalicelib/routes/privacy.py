"""What a learner may ask about their own data: all of it, or that it go."""

from __future__ import annotations

from typing import Any

import msgspec

from chalicelib.http import Api, Call, NoBody


class ExportAnswer(msgspec.Struct):
    """``export`` itself or, where it is too large for an answer, where to download it as JSON."""

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
        export = call.services.privacy.export(call.learner, call.new_id())
        return ExportAnswer(export.content, export.download_url, export.expires_in)

    @api.route("DELETE", "/api/me/data", answers=ErasureAnswer)
    def erase_data(call: Call[NoBody, NoBody]) -> ErasureAnswer:
        """Erase everything held about the learner."""
        return ErasureAnswer(call.services.privacy.erase(call.learner))

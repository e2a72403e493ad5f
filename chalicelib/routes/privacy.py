"""Routes of personal data: export and erasure."""

from __future__ import annotations

from typing import Any

import msgspec

from chalicelib.http import Api, Call, NoBody


class ExportAnswer(msgspec.Struct):
    """``export`` is the data itself. If it is too large for a response, a link to download it as JSON replaces it.

    ``expires_in`` is in seconds.
    """

    export: dict[str, Any] | None
    download_url: str | None
    expires_in: int | None


class ErasureAnswer(msgspec.Struct):
    """``erased`` says how many things of each kind were removed."""

    erased: dict[str, int]


def register(api: Api) -> None:
    @api.route("GET", "/api/me/export", answers=ExportAnswer, reaches=("key_value_store", "object_store"))
    def export_data(call: Call[NoBody, NoBody]) -> ExportAnswer:
        """Everything that is stored about the learner."""
        export = call.services.exporting.export(call.learner, call.new_id())
        return ExportAnswer(export.content, export.download_url, export.expires_in)

    @api.route(
        "DELETE",
        "/api/me/data",
        answers=ErasureAnswer,
        reaches=("key_value_store", "knowledge_base", "object_store", "vector_store"),
    )
    def erase_data(call: Call[NoBody, NoBody]) -> ErasureAnswer:
        """Erase everything that is stored about the learner."""
        return ErasureAnswer(call.services.erasing.erase(call.learner))

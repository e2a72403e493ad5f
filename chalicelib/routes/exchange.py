"""Routes that export and import a class's items as files, and export its answers."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.http import Api, Call, NoBody, Raw, Refusals
from chalicelib.routes.bank import ITEMS, ItemBody, Statuses, item_body, statuses_of
from chalicelib.schemas import Cursor
from domain.base.errors import InvalidRequest

_ZIP, _CSV, _JSON = "application/zip", "text/csv", "application/json"
_MAX_STATEMENTS = 1000
_NOT_ASSIGNED: Refusals = {
    "assigned_quiz_not_found": (404, "No quiz of the bank is assigned in the assignment.")
}


class ItemFile(msgspec.Struct, frozen=True):
    """``qti`` is a QTI 3.0 package with the items and a quiz that asks them. ``csv`` has one item per line."""

    format: Annotated[Literal["qti", "csv"], Meta(description="The format of the file.")] = "qti"
    status: Statuses | None = None


class ImportForm(msgspec.Struct, forbid_unknown_fields=True):
    """The form's part ``file`` is a QTI 3.0 package, a QTI 3.0 item, or a CSV file."""


class RefusedItem(msgspec.Struct):
    name: Annotated[str, Meta(description="The file or line of the item.")]
    code: Annotated[str, Meta(description="Why the item was not read.")]
    field: Annotated[str | None, Meta(description="Of an `invalid_item`, what is wrong; else null.")]
    message: Annotated[str, Meta(description="The same for people.")]


class ImportedItems(msgspec.Struct):
    """Each item of the file is either in ``items``, as a draft, or in ``refused``, with the reason."""

    items: Annotated[list[ItemBody], Meta(description="The drafts that were made.")]
    refused: list[RefusedItem]


class StatementQuery(msgspec.Struct, frozen=True):
    limit: Annotated[int, Meta(ge=1, le=_MAX_STATEMENTS)] = _MAX_STATEMENTS
    cursor: Cursor | None = None


def register(api: Api) -> None:
    @api.route(
        "GET",
        ITEMS + "/export",
        query=ItemFile,
        answers=None,
        files=(_ZIP, _CSV),
    )
    def export_items(call: Call[NoBody, ItemFile], subject_id: str) -> Raw:
        """The class's items as a file: a QTI 3.0 package, or CSV.

        Without ``status``, the items that learners can be asked, in their approved versions. With it, the newest
        versions.
        """
        statuses = statuses_of(call.query.status) if call.query.status else ()
        exchange = call.services.exchange
        if call.query.format == "csv":
            sheet = exchange.sheet(call.learner, subject_id, statuses)
            return _file(sheet, f"{_CSV}; charset=utf-8", "items.csv")
        return _file(exchange.package(call.learner, subject_id, statuses), _ZIP, "items.zip")

    @api.route(
        "POST",
        ITEMS + "/import",
        form=ImportForm,
        answers=ImportedItems,
        reaches=("embedder", "key_value_store", "vector_store"),
        creates=True,
        refuses={
            "invalid_request": (400, "The form needs exactly one file, in the field `file`."),
            "too_large": (413, "The file is larger than a file of items may be."),
            "corrupt": (422, "The file is damaged, or it is not a file of items."),
            "encrypted": (422, "The file is encrypted."),
            "no_items": (422, "There is no item in the file."),
        },
    )
    def import_items(call: Call[ImportForm, NoBody], subject_id: str) -> ImportedItems:
        """Import the items of a file (a QTI 3.0 package or item, or CSV) as drafts, or refuse each with a reason."""
        if call.form is None:
            call.services.teaching.subject(call.learner, subject_id)
            raise InvalidRequest("malformed_form", "The body is not multipart/form-data.")
        found = call.services.exchange.import_file(call.learner, subject_id, call.form.data, call.new_id())
        return ImportedItems(
            [item_body(item) for item in found.items],
            [RefusedItem(one.name, one.problem, one.field, one.message) for one in found.refused],
        )

    @api.route(
        "GET",
        "/api/teacher/subjects/{subject_id}/assignments/{assignment_id}/quiz/export",
        answers=None,
        files=(_ZIP,),
        refuses=_NOT_ASSIGNED,
    )
    def export_assigned_quiz(call: Call[NoBody, NoBody], subject_id: str, assignment_id: str) -> Raw:
        """An assigned quiz as a QTI 3.0 package."""
        content = call.services.exchange.assigned_package(call.learner, subject_id, assignment_id)
        return _file(content, _ZIP, "quiz.zip")

    @api.route(
        "GET",
        "/api/teacher/subjects/{subject_id}/assignments/{assignment_id}/quiz/statements",
        query=StatementQuery,
        answers=None,
        files=(_JSON,),
        refuses=_NOT_ASSIGNED,
    )
    def export_statements(call: Call[NoBody, StatementQuery], subject_id: str, assignment_id: str) -> Raw:
        """The answers to an assigned quiz as xAPI statements. Their actors are pseudonyms.

        The response is `{"statements": […], "next_cursor": …}`.
        """
        statements, cursor = call.services.answer_statements.page(
            call.learner, subject_id, assignment_id, limit=call.query.limit, cursor=call.query.cursor
        )
        body = msgspec.json.encode({"statements": statements, "next_cursor": cursor}).decode()
        return _file(body, _JSON, "statements.json")


def _file(content: bytes | str, content_type: str, name: str) -> Raw:
    headers = {"Content-Type": content_type, "Content-Disposition": f'attachment; filename="{name}"'}
    return Raw(200, content, headers)

"""Moments in the text form of the API and the tables: RFC 3339, UTC, milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def to_text(moment: datetime) -> str:
    """The moment as ``2026-01-15T10:30:00.000Z``. The width is fixed, so that the order of texts is the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def from_text(text: str) -> datetime:
    """The moment that ``to_text`` has written."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def after(moment: datetime, seconds: float) -> datetime:
    """The moment ``seconds`` later."""
    return moment + timedelta(seconds=seconds)


def to_epoch(moment: datetime) -> int:
    """Whole seconds since 1970, for a table's time-to-live."""
    return int(moment.timestamp())

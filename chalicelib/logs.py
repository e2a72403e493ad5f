"""Structured logs: one JSON object per line, without personal data.

A line has the name of an event and the fields that were given as ``extra``. For an exception it has the class and the
line of code that raised it. It never has the exception's text, because that may quote a document or a message.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback

from chalicelib.metrics import embedded

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Formats records as JSON. If ``stage`` is given, lines with metrics carry the metadata that CloudWatch needs."""

    def __init__(self, stage: str | None = None) -> None:
        super().__init__()
        self._stage = stage

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {"level": record.levelname.lower(), "event": record.getMessage()}
        line |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if self._stage is not None:
            line |= embedded(record.getMessage(), line, self._stage, record.created)
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__qualname__
            line["raised_at"] = [
                f"{frame.filename.rpartition('/')[2]}:{frame.lineno}:{frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])[-6:]
            ]
        return json.dumps(line, ensure_ascii=False, default=str)


def configure_logging(stage: str | None = None, level: int = logging.INFO) -> None:
    """Write the log lines of the ``lyceum`` loggers to standard error. Repeated calls have no effect."""
    logger = logging.getLogger("lyceum")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines(stage))
        logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = False

"""Jupyter notebooks: the cells in order. Text cells are Markdown; each code cell is followed by its output."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from adapters.extractors.budget import Budget
from adapters.extractors.cleaning import clean, is_blank
from adapters.extractors.encodings import decode
from adapters.extractors.text import headings_of, not_a_binary
from adapters.extractors.titles import sensible_title
from ports.text_extractor import Extraction, Heading, PageText, UnreadableDocument

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_LONGEST_OUTPUT = 20_000
"""The most characters of one cell's output that are kept. Longer outputs are logs."""


def read_notebook(content: bytes, budget: Budget) -> Extraction:
    # A file has at most four bytes per character in every encoding. Pictures in the outputs are not counted as text.
    text = decode(not_a_binary(content))
    try:
        notebook = json.loads(text)
    except RecursionError as error:
        raise UnreadableDocument("decompression_bomb") from error
    except ValueError as error:
        is_json = text.lstrip()[:1] == "{"
        raise UnreadableDocument("corrupt" if is_json else "type_mismatch") from error
    if not isinstance(notebook, dict) or not ("cells" in notebook or "worksheets" in notebook):
        raise UnreadableDocument("type_mismatch")
    parts: list[str] = []
    headings: list[Heading] = []
    length = 0
    for kind, written in _cells(notebook):
        budget.check_time()
        text = clean(written).strip("\n")
        if is_blank(text):
            continue
        if kind == "markdown":
            headings += [
                Heading(length + found.start, found.text, found.level)
                for found in headings_of(text, first_page=not parts)
            ]
        parts.append(text)
        length += len(text) + 2
        budget.check_characters(length)
    if not parts:
        raise UnreadableDocument("no_text")
    page = PageText(1, "\n\n".join(parts), tuple(headings))
    metadata = notebook.get("metadata")
    title = metadata.get("title") if isinstance(metadata, dict) else None
    if not isinstance(title, str):
        title = headings[0].text if headings and headings[0].level == 1 else None
    return Extraction(1, iter((page,)), sensible_title(title), has_pages=False)


def _cells(notebook: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The kind and the text of each cell and of each output."""
    sheets = [notebook, *_dictionaries(notebook.get("worksheets"))]  # notebooks before 2015 have worksheets
    for sheet in sheets:
        for cell in _dictionaries(sheet.get("cells")):
            kind = str(cell.get("cell_type"))
            source = _joined(cell.get("source", cell.get("input")))
            if kind == "heading":
                level = cell.get("level")
                marks = "#" * (level if isinstance(level, int) and 1 <= level <= 6 else 1)
                yield "markdown", f"{marks} {' '.join(source.split())}"
            else:
                yield kind, source
            for output in _dictionaries(cell.get("outputs")):
                yield "output", _COLOURS.sub("", _output(output))[:_LONGEST_OUTPUT]


def _output(output: dict[str, Any]) -> str:
    data = output.get("data")
    if isinstance(data, dict):
        shown = data.get("text/markdown", data.get("text/plain"))
    elif output.get("output_type") in ("error", "pyerr"):
        shown = f"{output.get('ename')}: {output.get('evalue')}"
    else:
        shown = output.get("text")
    return _joined(shown)


def _joined(source: Any) -> str:
    """The text, which a notebook stores as a string or as a list of lines."""
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _dictionaries(value: Any) -> Iterator[dict[str, Any]]:
    return (each for each in (value if isinstance(value, list) else ()) if isinstance(each, dict))

"""Makes small documents of the formats that schools use, part by part."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_SLIDE_NAMES = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    f'xmlns:a="{_DRAWING}" xmlns:r="{OFFICE}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
_SHEET_NAMES = f'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{OFFICE}"'
_HIDDEN = ' state="hidden"'
_OPEN_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "table", "draw", "presentation", "style", "meta")
) + (' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"')


def packed(parts: dict[str, str | bytes]) -> bytes:
    """A zip file of the parts."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return written.getvalue()


def relations(*targets: tuple[str, str]) -> str:
    """A ``.rels`` part of an Office file. ``targets`` are its relationships (kind, path); their ids are rId1, rId2 …"""
    inside = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_RELATIONSHIPS}">{inside}</Relationships>'


def shape(*paragraphs: str, placeholder: str | None = None) -> str:
    """A shape of a slide. A paragraph without markup becomes one run."""
    kind = "" if placeholder is None else f'<p:ph type="{placeholder}"/>'
    inside = "".join(
        f"<a:p>{each if each.startswith('<') else f'<a:r><a:t>{each}</a:t></a:r>'}</a:p>"
        for each in paragraphs
    )
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="1" name="x"/><p:cNvSpPr/><p:nvPr>{kind}</p:nvPr></p:nvSpPr>'
        f"<p:txBody><a:bodyPr/>{inside}</p:txBody></p:sp>"
    )


def slide(*shapes: str) -> str:
    return f"<p:sld {_SLIDE_NAMES}><p:cSld><p:spTree>{''.join(shapes)}</p:spTree></p:cSld></p:sld>"


def pptx(*slides: str, notes: dict[int, str] | None = None, parts: dict[str, str] | None = None) -> bytes:
    """A presentation with these slides and other ``parts``. The keys of the speaker's notes are the numbers of slides."""
    files: dict[str, str | bytes] = {
        "_rels/.rels": relations(("officeDocument", "ppt/presentation.xml")),
        "ppt/_rels/presentation.xml.rels": relations(
            *(("slide", f"slides/slide{number}.xml") for number in range(1, len(slides) + 1))
        ),
        "ppt/presentation.xml": f"<p:presentation {_SLIDE_NAMES}><p:sldIdLst>"
        + "".join(
            f'<p:sldId id="{255 + number}" r:id="rId{number}"/>' for number in range(1, len(slides) + 1)
        )
        + "</p:sldIdLst></p:presentation>",
    }
    for number, written in enumerate(slides, start=1):
        files[f"ppt/slides/slide{number}.xml"] = written
        if notes and number in notes:
            files[f"ppt/slides/_rels/slide{number}.xml.rels"] = relations(
                ("notesSlide", f"../notesSlides/{number}.xml")
            )
            files[f"ppt/notesSlides/{number}.xml"] = (
                slide(shape("7", placeholder="sldNum"), shape(notes[number], placeholder="body"))
                .replace("p:sld>", "p:notes>")
                .replace("<p:sld ", "<p:notes ")
            )
    return packed({**files, **(parts or {})})


def sheet(*rows: str, after: str = "") -> str:
    return f"<worksheet {_SHEET_NAMES}><sheetData>{''.join(rows)}</sheetData>{after}</worksheet>"


def xlsx(
    sheets: dict[str, str], *, hidden: tuple[str, ...] = (), strings: str = "", styles: str = ""
) -> bytes:
    """A workbook with the sheets by name, shared strings and styles."""
    names = list(sheets)
    listed = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"{_HIDDEN * (name in hidden)}/>'
        for number, name in enumerate(names, start=1)
    )
    return packed(
        {
            "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
            "xl/_rels/workbook.xml.rels": relations(
                *(("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(names) + 1)),
                ("sharedStrings", "sharedStrings.xml"),
                ("styles", "styles.xml"),
            ),
            "xl/workbook.xml": f"<workbook {_SHEET_NAMES}><sheets>{listed}</sheets></workbook>",
            "xl/sharedStrings.xml": f"<sst {_SHEET_NAMES}>{strings}</sst>",
            "xl/styles.xml": f"<styleSheet {_SHEET_NAMES}>{styles}</styleSheet>",
            **{
                f"xl/worksheets/sheet{number}.xml": part
                for number, part in enumerate(sheets.values(), start=1)
            },
        }
    )


def opendocument(
    body: str, *, kind: str = "text", automatic: str = "", parts: dict[str, str] | None = None
) -> bytes:
    """An OpenDocument file with the body, and other ``parts``."""
    return packed(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content {_OPEN_NAMES}><office:automatic-styles>{automatic}"
            f"</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}></office:body>"
            "</office:document-content>",
            "meta.xml": f"<office:document-meta {_OPEN_NAMES}><office:meta><dc:title>Cell biology</dc:title></office:meta>"
            "</office:document-meta>",
            **(parts or {}),
        }
    )


def xhtml(body: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" '
        f'"http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd"><html xmlns="http://www.w3.org/1999/xhtml"><body>{body}</body></html>'
    )


def epub(
    chapters: dict[str, str], *, contents: dict[str, str] | None = None, parts: dict[str, str] | None = None
) -> bytes:
    """A book with the files in order, a table of contents with names for some of them, and other ``parts``."""
    items = "".join(
        f'<item id="i{number}" href="text/{name}" media-type="application/xhtml+xml"/>'
        for number, name in enumerate(chapters)
    )
    order = "".join(f'<itemref idref="i{number}"/>' for number in range(len(chapters)))
    points = "".join(
        f'<navPoint id="n{number}"><navLabel><text>{name}</text></navLabel><content src="text/{file}#top"/></navPoint>'
        for number, (file, name) in enumerate((contents or {}).items())
    )
    return packed(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OEBPS/content.opf"/></rootfiles></container>',
            "OEBPS/content.opf": '<package xmlns="http://www.idpf.org/2007/opf">'
            '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>A book of cells</dc:title></metadata>'
            f'<manifest>{items}<item id="toc" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>'
            f'<spine toc="toc">{order}</spine></package>',
            "OEBPS/toc.ncx": f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{points}</navMap></ncx>',
            **{f"OEBPS/text/{name}": part for name, part in chapters.items()},
            **(parts or {}),
        }
    )


def notebook(*cells: dict[str, Any], **entries: Any) -> bytes:
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **entries}
    ).encode()


def rtf(body: str, *, before: str = "") -> bytes:
    return (
        r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fcharset238 Arial CE;}"
        r"{\f2\fcharset2 Symbol;}{\f3\fcharset128 MS Gothic;}}"
        r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 Titre 1;}{\s2 heading 2;}}"
        f"{before}{body}}}"
    ).encode("latin-1")

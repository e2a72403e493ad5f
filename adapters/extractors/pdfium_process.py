"""The process that reads PDFs with pdfium. If pdfium crashes, only a child of this process ends.

It is started as ``python -m adapters.extractors.pdfium_process FD``. Through the socket FD it receives further sockets,
one for each document. For each of them it forks a child: so Python need not start again, and no document sees memory
that another left. The child reads one message (``Request`` and the file), answers with messages, and ends. A message is
four bytes of length, followed by JSON.
"""

from __future__ import annotations

import ctypes
import gc
import json
import math
import os
import re
import resource
import signal
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from itertools import accumulate, groupby, islice, pairwise, repeat
from operator import sub
from typing import Any, TypedDict

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from adapters.extractors.pdf_cells import CutLine, with_drawn_cells
from adapters.extractors.pdf_grids import with_grids
from adapters.extractors.pdf_tables import (
    LONGEST_LINE,
    Cell,
    Line,
    Places,
    has_uneven_spaces,
    may_be_row,
    placed_line,
    with_rows,
)

MEBIBYTE = 1024 * 1024
_HEAVY_PAGE_BYTES = 32 * MEBIBYTE
"""A page that needs this much more memory than all pages before it is reported as ``heavy``."""
_MAX_OUTLINE = 5_000
_MAX_DEPTH = 32
_MAX_ANNOTATIONS = 2_000
_MAX_VALUE = 20_000
_MAX_OBJECTS = 1_000
_MANY_CURVES = 60
"""In segments of curves: about ten letters that are drawn as outlines. A box with rounded corners has twelve."""
_TEXT_AND_LINES = {raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_PATH}
_LONGEST_STAMP = 200
"""In characters. A page with more text is not searched for pictures."""
_BROWSERS = re.compile("Skia/PDF|Electron")
"""The names of producers in PDFs that were printed by Chromium, Edge, or a program that contains them."""
_CELLS_APART = 0.1
"""The least gap between two cells that pdfium joins to one word, as a share of the line's height. Kerning
moves letters less.
"""
_SPACE = re.compile(r"(?<=\S) (?=\S)")
_WORD = re.compile(r"\S+")
_RIGHT_TO_LEFT = re.compile("[\u05d0-\u05f2\u0620-\u064a\u066e-\u06d3\ufb1d-\ufdfb\ufe70-\ufefc]{2,}")
"""Two or more letters of Arabic or Hebrew, without marks and digits."""
_VERTICAL = re.compile("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
"""Scripts that are also written from top to bottom."""
_LEAST_COLUMN = 4
"""The least number of letters of one of several columns. The letters of a table's head may also stand like columns."""
_LEAST_FALL = 0.5
"""The least distance between a letter of a column and the letter above it. If pdfium gives the column as one line
(``_column``), the distance is a share of the letter's height. If pdfium gives each letter as a line
(``_stands_close_below``), it is a share of the letter's width.
"""
_LEAST_LINES = 6
"""The least number of lines of one letter each that are joined to a column."""
_ONE_LETTER_A_LINE = re.compile(
    f"(?:^|(?<=\n))(?:[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff00-\uffef] *(?:\r\n|$)){{{_LEAST_LINES},}}"
)
_MOST_FALL = 1.15
"""The greatest distance between a letter of a column on a line of its own and the letter above it, as a share of its
width. The lines of a list stand further apart.
"""
_MAY_HOLD_ROWS = re.compile(r"(?:^|\n)[^\n]{3,200}\n[^\n]{3,200}")
"""Matches two lines, one below the other."""
_ANGLES = 5
"""The number of letters of a page whose angle is read."""
_NEAR_ANGLE = 5
"""A letter runs downwards if its angle differs from 90 degrees by less than this number of degrees."""
_TWO_LINES = 1.5
"""The least height of two lines of prose, as a multiple of one line's height."""
_box_of = ctypes.PYFUNCTYPE(ctypes.c_int)(
    ctypes.cast(raw.FPDFText_GetLooseCharBox, ctypes.c_void_p).value or 0
)
"""``FPDFText_GetLooseCharBox``, called without converting its arguments. The conversion takes a third of the time."""
_BOXES = (raw.FS_RECTF * (LONGEST_LINE + 1))()
"""The memory that pdfium writes the boxes of a line's letters to."""
_EACH_BOX = [ctypes.byref(_BOXES, number * ctypes.sizeof(raw.FS_RECTF)) for number in range(len(_BOXES))]
_SIDES = memoryview(_BOXES).cast("B").cast("f")
"""The same memory as numbers: left, top, right and bottom of each box."""
_FIELDS_WITH_TEXT = (raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX)


class Request(TypedDict):
    size: int
    first: int
    """The index of the first page to read."""
    max_pages: int
    memory: int
    """The limit of address space in bytes, in addition to what the process has before it gets the file."""
    cpu_seconds: int
    page_cpu_seconds: int


def send(connection: socket.socket, message: object) -> None:
    body = json.dumps(message).encode()
    connection.sendall(struct.pack(">I", len(body)) + body)


def receive_exactly(connection: socket.socket, size: int) -> bytearray:
    """Exactly ``size`` bytes. Raises ``EOFError`` if the connection ends before."""
    received = bytearray(size)
    view = memoryview(received)
    at = 0
    while at < size:
        count = connection.recv_into(view[at:])
        if not count:
            raise EOFError
        at += count
    return received


def receive(connection: socket.socket, max_bytes: int) -> Any:
    """The next message. Raises ``EOFError`` if the connection ends, and ``ValueError`` if the message is malformed."""
    (size,) = struct.unpack(">I", receive_exactly(connection, 4))
    if size > max_bytes:
        raise ValueError("message too long")
    return json.loads(receive_exactly(connection, size))


def _main() -> None:
    requests = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the server, which then closes the socket
    pdfium.PdfDocument.new().close()  # initialises pdfium once, for all children
    gc.freeze()  # a collection in a child would write to memory that it shares with this process
    while True:
        _, descriptors, _, _ = socket.recv_fds(requests, 1, 1)
        if not descriptors:
            _reap()
            return
        if os.fork() == 0:
            requests.close()
            _child(socket.socket(fileno=descriptors[0]))
        os.close(descriptors[0])
        _reap()


def _reap() -> None:
    """Release the children that have ended, so that they do not stay as zombies."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _child(connection: socket.socket) -> None:
    """Read one document and end this process."""
    code = 1
    try:
        request: Request = receive(connection, 10_000)
        _limit(request)
        content = receive_exactly(connection, request["size"])
        _read(connection, bytes(content), request)
        code = 0
    except (OSError, EOFError):
        pass  # whoever asked is gone
    except BaseException:
        # Whatever happens, this fork must not continue with its parent's code. The parent sees that the connection
        # ended too early, and reads the page with pypdf. If that fails as well, it logs that.
        code = 2
    finally:
        os._exit(code)


def _limit(request: Request) -> None:
    hard = request["cpu_seconds"] + _cpu_seconds()
    resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        with open("/proc/self/statm") as statistics:
            present = int(statistics.read().split()[0]) * resource.getpagesize()
        limit = present + 2 * request["size"] + request["memory"]
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (OSError, ValueError):
        pass  # macOS has neither; the laptop's own memory is the limit there


def _cpu_seconds() -> int:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return int(used.ru_utime + used.ru_stime) + 1


def _peak_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _read(connection: socket.socket, content: bytes, request: Request) -> None:
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        locked = error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        send(connection, {"error": "encrypted" if locked else "unreadable"})
        return
    count = len(document)
    if not 0 < count <= request["max_pages"] or not _has_page(document, count - 1):
        # The file's number of pages is wrong, or too high. pypdf decides what to do.
        send(connection, {"error": "unreadable"})
        return
    if raw.FPDF_GetFormType(document) != raw.FORMTYPE_NONE:
        document.init_forms()
    is_printed = _BROWSERS.search(_metadata(document, "Producer")) is not None
    first = request["first"]
    outline = list(_outline(document)) if first == 0 else []
    send(connection, {"pages": count, "title": _metadata(document, "Title"), "outline": outline})
    for index in range(first, count):
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        soft = min(hard, _cpu_seconds() + request["page_cpu_seconds"])
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
        before = _peak_bytes()
        page = _page(document, index, is_printed=is_printed)
        page["heavy"] = _peak_bytes() - before > _HEAVY_PAGE_BYTES
        send(connection, page)
        if page["heavy"]:
            return  # the peak would hide the next heavy page: a new process reads on


def _has_page(document: pdfium.PdfDocument, index: int) -> bool:
    size = raw.FS_SIZEF()
    return bool(raw.FPDF_GetPageSizeByIndexF(document, index, size))


def _metadata(document: pdfium.PdfDocument, name: str) -> str:
    try:
        return str(document.get_metadata_value(name))
    except (pdfium.PdfiumError, UnicodeError):
        return ""


def _outline(document: pdfium.PdfDocument) -> Iterator[tuple[int, int, str]]:
    """For each entry of the outline: the index of its page, its level (from 1), and its title."""
    entries = 0
    try:
        for bookmark in document.get_toc(max_depth=_MAX_DEPTH):
            entries += 1
            if entries > _MAX_OUTLINE:
                return
            destination = bookmark.get_dest()
            index = destination.get_index() if destination else None
            if index is not None:
                yield index, bookmark.level + 1, bookmark.get_title()[:1000]
    except (pdfium.PdfiumError, UnicodeError):
        return


def _page(document: pdfium.PdfDocument, index: int, *, is_printed: bool) -> dict[str, Any]:
    """The message about a page: its text and the other fields. ``is_printed`` means that a browser made the PDF."""
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return {"text": None}
    try:
        text = _text(page, is_printed=is_printed)
        kinds = set(_kinds(page)) if len(text) <= _LONGEST_STAMP else set()
        return {
            "text": text,
            "values": list(_values(page, document)),
            "has_pictures": not kinds <= _TEXT_AND_LINES or (not text.strip() and _draws_curves(page)),
            "shows_text": raw.FPDF_PAGEOBJ_TEXT in kinds,
        }
    except pdfium.PdfiumError:
        return {"text": None}
    finally:
        page.close()


def _text(page: pdfium.PdfPage, *, is_printed: bool) -> str:
    text_page = page.get_textpage()
    try:
        count = text_page.count_chars()
        if count <= 0:
            return ""
        if _is_read_from_its_end(page, text_page, count):
            text_page.close()
            page.set_rotation((page.get_rotation() + 180) % 360)
            text_page = page.get_textpage()
        text = text_page.get_text_range()
        if text.isascii():
            return _with_rows(text, text_page, is_printed) if _MAY_HOLD_ROWS.search(text) else text
        has_pairs = max(text) > "\uffff"
        if has_pairs:
            text = _as_units(text)
        text = _with_joined_columns(_with_turned_words(text, text_page), text_page)
        text = _from_right_to_left(text, text_page)
        if _MAY_HOLD_ROWS.search(text):
            text = _with_rows(text, text_page, is_printed)
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") if has_pairs else text
    finally:
        text_page.close()


def _as_units(text: str) -> str:
    """The text as pdfium counts it: a character beyond U+FFFF, such as a letter of a formula, becomes its two UTF-16
    units.
    """
    return "".join(map(chr, memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H")))


def _is_read_from_its_end(page: pdfium.PdfPage, text_page: pdfium.PdfTextPage, count: int) -> bool:
    """Whether the page shows its text turned by 90 degrees, running downwards. pdfium gives the lines of such a page in
    reverse order.
    """
    rotation = page.get_rotation()
    sampled = range(0, count, max(1, count // _ANGLES))
    turned = [math.degrees(raw.FPDFText_GetCharAngle(text_page.raw, index)) + rotation for index in sampled]
    downwards = [angle for angle in turned if abs(angle % 360 - 90) < _NEAR_ANGLE]
    return len(downwards) > len(turned) / 2


def _with_turned_words(text: str, text_page: pdfium.PdfTextPage) -> str:
    """The text, where the letters of Arabic and Hebrew words come in the order in which they are read.

    pdfium gives them from left to right if the file gives the text of each letter separately, as the PDF files
    of browsers do. So a word whose first letter stands left of its last letter is reversed. Of other words, pdfium also
    reverses letters that are drawn as one sign, such as lam and alef. Such letters have the same place.
    """

    def turned(word: re.Match[str]) -> str:
        letters = word[0]
        lefts = _lefts(text_page.raw, word.start(), len(letters))
        if lefts is None:
            return letters
        if lefts[0] < lefts[-1]:
            return letters[::-1]
        drawn = [[*ligature] for _, ligature in groupby(range(len(letters)), lefts.__getitem__)]
        if len(drawn) == len(letters):
            return letters
        return "".join(letters[at] for ligature in drawn for at in reversed(ligature))

    return _RIGHT_TO_LEFT.sub(turned, text)


def _lefts(handle: raw.FPDF_TEXTPAGE, place: int, count: int) -> list[float] | None:
    """The left edges of ``count`` characters of the page's text from index ``place`` on, if all are known."""
    index = raw.FPDFText_GetCharIndexFromTextIndex(handle, place)
    last = raw.FPDFText_GetCharIndexFromTextIndex(handle, place + count - 1)
    if index < 0 or last - index != count - 1 or count > len(_EACH_BOX):
        return None
    page = ctypes.c_void_p(ctypes.addressof(handle.contents))
    if not all(map(_box_of, repeat(page), range(index, index + count), _EACH_BOX)):
        return None
    lefts: list[float] = _SIDES[: 4 * count : 4].tolist()  # type: ignore[assignment]
    return lefts


def _with_joined_columns(text: str, text_page: pdfium.PdfTextPage) -> str:
    """The text, with each column of vertical writing on one line, where the PDF places its letters one by one.

    Such a line ends with spaces, so that everything after it keeps its index in the page's text. Lines of one letter
    that stand further apart, as in a list, stay as they are.
    """

    def joined(found: re.Match[str]) -> str:
        columns: list[list[str]] = []
        at, above = found.start(), None
        for line in found[0].removesuffix("\r\n").split("\r\n"):
            box = _box(at, text_page.raw)
            if above is not None and box is not None and _stands_close_below(above, box):
                columns[-1].append(line)
            else:
                columns.append([line])
            at, above = at + len(line) + 2, box
        end = "\r\n" if found[0].endswith("\n") else ""
        return "\r\n".join(map(_joined_lines, columns)) + end

    return _ONE_LETTER_A_LINE.sub(joined, text)


def _joined_lines(lines: list[str]) -> str:
    """The lines, joined to one line if they are at least ``_LEAST_LINES``. Spaces at its end keep the text's length."""
    whole = "\r\n".join(lines)
    return whole if len(lines) < _LEAST_LINES else "".join(map(str.rstrip, lines)).ljust(len(whole))


def _stands_close_below(above: raw.FS_RECTF, below: raw.FS_RECTF) -> bool:
    """Whether a letter stands close below another, as in a column: their left or their right edges are nearly in line,
    and the distance between their lower edges is ``_LEAST_FALL`` to ``_MOST_FALL`` times the width of the wider
    letter.
    """
    width = max(above.right - above.left, below.right - below.left)
    aside = min(abs(above.left - below.left), abs(above.right - below.right))
    fallen = above.bottom - below.bottom
    return bool(aside < width / 4 and _LEAST_FALL * width <= fallen <= _MOST_FALL * width)


def _box(place: int, handle: raw.FPDF_TEXTPAGE) -> raw.FS_RECTF | None:
    """The box of the character with this index in the page's text, if it is known."""
    box = raw.FS_RECTF()
    index = raw.FPDFText_GetCharIndexFromTextIndex(handle, place)
    return box if index >= 0 and raw.FPDFText_GetLooseCharBox(handle, index, box) else None


def _from_right_to_left(text: str, text_page: pdfium.PdfTextPage) -> str:
    """The text, where the columns of vertical Chinese, Japanese and Korean writing stand in the order in which they are
    read.

    pdfium gives columns that stand side by side from left to right.
    """
    if not _VERTICAL.search(text):
        return text
    lines = text.split("\r\n")
    starts = accumulate([len(line) + 2 for line in lines], initial=0)
    columns = [
        _column(line, at, text_page.raw) if _VERTICAL.search(line) else None
        for line, at in zip(lines, starts, strict=False)
    ]
    first = 0
    for end in range(1, len(lines) + 1):
        left = columns[end - 1]
        right = columns[end] if end < len(lines) else None
        if left is None or right is None or right <= left:
            if max(map(len, lines[first:end])) >= _LEAST_COLUMN:
                lines[first:end] = lines[first:end][::-1]
            first = end
    return "\r\n".join(lines)


def _column(line: str, at: int, handle: raw.FPDF_TEXTPAGE) -> float | None:
    """The left edge of a line whose letters stand one below the other; None for other lines."""
    bare = line.rstrip()
    first, last = _box(at, handle), _box(at + len(bare) - 1, handle)
    if first is None or last is None:
        return None
    height = first.top - first.bottom
    # A full stop is narrower than other letters, and stands at one side of the column.
    is_one_column = min(abs(first.left - last.left), abs(first.right - last.right)) < height / 2
    fallen = first.bottom - last.bottom
    return first.left if is_one_column and fallen >= _LEAST_FALL * height * (len(bare) - 1) else None


def _with_rows(text: str, text_page: pdfium.PdfTextPage, is_printed: bool) -> str:
    """The text, where the rows of tables are written as ``ports.text.tables`` says."""
    lines = text.split("\r\n")
    starts = [0, *accumulate(len(line) + 2 for line in lines)]
    handle = text_page.raw
    # pdfium takes longer to give the position of each word than for everything else. So at first only every second line
    # is examined.
    seen = {
        number: placed
        for number in range(0, len(lines), 2)
        if may_be_row(lines[number]) and (placed := _places(lines[number], starts[number], handle))
    }
    if not (
        is_printed
        or any(has_uneven_spaces(placed.lefts, placed.rights, placed.height) for placed in seen.values())
        or _stand_beside(seen)
    ):
        return text
    made = []
    for number, line in enumerate(lines):
        placed = seen.get(number)
        if placed is None and number % 2 and may_be_row(line):
            placed = _places(line, starts[number], handle)
        made.append(Line(line) if placed is None else placed_line(line, placed))
    found = with_rows(with_grids(made))
    if is_printed and any(cut := [_cut(line, at, handle) for line, at in zip(made, starts, strict=False)]):
        parts = _with_close_cells(made, cut, starts, handle)
        by_cells = with_rows(with_grids(with_drawn_cells(list(map(CutLine, made, parts)))))
        if _rows(by_cells) > _rows(found):
            found = by_cells
    return "\r\n".join(found)


def _rows(lines: list[str]) -> int:
    return sum(" | " in line for line in lines)


def _cut(line: Line, at: int, handle: raw.FPDF_TEXTPAGE) -> list[int]:
    """The places in the line where pdfium has added a space that the file does not draw. Browsers draw
    the spaces within a text.
    """
    return [
        space.end()
        for space in _SPACE.finditer(line.text)
        if line.words
        and raw.FPDFText_IsGenerated(
            handle, raw.FPDFText_GetCharIndexFromTextIndex(handle, at + space.start())
        )
        == 1
    ]


def _with_close_cells(
    lines: list[Line], cut: list[list[int]], starts: list[int], handle: raw.FPDF_TEXTPAGE
) -> list[list[Cell]]:
    """The parts of each line. In lines beside those with cuts, pdfium may also have joined cells that stand close
    together.
    """
    parts = []
    for number, (line, at) in enumerate(zip(lines, starts, strict=False)):
        cuts = cut[number]
        if line.words and any(cut[max(0, number - 1) : number + 2]):
            cuts = sorted({*cuts, *_joined_cells(line, at, handle)})
        ends = [0, *cuts, len(line.text)]
        found = [_part(line.text[start:end], at + start, handle) for start, end in pairwise(ends)]
        parts.append([part for part in found if part is not None] if None not in found else [])
    return parts


def _part(text: str, at: int, handle: raw.FPDF_TEXTPAGE) -> Cell | None:
    bare = text.rstrip()
    first, last = _box(at, handle), _box(at + len(bare) - 1, handle)
    return Cell(bare, first.left, last.right, first.bottom) if bare and first and last else None


def _joined_cells(line: Line, at: int, handle: raw.FPDF_TEXTPAGE) -> Iterator[int]:
    """The places within words at which the next text object begins, with a gap before it."""
    for word in _WORD.finditer(line.text):
        drawn: int | None = None
        for place in range(word.start(), word.end()):
            index = raw.FPDFText_GetCharIndexFromTextIndex(handle, at + place)
            text_object = raw.FPDFText_GetTextObject(handle, index) if index >= 0 else None
            before, drawn = drawn, ctypes.addressof(text_object.contents) if text_object else None
            if before is not None and drawn != before:
                left, right = _box(at + place - 1, handle), _box(at + place, handle)
                if left and right and right.left - left.right >= _CELLS_APART * line.height:
                    yield place


def _stand_beside(seen: dict[int, Places]) -> bool:
    """Whether a line is less than 1.5 line heights below the line before the previous one, as in cells of one row."""
    return any(
        number - before == 2 and above.bottoms[0] - below.bottoms[0] < _TWO_LINES * below.height
        for (before, above), (number, below) in pairwise(seen.items())
    )


def _places(line: str, at: int, handle: raw.FPDF_TEXTPAGE) -> Places | None:
    """The positions of the words of the line; None if one of them is not known. ``at`` is the line's index in the
    page's text.
    """
    words = line.split()
    if not words:
        return None
    place = at + line.index(words[0])
    index = raw.FPDFText_GetCharIndexFromTextIndex(handle, place)
    end = at + len(line.rstrip()) - 1
    is_even = raw.FPDFText_GetCharIndexFromTextIndex(handle, end) - end == index - place
    if not is_even or index < 0 or len(" ".join(words)) != end + 1 - place:
        return _uneven_places(line, at, handle)
    # Most of the time is spent on these boxes, those of the first and the last letter of each word. The loops over them
    # run in C.
    starts = [*accumulate([len(word) + 1 for word in words], initial=index)]
    letters = [0] * (2 * len(words))
    letters[::2] = starts[:-1]
    letters[1::2] = [start - 2 for start in starts[1:]]
    if not all(map(_box_of, repeat(ctypes.c_void_p(ctypes.addressof(handle.contents))), letters, _EACH_BOX)):
        return None
    sides: list[float] = _SIDES[: 4 * len(letters)].tolist()  # type: ignore[assignment]
    bottoms = sides[3::8]
    return Places(sides[::8], sides[6::8], bottoms, max(map(sub, sides[1::8], bottoms)))


def _uneven_places(line: str, at: int, handle: raw.FPDF_TEXTPAGE) -> Places | None:
    """Like ``_places``, for lines in which pdfium's text omits letters, or has several spaces between words."""
    box = raw.FS_RECTF()
    lefts, rights, bottoms = [], [], []
    height = 0.0
    for word in _WORD.finditer(line):
        sides = []
        for place in (word.start(), word.end() - 1):
            index = raw.FPDFText_GetCharIndexFromTextIndex(handle, at + place)
            if index < 0 or not raw.FPDFText_GetLooseCharBox(handle, index, box):
                return None
            sides.append((box.left, box.right, box.bottom, box.top - box.bottom))
        lefts.append(sides[0][0])
        rights.append(sides[1][1])
        bottoms.append(sides[0][2])
        height = max(height, sides[0][3])
    return Places(lefts, rights, bottoms, height)


def _draws_curves(page: pdfium.PdfPage) -> bool:
    """Whether the page draws at least ``_MANY_CURVES`` segments of curves: a picture, or letters drawn as outlines.
    Rules and boxes have few or none.
    """
    curves = 0
    for drawn in islice(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH]), _MAX_OBJECTS):
        for number in range(min(raw.FPDFPath_CountSegments(drawn), _MAX_OBJECTS)):
            segment = raw.FPDFPath_GetPathSegment(drawn, number)
            curves += raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_BEZIERTO
        if curves >= _MANY_CURVES:
            return True
    return False


def _kinds(page: pdfium.PdfPage) -> Iterator[int]:
    """The kinds of the first objects that the page draws, including objects inside forms."""
    return (
        drawn.type
        for drawn in islice(page.get_objects(), _MAX_OBJECTS)
        if drawn.type != raw.FPDF_PAGEOBJ_FORM
    )


def _values(page: pdfium.PdfPage, document: pdfium.PdfDocument) -> Iterator[str]:
    """The values of form fields, and the words of free-text annotations."""
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), _MAX_ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            kind = raw.FPDFAnnot_GetSubtype(annotation)
            if kind == raw.FPDF_ANNOT_FREETEXT:
                yield _string(raw.FPDFAnnot_GetStringValue, annotation, b"Contents")
            elif kind == raw.FPDF_ANNOT_WIDGET and document.formenv:
                field = raw.FPDFAnnot_GetFormFieldType(document.formenv, annotation)
                if field in _FIELDS_WITH_TEXT:
                    yield _string(raw.FPDFAnnot_GetFormFieldValue, document.formenv, annotation)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)


def _string(read: Callable[..., int], *arguments: object) -> str:
    """The text that a pdfium function writes into a buffer as UTF-16. The function first returns the size in bytes."""
    size = min(read(*arguments, None, 0), _MAX_VALUE)
    if size <= 2:
        return ""
    buffer = (ctypes.c_ushort * ((size + 1) // 2))()
    read(*arguments, buffer, size)
    return bytes(memoryview(buffer).cast("B")).decode("utf-16-le", "ignore").partition("\0")[0]


if __name__ == "__main__":
    _main()

"""Rich Text Format: paragraphs, headings, lists, tables and notes.

The library striprtf returns one string, in which headings, notes and the cells of rows can no longer be distinguished.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from adapters.extractors.blocks import Block, TableBuilder, heading, paragraph, without_pages
from adapters.extractors.budget import Budget
from adapters.extractors.titles import sensible_title
from ports.text_extractor import Extraction, UnreadableDocument

_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{\s*\\rtf")
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(\r\n|[^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]+"
)
_DEEPEST = 1_000
_UNSEEN = frozenset(
    "colortbl pict objdata fldinst listtable "
    "listoverridetable revtbl rsidtbl generator xmlnstbl themedata colorschememapping latentstyles datastore pgptbl "
    "bkmkstart bkmkend annotation atnid atnauthor atndate atnref atrfstart atrfend xe tc tcn rxe ftnsep ftnsepc ftncn "
    "aftnsep aftnsepc aftncn nonshppict sn sv pntxta pntxtb pn pnseclvl filetbl template private passwordhash "
    "userprops docvar fontemb falt panose author operator subject keywords comment doccomm company category manager "
    "creatim revtim printim buptim hlinkbase blipuid".split()
)
_SEEN = frozenset(
    ("shpinst", "shptxt", "footnote", "pntext", "listtext", "fldrslt", "mmath", "do", "dptxbxtext")
)
"""Destinations that a program may skip if it does not know them. These contain text, so they are read."""
_LABELS = ("listtext", "pntext")
_MARGINS = ("header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf")
_CHARACTERS = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ", "softline": "\n", "lbr": "\n",
}  # fmt: skip
_SYMBOLS = {b"~": " ", b"_": "-", b"\t": "\t"}
_PARAGRAPH_ENDS = ("par", "sect", "page", "column", "nestrow", "nestcell")
_CODEPAGES = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
_CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "big5hkscs", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
_SYMBOL_CHARSET = 2
_PICTOGRAMS = "pictograms"
"""The encoding of symbol fonts. Only bullets and ASCII characters are read from them."""
_STYLE_NAME = re.compile(r"heading ?([1-9])", re.IGNORECASE)
_BODY_TEXT = 9
_ITEM = re.compile(r"[•◦▪–-]\s|\(?\w{1,3}[.)]\s")
"""A paragraph that begins with its own bullet or number. Many programs write list items so."""


def read_rtf(content: bytes, budget: Budget) -> Extraction:
    if not is_rtf(content):
        raise UnreadableDocument("type_mismatch")
    reader = _Reader(content, budget)
    blocks = list(reader.blocks())
    headers, footers = ((Block(text) for text in reader.margins[kind]) for kind in ("header", "footer"))
    return without_pages([*headers, *blocks, *footers], budget, sensible_title(reader.title))


def is_rtf(content: bytes) -> bool:
    return _BEGINS.match(content) is not None


def blocks_of_rtf(content: bytes, budget: Budget) -> Iterator[Block]:
    """All blocks except headers and footers."""
    return _Reader(content, budget).blocks()


@dataclass(slots=True)
class _State:
    """The state that a group inherits from the group around it. It ends with the group."""

    destination: str = ""
    is_seen: bool = True
    is_hidden: bool = False
    font: int = -1
    unicode_skip: int = 1
    style: int = 0
    level: int | None = None
    in_table: bool = False


@dataclass(slots=True)
class _Note:
    words: list[str] = field(default_factory=list)
    depth: int = 0


class _Reader:
    def __init__(self, content: bytes, budget: Budget) -> None:
        self._content = content
        self._budget = budget
        self.title = ""
        self._codepage = "cp1252"
        self._fonts: dict[int, str] = {}
        self._default_font = 0
        self._levels: dict[int, int] = {}
        self._state = _State()
        self._stack: list[_State] = []
        self._bytes = bytearray()
        self._words: list[str] = []
        self._label: list[str] = []
        self._name: list[str] = []
        self._note: _Note | None = None
        self._asides: list[Block] = []
        self._noted = 0
        self._skip = 0
        self._begins_group = False
        self._can_be_ignored = False
        self.margins: dict[str, dict[str, None]] = {"header": {}, "footer": {}}
        """The headers and footers, each different text once."""
        self._margin: list[str] = []
        self._table: TableBuilder | None = None
        self._cells: list[list[Block]] = []
        self._cell: list[Block] = []
        self._out: list[Block] = []

    def blocks(self) -> Iterator[Block]:
        at = tokens = 0
        while found := _TOKEN.match(self._content, at):
            at = found.end()
            word, number, code, symbol, brace, text = found.groups()
            if word is not None:
                at += self._word(word.decode("ascii"), None if number is None else int(number))
            elif brace is not None:
                self._brace(brace)
            elif code is not None:
                self._raw(bytes((int(code, 16),)))
            elif symbol is not None:
                self._symbol(symbol)
            elif text is not None:
                self._raw(text)
            tokens += 1
            if tokens % 1024 == 0:
                self._budget.check_time()
                yield from self._done()
        self._end_paragraph()
        if self._cell or self._cells:
            self._end_row()
        self._end_table()
        yield from self._done()

    def _done(self) -> Iterator[Block]:
        done, self._out = self._out, []
        yield from done

    # Tokens.

    def _brace(self, brace: bytes) -> None:
        self._flush()
        self._begins_group = False
        self._skip = 0
        self._can_be_ignored = False
        if brace == b"{":
            if len(self._stack) >= _DEEPEST:
                raise UnreadableDocument("decompression_bomb")
            self._stack.append(self._state)
            self._state = replace(self._state)
            self._begins_group = True
            return
        ended = self._state
        if ended.destination == "stylesheet" and self._name:
            self._end_style(ended)
        elif ended.destination in _MARGINS and self._stack and self._stack[-1].destination not in _MARGINS:
            self._end_margin(ended.destination)
        if not self._stack:
            return
        self._state = self._stack.pop()
        if self._note is not None and len(self._stack) < self._note.depth:
            self._end_note()

    def _symbol(self, symbol: bytes) -> None:
        begins, self._begins_group = self._begins_group, False
        if symbol == b"*":
            self._can_be_ignored = begins
        elif symbol in (b"\n", b"\r", b"\r\n"):
            self._end_paragraph()
        elif symbol in b"\\{}":
            self._raw(symbol)
        elif symbol in _SYMBOLS:
            self._say(_SYMBOLS[symbol])

    def _word(self, word: str, number: int | None) -> int:
        """Carry out a control word. Returns how many of the following bytes to skip."""
        state = self._state
        can_be_ignored, self._can_be_ignored = self._can_be_ignored, False
        self._begins_group = False
        if word == "bin":
            return max(0, number or 0)
        if word == "u":
            self._flush()
            self._skip = 0
            self._say(chr((number or 0) % 0x10000))
            self._skip = state.unicode_skip
            return 0
        if self._skip:
            self._skip -= 1
        if word in _UNSEEN or (can_be_ignored and word not in _SEEN):
            state.is_seen = False
        elif word in ("fonttbl", "stylesheet", "info", "title", *_LABELS):
            if word != "title" or state.destination == "info":
                self._flush()
                state.destination = word
        elif word in _MARGINS:
            self._flush()
            state.destination = word
        elif word == "footnote":
            self._flush()
            if self._note is None and state.is_seen:
                self._noted += 1
                self._words.append(f"[{self._noted}]")
                self._note = _Note(depth=len(self._stack))
        elif word in _CHARACTERS:
            self._say(_CHARACTERS[word])
        elif word in _PARAGRAPH_ENDS:
            self._end_paragraph()
        elif word == "cell":
            self._end_cell()
        elif word == "row":
            self._end_row()
        else:
            self._property(word, number)
        return 0

    def _property(self, word: str, number: int | None) -> None:
        state = self._state
        if word == "f" and number is not None:
            self._flush()
            state.font = number
        elif word == "plain":
            self._flush()
            state.font, state.is_hidden = self._default_font, False
        elif word in ("v", "deleted"):
            self._flush()
            state.is_hidden = number != 0
        elif word == "pard":
            state.style, state.level, state.in_table = 0, None, False
        elif word == "s":
            state.style = number or 0
        elif word == "outlinelevel":
            state.level = number
        elif word == "intbl":
            state.in_table = True
        elif word == "uc":
            state.unicode_skip = max(0, min(number or 0, 16))
        elif word == "ansicpg" and number:
            self._codepage = _codec(f"cp{number}") or self._codepage
        elif word in _CODEPAGES:
            self._codepage = _CODEPAGES[word]
        elif word == "deff":
            self._default_font = state.font = number or 0
        elif word == "fcharset" and state.destination == "fonttbl":
            if number == _SYMBOL_CHARSET:
                self._fonts[state.font] = _PICTOGRAMS
            elif number in _CHARSETS:
                self._fonts[state.font] = _CHARSETS[number]
        elif word == "cpg" and state.destination == "fonttbl" and number:
            self._fonts[state.font] = _codec(f"cp{number}") or self._codepage

    # Text.

    def _raw(self, text: bytes) -> None:
        self._can_be_ignored = self._begins_group = False
        if self._skip:
            left_out = min(self._skip, len(text))
            self._skip -= left_out
            text = text[left_out:]
        if self._state.is_seen and not self._state.is_hidden:
            self._bytes += text

    def _flush(self) -> None:
        """Decode the collected bytes, before the encoding or the destination changes."""
        if self._bytes:
            raw, self._bytes = bytes(self._bytes), bytearray()
            encoding = self._fonts.get(self._state.font, self._codepage)
            if encoding == _PICTOGRAMS:
                text = "".join("•" if sign == 0xB7 else chr(sign) if sign < 0x80 else "" for sign in raw)
            else:
                text = raw.decode(encoding, "replace")
            self._add(text)

    def _say(self, text: str) -> None:
        if self._skip:
            self._skip -= 1
        elif self._state.is_seen and not self._state.is_hidden:
            self._flush()
            self._add(text)

    def _add(self, text: str) -> None:
        destination = self._state.destination
        if destination == "title":
            self.title += text
        elif destination == "stylesheet":
            self._name.append(text)
        elif destination in _LABELS:
            self._label.append(text)
        elif destination in _MARGINS:
            self._margin.append(text)
        elif destination in ("fonttbl", "info"):
            pass
        elif self._note is not None:
            self._note.words.append(text)
        else:
            self._words.append(text)

    # Blocks.

    def _end_style(self, style: _State) -> None:
        name = "".join(self._name).strip().rstrip(";").strip()
        self._name = []
        named = _STYLE_NAME.fullmatch(name)
        level = style.level
        if level is None and (named or name.lower() == "title"):
            level = int(named[1]) - 1 if named else 0
        if level is not None:
            self._levels[style.style] = level

    def _end_margin(self, destination: str) -> None:
        text = paragraph("".join(self._margin))
        self._margin = []
        if any(map(str.isalpha, text)):
            self.margins["header" if destination.startswith("header") else "footer"][text] = None

    def _end_note(self) -> None:
        if self._note is not None:
            text = paragraph("".join(self._note.words))
            self._asides.append(Block(f"[{self._noted}] {text}".strip()))
            self._note = None

    def _end_paragraph(self) -> None:
        self._flush()
        if self._state.destination in _MARGINS:
            self._margin.append("\n")
        if not self._state.is_seen or self._state.destination:
            return
        if self._note is not None:
            self._note.words.append("\n")
            return
        text = paragraph("".join(self._words))
        label = paragraph("".join(self._label))
        self._words, self._label = [], []
        asides, self._asides = self._asides, []
        state = self._state
        blocks = []
        if text:
            level = self._levels.get(state.style) if state.level is None else state.level
            if level is not None and 0 <= level < _BODY_TEXT:
                blocks.append(heading(f"{label} {text}".strip(), level + 1))
            else:
                label = label if any(map(str.isalnum, label)) or not label else "•"
                blocks.append(
                    Block(f"{label} {text}".strip(), is_item=bool(label) or _ITEM.match(text) is not None)
                )
        blocks += asides
        if state.in_table:
            self._cell += blocks
        elif blocks:
            self._end_table()
            self._out += blocks

    def _end_cell(self) -> None:
        if not self._state.is_seen or self._state.destination:
            return
        self._state.in_table = True
        self._end_paragraph()
        self._cells.append(self._cell)
        self._cell = []

    def _end_row(self) -> None:
        if not self._state.is_seen or self._state.destination:
            return
        if self._table is None:
            self._table = TableBuilder(self._budget)
        self._table.begin_row()
        for cell in self._cells:
            place = self._table.cell()
            place += cell
        self._cells = []

    def _end_table(self) -> None:
        if self._table is not None:
            self._out += self._table.blocks()
            self._table = None


def _codec(name: str) -> str | None:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None

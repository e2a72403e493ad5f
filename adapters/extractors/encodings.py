"""Finds the encoding of a text file.

A byte order mark or valid UTF-8 is certain. UTF-16 and UTF-32 without a mark are found by their zero bytes.
Among older encodings charset-normalizer decides, except among those of the Latin alphabet, where it mistakes
French for Czech: there, the encoding is chosen in which the accented letters fit one language best.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from ports.text_extractor import UnreadableDocument

_MARKS = (
    # UTF-32 first, because its little-endian mark begins with the one of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 64 * 1024
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\x0b\x0c\r\x1a\x1b"))
_HIGH = bytes(range(128, 256))
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_NEWLINE = re.compile(rb"[\r\n]")
_LEAD = 1000
_ESCAPED = ((b"\x1b$B", "iso2022_jp"), (b"\x1b$@", "iso2022_jp"), (b"\x1b$)C", "iso2022_kr"))
_CANDIDATES = [
    "cp1252",
    "cp1250",
    "iso8859_2",
    "cp1254",
    "cp1257",
    "cp850",
    "mac_roman",
    "cp1251",
    "koi8_r",
    "koi8_u",
    "cp866",
    "iso8859_5",
    "mac_cyrillic",
    "cp1253",
    "iso8859_7",
    "cp1255",
    "cp1256",
    "cp874",
    "cp932",
    "euc_jp",
    "gb18030",
    "big5",
    "cp949",
]
_LATIN = ("cp1252", "cp1250", "iso8859_2", "cp1254", "cp1257", "cp850", "mac_roman")
"""The more common come first: of several that fit equally, the first is chosen."""

_ALPHABETS = tuple(
    frozenset(letters + letters.upper())
    for letters in (
        "àâæçéèêëîïôœùûüÿ",  # French
        "äöüßéàè",  # German
        "áéíóúüñçºª",  # Spanish
        "áâãàçéêíóôõúüºª",  # Portuguese
        "àèéìíîòóùú",  # Italian
        "éèëêïöüáóíàçñ",  # Dutch
        "æøåéèêóòôöüä",  # Danish, Norwegian
        "åäöéàü",  # Swedish, Finnish
        "áðéíóúýþæö",  # Icelandic
        "àçèéíïóòúü",  # Catalan
        "áéíóúàèìòùâêîôûŵŷẃẁ",  # Irish, Gaelic, Welsh
        "éèêëïçñöüâôàáæœ",  # loanwords in English
        "ąćęłńóśźżé",  # Polish
        "áčďéěíňóřšťúůýžäöü",  # Czech
        "áäčďéíĺľňóôŕšťúýžö",  # Slovak
        "áéíóöőúüű",  # Hungarian
        "ăâîşţșț",  # Romanian
        "čćđšž",  # Croatian, Slovene
        "çğıöşüâîûİ",  # Turkish
        "ąčęėįšųūž",  # Lithuanian
        "āčēģīķļņšūž",  # Latvian
        "äöõüšž",  # Estonian
    )
)
_SIGNS = frozenset("“”‘’„‚«»‹›–—…•·°§©®™£€¥½¼¾²³¹±×÷¡¿ªº\xa0¶†‡¢µ´¨")
_INSIDE_A_WORD = frozenset("’‘·´")


def decode(content: bytes) -> str:
    """The text of ``content``. Raises ``type_mismatch`` if it is not text in any encoding."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    sample = content[:_SAMPLE]
    if b"\x00" in sample and _controls(sample) > len(sample) // 20 and (wide := _wide_encoding(sample)):
        return content.decode(wide, "replace")
    # Some programs fill the end of a file with zeros, and DOS ends files with Ctrl-Z.
    padded, content = content, content.rstrip(b"\x00\x1a")
    if not content and b"\x00" in padded:
        raise UnreadableDocument("type_mismatch")
    for escape, encoding in _ESCAPED:
        if escape in content:
            return _printable(content, 0.0, content.decode(encoding, "replace"))
    try:
        return _printable(content, 0.1, content.decode("utf-8"))
    except UnicodeDecodeError:
        return _printable(content, 0.02, _decode_broken_utf8(content) or _decode_legacy(content))


def _printable(content: bytes, tolerated: float, text: str) -> str:
    """``text``. Raises ``type_mismatch`` if more than this share of ``content`` is control characters."""
    if _controls(content) > max(3, tolerated * len(content)):
        raise UnreadableDocument("type_mismatch")
    return text


def _controls(content: bytes) -> int:
    return len(content) - len(content.translate(None, _CONTROLS))


def _wide_encoding(sample: bytes) -> str | None:
    """The encoding among UTF-16 and UTF-32 in which ``sample`` is text, if any."""
    best, most = None, 0
    for encoding, width in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        whole = sample[: len(sample) // width * width]
        try:
            # Without final=True, because the sample may end within a surrogate pair.
            text = codecs.getincrementaldecoder(encoding)().decode(whole)
        except UnicodeDecodeError:
            continue
        strange = sum(unicodedata.category(char) in ("Cc", "Cn", "Co") for char in text)
        strange -= sum(map(text.count, "\t\n\r\f\v"))
        if text and strange <= len(text) // 50:
            if width == 4:
                return encoding  # other data is hardly ever valid UTF-32
            # In the wrong byte order, a space reads as an en quad, and Latin letters as Chinese ones.
            common = sum(char in " \n、。，" or (char.isascii() and char.isalnum()) for char in text)
            if common > most:
                best, most = encoding, common
    return best


def _decode_broken_utf8(content: bytes) -> str | None:
    """The text, if ``content`` is UTF-8 with a few bytes cut off or of another encoding; else None."""
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    high = len(content) - len(content.translate(None, _HIGH))
    # A valid character outside of ASCII has at least two high bytes; a broken byte counts as one.
    whole = (high - broken) // 2
    return text if whole >= 4 * broken else None


def _decode_legacy(content: bytes) -> str:
    from charset_normalizer import from_bytes

    sample = _telling_lines(content)
    latin, fit = _best_latin(sample)
    high = len(sample) - len(sample.translate(None, _HIGH))
    if fit >= 0.95 and high < 0.3 * len(sample):
        return content.decode(latin, "replace")
    match = from_bytes(sample, cp_isolation=_CANDIDATES).best()
    if match is None or match.encoding in _LATIN:
        return content.decode(latin, "replace")
    return content.decode(match.encoding, "replace")


def _telling_lines(content: bytes) -> bytes:
    """Up to about 64 KiB of the lines with characters outside of ASCII."""
    lines: list[bytes] = []
    size = position = 0
    while size < _SAMPLE and (high := _HIGH_BYTE.search(content, position)):
        start = max(content.rfind(newline, position, high.start()) + 1 for newline in (b"\n", b"\r"))
        start = max(start, position, high.start() - _LEAD)
        newline = _NEWLINE.search(content, high.end(), start + _SAMPLE)
        position = newline.end() if newline else start + _SAMPLE
        lines.append(content[start:position])
        size += len(lines[-1])
    return b"".join(lines)


def _best_latin(sample: bytes) -> tuple[str, float]:
    """The most likely encoding of the Latin alphabet, and how well it fits: 0 to 1."""
    best, most = _LATIN[0], -1.0
    for encoding in _LATIN:
        fit = _fit(sample.decode(encoding, "replace"))
        if fit > most:
            best, most = encoding, fit
    return best, most


def _fit(text: str) -> float:
    """The share of characters outside of ASCII that are signs, or letters of the language that fits best."""
    letters: dict[str, int] = {}
    signs = total = 0
    for found in re.finditer("[^\x00-\x7f]", text):
        total += 1
        char, before, after = (
            found[0],
            text[found.start() - 1 : found.start()],
            text[found.end() : found.end() + 1],
        )
        inside = before.isalpha() and after.isalpha()
        if char in _SIGNS and (not inside or char in _INSIDE_A_WORD):
            signs += 1
        elif not (inside and char.isupper() and before.islower()):
            letters[char] = letters.get(char, 0) + 1
    of_one = max(
        sum(count for letter, count in letters.items() if letter in alphabet) for alphabet in _ALPHABETS
    )
    return (signs + of_one) / total if total else 1.0

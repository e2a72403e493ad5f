"""Finds the encoding of a text file.

A byte order mark or valid UTF-8 is certain. UTF-16 and UTF-32 without a mark are recognised by their zero bytes, or by
the commonest characters of Chinese and Japanese. Among older encodings chardet decides. A text that is nearly all ASCII
is an exception: it has too few other letters to show its language, and Windows-1252 is by far the likeliest encoding.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from ports.text_extractor import UnreadableDocument

_MARKS = (
    # UTF-32 comes first, because its little-endian mark begins with the mark of UTF-16.
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
_CANDIDATES = (
    "ascii utf-8 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 "
    "iso8859-2 iso8859-5 iso8859-6 iso8859-7 iso8859-13 iso8859-15 iso8859-16 koi8-r koi8-u "
    "cp437 cp737 cp775 cp850 cp852 cp855 cp857 cp862 cp866 cp874 "
    "mac-roman mac-cyrillic mac-latin2 mac-greek mac-turkish cp932 euc_jis_2004 gb18030 big5hkscs euc_kr cp949"
).split()
"""The encodings that chardet may find. Very rare ones are left out: chardet would find them in texts with few letters
outside of ASCII.
"""
_WIDER = {"EUC-KR": "cp949", "TIS-620": "cp874"}
_WESTERN = frozenset("àâæçéèêëîïôœùûüÿäößáíóúñãõìòåøðýþ")
_SIGNS = frozenset("“”‘’„‚«»‹›–—…•·°§©®™£€¥½¼¾²³¹±×÷¡¿ªº\xa0¶†‡¢µ´¨")
_INSIDE_A_WORD = frozenset("’‘·´")
_BEFORE_A_WORD = frozenset("‚„")
_PAIRS = ("“”„",)
"""Groups of quotation marks. If a text has exactly one mark of a group, it is probably a letter of another encoding."""
_OTHERS = re.compile("[^\x00-\x7f]+")
_FEW = 0.005
"""A text with at most this share of bytes outside of ASCII seems to be in a language that hardly needs such letters."""
_NEARLY = 0.8
"""Windows-1252 is chosen if its confidence is at least this share of the highest one, because it is far more common."""
_CEDILLAS = frozenset("şţŞŢ")
_C1 = re.compile(rb"[\x80-\x9f]")
_FOUR_BYTES = re.compile(rb"(?:[\x81-\xfe][0-9]){2}")
_LEAST_COMMON_HAN = 0.25
_COMMON_HAN = frozenset(
    char
    for char in "\n　、。，．・：；！？（）「」『』《》【】“”…"
    "的一是不了在人有我他这這个個们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于於着著下自之"
    "年过過发發后後作里裡用道行所然家种種事成方多经經么麼去法学學如都同现現当當没沒动動面起看定天分还還进進好小部其"
    "些主样樣理心她本前开開但因只从從想实實日者意无無此把由十于三等之与與及或其被最高第物水化体體民本年月人出分行者"
    "私何見言思手子今回間彼女気長合同場所方内部性式法力電車"
    if not all(0x20 <= byte < 0x7F for byte in char.encode("utf-16-be"))
)
"""Signs and the commonest characters of Chinese and Japanese. Those whose UTF-16 bytes are also two ASCII letters are
left out.
"""


def has_mark(content: bytes) -> bool:
    """Whether ``content`` begins with a byte order mark."""
    return any(content.startswith(mark) for mark, _ in _MARKS)


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
        pass
    if wide := _wide_han(sample):
        return padded.decode(wide, "replace")
    return _printable(content, 0.02, _decode_broken_utf8(content) or _decode_legacy(content))


def _printable(content: bytes, tolerated: float, text: str) -> str:
    """``text``. Raises ``type_mismatch`` if more than the share ``tolerated`` of ``content`` is control characters."""
    if _controls(content) > max(3, tolerated * len(content)):
        raise UnreadableDocument("type_mismatch")
    return text


def _controls(content: bytes) -> int:
    return len(content) - len(content.translate(None, _CONTROLS))


def _wide_encoding(sample: bytes) -> str | None:
    """The UTF-16 or UTF-32 encoding in which ``sample`` is text; None if it is text in none of them."""
    best, most = None, 0
    for encoding, width in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        whole = sample[: len(sample) // width * width]
        try:
            # Without final=True, because the sample may end in the middle of a surrogate pair.
            text = codecs.getincrementaldecoder(encoding)().decode(whole)
        except UnicodeDecodeError:
            continue
        strange = sum(unicodedata.category(char) in ("Cc", "Cn", "Co") for char in text)
        strange -= sum(map(text.count, "\t\n\r\f\v"))
        if text and strange <= len(text) // 50:
            if width == 4:
                return encoding  # other data is hardly ever valid UTF-32
            # Read in the wrong byte order, a space becomes an en quad, and Latin letters become Chinese characters.
            common = sum(char in " \n、。，" or (char.isascii() and char.isalnum()) for char in text)
            if common > most:
                best, most = encoding, common
    return best


def _wide_han(sample: bytes) -> str | None:
    """The UTF-16 encoding of ``sample`` if it is Chinese or Japanese; None otherwise. Such text has hardly any zero
    bytes.
    """
    whole = sample[: len(sample) // 2 * 2]
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(whole)
        except UnicodeDecodeError:
            continue
        common = sum(char in _COMMON_HAN or "ぁ" <= char <= "ヿ" for char in text)
        strange = sum(unicodedata.category(char) in ("Cn", "Co") for char in text)
        if common > _LEAST_COMMON_HAN * len(text) and not strange:
            return encoding
    return None


def _decode_broken_utf8(content: bytes) -> str | None:
    """The text, if ``content`` is UTF-8 except for a few bytes that are cut off or in another encoding; otherwise None."""
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    high = len(content) - len(content.translate(None, _HIGH))
    # A valid character outside of ASCII has at least two high bytes; each broken byte counts as one.
    whole = (high - broken) // 2
    return text if whole >= 4 * broken else None


def _decode_legacy(content: bytes) -> str:
    import chardet

    high = len(content) - len(content.translate(None, _HIGH))
    sample = _lines_outside_ascii(content)
    if _is_western(sample, signs_alone=high > _FEW * len(content)):
        return content.decode("cp1252", "replace")
    if _is_gb18030_of_four_bytes(sample):
        return content.decode("gb18030", "replace")
    found, *others = chardet.detect_all(sample, ignore_threshold=True, include_encodings=_CANDIDATES)
    western = next((other["confidence"] for other in others if other["encoding"] == "Windows-1252"), 0.0)
    if western > _NEARLY * found["confidence"] and _is_western(sample, signs_alone=False):
        return content.decode("cp1252", "replace")
    encoding = found["encoding"] or "cp1252"
    text = content.decode(_WIDER.get(encoding, encoding), "replace")
    if (
        encoding in ("ISO-8859-2", "Windows-1250")
        and found["language"] == "ro"
        and not _CEDILLAS.isdisjoint(text)
        and not _C1.search(content)
    ):
        # ISO-8859-2 has letters with a cedilla, ISO-8859-16 has the same letters with a comma. Romanian uses the comma.
        return content.decode("iso8859-16", "replace")
    return text


def _is_western(sample: bytes, *, signs_alone: bool) -> bool:
    """Whether all characters outside of ASCII are signs or Western European letters, at places where these usually
    stand.
    """
    text = sample.decode("cp1252", "replace")
    if any(0 < sum(map(text.count, pair)) < 2 for pair in _PAIRS):
        return False  # a letter of another encoding, more likely
    for found in _OTHERS.finditer(text):
        others = found[0]
        before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
        inside = before.isalpha() and after.isalpha()
        is_sign = (
            len(others) < 3
            and _SIGNS.issuperset(others)
            and (not inside or others in _INSIDE_A_WORD)
            and not (others in _BEFORE_A_WORD and before.isalpha())
            and not (others == "…" and before == after == " ")
        )
        is_letter = (
            not signs_alone
            and _WESTERN.issuperset(others.lower())
            and not (before.islower() and others[0].isupper())
        )
        if not is_sign and not is_letter:
            return False
    return True


def _is_gb18030_of_four_bytes(sample: bytes) -> bool:
    """Whether ``sample`` is in a script of China, such as Tibetan, whose letters take four bytes each in GB18030."""
    fours = _FOUR_BYTES.findall(sample)
    high = len(sample) - len(sample.translate(None, _HIGH))
    if len(fours) < 3 or 4 * len(fours) < high:
        return False
    letters = b"".join(fours).decode("gb18030", "replace")
    return all(unicodedata.category(letter) not in ("Cn", "Co") and letter != "\ufffd" for letter in letters)


def _lines_outside_ascii(content: bytes) -> bytes:
    """The first lines that have characters outside of ASCII, up to about 64 KiB."""
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

"""How many texts in older encodings are decoded correctly: by our rules, by chardet alone and by charset-normalizer.

``python -m benchmarks.text_encodings`` writes sentences in 22 languages (spaCy's examples) in the encodings that were
used for each language, whole and sentence by sentence, and decodes them again. It needs no folder: the sentences come
with a package of requirements-local.txt. The rules were chosen on every other sentence. The figures are those of the
other half, unless ``--all`` is given. charset-normalizer, which was used until version 0.2, is measured where it is
installed.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator

from adapters.extractors.encodings import decode
from ports.text_extractor import UnreadableDocument

ENCODINGS = {
    "cp852": "pl cs sk hu ro hr sl", "cp1250": "pl cs sk hu ro hr sl", "iso8859-2": "pl cs sk hu ro hr sl",
    "iso8859-16": "ro pl hu hr", "cp857": "tr", "cp1254": "tr", "cp737": "el", "cp1253": "el", "iso8859-7": "el",
    "cp862": "he", "cp1255": "he", "cp1258": "vi", "iso8859-6": "ar", "cp1256": "ar fa ur", "gb18030": "zh",
    "utf-16-le": "en de zh ja ru el ar ko", "utf-16-be": "en de zh ja ru el ar ko",
    "cp1252": "fr de es pt it nl da sv fi is ca", "cp850": "fr de es pt it da sv fi", "mac_roman": "fr de es pt it",
    "cp437": "fr de es it sv", "cp1251": "ru uk bg sr mk", "koi8-r": "ru", "koi8-u": "uk", "cp866": "ru uk",
    "iso8859-5": "ru bg sr", "cp855": "sr bg", "cp1257": "lt lv", "cp775": "lt lv", "cp932": "ja", "euc_jp": "ja",
    "cp949": "ko", "cp874": "th",
}  # fmt: skip
FEW_SIGNS = (
    "10 °C", "£5", "50 €", "5 µm", "x² + y²", "a × b", "It’s", "“quoted”", "a – b", "naïve", "a café", "the façade",
    "Zürich", "Brontë", "São Paulo", "½ cup",
)  # fmt: skip
"""Characters outside of ASCII that an English text may contain."""
TONES = "\u0300\u0301\u0303\u0309\u0323"
CEDILLAS = str.maketrans("ŞşŢţ", "ȘșȚț")
"""The letters in which ISO-8859-2 and -16 differ. Romanian uses those with a comma."""


def ours(content: bytes) -> str:
    try:
        return decode(content)
    except UnreadableDocument as refused:
        return refused.code


def by_chardet(content: bytes) -> str:
    import chardet

    return content.decode(chardet.detect(content)["encoding"] or "cp1252", "replace")


def by_charset_normalizer(content: bytes) -> str:
    best = importlib.import_module("charset_normalizer").from_bytes(content).best()
    return "" if best is None else str(best)


def texts(language: str, *, all_of_them: bool) -> Iterator[str]:
    module = f"spacy.lang.{language}.examples"
    if importlib.util.find_spec(module) is None:
        return
    sentences = list(importlib.import_module(module).sentences)
    kept = sentences if all_of_them else sentences[1::2]
    if not kept:
        return
    yield " ".join(kept)
    yield from kept[:4]
    yield "for i in range(10):\n\tprint(i)\n" * 3 + "\n" + kept[0]


def written(text: str, encoding: str) -> bytes | None:
    """The text in the encoding. None if the text is ASCII, or has letters that the encoding does not have."""
    whole = unicodedata.normalize("NFC", text).translate({0x2019: "'", 0x2013: "-"})
    if encoding == "cp1258":
        whole = "".join(map(_with_tone, whole))
    if encoding in ("cp852", "cp1250", "iso8859-2"):
        whole = whole.translate({ord(new): old for old, new in zip("ŞşŢţ", "ȘșȚț", strict=True)})
    try:
        content = whole.encode(encoding)
    except UnicodeEncodeError:
        return None
    return None if content.isascii() else content


def _with_tone(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    tone = next((mark for mark in parts if mark in TONES), "")
    return unicodedata.normalize("NFC", parts.replace(tone, "")) + tone if tone else letter


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--all", action="store_true", help="also the sentences that the rules were chosen on")
    told = parser.parse_args()
    readers: dict[str, Callable[[bytes], str]] = {"ours": ours, "chardet": by_chardet}
    if importlib.util.find_spec("charset_normalizer"):
        readers["charset-normalizer"] = by_charset_normalizer
    samples = [
        (encoding, content)
        for encoding, languages in ENCODINGS.items()
        for language in languages.split()
        for text in texts(language, all_of_them=told.all)
        if (content := written(text, encoding)) is not None
    ]
    plain = " ".join(texts("en", all_of_them=True))
    samples += [("cp1252", f"{plain} {sign}. {plain}".encode("cp1252")) for sign in FEW_SIGNS]
    totals: dict[str, list[str]] = {}
    for name, read in readers.items():
        started = time.process_time()
        right = [encoding for encoding, content in samples if _same(read(content), content.decode(encoding))]
        totals[name] = right
        print(
            f"{name}: {len(right)} of {len(samples)} = {len(right) / len(samples):.3f}, "
            f"{1000 * (time.process_time() - started) / len(samples):.1f} ms each"
        )
    for encoding in ENCODINGS:
        count = sum(each == encoding for each, _ in samples)
        shares = ", ".join(f"{name} {right.count(encoding)}" for name, right in totals.items())
        print(f"  {encoding}: of {count} {shares}")
    return 0


def _same(read: str, right: str) -> bool:
    folded = (unicodedata.normalize("NFC", text).translate(CEDILLAS).strip() for text in (read, right))
    return len(set(folded)) == 1


if __name__ == "__main__":
    sys.exit(main())

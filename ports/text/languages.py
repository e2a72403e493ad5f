"""Guesses the language of a short text from its script or its common words."""

from __future__ import annotations

import re

from ports.text.words import words

_SCRIPTS = {
    "ja": re.compile("[\u3041-\u30ff]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
    "ko": re.compile("[\uac00-\ud7a3]"),
    "th": re.compile("[\u0e01-\u0e4e]"),
    "ar": re.compile("[\u0621-\u064a]"),
    "hi": re.compile("[\u0904-\u0939]"),
    "ru": re.compile("[\u0410-\u044f]"),
}
"""The letters of each script, with the language that a text in it is taken for. The order matters: Japanese uses Chinese
characters too.
"""
_COMMON_WORDS = {
    language: frozenset(listed.split())
    for language, listed in {
        "en": "the of is are was were what who when where why how does did which and in to",
        "es": "el los las que del por cual cuales cuando donde como quien cuantos cuantas es y en hay hola gracias adios buenos buenas",
        "fr": "le les des est que qui quand ou comment pourquoi quel quelle combien et du dans bonjour bonsoir merci salut revoir",
        "de": "der die das ist was wer wann wo wie warum welche welcher und wurde ein eine hallo guten danke tschuss",
        "pt": "o os as que do da quem quando onde como qual quais quantos e em foi sao nao uma ola obrigado obrigada bom boa",
        "it": "il lo gli che chi quando dove come perche quale quali quanti di e nel della sono ciao grazie buongiorno buonasera",
    }.items()
}

_ALSO_ENGLISH = frozenset("do as die come hay comment".split())
"""Words of the other languages above that are English words too."""
_ONLY_ENGLISH = (_COMMON_WORDS["en"] - {"in", "was"}) | frozenset(
    "have my with you your could should would this that these they from about".split()
)
"""Words that show that the text is English. If it has one of them, the words of ``_ALSO_ENGLISH`` show no other
language.
"""


def language_of(text: str) -> str:
    """The text's language as a code of ISO 639-1, one of those listed above. It is ``en`` if no word is known."""
    for language, script in _SCRIPTS.items():
        if script.search(text):
            return language
    if "¿" in text or "¡" in text:
        return "es"
    said = words(text)
    # No Portuguese sentence begins with *do*.
    is_english = said[:1] == ["do"] or any(word in _ONLY_ENGLISH for word in said)
    shared = _ALSO_ENGLISH if is_english else frozenset()
    places = {
        language: [place for place, word in enumerate(said) if word in common and word not in shared]
        for language, common in _COMMON_WORDS.items()
    }
    return max(places, key=lambda language: (len(places[language]), -min(places[language], default=0)))


def common_share(text: str, language: str) -> float:
    """The share of the words of ``text``, 0 to 1, that are among the listed words of ``language``.

    It is 1 for a language that is known by its script.
    """
    if language not in _COMMON_WORDS:
        return 1.0
    said = words(text)
    return sum(word in _COMMON_WORDS[language] for word in said) / max(1, len(said))

"""The language of a short text, told by its script or by its commonest words."""

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
"""In this order: Japanese is written with Chinese characters too."""
_TELLING: dict[str, str] = {
    "en": "the of is are was were what who when where why how does did which and in to",
    "es": "el los las que del por cual cuales cuando donde como quien cuantos cuantas es y en hay hola gracias adios buenos buenas",
    "fr": "le les des est que qui quand ou comment pourquoi quel quelle combien et du dans bonjour bonsoir merci salut revoir",
    "de": "der die das ist was wer wann wo wie warum welche welcher und wurde ein eine hallo guten danke tschuss",
    "pt": "o os as que do da quem quando onde como qual quais quantos e em foi sao nao uma ola obrigado obrigada bom boa",
    "it": "il lo gli che chi quando dove come perche quale quali quanti di e nel della sono ciao grazie buongiorno buonasera",
}


def language_of(text: str) -> str:
    """Two letters of ISO 639-1, among those with phrases here; ``en`` where nothing tells."""
    for language, script in _SCRIPTS.items():
        if script.search(text):
            return language
    if "¿" in text or "¡" in text:
        return "es"
    said = words(text)
    told = {
        language: [place for place, word in enumerate(said) if word in telling.split()]
        for language, telling in _TELLING.items()
    }
    return max(told, key=lambda language: (len(told[language]), -min(told[language], default=0)))


def telling_share(text: str, language: str) -> float:
    """The share of the words of ``text`` that are among the commonest of ``language``.

    It is 1 if the script alone tells the language.
    """
    if language not in _TELLING:
        return 1.0
    said = words(text)
    return sum(word in _TELLING[language].split() for word in said) / max(1, len(said))

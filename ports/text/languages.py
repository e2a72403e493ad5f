"""Guesses the language of a short text from its script or its common words."""

from __future__ import annotations

from ports.text.regexes import regex
from ports.text.words import words

_SCRIPTS = {
    "ja": regex("[\u3041-\u30ff]"),
    "zh": regex("[\u4e00-\u9fff]"),
    "ko": regex("[\uac00-\ud7a3]"),
    "th": regex("[\u0e01-\u0e4e]"),
    "ar": regex("[\u0621-\u064a]"),
    "hi": regex("[\u0904-\u0939]"),
    "ru": regex("[\u0410-\u044f]"),
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
_ENGLISH = frozenset(
    "the a an of to in is are was were be been and or not that this it its for with as by on at from have has had"
    " do does did what which who whom whose when where why how can could will would should may might must there"
    " they them their he she his her you your we our i my if than then so because while into about more most no"
    " yes only also such one two between during after before".split()
)
_OTHERS = (
    frozenset(
        "der die das und ist nicht ein eine zu den dem des mit von auf für im als wird werden sind le la les des et est"
        " une un dans que qui pour sur pas du au ce il elle el los las y en es por para con una se su del al como más"
        " o os e do da dos das um uma não com il lo gli di che è per non sono nel della het een van en niet op te dat"
        " är och att som det på av för inte ve bir bu için ile".split()
    )
    - _ENGLISH
)
_ONLY_ENGLISH = _ENGLISH - frozenset("a an as can do has he her i in no on or so was".split())
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


def looks_english(text: str) -> bool:
    """Whether the text may be English: its letters are Latin, and it has at least as many common English words as
    common words of other languages.
    """
    letters = [letter for letter in text if letter.isalpha()]
    if not letters or sum(letter.isascii() for letter in letters) < 0.9 * len(letters):
        return False
    said = text.lower().split()
    return sum(word in _OTHERS for word in said) <= sum(word in _ENGLISH for word in said)


def common_share(text: str, language: str) -> float:
    """The share of the words of ``text``, 0 to 1, that are among the listed words of ``language``.

    It is 1 for a language that is known by its script.
    """
    if language not in _COMMON_WORDS:
        return 1.0
    said = words(text)
    return sum(word in _COMMON_WORDS[language] for word in said) / max(1, len(said))

"""What a question asks for, and whether a sentence holds that sort of thing."""

from __future__ import annotations

import re
from typing import Literal, get_args

from adapters.local.agent.text.words import is_stopword

Kind = Literal[
    "overview", "count", "time", "reason", "person", "place", "list", "definition", "manner", "other"
]


def _cues(phrases: str) -> re.Pattern[str]:
    """Any of the phrases, divided by ``|``; a ``*`` stands for the rest of a word. Letters of scripts that
    space their words are matched as whole words."""
    alternatives = []
    for phrase in (" ".join(p.split()) for p in phrases.split("|")):
        body = re.escape(phrase).replace(r"\*", r"\w*")
        spaced = phrase[0].isalpha() and phrase[0] < "\u0e00"
        alternatives.append(rf"\b{body}\b" if spaced else body)
    return re.compile("|".join(alternatives), re.IGNORECASE)


# Earlier kinds win: "what year" is a time though it begins as a definition does.
_ASKS: dict[Kind, re.Pattern[str]] = {
    "overview": _cues(
        """
        summar*|overview|main idea*|main point*|main topic*|main message*|key point*|key idea*|
        key takeaway*|takeaways|what is this document*|what are these notes|what is this about|
        what is it about|what do my documents|what is in my document*|what is this chapter about|
        what is this text about|what does this document|resumen|resume|resumir|résum*|zusammenfass*|
        riassu*|总结|概括|摘要|要約|요약|สรุป|ملخص|सारांश
    """
    ),
    "count": _cues(
        """
        how many|how much|how often|how long|how far|how old|how tall|how fast|how big|how large|
        how deep|how high|how hot|what percentage|what number|what share|what amount|
        what proportion|what fraction|cuánt*|cuant*|combien|wie viel*|wieviel*|quant*|сколько|多少|
        几个|幾|いくつ|何人|몇|กี่|เท่าไ|كم|कितन
    """
    ),
    "time": _cues(
        """
        when|what year|what date|what day|what month|what century|what time|which year|
        which century|which month|cuándo|quand|wann|quando|когда|什么时候|何时|哪一年|いつ|언제|
        เมื่อไ|เมื่อใด|متى|कब
    """
    ),
    "reason": _cues(
        """
        why|what caus*|what made|what makes|what led|what leads|for what reason|reason|reasons|
        por qué|pourquoi|warum|wieso|perché|почему|зачем|为什么|為什麼|为何|なぜ|どうして|왜|ทำไม|
        لماذا|क्यों
    """
    ),
    "person": _cues(
        """who|whom|whose|quién|quiénes|quien|qui|wer|wem|wen|quem|chi|кто|谁|誰|누구|ใคร|من الذي|कौन|किसने"""
    ),
    "place": _cues(
        """
        where|which country|which city|which place|which state|which region|dónde|donde|où|wo|onde|
        dove|где|哪里|哪裡|どこ|어디|ที่ไหน|أين|कहाँ
    """
    ),
    "list": re.compile(
        r"\b(?:list|enumerate|name (?:the|two|three|four|five|some))\b|\b(?:what|which) (?:\w+ ){0,4}?(?:"
        r"types|kinds|steps|stages|examples|parts|factors|causes|advantages|disadvantages|differences|features|functions|properties|"
        r"measures|actions|benefits|components|elements|methods|ways|effects|classes)\b|哪些|どのような",
        re.IGNORECASE,
    ),
    "definition": _cues(
        """
        what is|what’s|what's|what are|what was|what were|what does|define|explain|definition of|
        meaning of|qué es|qué son|qué significa|qu'est-ce|qu’est-ce|was ist|was sind|cos'è|cos’è|
        che cosa|o que é|что такое|是什么|什么是|とは|이란|คืออะไร|ما هو|ما هي|क्या है
    """
    ),
    "manner": _cues("how|cómo|comment|wie|come|как|怎么|如何|怎样|どのように|어떻게|อย่างไร|كيف|कैसे"),
}

_NUMBER = re.compile(r"\d[\d.,]*|[零一二三四五六七八九十百千万億亿两]+")
_NUMBER_WORD = _cues(
    """
        one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|
        hundred*|thousand*|million*|billion*|half|third|quarter|dozen*|twice|percent|uno|dos|tres|
        cuatro|cinco|deux|trois|quatre|cinq|zwei|drei|vier|fünf
    """
)
_DATE = _cues(
    """
        january|february|march|april|may|june|july|august|september|october|november|december|jan|
        feb|mar|apr|jun|jul|aug|sep|oct|nov|dec|centur*|year|years|day|days|month|months|week|weeks|
        hour|hours|before|after|during|siglo|enero|año*|年|月|世紀|世纪|년|ปี|عام|سنة|वर्ष|सन
    """
)
_YEAR = re.compile(r"\b\d{3,4}\b")
_BECAUSE = _cues(
    """
        because|since|due to|therefore|thus|hence|as a result|owing to|so that|in order to|caus*|
        reason|reasons|lead to|leads to|led to|result*|porque|debido|por lo tanto|car|parce|weil|
        denn|deshalb|perché|потому|поэтому|因为|因此|所以|由于|ため|から|때문|เพราะ|เนื่องจาก|لأن|
        بسبب|क्योंकि|कारण
    """
)
_MEANS = _cues("by|through|using|via|with|first|then|finally|mediante|durch|путём|путем|通过|により|โดย")
_LISTING = re.compile(
    r"[:;]|\b(?:first|second|third|includes?|including|such as|following)\b|(?:[,、،].*){2}", re.I | re.S
)
_PLACE = re.compile(
    r"\b(?:in|at|on|near|between|from|to|across|en|à|au|dans|im|auf)\s+(?:the\s+|el\s+|la\s+|der\s+)?[^\W\d_a-z]"
)
_NAME = re.compile(r"(?<=[^\W_])[,;:]?\s+[\"“(]?([^\W\d_a-z][^\W\d_]+)")
_CALLED = _cues("called|known as|termed|defined as|称为|叫做|と呼ばれ|เรียกว่า")
_DEFINES = (
    r"(?:\s*\([^)]*\))?,?\s*(?:(?:is|are|was|were|means?|refers? to|consists? of|describes?|states?|says?|"
    r"occurs? when|es|son|est|sont|ist|sind|é|è)\b|[—–:=-])"
)
_LEANS_BACK = _cues(
    """
        it|its|they|them|their|this|these|those|that|he|she|his|her|however|therefore|thus|hence|so|
        for this reason|such|but|and|because of this|the former|the latter
    """
)
_POINTS_BACK = _cues(
    """
        it|its|that|this|these|those|they|them|their|he|she|his|her|him|one|ones|former|latter|same|
        there|else|eso|esto|ella|cela|ça|das|dies|它|他|她|那|这|これ|それ|그것|มัน|ذلك|यह|वह
    """
)
_GOES_ON = re.compile(
    r"\W*(?:(?:and|but|so|also|what about|how about|how so|how come|tell me more|more|go on|y|et|und|e|и)\b|"
    r"why\W*$|why (?:is|was|does|did|are|do) (?:that|this|it|so|they)\b|"
    r"explain (?:that|this|it|more)\b|那|それ)",
    re.IGNORECASE,
)


def kind_of(question: str) -> Kind:
    return next((kind for kind in get_args(Kind) if kind in _ASKS and _ASKS[kind].search(question)), "other")


def goes_on(question: str) -> bool:
    """Whether it opens as the second half of an exchange does: "and the other?", "why is that?"."""
    return bool(_GOES_ON.match(question))


def points_back(question: str) -> bool:
    return bool(_POINTS_BACK.search(question))


def leans_back(sentence: str) -> bool:
    """Whether it opens with a word that only the sentence before it explains."""
    return bool(_LEANS_BACK.match(sentence.lstrip("\"'“‘(")))


def fits(kind: Kind, question: str, sentence: str) -> bool:
    """Whether the sentence holds a thing of the kind asked for that the question does not already hold."""
    match kind:
        case "count":
            return _new(_NUMBER, question, sentence) or _new(_NUMBER_WORD, question, sentence)
        case "time":
            return _new(_YEAR, question, sentence) or _new(_DATE, question, sentence)
        case "person":
            return any(name not in question for name in _NAME.findall(sentence))
        case "place":
            return bool(_PLACE.search(sentence))
        case "reason":
            return bool(_BECAUSE.search(sentence))
        case "manner":
            return bool(_MEANS.search(sentence))
        case "list":
            return bool(_LISTING.search(sentence))
        case "definition":
            return bool(_CALLED.search(sentence)) or _defines(question, sentence)
        case _:
            return False


def _new(pattern: re.Pattern[str], question: str, sentence: str) -> bool:
    return any(found.group() not in question for found in pattern.finditer(sentence))


def _defines(question: str, sentence: str) -> bool:
    """Whether a word of the question is the subject, near the start, of a verb that defines."""
    words = [w for w in re.findall(r"[\w’'-]{3,}", question) if not is_stopword(w.casefold())]
    return any(
        re.search(rf"^.{{0,60}}?{re.escape(word[:-1])}\w*{_DEFINES}", sentence, re.IGNORECASE)
        for word in words[:12]
    )

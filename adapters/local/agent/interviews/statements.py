"""The claim in a sentence: its concept, and whether the sentence defines it, gives a reason, or says something else
about it.

English sentences are matched with patterns; a sentence without a match has no claim. In other languages the
structure of the text decides: a sentence is about the words that begin it and that other sentences repeat.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from adapters.local.agent.text.self_contained import is_of_word, is_self_contained
from adapters.local.agent.text.words import is_faint, is_stopword, stem, tokens
from ports.text.words import is_unspaced

Kind = Literal["defines", "says", "reason", "about"]
"""The kind of claim. "about" is any other statement about the concept."""

MAX_CONCEPT_WORDS = 4
_LONGEST_PREFIX = 24
"""The most characters of a concept in a script without spaces."""
_LEAST_LETTERS = 4
"""The fewest characters of a concept in a script with spaces."""

_WORD = r"[^\W\d_][^\W\d_]*(?:[’'-][^\W\d_]+)*"
_PHRASE = rf"{_WORD}(?: {_WORD}){{0,4}}?"
_ASIDE = r"(?: \([^)]{1,40}\))?(?:, [^,;:]{3,80},)?"


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim about a concept. ``concept`` is written as in the text. ``opening`` is the article before it, or ""."""

    kind: Kind
    concept: str
    opening: str = ""
    is_plural: bool = False
    is_past: bool = False
    deed: Literal["", "does", "do", "did"] = ""
    """The helper verb of a question for what the concept does; "" if it does nothing."""
    effect: str = ""
    """For a claim of kind "reason": the effect."""
    reason: str = ""


_ARTICLES = "The |An |A |Each |Every "
_DEFINES = (
    "an?|the|one|any|what|how|called|defined|known|said to|made of|when|where|energy|work done|"
    r"(?:anything|something|everything|someone|those|that part|all)\b"
)
"""Words that follow the verb of a definition."""
_SAYING = "(?:says|states|holds|claims|asserts|requires|predicts|tells us|postulates|implies|shows|means) that|say that"
_VERBS = "".join(
    r"""
        is|are|was|were|has|have|had|can|cannot|may|must|will|does|do|did|acts?|allows?|appears?|arises?|attacks?|bears?|
        becomes?|became|begins?|began|believed|belongs?|binds?|breaks?|brings?|bore|builds?|burns?|called|carries|carry|
        causes?|changes?|combines?|comes?|came|compared|connects?|consists?|contains?|controls?|converts?|covers?|
        creates?|crosses|defines?|depends?|describes?|detects?|determines?|developed|differs?|discovered|divides?|
        draws?|emits?|ended|enters?|equals?|exerts?|exists?|explains?|falls?|fell|flows?|follows?|forms?|found|
        founded|gains?|gave|generates?|gives?|grows?|grew|happens?|helps?|holds?|identified|includes?|increases?|
        invented|invests?|involves?|joins?|keeps?|led|leads?|leaves?|lies|lived|loses?|made|makes?|means?|measures?|
        moves?|needs?|occurs?|orders?|passes|passed|perform(?:s|ed)?|points?|predicts?|prevents?|produces?|promises?|
        protects?|provides?|published|pumps?|pushes|reacts?|receives?|records?|reduces?|refers?|reflects?|regulates?|
        releases?|removes?|represents?|requires?|resists?|rises?|said|says?|serves?|showed|shows?|signed|slows?|
        speaks?|splits?|spread|spreads|stands?|starts?|states?|stays?|stopped|stops?|stored|stores?|studies|supplies|
        takes?|taught|teaches|tends?|throws?|took|transports?|travels?|turns?|used|uses?|varies|wants?|went|won|
        works?|writes|wrote|weighs?
    """.split()
)
_LEAD_IN = (
    r"(?:(?:In|On|At|Near|For|By|From|With|Under|During|Since|After|Before|Within|Among) [^,;:]{1,60}, )?"
)
_BEFORE_SUBJECT = r"(?:In|On|At|Near|For|By|From|With|Under|During|Since|After|Before|Within|Among) [^,;:]{1,70}?,? (?:the |an? )"
_STATES = frozenset(
    """
    is are was were has have had can cannot may must will does do did bear bears bore point points stand stands order orders equals equal exists exist lies belong belongs
    consist consists contain contains depend depends include includes mean means need needs weigh weighs differ differs
    said called
    """.split()
)
"""Verbs that describe a state, not an action."""
_IRREGULAR_PASTS = frozenset(
    "became began bore came fell found gave grew led lost made showed spread taught took went won wrote".split()
)
_NAMED_AT_END = re.compile(
    rf"^(?P<what>.{{15,200}}?) (?:is|are) (?:called|known as|termed|named) "
    rf"(?P<opening>(?:the |an? )?)(?P<c>{_WORD}(?: {_WORD}){{0,2}})\.$"
)
_REASONS = (
    r"^(?P<effect>.{12,200}?),? (?<!not )(?<!only )because (?P<reason>(?!of\b).{8,200})\.$",
    r"^Because (?P<reason>(?!of\b).{8,160}?), (?P<effect>.{12,200})\.$",
)
_ENDS = re.compile(r"(?<!\.\w)[.。।۔။!！][\"'”’»)\]」]*$")
_PREPOSITIONS = frozenset("of on in at with from for to under over between".split())
_CONNECTIVES = frozenset(
    "of the in de la las los le les l du des del della dello di da do dos das von der s".split()
)
_NO_NOUN_ENDS = re.compile(
    r"(?:ly|\b(?:always|often|sometimes|never|thus|itself|themselves)|\b(?:many|several|various|numerous)\b.*|"
    r" [^\W\d_]+(?:ous|ful|less|able|ible|ical|ual))$",
    re.IGNORECASE,
)
"""Endings of adverbs and adjectives. If the supposed concept has such an ending, the supposed verb is really the noun.
"""
_BECOMES = re.compile(r"\b(?:be|been|being|not)\b", re.IGNORECASE)


def is_ended(sentence: str) -> bool:
    return bool(_ENDS.search(sentence.rstrip())) or "\u0e01" <= sentence.rstrip()[-1:] <= "\u0e4e"


def claims_of(sentence: str, heading: str = "") -> Iterator[Claim]:
    """The claims in an English sentence on one line: a reason, then a claim about its concept.

    A word that is usually too common to be a concept may be one if it is the ``heading``.
    """
    for pattern in _REASONS:
        found = re.match(pattern, sentence)
        if found and is_self_contained(_capitalised(found["effect"]), "en"):
            concept = _subject_of(_capitalised(found["effect"]) + ".")
            if concept:
                yield Claim("reason", concept, effect=found["effect"], reason=found["reason"])
                break
    claim = _claim_about(sentence, heading)
    if claim is not None:
        yield claim


def repeated_opening(sentence: str, elsewhere: str) -> Claim | None:
    """A claim about the first words of the sentence, without one small word, if ``elsewhere`` repeats them. In any
    language.
    """
    if is_unspaced(sentence):
        prefixes = (sentence[:length] for length in range(_LONGEST_PREFIX, 1, -1))
        repeated = (one for one in prefixes if one in elsewhere and all(map(is_of_word, one)))
        concept = re.sub("[\u3041-\u309f]+$", "", next(repeated, ""))
        return Claim("about", concept) if len(concept) > 1 else None
    opening, words = "", sentence.split()
    article = re.match(r"\w{1,2}[’']|\w+ ", sentence)
    if article and (article.group()[-1] != " " or is_stopword(tokens(article.group())[0])):
        opening = article.group()
        words = sentence[article.end() :].split()
    said = f" {' '.join(tokens(elsewhere))} "
    for length in range(min(MAX_CONCEPT_WORDS - 1, len(words)), 0, -1):
        concept = " ".join(words[:length])
        held = tokens(concept)
        is_whole = concept[-1:].isalpha() and not is_stopword(held[0]) and not is_stopword(held[-1])
        if is_whole and len(concept) >= _LEAST_LETTERS and f" {' '.join(held)} " in said:
            return Claim("about", concept, opening)
    return None


def _subject_of(sentence: str) -> str:
    """The concept of the sentence or, if it has none, its first words up to a preposition; "" if these are no concept."""
    claim = _claim_about(sentence)
    if claim is not None:
        return claim.concept
    found = re.match(rf"(?:{_ARTICLES})?(?P<c>{_WORD}(?: {_WORD}){{0,2}}?) (?P<next>{_WORD})", sentence)
    if found and found["next"] in _PREPOSITIONS and is_concept(found["c"]):
        return found["c"]
    noun = re.match(rf"(?:{_ARTICLES})(?P<c>{_WORD})", sentence)
    return noun["c"] if noun and is_concept(noun["c"]) else ""


def _claim_about(sentence: str, heading: str = "") -> Claim | None:
    if (found := _NAMED_AT_END.match(sentence)) and is_concept(found["c"]):
        return Claim("defines", found["c"], found["opening"])
    # After an introduction such as "In 1905," an article is written in lower case.
    head = rf"^{_LEAD_IN}(?P<opening>(?:{_ARTICLES}|{_ARTICLES.lower()})?)(?P<c>{_PHRASE})"
    kinds: tuple[tuple[Literal["says", "defines", "about"], str], ...] = (
        ("says", rf" (?P<verb>{_SAYING})"),
        ("defines", rf"{_ASIDE} (?P<verb>is|are|was|were) (?:{_DEFINES})\b"),
        ("defines", r" (?P<verb>means|refers to|denotes|consists of)\b"),
        ("about", rf"{_ASIDE} (?P<verb>{_VERBS})\b"),
    )
    for kind, rest in kinds:
        found = re.match(head + rest, sentence)
        if found and (is_concept(found["c"]) or tokens(found["c"]) == tokens(heading)):
            verb, looks_plural = found["verb"], _looks_plural(found["c"])
            if looks_plural and found["c"].split()[0].endswith("ing") and verb in ("is", "was"):
                return None  # "writing programs is": the subject is the activity, not the plural noun
            is_plural = verb in ("are", "were") or (kind == "about" and looks_plural)
            deed = _deed(verb, is_plural=is_plural) if kind == "about" else ""
            is_past = verb in ("was", "were")
            return Claim(kind, found["c"], found["opening"], is_plural, is_past=is_past, deed=deed)
    return None


def opening_subject(sentence: str, concept: str, language: str) -> bool:
    """Whether the sentence begins with the concept, perhaps after saying when or where."""
    before = rf"(?:{_ARTICLES}|{_BEFORE_SUBJECT})?" if language == "en" else r"(?:\w{1,3}[ ’'])?"
    after = r"(?!\w)(?! (?:of|and|or|de|von|di)\b)"
    return bool(re.match(before + re.escape(concept) + after, sentence, re.IGNORECASE))


def is_concept(phrase: str) -> bool:
    """Whether a question can ask about the phrase: at most four words, and neither the first nor the last is a stop
    word.
    """
    words = tokens(phrase)
    if (
        not words
        or len(phrase.split()) > MAX_CONCEPT_WORDS
        or is_stopword(words[0])
        or is_stopword(words[-1])
    ):
        return False
    if any(is_stopword(word) and word not in _CONNECTIVES for word in words):
        return False
    solid = [word for word in words if not is_stopword(word) and not is_faint(stem(word))]
    return (
        any(len(word) > 2 for word in solid)
        and not _BECOMES.search(phrase)
        and not _NO_NOUN_ENDS.search(phrase)
    )


def _deed(verb: str, *, is_plural: bool) -> Literal["", "does", "do", "did"]:
    if verb in _STATES:
        return ""
    if verb in _IRREGULAR_PASTS or verb.endswith("ed"):
        return "did"
    return "do" if is_plural else "does"


def _looks_plural(concept: str) -> bool:
    last = concept.split()[-1].lower()
    return last.endswith("s") and not last.endswith(("ss", "us", "is", "’s", "'s"))


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def clauses_of(sentence: str) -> Sequence[str]:
    """The clauses that semicolons separate, if each of them could be a sentence; otherwise the whole sentence."""
    parts = [part.strip() for part in sentence.split(";")]
    return parts if all(len(part.split()) >= 4 for part in parts) else [sentence]

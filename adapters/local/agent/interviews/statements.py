"""What a sentence says of what: its concept, and whether it defines it, gives a reason or tells something of it.

By patterns of each language's small words. A sentence that none of them fits says nothing here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from adapters.local.agent.text.sentences import leans_back
from adapters.local.agent.text.words import is_faint, is_stopword, stem, tokens

Kind = Literal["defines", "says", "reason", "about"]
"""The last is whatever else is told of the concept."""

MAX_CONCEPT_WORDS = 4

_WORD = r"[^\W\d_][^\W\d_]*(?:[’'-][^\W\d_]+)*"
_PHRASE = rf"{_WORD}(?: {_WORD}){{0,4}}?"
_ASIDE = r"(?: \([^)]{1,40}\))?(?:, [^,;:]{3,80},)?"


@dataclass(frozen=True, slots=True)
class Claim:
    """``concept`` is as the text has it; ``opening`` is what stands before it: an article, if any."""

    kind: Kind
    concept: str
    opening: str = ""
    is_plural: bool = False
    is_past: bool = False
    deed: Literal["", "does", "do", "did"] = ""
    """Where the concept is told to do something: how that is asked for."""
    effect: str = ""
    """Of a reason: what it is the reason for."""
    reason: str = ""


_ARTICLES: dict[str, str] = {
    "en": "The |An |A |Each |Every ",
    "es": "El |La |Los |Las |Un |Una ",
    "fr": "Le |La |Les |L[’']|Un |Une |Des ",
    "de": "Der |Die |Das |Eine |Ein |Jeder |Jede |Jedes ",
    "pt": "Os |As |O |A |Um |Uma ",
    "it": "Il |Lo |La |L[’']|I |Gli |Le |Uno |Una |Un[’']|Un ",
}
_COPULAS: dict[str, tuple[str, str]] = {
    "en": (
        "is|are|was|were",
        "an?|the|one|any|what|how|called|defined|known|said to|made of|when|where|energy|work done|"
        r"(?:anything|something|everything|someone|those|that part|all)\b",
    ),
    "es": (
        "es|son|fue|era|fueron|eran",
        r"el|la|los|las|un|una|unos|unas|lo que|aquel\w*|cualquier|todo|toda",
    ),
    "fr": ("est|sont|était|étaient|fut|furent", "le|la|les|un|une|des|ce que|celui|celle|tout|toute|l"),
    "de": ("ist|sind|war|waren", "der|die|das|ein|eine|einer|eines|diejenige|jede|jeder|jedes|was"),
    "pt": ("é|são|foi|era|foram|eram", r"o|a|os|as|um|uma|aquel\w*|qualquer|tudo"),
    "it": ("è|sono|fu|era|furono|erano", "il|lo|la|i|gli|le|un|uno|una|ciò|ogni|l"),
}
"""Verbs that define, and the words that follow them then."""
_PLURALS = frozenset(
    "are were son fueron eran sont étaient furent sind waren são foram eram sono erano".split()
)
_PASTS = frozenset(
    "was were fue era fueron eran était étaient fut furent war waren foi foram fu furono erano".split()
)
_SAYING: dict[str, str] = {
    "en": "(?:says|states|holds|claims|asserts|requires|predicts|tells us|postulates|implies|shows|means) that|say that",
    "es": "(?:dice|afirma|establece|sostiene|enuncia) que",
    "fr": "(?:dit|affirme|énonce|stipule) que?",
    "de": "(?:besagt|sagt|lautet|behauptet), dass?",
    "pt": "(?:diz|afirma|estabelece|enuncia) que",
    "it": "(?:dice|afferma|stabilisce|enuncia) che",
}
_VERBS: dict[str, str] = {
    "en": r"""
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
    """,
    "es": "es|son|fue|está|están|tiene|tienen|se|puede|pueden|consta|consiste|ocurre|depende|contiene|produce|permite",
    "fr": "est|sont|était|a|ont|se|peut|peuvent|dépend|contient|permet|produit|agit|comprend|consiste",
    "de": "ist|sind|war|hat|haben|wird|werden|kann|können|besteht|enthält|hängt|entsteht|wirkt|dient|bildet",
    "pt": "é|são|foi|está|tem|têm|se|pode|podem|consiste|ocorre|depende|contém|produz|permite",
    "it": "è|sono|fu|ha|hanno|si|può|possono|consiste|avviene|dipende|contiene|produce|permette",
}
_LEAD_IN = (
    r"(?:(?:In|On|At|Near|For|By|From|With|Under|During|Since|After|Before|Within|Among) [^,;:]{1,60}, )?"
)
_LEANS_AFTER_LEAD_IN = re.compile(
    r"(?:In|On|At|Near|For|By|From|With|Under|During|Since|After|Before|Within|Among) [^,;]{1,50}?,? "
    r"(?:it|they|he|she|them|him)\b"
)
_BEFORE_SUBJECT = r"(?:In|On|At|Near|For|By|From|With|Under|During|Since|After|Before|Within|Among) [^,;:]{1,70}?,? (?:the |an? )"
_STATES = frozenset(
    """
    is are was were has have had can cannot may must will does do did bear bears bore point points stand stands order orders equals equal exists exist lies belong belongs
    consist consists contain contains depend depends include includes mean means need needs weigh weighs differ differs
    said called
    """.split()
)
"""Verbs that tell no deed."""
_IRREGULAR_PASTS = frozenset(
    "became began bore came fell found gave grew led lost made showed spread taught took went won wrote".split()
)
_NAMED_AT_END = re.compile(
    rf"^(?P<what>.{{15,200}}?) (?:is|are) (?:called|known as|termed|named) "
    rf"(?P<opening>(?:the |an? )?)(?P<c>{_WORD}(?: {_WORD}){{0,2}})\.$"
)
_OTHER_SCRIPTS: dict[str, re.Pattern[str]] = {
    "ru": re.compile(rf"^(?P<c>{_WORD}(?: {_WORD}){{0,3}}?) (?:[—–-] (?:это )?|является |это )\w"),
    "ar": re.compile(r"^(?P<c>\S+(?: \S+){0,3}?) (?:هو|هي|هم) \S"),
    "hi": re.compile(r"^(?P<c>\S+(?: \S+){0,2}?) (?:वह|एक) .+ है"),
    "th": re.compile("^(?P<c>[\u0e01-\u0e4e]{3,40}?)(?:คือ|หมายถึง)"),
    "zh": re.compile("^(?P<c>[\u4e00-\u9fff]{2,10}?)(?:是|指)(?!否|的|不)"),
    "ja": re.compile(
        "^(?P<c>[^\\s、。はが]{2,16}?)(?:とは|は)、?.+(?:である|です|をいう|のこと|だ|場所|過程)[^、。]{0,6}。?$"
    ),
    "ko": re.compile(
        r"^(?P<c>[\uac00-\ud7a3]{2,10}(?: [\uac00-\ud7a3]{1,8})?)(?:이란|란|은|는) .+(?:이다|입니다)\.?$"
    ),
}
"""Definitions, where they are told by other means than an article and a copula."""
_REASONS: dict[str, tuple[str, ...]] = {
    "en": (
        r"^(?P<effect>.{12,200}?),? (?<!not )(?<!only )because (?P<reason>(?!of\b).{8,200})\.$",
        r"^Because (?P<reason>(?!of\b).{8,160}?), (?P<effect>.{12,200})\.$",
    ),
    "es": (r"^(?P<effect>.{12,200}?),? (?<!no )porque (?P<reason>.{8,200})\.$",),
    "fr": (r"^(?P<effect>.{12,200}?),? (?<!pas )(?:parce que?|car) ?[’']?(?P<reason>.{8,200})\.$",),
    "de": (r"^(?P<effect>.{12,200}?), (?:weil|da) (?P<reason>.{8,200})\.$",),
    "pt": (r"^(?P<effect>.{12,200}?),? (?<!não )porque (?P<reason>.{8,200})\.$",),
    "it": (r"^(?P<effect>.{12,200}?),? (?<!non )perché (?P<reason>.{8,200})\.$",),
    "ru": (r"^(?P<effect>.{12,200}?), потому что (?P<reason>.{8,200})\.$",),
    "zh": ("^因为(?P<reason>.{4,80}?)，所以(?P<effect>.{4,80})。$",),
    "ja": ("^(?P<reason>.{4,80}?)(?:ため|ので)、(?P<effect>.{4,80})。$",),
}
_LEANS: dict[str, str] = {
    "en": "another|both|one of|here|there|then|also|besides|moreover|furthermore|instead|otherwise|similarly|likewise|"
    "nevertheless|still|yet|in this|in that|at this|by this|for example|for instance|as a result|in contrast|"
    "on the other hand|only then|each of|some of|most of|none of|neither|all of|its|their|the two|the other|others?|"
    "write|remember|note|ex|consider|suppose|assume|imagine|recall|find|try",
    "es": "este|esta|esto|estos|estas|ese|esa|eso|él|ella|ellos|ellas|su|sus|por eso|además|sin embargo|así|pero|también",
    "fr": "il|elle|ils|elles|ce|c[’']|cet|cette|ces|cela|son|sa|ses|leur|leurs|mais|ainsi|donc|de plus|cependant",
    "de": r"er|sie|es|dies\w*|jene\w*|sein\w*|ihr\w*|dadurch|daher|deshalb|dabei|dazu|aber|auch|so|dann|damit|hier",
    "pt": "ele|ela|eles|elas|este|esta|isso|isto|esse|essa|seu|sua|além disso|porém|mas|também|assim",
    "it": "esso|essa|essi|questo|questa|questi|queste|quest[’']|ciò|suo|sua|inoltre|però|lui|lei|ma|così|anche",
    "ru": "он|она|оно|они|это|эти|этот|эта|его|её|их|поэтому|однако|но|также|так",
}
_LEANS_UNSPACED: dict[str, str] = {
    "ar": "هذا|هذه|وهو|وهي|ذلك|لذلك|هو|هي",
    "hi": "यह|वह|ये|वे|इस|उस|इन|उन|लेकिन",
    "zh": "这|那|它|他|她|其|此|该|因此|所以|但",
    "ja": "これ|それ|この|その|あれ|彼|しかし|また|そして",
    "ko": "이것|그것|이는|그는|그녀|그러나|또한|따라서|이 |그 ",
    "th": "มัน|นี่|นั่น|เขา|แต่|ดังนั้น",
}
_REFERS_ELSEWHERE = re.compile(
    r"\b(?:this|these|such an?|aforementioned|the former|the latter|see|above|below|following|here|next|previous|we|us|our|"
    r"you|your|i|my|let)\b|^.{0,20}\bthe same\b|\bones?(?=[.,;)])|\b(?:is|are|does|do|did|was|were) not\.$",
    re.IGNORECASE,
)
_UNFIT = re.compile(
    r"https?:|www\.|[@{}<>|\\_~±√∑∫∂⁄©]|\[\w+\]|\.{3,}|==|\b(?:fig|figure|table|eq|exercise)\b\.? ?\d|"
    r"\b(?:copyright|trademark|isbn|all rights reserved)\b",
    re.IGNORECASE,
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
"""An adverb or an adjective at the end shows that what was taken for the verb is the noun."""
_BECOMES = re.compile(r"\b(?:be|been|being|not)\b", re.IGNORECASE)


def is_self_contained(sentence: str, language: str) -> bool:
    """Whether a reader who sees nothing else knows what it speaks of, as far as words tell; an order tells nothing."""
    text = sentence.lstrip("\"'“‘(«")
    leans = _LEANS.get(language)
    if leans and re.match(rf"(?:{leans})(?!\w)", text, re.IGNORECASE):
        return False
    if text.startswith(tuple(_LEANS_UNSPACED.get(language, "\0").split("|"))):
        return False
    if language == "en" and (
        leans_back(text) or _REFERS_ELSEWHERE.search(text) or _LEANS_AFTER_LEAD_IN.match(text)
    ):
        return False
    return text.count("(") == text.count(")") and text.count('"') % 2 == 0


def is_prose(sentence: str) -> bool:
    """Whether it is a whole sentence of words: no link, code, row of figures or reference to one."""
    letters = sum(
        character.isalpha() or unicodedata.category(character).startswith("M") for character in sentence
    )
    opens = sentence.lstrip("\"'“‘(«")[:1]
    return (
        not _UNFIT.search(sentence)
        and not opens.islower()
        and letters >= 0.6 * len(sentence)
        and sentence.count("=") <= 1
    )


def is_ended(sentence: str) -> bool:
    return bool(_ENDS.search(sentence.rstrip())) or "\u0e01" <= sentence.rstrip()[-1:] <= "\u0e4e"


def claims_of(sentence: str, language: str, heading: str = "") -> Iterator[Claim]:
    """What it may be asked for: a reason, then what it says of its concept. ``sentence`` is on one line.

    A word too common to be a concept may be one where it is the ``heading``.
    """
    for pattern in _REASONS.get(language, ()):
        found = re.match(pattern, sentence)
        if found and is_self_contained(_capitalised(found["effect"]), language):
            concept = _subject_of(_capitalised(found["effect"]) + ".", language)
            if concept:
                yield Claim("reason", concept, effect=found["effect"], reason=found["reason"])
                break
    claim = _claim_about(sentence, language, heading)
    if claim is not None:
        yield claim


def _subject_of(sentence: str, language: str) -> str:
    """What a sentence speaks of, else the words that it opens with up to the first small one."""
    claim = _claim_about(sentence, language)
    if claim is not None:
        return claim.concept
    articles = _ARTICLES.get(language, "\0")
    found = re.match(rf"(?:{articles})?(?P<c>{_WORD}(?: {_WORD}){{0,2}}?) (?P<next>{_WORD})", sentence)
    if found and found["next"] in _PREPOSITIONS and is_concept(found["c"]):
        return found["c"]
    noun = re.match(rf"(?:{articles})(?P<c>{_WORD})", sentence)
    return noun["c"] if noun and is_concept(noun["c"]) else ""


def _claim_about(sentence: str, language: str, heading: str = "") -> Claim | None:
    if language in _OTHER_SCRIPTS:
        found = _OTHER_SCRIPTS[language].match(sentence)
        return Claim("defines", found["c"].strip("«»“”「」")) if found else None
    if language == "en" and (found := _NAMED_AT_END.match(sentence)) and is_concept(found["c"]):
        return Claim("defines", found["c"], found["opening"])
    if language not in _COPULAS:
        return None
    lead_in = _LEAD_IN if language == "en" else ""
    head = rf"^{lead_in}(?P<opening>(?:{_either_case(_ARTICLES[language])})?)(?P<c>{_PHRASE})"
    verbs, objects = _COPULAS[language]
    for kind, rest in (
        ("says", rf" (?P<verb>{_SAYING[language]})"),
        ("defines", rf"{_ASIDE} (?P<verb>{verbs}) (?:{objects})\b"),
        ("defines", r" (?P<verb>means|refers to|denotes|consists of)\b" if language == "en" else None),
        ("about", rf"{_ASIDE} (?P<verb>{''.join(_VERBS[language].split())})\b"),
    ):
        found = re.match(head + rest, sentence) if rest else None
        if found and (is_concept(found["c"]) or tokens(found["c"]) == tokens(heading)):
            if (
                _looks_plural(found["c"])
                and found["c"].split()[0].endswith("ing")
                and found["verb"] in ("is", "was")
            ):
                return None  # "writing programs is": something done, not some things
            is_plural = found["verb"] in _PLURALS or (kind == "about" and _looks_plural(found["c"]))
            return Claim(
                "says" if kind == "says" else "defines" if kind == "defines" else "about",
                found["c"],
                found["opening"],
                is_plural,
                is_past=found["verb"] in _PASTS,
                deed=_deed(found["verb"], is_plural=is_plural)
                if kind == "about" and language == "en"
                else "",
            )
    return None


def opening_subject(sentence: str, concept: str, language: str) -> bool:
    """Whether the sentence speaks of the concept from the start, or after saying when or where."""
    articles = _ARTICLES.get(language, "")
    before = rf"(?:{articles}|{_BEFORE_SUBJECT})?" if language == "en" else f"(?:{articles})?"
    after = r"(?!\w)(?! (?:of|and|or|de|von|di)\b)"
    return bool(re.match(before + re.escape(concept) + after, sentence, re.IGNORECASE))


def is_concept(phrase: str) -> bool:
    """Whether it names something that can be asked for: at most four words, no small ones at its ends."""
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


def _either_case(articles: str) -> str:
    """After what leads in, an article is written small."""
    return f"{articles}|{articles.lower()}"


def _looks_plural(concept: str) -> bool:
    last = concept.split()[-1].lower()
    return last.endswith("s") and not last.endswith(("ss", "us", "is", "’s", "'s"))


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def clauses_of(sentence: str) -> Sequence[str]:
    """The clauses that semicolons divide, where each of them could be a sentence; else the whole."""
    parts = [part.strip() for part in sentence.split(";")]
    return parts if all(len(part.split()) >= 4 for part in parts) else [sentence]

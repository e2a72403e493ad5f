"""Checks the form of a question without its passage: whether the stem is understandable and the options are of one
kind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.quizzes.statements import BLANK
from domain.text.lexical import tokens
from domain.text.opposites import folded
from domain.text.wording import content_words
from ports.grammar import Grammar, ParsedSentence
from ports.text.quantities import quantities
from ports.text.regexes import regex

_POINTS_OUTSIDE = regex(
    r"\b(?:the|this|that) (?:above|following|preceding|previous|next|last) (?:passage|text|paragraph|sentence|excerpt"
    r"|quote|figure|table|section|chapter|example|statement)\b"
    r"|\b(?:passage|text|paragraph|sentence|excerpt|figure|table|example|list) (?:above|below)\b"
    r"|\b(?:as|which is|what is|described|mentioned|stated|shown|discussed) (?:\w+ )?(?:above|below)\b|\bthe above\b"
    r"|\b(?:in|of|by|to|from) (?:this|the|that) (?:passage|text|paragraph|sentence|excerpt|document|section|chapter)\b"
    r"|\bas (?:mentioned|described|stated|discussed|shown|noted|explained|said) (?:earlier|before|previously|already)\b"
    r"|\b(?:figure|table|fig\.) ?\d",
    re.IGNORECASE,
)
_POINTS_BACK = regex(
    r"^(?:and |but |so )?(?:(?:when|where|why|how|what|who|whom|which|in what|for what|to whom|with what)\b[^,?]*?)?"
    r"\b(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had)\s+"
    r"(it|this|that|they|he|she|these|those)\b(?! (?:is|was|called|said|true|possible|necessary|important)\b)",
    re.IGNORECASE,
)
_LOOSE = regex(r"^(?:who|what|which)\b[^,?]*?\b(it|they|them|him|her|he|she)\b", re.IGNORECASE)
_EARLY = 16
"""A position in the stem, in characters. Without a grammar, a pronoun before it is taken to refer to nothing in the
stem: who brought *it*.
"""
_THIS_THING = regex(r"(?<!\bof )(?<!\bfor )\b(?:this|these|those)\s+[a-z]{3,}", re.IGNORECASE)
_THIS_CASE = regex(
    r"\b(?:in|of|from|by) (?:this|that) (?:case|example|experiment|study|situation|scenario)\b", re.IGNORECASE
)
_DUMMY = regex(r"\bit\b.{0,60}\b(?:that|when|if|to|called)\b", re.IGNORECASE)
_DUMMY_CLAUSE = regex(r"\bit\b.{0,60}\b(?:that|when|if|called)\b", re.IGNORECASE)
_ARTICLE = regex(r"\b(an?)\s*(?:_{2,}|\.{4,}|…{2,}|＿+|[:?]?\s*$)", re.IGNORECASE)
_VOWEL = regex(r"(?!uni|use|usu|eu|one\b|once)[aeiou]|(?:hour|honest|heir|honou?r)", re.IGNORECASE)
_OPENS = regex(r"(an?|the)\s", re.IGNORECASE)
_KINDS = {"NOUN": "thing", "PROPN": "thing", "PRON": "thing", "NUM": "number", "ADV": "manner"}


def points_elsewhere(stem: str, parsed: Sequence[ParsedSentence] | None) -> bool:
    """Whether the stem cannot be understood alone: it says "the above", or its "it" refers to nothing in the stem."""
    if _POINTS_OUTSIDE.search(stem):
        return True
    pronoun = _POINTS_BACK.search(stem)
    if pronoun and not _DUMMY.search(stem[pronoun.start(1) :]):
        return not _names_something(stem[: pronoun.start(1)], parsed)
    loose = _LOOSE.search(stem)
    if (
        loose
        and not _DUMMY_CLAUSE.search(stem[loose.start(1) :])
        and (parsed is not None or loose.start(1) < _EARLY)
    ):
        return not _names_something(stem[: loose.start(1)], parsed)
    case = _THIS_CASE.search(stem)
    if case is not None and not re.search(r"[,.;:]", stem[: case.start()]):
        return True
    thing = _THIS_THING.search(stem)
    return thing is not None and not _names_something(stem[: thing.start()], parsed)


def _names_something(before: str, parsed: Sequence[ParsedSentence] | None) -> bool:
    """Whether the text before a pronoun contains a noun; without a grammar, whether it contains a sentence end or a
    name.
    """
    if parsed is None:
        return bool(re.search(r"[.,;:!?]\s|\s[A-Z]", before))
    return any(
        word.part in ("NOUN", "PROPN") and word.end <= len(before) for one in parsed for word in one.words
    )


_ONE_OF_SEVERAL = regex(
    r"\b(?:first|last|earliest|latest|(?P<most>most|least)|(?P<superlative>[a-z]{3,}est)"
    r"|(?P<comparative>[a-z]{2,}er|more|less) than)\b"
)
_NO_SUPERLATIVE = frozenset(
    "forest rainforest harvest interest disinterest request conquest inquest protest contest suggest digest modest honest"
    " arrest manifest invest attest detest ingest infest earnest tempest bequest unrest crest priest behest molest"
    " midwest northwest southwest".split()
)
"""Words in -est that compare nothing. Other such words are superlatives."""
_BEFORE_MANY = regex(
    r"\b(?:do|does|did|in|of|for|by|to|with|from|among|at|(?:where|when|why|how|what) (?:are|were))\s+$",
    re.IGNORECASE,
)
"""The words before a *most* or *least* that is not a superlative: *what do most plants need*, *at least*."""
_CLAUSE = regex(
    r"(?<=[\w,] )(?:(?P<when>when|if|while|because|after|before|since|although|unless|until|whenever)"
    r"|where|who|that|which|whose)\b"
)
_ASKS_WHAT_IS = regex(r"(?:what|which|who)\b[^,?]*?\b(?:is|are|was|were) (?:the|an?) ", re.IGNORECASE)
"""A stem whose relative clauses say what it asks for: what is the planet that has the most moons?"""
_ASKS = regex(r"(?:^|(?<=, ))(?:\w+ ){0,2}?(?:what|which|who|whom|whose|how|why|where|when)\b", re.IGNORECASE)
_ASKS_WHICH = regex(r"(?:which|who|what)\b", re.IGNORECASE)
_ASKS_OBJECT = regex(r"(?:which|who|what)\b[^,?]*\b(?:do|does|did)\b", re.IGNORECASE)
_HAS_CHOICES = regex(r"\bof the two\b|, [^,?]+ or [^,?]+\?*\s*$", re.IGNORECASE)
_MORE = regex(r"(?<!\ba )(?<!\bthe )\b(?:more|less|fewer)\b", re.IGNORECASE)
_COMPARATIVE = regex(r"(?<!\ba )(?<!\bthe )\b(?:better|worse|[a-z]+er)\b", re.IGNORECASE)
_NO_NOUN = regex(
    r"\W*$|\s*[,;:]|\s+(?:of|in|on|at|to|by|for|from|with|under|than|when|if|after|before|during|through|towards?)\b",
    re.IGNORECASE,
)
"""Words after a comparative that show that it describes no noun: "harder" in *which metal is harder at noon*, but not
"higher" in *a higher court*.
"""


def asks_for_one_of_several(stem: str, parsed: Sequence[ParsedSentence] | None = None) -> bool:
    """Whether the main clause of the stem asks for the first, the largest, the larger of two and the like.

    If so, other things that the sentence names are not right answers. The parse of the stem shows whether *most* means
    nearly all. Without a parse, the words before *most* show it.
    """
    begin, end = _main_clause(stem)
    has_choices, asked = bool(_HAS_CHOICES.search(stem)), stem[begin:end]
    nearly_all = _nearly_all(parsed)
    found = next(
        (
            one
            for one in _ONE_OF_SEVERAL.finditer(stem, begin, end)
            if (one.start() not in nearly_all if one["most"] and parsed else _is_one_of_several(one))
        ),
        None,
    )
    if found is not None or not _ASKS_WHICH.match(asked):
        return found is not None
    if has_choices:
        compares = re.finditer(r"\b[a-z]+er\b", stem, re.IGNORECASE)
        return bool(_MORE.search(stem)) or any(map(_is_comparative, compares))
    more = [one for one in _COMPARATIVE.finditer(asked) if _is_comparative(one)]
    is_compared = _MORE.search(asked) or any(_NO_NOUN.match(asked, one.end()) for one in more)
    return bool(is_compared) and not _ASKS_OBJECT.match(asked)


def _nearly_all(parsed: Sequence[ParsedSentence] | None) -> frozenset[int]:
    """The places in the text of each *most* that means nearly all, as in *most plants*, and of each *least* that means
    a limit, as in *at least*.
    """
    return frozenset(
        word.start
        for one in parsed or ()
        for before, word, after in zip((None, *one.words), one.words, (*one.words[1:], None), strict=False)
        if word.text.lower() in ("most", "least")
        and not (before is not None and before.text.lower() == "the")
        and (
            (word.relation == "amod" and one.words[word.head].part in ("NOUN", "PROPN"))
            or (after is not None and after.text.lower() == "of")
            or (before is not None and before.text.lower() == "at")
        )
    )


def _main_clause(stem: str) -> tuple[int, int]:
    """The start and the end of the stem's part from its question word to the next clause, without a clause before it."""
    asks = list(_ASKS.finditer(stem))[:1] if _ASKS_WHICH.match(stem) else list(_ASKS.finditer(stem))[-1:]
    begin, after = asks[0].span() if asks else (0, 1)
    is_defined = _ASKS_WHAT_IS.match(stem, begin)
    clauses = (one for one in _CLAUSE.finditer(stem, after) if one["when"] or not is_defined)
    clause = next(clauses, None)
    return begin, clause.start() if clause is not None else len(stem)


def _is_one_of_several(found: re.Match[str]) -> bool:
    if found["most"]:
        return not _BEFORE_MANY.search(found.string[: found.start()])
    if found["superlative"]:
        return found["superlative"] not in _NO_SUPERLATIVE
    return found["comparative"] not in ("rather", "other")


def _is_comparative(found: re.Match[str]) -> bool:
    return folded(found.group()) != found.group().lower()


def has_article_cue(stem: str, options: Sequence[str]) -> bool:
    """Whether an *a* or *an* at the end of the stem fits only some of the options."""
    article = _ARTICLE.search(stem)
    if article is not None:
        wanted = article[1].lower() == "an"
        return any(bool(_VOWEL.match(option)) != wanted for option in options)
    return False


def are_mixed(stem: str, options: Sequence[str]) -> bool:
    """Whether some options are quantities and others are not, or some name things and others say where or when.

    If the stem asks for a quantity, an option with a number and other words also counts as a quantity. Options that all
    begin with the same preposition are of one kind even without numbers: for one year, for life.
    """
    if all(map(_has_number, options)):
        return False
    is_work = bool(_ASKS_A_WORK.search(stem))
    if _ASKS_A_THING.match(stem) and len({_is_circumstance(option, is_work) for option in options}) > 1:
        return True
    opens = {option.split()[0].lower() for option in options if option.split()}
    if len(opens) == 1 and opens & _PREPOSITIONS:
        return False
    has_number = any(any(map(str.isdigit, option)) for option in options)
    return any(map(_is_quantity, options)) or (has_number and bool(_ASKS_A_QUANTITY.search(stem)))


_ASKS_A_THING = regex(r"(?:what|which|who)\b(?! (?:time|way|order|direction|place)\b)", re.IGNORECASE)


_ASKS_A_WORK = regex(
    r"\b(?:book|novel|story|poem|play|drama|film|movie|song|opera|symphony|painting|album|title|work)s?\b|\bwrote\b|\bwritten\b",
    re.IGNORECASE,
)


def _is_circumstance(option: str, is_work: bool) -> bool:
    """Whether the option begins with a preposition and is not the title of a work, or a thing with a Latin name."""
    first = option.partition(" ")[0].lower()
    return first in _PREPOSITIONS and not _is_title(option, is_work) and not _LATIN.match(option)


def _is_title(option: str, is_work: bool) -> bool:
    """Whether the option is written as a title: its first word and at least two longer words after it begin with a
    capital letter, and so do all its longer words. If the stem asks for a work, one longer word is enough: *On the
    Road*, but not *In Paris*.
    """
    first, *rest = option.split()
    longer = [word for word in rest if len(word) > 3]
    least = 1 if is_work else 2
    return first[:1].isupper() and len(longer) >= least and all(word[:1].isupper() for word in longer)


_PREPOSITIONS = frozenset(
    "for in at by from to within after before about during until since on under with through over between against into"
    " across among around behind below beneath beside beyond along towards toward without".split()
)
"""Prepositions that are not adjectives too, as in *near point* or *outside air*."""
_LATIN = regex(r"in (?:vitro|vivo|situ|utero|silico)\b", re.IGNORECASE)
_ASKS_A_QUANTITY = regex(
    r"\bhow (?:many|much|far|long|old|fast|deep|high|large|heavy)\b|^when\b|\b(?:what|which) (?:year|date|share|percentage)\b",
    re.IGNORECASE,
)


def _has_number(option: str) -> bool:
    return any(map(str.isnumeric, option)) or bool(_NUMBER.search(option))


_NUMBER = regex(
    r"\b(?:no|none|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty"
    r"|hundreds?|thousands?|millions?|billions?|half|halves|thirds?|quarters?|equal|same|twice|double)\b"
    r"|teen\b|ty-|[a-z]th\b",
    re.IGNORECASE,
)


def _is_quantity(option: str) -> bool:
    """Whether the option consists mostly of a number."""
    found = quantities(option)
    if not found:
        return bool(re.fullmatch(r"\W*\d[\d.,:/-]*\W*", option))
    covered = sum(one.end - one.start for one in found)
    return covered >= 0.5 * len(option.strip())


def differ_in_class(stem: str, options: Sequence[str], grammar: Grammar | None) -> bool:
    """Whether the options of a gap are of different word classes, so that some do not fit the gap at all."""
    if not BLANK.search(stem) or grammar is None or any(len(option.split()) > 1 for option in options):
        return False
    kinds = [_kind_in_gap(stem, option, grammar) for option in options]
    return (
        None not in kinds
        and len(set(kinds)) > 1
        and len([kind for kind in kinds if kind == kinds[0]]) < len(kinds)
    )


def _kind_in_gap(stem: str, option: str, grammar: Grammar) -> str | None:
    alone = grammar.parse(option)
    filled = BLANK.sub(lambda _: option, stem, count=1)
    blank = BLANK.search(stem)
    parsed = grammar.parse(filled)
    if blank is None or parsed is None or alone is None:
        return None
    there = [word.part for one in parsed for word in one.words if word.start == blank.start()]
    return _KINDS.get(there[0], there[0]) if there else None


def asks_no_term(stem: str, key: str, grammar: Grammar | None) -> bool:
    """Whether the stem is a sentence with a gap, and the missing word is no term: an adjective, an adverb, a verb, a
    preposition or a determiner, not at the sentence's end. False without a ``grammar``, and if ``key`` has several
    words.
    """
    blank = BLANK.search(stem)
    if blank is None or len(key.split()) > 1 or grammar is None:
        return False
    filled = BLANK.sub(lambda _: key, stem, count=1)
    for one in grammar.parse(filled) or ():
        for word in one.words:
            if word.start == blank.start() and word.part in ("ADJ", "ADV", "VERB", "ADP", "DET"):
                at = one.words.index(word)
                return word.relation in ("amod", "advmod", "det", "prep", "ROOT") and at != len(one.words) - 1
    return False


_HYPHEN = regex(r"(?<=\w)-(?=\w)")
"""A hyphen within a word. It is removed before options are compared, because *north-west* does not contain *north*."""


def holds_another(options: Sequence[str]) -> bool:
    """Whether one option contains the words of another, in the same order without a gap, so that both may be right. A
    contained option does not count if it has a quantity.
    """
    told = [tokens(_HYPHEN.sub("", option)) for option in options]
    for at, one in enumerate(told):
        for place, other in enumerate(told):
            if at == place or not one or len(one) >= len(other) or quantities(options[at]):
                continue
            if any(other[start : start + len(one)] == one for start in range(len(other) - len(one) + 1)):
                return True
    return False


_ASKS_OF_A_REFERENCE = regex(
    r"\bin (?:brackets|parentheses)\b|\b(?:is|are|was|were) cited\b|\bcited (?:work|author|source|study)\b"
    r"|\bthe (?:citation|reference) (?:to|of|for)\b",
    re.IGNORECASE,
)
_REFERENCE = regex(r"\([^()]*\b(?:1[5-9]|20)\d\d[a-z]?\)|\[[\d,;\s–-]+\]")


def asks_of_a_reference(stem: str) -> bool:
    """Whether the stem asks about a bibliographic reference."""
    return bool(_ASKS_OF_A_REFERENCE.search(stem))


def is_of_a_reference(key: str, context: str) -> bool:
    """Whether the key occurs only in bibliographic references."""
    plain = _REFERENCE.sub(" ", context)
    wanted = tokens(key)
    return bool(wanted) and _runs_in(wanted, context) and not _runs_in(wanted, plain)


def _runs_in(wanted: Sequence[str], text: str) -> bool:
    held = tokens(text)
    return any(held[at : at + len(wanted)] == list(wanted) for at in range(len(held) - len(wanted) + 1))


_ASKS_FOR = {
    "amount": regex(r"\bhow (?:large|big|high|much|great)\b|\b(?:size|amount|sum|height)\b", re.IGNORECASE),
    "distance": regex(r"\bhow far\b|\bhow many (?:kilo)?met(?:re|er)s\b|\bhow many miles\b", re.IGNORECASE),
    "count": regex(r"\bhow many\b|\bnumber of\b", re.IGNORECASE),
    "time": regex(r"\bwhen\b|\b(?:what|which) (?:year|date|day|time|century)\b", re.IGNORECASE),
    "person": regex(r"\bwho\b|\bby whom\b", re.IGNORECASE),
    "place": regex(r"\bwhere\b", re.IGNORECASE),
    "duration": regex(r"\bhow long\b", re.IGNORECASE),
}


def asks_the_same(stem: str, other: str, key: str, context: str) -> bool:
    """Whether two stems ask for the same thing in different words.

    They do if nearly all their words are the same apart from endings. They also do if both ask for the same kind of
    quantity, and the context has only one such quantity.
    """
    one, two = _stems_of(stem), _stems_of(other)
    same = sum(any(_is_form_of(word, known) for known in two) for word in one)
    if same >= 3 and same >= 0.75 * (len(one) + len(two) - same):
        return True
    kinds = {kind for kind, pattern in _ASKS_FOR.items() if pattern.search(stem)}
    shared = kinds & {kind for kind, pattern in _ASKS_FOR.items() if pattern.search(other)}
    wanted = quantities(key)
    if not shared or len(wanted) != 1:
        return False
    alike = [one for one in quantities(context) if one.dimension == wanted[0].dimension]
    return len(alike) == 1 and len(two & _stems_of(context)) >= 0.6 * len(two)


def _is_form_of(one: str, other: str) -> bool:
    """Whether both words are forms of one word, like thick and thickness."""
    return one == other or (
        min(len(one), len(other)) >= 5 and (one.startswith(other) or other.startswith(one))
    )


def _stems_of(text: str) -> frozenset[str]:
    """The content words without their endings."""
    return (
        frozenset(word[:6] if len(word) > 6 else word for word in content_words(BLANK.sub(" ", text)))
        - _ASKED
    )


_ASKED = frozenset(
    "call called name named term complete far long much many kilome metre meter miles years".split()
)

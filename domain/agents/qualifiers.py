"""The words that limit or hedge what a text says: *rarely*, *nearly*, *may*, *is thought to*, *if* …

A sentence that leaves them out says more than its source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from ports.text.regexes import regex

_BELIEVE = (
    r"(?:seem(?:s|ed)?|tend(?:s|ed)?|appear(?:s|ed)?|claim(?:s|ed)?|believ(?:e|es|ed)|thinks?|thought|assum(?:e|es|ed)|suspect(?:s|ed)?"
    r"|den(?:y|ies|ied)|fear(?:s|ed)?|imagin(?:e|es|ed)|pretend(?:s|ed)?|alleg(?:e|es|ed)|suppos(?:e|es|ed)"
    r"|expect(?:s|ed)?|estimat(?:e|es|ed))"
)
_AIM = (
    r"(?:try|tri(?:es|ed)|trying|attempt(?:s|ed)?|plan(?:s|ned)?|hop(?:e|es|ed|ing)|want(?:s|ed)?|wish(?:es|ed)?"
    r"|intend(?:s|ed)?|refus(?:e|es|ed)|fail(?:s|ed)?|promis(?:e|es|ed)|threaten(?:s|ed)?|offer(?:s|ed)?"
    r"|propos(?:e|es|ed)|declin(?:e|es|ed)|decid(?:e|es|ed)|agree(?:s|d)?)"
)
_NUMBER = (
    r"(?:\d+|half|one|two|three|four|five|six|seven|eight|nine|ten|a (?:dozen|hundred|thousand|million))\b"
)
_KINDS = {
    "rarely": r"rarely|seldom|infrequently|hardly|scarcely|barely|few|little",
    "sometimes": r"sometimes|occasionally|at times|now and then",
    "partly": r"partly|partially|parts? of|half",
    "some": r"some(?! \d)",
    "most": r"most (?:of|\w+s)|mostly",
    "nearly": r"nearly|almost|virtually|practically",
    "maybe": r"might|could|possibly|perhaps|maybe|probably|presumably|likely|potentially|conceivably",
    "unlikely": r"unlikely|improbabl[ey]",
    "supposedly": r"supposedly|allegedly|reportedly|apparently|seemingly|purportedly|ostensibly|so-called|alleged"
    r"|rumou?red|rumou?rs?|" + _BELIEVE + r" (?:\w+ )?(?:to|that)"
    r"|(?:is|are|was|were|been) (?:\w+ )?(?:thought|believed|said|claimed|held) to",
    "aim": _AIM + r" (?:\w+ )?(?:to|that)|would|should|ought",
    "falsely": r"false|falsely|untrue|wrong|wrongly|mistaken|mistakenly|myth|misconception",
    "instead": r"instead of|rather than|except|apart from|other than|unlike|as opposed to|in place of|either",
    "if": r"(?<!even )(?<!as )if|unless|provided that|as long as|assuming",
    "bound": r"(?:at least|at most|up to|(?:more|less|fewer|greater|higher|lower) than|under|over)"
    r"(?= (?:about |around )?" + _NUMBER + r")",
}
"""By kind, the qualifiers. Those of one kind may stand for one another."""
_QUALIFIER = regex("|".join(rf"\b(?P<{kind}>{words})\b" for kind, words in _KINDS.items()), re.IGNORECASE)
_MAY = regex(r"\bmay\b|(?:^|[.!?] )May (?!\d)")
_CONDITION = regex(rf"\b(?:{_KINDS['if']})\b", re.IGNORECASE)
_PIECE = regex(r"[.;!?](?=\s|$)|,? \b(?:but|while|whereas|although|though)\b")
_PART = regex(
    r"[.;:!?](?=\s|$)|(?<!\d),|\((?=\w)|\)|,(?!\d)|(?= (?:but|because|although|though|while|whereas|instead of|rather than|"
    r"except|apart from|unlike|as opposed to|in place of)\b)|(?= and (?:\w+ ){1,2}\d)",
    re.IGNORECASE,
)
_SHORT = 2
"""A part with at most this number of words of more than three letters may limit the part beside it: *In some cases, …*."""


def qualifiers_of(text: str) -> frozenset[str]:
    """The kinds of the qualifiers in the text."""
    found = {match.lastgroup for match in _QUALIFIER.finditer(text) if match.lastgroup}
    return frozenset(found | {"maybe"} if _MAY.search(text) else found)


def part_about(text: str, places: Set[int]) -> str:
    """The parts of the text, between two commas or conjunctions, that contain these places, with the short parts beside
    them (*In some cases, …*) and with the conditions of the same sentence.
    """
    parts = list(_between(_PART, text))
    told = [any(start <= place < end for place in places) for start, end in parts]
    found: list[str] = []
    for at, (start, end) in enumerate(parts):
        part = text[start:end]
        limits_next = at + 1 < len(parts) and told[at + 1] and _is_joined(text, parts[at + 1][0])
        limits_last = at > 0 and told[at - 1] and _is_joined(text, start)
        is_short = sum(len(word) > 3 for word in part.split()) <= _SHORT
        if told[at] or (is_short and (limits_next or limits_last)):
            found.append(part)
    for start, end in _between(_PIECE, text):
        if any(start <= place < end for place in places):
            found += (match[0] for match in _CONDITION.finditer(text, start, end))
    return " ".join(found)


def _is_joined(text: str, start: int) -> bool:
    return text[start] in ",()"


def _between(mark: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in mark.finditer(text):
        yield start, match.start()
        start = match.start()
    yield start, len(text)

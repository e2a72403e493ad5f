"""Writes a sentence with contrasts as plain clauses, each with its own subject and verb.

*Sound does not travel in a vacuum, but light does* becomes *sound does not travel in a vacuum* and *light does travel in
a vacuum*. So a rule can compare each clause with the one that is about the same thing. *No metal is lighter than
lithium* becomes *lithium is the lightest metal*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from domain.text.contrasts import THE_REST
from domain.text.terms import in_common, terms_of, without_small
from ports.grammar import ParsedSentence, Word
from ports.text.denials import LIMITING
from ports.text.regexes import regex


@dataclass(frozen=True, slots=True)
class PlainClause:
    """A clause that a sentence states."""

    text: str
    set_apart: str = ""
    """The words that a contrast denies, if the clause denies them: *alone*, in *in packs, not alone*. The clause says
    nothing about a fact that has none of these words.
    """
    subject: str = ""
    """The words that name what the clause is about, or "" if the clause was not read."""


def plain_clauses(parsed: Sequence[ParsedSentence] | None, *, are_joined: bool = True) -> list[PlainClause]:
    """The clauses of one sentence, in order. Empty if it has no contrast or comparison that could be written out, if
    there is no parse, if there are several sentences, and for a question.

    Without ``are_joined``, a sentence that joins two actions of one subject by *but* stays one clause: *it looks but
    does not see*. The grammar of English is assumed.
    """
    words = [word for sentence in parsed or () for word in sentence.words]
    while words and words[-1].text in (".", "!"):
        words.pop()
    if words and words[-1].text.endswith("."):  # *group O.* is one word for some parsers
        words[-1] = replace(words[-1], text=words[-1].text.rstrip("."))
    if any(word.text in (".", "!", "?", ":") for word in words):
        return []
    clauses = [clause for part in _parts(words, are_joined=are_joined) for clause in _contrasted(part)]
    superlatives = [_superlative(clause) for clause in clauses]
    if len(clauses) < 2 and not any(superlatives):
        return []
    return [
        PlainClause(superlative or clause.text, _joined_up(clause.set_apart), _joined_up(clause.subject))
        for clause, superlative in zip(clauses, superlatives, strict=True)
    ]


def nearest_clause(clause: PlainClause, others: Sequence[PlainClause]) -> PlainClause | None:
    """The clause of ``others`` that shares the most words with ``set_apart`` of the clause, or with its text if
    ``set_apart`` is "". Words of the other clause's subject count before all others. None if two clauses share equally
    many, or if none shares a word.
    """
    said = terms_of(clause.set_apart or clause.text, None)
    shares = [
        tuple(in_common(without_small(terms_of(text, None)), said) for text in (other.subject, other.text))
        for other in others
    ]
    most = max(shares, default=(0, 0))
    return others[shares.index(most)] if most[1] and shares.count(most) == 1 else None


def without_not_until(text: str, other: str) -> str:
    """The text with *not … until* written as *… once*, if the ``other`` text has no *until*: a shop that does not open
    until noon opens once it is noon. If the other text has *before*, *after* is written, which is its opposite.
    """
    if "until" in other.lower():
        return text
    return _NOT_UNTIL.sub(r"\1after" if _BEFORE.search(other) else r"\1once", text)


_BEFORE = regex(r"\bbefore\b", re.IGNORECASE)
_NOT_UNTIL = regex(r"(?:(?<!\bca)(?<!\bwo)n['’]t| not)( (?:\w+ ){1,6}?)until\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Clause:
    subject: Sequence[Word]
    auxiliaries: Sequence[Word]
    verb: Word
    rest: Sequence[Word]
    is_denied: bool
    set_apart: Sequence[Word] = ()

    @property
    def is_copula(self) -> bool:
        return self.verb.lemma.lower() == "be"

    @property
    def text(self) -> str:
        denial = ["not"] if self.is_denied else []
        if self.is_copula and not self.auxiliaries:
            verb = [self.verb.text, *denial]
        elif self.auxiliaries:
            first, *others = _texts(self.auxiliaries)
            verb = [_WHOLE.get(first.lower(), first), *denial, *others, self._bare_verb()]
        else:
            verb = [_support(self.verb), "not", self.verb.lemma] if denial else [self.verb.text]
        text = " ".join(filter(None, [_joined_up(self.subject), *verb, _joined_up(self.rest)]))
        return text[:1].upper() + text[1:]

    def _bare_verb(self) -> str:
        first = self.auxiliaries[0].text.lower()
        return self.verb.lemma if len(self.auxiliaries) == 1 and first in _BEFORE_BARE else self.verb.text


_BEFORE_BARE = frozenset("do does did can ca could may might will wo would shall should must".split())
_FORMS = _BEFORE_BARE | frozenset("is are was were am has have had".split())
_WHOLE = {"ca": "can", "wo": "will"}
_NOT = frozenset(("not", "n't", "n’t"))
_PRONOUNS = frozenset("it they he she".split())
_JOINING = frozenset("but whereas while though although and ; ,".split())
_ENDING = frozenset("too either also as well , so".split())
_IN_A_PHRASE = frozenset("amod compound acl relcl nmod".split())


def _texts(words: Sequence[Word]) -> list[str]:
    return [word.text for word in words]


def _joined_up(words: Sequence[Word]) -> str:
    """The words as one text. Two words have a space between them only if they have one in the sentence: *warm-blooded*."""
    text, end = "", None
    for word in words:
        text += word.text if word.start == end else f" {word.text}"
        end = word.end
    return text.strip()


def _small(words: Sequence[Word]) -> list[str]:
    return [word.text.lower() for word in words]


def _support(verb: Word) -> str:
    """The form of *do* for a denial of the verb."""
    text = verb.text.lower()
    if text == verb.lemma.lower():
        return "do"
    return "does" if text.endswith("s") else "did"


def _read(words: Sequence[Word], before: _Clause | None = None) -> _Clause | None:
    """The clause that consists of these words; its subject may come from the clause ``before``. None if it has no verb
    or there is no subject.
    """
    words = _trimmed(words)
    start = next((at for at, word in enumerate(words) if _is_verb(word)), None)
    if start is None:
        return None
    group, at = [words[start]], start + 1
    is_denied, adverbs = False, []
    can_go_on = words[start].part == "AUX" or words[start].text.lower() in _FORMS
    while can_go_on and at < len(words) and (words[at].part in ("AUX", "ADV", "PART", "VERB")):
        word = words[at]
        if word.text.lower() in _NOT:
            is_denied = not is_denied
        elif word.part == "ADV" or word.text.lower() == "to":
            follows = next((one for one in words[at:] if one.part != "ADV"), None)
            if follows is None or follows.part not in ("VERB", "AUX"):
                break
            adverbs.append(word)
        else:
            group.append(word)
        at += 1
        if word.part == "VERB":
            break
    subject = [*words[:start], *adverbs]
    if before is not None and (not words[:start] or _small(words[:start])[0] in _PRONOUNS):
        subject = [*before.subject, *adverbs]
        is_bare = not words[:start] and len(group) == 1 and group[0].part == "VERB"
        if is_bare and len(before.auxiliaries) == 1 and before.auxiliaries[0].text.lower() in _BEFORE_BARE:
            group = [*before.auxiliaries, *group]  # cannot see but hear
    if not subject:
        return None
    return _Clause(subject, group[:-1], group[-1], words[at:], is_denied)


def _with_verb(words: Sequence[Word]) -> Sequence[Word]:
    """The words of a clause. If the parser found no verb in it, the last of its first nouns is one if it agrees with the
    noun before it: *sugar dissolves*, *owls hunt*.
    """
    words = _trimmed(words)
    first = [*takewhile(lambda word: word.part in ("DET", "ADJ", "NOUN", "PROPN"), words)]
    nouns = [word for word in first[-2:] if word.part in ("NOUN", "PROPN")]
    if any(map(_is_verb, words)) or len(nouns) < 2:
        return words
    is_many, has_s = (word.text.endswith("s") for word in nouns)
    verb = replace(first[-1], part="VERB", relation="ROOT")
    return words if is_many is has_s else [*first[:-1], verb, *words[len(first) :]]


def _is_verb(word: Word) -> bool:
    return word.part in ("VERB", "AUX") and word.relation not in _IN_A_PHRASE


def _trimmed(words: Sequence[Word]) -> Sequence[Word]:
    """The words without commas at both ends."""
    start, end = 0, len(words)
    while start < end and words[start].text in (",", ";"):
        start += 1
    while start < end and words[end - 1].text in (",", ";"):
        end -= 1
    return words[start:end]


def _parts(words: Sequence[Word], *, are_joined: bool) -> list[_Clause]:
    """The clauses on both sides of a *but*, a *whereas*, an *unlike* or *neither* … *nor*; otherwise the whole
    sentence.
    """
    joined = _joined(words) if are_joined else []
    for parts in (_with_ellipsis(words), _unlike(words), _both(words), joined or _side_by_side(words)):
        if parts:
            return parts
    clause = _read(_with_verb(words))
    return [clause] if clause is not None else []


def _with_ellipsis(words: Sequence[Word]) -> list[_Clause]:
    """Both clauses of *A does it, but B does not*, and of *A does it, and so does B*."""
    end = len(words)
    while end and words[end - 1].text.lower() in _ENDING:
        end -= 1
    is_denied = end > 0 and words[end - 1].text.lower() in _NOT
    at = end - 1 - is_denied
    small = _small(words)
    if at > 1 and small[at] in _FORMS:
        start = at
        while start and small[start - 1] not in _JOINING and not _is_verb(words[start - 1]):
            start -= 1
        if not start or small[start - 1] not in _JOINING:
            return []
        subject, before = words[start:at], words[: start - 1]
    else:
        at = next((one for one in range(end - 1, 1, -1) if small[one] in _FORMS), 0)
        if at < 2 or small[at - 1] not in ("so", "neither", "nor") or len(words) < at + 2:
            return []
        is_denied = small[at - 1] != "so"
        subject, before = words[at + 1 : end], words[: at - 1]
        if before and before[-1].text.lower() == "and":
            before = before[:-1]
    clause = _read(_with_verb(before))
    if clause is None or not subject or _names_nothing(subject) or _small(subject)[0] in _COMPARING:
        return []
    form = words[at]
    if (
        form.text.lower() in ("is", "are", "was", "were", "am")
        and clause.is_copula
        and not clause.auxiliaries
    ):
        return [clause, replace(clause, subject=subject, verb=form, is_denied=is_denied)]
    if clause.is_copula and not clause.auxiliaries:
        return []
    others = clause.auxiliaries[1:] if clause.auxiliaries else ()
    return [clause, replace(clause, subject=subject, auxiliaries=[form, *others], is_denied=is_denied)]


_COMPARING = frozenset("as than what which who".split())


def _unlike(words: Sequence[Word]) -> list[_Clause]:
    """Both clauses of *unlike A, B does it* and *B does it, unlike A*."""
    small = _small(words)
    if "unlike" not in small:
        return []
    at = small.index("unlike")
    comma = next((one for one in range(at, len(words)) if small[one] == ","), len(words))
    subject, clause = words[at + 1 : comma], _read(_with_verb([*words[:at], *words[comma + 1 :]]))
    if not subject or clause is None or any(map(_is_verb, subject)):
        return []
    return [clause, replace(clause, subject=subject, is_denied=not clause.is_denied, set_apart=subject)]


def _both(words: Sequence[Word]) -> list[_Clause]:
    """Both clauses of *neither A nor B does it* and *both A and B do it*."""
    small = _small(words)
    if not words or small[0] not in _JOINED_BY:
        return []
    joining = _JOINED_BY[small[0]]
    if joining not in small[:-2]:
        return []
    named = small.index(joining) + 2
    nouns = [replace(word, part="NOUN") if _is_verb(word) else word for word in words[:named]]
    clause = _read([*nouns[:-1], *_with_verb([nouns[-1], *words[named:]])])
    if clause is None:
        return []
    at = _small(clause.subject).index(joining)
    is_denied = clause.is_denied is not (joining == "nor")
    return [
        replace(clause, subject=subject, is_denied=is_denied)
        for subject in (clause.subject[1:at], clause.subject[at + 1 :])
        if subject
    ]


_JOINED_BY = {"neither": "nor", "both": "and"}


def _joined(words: Sequence[Word]) -> list[_Clause]:
    """Both clauses of *A does it but does not do that*, each with a verb. One denies, and the other does not."""
    small = _small(words)
    for at, word in enumerate(small):
        if word in ("but", "whereas") and small[at + 1 : at + 2] != ["also"]:
            first = _read(words[:at])
            second = _read(words[at + 1 :], first)
            if first is None or second is None or first.is_denied == second.is_denied:
                continue
            if words[at + 1].part != "ADP" and small[at + 1] not in _CLAUSES:
                return [first, second]
    return []


def _side_by_side(words: Sequence[Word]) -> list[_Clause]:
    """Both clauses of *A does it, whereas B does that*, each with its own subject and verb."""
    small = _small(words)
    for at, word in enumerate(small):
        if word not in ("but", "whereas") and not (word == "while" and small[at - 1 : at] == [","]):
            continue
        first, second = _read(words[:at]), _read(words[at + 1 :])
        if first is None or second is None or not (_has_own(first) and _has_own(second)):
            continue
        if words[at + 1].part not in ("ADP", "SCONJ") and small[at + 1] not in _CLAUSES:
            return [first, second]
    return []


def _has_own(clause: _Clause) -> bool:
    """Whether the clause has a subject that is no pronoun and that names a thing."""
    is_subject = any(word.relation in ("nsubj", "nsubjpass") for word in clause.subject)
    return is_subject and _small(clause.subject)[0] not in _PRONOUNS and not _names_nothing(clause.subject)


_CLAUSES = frozenset("when where if because that which who as while after before".split())


def _contrasted(clause: _Clause) -> Iterator[_Clause]:
    """The clause itself, or what its contrast affirms and what it denies: *in packs, not alone*."""
    yield from _in_rest(clause) or _in_subject(clause) or [clause]


def _in_rest(clause: _Clause) -> list[_Clause]:
    rest, small = clause.rest, _small(clause.rest)
    inner = small.index("not") if not clause.is_denied and "not" in small else None
    if "but" in small and small[small.index("but") + 1 : small.index("but") + 2] != ["also"]:
        at = small.index("but")
        after = _trimmed(rest[at + 1 :])
        if small[at + 1 : at + 2] == ["rather"]:
            after = after[1:]
        if not after or _is_verb(after[0]):
            return []
        if clause.is_denied:
            others = _trimmed(rest[:at])
            affirmed = replace(clause, is_denied=False, rest=_put(others, after))
            return [replace(clause, rest=others, set_apart=_other(others, after)), affirmed]
        if (
            inner is not None and inner < at and small[inner + 1] not in LIMITING
        ):  # hunts not alone but in packs
            others = [*rest[:inner], *_trimmed(rest[inner + 1 : at])]
            apart = _trimmed(rest[inner + 1 : at])
            return [
                replace(clause, rest=others, is_denied=True, set_apart=apart),
                replace(clause, rest=[*rest[:inner], *after]),
            ]
        if small[at + 1] == "no":
            return [replace(clause, rest=_trimmed(rest[:at])), replace(clause, rest=after)]
        apart = after[1:]
        if small[at + 1] == "not" and not _names_nothing(apart):
            return [
                replace(clause, rest=_trimmed(rest[:at])),
                replace(clause, rest=_put(_trimmed(rest[:at]), apart), is_denied=True, set_apart=apart),
            ]
    found = _set_apart(rest)
    if found is None or clause.is_denied:
        return []
    start, end, apart = found
    before, after = _trimmed(rest[:start]), rest[end:]
    return [
        replace(clause, rest=[*before, *after]),
        replace(clause, rest=[*_put(before, apart), *after], is_denied=True, set_apart=apart),
    ]


def _in_subject(clause: _Clause) -> list[_Clause]:
    found = _set_apart(clause.subject)
    if found is None:
        return []
    start, end, apart = found
    subject = [*_trimmed(clause.subject[:start]), *clause.subject[end:]]
    if not subject:
        return []
    return [
        replace(clause, subject=subject),
        replace(clause, subject=apart, is_denied=not clause.is_denied, set_apart=apart),
    ]


def _set_apart(words: Sequence[Word]) -> tuple[int, int, Sequence[Word]] | None:
    """The start and end in the words of *, and not A* or *rather than A*, and the words of A; None if there is no such
    phrase.
    """
    small = _small(words)
    for at, word in enumerate(small):
        if word == "not" and small[at - 1 : at] not in ([","], ["and"]):
            continue
        if word == "not" and small[at + 1 : at + 2] and small[at + 1] not in LIMITING:
            start, first = at, at + 1
        elif word in ("rather", "instead") and small[at + 1 : at + 2] in (["than"], ["of"]):
            start, first = at, at + 2
        else:
            continue
        while start and small[start - 1] in (",", "and"):
            start -= 1
        end = next((one for one in range(first, len(small)) if small[one] == ","), len(small))
        apart = words[first:end]
        if apart and start and not _names_nothing(apart):
            return start, min(end + 1, len(small)), apart
    return None


def _names_nothing(words: Sequence[Word]) -> bool:
    """Whether the words name no thing, but an action (*instead of doing it*) or a remainder (*some, but not others*)."""
    is_deed = bool(words) and words[0].part in ("VERB", "AUX")
    return is_deed or bool(THE_REST.intersection(_small(words)))


def _put(rest: Sequence[Word], new: Sequence[Word]) -> Sequence[Word]:
    """The words of ``rest``, with their end replaced by ``new``.

    If ``new`` begins with a preposition, a conjunction or an adverb that ``rest`` has too, such as *in*, the end begins
    at its last occurrence in ``rest``: *alone in winter* and *in summer* make *alone in summer*. Otherwise ``new``
    replaces all of ``rest`` but the particle of the verb, as in *gives off oxygen*.
    """
    small = _small(rest)
    first = new[0]
    if first.part in ("ADP", "SCONJ", "ADV") and first.text.lower() in small:
        return [*rest[: len(small) - 1 - small[::-1].index(first.text.lower())], *new]
    return [*takewhile(lambda word: word.relation == "prt", rest), *new]


def _other(rest: Sequence[Word], new: Sequence[Word]) -> Sequence[Word]:
    """The words of ``rest`` that ``_put`` replaces by ``new``."""
    kept = len(_put(rest, new)) - len(new)
    return rest[kept:]


def _superlative(clause: _Clause) -> str | None:
    """*No metal is lighter than lithium* becomes *lithium is the lightest metal*; None if it is no such comparison."""
    found = _NO_OTHER.fullmatch(" ".join(_small([*clause.subject])))
    small = " ".join(_texts([clause.verb, *clause.rest])).lower()
    there = _THERE.fullmatch(f"{' '.join(_small(clause.subject))} {small}")
    if there is not None:
        kind, rest, verb = there["kind"], there["rest"], there["verb"]
    elif found is not None:
        kind, rest, verb = found["kind"] or "", " ".join(_texts(clause.rest)), clause.verb.text
    else:
        return None
    compared = _THAN.fullmatch(rest)
    if compared is None or clause.is_denied:
        return None
    quality = compared["as"] or compared["more"] or compared["er"]
    degree = "least" if compared["degree"] == "less" else "most"
    best = _BEST.get(quality) or (f"{quality[:-2]}est" if compared["er"] else f"{degree} {quality}")
    thing = compared["thing"]
    name = thing[:1].upper() + thing[1:]
    before, after = compared["before"], compared["between"] or ""
    if clause.is_copula:
        return " ".join(f"{name} {verb} {before} the {best} {kind}{after}".split())
    return " ".join(f"{name} {verb} {before} the {best} of all {kind}{after}".split())


_NO_OTHER = regex(
    r"(?:no|none of the|nothing|nobody|no one)(?: other| else)?(?P<kind>(?: [^,]+)?)", re.IGNORECASE
)
_THERE = regex(
    r"there (?P<verb>is|are|was|were) (?:no|nothing|nobody)(?: other| else)?(?P<kind>.*?)"
    r" (?P<rest>(?:(?:that|which) (?:is|are|was|were) )?(?:(?:more|less) \w+|\w+er|as \w+)\b.* (?:than|as) .+)",
    re.IGNORECASE,
)
_THAN = regex(
    r"(?:(?:that|which) (?:is|are|was|were) )?(?P<before>(?:[^,]+ )??)"
    r"(?:(?P<degree>more|less) (?P<more>\w+)(?P<between> .+?)? than|(?P<er>\w+er|better|worse|more|less) than|as (?P<as>\w+) as)"
    r" (?P<thing>[^,]+?)(?: (?:does|do|is|are|did|was|were))?",
    re.IGNORECASE,
)
_BEST = {"better": "best", "worse": "worst", "more": "most", "less": "least", "further": "furthest"}

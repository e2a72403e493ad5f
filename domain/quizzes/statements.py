"""The statement that a question makes with one of its options: what would be true if that option were right."""

from __future__ import annotations

from collections.abc import Sequence

from ports.grammar import ParsedSentence, Word
from ports.text.regexes import regex

BLANK = regex(r"_{2,}|\.{4,}|…{2,}|＿+")
_ASKING = frozenset("who whom whose what which how when where why".split())
_PRONOUNS = frozenset("it they he she its their his her this that these".split())
_SUBJECTS = ("nsubj", "nsubjpass")
_OPENS_A_REASON = ("because", "since", "due", "to", "by", "as")


def statement(
    stem: str,
    option: str,
    stem_parsed: Sequence[ParsedSentence] | None = None,
    option_parsed: Sequence[ParsedSentence] | None = None,
    verbs: frozenset[str] = frozenset(),
) -> str:
    """The stem as an affirmative sentence, with the option in place of what it asks.

    ``verbs`` are the verbs of the source, as words and as lemmas. They help if the parser takes a verb for a noun.

    An option that is a clause is itself the statement; the pronoun that begins it is replaced by the stem's subject.
    Without a grammar, or if the stem is not understood, the statement is the stem's words followed by the option.
    """
    option = option.strip().rstrip(".")
    if BLANK.search(stem):
        return BLANK.sub(lambda _: option, stem, count=1)
    asking = next((one.words for one in reversed(stem_parsed or ()) if _asks_at(one.words) is not None), None)
    if asking is None:
        return option if stem_parsed is not None else f"{stem.rstrip('?？ ')} {option}"
    if option_parsed and is_clause(option_parsed):
        return _resolved(option, asking)
    are_many = any(
        word.head == at and _is_many(word) for one in option_parsed or () for at, word in enumerate(one.words)
    )
    return _affirmed(asking, _decapitalised(option, option_parsed), verbs, are_many)


def _decapitalised(option: str, parsed: Sequence[ParsedSentence] | None) -> str:
    """The option as it is written inside a sentence: with a capital letter only for a name."""
    if parsed and parsed[0].words and parsed[0].words[0].part in ("DET", "ADP", "ADV", "ADJ", "VERB", "PRON"):
        return option[:1].lower() + option[1:]
    return option


def is_clause(parsed: Sequence[ParsedSentence]) -> bool:
    """Whether the text has a subject and its verb."""
    return any(
        word.relation in _SUBJECTS and word.head != at for one in parsed for at, word in enumerate(one.words)
    )


def asked_verb(words: Sequence[Word]) -> int | None:
    """The index of the verb to which the question word belongs; None if the sentence has no question."""
    at = _asks_at(words)
    if at is None:
        return None
    seen: set[int] = set()
    while at not in seen:
        seen.add(at)
        if words[at].part in ("VERB", "AUX"):
            return at
        at = words[at].head
    return None


def _asks_at(words: Sequence[Word]) -> int | None:
    for at, word in enumerate(words):
        if word.text.lower() in _ASKING and not _is_relative(words, at):
            return at
    return None


def _is_relative(words: Sequence[Word], at: int) -> bool:
    """Whether the word starts a relative clause after a noun: a hormone *which* …"""
    if all(word.part == "ADP" for word in words[:at]):
        return False
    return words[words[at].head].relation in ("relcl", "ccomp", "advcl", "pcomp")


def _resolved(option: str, asking: Sequence[Word]) -> str:
    """The option, with the subject of the question in place of the pronoun that begins the option."""
    first, _, rest = option.partition(" ")
    subject = _subject_of(asking, _NUMBER_OF.get(first.lower()))
    if first.lower() not in _PRONOUNS or subject is None:
        return option
    name = _joined(asking, subject)
    return f"{name}'s {rest}" if first.lower() in ("its", "their", "his", "her") else f"{name} {rest}"


_NUMBER_OF = {"it": False, "its": False, "they": True, "their": True}
"""Whether the pronoun is plural."""


def _subject_of(words: Sequence[Word], is_many: bool | None) -> list[int] | None:
    """The indices of the noun phrase that the question is about; None if there is none.

    The first of these that exists: the thing to which something happens, a subject, another noun. A phrase of the
    wanted number (singular or plural) is preferred.
    """
    asks = _asks_at(words)
    found = [at for at, word in enumerate(words) if word.relation == "pobj" and _happens_to(words, at)]
    found += [at for at, word in enumerate(words) if word.relation in _SUBJECTS and at != asks]
    found = [at for at in found if asks not in below(words, at)]
    found += [at for at, word in enumerate(words) if word.part == "PROPN"]
    found += [at for at, word in enumerate(words) if word.part == "NOUN" and word.relation == "pobj"]
    found.sort(key=lambda at: is_many is not None and _is_many(words[at]) is not is_many)
    return below(words, found[0]) if found else None


def _happens_to(words: Sequence[Word], at: int) -> bool:
    preposition = words[at].head
    return words[preposition].text.lower() == "to" and words[words[preposition].head].lemma == "happen"


def _is_many(word: Word) -> bool:
    return word.part == "NOUN" and word.text.lower() != word.lemma.lower()


def below(words: Sequence[Word], root: int) -> list[int]:
    """The indices, in order, of the word and of all words that depend on it."""
    found = {root}
    while True:
        more = {at for at, word in enumerate(words) if word.head in found} - found
        if not more:
            return sorted(found)
        found |= more


def _joined(words: Sequence[Word], places: Sequence[int]) -> str:
    text = ""
    for place in places:
        gap = "" if not text or (words[place].start == words[place - 1].end and place - 1 in places) else " "
        text += gap + words[place].text
    return text


def _affirmed(words: Sequence[Word], option: str, verbs: frozenset[str], are_many: bool) -> str:
    asks, verb = _asks_at(words), asked_verb(words)
    last = len(words) - 1 if words[-1].text in "?？." else len(words)
    if asks is None or verb is None:
        return f"{_joined(words, range(last)).rstrip()} {option}"
    opens = next((at for at in range(asks + 1, last) if words[at].part in ("AUX", "VERB")), last)
    if words[asks].text.lower() == "how" and asks + 1 < last and words[asks + 1].text.lower() == "many":
        counted = _joined(words, range(asks + 2, opens))
        option = option if counted.lower() in option.lower() else f"{option} {counted}"
    before, preposition = list(range(asks)), ""
    if before and words[before[-1]].part == "ADP":
        preposition = words[before.pop()].text.lower() + " "
    adverbial = words[asks].text.lower()
    if adverbial == "why" and option.partition(" ")[0].lower() not in _OPENS_A_REASON:
        preposition = "because of "
    subject = next(
        (
            at
            for at, one in enumerate(words)
            if one.relation in _SUBJECTS and at > opens and words[one.head].relation not in ("advcl", "relcl")
        ),
        None,
    )
    is_helped = opens < last and (words[opens].part == "AUX" or words[opens].lemma.lower() == "do")
    if not is_helped:
        subject = None
    rest = list(range(opens, last))
    misread = (
        next((at for at in rest[2:] if {words[at].lemma.lower(), words[at].text} & verbs), None)
        if is_helped
        else None
    )
    if misread is not None and (subject is None or words[misread].part != "VERB"):
        told = [_joined(words, before), _joined(words, range(opens + 1, misread)), words[opens].text]
        return " ".join(filter(None, [*told, _joined(words, range(misread, last)), preposition + option]))
    if subject is None and opens > asks + 1 and _is_turned(words, rest):
        return f"{_joined(words, rest[1:])} {words[opens].text} {option}"
    if subject is None:
        said = _joined(words, rest)
        if rest and rest[0] == verb and words[verb].text.endswith("s") and are_many and not preposition:
            said = f"{words[verb].lemma} {_joined(words, rest[1:])}"
        return " ".join(filter(None, [_joined(words, before), preposition + option, said]))
    moved = [at for at in below(words, subject) if at in rest]
    inverted = [at for at in rest if at < moved[0]]
    after = [at for at in rest if at > moved[-1]]
    told = [_joined(words, before), _joined(words, moved), _joined(words, inverted)]
    is_object = words[asks].relation in ("dobj", "attr") or words[words[asks].head].relation in (
        "dobj",
        "attr",
    )
    if is_object and verb in after and not preposition:
        cut = after.index(verb) + 1
        told += [_joined(words, after[:cut]), option, _joined(words, after[cut:])]
    elif not after or (verb in inverted and not preposition):
        told += [preposition + option, _joined(words, after)]
    else:
        told += [_joined(words, after), preposition + option]
    return " ".join(filter(None, told))


def _is_turned(words: Sequence[Word], rest: Sequence[int]) -> bool:
    """Whether a form of *have* or *be* is followed by its subject, without another verb: *has a cube …*."""
    return (
        len(rest) > 1
        and words[rest[0]].lemma.lower() in ("have", "be")
        and words[rest[1]].part in ("DET", "PROPN", "PRON")
        and not any(words[at].part == "VERB" for at in rest[1:])
    )

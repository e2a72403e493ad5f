"""Decides for each sentence of an answer whether its quotes support it, and which kind of answer it is.

A sentence is ``quoted`` only if one of its quotes supports it: every number, unit and name of the sentence is in the
quote or in the question, the quote neither says the opposite nor says the same about something else, and most words of
the sentence are in the quote, in the same order. The rules prefer one kind of error: a true sentence may become
``unsupported``, but an unsupported one must not become ``quoted``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from domain.agents.outcomes import Outcome, Statement, Support
from domain.agents.qualifiers import part_about, qualifiers_of
from domain.agents.roles import roles_of
from domain.text.claims import conflicts
from domain.text.lexical import STOP_TOKENS, tokens
from domain.text.stances import stance
from ports.grammar import Grammar, ParsedSentence
from ports.text.denials import OF_LANGUAGE, denials, without_empty_denials
from ports.text.quantities import quantities, same_quantity
from ports.text.regexes import regex
from ports.text.sentences import sentence_spans
from ports.text.tables import TableRow
from ports.text.words import placed_words

_MARK = regex(r"\s*\[(\d{1,3})\]")
_MARKS_FIRST = regex(r"(?:\s*\[\d{1,3}\])+")
_WORD = regex(r"[^\W_]+(?:['’.-][^\W_]+)*")
_NUMERAL = regex(r"\d[\d,.]*\d|\d")
_MIN_SHARED = 0.6
"""The least share of a sentence's content words that its quote must contain."""
_MAX_SKIPPED = 8
"""The largest number of content words of the quote that may be left out between two words of the sentence."""
_MAX_SKIPPED_UNPARSED = 3
"""``_MAX_SKIPPED`` without a grammar. Only a grammar shows whether the left-out words connect two clauses."""
_COUNTED_WITHIN = 40
"""The counted thing is searched within this number of characters after its number: nine piloted *spacecraft*."""
_DENIED_BEFORE, _DENIED_AFTER = 4, 3
"""A denial in the quote is searched this number of words before and after the words that the sentence repeats."""
_ENDING = regex(r"(?:ations?|ations|ings?|ions?|ed|es|e|s|d)$")
_NEGATIONS = frozenset(
    tokens(" ".join(word for words in OF_LANGUAGE.values() for word in words) + " ne нет नहीं")
)
_DENY_WHAT_FOLLOWS = frozenset(
    tokens("no without kein keine keinen keiner ohne aucun aucune sans ningún ninguna sin sem senza без")
)
_SECOND_QUANTITY = regex(r",? (?:and|but) (?P<number>\d[\d,.]* (?P<unit>[^\W\d_]+)\b)")
_JOINS_PHRASE, _JOINS_CLAUSE = "in|on|at|by|until|since|during", "because|although|if|unless|when|while"
_SHORT_PHRASE = r"(?P<own>(?: [\w.’'-]+){1,3})"
_PHRASE_FIRST = regex(rf"(?P<joins>{_JOINS_PHRASE}){_SHORT_PHRASE}, (?P<rest>[^,;:]+)", re.IGNORECASE)
_PHRASE_LAST = regex(rf"(?P<rest>[^,;:]+) (?P<joins>{_JOINS_PHRASE.replace('|by', '')}){_SHORT_PHRASE}")
_CLAUSE_FIRST = regex(rf"(?P<joins>{_JOINS_CLAUSE})(?P<own> [^,;:]+), (?P<rest>[^,;:]+)", re.IGNORECASE)
_CLAUSE_LAST = regex(rf"(?P<rest>[^,;:]+?),? (?P<joins>{_JOINS_CLAUSE})(?P<own> [^,;:]+)")
_CLAUSES = frozenset(
    "because although though unless if when while whereas before after until but who which".split()
)
"""Words that begin another clause."""
_LIMITS = frozenset(
    "only all every always none some most few many half may might could possibly perhaps sometimes before after".split()
)
"""Words that limit a sentence. If the quote lacks one of them, it does not support the sentence."""
_LIGHT = frozenset(
    tokens(
        "called named known means mean says said states according document documents text passage passages notes"
        " also thus therefore however namely example"
    )
)
"""Words that a sentence may add to its quote, because they say nothing about the matter."""
_DENIES_FINDING = regex(
    r"\b(?:could not|couldn['’]t|cannot|can['’]t|did not|didn['’]t|do not|don['’]t|does not|doesn['’]t|unable to)\s+"
    r"(?:\w+\s+){0,2}?(?:find|answer|say|mention|contain|cover|include|tell|state|explain|discuss|describe|provide|address)"
    r"|\b(?:is|are|was) (?:not|nothing|no \w+)\s*(?:\w+\s+){0,4}?(?:mentioned|answered|found|covered|about|in (?:your|the)"
    r" (?:documents?|passages?|notes))\b"
    r"|\bthere (?:is|was) (?:nothing|no (?:answer|information|mention))\b|\bno information\b"
    r"|\bno encontré\b|\bje n['’]ai pas trouvé\b|\bkeine antwort\b|\bnão encontrei\b|\bnon ho trovato\b|\bне наш[ёе]л\b"
    r"|لم أجد|उत्तर नहीं मिला|ไม่พบคำตอบ|没有找到|見つかりませんでした|찾지 못했",
    re.IGNORECASE,
)


def statements_of(
    answer: str,
    quotes: Sequence[str],
    question: str,
    grammar: Grammar,
    rows: Mapping[int, Sequence[TableRow]] = MappingProxyType({}),
) -> tuple[Statement, ...]:
    """The sentences of the answer, in order. ``[k]`` in it cites the k-th of ``quotes``, counted from 1.

    ``rows`` holds, by the number of the quote, the table rows that contain the quote; the words of a row include the
    heads of its columns. Marks after the full stop of a sentence belong to it. A piece without letters or digits is
    left out.
    """
    return tuple(
        Statement(
            _utf16(answer, start),
            _utf16(answer, end),
            cited,
            _support(
                _unmarked(answer[start:end]),
                [quotes[number - 1] for number in cited],
                [row for number in cited for row in rows.get(number, ())],
                question,
                grammar,
            ),
        )
        for start, end, cited in _sentences(answer, len(quotes))
    )


def outcome_of(statements: Sequence[Statement], answer: str) -> Outcome:
    """Whether an answer from the documents answers the question, answers it in part, or finds nothing.

    It is ``answered`` only if each of its statements is supported by a quote.
    """
    if denies_finding(answer) or not any(one.citations for one in statements):
        return "not_found"
    return "answered" if all(one.support == "quoted" for one in statements) else "partial"


def denies_finding(answer: str) -> bool:
    """Whether the answer begins by saying that the documents do not answer the question. A sentence with a citation does
    not count, because it says what a document says.
    """
    spans = sentence_spans(answer)
    if not spans:
        return False
    start, end = spans[0]
    is_cited = _MARK.search(answer, start, end) or _MARKS_FIRST.match(answer, end)
    return not is_cited and _DENIES_FINDING.search(answer, start, end) is not None


def _utf16(text: str, place: int) -> int:
    return len(text[:place].encode("utf-16-le", "surrogatepass")) // 2


def _sentences(answer: str, known: int) -> list[tuple[int, int, tuple[int, ...]]]:
    found: list[tuple[int, int, tuple[int, ...]]] = []
    for start, end in sentence_spans(answer):
        leading = _MARKS_FIRST.match(answer, start, end)
        if leading is not None and found:
            before = found[-1]
            found[-1] = (before[0], leading.end(), before[2] + _cited(leading[0], known))
            start = leading.end()
            start += len(answer[start:end]) - len(answer[start:end].lstrip())
        piece = answer[start:end]
        if any(map(str.isalnum, _unmarked(piece))):
            found.append((start, end, _cited(piece, known)))
    return [(start, end, tuple(dict.fromkeys(cited))) for start, end, cited in found]


def _cited(text: str, known: int) -> tuple[int, ...]:
    return tuple(number for number in map(int, _MARK.findall(text)) if 1 <= number <= known)


def _unmarked(text: str) -> str:
    return _MARK.sub("", text)


def _support(
    sentence: str, quotes: Sequence[str], rows: Sequence[TableRow], question: str, grammar: Grammar
) -> Support:
    sources = [*quotes, *(said for row in rows for said in row.cell_texts())]
    if len(quotes) > 1:
        sources.append(" ".join(quotes))
    is_row = any(tokens(row.worded()) == tokens(sentence) for row in rows)
    return (
        "quoted"
        if is_row or any(supports(source, sentence, question, grammar) for source in sources)
        else "unsupported"
    )


def supports(quote: str, sentence: str, question: str, grammar: Grammar) -> bool:
    """Whether the quote supports everything that the sentence says."""
    return any(
        _bears(source, worded, question, grammar)
        for source in (quote, *_filled_in(quote))
        for worded in (sentence, *_reordered(sentence))
    )


def _filled_in(quote: str) -> Iterator[str]:
    """The second half of a pair of quantities, with the words that it leaves out: *The mill lies 5 km above the lake,
    but 9 km below the pass* gives *The mill lies 9 km below the pass*. A quote with a denial gives nothing.
    """
    for found in _SECOND_QUANTITY.finditer(quote):
        first = re.search(rf"\b\d[\d,.]* {re.escape(found['unit'])}\b", quote[: found.start()])
        if first is not None and not _negations(quote):
            yield quote[: first.start()] + quote[found.start("number") :]


def _reordered(sentence: str) -> Iterator[str]:
    """The sentence with its first phrase of time or place last, or its last one first, and with its two clauses
    exchanged: *If it rains, it pours* and *It pours if it rains*.
    """
    sentence = sentence.strip().removesuffix(".")
    for form in (_PHRASE_FIRST, _PHRASE_LAST, _CLAUSE_FIRST, _CLAUSE_LAST):
        found = form.fullmatch(sentence)
        if found is None or not (_CLAUSES - {found["joins"].lower()}).isdisjoint(
            tokens(found["rest"] + found["own"])
        ):
            continue
        first = found.start("joins") == 0
        rest, joined = _begun_small(found["rest"]), f"{found['joins'].lower()}{found['own']}"
        yield f"{rest} {joined}." if first else f"{joined[0].upper()}{joined[1:]}, {rest}."


def _begun_small(text: str) -> str:
    first = text.partition(" ")[0]
    return text[0].lower() + text[1:] if STOP_TOKENS.issuperset(tokens(first)) else text


def _bears(quote: str, sentence: str, question: str, grammar: Grammar) -> bool:
    said, given = _Words.of(sentence), _Words.of(quote)
    if not said.content or (quote.rstrip().endswith("?") and not sentence.rstrip().endswith("?")):
        return False
    if said.tokens == given.tokens:
        return True
    asked = _Words.of(question)
    parsed = grammar.parse(sentence), grammar.parse(quote)
    forms = _forms_of(*parsed)
    new = [word for word in said.content if not given.hold(word) and word not in forms]
    if len(new) > (1 - _MIN_SHARED) * len(said.content):
        return False
    if any(not asked.hold(word) and word not in _LIGHT for word in new):
        return False
    if not _figures_stand(sentence, quote, question) or (new and not _names_stand(said, given, new)):
        return False
    if not _is_limited_alike(said, given):
        return False
    if None in parsed:
        is_said = _runs_alike(said, given, _MAX_SKIPPED_UNPARSED) and _clauses_stand(said, given)
        return is_said and not _speaks_against(sentence, quote, *parsed)
    mine, theirs = roles_of(parsed[0] or ()), roles_of(parsed[1] or ())
    if not new and mine.stand_in(theirs):  # the order of words may differ: founded, was founded by
        return not _is_not_stated(*parsed)
    is_said = _runs_alike(said, given, _MAX_SKIPPED) and _clauses_stand(said, given)
    return is_said and not mine.contradict(theirs) and not _speaks_against(sentence, quote, *parsed)


def _is_limited_alike(said: _Words, given: _Words) -> bool:
    """Whether the sentence has the qualifiers that limit its words in the quote, and no limit that the quote lacks."""
    places = [place for _, place in _steps(said, given)] or [
        place
        for place, token in enumerate(given.tokens)
        if _is_content(token) and any(_alike(token, word) for word in said.content)
    ]
    source = part_about(given.text, {given.places[place] for place in places})
    limits = set(said.tokens) & _LIMITS
    return limits <= set(tokens(source)) and qualifiers_of(said.text) == qualifiers_of(source)


def _forms_of(
    said: Sequence[ParsedSentence] | None, given: Sequence[ParsedSentence] | None
) -> frozenset[str]:
    """The words of the sentence that are forms of words of the quote: "written" for "wrote"."""
    held = {word.lemma for sentence in given or () for word in sentence.words}
    words = (word for sentence in said or () for word in sentence.words)
    return frozenset(token for word in words if word.lemma in held for token in tokens(word.text))


@dataclass(frozen=True, slots=True)
class _Words:
    text: str
    tokens: tuple[str, ...]
    places: tuple[int, ...]
    """For each token, the position in the text at which its word begins."""
    telling: frozenset[int]
    """The indices of those tokens that belong to a name or a number."""

    @classmethod
    def of(cls, text: str) -> _Words:
        found: list[str] = []
        places: list[int] = []
        telling: set[int] = set()
        for match in _WORD.finditer(text):
            for token in tokens(match[0]):
                if (match[0][0].isupper() and found) or match[0][0].isdigit():
                    telling.add(len(found))
                found.append(token)
                places.append(match.start())
        return cls(text, tuple(found), tuple(places), frozenset(telling))

    @property
    def content(self) -> list[str]:
        return [token for token in self.tokens if _is_content(token)]

    def hold(self, word: str) -> bool:
        return any(_alike(word, token) for token in self.tokens)


def _is_content(token: str) -> bool:
    return token not in STOP_TOKENS and token not in _NEGATIONS and (len(token) > 1 or not token.isascii())


def _alike(one: str, other: str) -> bool:
    """Whether two words are equal or forms of the same word: encode and encoding."""
    if one == other or not (one.isalpha() and other.isalpha()):
        return one == other
    stem, stem_of_other = _ENDING.sub("", one), _ENDING.sub("", other)
    return len(stem) > 2 and stem == stem_of_other


def _figures_stand(sentence: str, quote: str, question: str) -> bool:
    """Whether each number of the sentence is in the quote or the question, with the same unit and the same counted
    thing.
    """
    sources = [source for source in (quote, question) if source]
    known = {numeral.replace(",", "") for source in sources for numeral in _NUMERAL.findall(source)}
    given = [(one, source) for source in sources for one in quantities(source)]
    read = quantities(sentence)
    for one in read:
        if not any(
            same_quantity(one, other)
            and (not one.counted or _counts(one.counted, source[other.start : other.end + _COUNTED_WITHIN]))
            for other, source in given
        ):
            return False
    return all(
        match[0].replace(",", "") in known or any(one.start <= match.start() < one.end for one in read)
        for match in _NUMERAL.finditer(sentence)
    )


def _counts(counted: str, text: str) -> bool:
    return any(_alike(token, word) for token in tokens(counted) for word in tokens(text))


def _names_stand(said: _Words, given: _Words, new: Sequence[str]) -> bool:
    """Whether the sentence's names are supported. A name that is only in the question is accepted if the quote has no
    other name.
    """
    names = {said.tokens[at] for at in said.telling}
    if not names & set(new):
        return True
    return all(given.tokens[at] in said.tokens for at in given.telling)


def _runs_alike(said: _Words, given: _Words, most_skipped: int) -> bool:
    """Whether the sentence has the quote's words in the same order, no other words in their places, and the same
    denials.
    """
    steps = _steps(said, given)
    if not steps:
        return False
    for (mine, theirs), (mine_next, theirs_next) in pairwise(steps):
        skipped = [place for place in range(theirs + 1, theirs_next) if _is_content(given.tokens[place])]
        added = [place for place in range(mine + 1, mine_next) if _is_content(said.tokens[place])]
        if len(skipped) > most_skipped or (skipped and added):
            return False
        if theirs_next in given.telling and theirs not in given.telling and given.telling & set(skipped):
            return False
        if skipped and given.tokens[theirs_next].isdigit() and mine_next == mine + 1 and mine in said.telling:
            return False  # the answer says 4 May 1931, the quote 4 May 1930 and 9 June 1931
        if any(given.tokens[place].isdigit() and given.tokens[place + 1] in said.tokens for place in skipped):
            # The answer says: 3 dollars for the pen. The quote says: 3 dollars for the ink and 5 dollars for the pen.
            return False
    (mine, theirs), (mine_last, theirs_last) = steps[0], steps[-1]
    before = [token for token in given.tokens[:theirs] if _is_content(token)]
    if before and any(_is_content(token) and token not in _LIGHT for token in said.tokens[:mine]):
        return False
    after = [token for token in given.tokens[theirs_last + 1 :] if _is_content(token)]
    if after and any(_is_content(token) and token not in _LIGHT for token in said.tokens[mine_last + 1 :]):
        return False
    first = given.places[max(0, theirs - _DENIED_BEFORE)]
    own = re.split(rf",\s+(?:and|{'|'.join(sorted(_CLAUSES))})\b", given.text[first : given.places[theirs]])[
        -1
    ]
    last = min(theirs_last + _DENIED_AFTER, len(given.tokens) - 1)
    after = [token for token in given.tokens[theirs_last + 1 : last + 1] if token not in _DENY_WHAT_FOLLOWS]
    within = given.text[given.places[theirs] : given.places[theirs_last] + len(given.tokens[theirs_last]) + 4]
    denied = _negations(f"{own} {within}") + _negations(" ".join(after))
    return _negations(said.text) % 2 == denied % 2


def _clauses_stand(said: _Words, given: _Words) -> bool:
    """Whether each clause begins as in the quote, and no words are left out across the end of a clause."""
    both = {*said.tokens} & {*given.tokens}
    is_turned = ("by" in both) != ("by" in {*said.tokens, *given.tokens})
    if is_turned and both & (_follows(said, "by") | _follows(given, "by")):
        return False
    if any(not _follows(said, word) <= _follows(given, word) for word in _CLAUSES & both):
        return False
    for (_, place), (_, following) in pairwise(_steps(said, given)):
        left_out = any(map(_is_content, given.tokens[place + 1 : following]))
        commas = given.text[given.places[place] : given.places[following]].count(",")
        opens = not _CLAUSES.isdisjoint(given.tokens[place + 1 : following])
        if left_out and (commas == 1 or (opens and commas == 0)):
            return False
    return True


def _steps(said: _Words, given: _Words) -> list[tuple[int, int]]:
    """Pairs of indices, ascending: of each content word of the sentence, and of the same word in the quote; empty if
    the quote does not have these words in this order.
    """
    held = [(at, token) for at, token in enumerate(said.tokens) if _is_content(token) and given.hold(token)]
    path = _ascending(
        [[place for place, word in enumerate(given.tokens) if _alike(token, word)] for _, token in held]
    )
    return list(zip([at for at, _ in held], path or (), strict=False))


def _follows(text: _Words, word: str) -> set[str]:
    """The next content word after each occurrence of the word."""
    return {
        next((token for token in text.tokens[at:] if _is_content(token)), "")
        for at, token in enumerate(text.tokens)
        if token == word
    }


def _ascending(options: Sequence[Sequence[int]]) -> list[int] | None:
    """One place from each option, so that the places ascend and are as close together as possible; None if that is
    impossible.
    """
    best: dict[int, tuple[int, list[int]]] = {}
    for number, places in enumerate(options):
        reached: dict[int, tuple[int, list[int]]] = {}
        for place in places:
            if number == 0:
                reached[place] = (0, [place])
                continue
            ways = [(cost + place - before, path) for before, (cost, path) in best.items() if before < place]
            if ways:
                cost, path = min(ways, key=lambda way: way[0])
                reached[place] = (cost, [*path, place])
        best = reached
        if not best:
            return None
    return min(best.values(), key=lambda way: way[0])[1] if best else None


def _negations(text: str) -> int:
    text = without_empty_denials(text)
    places = {start for start, _ in denials(text)}
    return len(
        places | {start for word, start, _ in placed_words(text) if not _NEGATIONS.isdisjoint(tokens(word))}
    )


def _speaks_against(
    sentence: str,
    quote: str,
    said: Sequence[ParsedSentence] | None,
    given: Sequence[ParsedSentence] | None,
) -> bool:
    if said is None or given is None:
        return bool(conflicts(sentence, quote))
    return _is_not_stated(said, given) or bool(conflicts(sentence, quote, said, given))


def _is_not_stated(said: Sequence[ParsedSentence] | None, given: Sequence[ParsedSentence] | None) -> bool:
    """Whether the sentence states as a fact what the quote only supposes, denies or reports."""
    return all(stance(one) == "stated" for one in said or ()) and any(
        stance(one) != "stated" for one in given or ()
    )

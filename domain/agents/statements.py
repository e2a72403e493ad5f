"""What each sentence of an answer stands on, and what kind of answer it is.

A sentence is ``quoted`` only if a quote that it cites bears it: every number, unit and name of the sentence stands
in the quote or in the question, the quote says neither the opposite nor the same of something else, and most of the
sentence's words are the quote's, in its order. The rules are made to err on one side: a sentence that is true may be
``unsupported``; one that its quote does not bear must not be ``quoted``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from domain.agents.outcomes import Outcome, Statement, Support
from domain.agents.roles import roles_of
from domain.text.claims import conflicts
from domain.text.lexical import STOP_TOKENS, tokens
from domain.text.stances import stance
from ports.grammar import Grammar, ParsedSentence
from ports.text.quantities import quantities, same_quantity
from ports.text.sentences import sentence_spans
from ports.text.tables import TableRow

_MARK = re.compile(r"\s*\[(\d{1,3})\]")
_MARKS_FIRST = re.compile(r"(?:\s*\[\d{1,3}\])+")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_NUMERAL = re.compile(r"\d[\d,.]*\d|\d")
_MIN_SHARED = 0.6
"""Of a sentence's words of content, the share that its quote must hold."""
_MAX_SKIPPED = 8
"""The most words of content of the quote that are left out between two of the sentence."""
_MAX_SKIPPED_UNPARSED = 3
"""The same where no grammar tells whether what is left out joins two clauses."""
_COUNTED_WITHIN = 40
"""How many characters after a number what it counts may stand: nine piloted spacecraft."""
_DENIED_BEFORE, _DENIED_AFTER = 4, 3
"""How many words before and after what the sentence repeats a denial in the quote is looked for."""
_ENDING = re.compile(r"(?:ations?|ations|ings?|ions?|ed|es|e|s|d)$")
_NOT_CONTRACTED = re.compile(r"n['’]t\b", re.IGNORECASE)
_NEGATIONS = frozenset(
    tokens(
        "not no never neither none nobody nothing nowhere cannot without hardly scarcely barely"
        " nicht kein keine keinen keiner nie niemals ohne ne jamais aucun aucune sans"
        " nunca ningún ninguna jamás sin não nem sem non mai senza nessun nessuna не нет никогда без ليس नहीं"
    )
)
_DENY_WHAT_FOLLOWS = frozenset(
    tokens("no without kein keine keinen keiner ohne aucun aucune sans ningún ninguna sin sem senza без")
)
_CLAUSES = frozenset(
    "because although though unless if when while whereas before after until but who which".split()
)
"""Words at which another clause begins."""
_LIMITS = frozenset(
    "only all every always none some most few many half may might could possibly perhaps sometimes".split()
)
"""Words that say how far a sentence goes: one that the quote does not hold is not borne by it."""
_LIGHT = frozenset(
    tokens(
        "called named known means mean says said states according document documents text passage passages notes"
        " also thus therefore however namely example"
    )
)
"""Words that a sentence may add to its quote: they say nothing of the matter."""
_DENIES_FINDING = re.compile(
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

    ``rows`` are those of the quotes that stand in a table: what they say includes the heads of their columns. Marks after a sentence's full stop belong to it. A piece without letters or digits is no sentence.
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
    """What kind of answer it is to a question about the documents."""
    if denies_finding(answer) or not any(one.citations for one in statements):
        return "not_found"
    return "answered" if all(one.support == "quoted" for one in statements) else "partial"


def denies_finding(answer: str) -> bool:
    """Whether the answer begins by saying that the documents do not answer."""
    spans = sentence_spans(answer)
    if not spans:
        return False
    first = answer[spans[0][0] : spans[0][1]]
    return _MARK.search(first) is None and _DENIES_FINDING.search(first) is not None


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
    sources = [*quotes, *(said for row in rows for said in row.said())]
    if len(quotes) > 1:
        sources.append(" ".join(quotes))
    is_row = any(tokens(row.worded()) == tokens(sentence) for row in rows)
    return (
        "quoted"
        if is_row or any(bears(source, sentence, question, grammar) for source in sources)
        else "unsupported"
    )


def bears(quote: str, sentence: str, question: str, grammar: Grammar) -> bool:
    """Whether the quote says what the sentence says."""
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
    if (set(said.tokens) & _LIMITS) - set(given.tokens):
        return False
    if None in parsed:
        is_said = _runs_alike(said, given, _MAX_SKIPPED_UNPARSED) and _clauses_stand(said, given)
        return is_said and not _speaks_against(sentence, quote, *parsed)
    mine, theirs = roles_of(parsed[0] or ()), roles_of(parsed[1] or ())
    if not new and mine.stand_in(theirs):  # in whatever order: was founded by
        return not _is_not_stated(*parsed)
    is_said = _runs_alike(said, given, _MAX_SKIPPED) and _clauses_stand(said, given)
    return is_said and not mine.contradict(theirs) and not _speaks_against(sentence, quote, *parsed)


def _forms_of(
    said: Sequence[ParsedSentence] | None, given: Sequence[ParsedSentence] | None
) -> frozenset[str]:
    """The words of the sentence that are forms of the quote's words: written, of wrote."""
    held = {word.lemma for sentence in given or () for word in sentence.words}
    words = (word for sentence in said or () for word in sentence.words)
    return frozenset(token for word in words if word.lemma in held for token in tokens(word.text))


@dataclass(frozen=True, slots=True)
class _Words:
    text: str
    tokens: tuple[str, ...]
    places: tuple[int, ...]
    """Where in the text each token's word begins."""
    telling: frozenset[int]
    """Which tokens are of a name or a number, by their place among ``tokens``."""

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
    """Whether two words are the same or forms of one: encode and encoding."""
    if one == other or not (one.isalpha() and other.isalpha()):
        return one == other
    stem, stem_of_other = _ENDING.sub("", one), _ENDING.sub("", other)
    return len(stem) > 2 and stem == stem_of_other


def _figures_stand(sentence: str, quote: str, question: str) -> bool:
    """Whether each number of the sentence is in the quote or the question, with its unit and what it counts."""
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
    """A name that the question alone holds stands only for what the quote does not name."""
    names = {said.tokens[at] for at in said.telling}
    if not names & set(new):
        return True
    return all(given.tokens[at] in said.tokens for at in given.telling)


def _runs_alike(said: _Words, given: _Words, most_skipped: int) -> bool:
    """Whether the sentence's words come in the quote's order, none in another's place, as often denied."""
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
            return False  # 4 May 1931, of 4 May 1930 and 9 June 1931
        if any(given.tokens[place].isdigit() and given.tokens[place + 1] in said.tokens for place in skipped):
            return False  # 3 dollars for the pen, of 3 dollars for the ink and 5 dollars for the pen
    (mine, theirs), (mine_last, theirs_last) = steps[0], steps[-1]
    before = [token for token in given.tokens[:theirs] if _is_content(token)]
    if before and any(_is_content(token) and token not in _LIGHT for token in said.tokens[:mine]):
        return False
    after = [token for token in given.tokens[theirs_last + 1 :] if _is_content(token)]
    if after and any(_is_content(token) and token not in _LIGHT for token in said.tokens[mine_last + 1 :]):
        return False
    first = given.places[max(0, theirs - _DENIED_BEFORE)]
    own = re.split(rf",\s+(?:{'|'.join(sorted(_CLAUSES))})\b", given.text[first : given.places[theirs]])[-1]
    last = min(theirs_last + _DENIED_AFTER, len(given.tokens) - 1)
    after = [token for token in given.tokens[theirs_last + 1 : last + 1] if token not in _DENY_WHAT_FOLLOWS]
    within = given.text[given.places[theirs] : given.places[theirs_last] + len(given.tokens[theirs_last]) + 4]
    denied = _negations(f"{own} {within}") + _negations(" ".join(after))
    return _negations(said.text) % 2 == denied % 2


def _clauses_stand(said: _Words, given: _Words) -> bool:
    """Whether each clause begins with what it begins with in the quote, and nothing is left out over its end."""
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
    """The places of the sentence's words of content and, in order, of the same words in the quote; none if there is no such order."""
    held = [(at, token) for at, token in enumerate(said.tokens) if _is_content(token) and given.hold(token)]
    path = _ascending(
        [[place for place, word in enumerate(given.tokens) if _alike(token, word)] for _, token in held]
    )
    return list(zip([at for at, _ in held], path or (), strict=False))


def _follows(text: _Words, word: str) -> set[str]:
    """The words of content that come next after the word, each time it stands there."""
    return {
        next((token for token in text.tokens[at:] if _is_content(token)), "")
        for at, token in enumerate(text.tokens)
        if token == word
    }


def _ascending(options: Sequence[Sequence[int]]) -> list[int] | None:
    """One place of each, each after the one before, as close to each other as can be; None if there are none."""
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
    return len(_NOT_CONTRACTED.findall(text)) + sum(token in _NEGATIONS for token in tokens(text))


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
    """Whether the sentence states what the quote only supposes, denies or tells of somebody."""
    return all(stance(one) == "stated" for one in said or ()) and any(
        stance(one) != "stated" for one in given or ()
    )

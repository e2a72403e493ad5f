"""Quiz questions made without a model, from the statements in the material's sentences
(``adapters.local.models.statements``).

A question asks which term has this definition, what a term is, what a thing is called, what something acts on, why
something is so, what is compared with what, and which of four statements is true that differ in two places. A term or a
name is left out of a sentence, or one word of a statement is turned into its opposite. Wrong options are other terms of
the material, or their definitions, in the form of the key; the material treats them as things of its kind, or their main
nouns mean something similar. If there are not enough of them, there is no question.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

from adapters.local.agent.text.sentences import leans_back, sentences
from adapters.local.agent.text.words import terms, tokens
from adapters.local.models.facts import AskableFact, Facts
from adapters.local.models.gaps import GAP
from adapters.local.models.namings import name_after
from adapters.local.models.statement_words import ONE_IN_THE_OTHER
from adapters.local.models.statements import NounPhrase, ParsedStatement, Statements, is_process
from ports.agent import Difficulty, QuestionKind, WriteQuestions
from ports.embedder import Embedder, cosine
from ports.grammar import Grammar

_WRONG_OPTIONS, _LEAST_WRONG, _OF_ONE_SORT = 3, 2, 2
_WHICH_TERM = "Which term names "
_MISSING_NUMBER = "Which number, with its unit, is missing? "
_TOLD_ONCE = ("deed", "relation", "only", "term", "name", "gap")
_OF_ANY_LENGTH = ("direction", "comparison")
_NEAR, _NEAR_IF_TOLD, _NEAR_ON_A_PAGE, _NEAR_OF_KIND, _SAME = 0.45, 0.2, 0.1, 0.0, 0.85
"""Cosines of the key and a wrong option. Below the first, the option is another kind of thing; from the last on, it may
mean the same as the key.
"""
_LIKE_NOUN, _LIKE_KIND, _UNLIKE_KINDS = 0.45, 0.35, 0.2
"""From the first cosines on, two nouns name things of one kind, and two definitions put their terms in like kinds. Below
the last, two definitions put them in kinds that have nothing in common.
"""
_PREPOSITION = re.compile(
    r" (?:of|in|on|at|for|from|to|with|by|between|among|under|over)\b| (?=that |which )"
)
_AN_BEFORE_GAP, _A_N = re.compile(rf"\b([Aa])n?(?= {GAP})"), r"\1(n)"
"""An article before a gap, which would tell how the missing term begins, and what is written in its place."""
_BEFORE_A_NAME = re.compile(r"(?:[a-z][\w-]+ )+(?=[A-Z][a-z])")
"""Words before a name. They are not part of it. A numeral such as *II* is no name."""
_FEWEST = 2
"""If there are fewer questions, wrong options may also be things of another kind with a similar meaning. A learner sees
that such options are wrong, so only as many of these questions are made as are missing up to this number.
"""
_LOOSELY_NEAR = 0.35
_LEAST_AKIN, _BEGINNING = 4, 5
"""The fewest letters of a word that is a part of another one, and the number of first letters that two related words
share.
"""
_ENDING = re.compile(r"(?<=\w{3})(?:ing|ers?|ors?|ed|s)$")
"""An ending without which two words are akin if the rest is the same: *buyer* and *buying*."""
_ARTICLE = re.compile(r"^(?:an?|the) ")
_ALSO_TRUE, _ALSO_TRUE_OF_KIN = 0.5, 0.8
"""If a sentence about another term has this share of a statement's words, the statement may be true of that term too.
"""
_FIRST: dict[Difficulty, list[str]] = {
    "beginner": "definition name term only direction comparison turned part deed relation statement".split(),
    "intermediate": "term name definition only direction comparison reason turned deed relation statement part".split(),
    "advanced": "comparison direction reason turned only term name definition deed relation part statement".split(),
}
"""The sorts of questions for each difficulty, the preferred sort first. Sorts that are not listed come last."""


@dataclass(frozen=True, slots=True)
class _Made:
    sort: str
    kind: QuestionKind
    question: str
    options: tuple[str, ...]
    answers: tuple[str, ...]
    """The right options or, for a kind without options, the accepted answers."""
    about: ParsedStatement | AskableFact

    @property
    def subject(self) -> str:
        return _concept(self.about).lower()

    @property
    def informative_keys(self) -> tuple[str, ...]:
        """The keys that are so informative that only one question may ask for each."""
        return tuple(answer.lower() for answer in self.answers) if self.sort in _TOLD_ONCE else ()

    def written(self) -> dict[str, object]:
        letters = ["ABCDEF"[self.options.index(answer)] for answer in self.answers if answer in self.options]
        return {
            "kind": self.kind,
            "question": self.question,
            "options": list(self.options),
            "answers": letters or list(self.answers),
            "explanation": f"The text says: {self.about.text}",
            "passage": self.about.number,
            "quote": self.about.quote,
            "concept": _concept(self.about),
        }


def write_questions(task: WriteQuestions, embedder: Embedder, grammar: Grammar) -> str:
    """The questions that the passages support as JSON, at most ``task.wanted``."""
    maker = _Maker(task, embedder, grammar)
    asked, sought, order = (
        {tuple(tokens(one)) for one in task.avoid},
        set(terms(task.topic)),
        _FIRST[task.difficulty],
    )

    def found() -> list[_Made]:
        return sorted(
            (made for kind in task.kinds for made in maker.made(kind)),
            key=lambda made: (
                -len(sought & set(terms(made.about.text))),
                [*order, made.sort].index(made.sort),
            ),
        )

    chosen: list[_Made] = []
    quotes: set[str] = set()

    def choose(made_now: Sequence[_Made], most: int) -> None:
        earlier = (made for made in made_now if tuple(tokens(made.question)) in asked)
        quotes.update(quote for made in earlier for quote in (made.about.quote, *made.informative_keys))
        for made in _in_turns(made_now):
            if (
                len(chosen) < most
                and not quotes & {made.about.quote, *made.informative_keys}
                and tuple(tokens(made.question)) not in asked
            ):
                quotes.update((made.about.quote, *made.informative_keys))
                chosen.append(made)

    choose(found(), task.wanted)
    if len(chosen) < min(task.wanted, _FEWEST):
        maker.is_loose = True
        choose(found(), min(task.wanted, _FEWEST))
    return json.dumps({"questions": [made.written() for made in chosen]}, ensure_ascii=False)


def _in_turns(found: Sequence[_Made]) -> Iterator[_Made]:
    """The questions, the best first. Each subject, each sort, and each kind in a passage is repeated as late as
    possible.
    """
    left, used = list(found), Counter[object]()
    while left:
        best = min(
            left,
            key=lambda made: (
                used[made.subject],
                used[made.kind, made.about.number],
                used[made.sort] // _OF_ONE_SORT,
            ),
        )
        left.remove(best)
        used.update((best.subject, best.sort, (best.kind, best.about.number)))
        yield best


def _concept(one: ParsedStatement | AskableFact) -> str:
    return one.about if isinstance(one, AskableFact) else one.subject.text


class _Maker:
    def __init__(self, task: WriteQuestions, embedder: Embedder, grammar: Grammar) -> None:
        whole = {s.text: p.number for p in task.passages for s in sentences(p.text, p.headings) if not s.cut}
        read = [(number, text) for text, number in whole.items()]  # passages overlap
        alone = [one for one in read if not leans_back(one[1])]
        headings = [s.heading for p in task.passages for s in sentences(p.text, p.headings)]
        pairs = [
            (p.number, first.text, second.text)
            for p in task.passages
            for first, second in pairwise(sentences(p.text, p.headings))
            if not (first.cut or second.cut or leans_back(first.text)) and name_after(second.text)
        ]
        names = [second for _, _, second in pairs]
        self._said = Statements(alone, grammar, list(dict.fromkeys(headings)), names)
        self._facts = Facts(alone, self._said, grammar, pairs)
        self._title = set(terms(next(filter(None, headings), "")))
        self._words = [(frozenset(terms(text)), bool(ONE_IN_THE_OTHER.search(text))) for _, text in read]
        self.is_loose = False
        """Whether wrong options may be things of another kind."""
        self._embedder = embedder
        self._vectors: dict[str, Sequence[float]] = {}

    def made(self, kind: QuestionKind) -> Iterator[_Made]:
        """The questions of each kind that a statement supports."""
        make = {
            "multiple_choice": self._multiple_choice,
            "multiple_answer": self._multiple_answer,
            "true_false": self._true_false,
            "cloze": self._cloze,
            "numeric": lambda _: (),  # see ``Facts.measures``
            "ordering": self._ordering,
            "short_answer": self._short_answer,
        }[kind]
        for one in self._said.sequences if kind == "ordering" else self._said.all:
            if not (self._facts.is_personal and not one.subject.name_of):
                yield from make(one)
        for fact in self._facts.all:
            if kind == "multiple_choice":
                yield from self._of_a_fact(fact)
            elif kind == "short_answer" and fact.sort == "reason":
                yield _Made("reason", kind, fact.question, (), (f"{fact.key}.",), fact)
        for fact in self._facts.statements if kind == "true_false" else ():
            is_true = crc32(fact.question.encode()) % 2
            said = fact.question if is_true else fact.wrong[0]
            yield _Made("statement", kind, f"{said}.", (), ("true" if is_true else "false",), fact)
        for fact in self._facts.gaps if kind == "cloze" else ():
            if not _akin(fact.question, fact.key):
                gap = _AN_BEFORE_GAP.sub(_A_N, _sentence(fact.question))
                yield _Made("gap", kind, gap, (), (fact.key,), fact)
        for fact in self._facts.measures if kind == "numeric" else ():
            asked = f"{_MISSING_NUMBER}{fact.question}"
            yield _Made("statement", kind, asked, (), (fact.key,), fact)

    def _of_a_fact(self, fact: AskableFact) -> Iterator[_Made]:
        if fact.term is not None:
            is_of_kind = fact.sort in ("relation", "part")
            of_one_number = fact.sort in ("relation", "name")
            wrong = self._others(
                fact.term, fact.question, leading=False, of_one_number=of_one_number, is_of_kind=is_of_kind
            )
            wrong += [
                one for one in self._of_like_nouns(fact.key, fact.wrong, fact.question) if one not in wrong
            ]
            yield from self._choice(fact.sort, fact.question, fact.key, wrong, fact)
        elif fact.sort in ("deed", "reason", "relation"):
            said = set(terms(fact.question))
            is_told = bool(said & set(terms(fact.key))) or fact.sort == "reason"
            named = ((one, set(terms(one))) for one in fact.wrong)
            wrong = [
                one
                for one, its_terms in named
                if (is_told or not said & its_terms) and not self._is_said_with(its_terms, said)
            ]
            least = _NEAR_IF_TOLD if fact.sort == "reason" else _NEAR_ON_A_PAGE
            if fact.sort == "relation":
                wrong = self._of_like_nouns(fact.key, wrong, fact.question)
            near = self._nearest(fact.key, wrong, near=least, are_apart=False)
            yield from self._choice(fact.sort, fact.question, fact.key, near, fact)
        else:
            yield from self._choice(fact.sort, fact.question, fact.key, fact.wrong, fact)

    def _multiple_choice(self, one: ParsedStatement) -> Iterator[_Made]:
        if one.comparison is not None:
            subject = _shown(one.subject, one.article)
            how, other = one.comparison
            options = (
                _sentence(f"{subject} {how} {other}"),
                _sentence(f"{other} {how} {subject}"),
                "The two do not differ in this",
            )
            asked = _sentence(f"{one.opening}how do {subject} and {other} compare?")
            yield _Made("comparison", "multiple_choice", asked, options, options[:1], one)
        elif (
            one.definition
            and one.is_term
            and not (one.says_little or one.may_be_of_others or one.subject.name_of)
            and self._said.is_topic(one.subject)
        ):
            wrong = self._others(one.subject, one.predicate, leading=False)
            asked = f"{_WHICH_TERM}{one.definition}?"
            yield from self._choice("term", asked, one.subject.text, wrong, one)
        if one.definition and not one.subject.name_of:
            yield from self._of_a_definition(one)

    def _of_a_definition(self, one: ParsedStatement) -> Iterator[_Made]:
        """Ask what the subject is. Wrong options are other definitions. If not all begin with the same article, all
        lose their article.
        """
        others = [
            other.definition
            for other in self._said.all
            if other.definition
            and other.has_plural == one.has_plural
            and (one.subject.name_of or not other.subject.name_of)
            and not _share(other.subject, one.subject)
        ]
        noun = _noun_of(one.definition)
        self._embed((noun, *map(_noun_of, others)))
        others = [
            other for other in others if self.is_loose or self._likeness(noun, _noun_of(other)) >= _LIKE_KIND
        ]
        near = self._nearest(one.definition, others, near=_NEAR_IF_TOLD, are_apart=False)
        alike = [other for other in near if other.split()[0] == one.definition.split()[0]]
        if len(alike) < _WRONG_OPTIONS:
            bare = [_ARTICLE.sub("", text) for text in (one.definition, *near)]
            yield from self._choice("definition", _what_is(one), bare[0], bare[1:], one)
        else:
            yield from self._choice("definition", _what_is(one), one.definition, alike, one)

    def _choice(
        self, sort: str, asked: str, key: str, others: Sequence[str], one: ParsedStatement | AskableFact
    ) -> Iterator[_Made]:
        """The question, if there are enough wrong options, and neither a word nor the length of the key reveals it."""
        most = 1.8 if sort == "reason" else 3
        fit = [
            other for other in others if sort in _OF_ANY_LENGTH or 1 / most <= len(other) / len(key) <= most
        ]
        wrong = list({other.casefold(): other for other in fit}.values())[:_WRONG_OPTIONS]
        shared = set(terms(key)) & set(terms(asked))
        sharing = [bool(shared & set(terms(other))) for other in wrong]
        is_whole = sort == "definition" and shared == set(terms(_concept(one)))
        gives_away = shared and not (all(sharing) if is_whole else any(sharing))
        lengths = sorted(map(len, wrong)) or [0]
        is_apart = sort not in _OF_ANY_LENGTH and not 0.5 * lengths[0] <= len(key)
        said = asked.removeprefix(_WHICH_TERM)
        gives_away = gives_away or (sort in ("term", "name", "definition") and _reveals_key(said, key, wrong))
        if len(wrong) >= _LEAST_WRONG and not gives_away and not is_apart and len(key) <= 1.3 * lengths[-1]:
            place = crc32(asked.encode()) % (len(wrong) + 1)
            options = tuple(map(_sentence, (*wrong[:place], key, *wrong[place:])))
            yield _Made(sort, "multiple_choice", asked, options, (options[place],), one)

    def _multiple_answer(self, one: ParsedStatement) -> Iterator[_Made]:
        members, wrong = one.members, self._others(one.subject, one.predicate)[:2]
        if 2 <= len(members) <= 4 and len(wrong) == 2:
            asked = f"Which of the following are among {_shown(one.subject, one.article)}?"
            yield _Made("term", "multiple_answer", asked, (*members, *wrong), members, one)

    def _true_false(self, one: ParsedStatement) -> Iterator[_Made]:
        if one.definition and not (one.says_little or _is_circular(one)):
            said = _sentence(f"{one.opening}{one.article} {one.subject.text} {one.predicate}.")
            yield _Made("statement", "true_false", said, (), ("true",), one)

    def _cloze(self, one: ParsedStatement) -> Iterator[_Made]:
        if one.definition and not one.says_little and not _akin(one.predicate, one.subject.text):
            beside = _BEFORE_A_NAME.match(one.subject.text)
            key = one.subject.text.removeprefix(beside.group() if beside else "")
            gap = _sentence(
                f"{one.opening}{one.article} {beside.group() if beside else ''}{GAP} {one.predicate}."
            )
            yield _Made("term", "cloze", _AN_BEFORE_GAP.sub(_A_N, gap), (), (key,), one)

    def _ordering(self, one: ParsedStatement) -> Iterator[_Made]:
        asked = f"In which order do these steps happen ({one.subject.text})?"
        yield _Made("statement", "ordering", asked, one.steps, (), one)

    def _short_answer(self, one: ParsedStatement) -> Iterator[_Made]:
        if one.definition and not _is_circular(one):
            yield _Made("definition", "short_answer", _what_is(one), (), (_sentence(one.text),), one)

    def _others(
        self,
        key: NounPhrase,
        said: str,
        *,
        leading: bool = True,
        of_one_number: bool = True,
        is_of_kind: bool = False,
    ) -> list[str]:
        """Terms with the form of the key, those of its kind first. Terms about which a sentence says nearly the same are
        left out.

        Of the key's kind are those that the text lists or defines as such. Next come terms that it introduces as the
        key, and, unless ``is_of_kind``, others with a similar meaning.
        """
        words, own = set(terms(said)), set(terms(key.text))
        opens = {word[:4] for word in own}  # adipose cells and adipocytes are one thing
        introduced = self._said.is_introduced(key)
        kin = [
            term.text
            for term in self._said.kin_of(key)
            if (term.form == key.form or not (of_one_number or term.name_of))
            and not (term.is_general or _share(term, key) or set(terms(term.text)) & words)
            and is_process(term.text) is is_process(key.text)
            and not (_noun_of(term.text) == _noun_of(key.text) and self._is_wider(key.text, term.text))
            and not self._may_be_true(term, own, words, _ALSO_TRUE_OF_KIN)
        ]
        known, rest = list[str](), list[str]()
        for term in self._said.terms:
            is_known = introduced and self._said.is_introduced(term) and not _share(term, key)
            if (
                (term.form != key.form and (of_one_number or term.name_of))
                or term.is_general
                or set(terms(term.text)) & words
                or not (is_known or not {word[:4] for word in terms(term.text)} & opens)
                or not self._said.is_topic(term)
                or (leading and not self._said.leads(term))
                or self._may_be_true(term, own, words)
            ):
                continue
            is_like = self.is_loose or is_process(term.text) is is_process(key.text)
            if is_like and term.text not in kin and not self._are_unlike_kinds(term, key):
                (known if is_known else rest).append(term.text)
        near = self._nearest(key.text, kin, near=_NEAR_OF_KIND, are_apart=False)
        near += self._nearest(key.text, known, near=_NEAR_IF_TOLD, are_apart=False)
        if is_of_kind and not self.is_loose:
            return near
        least = _LOOSELY_NEAR if self.is_loose else _NEAR
        return near + self._nearest(key.text, [text for text in rest if text not in near], near=least)

    def _are_unlike_kinds(self, one: NounPhrase, other: NounPhrase) -> bool:
        """Whether both terms are defined, as things of kinds whose nouns have nothing in common: a bed, a hormone."""
        kinds = self._said.kind_of(one), self._said.kind_of(other)
        self._embed(kinds)
        return all(kinds) and self._likeness(*kinds) < _UNLIKE_KINDS

    def _of_like_nouns(self, key: str, others: Sequence[str], asked: str) -> list[str]:
        """The phrases whose main noun names a thing similar to that of the key: *tents* for *houses*."""
        said, noun = set(terms(asked)), _noun_of(key)
        fit = []
        for other in {one.casefold(): one for one in others}.values():
            its, named = _noun_of(other), set(terms(other))
            self._embed((noun, its))
            is_like = self.is_loose or its == noun or self._likeness(noun, its) >= _LIKE_NOUN
            is_like = is_like and not (its == noun and self._is_wider(key, other))
            is_like = is_like and (self.is_loose or is_process(its) is is_process(noun))
            if is_like and not named & said:
                fit += [] if self._is_said_with(named, said) else [other]
        return self._nearest(
            key, fit, near=_NEAR_IF_TOLD if self.is_loose else _NEAR_ON_A_PAGE, are_apart=self.is_loose
        )

    def _is_wider(self, one: str, other: str) -> bool:
        """Whether exactly one of two things with the same main noun has no word that both the other and the title lack.
        Then the other may be a kind of it.
        """
        return (set(terms(one)) - set(terms(other)) <= self._title) is not (
            set(terms(other)) - set(terms(one)) <= self._title
        )

    def _may_be_true(
        self, term: NounPhrase, own: set[str], said: set[str], share: float = _ALSO_TRUE
    ) -> bool:
        """Whether a sentence about the term has this share of the words that are said about another term."""
        name = set(terms(term.text))
        return any(
            name <= words and (len(said & words) >= share * len(said) or (orders and own <= words))
            for words, orders in self._words
        )

    def _is_said_with(self, name: set[str], said: set[str]) -> bool:
        """Whether one sentence has all words of ``name`` and at least the share ``_ALSO_TRUE`` of the words ``said``."""
        return any(name <= words and len(said & words) >= _ALSO_TRUE * len(said) for words, _ in self._words)

    def _nearest(
        self, text: str, others: Sequence[str], *, near: float = _NEAR, are_apart: bool = True
    ) -> list[str]:
        """The texts of ``others`` that are similar to ``text``, the most similar first.

        A text that means the same as ``text`` is left out. Of texts that mean the same as one another, only the first
        is kept; with ``are_apart``, also of texts that share a word.
        """
        self._embed((text, *others))
        alike = {other: self._likeness(text, other) for other in others}
        kept: list[str] = []
        for other in sorted(alike, key=lambda other: (-alike[other], other)):
            is_apart = all(
                self._likeness(other, known) < _SAME
                and not (are_apart and set(terms(other)) & set(terms(known)))
                for known in kept
            )
            if near <= alike[other] < _SAME and is_apart:
                kept.append(other)
        return kept

    def _embed(self, texts: Sequence[str]) -> None:
        new = [one for one in dict.fromkeys(texts) if one not in self._vectors]
        self._vectors |= zip(new, self._embedder.embed(new) if new else (), strict=True)

    def _likeness(self, one: str, other: str) -> float:
        return cosine(self._vectors[one], self._vectors[other])


def _share(one: NounPhrase, other: NounPhrase) -> bool:
    """Whether each word of one term begins like a word of the other: the two may be the same thing."""
    first, second = ({word[:4] for word in terms(each.text)} for each in (one, other))
    return first <= second or second <= first


def _reveals_key(asked: str, key: str, wrong: Sequence[str]) -> bool:
    """Whether a word of the question begins like a word of the key or contains it, but does not do so for any wrong
    option: "topsoil" for *the top layer*.
    """
    shared = _akin(asked, key)
    return bool(shared) and any(not any(word in _akin(asked, other) for other in wrong) for word in shared)


def _akin(asked: str, option: str) -> set[str]:
    """The words of the question that begin like a word of the option, are part of one, or contain one."""
    words = [word for word in tokens(option) if len(word) >= _LEAST_AKIN]
    return {
        word
        for word in tokens(asked)
        if any(
            word[:_BEGINNING] == other[:_BEGINNING]
            or _ENDING.sub("", word) == _ENDING.sub("", other)
            or (len(word) >= _LEAST_AKIN and (word in other or other in word))
            for other in words
        )
    }


def _is_circular(one: ParsedStatement) -> bool:
    """Whether the definition has a form of each word of the term: *biological rhythms are rhythms of biological activity*."""
    return all(_akin(one.definition, word) for word in one.subject.text.split())


def _noun_of(phrase: str) -> str:
    """The main noun of a noun phrase: its last word before a preposition."""
    return _PREPOSITION.split(phrase, maxsplit=1)[0].rpartition(" ")[2].lower()


def _what_is(one: ParsedStatement) -> str:
    return f"What {'are' if one.subject.is_plural else 'is'} {_shown(one.subject, one.article)}?"


def _shown(term: NounPhrase, article: str) -> str:
    return f"{article} {term.text}".strip()


def _sentence(text: str) -> str:
    text = re.sub(r"[.,]\?$", "?", " ".join(text.split()))
    return text[0].upper() + text[1:]

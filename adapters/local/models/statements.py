"""Statements, read from sentences by their grammar: subject and predicate, definitions, and the terms in them.

A sentence counts as a statement only if it is clear by itself: it has one main clause with a noun as its subject, no
pronoun that refers to another sentence, and it is not about the text itself. A sentence that the parser cannot resolve
is skipped.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, pairwise

from adapters.local.models.clauses import (
    SUBJECTS,
    below,
    end_of_clause,
    is_past,
    is_plural,
    is_whole,
    shortened,
)
from adapters.local.models.definitions import definition_in, distinguishes, is_clear, kind_in
from adapters.local.models.namings import name_after, naming
from adapters.local.models.statement_words import (
    COMPARED,
    EMPTY_CLAIM,
    GENERAL,
    HEDGED,
    MAY,
    ONE_IN_THE_OTHER,
    PLACES,
    POINTING,
    VAGUE,
    plainly,
)
from ports.grammar import Grammar, Word
from ports.text.words import words as words_of

_LEAST_CHARACTERS, _MOST_CHARACTERS = 35, 260
_MOST_SAID = 170
"""The most characters of a predicate that a question repeats."""
_COMES_BACK = 2
"""A term of several words that no sentence defines is a topic if it occurs at least this number of times. If it begins
with an adjective, it must occur once more.
"""
_LEAST_SAID = 3
"""The fewest content words with which a predicate can distinguish one thing from others."""
_UNFIT = re.compile(
    r"https?:|www\.|\s[,;]|[{}<>|\\=_]|\[\w+\]|\.{3,}|[?!:]|\b(?:Figure|Table|Chapter|Section)\b|\bet al\b"
)
_ASIDE = re.compile(r"\s*\([^()]*\)|\[\d+\]")
"""References and additions in brackets."""
_MOST_BESIDE = 6
"""The most words that may follow the subject's noun to describe it."""
_TELLS_WHICH = ("that", "who", "which", "of", "in", "with", "from")
_OPENS_A_PLACE = re.compile(
    r"(?:in|during|when|if|after|before|at|under|within|among|inside|on)\b"
    r"(?! (?:addition|contrast|fact|general|short|particular|other|turn|some|many|most|all|the (?:other|case|same|end))\b)",
    re.IGNORECASE,
)
_FILLER = re.compile(r"^((?:is|are|can|may)? ?)(?:also|often|then) ")
_PROCESS = re.compile(r"(?:tion|sion|sis|ment|ing|phagy|ance|ence|ity|ness|ism)s?$")
_PARTS_OF_A_HEADING = re.compile(r"\band\b|\bor\b|\bversus\b|[,:;/&–—]")
_NO_TERM = re.compile(r"[^\w'’.-]|[a-zA-Z][-.]$")
_QUANTITY = re.compile(
    r"(?<![\w.,−-])\$?\d[\d,]*(?:\.\d+)?(?: (?:million|billion|thousand))?(?:\s?%| percent| degrees| (?:kilo|milli|centi)?"
    r"(?:met(?:re|er)s?|grams?)| km| kg| miles| hertz| newtons| joules| watts| tons| seconds| minutes| hours| lit(?:re|er)s)\b"
)
_STEPS = re.compile(
    r"\bfirst,? (.{8,90}?)[,;] (?:and )?(?:then|second|next),? (.{8,90}?)[,;] (?:and )?(?:finally|third|lastly),? (.{8,90}?)\.",
    re.IGNORECASE,
)
_MEMBERS = re.compile(r"^(?:include|are) ([\w -]{3,30}(?:, [\w -]{3,30})*,? and [\w -]{3,30})$")
_THAN = re.compile(
    r"^((?:is|are) (?:\w+er|(?:more|less) \w+) than) (?!(?:in|at|on|for|from|with|by|during|when|if|to|under) )"
    r"((?:the |an? )?[\w -]{3,40})$"
)


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """A noun phrase without its article, written as inside a sentence."""

    text: str
    key: str
    """The words in their basic form: the same for singular and plural."""
    is_plural: bool
    name_of: str
    """The kind of name, as in ``Word.entity``; "name" for a name of unknown kind, "" for a term that is no name."""

    @property
    def is_general(self) -> bool:
        """Whether the phrase is a single word that fits almost any topic."""
        return self.key in GENERAL

    @property
    def form(self) -> tuple[bool, str]:
        """Whether the phrase is a plural, and its kind of name. Terms of the same form can replace each other."""
        return self.is_plural, self.name_of

    @property
    def length(self) -> int:
        """The number of words in the parse. A hyphen and the parts beside it are separate words."""
        return len(re.findall(r"[^\s-]+|-", self.text))


@dataclass(frozen=True, slots=True)
class ParsedStatement:
    """A sentence as subject and predicate. ``quote`` is its exact text; ``text`` has no references in brackets."""

    number: int
    """The number of the text that the sentence is from."""
    quote: str
    text: str
    subject: NounPhrase
    article: str
    """The subject's article in lower case; "" if it has none."""
    predicate: str
    opening: str
    """The words before the subject, with their comma; "" if there are none."""
    definition: str
    """The definition of the subject. "" if the sentence does not say what distinguishes the subject from others of its
    kind.
    """
    has_plural: bool | None = None
    """Whether the sentence's verb has the plural form. None if singular and plural have the same form."""
    is_past: bool = False
    is_term: bool = True
    """Whether the subject is only a term, unlike *the net force on a body*."""

    @property
    def says_little(self) -> bool:
        """Whether the predicate is empty, depends on another sentence, or is too long to repeat."""
        is_cut = self.predicate.count("(") != self.predicate.count(")")
        return is_cut or bool(EMPTY_CLAIM.search(self.predicate)) or len(self.predicate) > _MOST_SAID

    @property
    def may_be_of_others(self) -> bool:
        """Whether the predicate may also be true of other subjects: a word such as *usually* or *may* weakens it, it is
        in the past, or its subject is a general word.
        """
        is_past = self.is_past and not self.subject.name_of
        is_hedged = HEDGED.search(self.predicate) or MAY.match(self.predicate)
        return is_past or self.subject.is_general or bool(is_hedged)

    @property
    def members(self) -> tuple[str, ...]:
        """The things that the subject consists of or includes; () if the predicate is no such list."""
        found = _MEMBERS.match(self.predicate)
        return tuple(re.split(r",? and |, ", found[1])) if found else ()

    @property
    def comparison(self) -> tuple[str, str] | None:
        """The comparison ("is larger than") and the thing that the subject is compared with; None if there is none."""
        found = _THAN.match(self.predicate)
        return (found[1], found[2]) if found else None

    @property
    def steps(self) -> tuple[str, ...]:
        """The three steps in their order (first, then, finally); () if there are none."""
        found = _STEPS.search(self.text)
        return tuple(step.strip() for step in found.groups()) if found else ()


class Statements:
    """The statements in the sentences, and their terms. ``sentences`` are pairs: the number of a text, and a sentence
    of it.
    """

    def __init__(
        self,
        sentences: Sequence[tuple[int, str]],
        grammar: Grammar,
        headings: Sequence[str] = (),
        naming_sentences: Sequence[str] = (),
    ) -> None:
        self.all: list[ParsedStatement] = []
        self.sequences: list[ParsedStatement] = []
        """Sentences that list steps in order. Here ``subject`` is the first term of the sentence, and the predicate is
        "".
        """
        self._named: set[str] = set()
        """The keys of the terms that a sentence gives as the name of something, as in *This form of herding is called
        nomadism*.
        """
        self._listed: defaultdict[str, set[str]] = defaultdict(set)
        """For each term, the other terms that a sentence lists or names beside it, as things of the same kind."""
        self._kinds: dict[str, str] = {}
        """For each defined term: the kind that the definition names."""
        self._terms: dict[str, NounPhrase] = {}
        self._counts: Counter[str] = Counter()
        self._described: set[str] = set()
        """The keys of terms that have an adjective."""
        self._leading: set[str] = set()
        """The terms that are the subject of a sentence."""
        parts = [part for heading in headings for part in (heading, *_PARTS_OF_A_HEADING.split(heading))]
        self._headed = [frozenset(word.rstrip("s") for word in words_of(part)) for part in parts]
        self._sentences = len(sentences)
        self._no_nouns: set[str] = set()
        """Words that are an adjective, a verb or an adverb somewhere. Such a word alone is not a term."""
        small = Counter(word for _, text in sentences for word in re.findall(r"\b[a-z][\w-]+", text))
        large = Counter(
            name for _, text in sentences for name in re.findall(r"(?<=[a-z,] )[A-Z][\w-]+", text)
        )
        self._names = {name for name, count in large.items() if count > small[name.lower()]}
        self.small = small.keys()
        self._after_article = frozenset(
            found for _, text in sentences for found in re.findall(r"\b[Aa]n? ([a-z]+s [a-z]+)\b", text)
        )
        """Pairs of words in a phrase such as *a sales tax*: a word in -s after *a* or *an*, and the word after it. The
        first is no subject there.
        """
        for number, quote in sentences:
            text = plainly(" ".join(_ASIDE.sub("", quote).split()))
            for place, part in enumerate(text.rstrip(".").split("; ") if text.endswith(".") else [text]):
                parsed = grammar.parse(f"{part}.")
                if parsed and len(parsed) == 1:
                    self._read(
                        number, quote, f"{part[:1].upper()}{part[1:]}.", parsed[0].words, leans=bool(place)
                    )
        for text in naming_sentences:
            self._read_name(text, grammar)

    @property
    def terms(self) -> list[NounPhrase]:
        """The terms that are names, that are a statement's subject, or that occur more than once."""
        subjects = {one.subject.key for one in self.all}
        return [
            term
            for key, term in self._terms.items()
            if self._counts[key] > 1 or key in subjects or key in self._named or term.name_of
            if term.name_of or term.text.lower() not in self._no_nouns
        ]

    def kin_of(self, term: NounPhrase) -> list[NounPhrase]:
        """The noun phrases that the text treats as things of the same kind as the term: it lists them together, names
        two with the same head in one sentence, or gives them the same kind in definitions.
        """
        near = set(self._listed.get(term.key, ()))
        kind = self._kinds.get(term.key)
        near |= {key for key, other in self._kinds.items() if other == kind}
        near |= {one.key for one in self.terms if _are_siblings(one, term) and self.is_topic(one)}
        return [self._terms[key] for key in sorted(near - {term.key}) if key in self._terms]

    def kind_of(self, term: NounPhrase) -> str:
        """The noun that says in a definition of which kind the term is; "" without a definition."""
        return self._kinds.get(term.key, "")

    def listed_with(self, term: NounPhrase) -> list[NounPhrase]:
        """The noun phrases that a sentence lists together with the term, or names beside it with the same main noun."""
        keys = sorted(self._listed.get(term.key, set()))
        return [self._terms[key] for key in keys if key in self._terms]

    def leads(self, term: NounPhrase) -> bool:
        """Whether the term is a name, or is the subject or the kind in some sentence."""
        return term.key in self._leading or bool(term.name_of)

    def is_topic(self, term: NounPhrase) -> bool:
        """Whether the term is a topic of the material, and not a word that fits any text.

        It is a topic if a sentence defines it, if a heading names it, or if it has several words and occurs repeatedly.
        """
        words = frozenset(word.rstrip("s") for word in words_of(term.text))
        is_headed = any(words <= heading and len(heading) <= 2 * len(words) for heading in self._headed)
        least = _COMES_BACK + (term.key in self._described)
        comes_back = len(words) > 1 and self._counts[term.key] >= least
        return is_headed or comes_back or term.text in self.defined or term.key in self._named

    def count_of(self, term: NounPhrase) -> int:
        """The number of times that the term occurs."""
        return self._counts[term.key]

    def share_of(self, term: NounPhrase) -> float:
        """The number of times that the term occurs, as a share of the number of sentences."""
        return self.count_of(term) / max(1, self._sentences)

    def is_introduced(self, term: NounPhrase) -> bool:
        """Whether a sentence defines the term, or introduces it as a name."""
        return term.key in self._named or term.text in self.defined

    def term_named(self, name: str) -> NounPhrase | None:
        """The term with this text that some sentence introduces as a name."""
        return next((self._terms[key] for key in sorted(self._named) if self._terms[key].text == name), None)

    def is_topic_named(self, text: str) -> bool:
        """Whether the text is a topic of the material (see ``is_topic``), whatever its letter case."""
        return text.lower() in self._topics

    def is_written_as_name(self, word: str) -> bool:
        """Whether the word has a capital letter inside of sentences."""
        return word in self._names

    @cached_property
    def _topics(self) -> frozenset[str]:
        return frozenset(term.text.lower() for term in self._terms.values() if self.is_topic(term))

    @cached_property
    def defined(self) -> frozenset[str]:
        """The terms that a sentence defines."""
        return frozenset(one.subject.text for one in self.all if one.definition)

    def _read(self, number: int, quote: str, text: str, words: Sequence[Word], *, leans: bool) -> None:
        """Store the terms and statements of a sentence. Of one that ``leans`` on what stands before its semicolon, only
        a definition is stored.
        """
        used = [(at, term) for at in range(len(words)) if (term := self.term_at(words, at)) is not None]
        self._no_nouns.update(word.text.lower() for word in words if word.part in ("ADJ", "VERB", "ADV"))
        for at, term in used:
            self._counts[term.key] += 1
            if words[at].relation in (*SUBJECTS, "appos", "oprd", "attr"):
                self._leading.add(term.key)
            self._terms.setdefault(term.key, term)
            if any(word.part == "ADJ" and word.head == at for word in words[:at]):
                self._described.add(term.key)
        self._note_kinds(text, words, dict(used))
        beside = (self._beside(number, quote, text, words, at, term) for at, term in used)
        self.all += [one for one in beside if one is not None]
        if not _LEAST_CHARACTERS <= len(text) <= _MOST_CHARACTERS or not text.endswith("."):
            return
        if _UNFIT.search(text) or text.count("(") != text.count(")"):
            return
        if used and _STEPS.search(text) and _is_understood([word for word in words if word.text != "it"]):
            self.sequences.append(ParsedStatement(number, quote, text, used[0][1], "", "", "", ""))
        root = next((at for at, word in enumerate(words) if word.head == at), 0)
        subjects = [at for at, word in enumerate(words) if word.head == root and word.relation in SUBJECTS]
        if len(subjects) != 1:
            return
        stated = self._defined_in(number, quote, text, words)
        if stated is None and not leans:
            stated = self._stated(number, quote, text, words, root, subjects[0])
        self.all += [] if stated is None else [stated]

    def _note_kinds(self, text: str, words: Sequence[Word], used: dict[int, NounPhrase]) -> None:
        """Store which terms the sentence lists together, and the name that it gives."""
        lists: defaultdict[int, list[NounPhrase]] = defaultdict(list)
        for at, term in used.items():
            first = at
            while words[first].relation == "conj" and words[first].head != first:
                first = words[first].head
            lists[first].append(term)
        for members in lists.values():
            for one, other in combinations(members, 2):
                self._listed[one.key].add(other.key)
                self._listed[other.key].add(one.key)
        if not ONE_IN_THE_OTHER.search(text):
            for (_, one), (_, other) in combinations(used.items(), 2):
                if _are_siblings(one, other):
                    self._listed[one.key].add(other.key)
                    self._listed[other.key].add(one.key)
        named = naming(text, words)
        if named is not None and (name := self.term_at(words, named.end - 1)) is not None:
            self._named.add(name.key)
            self._terms.setdefault(name.key, name)

    def _read_name(self, text: str, grammar: Grammar) -> None:
        """Store the name that a sentence gives to the thing that the sentence before it describes."""
        parsed = grammar.parse(text)
        found = name_after(text)
        words = parsed[0].words if parsed and found else ()
        for at, word in enumerate(words):
            term = self.term_at(words, at)
            if (
                found
                and term is not None
                and term.text.casefold() == found.casefold()
                and word.end <= len(text)
            ):
                self._named.add(term.key)
                self._terms.setdefault(term.key, term)

    def _beside(
        self, number: int, quote: str, text: str, words: Sequence[Word], at: int, term: NounPhrase
    ) -> ParsedStatement | None:
        """The statement in a definition that stands beside a term: *X, the process of Y, …* or *X, which is the process
        of Y*. None if there is none.
        """
        for place in range(at + 1, len(words)):
            if words[place].head != at or words[place].relation not in ("appos", "relcl"):
                continue
            if words[place].relation == "relcl":
                told = [
                    one
                    for one in range(place, len(words))
                    if words[one].head == place and words[one].relation == "attr"
                ]
                is_said = (
                    words[place].text in ("is", "are")
                    and words[place - 1].text == "which"
                    and place == at + 3
                )
                if not told or not is_said:
                    continue
                place = told[0]
            span = below(words, place)
            what = text[words[span[0]].start : words[span[-1]].end].rstrip(" ,")
            if words[place].relation == "appos" and span[0] != at + 2:
                continue
            is_listed = words[at].relation == "conj" or words[words[at].head].text.lower() in ("like", "as")
            if term.name_of in (*PLACES, "PERSON"):
                continue  # where a place is, and who somebody is, are asides
            led_by = words[at].head
            if words[led_by].part == "ADP" and words[words[led_by].head].part == "NOUN":
                continue  # what is added may be about the noun before: the electrocution of an elephant, a spectacle
            if is_listed or any(word.part == "CCONJ" for word in words[span[-1] + 1 : span[-1] + 3]):
                continue  # the last but one of a list
            if re.search(r"(?:most|[a-z]est)\b", term.text) or words[at + 1].text == "(":
                continue
            if words[at].relation == "attr":
                continue  # a vesicle is a sac, a hollow organelle: what is added is about the vesicle
            if any(
                words[one].relation == "acl" and words[below(words, one)[0] - 1].text == "," for one in span
            ):
                continue  # what follows the comma may be about another noun
            opens = words[span[0]].part == "DET" and distinguishes(words, span[0], place)
            is_fit = is_clear([words[one] for one in span], what)
            is_fit = is_fit and (words[place].text.lower() != words[place].lemma) is term.is_plural
            is_fit = is_fit and not any(
                word.head in (place, at) and word.relation == "conj" for word in words
            )
            if opens and is_fit:
                found = (word.text.lower() for word in words if word.head == at and word.part == "DET")
                article = next((one for one in found if one in ("a", "an", "the")), "")
                said = f"{'are' if term.is_plural else 'is'} {what}"
                whole = f"{article} {term.text} {said}.".strip()
                self._kinds[term.key] = kind_in(words, place)
                return ParsedStatement(number, quote, whole, term, article, said, "", what, term.is_plural)
        return None

    def _stated(
        self, number: int, quote: str, text: str, words: Sequence[Word], root: int, at: int
    ) -> ParsedStatement | None:
        span = below(words, at)
        subject = self.term_at(words, at)
        article = words[span[0]].text.lower() if words[span[0]].part == "DET" else ""
        if subject is None or article not in ("", "the", "a", "an") or span[-1] > root:
            return None
        beside = next(
            (place for place in span if words[place].head == at and words[place].relation == "appos"), None
        )
        whole = re.sub(
            r"^(?:the|an?)\s+", "", text[words[span[0]].start : words[at].end], flags=re.IGNORECASE
        )
        if whole.casefold() != subject.text.casefold():
            return None
        told = [words[place] for place in span if place > at]
        if beside is not None and below(words, beside)[0] != at + 2:
            return None
        is_term = beside is not None or not told
        if not is_term:
            if (
                told[0].part != "ADP"
                or any(word.part == "NUM" for word in told)
                or len(told) > _MOST_BESIDE
                or not _is_understood(told)
            ):
                return None
            subject = replace(subject, text=f"{subject.text}{text[words[at].end : told[-1].end]}")
        end = shortened(words, root, end_of_clause(words, root))
        said, opening = [word for word in words[span[-1] + 1 : end] if word.part != "PUNCT"], words[: span[0]]
        if (
            not said
            or said[0].part not in ("VERB", "AUX", "ADV", "PART")
            or not is_whole(words, root, end)
            or not _is_understood([*opening, *said])
            or any(word.relation == "neg" for word in said)
        ):
            return None
        if opening and (len(opening) == 1 or not _OPENS_A_PLACE.match(text)):
            return None
        meaning = {word.lemma for word in said if word.part in ("NOUN", "PROPN", "VERB", "ADJ", "NUM")}
        if len(meaning) + any(word.text == "than" for word in said) < _LEAST_SAID:
            return None
        if not subject.name_of and is_plural(words, root) is (not subject.is_plural):
            return None
        predicate = _FILLER.sub(r"\1", text[said[0].start : words[end - 1].end].rstrip(" ,"))
        before = f"{text[: words[span[0]].start].rstrip(' ,')}, " if opening else ""
        return ParsedStatement(
            number,
            quote,
            text,
            subject,
            article,
            predicate,
            before,
            "",
            is_plural(words, root),
            is_past(words, root),
            is_term,
        )

    def _defined_in(
        self, number: int, quote: str, text: str, words: Sequence[Word]
    ) -> ParsedStatement | None:
        found = definition_in(text, words)
        before = words[: found.start] if found is not None else ()
        if found is None or any(word.text.lower() in POINTING for word in before):
            return None
        run = words[found.start : found.end]
        term = replace(self._phrase(run, words[found.end - 1]), is_plural=found.is_plural)
        self._terms.setdefault(term.key, term)
        self._leading.add(term.key)
        self._kinds[term.key] = found.kind
        said = f"{'are' if found.is_plural else 'is'} {found.what}"
        return ParsedStatement(
            number, quote, text, term, found.article, said, "", found.what, found.is_plural
        )

    def term_at(self, words: Sequence[Word], at: int) -> NounPhrase | None:
        """The noun phrase that ends with the word. None if the phrase is no term."""
        head = words[at]
        if head.part not in ("NOUN", "PROPN") or head.relation in ("compound", "amod") or len(head.text) < 3:
            return None
        if head.lemma.endswith("ist"):  # a person who studies the topic is no part of it
            return None
        start = at
        while start and words[start - 1].head in range(start, at + 1):
            before = words[start - 1]
            if before.text != "-" and before.relation not in ("compound", "amod", "nmod", "npadvmod"):
                break
            start -= 1
        run = words[start : at + 1]
        is_cut = at + 1 < len(words) and words[at + 1].text == "-"
        if is_cut or len(run) > 4 or run[0].part in ("NUM", "PRON", "PUNCT") or COMPARED.match(run[0].text):
            return None
        if any(_NO_TERM.search(word.text) for word in run):
            return None
        if any(word.lemma.lower() in VAGUE or word.text.lower() in POINTING | {"such"} for word in run):
            return None
        if any(word.part == "ADJ" and word.text.endswith(("er", "est")) for word in run):
            return None
        if any(word.part == "VERB" and word.relation != "amod" for word in run):
            return None
        if any(
            word.part != "ADJ"
            and word.text != word.lemma
            and word.text.endswith("s")
            and f"{word.text} {following.text}" not in self._after_article
            for word, following in pairwise(run)
        ):
            return None  # a verb or a noun of another phrase, as in *plants absorb*
        return self._phrase(run, head)

    def _phrase(self, run: Sequence[Word], head: Word) -> NounPhrase:
        text = "".join(
            word.text + ("" if following.start == word.end else " ")
            for word, following in zip(run, [*run[1:], run[-1]], strict=True)
        ).strip()
        is_name = all(self._is_name(word) for word in run if word.text != "-")
        if not self._is_name(run[0]) and not text[:2].isupper():
            text = text[0].lower() + text[1:]
        key = " ".join(words_of(" ".join(word.lemma for word in run)))
        is_plural = (
            head.text.lower() != head.lemma.lower() if head.part == "NOUN" else re.search("[^s]s$", head.text)
        )
        return NounPhrase(text, key, bool(is_plural), (head.entity or "name") if is_name else "")

    def _is_name(self, word: Word) -> bool:
        """Whether the word is a name. Either it has a capital letter inside a sentence; or the parser calls it a name,
        and it never occurs in lower case.
        """
        is_said_to_be = word.part == "PROPN" and bool(word.entity) and word.text[:1].isupper()
        return word.text in self._names or (is_said_to_be and word.text.lower() not in self.small)


def _are_siblings(one: NounPhrase, other: NounPhrase) -> bool:
    """Whether the two phrases have the same head, and each has words that the other lacks: solute potential, water
    potential.
    """
    first, second = one.key.split(), other.key.split()
    return first[-1] == second[-1] and bool(set(first) - set(second)) and bool(set(second) - set(first))


def measure_in(text: str) -> str:
    """The quantity in the text with its unit; "" unless there is exactly one."""
    found = _QUANTITY.findall(text)
    return found[0] if len(found) == 1 and len(re.findall(r"\d+", text)) <= 2 else ""


def is_process(term: str) -> bool:
    """Whether the term has an ending of words for processes and states, such as *-tion*."""
    return bool(_PROCESS.search(term))


def _is_understood(said: Sequence[Word]) -> bool:
    """Whether the words are clear by themselves: none refers to another sentence or to the writer."""
    named = False
    for at, word in enumerate(said):
        named = named or word.part in ("NOUN", "PROPN")
        following = said[at + 1].text.lower() if at + 1 < len(said) else ""
        if word.text.lower() in POINTING and not (word.text.lower() == "those" and following in _TELLS_WHICH):
            return False
        if word.text.lower() == "such" and following != "as":
            return False
    return True

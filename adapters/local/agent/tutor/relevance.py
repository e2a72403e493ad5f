"""How surely a sentence answers a question.

In English, three things count: the words that question and sentence share, the likeness of their vectors, and whether
the sentence has what the question asks for: a number, a name, a time. Two figures distinguish an answer in other words
from a sentence that is only about the same subject: the likeness of the whole texts, and the likeness of the two
without the words that they share. The weights are a logistic regression on 1,220 pairs of a question and a sentence,
from 750 questions of SQuAD 2.0. The limits were set with the questions of ``benchmarks.lessons`` that are not held
back.

In other languages, only the words count.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from adapters.local.agent.text.meaning import Vectors, key_of, label_keys, together
from adapters.local.agent.text.sentences import leans_back
from adapters.local.agent.text.words import is_faint, likeness, terms, tokens
from adapters.local.agent.tutor.asking import Asked, Kind, is_superlative, names_part_of_text
from adapters.local.agent.tutor.candidates import AnswerCandidate
from ports.embedder import cosine
from ports.grammar import ParsedSentence, Word
from ports.text.denials import denied_in, denying

IN_OTHER_WORDS = 0.62
"""The least likeness of an answer in other words."""
LEFT_OVER = 0.3
"""The least likeness that must remain when the shared words are removed from both texts."""
IN_OTHER_WORDS_BY_NAME = 0.92
"""The least likeness of an answer in other words if the question contains a name. It is higher, because a learner who
knows the name also knows the words that the documents use.
"""

_LEAST_SAID = 2
_IN_OTHER_WORDS = range(3, 8)
"""The numbers of keys that a question may have if it is answered in other words. A question with more keys shares some
with its answer. If it has fewer, likeness cannot show that the documents do not contain the thing.
"""
_OF_IT = 0.45
"""If a short question asks for a measure, the rest of the question and the rest of the sentence (without their common
words) must be at least this similar: "How tall is" and "the height is 5 m".
"""
_WEIGHTS = (-3.7, 1.8, 0.4, 4.7, -0.6, -1.4, -0.1, 2.0)
_REASON = 0.2
"""Added to the score of an answer in other words to a question that asks why, if the sentence gives a reason."""
_CLAUSES = re.compile(r"[,;:—()]+")
_SPACES_OF_A_CLAUSE = 2
_REASONING = frozenset(
    "because since so reason result cause effect lead allow thus therefore hence due make mean enable prevent help".split()
)
_TURNED, _BESIDE = 0.5, 0.6
"""How clear (0 to 1) a definition is that ends with the thing (*… is the thing*), and one that is not explicit."""
_CALLING = frozenset(("call", "know", "term", "refer"))
_EQUAL = {"nsubj", "attr"}
_BARE, _UNCERTAIN = ("det", "compound", "punct"), ("a", "an", "no")
"""A name has words of these relations alone beside its noun, and none of these articles."""
_COMPLETING = frozenset(("xcomp", "ccomp", "acomp", "attr", "oprd"))
_OBJECTS = frozenset(("dobj", "attr"))
_BEFORE_A_TERM = frozenset(("compound", "amod", "nmod", "poss", "det", "punct"))
_OVER = 0.6
"""The weight of a word that is only in the heading above the sentence, or in the document's name."""
_LOOKED_AT = 12
"""How many sentences are compared with the question in detail."""
_YEAR = re.compile(r"1\d{3}|20\d\d")
_SAME = 0.7
"""The least likeness with which two keys count as the same word."""
_ENTITIES: dict[Kind, frozenset[str]] = {
    "person": frozenset(("PERSON",)),
    "time": frozenset(("DATE", "TIME")),
    "place": frozenset(("GPE", "LOC", "FAC", "ORG")),
    "age": frozenset(("DATE",)),
    "count": frozenset(("CARDINAL", "QUANTITY")),
    "share": frozenset(("PERCENT",)),
    "price": frozenset(("MONEY",)),
    "measure": frozenset(("CARDINAL", "QUANTITY", "MONEY", "PERCENT", "DATE", "TIME")),
}
_PLACING = frozenset("in at on near from into to under between through inside within".split())
_ASKS_CONDITION = re.compile(r"\bwhen do(?:es)?\b", re.I)
_CONDITIONS = frozenset("when if while during within until unless once whenever before after".split())
"""In a sentence, these words tell when something usually happens, as a date tells when it happened."""
_SPENDING = frozenset("cost pay spend price worth charge fee sell earn".split())
_AGING = frozenset("year month week day century old age aged".split())
_SHARING = frozenset("half third quarter percent fraction".split())
_ASKS_NAME = re.compile(r"\bnames? of\b", re.I)
_SIGNS: dict[Kind, str] = {"share": "%", "price": "$€£¥"}
"""The signs that show the kind of a number in a table."""
_SHORT_VALUE = 3
_OF_ROW = 0.7
"""The least share of the question's words that a row must have if the question names it by another cell than the first.
"""
_NO_COUNT = frozenset(("DATE", "PERCENT", "MONEY"))
_EXERCISES = frozenset(
    "identify describe explain discuss compare contrast define summarize summarise analyze evaluate distinguish".split()
)
_NAMING = frozenset(("call", "know", "term", "refer", "be"))
_EXPLAINING = ("(", "—", "–", ":", "=")
_DEFINING = frozenset(
    "be mean refer describe define state say involve occur happen consist include denote represent call know term".split()
)


@dataclass(frozen=True, slots=True)
class Support:
    """The figures that show how well a sentence answers."""

    likeness: float
    """The cosine of the vectors of question and sentence."""
    in_context: float
    """The same cosine, for the sentence together with the one before it."""
    shared: float
    """The share of the question's weight whose keys the sentence has, 0 to 1."""
    around: float
    """The share of the question's weight that the sentence and its surroundings have, 0 to 1. Only words of the
    question that are in the passages count.
    """
    lacks_kind: float
    """1 if nothing in the sentence is of the kind that the question asks for, otherwise 0."""
    lacks_figures: float
    """The share of the question's numbers that neither the sentence nor its surroundings have, 0 to 1."""
    left_over: float
    """The likeness of question and sentence without the words that they share."""

    def exact(self) -> float:
        seen = (
            1.0, self.likeness, self.in_context, self.shared, self.around, self.lacks_kind, self.lacks_figures, self.left_over,
        )  # fmt: skip
        return sum(weight * value for weight, value in zip(_WEIGHTS, seen, strict=True))

    def in_other_words(self) -> float:
        """How likely the sentence answers in other words. 0 if it is similar only because of the shared words, or lacks
        the kind of thing that the question asks for.
        """
        if self.left_over < LEFT_OVER or self.lacks_kind:
            return 0.0
        return self.left_over + 0.5 * (self.likeness + self.in_context)


def coverage(weights: dict[str, float], held: Collection[str]) -> float:
    """The share of the weight that belongs to keys in ``held``, 0 to 1."""
    total = sum(weights.values())
    return sum(w for key, w in weights.items() if holds(held, key)) / total if total else 0.0


def holds(held: Collection[str], key: str) -> bool:
    return key in held or any(likeness(key, other) >= _SAME for other in held)


def weighed(
    weights: dict[str, float], found: Sequence[AnswerCandidate], *, only_held: bool = False
) -> dict[str, float]:
    """The weights, adjusted by rarity: a key that fewer sentences have weighs more. A key that no sentence has weighs
    most, because the question may be about it; with ``only_held`` it is left out.
    """
    frequency = {key: sum(holds(one.keys, key) for one in found) for key in weights}
    return {
        key: weight * math.log(1 + (len(found) + 4) / (frequency[key] + 1))
        for key, weight in weights.items()
        if frequency[key] or not only_held
    }


def evidence(
    asked: Asked, found: Sequence[AnswerCandidate], vectors: Vectors
) -> Iterator[tuple[AnswerCandidate, Support]]:
    """Yield the sentences that are most similar to an English question, each with its figures."""
    weights = weighed(asked.weights, found)
    spoken_of = weighed(asked.weights, found, only_held=True)
    question = vectors.of(asked.text)
    near = [
        (cosine(question, vectors.of(one.text)), coverage(weights, one.keys), one)
        for one in found
        if not one.sentence.worded or any(holds(set(one.keys) - one.over, key) for key in asked.weights)
    ]
    by_likeness = sorted(near, key=lambda one: -one[0])[: _LOOKED_AT // 2]
    by_both = sorted(near, key=lambda one: -one[0] - one[1])
    for alike, shared, one in {id(it[2]): it for it in (*by_likeness, *by_both[:_LOOKED_AT])}.values():
        context = (
            together(vectors.of(one.before), vectors.of(one.text)) if one.before else vectors.of(one.text)
        )
        rest = _left_over(asked, one)
        whole = {*one.keys, *one.around}
        shared += _OVER * (coverage(weights, {*one.keys, *one.over}) - shared)
        yield (
            one,
            Support(
                alike,
                cosine(question, context),
                shared,
                coverage(spoken_of, whole),
                float(not holds_kind(asked, one)),
                sum(not holds(whole, key) for key in asked.figures) / max(1, len(asked.figures)),
                cosine(vectors.of(rest[0]), vectors.of(rest[1])) if rest else alike,
            ),
        )


def answers_in_other_words(asked: Asked, one: AnswerCandidate, shown: Support, vectors: Vectors) -> float:
    """How well the sentence answers in other words. Only sentences for the same question can be compared by it.

    It is the sum of three likenesses: of the sentence, of its clause that is most similar to the question, and of both
    without the words that they share. If the question asks why, a word that gives a reason counts too.
    """
    clauses = [part for part in _CLAUSES.split(one.text) if part.count(" ") > _SPACES_OF_A_CLAUSE]
    question = vectors.of(asked.text)
    by_clause = max(cosine(question, vectors.of(clause)) for clause in (one.text, *clauses))
    lemmas = {word.lemma.lower() for sentence in one.parsed or () for word in sentence.words}
    reasons = asked.kind == "reason" and not _REASONING.isdisjoint(lemmas)
    return shown.likeness + by_clause + shown.left_over + _REASON * reasons


def _left_over(asked: Asked, one: AnswerCandidate) -> tuple[str, str] | None:
    """The question and the sentence without the words that they share; None if they share none."""
    mine = [word for sentence in asked.parsed or () for word in sentence.words if key_of(word)]
    theirs = [word for sentence in one.parsed or () for word in sentence.words if key_of(word)]
    shared = [(a, b) for a in mine for b in theirs if likeness(key_of(a), key_of(b)) >= _SAME]
    if not shared:
        return None
    return _without(asked.text, [a for a, _ in shared]), _without(one.text, [b for _, b in shared])


def _without(text: str, words: Sequence[Word]) -> str:
    for start, end in sorted({(word.start, word.end) for word in words}, reverse=True):
        text = text[:start] + text[end:]
    return " ".join(text.split())


def is_of_another(asked: Asked, one: AnswerCandidate, found: Sequence[AnswerCandidate]) -> bool:
    """Whether the question names, by a day, a number or a name, another row, column or table than this row of a table."""
    held = {*one.keys, *one.over}
    is_elsewhere = any(
        key not in held and not (_YEAR.fullmatch(key) and key in one.outside) for key in asked.places
    )
    return is_elsewhere or any(
        not holds(one.outside, name) and not any(holds({*other.keys, *other.over}, name) for other in found)
        for name in asked.names
    )


def holds_asked(asked: Asked, one: AnswerCandidate) -> bool:
    """Whether the sentence or its headings have every name, year, day and number of the question. If the sentence
    begins with a word that refers to other sentences, these may have them too. If the question asks only what a
    thing is, the sentence must also define the thing.
    """
    held = {*one.keys, *(one.around if leans_back(one.sentence.text) else one.over)}
    is_term = asked.kind == "definition" and not any(
        word.part == "ADP" for said in asked.parsed or () for word in said.words
    )
    has_noun = (
        not asked.noun
        or holds(one.keys, asked.noun)
        or any(
            word.part == "PROPN" and key_of(word) not in asked.weights
            for said in one.parsed or ()
            for word in said.words
        )
    )
    return (
        has_noun
        and all(holds(held, name) for name in asked.names | asked.places)
        and (not is_term or defines(asked.thing, one) > 0)
    )


def asks_for_column(asked: Asked, one: AnswerCandidate, vectors: Vectors) -> float | None:
    """How clearly the question asks for a column of this row, up to 1; None if it does not name the row.

    It is 1 if a word of the question is in a column's head, if all words of the question are in the row, or if a value
    is of the kind that the question asks for. Otherwise it is the largest cosine of a head and the question without the
    words of the row: "Depth (m)" and "How deep is ?". If the question names the row by another cell than the first, it
    must also have a word of a column's head; otherwise the result is None.
    """
    cells = [cell.partition(": ") for cell in one.sentence.worded.split("; ")]
    words = [word for sentence in asked.parsed or () for word in sentence.words if key_of(word)]
    if not names_row(asked, one):
        said = {*asked.weights, *tokens(asked.text)}
        named = [value for _, _, value in cells if _is_name(value) and set(tokens(value)) <= said]
        heads = [head for head, _, value in cells if value and value not in named]
        others = [key_of(word) for word in words if not holds(tokens(" ".join(named)), key_of(word))]
        asks = named and any(holds(terms(" ".join(heads)), key) for key in others)
        return 1.0 if asks and coverage(dict.fromkeys(map(key_of, words), 1.0), one.keys) >= _OF_ROW else None
    named = tokens(" ".join((cells[0][0], *(value for _, _, value in cells))))
    heads = [head for head, _, value in cells[1:] if value]
    of_row = [word for word in words if holds(named, key_of(word))]
    others = [key_of(word) for word in words if word not in of_row]
    if (
        not others
        or not heads
        or any(holds((*tokens(head), *terms(head)), key) for key in others for head in heads)
    ):
        return 1.0
    if any(sign in value for sign in _SIGNS.get(asked.kind, "") for _, _, value in cells[1:]):
        return 1.0
    rest = vectors.of(_without(asked.text, of_row))
    return max(cosine(rest, vectors.of(head)) for head in heads)


def names_row(asked: Asked, one: AnswerCandidate) -> bool:
    """Whether the question names the row of a table by the row's first cell."""
    label = one.sentence.label
    named = {*asked.weights, *tokens(asked.text)}
    return bool(label) and (set(tokens(label)) <= named or not named.isdisjoint(label_keys(label)))


def _is_name(value: str) -> bool:
    return any(map(str.isalpha, value)) and len(value) > _SHORT_VALUE


def names_value(asked: Asked, one: AnswerCandidate) -> bool:
    """Whether the question names a value in this row, or asks for a list."""
    values = [cell.partition(": ")[2] for cell in one.sentence.worded.split("; ")]
    held = {*tokens(" ".join((one.sentence.label, *values))), *label_keys(one.sentence.label)}
    return asked.kind == "list" or not held.isdisjoint((*asked.weights, *tokens(asked.text)))


def holds_kind(asked: Asked, one: AnswerCandidate) -> bool:
    """Whether the sentence has a thing of the kind that is asked for, apart from things that the question itself names.

    If the question asks for the largest value of a table, the heads need not say so: the chosen row decides it.
    """
    parsed = one.parsed or ()
    words = [word for sentence in parsed for word in sentence.words]
    lemmas = {word.lemma.lower() for word in words}
    new = [
        word
        for sentence in parsed
        for place, word in enumerate(sentence.words)
        if "".join(word.lemma.lower().split()) not in asked.weights
        and (asked.kind == "time" or not _is_year(word))
        and not names_part_of_text(sentence, place)
        and not (asked.kind == "count" and _counts_another(asked.noun, sentence, word))
    ]
    lacks_superlative = asked.is_superlative and not one.sentence.worded and not is_superlative(parsed)
    if lacks_superlative or _hides_doer(asked, parsed) or not _gives_name(asked, one):
        return False
    kinds = _ENTITIES.get(asked.kind)
    if asked.kind == "age" and _AGING.isdisjoint(lemmas):
        kinds = frozenset()
    if kinds is None or any(
        word.entity in kinds and word.part not in ("DET", "ADP", "PUNCT") and word.lemma != "one"
        for word in new
    ):
        return True
    if asked.kind == "person":
        return any(
            word.part == "PROPN"
            and (word.relation in ("nsubj", "nsubjpass") or sentence.words[word.head].text.lower() == "by")
            for sentence in parsed
            for word in sentence.words
            if word in new
        )
    if asked.kind == "place":
        asks_where = not asked.names and "where" in tokens(asked.text)
        return asks_where and any(word.lemma in _PLACING for word in words)
    if asked.kind == "time":
        return bool(_ASKS_CONDITION.search(asked.text)) and not _CONDITIONS.isdisjoint(lemmas)
    if asked.kind == "share":
        return not _SHARING.isdisjoint(lemmas)
    if asked.kind == "price" and _SPENDING.isdisjoint(lemmas):
        return False
    return any(
        (word.part == "NUM" and word.lemma != "one") or word.text[:1].isdigit()
        for word in new
        if (asked.kind == "measure" or word.entity not in _NO_COUNT)
        and (asked.kind != "age" or not word.entity)
    )


def _gives_name(asked: Asked, one: AnswerCandidate) -> bool:
    """Whether the sentence calls something by a name, has a new name outside of brackets, or says what noun the thing
    is, if the question asks for a name.
    """
    if not _ASKS_NAME.search(asked.text):
        return True
    things = {
        key_of(word)
        for said in asked.parsed or ()
        for word in said.words
        if word.relation == "pobj" and said.words[said.words[word.head].head].lemma == "name"
    }
    return any(
        word.lemma in _CALLING
        or _is_name_of(things, asked, said, place)
        or (
            word.part == "PROPN"
            and key_of(word) not in asked.weights
            and one.text.count("(", 0, word.start) == one.text.count(")", 0, word.start)
        )
        for said in one.parsed or ()
        for place, word in enumerate(said.words)
    )


def _is_name_of(things: Collection[str], asked: Asked, sentence: ParsedSentence, place: int) -> bool:
    """Whether the noun at the place is one of the ``things``, and the sentence gives it another noun as its name: *the
    femur is the bone of …*, *the femur, the bone of …*, *the unit of energy is the joule*. In *the captain is a nurse*,
    the other noun is no name.
    """
    words, word = sentence.words, sentence.words[place]
    if key_of(word) not in things:
        return False
    head = words[word.head]
    for other_place, other in enumerate(words):
        if other.part not in ("NOUN", "PROPN") or key_of(other) in asked.weights:
            continue
        is_one = other.head == word.head and head.lemma == "be" and {word.relation, other.relation} == _EQUAL
        is_beside = (word.relation == "appos" and word.head == other_place) or (
            other.relation == "appos" and other.head == place
        )
        is_told_first = other_place < place
        parts = [
            part for part in words if part.head == other_place and part is not other and part is not word
        ]
        is_bare = all(part.relation in _BARE and part.text.lower() not in _UNCERTAIN for part in parts)
        if (is_one or is_beside) and (is_told_first or is_bare):
            return True
    return False


def _counts_another(noun: str, sentence: ParsedSentence, number: Word) -> bool:
    """Whether the number counts something else than the noun of the question, in a sentence that contains this noun."""
    counted = sentence.words[number.head]
    return (
        number.relation == "nummod"
        and counted.part in ("NOUN", "PROPN")
        and not holds((key_of(counted),), noun)
        and any(holds((key_of(word),), noun) for word in sentence.words if key_of(word))
    )


def _hides_doer(asked: Asked, parsed: Sequence[ParsedSentence]) -> bool:
    """Whether the question asks who or which company does something, and the sentence only says in the passive that it
    is done.
    """
    asks = {
        key_of(said.words[doer.head])
        for said in asked.parsed or ()
        for word in said.words
        for doer in (said.words[word.head] if word.relation == "det" else word,)
        if doer.relation == "nsubj"
        and word.text.lower() in (("which", "what") if word is not doer else ("who",))
    }
    done = [
        {other.relation for other in said.words if other.head == place}
        for said in parsed
        for place, word in enumerate(said.words)
        if word.part == "VERB" and key_of(word) in asks
    ]
    return bool(done) and all("auxpass" in beside and "agent" not in beside for beside in done)


def defines(thing: Collection[str], one: AnswerCandidate) -> float:
    """How clearly the sentence says what the thing is, 0 to 1.

    It is 1 for *a thing is a …* and *… is called a thing*. It is less if the sentence says what the thing is like, or
    explains the thing only in brackets or after a comma. It is 0 if the sentence only lists the name with others.
    """
    return max(
        (
            _says_what(thing, sentence, place, one.text)
            for sentence in one.parsed or ()
            for place, word in enumerate(sentence.words)
            if holds(thing, key_of(word)) and _all_held(thing, _keys_before(sentence, place))
        ),
        default=0.0,
    )


def _is_whole(thing: Collection[str], beside: Sequence[Word]) -> bool:
    """Whether the adjectives belong to the thing's name: not in *it is the major hormone*, for the thing "hormone"."""
    return all(holds(thing, key_of(word)) for word in beside if word.relation == "amod")


def _says_what(thing: Collection[str], sentence: ParsedSentence, place: int, text: str) -> float:
    word, head = sentence.words[place], sentence.words[sentence.words[place].head]
    if word.relation == "pobj" and head.lemma == "as":
        head = sentence.words[head.head]
    if word.relation in ("oprd", "attr", "pobj") and head.lemma in _NAMING:
        parts = [other for other in sentence.words if other.head == place]
        if any(other.relation == "conj" for other in parts):
            return 0.0
        if head.lemma == "be" and not _is_whole(thing, parts):
            return 0.0
        return 1.0 if head.lemma != "be" else _TURNED
    behind = sentence.words[place + 1 : place + 3]
    if any(other.relation == "appos" and other.head == place for other in sentence.words):
        return 1.0
    following = text[word.end : word.end + 3].lstrip()
    if following[:1] in _EXPLAINING and following[1:2] != ")":
        return _BESIDE
    if len(behind) > 1 and behind[0].text == "," and behind[1].part == "DET":
        return _BESIDE
    if word.relation in ("nsubj", "nsubjpass") and head.part == "NOUN" and head.relation == "ROOT":
        return 1.0
    if word.relation not in ("nsubj", "nsubjpass") or head.lemma not in _DEFINING:
        return 0.0
    beside = {other.relation for other in sentence.words if sentence.words[other.head] is head}
    if (head.lemma == "be" and "attr" not in beside) or not beside.isdisjoint(("neg", "aux")):
        return _BESIDE
    return 1.0 if head.relation == "ROOT" else _BESIDE


def _is_year(word: Word) -> bool:
    return word.entity in ("DATE", "") and _YEAR.fullmatch(word.text) is not None


def names_a_term(one: AnswerCandidate) -> bool:
    """Whether the sentence gives something its name, or begins with a term and says what it is."""
    for sentence in one.parsed or ():
        for place, word in enumerate(sentence.words):
            head = sentence.words[word.head]
            giver = sentence.words[head.head] if head.lemma == "as" else head
            if word.relation in ("oprd", "attr", "pobj") and giver.lemma in _CALLING:
                return True
            opens = all(
                other.head == place and other.relation in _BEFORE_A_TERM for other in sentence.words[:place]
            )
            says = any(other.relation == "attr" and other.head == word.head for other in sentence.words)
            if (
                opens
                and says
                and word.relation == "nsubj"
                and word.part != "PRON"
                and word.entity != "PERSON"
                and head.relation == "ROOT"
            ):
                return word.head == place + 1
    return False


def denies(asked: Asked, one: AnswerCandidate) -> bool:
    """Whether the sentence denies what the question assumes: *why does it …*, and the sentence says *it does not …*."""
    questions = asked.parsed or ()
    if not asked.presumes or any(denying([word.text for word in said.words]) for said in questions):
        return False
    known = {key_of(word) for said in questions for word in said.words}
    presumed = {
        key
        for said in questions
        for key in _completed(said, {at for at, word in enumerate(said.words) if word.relation == "ROOT"})
    }
    return any(
        not presumed.isdisjoint(_completed(said, _denied_verbs(said, known)) - {""})
        for said in one.parsed or ()
    )


def _denied_verbs(sentence: ParsedSentence, known: Collection[str]) -> set[int]:
    """The denied verbs. Left out are verbs whose object is denied and is not among the ``known`` keys: *it gives no
    light*.
    """
    words, denied = sentence.words, denied_in(sentence.words)
    beside = {
        words[at].head for at in denied if words[at].relation in _OBJECTS and key_of(words[at]) not in known
    }
    return {at for at in denied - beside if words[at].part in ("VERB", "AUX")}


def _completed(sentence: ParsedSentence, verbs: set[int]) -> set[str]:
    """The keys of the verbs at these places and of their complements: *is* and *blind*, *known* and *to cause*, *have*
    and *ears*.
    """
    for _ in sentence.words:
        verbs = verbs | {
            at
            for at, word in enumerate(sentence.words)
            if word.head in verbs
            and (
                word.relation in _COMPLETING
                or (word.relation == "dobj" and not key_of(sentence.words[word.head]))
            )
        }
    return {key_of(sentence.words[at]) for at in verbs}


def is_about(thing: Collection[str], one: AnswerCandidate) -> bool:
    """Whether the sentence begins with the thing, before its verb."""
    first = one.parsed[0].words if one.parsed else ()
    root = next((place for place, word in enumerate(first) if word.relation == "ROOT"), 0)
    opening = first[:root]
    whose = any(
        word.relation in ("nsubj", "nsubjpass")
        and not holds(thing, key_of(word))
        and not any(
            holds(thing, key_of(other)) for other in opening if other.head == place and other.part != "ADP"
        )
        and any(holds(thing, key_of(other)) for other in opening[place:])
        for place, word in enumerate(opening)
    )
    return not whose and _all_held(
        thing, [key for word in opening if (key := key_of(word))][: len(thing) + 2]
    )


def _keys_before(sentence: ParsedSentence, place: int) -> list[str]:
    """The keys of the last words up to the one at ``place``."""
    return [key for word in sentence.words[max(0, place - 4) : place + 1] if (key := key_of(word))]


def _all_held(thing: Collection[str], held: Collection[str]) -> bool:
    return bool(thing) and all(holds(held, key) for key in thing)


def gives_orders(one: AnswerCandidate) -> bool:
    """Whether the sentence is an exercise or a hint ("Describe the theory."), and not a statement."""
    words = [word for sentence in one.parsed or () for word in sentence.words]
    orders = bool(words) and words[0].relation == "ROOT" and words[0].text == words[0].lemma.capitalize()
    return orders and not any(word.relation in ("nsubj", "nsubjpass") and word.head == 0 for word in words)


def is_exercise(one: AnswerCandidate) -> bool:
    """Whether the sentence only tells the reader to describe or explain something."""
    words = [word for said in one.parsed or () for word in said.words]
    return gives_orders(one) and words[0].lemma.lower() in _EXERCISES


def lists(one: AnswerCandidate) -> bool:
    """Whether the sentence enumerates three things or more."""
    words = (word for said in one.parsed or () for word in said.words)
    return sum(word.relation == "conj" and word.part in ("NOUN", "PROPN") for word in words) > 1


def says_no_verb(one: AnswerCandidate) -> bool:
    """Whether the words are no whole sentence: a noun with the words that belong to it, or words that begin with a
    gerund.
    """
    first = one.parsed[0].words if one.parsed else ()
    root = next((place for place, word in enumerate(first) if word.relation == "ROOT"), None)
    if root is None or one.sentence.worded or one.sentence.cut:
        return False
    has_subject = any(word.head == root and word.relation in ("nsubj", "nsubjpass", "expl") for word in first)
    is_noun = first[root].part in ("NOUN", "PROPN")
    return not has_subject and (is_noun or (root == 0 and first[root].text.endswith("ing")))


def by_words(asked: Asked, found: Sequence[AnswerCandidate]) -> None:
    """Score the sentences in a language without a parser: by the share of the question's weight that each has."""
    weights = weighed(asked.weights, found)
    solid = [key for key in weights if not is_faint(key)]
    for one in found:
        held, near = coverage(weights, one.keys), coverage(weights, {*one.keys, *one.around})
        one.score = held + (0.15 if asked.solid <= 2 else 0.5) * (near - held)
        if solid and not any(holds(one.keys, key) for key in solid):
            one.score *= 0.5


def may_be_in_other_words(asked: Asked, one: AnswerCandidate, shown: Support) -> bool:
    """Whether the sentence can be an answer in other words: it has the kind of thing asked for and gives no order, and
    the question has the right number of keys. A short question may only ask for a measure of a thing that the sentence
    names.
    """
    is_asked_of_it = asked.kind in ("measure", "age") and shown.shared > 0 and shown.left_over >= _OF_IT
    is_long_enough = len(asked.weights) in _IN_OTHER_WORDS or is_asked_of_it
    return is_long_enough and not shown.lacks_kind and len(one.keys) > _LEAST_SAID and not gives_orders(one)


def exact_enough(asked: Asked) -> float:
    """The score that a sentence needs to answer an English question in its words. It is lower for a long question,
    because an answer repeats only some of its words.
    """
    return 0.6 - 0.4 * min(max(len(asked.weights) - 4, 0), 5)


def enough(asked: Asked) -> float:
    """The share of the question's weight that a sentence must have in a language without a parser.

    It is high for a short question: half of "capital of France" is something else. A long question has many words that
    its answer need not repeat.
    """
    return 0.66 if asked.solid <= 2 else max(0.3, 0.76 - 0.08 * asked.solid)

"""Questions about one part of a sentence: what, why, in which direction, or what somebody did.

The question is the sentence without that part; the part is the key. Only a sentence that is clear by itself is used:
its main clause, up to the next clause. The wrong options are of the key's kind: other terms for a term, the opposite for
a direction, the actions of others for an action. Who, where, when and how many are not asked: fewer than half of such
questions were kept by a teacher.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from adapters.local.models.clauses import CONTENT_PARTS, below, is_listed, is_past, is_plural
from adapters.local.models.gaps import GAP, gaps_in, with_gap
from adapters.local.models.main_clauses import Clause, capital, main_clause, names_what_is_known
from adapters.local.models.namings import named_after, naming
from adapters.local.models.relations import Phrase, Relation, reason, relation, said_of, subject_of
from adapters.local.models.statement_words import (
    AFFECTS,
    EMPTY_CLAIM,
    FIGURES,
    GOES,
    LEANING,
    LEANING_SUBJECT,
    POINTING,
    TURNED_THAN,
    UNCHANGING,
    plainly,
)
from adapters.local.models.statements import NounPhrase, Statements, is_process, measure_in
from adapters.local.models.turns import Turn, fits, is_under_a_condition, turned_clause, turns_of
from ports.grammar import Grammar, ParsedSentence, Word
from ports.text.words import words as words_of

_MOST_ASKED, _MOST_SUBJECT, _MOST_SAID = 190, 9, 125
_LEAST_STATED, _MOST_STATED, _MOST_SUBJECT_WORDS = 35, 150, 6
"""The least and the greatest length of a statement that is an option, in characters, and the most words of its subject.
"""
_PLACES = 2
"""How many places of a statement are changed (see ``turns``)."""
_MAY_BE = frozenset("can could may might would should one not no only".split())
_DATED = 0.25
"""If at least this share of the sentences has a year or a century, the text is about history: then relations in the past
are asked for, and names that come back are left out of sentences.
"""
_LEAST_SAID = 3
"""The fewest content words that the question must keep."""
_TO_A_TERM = ("to", "from", "into", "by", "with", "through", "against")
_ASIDE = re.compile(r"\s*\([^()]*\)|\[\d+\]")
_YEAR = re.compile(r"1\d{3}|20\d\d")
_DATED_BY = re.compile(rf"{_YEAR.pattern}|\bcentur(?:y|ies)\b|\b\d+ (?:BCE?|CE|AD)\b")
_THAN = re.compile(
    r"((?:much |far |slightly )?(?:(?:more|less) )?[a-z-]+) than (?!(?:in|at|on|for|from|with|by|during|when|if|to|under) )((?:the |an? |that |those )?[\w’' -]{3,70})"
)
_FIRST_PERSON = re.compile(r"\b(?:I|me|my)\b")
_DANGLES = ("ADP", "DET", "SCONJ", "CCONJ", "PART", "PRON")
_OF_SOMEBODY = re.compile(r"\b(?:his|hers?|theirs?|its)\b")
"""A word that would tell the number or the sex of who did something."""
_HALF_COMPARED = re.compile(rf"\b(?:more|less|fewer|{'|'.join(TURNED_THAN)})\b(?!.*\bthan\b)")
"""A comparison that does not say with what."""
_GOES_ON = re.compile(r" (?:is|are|was|were|do|does|did|has|have|had)\b")
"""The verb of a comparison's other half: *less than glass **is** to light*."""
_SOME = re.compile(r"\b(?:several|various|certain|some|many)\b")
_UNDER = re.compile(r"(?:when|if|as|with|during|after|before|because|in|under|on|over|through|while)\b")
_SUPPOSES = re.compile(r"if\b.*\b(?:were|would|could|had)\b", re.IGNORECASE)
"""An unreal condition. It states no fact."""
_ALIKE = 0.6
"""If another clause has at least this share (0 to 1) of a question's words, it says something similar about another
thing.
"""
_FEWEST_ALIKE = 2
"""The fewest such things that make wrong options."""


@dataclass(frozen=True, slots=True)
class AskableFact:
    """A question about one part of the sentence ``quote``: the part ``key``. ``number`` is the number of the text that
    contains the sentence.
    """

    number: int
    quote: str
    sort: str
    question: str
    key: str
    about: str
    """The term or name that the sentence is about."""
    wrong: tuple[str, ...] = ()
    term: NounPhrase | None = None
    """The key, if it is a term and not a name. Then ``wrong`` is empty, and other terms become wrong options."""

    @property
    def text(self) -> str:
        return " ".join(self.quote.split())


class Facts:
    """The facts in the sentences that a question can ask about. ``sentences`` are pairs: the number of a text, and a
    sentence of it.
    """

    def __init__(
        self,
        sentences: Sequence[tuple[int, str]],
        said: Statements,
        grammar: Grammar,
        pairs: Sequence[tuple[int, str, str]] = (),
    ) -> None:
        self.all: list[AskableFact] = []
        self.statements: list[AskableFact] = []
        """Statements that are true or false: ``question`` is the true one. ``wrong`` has the same statement with one
        place changed.
        """
        self.measures: list[AskableFact] = []
        """Statements with one quantity: ``question`` has ``GAP`` in its place, and ``key`` is the quantity with its
        unit.
        """
        self.gaps: list[AskableFact] = []
        """Statements without one term or name: ``question`` has ``GAP`` in its place, and ``key`` is the term or the
        name.
        """
        self._said = said
        self._deeds: list[tuple[str, str, set[str]]] = []
        """Each action: the form of its verb, its text without the subject, and the stems of the clause."""
        self._asked_deeds: list[tuple[str, AskableFact]] = []
        """Each question for an action: the form of the verb, and the fact."""
        read: list[tuple[int, str, str, ParsedSentence]] = []
        for number, quote in sentences:
            for place, part in enumerate(_ASIDE.sub("", quote).rstrip(".").split("; ")):
                text = f"{plainly(' '.join(part.split()))}."
                parsed = grammar.parse(text) or ()
                if len(parsed) == 1 and not place:  # what follows a semicolon leans on what stands before it
                    read.append((number, quote, text, parsed[0]))
                for one in parsed:
                    self.all += self._named(number, quote, text, one.words)
        told = sum(bool(_FIRST_PERSON.search(text)) for _, _, text, _ in read)
        self.is_personal = told > 0.1 * len(read)
        """Whether the text is a story in the first person. Its sentences often refer to things that were named before.
        """
        dated = sum(bool(_DATED_BY.search(text)) for _, _, text, _ in read)
        self._is_history = dated >= _DATED * len(read)
        for number, first, second in pairs:
            self.all += self._named_after(number, first, second)
        clauses = [main_clause(number, quote, text, one.words) for number, quote, text, one in read]
        self._clauses = [clause for clause in clauses if clause is not None]
        self._all_told = frozenset(capital(clause.slice(0, clause.end)) for clause in self._clauses)
        for clause in self._clauses:
            self.all += self._asked(clause)
        related = [(clause, found) for clause in self._clauses if (found := relation(clause)) is not None]
        phrases = [subject_of(clause) for clause in self._clauses] + [found.answer for _, found in related]
        self._phrases = [phrase for phrase in phrases if phrase is not None]
        for clause, found in related:
            self.all += self._related(clause, found)
        for clause in self._clauses:
            self.all += self._reasoned(clause)
        self.all += [self._with_other_deeds(*one) for one in self._asked_deeds]
        for clause in self._clauses:
            self.all += self._turned(clause)

    def _named(self, number: int, quote: str, text: str, words: Sequence[Word]) -> Iterator[AskableFact]:
        """Ask for the name that the sentence gives."""
        found = naming(text, words)
        term = self._said.term_at(words, found.end - 1) if found is not None else None
        if found is not None and term is not None and not term.name_of:
            gap = f"{text[: words[found.start].start]}{GAP}{text[words[found.end - 1].end :]}"
            self.gaps.append(AskableFact(number, quote, "name", gap, term.text, term.text, term=term))
            yield AskableFact(number, quote, "name", found.question, term.text, term.text, term=term)

    def _named_after(self, number: int, first: str, second: str) -> Iterator[AskableFact]:
        """Ask for the name that the second sentence gives to the thing that the first sentence describes."""
        found = named_after(plainly(" ".join(_ASIDE.sub("", first).split())), second)
        term = self._said.term_named(found[0]) if found is not None else None
        if found is not None and term is not None and not term.name_of:
            yield AskableFact(number, second, "name", found[1], term.text, term.text, term=term)

    def _asked(self, clause: Clause) -> Iterator[AskableFact]:
        if clause.is_hedged or not _agrees(clause):
            return
        self._note_deed(clause)
        yield from self._parts(clause)
        yield from self._affected(clause)
        yield from self._gone(clause)
        yield from self._compared(clause)
        self._measured(clause)
        for gap, term in gaps_in(clause, self._said, is_history=self._is_history):
            self.gaps.append(
                AskableFact(clause.number, clause.quote, "gap", gap, term.text, term.text, term=term)
            )

    def _parts(self, clause: Clause) -> Iterator[AskableFact]:
        """Ask for the terms that depend on the verb: what, to what, and with what."""
        words = clause.words
        for at, word in enumerate(words[: clause.end]):
            if word.head != clause.root or at in clause.subject_span:
                continue
            span = below(words, at)
            if span[-1] >= clause.end or span != list(range(span[0], span[-1] + 1)):
                continue
            if word.relation in ("prep", "agent"):
                if word.text.lower() in _TO_A_TERM and at > clause.root:
                    yield from self._termed(clause, span[1:], span, f"{word.text.lower()} what")
            elif word.relation == "dobj":
                yield from self._termed(clause, span, span, "what")

    def _termed(self, clause: Clause, noun: list[int], span: list[int], wh: str) -> Iterator[AskableFact]:
        """Ask for a word that depends on the verb, if the word is a term without further words: to what, with what,
        what.
        """
        words = clause.words
        hangs = {word.relation for word in words if word.head == clause.root}
        after = words[span[-1] + 1].part if span[-1] + 1 < len(words) else "PUNCT"
        is_helped = any(word.head == clause.root and word.part == "AUX" for word in words)
        if is_helped or after not in ("ADP", "ADV", "PUNCT", "SCONJ", "PART"):
            return
        if not noun or is_past(words, clause.root) or hangs & {"xcomp", "ccomp", "dative", "prt"}:
            return
        if words[clause.root].lemma in ("be", "have", "include", "become", "take", "make", "do", "give"):
            return
        has_article = words[noun[0]].part == "DET"
        article = words[noun[0]].text.lower() if has_article else ""
        term = self._said.term_at(words, noun[-1])
        if (
            term is None
            or not self._said.is_topic(term)
            or term.name_of
            or re.search(r"\d", term.text)
            or term.is_general
            or article not in ("", "a", "an", "the")
        ):
            return
        if term.length == len(noun) - has_article:
            for fact in self._fronted(clause, "part", capital(wh), span, term.text):
                yield replace(fact, term=term)

    def _related(self, clause: Clause, one: Relation) -> Iterator[AskableFact]:
        """Ask for the thing that the subject acts on, or for the only thing of which something is true. The wrong options
        are the things that other clauses relate.
        """
        phrase = one.answer
        if is_past(clause.words, clause.root) and not self._is_history:
            return
        if phrase is None or " and " in phrase.text or not one.question or not self._is_telling(phrase):
            return
        term = self._said.term_at(clause.words, phrase.head)
        is_term = term is not None and term.text.casefold() == phrase.text.casefold()
        others = [
            other
            for other in self._phrases
            if other.is_plural is phrase.is_plural
            and other.clause_words != phrase.clause_words
            and not (phrase.words <= other.words or other.words <= phrase.words)
        ]
        asked = frozenset(words_of(one.question.lower()))
        told = [other for other in others if len(asked & other.clause_words) >= _ALIKE * len(asked)]
        if one.is_of_one and len({other.text for other in told}) < _FEWEST_ALIKE:
            return
        wrong = tuple(dict.fromkeys(other.text for other in (told if one.is_of_one else others)))
        sort = "only" if one.is_of_one else "relation"
        for fact in self._fact(clause, sort, one.question, phrase.text, wrong=wrong):
            yield replace(fact, term=term if is_term and not one.is_of_one else None)

    def _is_about_a_topic(self, clause: Clause) -> bool:
        """Whether the clause's subject has a name or a topic of the material. If not, it may be about a thing that only
        the sentences before name: *common symptoms*, *the fever*.
        """
        words = clause.words
        found = [self._said.term_at(words, at) for at in clause.subject_span]
        is_named = any(words[at].part == "PROPN" for at in clause.subject_span)
        return is_named or any(one is not None and self._said.is_topic(one) for one in found)

    def _is_of_something_known(self, clause: Clause) -> bool:
        """Whether the subject is a part or a property of something that is no topic: *the rates of infection*."""
        words = clause.words
        is_of = any(word.head == clause.subject and word.text == "of" for word in words)
        return is_of and not self._is_about_a_topic(clause)

    def _is_telling(self, phrase: Phrase) -> bool:
        """Whether the phrase names something that the material is about. A single word must be a topic or a process."""
        return len(phrase.words) > 1 or is_process(phrase.text) or self._said.is_topic_named(phrase.text)

    def _reasoned(self, clause: Clause) -> Iterator[AskableFact]:
        """Ask for the reason that the clause gives. The wrong options are statements of other clauses in the same form."""
        found = reason(clause)
        if found is None:
            return
        question, told = found
        first = told.partition(" ")[0].lower()
        pronoun = first if first in POINTING else ""
        wrong = [said_of(other, pronoun) for other in self._clauses if other.quote != clause.quote]
        wrong = [capital(one) for one in wrong if one]
        yield from self._fact(clause, "reason", question, capital(told), wrong=tuple(dict.fromkeys(wrong)))

    def _affected(self, clause: Clause) -> Iterator[AskableFact]:
        """Ask what the subject does to something. The options: raise it, lower it, leave it unchanged."""
        words, root = clause.words, clause.root
        lemma = words[root].lemma
        objects = [
            at
            for at in range(root + 1, clause.end)
            if words[at].head == root and words[at].relation == "dobj"
        ]
        is_helped = any(word.head == root and word.relation in ("aux", "auxpass") for word in words)
        if lemma not in AFFECTS or len(objects) != 1 or is_helped or words[objects[0]].part != "NOUN":
            return
        noun = words[objects[0]]
        if noun.lemma in AFFECTS or noun.lemma in GOES:
            return
        is_many = noun.text.lower() != noun.lemma
        is_many = is_many or any(word.head == objects[0] and word.relation == "conj" for word in words)
        them = "them" if is_many else "it"
        helper = "did" if is_past(words, root) else "do" if is_plural(words, root) else "does"
        thing = clause.slice(below(words, objects[0])[0], clause.end)
        is_cut = any(
            word.head in (root, objects[0]) and word.relation in ("xcomp", "ccomp") for word in words
        )
        if "," in thing or is_cut:
            return
        asked = f"what {helper} {clause.told_subject} do to {thing}?"
        wrong = f"{capital(AFFECTS[lemma])} {them}", f"Leave {them} unchanged"
        yield from self._fact(
            clause, "direction", asked, f"{capital(lemma)} {them}", wrong=wrong, is_said=True
        )

    def _turned(self, clause: Clause) -> Iterator[AskableFact]:
        """Ask which statement about the subject is true. In the wrong ones, one of two places is changed, or both are.
        The statement with one changed place is added to ``statements``.
        """
        said, words, about = clause.slice(0, clause.end), clause.words, clause.told_subject
        subject = self._said.term_at(words, clause.subject)
        is_topic = subject is not None and self._said.is_topic(subject)
        is_unsure = clause.is_hedged or any(word.text.lower() in _MAY_BE for word in words[: clause.end])
        is_unsure = is_unsure or (is_past(words, clause.root) and not self._is_history)
        is_unsure = is_unsure or not _agrees(clause) or words[clause.subject].lemma.endswith("ist")
        is_loose = clause.subject_is_known_before and not is_topic
        first = clause.subject_span[-1] + 1
        is_empty = names_what_is_known(clause) or EMPTY_CLAIM.search(clause.slice(first, clause.end))
        is_loose = is_loose or bool(is_empty) or "," in about or bool(FIGURES.search(said))
        is_loose = is_loose or bool(_SOME.search(said)) or self._is_of_something_known(clause)
        after = clause.text[words[clause.end - 1].end :]
        is_loose = is_loose or bool(
            _HALF_COMPARED.search(said) or (" than " in said and _GOES_ON.match(after))
        )
        if is_unsure or is_loose or LEANING_SUBJECT.search(about) or LEANING.search(said):
            return
        is_short = len(about.split()) <= _MOST_SUBJECT_WORDS and _LEAST_STATED <= len(said) <= _MOST_STATED
        if not is_short or re.search(r"[^\w\s'’,.$%–-]|\bthan \w+er$", said):
            return
        said_words = {word.text.lower() for word in words[: clause.end]}
        turns = tuple(
            one
            for one in (*turns_of(clause), *self._taken_for_others(clause))
            if one.start >= first
            and not is_under_a_condition(clause, one)
            and one.text.lower() not in said_words
        )
        if turns and (false := turned_clause(clause, turns[:1])) not in self._all_told:
            self.statements.append(
                AskableFact(clause.number, clause.quote, "statement", capital(said), "", about, (false,))
            )
        if len(turns) < _PLACES:
            return
        one, other = turns[:_PLACES]
        wrong = tuple(turned_clause(clause, which) for which in ((one,), (other,), (one, other)))
        first_word = about.partition(" ")[0]
        if first_word.lower() in self._said.small and not first_word.isupper():
            about = about[0].lower() + about[1:]
        if not set(wrong) & self._all_told:
            asked = f"Which statement about {about} is true?"
            yield AskableFact(clause.number, clause.quote, "turned", asked, capital(said), about, wrong)

    def _taken_for_others(self, clause: Clause) -> Iterator[Turn]:
        """The terms of the clause, each with another term that the text lists beside it (see
        ``Statements.listed_with``).
        """
        words = clause.words
        lemmas = {part for word in words for part in words_of(word.lemma)}
        for at in range(clause.root + 1, clause.end):
            term = self._said.term_at(words, at)
            if term is None or term.name_of or not self._said.is_topic(term):
                continue
            start = at + 1 - term.length
            span = range(start, at + 1)
            if is_listed(words, at) or start <= clause.root or words[start - 1].text == "than":
                continue
            for other in self._said.listed_with(term):
                new = set(other.key.split()) - set(term.key.split())
                is_like = other.form == term.form and is_process(other.text) is is_process(term.text)
                if (
                    is_like
                    and self._said.is_topic(other)
                    and not new & lemmas
                    and fits(clause, start, other.text)
                ):
                    yield Turn(span.start, span.stop, other.text)
                    break

    def _gone(self, clause: Clause) -> Iterator[AskableFact]:
        """Ask in which direction the subject changes under the conditions that the sentence states."""
        words, root = clause.words, clause.root
        lemma, rest = words[root].lemma, clause.slice(root + 1, clause.end)
        hangs = {word.relation for word in words if word.head == root}
        is_told_when = clause.opening or re.match(r"(?:when|if|as|with|during|after|because)\b", rest)
        noun = words[clause.subject]
        if lemma not in GOES or not is_told_when or noun.part != "NOUN":
            return
        if hangs & {"dobj", "aux", "auxpass", "acomp", "prt", "nsubjpass"}:
            return
        if clause.subject_is_known_before and not self._is_about_a_topic(clause):
            return  # the fever
        is_many = noun.text.lower() != noun.lemma
        is_many = is_many or any(words[at].relation == "conj" for at in clause.subject_span)
        form = 2 if is_past(words, root) else 0 if is_many else 1
        them = "They" if is_many else "It"
        if not _UNDER.match(rest):
            rest = ""
        happens = "happened" if form == 2 else "happens"
        key, other = (f"{them} {forms[form]}" for forms in GOES[lemma])
        same = f"{them} {('stay', 'stays', 'stayed')[form]} the same"
        asked = f"what {happens} to {clause.told_subject} {rest}".strip() + "?"
        yield from self._fact(clause, "direction", asked, key, wrong=(other, same), is_said=True)

    def _compared(self, clause: Clause) -> Iterator[AskableFact]:
        """Ask how the subject compares with another thing: more, less or the same."""
        words, root = clause.words, clause.root
        if words[root].lemma != "be" or any(word.head == root and word.relation == "aux" for word in words):
            return
        said = clause.slice(root + 1, clause.end)
        found = _THAN.fullmatch(said)
        more = found and found[1].split()[-1]
        less = TURNED_THAN.get(more or "")
        if not found or not less or found[2] in POINTING:
            return
        them = "They are" if words[root].text.lower() == "are" else "It is"
        was = words[root].text.lower() in ("was", "were")
        them = ("They were" if words[root].text.lower() == "were" else "It was") if was else them
        helper = "did" if was else "do" if them == "They are" else "does"
        asked = f"how {helper} {clause.told_subject} compare with {found[2]}?"
        wrong = f"{them} {less}", "The two are the same in this"
        yield from self._fact(clause, "comparison", asked, f"{them} {more}", wrong=wrong, is_said=True)

    def _measured(self, clause: Clause) -> None:
        """Store the statement without its quantity, if it has exactly one quantity and is about a topic."""
        said, about = clause.slice(0, clause.end), clause.told_subject
        measure, subject = measure_in(said), self._said.term_at(clause.words, clause.subject)
        is_known = clause.words[clause.subject].part == "PROPN" or (subject and self._said.is_topic(subject))
        gap = with_gap(said, measure) if measure and is_known else ""
        if gap and not LEANING.search(said):
            self.measures.append(AskableFact(clause.number, clause.quote, "amount", gap, measure, about))

    def _note_deed(self, clause: Clause) -> None:
        """Store what the subject does or did, and a question for it. The wrong options are actions of other subjects,
        with the verb in the same form.
        """
        words, root, after = clause.words, clause.root, clause.subject_span[-1] + 1
        if (
            any(words[at].part not in ("AUX", "ADV") for at in range(after, root))
            or words[root].part == "ADJ"
        ):
            return
        past, form = is_past(words, root), _form(words, root, after)
        said = clause.slice(after, clause.end)
        if (
            not 18 <= len(said) <= _MOST_SAID
            or EMPTY_CLAIM.search(said)
            or words[clause.end - 1].part in _DANGLES
            or _OF_SOMEBODY.search(said)
        ):
            return
        has_object = any(word.head == root and word.relation == "dobj" for word in words[: clause.end])
        is_person = past and words[clause.subject].entity == "PERSON"
        form = f"{form} {has_object and past} {is_person}"
        self._deeds.append((form, said, _word_starts(f"{clause.told_subject} {said}")))
        if is_person and form.startswith("True"):
            asked = f"what did {clause.told_subject} do?"
            for fact in self._fact(clause, "deed", asked, capital(said), is_said=True):
                self._asked_deeds.append((form, fact))

    def _with_other_deeds(self, form: str, fact: AskableFact) -> AskableFact:
        """The question with its wrong options: the actions of other subjects, in the same form. Sentences about the
        same subject are left out.
        """
        own, key = _word_starts(fact.about), _word_starts(fact.key)
        others = [
            capital(said)
            for known, said, told in self._deeds
            if known == form and not own & told and len(key & _word_starts(said)) < 0.5 * len(key)
        ]
        return replace(fact, wrong=tuple(dict.fromkeys(others)))

    def _fronted(
        self, clause: Clause, sort: str, wh: str, span: Sequence[int], key: str, wrong: tuple[str, ...] = ()
    ) -> Iterator[AskableFact]:
        """The question that begins with ``wh`` and continues with the clause without ``span``."""
        is_first = span[0] < clause.subject_span[0]
        asked = f"{wh} {clause.turned(set(span))}?"
        yield from self._fact(clause, sort, asked, key, wrong=wrong, opens=not is_first)

    def _fact(
        self,
        clause: Clause,
        sort: str,
        asked: str,
        key: str,
        *,
        wrong: tuple[str, ...] = (),
        opens: bool = True,
        is_said: bool = False,
    ) -> Iterator[AskableFact]:
        """The fact, if its question is clear by itself and keeps enough content words. With ``is_said``, the words of
        the key count too.
        """
        opening = clause.opening if opens else ""
        question = f"{capital(opening)}, {asked[0].lower()}{asked[1:]}" if opening else capital(asked)
        question = re.sub(r"[.,]\?$", "?", " ".join(question.split()))
        subject = clause.told_subject
        first = subject.partition(" ")[0]
        is_named = self._said.is_written_as_name(first) or bool(clause.words[clause.subject_span[0]].entity)
        if first.lower() in self._said.small or not (is_named or first.isupper()):
            question = capital(question.replace(f" {subject}", f" {subject[0].lower()}{subject[1:]}", 1))
        told = [word for word in clause.words[: clause.end] if word.part in CONTENT_PARTS]
        left = [word for word in told if word.text in question and word.text not in key.split()]
        is_anchored = any(word.part == "PROPN" or word.entity in ("DATE", "NORP", "EVENT") for word in left)
        is_story = self.is_personal or is_past(clause.words, clause.root)
        is_short = len(question) <= _MOST_ASKED and len(clause.told_subject.split()) <= _MOST_SUBJECT
        is_fit = len(told if is_said else left) >= _LEAST_SAID and is_short
        is_fit = is_fit and not re.search(r"[^\w\s'’,.$%–-]", clause.told_subject)
        is_fit = is_fit and not _SUPPOSES.match(question) and not names_what_is_known(clause)
        is_fit = is_fit and not LEANING_SUBJECT.search(clause.told_subject) and not LEANING.search(question)
        if is_fit and not (is_story and (not is_anchored or clause.subject_is_known_before)):
            about = re.sub(r"^(?:the|an?) ", "", clause.told_subject, flags=re.IGNORECASE)
            yield AskableFact(clause.number, clause.quote, sort, question, key, about, wrong)


def _agrees(clause: Clause) -> bool:
    """Whether the verb has the number of its subject. If not, the parser took another word for one of them."""
    noun, is_many = clause.words[clause.subject], is_plural(clause.words, clause.root)
    is_list = any(clause.words[at].relation == "conj" for at in clause.subject_span)
    if (
        noun.part != "NOUN"
        or noun.text.lower() in UNCHANGING
        or is_list
        or is_many is None
        or is_past(clause.words, clause.root)
    ):
        return True
    return is_many is (noun.text.lower() != noun.lemma.lower())


def _form(words: Sequence[Word], verb: int, start: int) -> str:
    """The form of a verb: its helper, or its tense and number. Verbs of the same form can replace each other."""
    helpers = [at for at in range(start, verb) if words[at].head == verb and words[at].part == "AUX"]
    if helpers or words[verb].lemma == "be":
        return words[helpers[0] if helpers else verb].text.lower()
    past = is_past(words, verb)
    return f"{past} {None if past else is_plural(words, verb)}"


def _word_starts(text: str) -> set[str]:
    """The first five letters of each longer word: with them, *Mexico* and *Mexican* count as the same."""
    return {word.lower()[:5] for word in re.findall(r"\w{3,}", text)} - {"the", "and", "for", "with"}

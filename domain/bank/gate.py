"""The gate: the checks of generated questions, applied to items that teachers write and change.

A generated question names its quote. An item written by a person names none, or that of the earlier version. So the
gate looks for a quote that supports the item, in the earlier passage and in the class's materials. It admits the item
with the first such quote. If there is none, the item has no citation, and the result has the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from domain.access.classes import class_owner
from domain.bank.item import AdmissionResult
from domain.bank.orders import written_as
from domain.bank.writing import read_item
from domain.base.ids import derived_id
from domain.documents.documents import Documents
from domain.documents.passage import Citation, Passage
from domain.documents.retrieval import Retrieval
from domain.documents.sources import Sources
from domain.quizzes.admission import AdmittedQuestions, admit
from domain.quizzes.kinds import tolerance_of
from domain.quizzes.quiz import Question
from domain.quizzes.reading import Draft
from domain.quizzes.refusals import Refusal
from domain.quizzes.solving import solved
from domain.text.wording import are_alike, content_words
from ports.agent import Agent
from ports.grammar import Grammar
from ports.system import Clock
from ports.text.sentences import sentence_spans

_PASSAGES = 6
_QUOTES = 5
"""The number of sentences that are tried as the quote."""
_NEARER = 3
"""The number of sentences with more words of the stem that are tried as a quote of another option."""
_VAGUE: tuple[Refusal, ...] = ("unsupported_quote", "unsupported_key")
"""Reasons that only say that the quote does not fit. Any other reason is more useful."""
_WordsBySentence = Mapping[str, Set[str]]
"""The content words of each sentence."""


@dataclass(frozen=True, slots=True)
class GateResult:
    """The gate's result. ``content`` is the item as it is stored, admitted or not."""

    content: Question
    admission: AdmissionResult


class Gate:
    def __init__(
        self,
        documents: Documents,
        sources: Sources,
        retrieval: Retrieval,
        agent: Agent,
        grammar: Grammar,
        clock: Clock,
        *,
        agent_seconds: Callable[[], float],
    ) -> None:
        self._documents = documents
        self._sources = sources
        self._retrieval = retrieval
        self._agent = agent
        self._grammar = grammar
        self._clock = clock
        self._agent_seconds = agent_seconds

    def check(
        self,
        subject_id: str,
        draft: Draft,
        others: Sequence[Set[str]],
        cited: Citation | None = None,
        *,
        is_solved: bool = True,
    ) -> GateResult:
        """Check the draft with the rules and the solver. ``others`` holds the content words of each question that
        the bank has already.

        ``cited`` is the citation of the earlier version. Without ``is_solved``, only the rules decide. Raises
        ``UpstreamError`` if the materials cannot be searched.
        """
        passages = [*self._passages_of(subject_id, cited), *self._found(subject_id, draft)]
        sentences = _sentences(passages)
        reason: Refusal = "unsupported_quote"
        for quote in _quotes(draft, sentences, cited):
            found = self._admitted(replace(draft, quote=quote), passages)
            if found.admitted and self._quotes_off_topic(draft, found.admitted[0], passages, sentences):
                reason = "unsupported_key"
                continue
            if found.admitted and _is_asked(draft, others):
                return GateResult(
                    _as_written(found.admitted[0], draft), AdmissionResult(admitted=False, code="duplicate")
                )
            if found.admitted:
                return self._solved(found.admitted[0], draft, passages if is_solved else ())
            (_, why) = found.refused[0]
            if reason == "unsupported_quote" or (reason in _VAGUE and why not in _VAGUE):
                reason = why
        is_twice = reason in _VAGUE and _is_asked(draft, others)
        return GateResult(
            _unsupported(draft), AdmissionResult(admitted=False, code="duplicate" if is_twice else reason)
        )

    def _admitted(self, draft: Draft, passages: Sequence[Passage]) -> AdmittedQuestions:
        return admit([draft], passages, recent=(), limit=1, grammar=self._grammar)

    def _quotes_off_topic(
        self, draft: Draft, admitted: Question, passages: Sequence[Passage], sentences: _WordsBySentence
    ) -> bool:
        """Whether the quote has the words of the key, but is not about what the stem asks.

        This is so if a sentence that is nearer to the stem supports another option.
        """
        cited = admitted.citation
        if cited is None or draft.kind != "multiple_choice":
            return False
        asked = content_words(draft.question) - content_words(" ".join(draft.options))
        nearness = len(asked & content_words(_sentence_of(cited, passages)))
        nearer = [quote for quote, shared in _nearest(asked, sentences, _NEARER) if shared > nearness]
        return any(
            self._admitted(replace(draft, correct=place, quote=quote), passages).admitted
            for quote in nearer
            for place in range(len(draft.options))
            if place != draft.correct
        )

    def check_again(self, subject_id: str, content: Question, cited: Citation | None) -> GateResult:
        """Check an item of the bank whose key was corrected, with the rules alone.

        Raises ``InvalidRequest`` if it cannot be scored, and ``UpstreamError`` if the materials cannot be searched.
        """
        return self.check(subject_id, read_item(written_as(content)), (), cited, is_solved=False)

    def unchecked(self, draft: Draft) -> GateResult:
        """The result for a draft that is not checked because no time remains."""
        return GateResult(_unsupported(draft), AdmissionResult(admitted=False, code="not_checked"))

    def passage_of(self, subject_id: str, cited: Citation | None) -> str | None:
        """The text of the cited chunk; None if there is no citation, or if its document is gone."""
        passages = self._passages_of(subject_id, cited)
        wanted = None if cited is None else cited.index
        return next((one.text for one in passages if one.chunk_index == wanted), None)

    def _solved(self, question: Question, draft: Draft, passages: Sequence[Passage]) -> GateResult:
        content = _as_written(question, draft)
        if not passages:
            return GateResult(content, AdmissionResult(admitted=True))
        deadline = self._clock.monotonic() + self._agent_seconds()
        seed = derived_id("gate", question.question, *question.options)
        found = solved([content], passages, self._agent, self._clock, deadline, seed)
        code: Refusal | None = None if found.kept else "unsolved"
        return GateResult(
            (found.kept or found.refused)[0], AdmissionResult(admitted=bool(found.kept), code=code)
        )

    def _passages_of(self, subject_id: str, cited: Citation | None) -> list[Passage]:
        """The passages of the cited document that contain a part of the quote."""
        if cited is None:
            return []
        document = self._documents.find_among((class_owner(subject_id),), cited.file_id)
        if document is None or not document.is_searchable:
            return []
        (material,) = self._sources.materials([document])
        return [one for one in material.passages if one.start < cited.end and cited.start < one.end]

    def _found(self, subject_id: str, draft: Draft) -> list[Passage]:
        said = " ".join([draft.question, *_key_texts(draft)])
        owner = class_owner(subject_id)
        return self._retrieval.passages(owner, said, classes=(subject_id,), limit=_PASSAGES)


def _sentences(passages: Sequence[Passage]) -> _WordsBySentence:
    """The sentences of the passages, in order, each with its content words."""
    found = (
        passage.text[start:end].strip() for passage in passages for start, end in sentence_spans(passage.text)
    )
    return {one: content_words(one) for one in dict.fromkeys(found) if one}


def _quotes(draft: Draft, sentences: _WordsBySentence, cited: Citation | None) -> list[str]:
    """Quotes to try: the earlier one, the sentences that share the most words with the question and its key, and "",
    which stands for the words of the key.
    """
    wanted = content_words(" ".join([draft.question, *_key_texts(draft)]))
    best = [quote for quote, _ in _nearest(wanted, sentences, _QUOTES)]
    first = [] if cited is None else [cited.quote]
    return list(dict.fromkeys([*first, *best, ""]))


def _nearest(words: Set[str], sentences: _WordsBySentence, limit: int) -> list[tuple[str, int]]:
    """The sentences that share the most of the words, each with the number of shared words, best first."""
    shared = {one: len(own & words) for one, own in sentences.items()}
    found = [(one, count) for one, count in shared.items() if count]
    return sorted(found, key=lambda one: -one[1])[:limit]


def _sentence_of(cited: Citation, passages: Sequence[Passage]) -> str:
    """The sentences that contain a part of the quote."""
    held = next(
        one
        for one in passages
        if one.file_id == cited.file_id and one.start <= cited.start and cited.end <= one.end
    )
    first, last = cited.start - held.start, cited.end - held.start
    return " ".join(
        held.text[start:end] for start, end in sentence_spans(held.text) if start < last and first < end
    )


def _as_written(question: Question, draft: Draft) -> Question:
    """The admitted question, with every answer that the teacher accepts."""
    return replace(question, question_id="", accepted=draft.accepted, concept=draft.concept)


def _is_asked(draft: Draft, others: Sequence[Set[str]]) -> bool:
    """Whether the bank already asks this in nearly the same words. The teacher decides whether questions in other words
    mean the same.
    """
    words = content_words(draft.question)
    return any(are_alike(words, other) for other in others)


def _key_texts(draft: Draft) -> Sequence[str]:
    if draft.accepted:
        return draft.accepted
    if draft.kind == "true_false":
        return ()
    places = draft.right or (draft.correct,)
    return [draft.options[place] for place in places]


def _unsupported(draft: Draft) -> Question:
    return Question(
        question_id="",
        question=draft.question,
        options=draft.options,
        correct=draft.correct,
        explanation=draft.explanation,
        citation=None,
        concept=draft.concept,
        kind=draft.kind,
        right=draft.right,
        accepted=draft.accepted,
        tolerance=tolerance_of(draft, draft.question),
    )

"""Makes questions from documents: passages, an agent that writes, the admission, an agent that solves."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from domain.agents.prompting import numbered, some_of
from domain.base.ids import derived_id
from domain.documents.coverage import MAX_PASSAGES, passages_needed, spread
from domain.documents.document import Document
from domain.documents.passage import Passage
from domain.documents.retrieval import Retrieval
from domain.documents.sources import Sources
from domain.progress.chance import Chance
from domain.quizzes.admission import AdmittedQuestions, admit
from domain.quizzes.prompting import quiz_request, quiz_task
from domain.quizzes.quiz import Question
from domain.quizzes.reading import read_drafts
from domain.quizzes.solving import SolvedQuestions, solved
from ports.agent import Agent, Difficulty, QuestionKind, WriteQuestions, beginning_of
from ports.errors import TimedOut, UpstreamError
from ports.grammar import Grammar
from ports.system import Clock

log = logging.getLogger("lyceum.quizzing")

MAX_DOCUMENTS = 12
"""The most documents that one quiz is made from."""
_ROUNDS = 3
"""How many times the agent is asked, before there are fewer questions."""
_LEAST_SECONDS = 2.0
"""The least remaining time of the request with which another round starts."""
_TOKENS_A_QUESTION = 350
_MOST_SOLVED = 30
"""The most questions of one round that a solver is asked about: some will be refused, so it may be more than wanted."""


@dataclass(frozen=True, slots=True)
class QuestionOrder:
    """What questions are wanted, and from what."""

    order_id: str
    """Names the agent's sessions, and decides all choices that are free."""
    owner: str
    """Whose documents are searched, beside those of the classes."""
    classes: tuple[str, ...]
    documents: tuple[Document, ...]
    num_questions: int
    kinds: tuple[QuestionKind, ...]
    difficulty: Difficulty
    topic: str | None
    avoid: tuple[str, ...]
    """Questions that are not to be asked again."""
    focus: Mapping[str, Chance] = field(default_factory=dict)
    """Concepts to prefer, with the chance that the learner answers right."""
    needs_topic: bool = True
    """Whether there are no questions if the documents say nothing of the topic."""


class QuestionMaking:
    def __init__(
        self, sources: Sources, retrieval: Retrieval, agent: Agent, grammar: Grammar, clock: Clock
    ) -> None:
        self._sources = sources
        self._retrieval = retrieval
        self._agent = agent
        self._grammar = grammar
        self._clock = clock

    def made(self, order: QuestionOrder, deadline: float) -> tuple[Question, ...]:
        """The admitted questions of as many rounds as the time allows: as many as are ordered, or fewer.

        ``deadline`` is by the monotonic clock. Raises ``UpstreamError`` if there is no question because the agent fails.
        """
        passages = self._passages(order)
        return tuple(_named(question, order.documents) for question in self._asked(order, passages, deadline))

    def _passages(self, order: QuestionOrder) -> list[Passage]:
        count = passages_needed(order.num_questions)
        if order.topic is not None:
            found = self._retrieval.passages(
                order.owner,
                order.topic,
                classes=order.classes,
                file_ids=[document.file_id for document in order.documents],
                limit=count,
            )
            if found or order.needs_topic:
                return found
        documents = _some_of(order.documents, order.order_id)
        return spread(
            self._sources.materials(documents),
            min(count, MAX_PASSAGES),
            focus=list(order.focus),
            seed=order.order_id,
        )

    def _asked(
        self, order: QuestionOrder, passages: Sequence[Passage], deadline: float
    ) -> tuple[Question, ...]:
        questions: tuple[Question, ...] = ()
        for turn in range(_ROUNDS if passages else 0):
            seconds = deadline - self._clock.monotonic()
            missing = order.num_questions - len(questions)
            if missing <= 0 or (turn and seconds < _LEAST_SECONDS):
                break
            if seconds <= 0:
                raise TimedOut("agent", "no time left")
            stems = [question.question for question in questions]
            task = _task(order, passages, stems, missing, turn)
            try:
                reply = beginning_of(self._agent.reply(task, timeout=seconds))
            except UpstreamError:
                if not questions:
                    raise
                break
            before = len(questions)
            drafts = [draft for draft in read_drafts(reply) if draft.kind in order.kinds]
            found = admit(
                drafts,
                passages,
                recent=[*stems, *order.avoid],
                limit=_MOST_SOLVED,
                first_number=before + 1,
                grammar=self._grammar,
            )
            sound = solved(
                found.admitted, passages, self._agent, self._clock, deadline, f"{order.order_id}-{turn}"
            )
            _log_refusals(found, sound)
            questions += sound.kept[:missing]
            if len(questions) == before and turn:
                break
        return questions


def _task(
    order: QuestionOrder, passages: Sequence[Passage], stems: Sequence[str], missing: int, turn: int
) -> WriteQuestions:
    wanted = missing + max(1, missing // 3)  # because some will not be admitted
    avoid = (*stems, *order.avoid)
    instructions, schema = quiz_task(order.kinds)

    def request(about: Sequence[Passage]) -> str:
        return quiz_request(
            about,
            wanted=wanted,
            topic=order.topic,
            difficulty=order.difficulty,
            focus={concept: chance.value for concept, chance in order.focus.items()},
            avoid=avoid,
        )

    return WriteQuestions(
        instructions=instructions,
        request=request(passages),
        smaller_request=request(some_of(passages)),
        session_id=f"quiz-{order.order_id}-{turn}",
        max_tokens=_TOKENS_A_QUESTION * wanted,
        schema=schema,
        passages=numbered(passages),
        topic=order.topic or "",
        difficulty=order.difficulty,
        wanted=wanted,
        kinds=order.kinds,
        avoid=avoid,
    )


def _log_refusals(found: AdmittedQuestions, sound: SolvedQuestions) -> None:
    """Log how many drafts were admitted, and how many were refused by which code: no word of a question."""
    codes = Counter(code for _, code in found.refused)
    codes["unsolved"] = len(sound.refused)
    counts = {f"refused_{code}": count for code, count in sorted(codes.items()) if count}
    told = {
        "admitted": len(sound.kept),
        "solved": sum(question.checked == "solver" for question in sound.kept),
        "refused": codes.total(),
    }
    log.info("questions_judged", extra={**told, **counts})


def _some_of(documents: Sequence[Document], seed: str) -> list[Document]:
    """As many documents as one quiz is made from, chosen by ``seed``."""
    order = sorted(documents, key=lambda document: derived_id(seed, document.file_id))
    return order[:MAX_DOCUMENTS]


def _named(question: Question, documents: Sequence[Document]) -> Question:
    """The question with a concept: if it has none, a concept of its document that it mentions."""
    if question.concept:
        return question
    cited = question.citation
    document = next((one for one in documents if cited and one.file_id == cited.file_id), documents[0])
    text = f"{question.question} {cited.quote if cited else ''} {' '.join(question.options)}".casefold()
    fitting = (concept for concept in document.extracted_concepts if concept.casefold() in text)
    fallback = document.filename.rpartition(".")[0]
    return replace(question, concept=next(fitting, fallback))

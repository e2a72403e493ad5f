"""Makes questions from documents: chooses passages, lets an agent write, admits questions, lets an agent solve them."""

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
"""The largest number of documents from which one quiz is made."""
_ROUNDS = 3
"""How many times the agent is asked before a quiz with fewer questions is accepted."""
_LEAST_SECONDS = 2.0
"""Another round starts only if at least this time is left."""
_TOKENS_A_QUESTION = 350
_MOST_SOLVED = 30
"""The largest number of questions of one round that the solver gets. It may exceed the wanted number: some are refused.
"""


@dataclass(frozen=True, slots=True)
class QuestionOrder:
    """The wanted questions, and the documents from which they are made."""

    order_id: str
    """The id from which the agent's session ids and all random choices are derived."""
    owner: str
    """The owner whose documents are searched, besides those of the classes."""
    classes: tuple[str, ...]
    documents: tuple[Document, ...]
    num_questions: int
    kinds: tuple[QuestionKind, ...]
    difficulty: Difficulty
    topic: str | None
    avoid: tuple[str, ...]
    """Stems of questions that must not be asked again."""
    focus: Mapping[str, Chance] = field(default_factory=dict)
    """Concepts to prefer, each with the chance that the learner answers right."""
    needs_topic: bool = True
    """Whether no questions are made if no passage is about the topic."""


class QuestionMaking:
    def __init__(
        self, sources: Sources, retrieval: Retrieval, agent: Agent, grammar: Grammar, clock: Clock
    ) -> None:
        self._sources = sources
        self._retrieval = retrieval
        self._agent = agent
        self._grammar = grammar
        self._clock = clock

    def make(self, order: QuestionOrder, deadline: float) -> tuple[Question, ...]:
        """Make questions in as many rounds as the time allows. Returns the admitted ones, at most the ordered number.

        ``deadline`` is a time of the monotonic clock. Raises ``UpstreamError`` if there is no question because the
        agent failed or the time is over.
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
    """Log the numbers of admitted drafts and of refused ones by code. The log holds no word of a question."""
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
    """Up to ``MAX_DOCUMENTS`` documents, chosen by ``seed``."""
    order = sorted(documents, key=lambda document: derived_id(seed, document.file_id))
    return order[:MAX_DOCUMENTS]


def _named(question: Question, documents: Sequence[Document]) -> Question:
    """The question with a concept. If the agent named none, it is a concept of the cited document that the question
    mentions, or else the document's name.
    """
    if question.concept:
        return question
    cited = question.citation
    document = next((one for one in documents if cited and one.file_id == cited.file_id), documents[0])
    text = f"{question.question} {cited.quote if cited else ''} {' '.join(question.options)}".casefold()
    fitting = (concept for concept in document.extracted_concepts if concept.casefold() in text)
    fallback = document.filename.rpartition(".")[0]
    return replace(question, concept=next(fitting, fallback))

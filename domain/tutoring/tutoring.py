"""The tutor: answers questions from the learner's documents, with checked citations."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

from domain.access.allowances import Allowances
from domain.access.classes import class_owner
from domain.access.receipts import Receipts
from domain.access.subjects import Subjects, among
from domain.agents.grounding import Grounding
from domain.agents.outcomes import Outcome
from domain.agents.prompting import TUTOR_INSTRUCTIONS, numbered, some_of, tutor_request
from domain.agents.statements import denies_finding, outcome_of, statements_of
from domain.base.errors import Conflict, InvalidRequest
from domain.base.learner import Learner
from domain.base.moments import to_text
from domain.documents.coverage import spread
from domain.documents.document import Document
from domain.documents.passage import Citation, Passage, joined
from domain.documents.questions import compared_in, joined_in
from domain.documents.retrieval import Retrieval
from domain.documents.sources import Sources
from domain.progress.evidence import NO_SUBJECT
from domain.progress.ledger import Ledger
from domain.progress.mastery import LIKELY, UNLIKELY, chances, suitable_difficulty
from domain.progress.standing import Standing, with_message
from domain.tutoring import library
from domain.tutoring.conversation import (
    ChatQuestion,
    ContextUsed,
    Conversation,
    Message,
    Unread,
    daily_conversation_id,
    title_from,
)
from domain.tutoring.conversation_words import MAX_TITLE_CHARACTERS
from domain.tutoring.conversations import Conversations
from domain.tutoring.search_texts import search_texts
from ports.agent import Agent, Chat, TokenUsage, Utterance
from ports.directory import Subject
from ports.errors import Unavailable
from ports.grammar import Grammar
from ports.key_value_store import Put
from ports.paging import Page
from ports.system import Clock
from ports.workers import Workers

_SHOWN_CONCEPTS = 5
"""The agent reads at most this number of strong concepts, and at most this number of weak ones."""
_ANSWER_TOKENS = 1024
_LEAST_HISTORY = 2
"""A model with a small context reads this number of latest messages."""
_OVERVIEW_PASSAGES = 8
"""The number of chunks from which an answer about the documents as a whole is made."""
_OVERVIEW_DOCUMENTS = 8
"""The largest number of documents for such an answer, newest first."""

log = logging.getLogger("lyceum.tutoring")


@dataclass(frozen=True, slots=True)
class TutorAnswer:
    """An answer of the tutor and its conversation."""

    conversation_id: str
    message: Message


@dataclass(frozen=True, slots=True)
class Searched:
    """The result of a search: passages, best first, and what could not be read of their documents."""

    passages: Sequence[Passage]
    unread: Sequence[Unread]


@dataclass(frozen=True, slots=True)
class _Found:
    """What an answer was made from. ``scope`` holds the searched subjects; None means all."""

    conversation: Conversation
    scope: Sequence[str] | None
    passages: Sequence[Passage]
    documents: Sequence[Document]
    standing: Standing
    usage: TokenUsage | None
    """The tokens of the agent's reply; None if they were not counted."""


@dataclass(frozen=True, slots=True)
class _Material:
    """The material for an answer. If no agent is needed, ``said`` is the whole answer."""

    passages: Sequence[Passage] = ()
    added: str | None = None
    """The text after an answer that found nothing: how to upload a document, or what the documents do contain."""
    said: str | None = None
    outcome: Outcome | None = None
    """The kind of answer, if the question decides it; else None."""
    documents: Sequence[Document] = ()
    """The documents that were searched."""


class Tutoring:
    def __init__(
        self,
        conversations: Conversations,
        ledger: Ledger,
        retrieval: Retrieval,
        sources: Sources,
        subjects: Subjects,
        receipts: Receipts,
        agent: Agent,
        grammar: Grammar,
        clock: Clock,
        allowances: Allowances,
        workers: Workers,
        *,
        agent_seconds: Callable[[], float],
    ) -> None:
        self._conversations = conversations
        self._ledger = ledger
        self._retrieval = retrieval
        self._sources = sources
        self._subjects = subjects
        self._receipts = receipts
        self._agent = agent
        self._grammar = grammar
        self._clock = clock
        self._allowances = allowances
        self._workers = workers
        self._agent_seconds = agent_seconds

    def ask(self, learner: Learner, question: ChatQuestion) -> TutorAnswer:
        """Answer the question and store both in the conversation.

        Raises ``NotFound`` if the conversation or a subject is not the learner's, ``InvalidRequest``, ``Conflict``, and
        ``OverLimit`` before the agent is called. Raises ``UpstreamError`` if there is no answer; then nothing is
        stored.
        """
        pieces = self.ask_streaming(learner, question)
        while True:
            try:
                next(pieces)
            except StopIteration as ended:
                answer: TutorAnswer = ended.value
                return answer

    def ask_streaming(self, learner: Learner, question: ChatQuestion) -> Generator[str, None, TutorAnswer]:
        """Yield the answer's text in pieces, and store the answer after the last one. Returns and raises as ``ask``."""
        with self._workers.pool(2) as pool:
            asking_subjects = pool.submit(self._subjects.of, learner)
            conversation = self._opened(learner, question)
            mine = asking_subjects.result()
            scope = self._scope(question, conversation, mine)
            subject_id = conversation.subject_id or NO_SUBJECT
            reading_standing = pool.submit(lambda: self._ledger.standing(learner.user_id, subject_id))
            # The message is counted before the agent is called.
            taken = self._allowances.take(learner.user_id, "messages")
        asked_at = to_text(self._clock.now())
        with self._allowances.returning(taken):
            standing = reading_standing.result()
            earlier = [said.words for said in conversation.recent if said.speaker == "user"]
            material = self._material(
                learner, question.message, earlier, [subject.subject_id for subject in mine], scope
            )
            passages = material.passages
            grounding = Grounding(passages)
            task = _task(question, conversation, passages, standing, outcome=material.outcome)
            content = ""
            counted: list[TokenUsage] = []
            for piece in grounding.pieces(self._reply(task, material, counted.append)):
                content += piece
                yield piece
            if not content:
                raise Unavailable("agent", "an empty reply")
            if material.added is not None and denies_finding(content):
                added = f"\n\n{material.added}"
                content += added
                yield added
        found = _Found(
            conversation, scope, passages, material.documents, standing, counted[0] if counted else None
        )
        return self._kept(question, found, asked_at, content, grounding.citations, material.outcome)

    def _reply(self, task: Chat, material: _Material, used: Callable[[TokenUsage], None]) -> Iterator[str]:
        if material.said is not None:
            return iter([material.said])
        return self._agent.reply(task, timeout=self._agent_seconds(), used=used)

    def _material(
        self,
        learner: Learner,
        message: str,
        earlier: Sequence[str],
        classes: Sequence[str],
        scope: Sequence[str] | None,
    ) -> _Material:
        asked = library.asked_of_library(message)
        if asked == "practice":
            return _Material(said=library.practice(), outcome="conversation")
        if asked is not None and asked != "greeting":
            return self._of_library(learner, message, asked, classes, scope)
        found = self._retrieval.search_parts(
            learner.user_id, search_texts(message, earlier), classes=classes, subject_ids=scope
        )
        if asked == "greeting":
            return _Material(found.passages, outcome="conversation")
        if not found.documents:
            return _Material(added=library.no_documents(message), outcome="not_found")
        documents = tuple(found.documents.values())
        if library.asked_of_library(message, [one.filename for one in documents]) == "overview":
            return self._overview(learner, library.named_documents(message, documents))
        added = library.nearest(found.nearest, message) if found.nearest else None
        return _Material(found.passages, added=added, documents=documents)

    def _of_library(
        self,
        learner: Learner,
        message: str,
        asked: library.LibraryQuestion,
        classes: Sequence[str],
        scope: Sequence[str] | None,
    ) -> _Material:
        """The material for a question about the documents as a whole: a list of them, or passages spread over them."""
        owners = [learner.user_id, *map(class_owner, classes)]
        there = [
            document
            for document in self._sources.completed(
                owners, subject_id=scope[0] if scope and len(scope) == 1 else None, session_id=None
            )
            if scope is None or document.subject_id in scope
        ]
        if not there:
            return _Material(said=library.no_documents(message), outcome="overview")
        documents = library.named_documents(message, there)
        if asked == "documents":
            return _Material(said=library.listed(documents, learner.user_id), outcome="overview")
        if asked == "topics":
            return _Material(said=library.topics(documents), outcome="overview")
        return self._overview(learner, documents)

    def _overview(self, learner: Learner, documents: Sequence[Document]) -> _Material:
        documents = documents[:_OVERVIEW_DOCUMENTS]
        chosen = spread(
            self._sources.materials(documents), _OVERVIEW_PASSAGES, focus=(), seed=learner.user_id
        )
        return _Material(joined(chosen), outcome="overview", documents=documents)

    def _kept(
        self,
        question: ChatQuestion,
        found: _Found,
        asked_at: str,
        content: str,
        citations: tuple[Citation, ...],
        outcome: Outcome | None,
    ) -> TutorAnswer:
        conversation, scope, standing = found.conversation, found.scope, found.standing
        usage = found.usage
        statements = statements_of(
            content,
            [citation.quote for citation in citations],
            question.message,
            self._grammar,
            {number: citation.rows() for number, citation in enumerate(citations, start=1)},
        )
        asked = Message(
            message_id=f"{question.turn_id}-q",
            conversation_id=conversation.conversation_id,
            message_type="user",
            content=question.message,
            timestamp=asked_at,
        )
        answered = Message(
            message_id=f"{question.turn_id}-a",
            conversation_id=conversation.conversation_id,
            message_type="assistant",
            content=content,
            timestamp=to_text(self._clock.now()),
            citations=citations,
            context_used=ContextUsed(
                subject_filter=scope[0] if scope is not None and len(scope) == 1 else None,
                retrieved_chunks=sum(len(passage.spans) or 1 for passage in found.passages),
                personalization_applied=bool(standing.concepts),
                cross_subject_search=scope is not None and len(scope) > 1,
                input_tokens=usage.input_tokens if usage is not None else None,
                output_tokens=usage.output_tokens if usage is not None else None,
            ),
            outcome=outcome or outcome_of(statements, content),
            statements=statements,
            unread=_unread(found, citations),
        )
        unread = [standing]

        def beside() -> list[Put]:
            """The write that counts the learner's activity, for the transaction that stores the answer."""
            now = unread.pop() if unread else self._ledger.standing(standing.user_id, standing.subject_id)
            return [self._ledger.standing_put(with_message(now, asked_at))]

        log.info(
            "answered",
            extra={
                "passages": len(found.passages),
                "citations": len(citations),
                "unsupported": int(not citations),
                "outcome": answered.outcome,
                "statements": len(statements),
                "statements_unsupported": sum(one.support == "unsupported" for one in statements),
            },
        )
        _, stored = self._conversations.append(conversation, question.turn_id, asked, answered, beside=beside)
        return TutorAnswer(conversation.conversation_id, stored)

    def _opened(self, learner: Learner, question: ChatQuestion) -> Conversation:
        """The conversation of the question. A new one is not stored yet. Raises ``NotFound`` and ``Conflict``."""
        if question.conversation_id is not None:
            return self._conversations.get(learner.user_id, question.conversation_id)
        fresh = self._new_conversation(learner, question)
        if not question.is_daily:
            return fresh
        found = self._conversations.find(learner.user_id, fresh.conversation_id)
        if found is not None and found.deleting:
            raise Conflict("conversation_busy", "The conversation is being removed.", retry_after=60)
        return found or fresh

    def _new_conversation(self, learner: Learner, question: ChatQuestion) -> Conversation:
        now = to_text(self._clock.now())
        conversation_id = f"{question.turn_id}-c"
        if question.is_daily and question.subject_id is not None:
            conversation_id = daily_conversation_id(learner.user_id, question.subject_id, now[:10])
        return Conversation(
            conversation_id=conversation_id,
            user_id=learner.user_id,
            conversation_type="general" if question.subject_id is None else "subject",
            title=title_from(question.message),
            created_at=now,
            updated_at=now,
            subject_id=question.subject_id,
            version=0,
        )

    def _scope(
        self, question: ChatQuestion, conversation: Conversation, mine: Sequence[Subject]
    ) -> Sequence[str] | None:
        """The learner's subjects to search; None for everything that the learner may read."""
        if question.subjects and question.subject_id is not None:
            raise InvalidRequest(
                "invalid_request", "Give subject_id or subjects, not both.", field="subjects"
            )
        wanted = question.subjects or (question.subject_id,)
        named = [subject_id for subject_id in wanted if subject_id is not None]
        if not named and conversation.subject_id is not None:
            named = [conversation.subject_id]
        if not named:
            return None
        return [subject.subject_id for subject in among(mine, named)]

    def subject_conversation(self, learner: Learner, subject_id: str) -> Conversation:
        """The learner's conversation of today in the subject, to which daily questions go. It is created if needed.

        Raises ``NotFound``.
        """
        subject = self._subjects.get(learner, subject_id)
        now = to_text(self._clock.now())
        return self._conversations.open(
            Conversation(
                conversation_id=daily_conversation_id(learner.user_id, subject_id, now[:10]),
                user_id=learner.user_id,
                conversation_type="subject",
                title=f"AI Chat - {subject.name}",
                created_at=now,
                updated_at=now,
                subject_id=subject_id,
            )
        )

    def conversations(
        self, learner: Learner, *, subject_id: str | None = None, limit: int, cursor: str | None
    ) -> Page[Conversation]:
        """Up to ``limit`` of the learner's conversations, the last used first. Raises ``NotFound`` for another's
        subject.
        """
        if subject_id is not None:
            self._subjects.get(learner, subject_id)
        return self._conversations.page(learner.user_id, subject_id=subject_id, limit=limit, cursor=cursor)

    def conversation(
        self, learner: Learner, conversation_id: str, *, limit: int, cursor: str | None
    ) -> tuple[Conversation, Page[Message]]:
        """The conversation and a page of its messages, oldest first. Raises ``NotFound``."""
        conversation = self._conversations.get(learner.user_id, conversation_id)
        return conversation, self._conversations.messages(conversation, limit=limit, cursor=cursor)

    def rename(self, learner: Learner, conversation_id: str, title: str) -> Conversation:
        """Give the conversation another title. Raises ``NotFound``, and ``InvalidRequest`` for an empty or too long
        title.
        """
        title = " ".join(title.split())
        if not 0 < len(title) <= MAX_TITLE_CHARACTERS:
            raise InvalidRequest(
                "invalid_request", f"A title has 1 to {MAX_TITLE_CHARACTERS} characters.", field="title"
            )
        return self._conversations.rename(learner.user_id, conversation_id, title)

    def forget(self, learner: Learner, conversation_id: str) -> None:
        """Delete the conversation with its messages. Raises ``NotFound``."""
        self._purge(self._conversations.mark_deleting(learner.user_id, conversation_id, self._clock.now()))

    def _purge(self, conversation: Conversation) -> None:
        self._receipts.forget(conversation.user_id, conversation.conversation_id)
        self._conversations.purge(conversation)

    def search(self, learner: Learner, query: str, subject_ids: Sequence[str], limit: int) -> Searched:
        """Up to ``limit`` passages of the subjects that match the query, best first. A search counts as a message.

        Raises ``NotFound``, ``OverLimit`` before the embedder is called, and ``UpstreamError``.
        """
        subjects = self._subjects.all_of(learner, subject_ids)
        named = [subject.subject_id for subject in subjects]
        with self._allowances.returning(self._allowances.take(learner.user_id, "messages")):
            found = self._retrieval.search(
                learner.user_id, query, classes=named, subject_ids=named, limit=limit
            )
        return Searched(found.passages, _unread_of(found.documents.values(), found.passages))

    def sweep(self) -> int:
        """Finish the deletions that were interrupted. Returns how many."""
        finished = 0
        for conversation in self._conversations.due(self._clock.now()):
            self._purge(conversation)
            finished += 1
        return finished


def _unread(found: _Found, citations: Sequence[Citation]) -> tuple[Unread, ...]:
    return _unread_of(found.documents, citations or found.passages)


def _unread_of(documents: Iterable[Document], used: Sequence[Citation | Passage]) -> tuple[Unread, ...]:
    """The warnings of the documents that ``used`` names, or of all ``documents`` if ``used`` is empty."""
    file_ids = {one.file_id for one in used}
    return tuple(
        Unread(document.file_id, document.filename, warning)
        for document in documents
        if not used or document.file_id in file_ids
        for warning in document.warnings
    )


def _task(
    question: ChatQuestion,
    conversation: Conversation,
    passages: Sequence[Passage],
    standing: Standing,
    *,
    outcome: Outcome | None,
) -> Chat:
    said = [(one.speaker, one.words) for one in conversation.recent]
    fewer, personal = some_of(passages), _personal(standing)
    return Chat(
        instructions=TUTOR_INSTRUCTIONS,
        request=tutor_request(question.message, passages, said, **personal),
        smaller_request=tutor_request(question.message, fewer, said[-_LEAST_HISTORY:], **personal),
        session_id=f"chat-{conversation.conversation_id}",
        max_tokens=_ANSWER_TOKENS,
        question=question.message,
        passages=numbered(passages),
        history=tuple(Utterance(speaker, words) for speaker, words in said),
        parts=tuple(joined_in(question.message)),
        compared=tuple(compared_in(question.message)),
        is_talk=outcome == "conversation",
        is_overview=outcome == "overview",
    )


class _Personal(TypedDict):
    level: str | None
    strong: dict[str, float]
    weak: dict[str, float]


def _personal(standing: Standing) -> _Personal:
    """What the agent reads about the learner's chances of success; empty if there is no evidence."""
    if not standing.concepts:
        return _Personal(level=None, strong={}, weak={})
    found = chances(standing)
    lowest_first = sorted((found[one.concept].value, one.label) for one in standing.concepts)
    weak = [(label, chance) for chance, label in lowest_first if chance < UNLIKELY]
    strong = [(label, chance) for chance, label in reversed(lowest_first) if chance > LIKELY]
    return _Personal(
        level=suitable_difficulty(standing),
        weak=dict(weak[:_SHOWN_CONCEPTS]),
        strong=dict(strong[:_SHOWN_CONCEPTS]),
    )

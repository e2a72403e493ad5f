"""Asking the tutor: an answer from the learner's own documents, with citations that stand in them."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from domain.model.conversation import (
    HISTORY_MESSAGES,
    MAX_TITLE_CHARACTERS,
    ContextUsed,
    Conversation,
    Message,
    Question,
    search_text,
    title_from,
)
from domain.model.errors import InvalidRequest
from domain.model.grounding import Grounding
from domain.model.learner import Learner
from domain.model.moments import to_text
from domain.model.passage import Passage
from domain.model.prompting import TUTOR_INSTRUCTIONS, tutor_request
from domain.repositories.conversations import ConversationPage, Conversations, MessagePage
from domain.repositories.receipts import Receipts
from domain.services.retrieval import Retrieval
from domain.services.subjects import Subjects
from ports import agent as agents
from ports.agent import Agent, Prompt
from ports.errors import Unavailable
from ports.system import Clock

_HISTORY_CHARACTERS = 1000
"""Of each earlier message, how much the agent is shown."""


@dataclass(frozen=True, slots=True)
class Answer:
    conversation_id: str
    message: Message


class Tutoring:
    def __init__(
        self,
        conversations: Conversations,
        retrieval: Retrieval,
        subjects: Subjects,
        receipts: Receipts,
        agent: Agent,
        clock: Clock,
        *,
        agent_seconds: float,
    ) -> None:
        self._conversations = conversations
        self._retrieval = retrieval
        self._subjects = subjects
        self._receipts = receipts
        self._agent = agent
        self._clock = clock
        self._agent_seconds = agent_seconds

    def ask(self, learner: Learner, question: Question) -> Answer:
        """Answer the question and keep both in the conversation.

        Raises ``NotFound`` for a conversation or subject that is not the learner's, and an
        ``UpstreamError`` where no answer could be had: then nothing is kept.
        """
        telling = self.tell(learner, question)
        while True:
            try:
                next(telling)
            except StopIteration as told:
                answer: Answer = told.value
                return answer

    def tell(self, learner: Learner, question: Question) -> Generator[str, None, Answer]:
        """As ``ask``, giving the answer's text in pieces as it is made; joined they are what is kept."""
        conversation, history = self._opened(learner, question)
        scope = self._scope(learner, question, conversation)
        earlier = [message.content for message in history if message.message_type == "user"]
        passages = self._retrieval.passages(
            learner.user_id, search_text(question.message, earlier), subject_ids=scope
        )
        prompt = self._prompt(question, conversation, history, passages)
        grounding = Grounding(passages)
        asked_at = to_text(self._clock.now())
        content = ""
        for piece in grounding.pieces(self._agent.reply(prompt, timeout=self._agent_seconds)):
            content += piece
            yield piece
        if not content:
            raise Unavailable("agent", "an empty reply")
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
            citations=grounding.citations,
            context_used=ContextUsed(
                subject_filter=scope[0] if scope is not None and len(scope) == 1 else None,
                retrieved_chunks=len(passages),
                personalization_applied=False,
                cross_subject_search=scope is not None and len(scope) > 1,
            ),
        )
        _, stored = self._conversations.append(conversation, question.turn_id, asked, answered)
        return Answer(conversation.conversation_id, stored)

    def _opened(self, learner: Learner, question: Question) -> tuple[Conversation, list[Message]]:
        """The conversation, new if none is named, and its latest messages."""
        if question.conversation_id is None:
            return self._new_conversation(learner, question), []
        owner, conversation_id = learner.user_id, question.conversation_id
        with ThreadPoolExecutor(1) as pool:
            latest = pool.submit(
                self._conversations.latest_messages, owner, conversation_id, HISTORY_MESSAGES
            )
            conversation = self._conversations.get(owner, conversation_id)
            return conversation, latest.result()

    def _new_conversation(self, learner: Learner, question: Question) -> Conversation:
        now = to_text(self._clock.now())
        return Conversation(
            conversation_id=f"{question.turn_id}-c",
            user_id=learner.user_id,
            conversation_type="general" if question.subject_id is None else "subject",
            title=title_from(question.message),
            created_at=now,
            updated_at=now,
            subject_id=question.subject_id,
            version=0,
        )

    def _scope(
        self, learner: Learner, question: Question, conversation: Conversation
    ) -> Sequence[str] | None:
        """The subjects to search in, each the learner's, or None for all of the learner's documents."""
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
        return [subject.subject_id for subject in self._subjects.all_of(learner, named)]

    def _prompt(
        self,
        question: Question,
        conversation: Conversation,
        history: Sequence[Message],
        passages: Sequence[Passage],
    ) -> Prompt:
        said = [(message.message_type, message.content[:_HISTORY_CHARACTERS]) for message in history]
        return Prompt(
            role="chat",
            instructions=TUTOR_INSTRUCTIONS,
            request=tutor_request(question.message, passages, said),
            question=question.message,
            session_id=f"chat-{conversation.conversation_id}",
            passages=tuple(
                agents.Passage(number, passage.source_file, passage.text, passage.relevance)
                for number, passage in enumerate(passages, start=1)
            ),
            history=tuple(agents.Turn(speaker, words) for speaker, words in said),
        )

    def conversations(
        self, learner: Learner, *, subject_id: str | None = None, limit: int, cursor: str | None
    ) -> ConversationPage:
        """The learner's conversations, the latest used first."""
        return self._conversations.page(learner.user_id, subject_id=subject_id, limit=limit, cursor=cursor)

    def conversation(
        self, learner: Learner, conversation_id: str, *, limit: int, cursor: str | None
    ) -> tuple[Conversation, MessagePage]:
        """The conversation and a page of its messages, oldest first. Raises ``NotFound``."""
        conversation = self._conversations.get(learner.user_id, conversation_id)
        return conversation, self._conversations.messages(conversation, limit=limit, cursor=cursor)

    def rename(self, learner: Learner, conversation_id: str, title: str) -> Conversation:
        title = " ".join(title.split())
        if not 0 < len(title) <= MAX_TITLE_CHARACTERS:
            raise InvalidRequest(
                "invalid_request", f"A title has 1 to {MAX_TITLE_CHARACTERS} characters.", field="title"
            )
        return self._conversations.rename(learner.user_id, conversation_id, title)

    def forget(self, learner: Learner, conversation_id: str) -> None:
        """Remove the conversation with its messages. Raises ``NotFound``."""
        self._conversations.delete(learner.user_id, conversation_id, self._clock.now())
        self._receipts.forget(learner.user_id, conversation_id)

    def sweep(self) -> int:
        """Finish the removals that were cut short. Answers how many there were."""
        finished = 0
        for conversation in self._conversations.due(self._clock.now()):
            self._conversations.purge(conversation)
            finished += 1
        return finished

"""A language model, or a stand-in for one, that does one of six tasks and replies in text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol, TypeAlias, runtime_checkable

from ports.agent_words import Difficulty as Difficulty
from ports.agent_words import QuestionKind as QuestionKind
from ports.agent_words import Refused as Refused
from ports.agent_words import Role as Role
from ports.errors import UpstreamError


class CutShort(UpstreamError):
    """The model stopped before its reply was complete (a token limit). The pieces before are its beginning."""


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """The tokens of one reply, as the provider of the model counts them."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    """How many of the input tokens the provider had in its cache."""


@dataclass(frozen=True, slots=True)
class NumberedPassage:
    """A piece of a document that a reply may draw on, and cite by its ``number`` (1 or more)."""

    number: int
    source: str
    text: str
    relevance: float
    """How well it fits the question, 0 to 1."""
    column_heads: tuple[str, ...] | None = None
    """Those of the table that goes on where the text begins; empty if none does, None if that is not known (see
    ``ports.text.tables``)."""
    headings: tuple[tuple[int, int], ...] = ()
    """``start:end`` of the lines in the text that its document says are headings."""
    under: tuple[tuple[int, str], ...] = ()
    """From which place of the text on it stands under which headings: all of them, the outermost one first, in one line."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One message of the conversation so far."""

    speaker: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedTask:
    """What the six tasks have in common: the task in words, for a language model.

    ``instructions`` and ``request`` contain everything that a language model needs. ``request`` contains
    the passages and whatever else comes from people, fenced as data. The other fields of a task hold the
    same material, for an agent that does not read instructions.
    """

    instructions: str
    request: str
    session_id: str
    """Groups the requests of one conversation. It has 2-100 characters of ``[0-9a-zA-Z._:-]``."""
    max_tokens: int
    """The longest reply wanted, in tokens of the model: 1 or more."""
    smaller_request: str | None = None
    """The same request with less material, for a model whose context cannot hold ``request``; None if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat(RenderedTask):
    """Answer a learner's question in prose.

    A statement drawn from a passage is followed by ``[n "words copied from passage n"]``.
    """

    role: ClassVar[Role] = "chat"
    schema: ClassVar[None] = None
    question: str
    passages: tuple[NumberedPassage, ...]
    history: tuple[Utterance, ...] = ()
    """The conversation before ``question``, oldest first."""
    parts: tuple[str, ...] = ()
    """The questions that ``question`` joins; none if it is one question."""
    compared: tuple[str, ...] = ()
    """The two things that ``question`` compares; none if it compares nothing."""
    is_talk: bool = False
    """Whether ``question`` is a greeting, thanks, or about the tutor itself."""
    is_overview: bool = False
    """Whether ``question`` asks what the passages say on the whole, and they are spread over the documents for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteQuestions(RenderedTask):
    """Write questions of the wanted kinds. The reply is JSON."""

    role: ClassVar[Role] = "quiz"
    schema: dict[str, Any]
    """The JSON schema that the reply must match."""
    passages: tuple[NumberedPassage, ...]
    topic: str
    """Questions about it come first; empty if there is no topic."""
    difficulty: Difficulty
    wanted: int
    """The most questions that the reply should hold."""
    kinds: tuple[QuestionKind, ...] = ("multiple_choice",)
    """The kinds that the questions may be of: one or more."""
    avoid: tuple[str, ...] = ()
    """Earlier questions, which must not be asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskQuestion(RenderedTask):
    """Find an open question for an interview, and the facts of a full answer. The reply is JSON."""

    role: ClassVar[Role] = "interview"
    schema: dict[str, Any]
    """The JSON schema that the reply must match."""
    passages: tuple[NumberedPassage, ...]
    topic: str
    """Questions about it come first; empty if there is no topic."""
    difficulty: Difficulty
    wanted: int = 1
    """The most questions to choose from that the reply should hold."""
    avoid: tuple[str, ...] = ()
    """Earlier questions, which must not be asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge(RenderedTask):
    """Compare an answer of a learner with the facts of a full answer. The reply is JSON."""

    role: ClassVar[Role] = "analysis"
    schema: dict[str, Any]
    """The JSON schema that the reply must match."""
    question: str
    facts: tuple[str, ...]
    """What a full answer to ``question`` says, in order. The reply numbers them from 1."""
    passage: NumberedPassage
    """The facts are taken from it."""
    answer: str


@dataclass(frozen=True, slots=True)
class CandidateQuestion:
    """A question whose key is not told."""

    number: int
    """1 or more; different for each candidate of a task."""
    passage: int
    """The number of the passage that it asks about."""
    question: str
    options: tuple[str, ...]
    """In the order of their letters, from A."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveQuestions(RenderedTask):
    """Tell which options of each candidate its passage supports. The reply is JSON.

    An agent that solves no questions replies with a list of none.
    """

    role: ClassVar[Role] = "analysis"
    schema: dict[str, Any]
    """The JSON schema that the reply must match."""
    passages: tuple[NumberedPassage, ...]
    candidates: tuple[CandidateQuestion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteHint(RenderedTask):
    """Say in a sentence or two what to think of to answer a question, without the answer. The reply is plain text.

    An agent that writes no hints replies nothing.
    """

    role: ClassVar[Role] = "chat"
    schema: ClassVar[None] = None
    question: str
    options: tuple[str, ...]
    """Empty for a question that is answered in words."""
    passages: tuple[NumberedPassage, ...]


Task: TypeAlias = Chat | WriteQuestions | AskQuestion | Judge | SolveQuestions | WriteHint


class Agent(Protocol):
    def reply(
        self, task: Task, *, timeout: float, used: Callable[[TokenUsage], None] | None = None
    ) -> Iterator[str]:
        """Yield the reply in pieces, in order; joined they are the whole reply.

        ``timeout`` is in seconds, for the whole reply. Raises an ``UpstreamError`` at once or between two
        pieces. If it raises, the pieces before are not a reply; after ``CutShort`` they are the beginning of one.

        ``used`` is called at most once, after the last piece and before the end, if the provider counts tokens.
        """
        ...


def beginning_of(reply: Iterable[str]) -> str:
    """The whole reply or, if the model was cut short, what it had written by then. Raises what else the agent raises.

    It is for replies in JSON, of which every whole object can be used.
    """
    beginning = ""
    try:
        for piece in reply:
            beginning += piece
    except CutShort:
        if not beginning:
            raise
    return beginning


@runtime_checkable
class Checkable(Protocol):
    """An agent that can be asked whether it answers, without cost."""

    def check(self, *, timeout: float) -> None:
        """Raises ``UpstreamError`` if the agent does not answer within ``timeout`` seconds."""
        ...

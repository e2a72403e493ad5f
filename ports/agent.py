"""A language model, or a replacement for one, that does one of six tasks and replies in text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, TypeAlias, runtime_checkable

from ports.agent_words import Difficulty as Difficulty
from ports.agent_words import QuestionKind as QuestionKind
from ports.agent_words import Refused as Refused
from ports.agent_words import Role as Role
from ports.errors import UpstreamError

if TYPE_CHECKING:  # most functions start without reading a table
    from ports.text.tables import BegunRow


class CutShort(UpstreamError):
    """The model stopped before its reply was complete, at a token limit. The pieces so far are the beginning of the
    reply.
    """


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """The tokens of one reply, as the provider of the model counts them."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    """How many of the input tokens came from the provider's cache."""


@dataclass(frozen=True, slots=True)
class NumberedPassage:
    """A piece of a document that a reply may use, and cite by its ``number`` (1 or more)."""

    number: int
    source: str
    text: str
    relevance: float
    """How well the passage fits the question, 0 to 1."""
    column_heads: tuple[str, ...] | None = None
    """The column heads of a table that continues at the start of the text. Empty if no table does; None if that is not
    known (see ``ports.text.tables``).
    """
    headings: tuple[tuple[int, int], ...] = ()
    """The ``start:end`` of the lines in the text that are headings of the document."""
    under: tuple[tuple[int, str], ...] = ()
    """Pairs of a position in the text and the headings that apply from there on, joined from the outermost one."""
    begun_row: BegunRow | None = None
    """The row of that table that begins before the text and continues at its start; None if there is no such row."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One message of the conversation so far."""

    speaker: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedTask:
    """The common fields of the six tasks: the task in words, for a language model.

    ``instructions`` and ``request`` contain everything that a language model needs. ``request`` contains the passages
    and all other text from people, fenced as data. The other fields of a task hold the same material, for an agent that
    does not read instructions.
    """

    instructions: str
    request: str
    session_id: str
    """Groups the requests of one conversation. It has 2-100 characters of ``[0-9a-zA-Z._:-]``."""
    max_tokens: int
    """The longest reply wanted, in tokens of the model: 1 or more."""
    smaller_request: str | None = None
    """The same request with less material, for a model whose context is too small for ``request``; None if there is
    none.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat(RenderedTask):
    """Answer a learner's question in prose.

    After each statement that comes from a passage, the reply has ``[n "words copied from passage n"]``.
    """

    role: ClassVar[Role] = "chat"
    schema: ClassVar[None] = None
    question: str
    passages: tuple[NumberedPassage, ...]
    history: tuple[Utterance, ...] = ()
    """The conversation before ``question``, oldest first."""
    parts: tuple[str, ...] = ()
    """The separate questions that are combined in ``question``; empty if it is one question."""
    compared: tuple[str, ...] = ()
    """The two things that ``question`` compares; empty if it compares nothing."""
    is_talk: bool = False
    """Whether ``question`` is a greeting, thanks, or about the tutor itself."""
    is_overview: bool = False
    """Whether ``question`` asks for a summary. The passages are then spread over the documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteQuestions(RenderedTask):
    """Write questions of the wanted kinds. The reply is JSON."""

    role: ClassVar[Role] = "quiz"
    schema: dict[str, Any]
    """The JSON schema that the reply must match."""
    passages: tuple[NumberedPassage, ...]
    topic: str
    """Questions about this topic come first; "" if there is none."""
    difficulty: Difficulty
    wanted: int
    """The largest number of questions in the reply."""
    kinds: tuple[QuestionKind, ...] = ("multiple_choice",)
    """The allowed kinds of questions: one or more."""
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
    """Questions about this topic come first; "" if there is none."""
    difficulty: Difficulty
    wanted: int = 1
    """The largest number of questions in the reply, from which one is chosen."""
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
    """The facts that a full answer to ``question`` contains, in order. The reply numbers them from 1."""
    passage: NumberedPassage
    """The passage from which the facts come."""
    answer: str


@dataclass(frozen=True, slots=True)
class CandidateQuestion:
    """A question without its key."""

    number: int
    """1 or more; different for each candidate of a task."""
    passage: int
    """The number of the passage that the question is about."""
    question: str
    options: tuple[str, ...]
    """In the order of their letters, from A."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveQuestions(RenderedTask):
    """Say for each candidate which options its passage supports. The reply is JSON.

    An agent that cannot do this replies with an empty list.
    """

    role: ClassVar[Role] = "analysis"
    schema: dict[str, Any]
    """The JSON schema that the reply must match."""
    passages: tuple[NumberedPassage, ...]
    candidates: tuple[CandidateQuestion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteHint(RenderedTask):
    """Say in one or two sentences what to think of in order to answer a question, without the answer. The reply is
    plain text.

    An agent that cannot do this gives an empty reply.
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
        """Yield the reply in pieces, in order. Joined, they are the whole reply.

        ``timeout`` is in seconds, for the whole reply. Raises ``UpstreamError`` at once or between two pieces. If it
        raises, the pieces so far must not be used as a reply; after ``CutShort`` they are the beginning of one.

        ``used`` is called at most once, after the last piece and before the end, if the provider counts tokens.
        """
        ...


def beginning_of(reply: Iterable[str]) -> str:
    """The whole reply. If the model was cut short, the part that it had written by then. Raises every other error of
    the agent.

    It is for replies in JSON, because every complete object in the beginning of such a reply is usable.
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
    """An agent with a check that costs nothing."""

    def check(self, *, timeout: float) -> None:
        """Raise ``UpstreamError`` if the agent does not answer within ``timeout`` seconds."""
        ...

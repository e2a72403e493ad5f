"""Bedrock's Agents ("Agents Classic"): each role has an agent that the operator created and prompted in the AWS
account.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_InvokeAgent.html

The model, the temperature and the token limit can only be set on the agent itself. Its streams do not say why a
reply ended, nor how many tokens it took. So a reply that the limit cut off, or a guardrail's sentence, looks like
any other reply.
"""

from __future__ import annotations

import logging
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.aws.errors import reading_answer
from adapters.aws.replies import CAPABILITY, Replies
from adapters.upstream.calls import Retries
from ports.agent import Role, Task, TokenUsage
from ports.errors import Unavailable

log = logging.getLogger("lyceum.agent")


@dataclass(frozen=True, slots=True)
class AgentAlias:
    """An agent of the account, and one of its versions. Each id has up to 10 letters and digits."""

    agent_id: str
    alias_id: str


class AgentsAgent:
    """Implements ``ports.agent.Agent``. Safe to share between threads."""

    def __init__(
        self,
        client: Callable[[], Any],
        agents: Mapping[Role, AgentAlias],
        retries: Retries,
    ) -> None:
        """``client`` returns a client for ``bedrock-agent-runtime``."""
        self._client = client
        self._agents = agents
        self._replies = Replies(retries)

    def reply(
        self, task: Task, *, timeout: float, used: Callable[[TokenUsage], None] | None = None
    ) -> Iterator[str]:
        """As the port says. ``schema`` and ``max_tokens`` are not sent: they are settings of the agent.

        ``used`` is never called, because the stream has no token counts.
        """
        agent = self._agents[task.role]
        request = _request(task, agent)
        return self._replies.ask(
            timeout,
            lambda: self._client().invoke_agent(**request)["completion"],
            lambda stream: _pieces(stream, task.role, agent),
        )


def _request(task: Task, agent: AgentAlias) -> dict[str, Any]:
    return {
        "agentId": agent.agent_id,
        "agentAliasId": agent.alias_id,
        # Each conversation is a session, because AWS bills and traces by session. But the agent takes nothing from it,
        # and there is no memory (no memoryId): our request contains the earlier turns, from our own store. The agent
        # would add them a second time, with their passages. It would also forget them after its idle time, and keep
        # what a learner has erased and what failed.
        "sessionId": task.session_id,
        "promptCreationConfigurations": {"previousConversationTurnsToInclude": 0},
        "inputText": f"{task.instructions}\n\n{task.request}",
        "enableTrace": False,
        # A request with endSession gets no reply. So the session is left to expire.
        "endSession": False,
        "streamingConfigurations": {"streamFinalResponse": True},
    }


def _pieces(stream: Any, role: Role, agent: AgentAlias) -> Iterator[str]:
    """The text of an event stream, up to its end. Raises ``Unavailable`` and botocore's errors.

    No event says that it is the last one. The reply is complete if the HTTP body is complete (the client checks that),
    and if it does not end within a message (``adapters.aws.answers``) or within a character.
    """
    decoder = getincrementaldecoder("utf-8")()  # a chunk may end within a character
    said = False
    cited = 0
    for event in stream:
        if "returnControl" in event:
            raise Unavailable(CAPABILITY, "the agent asks for an action, and we offer none")
        with reading_answer(CAPABILITY):
            chunk = event.get("chunk", {})  # other events are traces and files, not the reply
            text = decoder.decode(chunk.get("bytes", b""))
            cited += len(chunk.get("attribution", {}).get("citations", ()))
        if text:
            said = said or not text.isspace()
            yield text
    with reading_answer(CAPABILITY):
        decoder.decode(b"", final=True)
    if not said:
        raise Unavailable(CAPABILITY, "an empty reply")
    if cited:
        # These citations refer to the agent's own knowledge base, whose texts we cannot check. They are counted but not
        # used. Our citations are marks in the text, whose quotes are found in a passage.
        log.info("agent_attributed", extra={"role": role, "agent": agent.agent_id, "citations": cited})

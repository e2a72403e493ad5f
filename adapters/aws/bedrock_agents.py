"""Bedrock's Agents ("Agents Classic"): each role an agent of its own, made and prompted in the account.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_InvokeAgent.html

What only the agent itself can be told stands in its own settings: its model, its temperature, its token limit.
Its streams say neither why a reply ended nor how many tokens it took: a reply that met the limit, or a
guardrail's own sentence, looks like any other.
"""

from __future__ import annotations

import logging
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.aws.errors import understanding
from adapters.aws.replies import CAPABILITY, Replies
from adapters.upstream.calls import Retries
from ports.agent import Prompt, Role
from ports.errors import Unavailable

log = logging.getLogger("lyceum.agent")


@dataclass(frozen=True, slots=True)
class AgentAlias:
    """An agent of the account, and which of its versions: up to 10 letters and digits each."""

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
        """``client`` makes ``bedrock-agent-runtime``'s."""
        self._client = client
        self._agents = agents
        self._replies = Replies(retries)

    def reply(self, prompt: Prompt, *, timeout: float) -> Iterator[str]:
        """As the port says; the prompt's ``schema`` and ``max_tokens`` are the agent's own affair."""
        agent = self._agents[prompt.role]
        request = _request(prompt, agent)
        return self._replies.ask(
            timeout,
            lambda: self._client().invoke_agent(**request)["completion"],
            lambda stream: _pieces(stream, prompt.role, agent),
        )


def _request(prompt: Prompt, agent: AgentAlias) -> dict[str, Any]:
    return {
        "agentId": agent.agent_id,
        "agentAliasId": agent.alias_id,
        # One session a conversation, as AWS bills and traces them. But nothing of it goes into the agent's
        # prompt, and no memory is kept (no memoryId): what was said before stands in the request, as our own
        # store has it. Agents would add it once more, passages and all, would forget it after their idle time,
        # and would remember what a learner has erased, or a try that failed.
        "sessionId": prompt.session_id,
        "promptCreationConfigurations": {"previousConversationTurnsToInclude": 0},
        "inputText": f"{prompt.instructions}\n\n{prompt.request}",
        "enableTrace": False,
        # With endSession there is no reply but that the session has ended: it is left to end by itself.
        "endSession": False,
        "streamingConfigurations": {"streamFinalResponse": True},
    }


def _pieces(stream: Any, role: Role, agent: AgentAlias) -> Iterator[str]:
    """The text of an event stream to its very end. Raises ``Unavailable`` and botocore's errors.

    No event says that it was the last: the reply is whole where the HTTP body ends as it should, which the
    client sees to, not within a message (``adapters.aws.answers``) and not within a character.
    """
    decoder = getincrementaldecoder("utf-8")()  # a chunk may end within a character
    said = False
    cited = 0
    for event in stream:
        if "returnControl" in event:
            raise Unavailable(CAPABILITY, "the agent wants an action, and has none of ours")
        with understanding(CAPABILITY):
            chunk = event.get("chunk", {})  # else a trace or a file: no part of the reply
            text = decoder.decode(chunk.get("bytes", b""))
            cited += len(chunk.get("attribution", {}).get("citations", ()))
        if text:
            said = said or not text.isspace()
            yield text
    with understanding(CAPABILITY):
        decoder.decode(b"", final=True)
    if not said:
        raise Unavailable(CAPABILITY, "an empty reply")
    if cited:
        # They name what the agent's own knowledge base gave it, which nobody here has read: counted, not used.
        # A citation of ours is a mark in the text, whose words were found in a passage.
        log.info("agent_attributed", extra={"role": role, "agent": agent.agent_id, "citations": cited})

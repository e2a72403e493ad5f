"""The contract of ``Agent``, for every model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from ports.agent import Agent, Chat, NumberedPassage, Task, TokenUsage, Utterance
from ports.errors import PortError

PASSAGES = (
    NumberedPassage(
        1,
        "biology.pdf",
        "Photosynthesis is the process by which plants turn light into sugar. It happens in chloroplasts.",
        0.9,
    ),
    NumberedPassage(2, "history.pdf", "The treaty was signed in 1648. It ended the Thirty Years War.", 0.3),
)
CHAT = Chat(
    instructions="Answer from the passages alone. Cite each statement.",
    request="<passages>…</passages>\nWhat is photosynthesis?",
    session_id="session-1",
    max_tokens=1024,
    question="What is photosynthesis?",
    passages=PASSAGES,
)
MARK = re.compile(r'\[(\d+) "(.*?)"\](?=\s|$)', re.DOTALL)


def said(agent: Agent, task: Task, *, timeout: float = 5.0) -> str:
    return "".join(agent.reply(task, timeout=timeout))


class AgentContract:
    """A subclass has the fixture ``agent``: an agent that answers ``CHAT`` with a quote from its first passage."""

    def test_a_reply_comes_in_pieces_of_text(self, agent: Agent) -> None:
        reply = agent.reply(CHAT, timeout=5.0)
        assert isinstance(reply, Iterator)
        pieces = list(reply)
        assert pieces
        assert all(isinstance(piece, str) for piece in pieces)
        assert "".join(pieces).strip()

    def test_a_statement_is_marked_with_words_that_stand_in_its_passage(self, agent: Agent) -> None:
        marks = MARK.findall(said(agent, CHAT))
        assert marks
        texts = {passage.number: passage.text for passage in PASSAGES}
        for number, quote in marks:
            assert quote
            assert quote in texts[int(number)]

    def test_token_counts_are_reported_at_most_once(self, agent: Agent) -> None:
        told: list[TokenUsage] = []
        assert "".join(agent.reply(CHAT, timeout=5.0, used=told.append)).strip()
        assert len(told) <= 1
        assert all(min(usage.input_tokens, usage.output_tokens) >= 0 for usage in told)

    def test_each_request_stands_for_itself(self, agent: Agent) -> None:
        first = said(agent, CHAT)
        said(agent, replace(CHAT, question="When was the treaty signed?", session_id="session-2"))
        assert said(agent, CHAT) == first

    def test_a_reply_may_be_left_half_read(self, agent: Agent) -> None:
        reply = agent.reply(CHAT, timeout=5.0)
        next(reply)
        del reply
        assert said(agent, CHAT)

    def test_history_may_come_along(self, agent: Agent) -> None:
        history = (Utterance("user", "Hello"), Utterance("assistant", "Ask me something."))
        assert said(agent, replace(CHAT, history=history))

    def test_a_timeout_of_zero_is_refused(self, agent: Agent) -> None:
        with pytest.raises((PortError, ValueError)):
            said(agent, CHAT, timeout=0)

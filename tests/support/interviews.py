"""A scripted agent that asks fixed questions and judges answers by their words, and a learner who answers."""

from __future__ import annotations

import json
from typing import Any

from ports.agent import AskQuestion, Judge, Task
from tests.support.socket_client import Socket
from tests.support.world import PHYSICS, User, World

QUESTIONS = [
    {
        "question": "What happens to a body when nothing acts on it?",
        "concept": "Newton's first law",
        "facts": [
            {"fact": "It stays at rest.", "quote": "a body stays at rest"},
            {"fact": "Or it moves uniformly.", "quote": "moves uniformly unless a force acts on it"},
        ],
    },
    {
        "question": "How does the second law relate net force to other quantities?",
        "concept": "Newton's second law",
        "facts": [
            {
                "fact": "It equals mass times acceleration.",
                "quote": "the net force on a body equals its mass times its acceleration",
            }
        ],
    },
    {
        "question": "What do we know of the reaction by the third law?",
        "concept": "Newton's third law",
        "facts": [{"fact": "It is equal and opposite.", "quote": "an equal and opposite reaction"}],
    },
]
ANSWERS = {
    QUESTIONS[0]["question"]: "The body stays at rest. Or it moves uniformly.",
    QUESTIONS[1]["question"]: "Net force equals mass times acceleration.",
    QUESTIONS[2]["question"]: "The reaction is equal and opposite.",
}


def by_the_book(task: Task) -> str:
    """A scripted agent's reply: to a request for a question, the next of ``QUESTIONS``; to a request for judging,
    verdicts by words; to a chat message, a sentence.
    """
    if isinstance(task, AskQuestion):
        fresh = [one for one in QUESTIONS if one["question"] not in task.avoid]
        return json.dumps({"questions": [fresh[0] | {"passage": 1}] if fresh else []})
    return analysis(task) if isinstance(task, Judge) else "Let us go on with the interview."


def analysis(task: Task) -> str:
    """The verdicts of a simple judge. A fact is stated if one sentence of the answer has all its long words. The quote
    is the sentence with most of them.
    """
    assert isinstance(task, Judge)
    sentences = [one.strip() for one in task.answer.split(".") if one.strip()]
    verdicts = []
    for number, fact in enumerate(task.facts, start=1):
        wanted = _long_words(fact)
        best = max(sentences, key=lambda sentence: len(wanted & _long_words(sentence)), default="")
        share = len(wanted & _long_words(best)) / len(wanted)
        verdict = "stated" if share == 1 else "partly" if share >= 0.5 else "missing"
        verdicts.append({"number": number, "verdict": verdict, "quote": best if share else ""})
    missing = any(one["verdict"] != "stated" for one in verdicts)
    return json.dumps(
        {
            "facts": verdicts,
            "strengths": ["Clearly said."],
            "improvements": ["Say more of it."] if missing else [],
            "follow_up": "And what else would have to be said about that?" if missing else "",
        }
    )


def _long_words(text: str) -> set[str]:
    return {word.strip(".,'").lower() for word in text.split() if len(word.strip(".,'")) > 3}


def prepared(world: World, learner: User) -> None:
    """Upload notes on physics for the learner, and let the agent reply with ``by_the_book``."""
    learner.upload("notes.txt", PHYSICS, subject_id="physics_101")
    world.adapters.agent.otherwise = by_the_book


def connected(world: World, learner: User, connection_id: str = "d6wF7cYkoAMCJ3g=") -> Socket:
    socket = Socket(world, connection_id)
    assert socket.connect(str(learner.post("/api/ws-ticket").body["ticket"])) == 200
    return socket


def begun(socket: Socket, **wish: Any) -> Any:
    """Start an interview. Returns its ``interview_started`` message."""
    (started,) = socket.send({"type": "start_interview", "subject_id": "physics_101", **wish})
    assert started["type"] == "interview_started", started
    return started

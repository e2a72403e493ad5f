"""The models of the simulation. A reply may be right, nonsense, cut short, or may obey instructions in a document."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from ports.agent import (
    AskQuestion,
    Chat,
    CutShort,
    Judge,
    Refused,
    SolveQuestions,
    Task,
    WriteHint,
    WriteQuestions,
)
from tests.support.interviews import QUESTIONS, analysis
from tests.support.world import PHYSICS_ITEMS, PHYSICS_ITEMS_OF_OTHER_KINDS, solved

_ITEMS_OF_MOTION: list[dict[str, Any]] = [
    {
        "kind": "numeric",
        "question": "What speed does a falling body gain in each second?",
        "options": [],
        "answers": ["10 metres per second"],
        "quote": "A falling body gains a speed of 10 metres per second in each second.",
        "concept": "falling bodies",
    },
    {
        "kind": "ordering",
        "question": "In which order does the throw of a ball go on?",
        "options": ["the hand throws the ball", "the ball rises", "it falls back"],
        "answers": [],
        "quote": "First the hand throws the ball, then the ball rises, and finally it falls back.",
        "concept": "throws",
    },
]
MADNESS = ("nonsense", "truncated", "empty", "obedient", "refused", "cut-short")


class Minds:
    """``madness`` is the probability that a reply is not what it should be. ``asked`` records the tasks, oldest first."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._rubrics = 0
        self.madness = 0.0
        self.asked: list[Task] = []

    def reply(self, task: Task) -> Any:
        self.asked.append(task)
        random = self._random
        if random.random() >= self.madness:
            return self._pieces(self._sane(task))
        match random.choice(MADNESS):
            case "nonsense":
                return self._pieces('The mome raths outgrabe [1 "\'twas brillig"] {"questions": [] ]')
            case "truncated":
                whole = self._sane(task)
                return self._pieces(whole[: random.randrange(len(whole))])
            case "empty":
                return ""
            case "refused":
                return Refused("agent", "guardrail")
            case "cut-short":
                return [*self._pieces(self._sane(task))[:1], CutShort("agent", "max_tokens")]
            case _:
                return self._pieces(self._obedient(task))

    def _pieces(self, text: str) -> list[str | Exception]:
        cuts = sorted(self._random.randrange(len(text) + 1) for _ in range(self._random.randrange(3)))
        return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    def _sane(self, task: Task) -> str:
        match task:
            case Chat():
                return _cited(task)
            case WriteQuestions():
                return _quiz(task)
            case AskQuestion():
                return self._question(task)
            case Judge():
                return analysis(task)
            case SolveQuestions():
                return solved(task)
            case WriteHint():
                return "Think about what the question says."

    def _obedient(self, task: Task) -> str:
        """The reply of a model that obeys the instructions in a document."""
        match task:
            case Chat():
                return (
                    '![a picture](http://evil.example/steal) Everybody wrote this [1 "what others wrote"] '
                    f'and that [99 "forged"]. {_cited(task)}'
                )
            case WriteQuestions():
                items = json.loads(_quiz(task))["questions"]
                turned = [item | {"correct": "D", "quote": "what stands nowhere"} for item in items]
                return json.dumps({"questions": turned})
            case AskQuestion():
                return json.dumps({"questions": [{"question": "May I have full marks?", "facts": "all"}]})
            case Judge():
                stated = [
                    {"number": number, "verdict": "stated", "quote": fact}
                    for number, fact in enumerate(task.facts, start=1)
                ]
                reply = {"facts": stated, "strengths": [], "improvements": [], "follow_up": "", "score": 100}
                return json.dumps(reply)
            case SolveQuestions():
                everything = [{"number": one.number, "supported": ["A", "Z"]} for one in task.candidates]
                return json.dumps({"items": everything})
            case WriteHint():
                return f"Think about it. The answer is {task.passages[0].text}"

    def _question(self, task: AskQuestion) -> str:
        """The next interview question. Its rubric contains a canary."""
        fresh = [one for one in QUESTIONS if one["question"] not in task.avoid]
        number = _physics_in(task)
        if not fresh or number is None:
            return json.dumps({"questions": []})
        self._rubrics += 1
        chosen: dict[str, Any] = fresh[0]
        facts = [
            {"fact": f"{fact['fact'][:-1]} rubric{self._rubrics}x.", "quote": fact["quote"]}
            for fact in chosen["facts"]
        ]
        return json.dumps({"questions": [chosen | {"passage": number, "facts": facts}]})


def _physics_in(task: WriteQuestions | AskQuestion) -> int | None:
    """The number of the passage about Newton's laws."""
    return next((one.number for one in task.passages if "equal and opposite" in one.text), None)


def _cited(task: Chat) -> str:
    """An answer that cites the first sentence of each of two passages."""
    sentences = []
    for passage in task.passages[:2]:
        sentence = passage.text.partition(". ")[0]
        sentences.append(f'{sentence} [{passage.number} "{sentence}"].')
    return " ".join(sentences) or "There is nothing about that in the documents."


def _quiz(task: WriteQuestions) -> str:
    """All quiz questions about physics. Each explanation contains the canary of the quiz's key."""
    number = _physics_in(task)
    if number is None:
        return json.dumps({"questions": []})
    quiz_id = task.session_id.removeprefix("quiz-").rpartition("-")[0]
    shared = {"passage": number, "explanation": f"For it is so: keyof{quiz_id}x."}
    items: list[dict[str, Any]] = [{"kind": "multiple_choice", **item} for item in PHYSICS_ITEMS]
    items += [*PHYSICS_ITEMS_OF_OTHER_KINDS, *_ITEMS_OF_MOTION]
    return json.dumps({"questions": [item | shared for item in items if item["kind"] in task.kinds]})

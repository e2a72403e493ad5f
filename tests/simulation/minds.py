"""The models: sane, mad, cut short, or obedient to whatever stands in a document."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from ports.agent import CutShort, Prompt, Refused
from tests.support.interviews import QUESTIONS, analysis
from tests.support.world import PHYSICS_ITEMS

MADNESS = ("nonsense", "truncated", "empty", "obedient", "refused", "cut-short")


class Minds:
    """``madness`` is how likely a reply is not what it should be. ``asked`` holds the prompts, oldest first."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._rubrics = 0
        self.madness = 0.0
        self.asked: list[Prompt] = []

    def reply(self, prompt: Prompt) -> Any:
        self.asked.append(prompt)
        random = self._random
        if random.random() >= self.madness:
            return self._pieces(self._sane(prompt))
        match random.choice(MADNESS):
            case "nonsense":
                return self._pieces('The mome raths outgrabe [1 "\'twas brillig"] {"questions": [] ]')
            case "truncated":
                whole = self._sane(prompt)
                return self._pieces(whole[: random.randrange(len(whole))])
            case "empty":
                return ""
            case "refused":
                return Refused("agent", "guardrail")
            case "cut-short":
                return [*self._pieces(self._sane(prompt))[:1], CutShort("agent", "max_tokens")]
            case _:
                return self._pieces(self._obedient(prompt))

    def _pieces(self, text: str) -> list[str | Exception]:
        cuts = sorted(self._random.randrange(len(text) + 1) for _ in range(self._random.randrange(3)))
        return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    def _sane(self, prompt: Prompt) -> str:
        match prompt.role:
            case "chat":
                return _cited(prompt)
            case "quiz":
                return _quiz(prompt)
            case "interview":
                return self._question(prompt)
            case "analysis":
                return analysis(prompt)

    def _obedient(self, prompt: Prompt) -> str:
        """What a model says that does as the document bids."""
        match prompt.role:
            case "chat":
                return (
                    '![a picture](http://evil.example/steal) Everybody wrote this [1 "what others wrote"] '
                    f'and that [99 "forged"]. {_cited(prompt)}'
                )
            case "quiz":
                items = json.loads(_quiz(prompt))["questions"]
                turned = [item | {"correct": "D", "quote": "what stands nowhere"} for item in items]
                return json.dumps({"questions": turned})
            case "interview":
                return json.dumps({"questions": [{"question": "May I have full marks?", "facts": "all"}]})
            case "analysis":
                stated = [
                    {"number": number, "verdict": "stated", "quote": fact}
                    for number, fact in enumerate(prompt.facts, start=1)
                ]
                told = {"facts": stated, "strengths": [], "improvements": [], "follow_up": "", "score": 100}
                return json.dumps(told)

    def _question(self, prompt: Prompt) -> str:
        """The next question, whose rubric has a canary."""
        fresh = [one for one in QUESTIONS if one["question"] not in prompt.avoid]
        number = _physics_in(prompt)
        if not fresh or number is None:
            return json.dumps({"questions": []})
        self._rubrics += 1
        chosen: dict[str, Any] = fresh[0]
        facts = [
            {"fact": f"{fact['fact'][:-1]} rubric{self._rubrics}x.", "quote": fact["quote"]}
            for fact in chosen["facts"]
        ]
        return json.dumps({"questions": [chosen | {"passage": number, "facts": facts}]})


def _physics_in(prompt: Prompt) -> int | None:
    """The number of the passage that tells of Newton's laws."""
    return next((one.number for one in prompt.passages if "equal and opposite" in one.text), None)


def _cited(prompt: Prompt) -> str:
    """The first sentence of each of two passages, cited."""
    told = []
    for passage in prompt.passages[:2]:
        sentence = passage.text.partition(". ")[0]
        told.append(f'{sentence} [{passage.number} "{sentence}"].')
    return " ".join(told) or "There is nothing about that in the documents."


def _quiz(prompt: Prompt) -> str:
    """All the questions that there are of physics; each explanation holds the canary of its quiz's key."""
    number = _physics_in(prompt)
    if number is None:
        return json.dumps({"questions": []})
    quiz_id = prompt.session_id.removeprefix("quiz-").rpartition("-")[0]
    told = {"passage": number, "explanation": f"For it is so: keyof{quiz_id}x."}
    return json.dumps({"questions": [item | told for item in PHYSICS_ITEMS]})

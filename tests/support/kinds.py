"""A question of each kind about one text, with a right, a half right and a wrong answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ports.agent import QuestionKind, Task, WriteQuestions

BODY = (
    "The heart is a muscle that pumps blood through the body. It has four chambers: two atria and two ventricles. "
    "First the blood enters the right atrium, then it passes through the right ventricle, and finally it reaches the "
    "lungs. The left ventricle has thicker walls than the right ventricle. An adult heart beats about 70 times per "
    "minute at rest. The aorta carries blood away from the heart. A valve is a flap of tissue that keeps blood from "
    "flowing backward. The aorta has a diameter of 25 millimetres."
)


@dataclass(frozen=True, slots=True)
class Example:
    """A question with answers. An answer names options by their text, because their letters are known only after the
    quiz is made.
    """

    kind: QuestionKind
    question: str
    options: tuple[str, ...]
    answers: tuple[str, ...]
    quote: str
    right: str | tuple[str, ...]
    half: str | tuple[str, ...] | None
    """None if an answer of this kind cannot be half right."""
    wrong: str | tuple[str, ...]

    def written(self, passage: int) -> dict[str, Any]:
        """The question as an agent writes it in its reply."""
        return {
            "kind": self.kind,
            "question": self.question,
            "options": list(self.options),
            "answers": list(self.answers),
            "explanation": "As the text says.",
            "passage": passage,
            "quote": self.quote,
            "concept": f"concept {self.kind}",
        }

    def sent(self, answer: str | tuple[str, ...], options: list[str]) -> str | list[str]:
        """The answer as a client sends it, if the question is shown with these options."""
        if self.kind in ("multiple_choice", "true_false"):
            return "ABCDEF"[options.index(str(answer))]
        return answer if isinstance(answer, str) else ["ABCDEF"[options.index(one)] for one in answer]


EXAMPLES: tuple[Example, ...] = (
    Example(
        "multiple_choice",
        "What does a valve keep blood from doing?",
        ("flowing backward", "growing cold", "carrying oxygen", "reaching the skin"),
        ("A",),
        "A valve is a flap of tissue that keeps blood from flowing backward.",
        "flowing backward",
        None,
        "growing cold",
    ),
    Example(
        "multiple_answer",
        "Which of these are chambers of the heart?",
        ("atria", "ventricles", "kidneys", "bronchi"),
        ("A", "B"),
        "It has four chambers: two atria and two ventricles.",
        ("ventricles", "atria"),
        ("atria",),
        ("kidneys", "bronchi"),
    ),
    Example(
        "true_false",
        "The right ventricle has thicker walls than the left ventricle.",
        (),
        ("false",),
        "The left ventricle has thicker walls than the right ventricle.",
        "False",
        None,
        "True",
    ),
    Example(
        "cloze",
        "The _____ carries blood away from the heart.",
        (),
        ("aorta",),
        "The aorta carries blood away from the heart.",
        "the aotra",
        None,
        "valve",
    ),
    Example(
        "numeric",
        "What diameter does the aorta have?",
        (),
        ("25 millimetres",),
        "The aorta has a diameter of 25 millimetres.",
        "2.5 cm",
        "25",
        "25 cm",
    ),
    Example(
        "ordering",
        "In which order does the blood pass these places?",
        ("the right atrium", "the right ventricle", "the lungs"),
        (),
        "First the blood enters the right atrium, then it passes through the right ventricle, and finally it reaches "
        "the lungs.",
        ("the right atrium", "the right ventricle", "the lungs"),
        ("the right ventricle", "the right atrium", "the lungs"),
        ("the lungs", "the right ventricle", "the right atrium"),
    ),
    Example(
        "short_answer",
        "What is the heart?",
        (),
        ("The heart is a muscle.", "It pumps blood through the body."),
        "The heart is a muscle that pumps blood through the body.",
        "The heart is a muscle, and it pumps blood through the body.",
        "The heart is a muscle.",
        "It is not a part of the body at all.",
    ),
)


def every_kind(task: Task) -> str:
    """The reply of an agent that writes one question about ``BODY`` for each kind that the task asks for."""
    assert isinstance(task, WriteQuestions)
    number = next((one.number for one in task.passages if "pumps blood" in one.text), 1)
    items = [one.written(number) for one in EXAMPLES if one.kind in task.kinds]
    return json.dumps({"questions": items})

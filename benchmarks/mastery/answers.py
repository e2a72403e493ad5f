"""Answers of learners: read from a folder, or simulated with changing abilities."""

from __future__ import annotations

from math import exp
from pathlib import Path
from random import Random

Answer = tuple[str, float]
"""An answer: its skill, and 1 if it was right or 0 if it was wrong."""
Learners = list[list[Answer]]
_SKILLS = 30
_CHANGES_SKILL = 0.25


def read(path: Path) -> Learners:
    """The answers of each learner in a file. It has three lines per learner: the number of answers, the skill of each,
    and whether it was right.
    """
    lines = [line.strip().strip(",") for line in path.read_text().splitlines() if line.strip()]
    return [
        list(zip(skills.split(","), map(float, scores.split(",")), strict=True))
        for skills, scores in zip(lines[1::3], lines[2::3], strict=True)
    ]


def drifting(seed: int, learners: int = 300) -> tuple[Learners, list[list[float]]]:
    """Simulate learners whose abilities change at random: one ability for the learner, and one for each skill, which
    also grows with each answer.

    Returns the answers and, for each, the true chance that it would be right.
    """
    random = Random(seed)
    difficulty = [random.gauss(0, 1) for _ in range(_SKILLS)]
    answers: Learners = []
    truth: list[list[float]] = []
    for _ in range(learners):
        ability, skills = random.gauss(0.5, 1), [random.gauss(0, 0.7) for _ in range(_SKILLS)]
        answers.append([])
        truth.append([])
        skill = random.randrange(_SKILLS)
        for _ in range(random.randrange(20, 200)):
            if random.random() < _CHANGES_SKILL:
                skill = random.randrange(_SKILLS)
            chance = 1 / (1 + exp(-(ability + skills[skill] - difficulty[skill])))
            truth[-1].append(chance)
            answers[-1].append((str(skill), float(random.random() < chance)))
            skills[skill] += random.gauss(0.06, 0.15)
            ability += random.gauss(0, 0.12)
    return answers, truth


def forgetting(seed: int, learners: int = 300) -> tuple[Learners, list[list[float]]]:
    """Simulate learners who either know a skill or not. An answer may teach its skill, and other skills may be
    forgotten meanwhile.

    Returns the answers and, for each, the true chance that it would be right.
    """
    random = Random(seed)
    answers: Learners = []
    truth: list[list[float]] = []
    for _ in range(learners):
        known = [random.random() < 0.4 for _ in range(_SKILLS)]
        answers.append([])
        truth.append([])
        skill = random.randrange(_SKILLS)
        for _ in range(random.randrange(20, 200)):
            if random.random() < _CHANGES_SKILL:
                skill = random.randrange(_SKILLS)
            chance = 0.85 if known[skill] else 0.25
            truth[-1].append(chance)
            answers[-1].append((str(skill), float(random.random() < chance)))
            known[skill] = known[skill] or random.random() < 0.12
            if random.random() < 0.03:
                known[random.randrange(_SKILLS)] = False
    return answers, truth

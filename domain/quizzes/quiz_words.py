"""The constants of quizzes and their questions. They have their own module, because the classes load slowly."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from ports.agent_words import QuestionKind

MAX_QUESTIONS = 20
MIN_OPTIONS = 3
MAX_OPTIONS = 6
ASKED_OPTIONS = 4
MAX_STEM_CHARACTERS = 600
MAX_OPTION_CHARACTERS = 300
MAX_EXPLANATION_CHARACTERS = 1500
MAX_CONCEPT_CHARACTERS = 80
LETTERS = "ABCDEF"
MAX_HINTS = 3
"""The number of hints for each question."""
NO_OPTION = -1
KINDS: tuple[QuestionKind, ...] = get_args(QuestionKind)
ONE_CHOICE: tuple[QuestionKind, ...] = ("multiple_choice", "true_false")
"""The kinds whose answer is the letter of one option."""
LETTERED: tuple[QuestionKind, ...] = ("multiple_answer", "ordering")
"""The kinds whose answer is a list of letters."""
Answer: TypeAlias = str | tuple[str, ...]
"""A letter, or letters for a kind of ``LETTERED``, or the text of the other kinds."""
Check = Literal["rules", "solver", "teacher"]
"""How a question was checked: by the rules alone, also by an agent that answered it without its key, or by a teacher
who kept it although the rules refused it.
"""

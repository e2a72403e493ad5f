"""Questions that the offline agent makes from lessons, and how fifty of them were graded.

``python -m benchmarks.offline_questions FOLDER``: the folder contains lessons, one ``*.md`` each. For each lesson, it
prints the questions of all kinds that are made and admitted as in the service.

``offline_questions.json`` contains graded questions with the faults that a strict teacher finds by its rubric. The
rules of version 0.2.0 left a word out of a sentence; of a hundred such questions, a strict teacher kept 15.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path

from adapters.local.agent.offline_agent import OfflineAgent
from adapters.local.models.embedder import MiniLMEmbedder
from adapters.local.models.grammar import SpacyGrammar
from domain.agents.prompting import numbered
from domain.documents.chunking import chunk
from domain.documents.passage import Passage
from domain.quizzes.admission import admit
from domain.quizzes.prompting import quiz_request, quiz_task
from domain.quizzes.quiz import Question
from domain.quizzes.quiz_words import KINDS, MAX_QUESTIONS
from domain.quizzes.reading import read_drafts
from ports.agent import QuestionKind, WriteQuestions

GRADED = Path(__file__).with_name("offline_questions.json")
BASELINE = 0.15
_LAST_RUNS = (6, 7)
_LONGER, _SHORTER = 1.3, 0.5
_OF_SOMEBODY = re.compile(r"^\w+ (?:his|her|its|their)\b")
"""An option that begins with a verb and a possessive pronoun (*raised its price*). The pronoun shows whether the subject
is one or several, so it can give the key away.
"""


def questions_of(
    text: str,
    agent: OfflineAgent,
    grammar: SpacyGrammar,
    kinds: tuple[QuestionKind, ...] = ("multiple_choice",),
) -> tuple[Question, ...]:
    passages = [
        Passage("f", "lesson.md", None, at, 1, one.start, one.end, text[one.start : one.end], 1.0)
        for at, one in enumerate(chunk(text, [0]))
    ]
    instructions, schema = quiz_task(kinds)
    task = WriteQuestions(
        instructions=instructions,
        request=quiz_request(
            passages, wanted=MAX_QUESTIONS, topic=None, difficulty="intermediate", focus={}, avoid=()
        ),
        session_id="benchmark",
        max_tokens=1,
        schema=schema,
        passages=numbered(passages),
        topic="",
        difficulty="intermediate",
        wanted=MAX_QUESTIONS,
        kinds=kinds,
    )
    drafts = read_drafts("".join(agent.reply(task, timeout=600)))
    return admit(drafts, passages, recent=(), limit=MAX_QUESTIONS, grammar=grammar).admitted


def cues(question: Question) -> list[str]:
    """The clues that reveal the key without the text: an article, the number of a noun, or the length of an option."""
    key = question.options[question.correct]
    wrong = [option for at, option in enumerate(question.options) if at != question.correct]
    found = []
    if re.search(r"\ban? ?(?:_+)?[?.]?$", question.question.strip()):
        found.append("article")
    opens = [bool(re.match(r"(?:an?|the) ", option, re.IGNORECASE)) for option in wrong]
    if len(set(opens)) == 1 and bool(re.match(r"(?:an?|the) ", key, re.IGNORECASE)) != opens[0]:
        found.append("article")
    if any(re.search(r"\b[aA] [aeio]\w|\b[aA]n [b-df-gj-np-tv-z]", option) for option in question.options):
        found.append("article")
    if asks := re.match(
        r"which of the following (is|are|was|were|has|have|does|do)\b", question.question, re.IGNORECASE
    ):
        is_many = asks[1].lower() in ("are", "were", "have", "do")
        fits = [_is_plural(option) == is_many for option in wrong]
        if _is_plural(key) == is_many and not any(fits):
            found.append("number")
    said = [bool(_OF_SOMEBODY.search(option)) for option in question.options]
    if question.kind == "multiple_choice" and any(said) and not all(said):
        found.append("number")
    if question.kind == "multiple_choice" and len(key.split()) > 2:
        lengths = [len(option) for option in wrong]
        if len(key) > _LONGER * max(lengths) or len(key) < _SHORTER * min(lengths):
            found.append("length")
    return found


def _is_plural(option: str) -> bool:
    return bool(re.search(r"[^s'’iu]s$", option))


def show_grades() -> None:
    graded = json.loads(GRADED.read_text(encoding="utf-8"))
    asked = graded["questions"]
    kept = sum(not one["faults"] for one in asked)
    print(f"graded: {kept} of {len(asked)} kept, {kept / len(asked):.0%} (version 0.2.0: {BASELINE:.0%})")
    for kind, of_kind in (
        ("multiple choice", [one for one in asked if one["kind"] == "multiple_choice"]),
        ("multiple choice, of texts that were not tuned to", [one for one in asked if one.get("unseen")]),
        ("other kinds", [one for one in asked if one["kind"] != "multiple_choice"]),
        *((f"all kinds, run {run}", [one for one in asked if one.get("run") == run]) for run in _LAST_RUNS),
    ):
        print(f"  {kind}: {sum(not one['faults'] for one in of_kind)} of {len(of_kind)}")
    for fault, count in Counter(fault for one in asked for fault in one["faults"]).most_common():
        print(f"  {count:>3} not {fault}: {graded['rubric'][fault]}")


def main() -> None:
    show_grades()
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    lessons = sorted(folder.glob("*.md")) if folder is not None else []
    if not lessons:
        print("No folder with lessons (*.md): none are made.")
        return
    grammar = SpacyGrammar()
    agent = OfflineAgent(MiniLMEmbedder(), grammar)
    count, cued = 0, list[Question]()
    for lesson in lessons:
        made = questions_of(lesson.read_text(encoding="utf-8"), agent, grammar, KINDS)
        print(f"\n{lesson.name}: {len(made)}")
        cued += [question for question in made if question.correct >= 0 and cues(question)]
        count += len(made)
        for question in made:
            options = " / ".join(
                f"*{option}" if at == question.correct else option
                for at, option in enumerate(question.options or question.accepted)
            )
            print(f"  {question.kind}: {question.question}\n    {options}")
    print(f"\n{count} questions, {len(cued)} with a cue of article, number or length")
    for question in cued:
        print(f"  {', '.join(cues(question))}: {question.question} {question.options}")


if __name__ == "__main__":
    main()

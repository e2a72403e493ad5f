"""What a teacher reads to decide: the desk with the marks that wait, and the record of decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.access.teaching import Teaching
from domain.base.learner import Learner
from domain.documents.passage import Citation
from domain.interviews.interview import InterviewTurn, citation_of_fact, fact_id
from domain.interviews.interviews import Interviews
from domain.progress.desk import Desk, DeskEntry, DeskStatus
from domain.quizzes.attempt import GradedAnswer
from domain.quizzes.quiz import Question
from domain.quizzes.quiz_words import LETTERS, Answer
from domain.quizzes.quizzes import Quizzes
from domain.teaching.decisions import Decision, Decisions
from domain.teaching.verdicts import verdict_of
from ports.agent_words import QuestionKind
from ports.directory import Directory
from ports.paging import Page


@dataclass(frozen=True, slots=True)
class DeskMark:
    """A mark on the desk, with its question, answer and passage, the machine's verdict, and its reasons."""

    entry: DeskEntry
    name: str
    """The learner's name."""
    question: str
    kind: QuestionKind | None
    """The kind of the question; None for a fact of an interview."""
    options: tuple[str, ...]
    answer: Answer | None
    """The learner's answer. For a fact, the whole answer to the question."""
    correct_answer: Answer
    """The right answer. For a fact, its statement."""
    passage: str
    citation: Citation | None
    machine_verdict: str
    machine_credit: float | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision as the record shows it."""

    decision: Decision
    name: str
    """The learner's name."""


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """A page of the record."""

    page: Page[Recorded]
    erased: int
    """The number of decisions about learners who were erased since."""


class Deciding:
    """Reads a page in a fixed number of round trips, however many marks are on it."""

    def __init__(
        self,
        quizzes: Quizzes,
        interviews: Interviews,
        desk: Desk,
        decisions: Decisions,
        directory: Directory,
    ) -> None:
        self._quizzes = quizzes
        self._interviews = interviews
        self._desk = desk
        self._decisions = decisions
        self._directory = directory
        self._teaching = Teaching(directory)

    def desk(
        self, teacher: Learner, subject_id: str, status: DeskStatus, *, limit: int, cursor: str | None
    ) -> Page[DeskMark]:
        """Up to ``limit`` marks of the subject with this status: open ones oldest first, decided ones newest first.

        Raises ``Forbidden`` if ``teacher`` does not teach the subject.
        """
        self._teaching.subject(teacher, subject_id)
        page = self._desk.page(subject_id, status, limit=limit, cursor=cursor)
        names = self._names([one.user_id for one in page.items])
        asked = self._questions([one for one in page.items if one.kind == "question"])
        turns = self._turns([one for one in page.items if one.kind == "fact"])
        shown = []
        for entry in page.items:
            name = names.get(entry.user_id, "")
            if entry in asked:
                shown.append(_question_mark(entry, name, *asked[entry]))
            elif entry in turns:  # else it was erased by now
                shown.append(_fact_mark(entry, name, *turns[entry]))
        return Page(shown, page.cursor)

    def record(self, teacher: Learner, subject_id: str, *, limit: int, cursor: str | None) -> DecisionPage:
        """The decisions of the subject, newest first. Raises ``Forbidden`` if ``teacher`` does not teach the subject."""
        self._teaching.subject(teacher, subject_id)
        page = self._decisions.page(subject_id, limit=limit, cursor=cursor)
        names = self._names([one.user_id for one in page.items])
        shown = [Recorded(one, names.get(one.user_id, "")) for one in page.items]
        return DecisionPage(Page(shown, page.cursor), self._decisions.erased(subject_id))

    def _names(self, user_ids: Sequence[str]) -> dict[str, str]:
        people = self._directory.people(sorted(set(user_ids))) if user_ids else {}
        return {user_id: person.name for user_id, person in people.items()}

    def _questions(self, entries: Sequence[DeskEntry]) -> dict[DeskEntry, tuple[Question, GradedAnswer]]:
        results = self._quizzes.results_of_anyone([one.result_id for one in entries])
        quizzes = self._quizzes.quizzes_of_anyone([one.quiz_id for one in results.values()])
        found = {}
        for entry in entries:
            result = results.get(entry.result_id)
            quiz = None if result is None else quizzes.get(result.quiz_id)
            if result is not None and quiz is not None:
                for question, mark in zip(quiz.questions, result.score.results, strict=True):
                    if question.question_id == entry.place:
                        found[entry] = question, mark
        return found

    def _turns(self, entries: Sequence[DeskEntry]) -> dict[DeskEntry, tuple[InterviewTurn, int]]:
        places = {entry: (entry.result_id, int(entry.place.partition(".")[0])) for entry in entries}
        turns = self._interviews.turns_of_anyone(sorted(set(places.values())))
        found = {}
        for entry, place in places.items():
            turn = turns.get(place)
            for number in range(len(turn.facts) if turn is not None else 0):
                if turn is not None and fact_id(turn, number) == entry.place:
                    found[entry] = turn, number
        return found


def _question_mark(entry: DeskEntry, name: str, question: Question, mark: GradedAnswer) -> DeskMark:
    machine = mark.found
    right = mark.correct_answer
    letters = [right] if isinstance(right, str) else list(right)
    texts = [question.options[LETTERS.index(one)] for one in letters] if question.options else letters
    joined = "; ".join(texts)
    reasons = [
        f"The key is: {joined}",
        "The judge could not tell whether the answer says this." if machine.needs_review else "",
        question.explanation,
        "An agent that did not know the key gave the same answer." if question.checked == "solver" else "",
    ]
    return DeskMark(
        entry=entry,
        name=name,
        question=question.question,
        kind=question.kind,
        options=question.options,
        answer=mark.user_answer,
        correct_answer=right,
        passage="" if question.citation is None else question.citation.quote,
        citation=question.citation,
        machine_verdict=verdict_of(machine),
        machine_credit=None if machine.needs_review else machine.share,
        reasons=tuple(filter(None, reasons)),
    )


def _fact_mark(entry: DeskEntry, name: str, turn: InterviewTurn, place: int) -> DeskMark:
    fact, judged = turn.asked.facts[place], turn.facts[place]
    verdict = judged.machine or judged.verdict
    credit = judged.credit if judged.machine is None else judged.machine_credit
    quoted = f"The words that the machine took for this fact: {judged.quote}" if judged.quote else ""
    reasons = (f"The fact is: {fact.statement}", quoted or "The machine found no words for this fact.")
    return DeskMark(
        entry=entry,
        name=name,
        question=turn.asked.question,
        kind=None,
        options=(),
        answer=turn.transcription,
        correct_answer=fact.statement,
        passage=turn.asked.passage.text,
        citation=citation_of_fact(turn, fact),
        machine_verdict=verdict,
        machine_credit=None if verdict == "unsure" else credit,
        reasons=reasons,
    )

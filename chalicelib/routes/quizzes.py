"""Routes of quizzes: make a quiz, submit it, see the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from chalicelib.http import TOO_MANY_REQUESTS, Api, Call, NoBody, Refusals
from chalicelib.routes.marks import (
    MAX_SHOWN,
    AppealShown,
    CorrectionList,
    MarkCorrectionBody,
    MarkCorrectionList,
    appeal_body,
    correction_bodies,
)
from chalicelib.schemas import (
    NOT_BLANK,
    CitationBody,
    Identifier,
    MasteryChangeBody,
    PageQuery,
    cited_body,
)
from domain.quizzes.quiz_words import KINDS, MAX_HINTS, MAX_QUESTIONS, Answer, Check
from ports.agent_words import Difficulty, QuestionKind

if TYPE_CHECKING:
    from domain.quizzes.attempt import Result
    from domain.quizzes.quiz import Question, Quiz

MAX_ANSWER_CHARACTERS = 2000
NumQuestions = Annotated[int, Meta(ge=1, le=MAX_QUESTIONS)]
Topic = Annotated[str, Meta(min_length=1, max_length=200, pattern=NOT_BLANK)]
AnswerText = Annotated[str, Meta(max_length=MAX_ANSWER_CHARACTERS)]
AnswerLetters = Annotated[list[Annotated[str, Meta(max_length=8)]], Meta(max_length=8)]
QuestionId = Annotated[str, Meta(max_length=8)]
_DEFAULT_QUESTIONS = 5
BAD_ANSWERS: Refusals = {
    "unknown_option": (400, "A letter belongs to no option of the question."),
    "wrong_answer_form": (400, "The answer is not of the form that the question's kind needs."),
    "incomplete_order": (400, "The order does not name each option once."),
}
_NO_QUESTIONS: Refusals = {
    **TOO_MANY_REQUESTS,
    "no_materials": (409, "There is no document to make questions from."),
    "not_enough_material": (409, "No question could be made that passes the checks."),
    "daily_questions_used": (429, "Today's questions are used up."),
}
_NOT_OPEN: Refusals = {
    "assignment_not_open": (409, "The assignment is not open yet."),
    "assignment_closed": (409, "The assignment is closed."),
}
_NO_ATTEMPT: Refusals = {
    **_NOT_OPEN,
    "assignment_has_no_items": (409, "All items of the assignment are retired."),
}
_SUBMITTED: Refusals = {"quiz_already_submitted": (409, "The quiz was submitted.")}


class CreateQuiz(msgspec.Struct, forbid_unknown_fields=True):
    document_ids: Annotated[list[Identifier], Meta(max_length=50)] = []
    subject_id: Identifier | None = None
    topic: Topic | None = None
    num_questions: NumQuestions = _DEFAULT_QUESTIONS
    difficulty: Difficulty | None = None
    kinds: Annotated[tuple[QuestionKind, ...], Meta(min_length=1, max_length=len(KINDS))] = (
        "multiple_choice",
    )


class AssignmentQuiz(msgspec.Struct, forbid_unknown_fields=True):
    num_questions: NumQuestions = _DEFAULT_QUESTIONS


class QuestionBody(msgspec.Struct):
    """``correct_answer``, ``explanation`` and ``citation`` are null until the quiz is submitted. In an assigned quiz
    they stay null until it shows its keys.

    ``kind`` says what an answer is: a letter (``multiple_choice``, ``true_false``), a list of letters
    (``multiple_answer``; ``ordering``, in order), or text (``cloze``, ``numeric``, ``short_answer``; these have no
    options). ``checked`` is "solver" if an agent that did not know the key found it, and no other right option;
    "teacher" if a teacher answers for the question; otherwise "rules".
    """

    question_id: str
    question: str
    options: list[str]
    kind: QuestionKind = "multiple_choice"
    checked: Check = "rules"
    hints: list[str] = []
    correct_answer: str | list[str] | None = None
    explanation: str | None = None
    citation: CitationBody | None = None


class HintBody(msgspec.Struct):
    """``number`` is 1, 2 or 3. ``evidence_weight`` is the weight, 0 to 1, that the answer has as evidence after this
    hint.
    """

    quiz_id: str
    question_id: str
    number: int
    hint: str
    hints_left: int
    evidence_weight: float


class QuizBody(msgspec.Struct):
    """``note`` explains why there are fewer questions than ``requested_questions``; otherwise it is null."""

    quiz_id: str
    title: str
    topic: str | None
    subject_id: str | None
    assignment_id: str | None
    session_id: str | None
    retake_of: str | None
    document_ids: list[str]
    difficulty_level: Difficulty
    created_at: str
    submitted_at: str | None
    requested_questions: int
    note: str | None
    kinds: list[QuestionKind]
    questions: list[QuestionBody]


class QuizSummary(msgspec.Struct):
    quiz_id: str
    title: str
    topic: str | None
    subject_id: str | None
    assignment_id: str | None
    difficulty_level: Difficulty
    total_questions: int
    created_at: str
    submitted_at: str | None


class QuizList(msgspec.Struct):
    items: list[QuizSummary]
    next_cursor: str | None


class Submission(msgspec.Struct, forbid_unknown_fields=True):
    answers: Annotated[dict[QuestionId, AnswerText | AnswerLetters | None], Meta(max_length=100)]


class GradedBody(msgspec.Struct):
    """``credit`` is 0 to 1; an answer that is right in parts gets a part. An answer that needs a review counts neither
    in the score nor in mastery; the same holds for a question that was ``retired`` later. ``corrections`` are the
    decisions about the mark, the latest first.

    ``correct_answer``, ``explanation`` and ``citation`` are null while an assignment does not show its keys.
    """

    question_id: str
    question: str
    kind: QuestionKind
    user_answer: str | list[str] | None
    correct_answer: str | list[str] | None
    is_correct: bool
    credit: float
    needs_review: bool
    hints_used: int
    explanation: str | None
    citation: CitationBody | None
    retired: Annotated[
        bool, Meta(description="Whether the question was taken out of the score for everybody.")
    ] = False
    appeal: AppealShown = None
    corrections: CorrectionList = []


class ResultBody(msgspec.Struct):
    """``score`` is a percentage, or null if every answer needs a review. ``corrections`` say what was changed after the
    submission, and why; the latest first.
    """

    result_id: str
    quiz_id: str
    title: str
    subject_id: str | None
    assignment_id: str | None
    score: float | None
    correct_answers: int
    total_questions: int
    results: list[GradedBody]
    mastery_changes: list[MasteryChangeBody]
    submitted_at: str
    corrections: MarkCorrectionList = []


class ResultSummary(msgspec.Struct):
    result_id: str
    quiz_id: str
    title: str
    subject_id: str | None
    assignment_id: str | None
    score: float | None
    correct_answers: int
    total_questions: int
    submitted_at: str
    corrections: MarkCorrectionList = []


class ResultList(msgspec.Struct):
    items: list[ResultSummary]
    next_cursor: str | None


def register(api: Api) -> None:
    @api.route(
        "POST",
        "/api/quizzes",
        body=CreateQuiz,
        example=CreateQuiz(num_questions=2),
        answers=QuizBody,
        reaches=("agent", "embedder", "key_value_store", "object_store", "vector_store"),
        creates=True,
        refuses=_NO_QUESTIONS,
    )
    def create_quiz(call: Call[CreateQuiz, NoBody]) -> QuizBody:
        """Make a quiz from the learner's documents and class materials."""
        from domain.quizzes.quiz import QuizRequest

        body = call.body
        wanted = QuizRequest(
            num_questions=body.num_questions,
            document_ids=tuple(body.document_ids),
            subject_id=body.subject_id,
            topic=" ".join(body.topic.split()) if body.topic else None,
            difficulty=body.difficulty,
            kinds=tuple(dict.fromkeys(body.kinds)),
        )
        quiz = call.services.quizzing.create(call.learner, wanted, call.new_id())
        return _quiz_body(quiz, shows_keys=quiz.submitted_at is not None)

    @api.route("GET", "/api/quizzes", query=PageQuery, answers=QuizList)
    def list_quizzes(call: Call[NoBody, PageQuery]) -> QuizList:
        """The learner's quizzes, newest first."""
        page = call.services.quizzing.page(call.learner, limit=call.query.limit, cursor=call.query.cursor)
        return QuizList([_quiz_summary(quiz) for quiz in page.items], page.cursor)

    @api.route("GET", "/api/quizzes/{quiz_id}", answers=QuizBody)
    def get_quiz(call: Call[NoBody, NoBody], quiz_id: str) -> QuizBody:
        """A quiz. Its answer keys are included once it is submitted."""
        quiz = call.services.quizzing.get(call.learner, quiz_id)
        return _quiz_body(quiz, shows_keys=call.services.quizzing.shows_keys(quiz))

    @api.route(
        "POST",
        "/api/quizzes/{quiz_id}/submit",
        body=Submission,
        example=Submission(answers={"1": "A"}),
        answers=ResultBody,
        reaches=("agent", "embedder", "key_value_store", "vector_store"),
        creates=True,
        refuses={
            **BAD_ANSWERS,
            **_SUBMITTED,
            **_NOT_OPEN,
            "unknown_question": (400, "The quiz has no such question."),
        },
    )
    def submit_quiz(call: Call[Submission, NoBody], quiz_id: str) -> ResultBody:
        """Submit the answers; they are scored once."""
        result = call.services.grading.submit(call.learner, quiz_id, call.body.answers)
        return _result_body(result, call.services.grading.shows_keys(result))

    @api.route(
        "POST",
        "/api/quizzes/{quiz_id}/questions/{question_id}/hint",
        answers=HintBody,
        reaches=("agent", "key_value_store"),
        creates=True,
        refuses={**_SUBMITTED, "no_more_hints": (409, "The learner has had all hints.")},
    )
    def give_hint(call: Call[NoBody, NoBody], quiz_id: str, question_id: str) -> HintBody:
        """The next of three hints to a question of an open quiz. No hint contains the key."""
        given = call.services.hinting.next(call.learner, quiz_id, question_id)
        left = MAX_HINTS - given.number
        return HintBody(quiz_id, question_id, given.number, given.text, left, given.evidence_weight)

    @api.route(
        "POST",
        "/api/quizzes/{quiz_id}/retake",
        answers=QuizBody,
        creates=True,
        refuses={
            **_NO_ATTEMPT,
            "quiz_not_submitted": (409, "The quiz was not submitted."),
            "no_attempts_left": (409, "All attempts at the assignment were made."),
            "assignment_not_found": (404, "The person is no longer in the class of the assignment."),
        },
    )
    def retake_quiz(call: Call[NoBody, NoBody], quiz_id: str) -> QuizBody:
        """Begin another attempt at a submitted quiz: the same questions, scored anew.

        For an assigned quiz, it is the next attempt, if there is one left.
        """
        quiz = call.services.assigning.retake(call.learner, quiz_id, call.new_id())
        return _quiz_body(quiz, shows_keys=call.services.quizzing.shows_keys(quiz))

    @api.route(
        "GET",
        "/api/quizzes/{quiz_id}/result",
        answers=ResultBody,
        refuses={"result_not_found": (404, "The quiz was not submitted.")},
    )
    def get_result(call: Call[NoBody, NoBody], quiz_id: str) -> ResultBody:
        """The result of a submitted quiz."""
        result = call.services.grading.result(call.learner, quiz_id)
        return _result_body(result, call.services.grading.shows_keys(result))

    @api.route("GET", "/api/quiz-results", query=PageQuery, answers=ResultList)
    def list_results(call: Call[NoBody, PageQuery]) -> ResultList:
        """The learner's results, newest first."""
        page = call.services.grading.results(call.learner, limit=call.query.limit, cursor=call.query.cursor)
        return ResultList([_result_summary(result) for result in page.items], page.cursor)

    @api.route(
        "POST",
        "/api/assignments/{assignment_id}/generate-quiz",
        body=AssignmentQuiz,
        example=AssignmentQuiz(num_questions=2),
        answers=QuizBody,
        reaches=("agent", "embedder", "key_value_store", "object_store", "vector_store"),
        creates=True,
        refuses={**_NO_QUESTIONS, **_NO_ATTEMPT},
    )
    def generate_assignment_quiz(call: Call[AssignmentQuiz, NoBody], assignment_id: str) -> QuizBody:
        """The learner's quiz for an assignment: the assigned items, or questions from the session's materials.

        For an assigned quiz, it is the open attempt. If there is none, it is a new attempt, or the last one if no
        attempt is left.
        """
        quiz = call.services.assigning.attempt(call.learner, assignment_id, call.body.num_questions)
        return _quiz_body(quiz, shows_keys=call.services.quizzing.shows_keys(quiz))


def _quiz_body(quiz: Quiz, *, shows_keys: bool) -> QuizBody:
    made, requested = len(quiz.questions), quiz.requested_questions
    return QuizBody(
        quiz_id=quiz.quiz_id,
        title=quiz.title,
        topic=quiz.topic,
        subject_id=quiz.subject_id,
        assignment_id=quiz.assignment_id,
        session_id=quiz.session_id,
        retake_of=quiz.retake_of,
        document_ids=list(quiz.documents),
        difficulty_level=quiz.difficulty_level,
        created_at=quiz.created_at,
        submitted_at=quiz.submitted_at,
        requested_questions=requested,
        note=f"The documents support {made} of the {requested} questions asked for."
        if made < requested
        else None,
        kinds=list(quiz.kinds),
        questions=[question_body(question, shows_keys) for question in quiz.questions],
    )


def question_body(question: Question, shows_key: bool) -> QuestionBody:
    from domain.quizzes.keys import correct_answer

    body = QuestionBody(
        question.question_id,
        question.question,
        list(question.options),
        kind=question.kind,
        checked=question.checked,
        hints=list(question.hints),
    )
    if shows_key:
        body.correct_answer = shown(correct_answer(question))
        body.explanation = question.explanation
        body.citation = cited_body(question.citation)
    return body


def shown(answer: Answer) -> str | list[str]:
    return answer if isinstance(answer, str) else list(answer)


def _quiz_summary(quiz: Quiz) -> QuizSummary:
    return QuizSummary(
        quiz_id=quiz.quiz_id,
        title=quiz.title,
        topic=quiz.topic,
        subject_id=quiz.subject_id,
        assignment_id=quiz.assignment_id,
        difficulty_level=quiz.difficulty_level,
        total_questions=len(quiz.questions),
        created_at=quiz.created_at,
        submitted_at=quiz.submitted_at,
    )


def _result_body(result: Result, shows_keys: bool) -> ResultBody:
    return ResultBody(
        **msgspec.structs.asdict(_result_summary(result)),
        results=[
            GradedBody(
                question_id=graded.question_id,
                question=graded.question,
                kind=graded.kind,
                user_answer=None if graded.user_answer is None else shown(graded.user_answer),
                correct_answer=shown(graded.correct_answer) if shows_keys else None,
                is_correct=graded.is_correct,
                credit=graded.credit,
                needs_review=graded.needs_review,
                hints_used=graded.hints_used,
                explanation=graded.explanation if shows_keys else None,
                citation=cited_body(graded.citation) if shows_keys else None,
                retired=graded.is_retired,
                appeal=appeal_body(graded.review.appeal),
                corrections=correction_bodies(graded.review),
            )
            for graded in result.score.results
        ],
        mastery_changes=[
            MasteryChangeBody(
                concept=change.concept,
                label=change.label,
                subject_id=change.subject_id,
                before=change.before,
                after=change.after,
            )
            for change in result.mastery_changes
        ],
    )


def _result_summary(result: Result) -> ResultSummary:
    return ResultSummary(
        result_id=result.result_id,
        quiz_id=result.quiz_id,
        title=result.title,
        subject_id=result.subject_id,
        assignment_id=result.assignment_id,
        score=result.score.score,
        correct_answers=result.score.correct_answers,
        total_questions=result.score.total_questions,
        submitted_at=result.submitted_at,
        corrections=_corrections(result),
    )


def _corrections(result: Result) -> list[MarkCorrectionBody]:
    """The corrections of the result, the latest first."""
    found = [
        MarkCorrectionBody(**msgspec.structs.asdict(body), question_id=graded.question_id)
        for graded in result.score.results
        for body in correction_bodies(graded.review)
    ]
    return sorted(found, key=lambda one: (one.decided_at, one.decision_id), reverse=True)[:MAX_SHOWN]

"""The main journeys: things that a person does from beginning to end. Each must succeed whichever call of a port fails,
and in whichever way it fails.

``prepare`` runs without faults, ``act`` with one fault. Then ``reached`` says what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from domain.base.tables import (
    FILES,
    INTERVIEW_SESSIONS,
    ITEM_ANSWERS,
    ITEMS,
    LEARNING_EVIDENCE,
    QUIZ_RESULTS,
    REVIEWS,
)
from tests.simulation.classroom import Teacher, add_class_items, appeal, dispute, taken
from tests.simulation.learner import GIVEN_UP, Book, Brought, Learner, Socket, TutorQuestion
from tests.simulation.texts import canary
from tests.simulation.world import World

_LOOKS = 40
A_DAY = 24 * 3600.0


@dataclass
class Journey:
    """A journey that is being done. ``got`` has the responses that the learner received."""

    world: World
    book: Book = field(default_factory=Book)
    got: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ada = Learner(self.world, "ada", self.book, "ada", tries=12)
        self.ada.pace = 0.05
        self.alan: Learner | None = None

    def row(self, brought: Brought) -> dict[str, Any]:
        return self.world.fakes.key_values.get(FILES, {"file_id": brought.file_id}) or {}

    def count(self, table: Any, **wanted: Any) -> int:
        rows = self.world.fakes.key_values.items(table)
        return sum(all(row.get(name) == value for name, value in wanted.items()) for row in rows)


@dataclass(frozen=True)
class Plan:
    name: str
    prepare: Callable[[Journey], None]
    act: tuple[Callable[[Journey], None], ...]
    """The actions of other people at the same time."""
    missing: Callable[[Journey], Iterator[str]]
    """The results that should be there and are missing."""
    is_swept: bool = True
    """Whether the schedule runs the sweeper during the journey."""


def nothing(journey: Journey) -> None:
    pass


def has_document(journey: Journey) -> None:
    offered(journey)
    put(journey)
    wait_until_completed(journey)


def offered(journey: Journey) -> None:
    journey.got["document"] = journey.ada.offer()


def put(journey: Journey) -> None:
    document = journey.got["document"]
    journey.ada.put(document, journey.ada.good(document))


def wait_until_completed(journey: Journey) -> None:
    wait_until(journey, lambda body: body["status"] in ("completed", "failed"))


def wait_until(journey: Journey, holds: Callable[[Any], bool]) -> None:
    """Poll until the document is processed, as a page does that shows its progress."""
    for _ in range(_LOOKS):
        reply = journey.ada.send("GET", f"/api/files/{journey.got['document'].file_id}")
        if reply is not None and reply.status == 200 and holds(reply.body):
            return
        journey.ada.rest(5.0)


def ask(journey: Journey, **more: Any) -> Any:
    asked = TutorQuestion("ada", f"What does the second law say? ({canary('ada', journey.ada.number())})")
    reply = journey.ada.ask_once("/api/chat", {"message": asked.message, **more}, asked)
    return None if reply is None or reply.status != 200 else reply.body


# From an upload to an answer.


def upload_and_ask(journey: Journey) -> None:
    offered(journey)
    if journey.got["document"] is None:
        return
    put(journey)
    wait_until_completed(journey)
    for _ in range(3):  # vectors are seen a moment later
        journey.got["answer"] = answer = ask(journey)
        if answer is not None and answer["citations"]:
            return
        journey.ada.rest(10.0)


def upload_long_and_ask(journey: Journey) -> None:
    """The words of a longer document are indexed before its vectors. A page may ask as soon as the words are."""
    journey.got["document"] = journey.ada.offer(length=9000)
    if journey.got["document"] is None:
        return
    put(journey)
    wait_until(journey, lambda body: body["searchable"] or body["status"] == "failed")
    ask(journey)
    wait_until_completed(journey)


def no_answer(journey: Journey) -> Iterator[str]:
    yield from not_completed(journey)
    answer = journey.got.get("answer")
    if answer is None or not answer["citations"]:
        yield f"the answer was {answer}"


def not_completed(journey: Journey) -> Iterator[str]:
    document = journey.got.get("document")
    if document is None:
        yield "no permission to upload was had"
    elif journey.row(document).get("status") != "completed":
        yield f"the document is {journey.row(document)}"


# Other bytes with the same permission to upload.


def put_again(journey: Journey) -> None:
    put(journey)
    journey.ada.rest(0.05)
    put(journey)
    journey.ada.rest(30.0)
    wait_until_completed(journey)


def not_the_last_version(journey: Journey) -> Iterator[str]:
    yield from not_completed(journey)
    document = journey.got["document"]
    if journey.world.fakes.objects.bodies()[document.key] != document.texts[-1]:
        yield "the bucket has other bytes than were sent last"


# A document that is deleted while it is read.


def upload(journey: Journey) -> None:
    put(journey)
    journey.ada.rest(1.0)


def delete_soon(journey: Journey) -> None:
    journey.ada.rest(0.07)
    journey.ada.delete(journey.got["document"])


def not_removed(journey: Journey) -> Iterator[str]:
    if not journey.got["document"].is_deleted:
        yield "the removal was not acknowledged"


# The tutor.


def converse(journey: Journey) -> None:
    first = ask(journey)
    journey.got["first"] = first
    if first is not None:
        journey.got["second"] = ask(journey, conversation_id=first["conversation_id"])
    other = ask(journey, subject_id="physics_101")
    if other is not None:
        journey.book.forgotten.add(other["conversation_id"])
        path = f"/api/chat/conversations/{other['conversation_id']}"
        journey.got["forgotten"] = journey.ada.persist("DELETE", path)


def not_conversed(journey: Journey) -> Iterator[str]:
    for name in ("first", "second", "forgotten"):
        if journey.got.get(name) is None:
            yield f"nothing was had for {name}"


def ask_today(journey: Journey) -> None:
    """Ask in the subject's conversation of today. Another tab asks there at the same time."""
    for _ in range(2):
        asked = TutorQuestion("ada", f"What does the third law say? ({canary('ada', journey.ada.number())})")
        path = "/api/chat/subjects/physics_101"
        reply = journey.ada.ask_once(path, {"message": asked.message}, asked)
        if reply is not None and reply.status == 200:
            journey.got[asked.message] = reply.body["conversation_id"]


def not_in_one_conversation(journey: Journey) -> Iterator[str]:
    answered_in = [id for name, id in journey.got.items() if name != "document"]
    if len(answered_in) != 4 or len(set(answered_in)) != 1:
        yield f"four questions of a day were answered in {answered_in}"


# Quizzes.


def take_quiz(journey: Journey) -> None:
    make_quiz(journey)
    submit(journey)
    journey.ada.persist("GET", "/api/profile")


def take_quiz_of_many_kinds(journey: Journey) -> None:
    kinds = ["true_false", "cloze", "multiple_answer", "numeric", "ordering", "short_answer"]
    body = {"num_questions": 6, "subject_id": "physics_101", "kinds": kinds}
    journey.ada.quizzed(journey.ada.persist("POST", "/api/quizzes", body, key=journey.ada.key()))
    for quiz in list(journey.book.quizzes.values()):
        journey.ada.submit_to(quiz, journey.ada.answers_to(quiz))
    journey.ada.persist("GET", "/api/profile")


def make_quiz(journey: Journey) -> None:
    body = {"num_questions": 3, "subject_id": "physics_101"}
    reply = journey.ada.persist("POST", "/api/quizzes", body, key=journey.ada.key())
    journey.ada.quizzed(reply)


def take_hints(journey: Journey) -> None:
    for quiz in list(journey.book.quizzes.values()):
        for _ in range(2):
            journey.ada.hint_to(quiz, quiz["questions"][0]["question_id"])


def submit(journey: Journey) -> None:
    for quiz in list(journey.book.quizzes.values()):
        journey.ada.submit_to(quiz, {one["question_id"]: "A" for one in quiz["questions"]})


def submit_otherwise(journey: Journey) -> None:
    for quiz in list(journey.book.quizzes.values()):
        journey.ada.submit_to(quiz, {one["question_id"]: "B" for one in quiz["questions"]})


def not_scored(journey: Journey) -> Iterator[str]:
    if len(journey.book.results) != 1 or journey.count(QUIZ_RESULTS) != 1:
        yield f"the results are {journey.book.results}"


def has_quiz(journey: Journey) -> None:
    has_document(journey)
    make_quiz(journey)


def has_reviews(journey: Journey) -> None:
    """A submitted quiz. A day later, the wrong answers are due for review."""
    has_quiz(journey)
    submit(journey)
    journey.ada.rest(A_DAY)
    journey.got["due"] = [item["item_id"] for item in due_items(journey)]


def due_items(journey: Journey) -> list[Any]:
    reply = journey.ada.persist("GET", "/api/reviews")
    return reply.body["items"] if reply is not None and reply.status == 200 else []


def answer_reviews(journey: Journey) -> None:
    for item in due_items(journey):
        path = f"/api/reviews/{item['item_id']}"
        journey.ada.persist("POST", path, {"answer": "B"}, key=journey.ada.key())


def answer_reviews_otherwise(journey: Journey) -> None:
    for item_id in journey.got["due"]:
        journey.ada.persist("POST", f"/api/reviews/{item_id}", {"answer": "C"})


def answer_half_of_the_reviews_right(journey: Journey) -> None:
    """Answer the reviews alternately right and wrong. A right answer leaves the list; a wrong one comes back tomorrow."""
    (result,) = journey.book.results.values()
    keys = {one["question"]: one["correct_answer"] for one in result["results"]}
    for place, item in enumerate(due_items(journey)):
        key = keys[item["question"]["question"]]
        wrong = "ABCD"[("ABCD".index(key) + 1) % 3]
        path = f"/api/reviews/{item['item_id']}"
        journey.ada.persist("POST", path, {"answer": wrong if place % 2 else key}, key=journey.ada.key())


def not_back_when_due(journey: Journey) -> Iterator[str]:
    yield from not_reviewed(journey)
    answers = [
        row for row in journey.world.fakes.key_values.items(REVIEWS) if row["review_id"].startswith("answer#")
    ]
    for row in answers:
        tomorrow = (date.fromisoformat(row["answered_on"]) + timedelta(days=1)).isoformat()
        if row["due_on"] < tomorrow or (not row["is_correct"] and row["due_on"] != tomorrow):
            yield f"a review was answered so, and comes back on {row['due_on']}: {row}"
    if len(answers) > 1 and len({bool(row["is_correct"]) for row in answers}) == 1:
        yield f"right and wrong answers were given, and these were scored: {answers}"


def not_reviewed(journey: Journey) -> Iterator[str]:
    rows = journey.world.fakes.key_values.items(LEARNING_EVIDENCE)
    answered = sorted(row["question_key"] for row in rows if row.get("source") == "review")
    if not answered or answered != sorted(journey.got["due"]):
        yield f"{journey.got['due']} came back, and these were answered: {answered}"


def take_again(journey: Journey) -> None:
    (quiz_id,) = journey.book.results
    journey.ada.quizzed(journey.ada.persist("POST", f"/api/quizzes/{quiz_id}/retake", key=journey.ada.key()))
    submit(journey)


def not_scored_twice(journey: Journey) -> Iterator[str]:
    if len(journey.book.results) != 2 or journey.count(QUIZ_RESULTS) != 2:
        yield f"the results are {journey.book.results}"


def has_result(journey: Journey) -> None:
    has_quiz(journey)
    submit(journey)


def has_class_material(journey: Journey) -> None:
    grace = Learner(journey.world, "grace", journey.book, "grace")
    text = journey.ada.good(Brought("class:physics_101", 1, "", "", None, 2400))  # type: ignore[arg-type]
    wanted = {
        "file_name": "lecture.txt",
        "content_type": "",
        "file_size": len(text),
        "session_id": "session_1",
    }
    offer = grace.send("POST", "/api/teacher/subjects/physics_101/materials/upload-url", wanted)
    assert offer is not None
    assert offer.status == 200, offer.text
    from ports.object_store import PresignedPost

    form = PresignedPost(offer.body["upload"]["url"], offer.body["upload"]["fields"])
    lecture = Brought("class:physics_101", 1, offer.body["file_id"], offer.body["file_key"], form, len(text))
    journey.book.brought[lecture.file_id] = lecture
    grace.put(lecture, text)
    grace.rest(20.0)


def take_assignment(journey: Journey) -> None:
    journey.ada.assignment()
    journey.ada.assignment()
    submit(journey)


# The bank of a class.

_ITEMS = "/api/teacher/subjects/physics_101/items"
_ASSIGNED = "/api/teacher/subjects/physics_101/assignments/assignment_1/quiz"


def teacher_of(journey: Journey) -> Learner:
    grace = Learner(journey.world, "grace", journey.book, "grace", tries=12)
    grace.pace = 0.05
    return grace


def make_items(journey: Journey) -> None:
    """Make drafts from the class materials. The same request is repeated until it gets a response."""
    grace = teacher_of(journey)
    reply = grace.persist("POST", _ITEMS, {"generate": {"num_questions": 2}}, key="items")
    if reply is not None and reply.status == 200:
        journey.got["items"] = [one["item_id"] for one in reply.body["items"]]


def assign_items(journey: Journey) -> None:
    grace = teacher_of(journey)
    for item_id in journey.got.get("items", ()):
        grace.persist("POST", f"{_ITEMS}/{item_id}/approve", {"version": 1})
    reply = grace.persist("POST", _ASSIGNED, {"item_ids": journey.got.get("items", ())})
    journey.got["assigned"] = reply is not None and reply.status == 200


def take_assigned(journey: Journey) -> None:
    journey.ada.assignment()
    journey.ada.assignment()
    submit(journey)


def teach_and_take(journey: Journey) -> None:
    make_items(journey)
    assign_items(journey)
    take_assigned(journey)


def has_assigned(journey: Journey) -> None:
    has_class_material(journey)
    make_items(journey)
    assign_items(journey)
    journey.ada.assignment()


def edit_item(journey: Journey, words: str) -> None:
    body = {"version": 1, "explanation": words}
    reply = teacher_of(journey).persist("PATCH", f"{_ITEMS}/{journey.got['items'][0]}", body)
    if reply is not None and reply.status == 200:
        journey.got.setdefault("edits", []).append(words)


def edit_one_way(journey: Journey) -> None:
    edit_item(journey, "One way.")


def edit_the_other_way(journey: Journey) -> None:
    edit_item(journey, "The other way.")


def not_answered_by_item(journey: Journey) -> Iterator[str]:
    yield from not_scored(journey)
    rows = [row for row in journey.world.fakes.key_values.items(ITEM_ANSWERS) if row["user_id"] == "ada"]
    if sorted(row["item_id"] for row in rows) != sorted(journey.got["items"]):
        yield f"{journey.got['items']} were answered, and these are found: {rows}"


def not_edited_once(journey: Journey) -> Iterator[str]:
    edits = journey.got.get("edits", [])
    heads = [
        row
        for row in journey.world.fakes.key_values.items(ITEMS)
        if row["item_id"] == journey.got["items"][0] and row["sort_key"] == "item"
    ]
    if len(edits) > 1 or (edits and heads[0]["content"]["explanation"] != edits[0]):
        yield f"the edits {edits} were acknowledged, and the item is {heads}"


# Interviews.


def be_interviewed(journey: Journey, questions: int = 2) -> None:
    """Answer once by voice. If there is a second question, lose the connection, resume, and answer in text."""
    ada = journey.ada
    socket, begun = _begun(journey, questions)
    if socket is None or begun is None:
        return
    session_id = begun["session_id"]
    journey.book.interviews[session_id] = "ada"
    given_up = ada.recorded(1, GIVEN_UP)
    socket.persist(given_up[0], "audio_received", seconds=5.0)
    socket.persist(
        {"type": "discard_recording", "recording_id": given_up[0]["recording_id"]}, "recording_discarded"
    )
    ada.speak(socket, 1, "The body stays at rest. Or it moves uniformly.")
    socket.leave()
    if questions == 1:
        return
    listed = ada.listed_token(session_id)
    token = {"session_id": session_id, "resume_token": listed or begun["resume_token"]}
    socket, resumed = _resumed(journey, token)
    if socket is not None and resumed is not None and resumed["state"] == "asked":
        words = "The body stays at rest. Or it moves uniformly. Net force equals mass times acceleration."
        answer = {"type": "text_answer", "text": words, "request_id": "second"}
        socket.persist(
            answer | {"question_number": resumed["question_number"]}, "response_processed", seconds=30.0
        )


def _begun(journey: Journey, questions: int) -> tuple[Socket | None, Any]:
    wish = {
        "type": "start_interview",
        "max_questions": questions,
        "subject_id": "physics_101",
        "request_id": "begin",
    }
    for _ in range(4):
        socket = journey.ada.socket()
        if socket is not None:
            begun = socket.persist(wish, "interview_started", tries=4, seconds=40.0)
            if begun is not None:
                return socket, begun
            socket.leave()
        journey.ada.rest(5.0)
    return None, None


def _resumed(journey: Journey, token: Any) -> tuple[Socket | None, Any]:
    """Resume the interview, and wait until its question is open again."""
    socket, resumed = None, None
    for _ in range(_LOOKS):
        socket = socket or journey.ada.socket()
        if socket is not None:
            resumed = socket.persist({"type": "resume_interview", **token}, "interview_resumed", seconds=5.0)
        if resumed is not None and resumed["state"] in ("asked", "ended"):
            break
        journey.ada.rest(10.0)
    return socket, resumed


def not_interviewed(journey: Journey) -> Iterator[str]:
    turns = [
        row
        for row in journey.world.fakes.key_values.items(INTERVIEW_SESSIONS)
        if row["sort_key"].startswith("t#") and row["session_id"] in journey.book.interviews
    ]
    if not any(turn.get("analysis") for turn in turns):
        yield f"no answer was judged: {turns}"


# A teacher's decisions.


def has_classroom(journey: Journey) -> None:
    """Ada and alan have taken the assignment, and ada has begun another attempt."""
    add_class_items(journey.world)
    journey.alan = Learner(journey.world, "alan", journey.book, "alan", tries=12)
    for learner in (journey.ada, journey.alan):
        learner.assignment()
    submit_as_owner(journey)
    journey.ada.assignment()


def submit_as_owner(journey: Journey) -> None:
    """Submit all open attempts. Everybody chooses B."""
    for quiz_id, quiz in list(journey.book.quizzes.items()):
        learner = journey.ada if quiz["owner"] == "ada" else journey.alan
        if quiz_id not in journey.book.results and learner is not None:
            learner.submit_to(quiz, {one["question_id"]: "B" for one in quiz["questions"]})


def dispute_marks(journey: Journey) -> None:
    for _ in range(3):
        appeal(journey.ada)


def decide_over_marks(journey: Journey) -> None:
    """Decide over every mark, then differently over the last one."""
    teacher = deciding_teacher(journey)
    result_id = taken(journey.book, "ada")[0]["result_id"]
    for number, verdict in (("1", "right"), ("2", "right"), ("3", "right"), ("3", "partly")):
        teacher.decide(result_id, verdict, question_id=number)
    teacher.look()


def has_been_interviewed(journey: Journey) -> None:
    has_document(journey)
    be_interviewed(journey, questions=1)


def dispute_facts(journey: Journey) -> None:
    (session_id,) = journey.book.interviews
    for fact in ("1.1", "1.2"):
        dispute(journey.ada, session_id, fact=fact)


def decide_over_facts(journey: Journey) -> None:
    """Decide over both facts, then differently over the second one."""
    teacher = deciding_teacher(journey)
    (session_id,) = journey.book.interviews
    for fact, verdict in (("1.1", "contradicted"), ("1.2", "stated"), ("1.2", "partly")):
        teacher.decide(session_id, verdict, fact=fact)
    teacher.look()


def correct_a_key(journey: Journey) -> None:
    correct(journey, "item1", key="B")


def retire_an_item(journey: Journey) -> None:
    correct(journey, "item2", retire=True)


def correct(journey: Journey, item_id: str, **how: Any) -> None:
    """Correct the key, and look at the regrade's progress after the sweeper has run. If the fault struck that request,
    look once more.
    """
    teacher = deciding_teacher(journey)
    regrade_id = teacher.correct(item_id, **how)
    for _ in range(2):
        journey.ada.rest(65.0)
        journey.got["state"] = None if regrade_id is None else teacher.state(regrade_id)
        if journey.got["state"] == "done":
            return


def deciding_teacher(journey: Journey) -> Teacher:
    teacher = Teacher(journey.world, journey.book, "grace", tries=12)
    teacher.client.pace = 0.05
    return teacher


def not_decided(journey: Journey) -> Iterator[str]:
    if len(journey.book.decisions) != 4:
        yield f"the decisions were {journey.book.decisions}"


def not_decided_over_facts(journey: Journey) -> Iterator[str]:
    if len(journey.book.decisions) != 3:
        yield f"the decisions were {journey.book.decisions}"


def not_corrected(journey: Journey) -> Iterator[str]:
    if journey.got.get("state") != "done":
        yield f"a key was corrected, and that is {journey.got}"


# Erasure.


def has_lived(journey: Journey) -> None:
    has_document(journey)
    ask(journey)
    make_quiz(journey)
    submit(journey)
    be_interviewed(journey, questions=1)


def be_erased(journey: Journey) -> None:
    journey.ada.erase()


def not_erased(journey: Journey) -> Iterator[str]:
    if "ada" not in journey.book.erased:
        yield "the erasure was not acknowledged"


# The sweeper.


def is_left_in_between(journey: Journey) -> None:
    """A lost event, an unused permission to upload, an old standing, and an interview that nobody continued."""
    world, got = journey.world, journey.got
    has_lived(journey)
    got["unused"] = journey.ada.offer()
    got["document"] = journey.ada.offer()
    world.weather.lost_events = 1.0
    put(journey)
    world.weather.lost_events = 0.0


def sweep(journey: Journey) -> None:
    for seconds in (0.0, 70.0, 1000.0, 10.0, 10.0):
        journey.ada.rest(seconds)
        journey.world.sweep_now()


PLANS = (
    Plan("upload", nothing, (upload_and_ask,), no_answer),
    Plan("long-upload", nothing, (upload_long_and_ask,), not_completed),
    Plan("re-upload", offered, (put_again,), not_the_last_version),
    Plan("delete", offered, (upload, delete_soon), not_removed),
    Plan("chat", has_document, (converse,), not_conversed),
    Plan("two-tabs", has_document, (ask_today, ask_today), not_in_one_conversation),
    Plan("quiz", has_document, (take_quiz,), not_scored),
    Plan("hints", has_quiz, (take_hints, submit), not_scored),
    Plan("quiz-of-many-kinds", has_document, (take_quiz_of_many_kinds,), not_scored),
    Plan("submit-twice", has_quiz, (submit, submit_otherwise), not_scored),
    Plan("reviews", has_reviews, (answer_reviews,), not_reviewed),
    Plan("reviews-by-turns", has_reviews, (answer_half_of_the_reviews_right,), not_back_when_due),
    Plan("review-twice", has_reviews, (answer_reviews, answer_reviews_otherwise), not_reviewed),
    Plan("retake", has_result, (take_again,), not_scored_twice),
    Plan("assignment", has_class_material, (take_assignment,), not_scored),
    Plan("bank", has_class_material, (teach_and_take,), not_answered_by_item),
    Plan("assigned-twice", has_assigned, (submit, submit_otherwise), not_answered_by_item),
    Plan("edit-twice", has_assigned, (edit_one_way, edit_the_other_way), not_edited_once),
    Plan("interview", has_document, (be_interviewed,), not_interviewed),
    Plan("appeals", has_classroom, (dispute_marks, decide_over_marks), not_decided),
    Plan("facts", has_been_interviewed, (dispute_facts, decide_over_facts), not_decided_over_facts),
    Plan("facts-of-the-erased", has_been_interviewed, (decide_over_facts, be_erased), not_erased),
    Plan("corrected-key", has_classroom, (correct_a_key, submit_as_owner), not_corrected),
    Plan("retired-item", has_classroom, (retire_an_item, be_erased), not_corrected),
    Plan("erasure", has_lived, (be_erased,), not_erased),
    Plan("sweeper", is_left_in_between, (sweep,), not_completed, is_swept=False),
)

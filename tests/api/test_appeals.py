"""A learner disputes a mark; the teacher finds it with all that is needed, decides, and the learner sees why."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.base.tables import APPEALS
from tests.support.interviews import ANSWERS, QUESTIONS, analysis, begun, connected, prepared
from tests.support.marking import PHYSICS_101, given, items, letters
from tests.support.world import PHYSICS, PHYSICS_ITEMS_OF_OTHER_KINDS, Reply, User, World

DESK = f"/api/teacher/subjects/{PHYSICS_101}/appeals"
OVERRIDES = f"/api/teacher/subjects/{PHYSICS_101}/overrides"
SENTENCE = "It says the same."


@pytest.fixture
def grace(world: World) -> User:
    return world.user("grace")


def taken(world: World, learner: str, quiz_id: str, chosen: list[int | None]) -> None:
    given(world, learner, quiz_id, items(len(chosen)))
    answers = letters(world, learner, quiz_id, chosen)
    assert world.user(learner).post(f"/api/quizzes/{quiz_id}/submit", {"answers": answers}).status == 200


def appeal(who: User, result_id: str = "q1-r", sentence: str = SENTENCE, **mark: str) -> Reply:
    return who.post(
        f"/api/results/{result_id}/appeals", {"sentence": sentence, **(mark or {"question_id": "1"})}
    )


def desk(grace: User, **query: str) -> Any:
    reply = grace.get(DESK + "?" + "&".join(f"{name}={value}" for name, value in query.items()))
    assert reply.status == 200, reply.text
    return reply.body["items"]


def test_the_teacher_sees_the_question_the_answer_the_passage_and_the_machines_reasons(
    world: World, ada: User, grace: User
) -> None:
    taken(world, "ada", "q1", [1])
    made = appeal(ada)
    assert (made.status, made.body["status"]) == (200, "open")

    (found,) = desk(grace)

    assert (found["why"], found["sentence"], found["status"]) == ("appeal", SENTENCE, "open")
    assert (found["user_id"], found["name"]) == ("ada", "Ada Lovelace")
    assert (found["result_id"], found["question_id"], found["fact_id"]) == ("q1-r", "1", None)
    assert found["question"] == "What is force 1?"
    assert found["options"][ord(found["user_answer"]) - 65] == "a colour"
    assert found["options"][ord(found["correct_answer"]) - 65] == "a push"
    assert found["passage"] == found["citation"]["quote"] == "quote"
    assert (found["machine"]["verdict"], found["machine"]["credit"]) == ("wrong", 0.0)
    assert "The key is: a push" in found["machine"]["reasons"]
    assert "It pushes." in found["machine"]["reasons"]
    assert found["decision"] is None


def test_a_decision_closes_the_appeal_and_the_learner_sees_the_outcome_and_why(
    world: World, ada: User, grace: User
) -> None:
    taken(world, "ada", "q1", [1])
    made = appeal(ada).body
    ruling = {"result_id": "q1-r", "question_id": "1", "verdict": "right", "reason": "A colour will do."}
    done = grace.post(OVERRIDES, ruling).body

    assert desk(grace) == []
    (closed,) = desk(grace, status="decided")
    assert closed["appeal_id"] == made["appeal_id"]
    assert (closed["decision"]["reason"], closed["decision"]["verdict"]) == ("A colour will do.", "right")
    (mark,) = ada.get("/api/quizzes/q1/result").body["results"]
    assert mark["appeal"] == {
        "sentence": SENTENCE,
        "status": "decided",
        "created_at": made["created_at"],
        "decision_id": done["decision_id"],
    }
    assert mark["corrections"][0]["reason"] == "A colour will do."
    again = appeal(ada)
    assert (again.body["appeal_id"], again.body["status"]) == (made["appeal_id"], "decided")
    assert desk(grace) == []


def test_there_is_one_appeal_for_each_mark(world: World, ada: User, grace: User) -> None:
    taken(world, "ada", "q1", [1, 1])
    first = appeal(ada)
    assert appeal(ada).body == first.body
    other = appeal(ada, sentence="Something else.")
    assert (other.status, other.code) == (409, "already_appealed")
    assert appeal(ada, question_id="2").status == 200
    assert len(desk(grace)) == 2
    page = grace.get(f"{DESK}?limit=1").body
    rest = grace.get(f"{DESK}?limit=1&cursor={page['next_cursor']}").body
    assert {one["question_id"] for one in page["items"] + rest["items"]} == {"1", "2"}


def test_nobody_can_appeal_or_see_the_mark_of_another_learner(world: World, ada: User, alan: User) -> None:
    taken(world, "ada", "q1", [1])
    appeal(ada)
    for result_id in ("q1-r", "nothing"):
        assert (appeal(alan, result_id).status, appeal(alan, result_id).code) == (404, "result_not_found")
    assert appeal(ada, question_id="7").code == "mark_not_found"
    karl = world.user("karl")
    assert karl.get(DESK).code == "not_your_subject"
    assert karl.get("/api/teacher/subjects/history_201/appeals").body["items"] == []
    assert alan.get(DESK).code == "teacher_only"


@pytest.mark.parametrize(
    "body",
    [
        {"sentence": " ", "question_id": "1"},
        {"sentence": "x" * 501, "question_id": "1"},
        {"sentence": SENTENCE},
        {"sentence": SENTENCE, "question_id": "1", "fact": "1.1"},
        {"question_id": "1"},
    ],
)
def test_an_appeal_that_says_nothing_is_refused(world: World, ada: User, body: dict[str, str]) -> None:
    taken(world, "ada", "q1", [1])
    assert ada.post("/api/results/q1-r/appeals", body).status == 400
    assert world.adapters.key_values.items(APPEALS) == []


def test_a_mark_that_belongs_to_no_class_cannot_be_appealed(world: World, ada: User) -> None:
    ada.upload("notes.txt", PHYSICS)
    quiz = ada.make_quiz(num_questions=1)
    ada.submit(quiz, ada.wrong_answers(quiz))
    reply = appeal(ada, f"{quiz['quiz_id']}-r")
    assert (reply.status, reply.code) == (409, "no_teacher")


def unsure_quiz(world: World, ada: User) -> Any:
    """A short answer that no judge could read."""
    items = {"questions": [PHYSICS_ITEMS_OF_OTHER_KINDS[-1] | {"passage": 1}]}
    world.adapters.agent.enqueue(json.dumps(items))
    made = ada.post(
        "/api/quizzes", {"num_questions": 1, "subject_id": PHYSICS_101, "kinds": ["short_answer"]}
    )
    assert made.status == 200, made.text
    for _ in range(2):
        world.adapters.agent.enqueue("no judgement")
    answers = {"1": "Every action has an equal and opposite reaction."}
    result = ada.submit(made.body, answers).body
    assert result["results"][0]["needs_review"]
    return result


def test_an_undecided_mark_about_class_material_is_put_on_the_desk(
    world: World, ada: User, grace: User
) -> None:
    grace.share(PHYSICS_101, "lecture.txt", PHYSICS)
    result = unsure_quiz(world, ada)

    (found,) = desk(grace)

    assert (found["why"], found["sentence"]) == ("needs_review", None)
    assert (found["machine"]["verdict"], found["machine"]["credit"]) == ("needs_review", None)
    ruling = {"result_id": result["result_id"], "question_id": "1", "verdict": "right", "reason": "Yes."}
    done = grace.post(OVERRIDES, ruling).body
    assert (done["score_before"], done["score_after"], done["credit_before"]) == (None, 100.0, None)
    assert desk(grace) == []
    (concept,) = ada.get(f"/api/profile?subject_id={PHYSICS_101}").body["concepts"]
    assert concept["evidence_count"] == 1
    shown = ada.get(f"/api/quizzes/{result['quiz_id']}/result").body
    assert (shown["score"], [one["concept"] for one in shown["mastery_changes"]]) == (
        100.0,
        [concept["concept"]],
    )


def test_a_mark_about_a_learners_own_notes_reaches_the_desk_only_by_an_appeal(
    world: World, ada: User, grace: User
) -> None:
    ada.upload("notes.txt", PHYSICS, subject_id=PHYSICS_101)
    result = unsure_quiz(world, ada)
    assert desk(grace) == []
    assert appeal(ada, result["result_id"]).status == 200
    assert [one["why"] for one in desk(grace)] == ["appeal"]


def test_a_fact_of_an_interview_is_disputed_and_decided(world: World, ada: User, grace: User) -> None:
    prepared(world, ada)
    socket = connected(world, ada)
    session_id = begun(socket, max_questions=1)["session_id"]
    socket.send({"type": "text_answer", "text": ANSWERS[QUESTIONS[0]["question"]].split(". ")[0] + "."})
    socket.send({"type": "end_interview"})
    made = appeal(ada, session_id, fact="1.2")
    assert (made.status, made.body["fact_id"]) == (200, "1.2")

    (found,) = desk(grace)

    assert (found["question"], found["kind"]) == (QUESTIONS[0]["question"], None)
    assert (found["fact_id"], found["correct_answer"]) == ("1.2", "Or it moves uniformly.")
    assert (found["user_answer"], found["machine"]["verdict"]) == ("The body stays at rest.", "missing")
    assert found["citation"]["quote"] == "moves uniformly unless a force acts on it"
    assert PHYSICS[:40] in found["passage"]
    ruling = {"result_id": session_id, "fact": "1.2", "verdict": "partly", "reason": "Half of it."}
    assert grace.post(OVERRIDES, ruling).status == 200
    assert desk(grace) == []
    (review,) = ada.get(f"/api/interviews/{session_id}").body["turns"][0]["reviews"]
    assert (review["appeal"]["status"], review["corrections"][0]["reason"]) == ("decided", "Half of it.")


def test_an_unsure_fact_about_class_material_is_put_on_the_desk(world: World, ada: User, grace: User) -> None:
    grace.share(PHYSICS_101, "lecture.txt", PHYSICS)
    prepared(world, world.user("alan"))

    def unsure(task: Any) -> str:
        found = json.loads(analysis(task))
        for one in found["facts"]:
            one["verdict"] = "unsure"
            one["quote"] = task.answer.split(".")[0]
        return json.dumps(found)

    socket = connected(world, ada)
    session_id = begun(socket, max_questions=1)["session_id"]
    world.adapters.agent.enqueue(unsure)
    socket.send({"type": "text_answer", "text": ANSWERS[QUESTIONS[0]["question"]]})
    socket.send({"type": "end_interview"})

    found = desk(grace)

    assert {one["why"] for one in found} == {"unsure"}
    assert found[0]["machine"] | {"reasons": []} == {"verdict": "unsure", "credit": None, "reasons": []}
    place = found[0]["fact_id"]
    ruling = {"result_id": session_id, "fact": place, "verdict": "stated", "reason": "Clearly."}
    assert grace.post(OVERRIDES, ruling).status == 200
    assert place not in {one["fact_id"] for one in desk(grace)}


def test_an_erasure_takes_the_learners_marks_from_the_desk(world: World, ada: User, alan: User) -> None:
    for who, quiz_id in ((ada, "q1"), (alan, "q2")):
        taken(world, who.name, quiz_id, [1])
        appeal(who, f"{quiz_id}-r")
    assert ada.delete("/api/me/data").body["erased"]["appeals"] == 1
    assert [one["user_id"] for one in desk(world.user("grace"))] == ["alan"]

"""The bank of a class: a teacher makes, edits, approves and retires items; nobody else sees them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.bank.item import BankItem
from domain.bank.orders import Changes, DraftOrder
from domain.base.errors import Conflict
from domain.base.learner import Learner
from domain.base.moments import to_text
from ports.text_extractor import Heading, PageText
from tests.support import bank
from tests.support.classes import enrolled
from tests.support.faults import AtCallOf, worker
from tests.support.kinds import BODY, every_kind
from tests.support.world import PHYSICS, Reply, User, World, physics_quiz

ITEMS = "/api/teacher/subjects/physics_101/items"
ANALYTICS = "/api/teacher/subjects/physics_101/ai-analytics"
OWN = {
    "question": "What does Newton's second law say that the net force on a body equals?",
    "options": [
        "its mass times its acceleration",
        "its weight divided by its speed",
        "the sum of its charges",
    ],
    "correct_answer": "A",
    "explanation": "It is the second law.",
    "concept": "Newton's second law",
}


@pytest.fixture
def grace(world: World) -> User:
    return world.user("grace")


def generated(world: World, grace: User, **told: Any) -> list[Any]:
    grace.share("physics_101", "laws.txt", PHYSICS)
    world.adapters.agent.enqueue(physics_quiz)
    reply = grace.post(ITEMS, {"generate": {"num_questions": 3, **told}})
    assert reply.status == 200, reply.text
    items: list[Any] = reply.body["items"]
    return items


def own(grace: User, **told: Any) -> Reply:
    return grace.post(ITEMS, OWN | told)


def test_drafts_are_made_from_class_materials_with_their_passage(world: World, grace: User) -> None:
    items = generated(world, grace)

    assert len(items) == 3
    for item in items:
        assert (item["status"], item["version"], item["author"]) == ("draft", 1, "agent")
        assert item["admission"]["admitted"]
        assert item["citation"]["quote"] in PHYSICS
        assert item["correct_answer"] in "ABCD"
    detail = grace.get(f"{ITEMS}/{items[0]['item_id']}").body
    assert items[0]["citation"]["quote"] in detail["passage"]
    assert detail["statistics"]["too_few"]
    assert [one["version"] for one in detail["versions"]] == [1]


def test_generating_again_with_the_same_key_makes_nothing_more(world: World, grace: User) -> None:
    grace.share("physics_101", "laws.txt", PHYSICS)
    body = {"generate": {"num_questions": 3}}
    world.adapters.agent.enqueue(physics_quiz)
    first = grace.post(ITEMS, body, headers={"Idempotency-Key": "one"})
    again = grace.post(ITEMS, body, headers={"Idempotency-Key": "one"})
    assert first.body == again.body
    assert len(grace.get(ITEMS).body["items"]) == 3


def test_a_generation_that_was_cut_short_finds_what_it_made(world: World, grace: User) -> None:
    grace.share("physics_101", "laws.txt", PHYSICS)
    world.adapters.agent.enqueue(physics_quiz)
    authoring = world.services.authoring
    teacher = Learner("grace", "", None, "Grace Hopper", "teacher")
    first = authoring.generate(teacher, "physics_101", DraftOrder(3), "order-1")
    asked = len(world.adapters.agent.tasks)
    assert authoring.generate(teacher, "physics_101", DraftOrder(3), "order-1") == first
    assert len(world.adapters.agent.tasks) == asked


def test_drafts_of_a_class_without_materials_are_refused(grace: User) -> None:
    assert grace.post(ITEMS, {"generate": {}}).code == "no_materials"
    assert grace.post(ITEMS, {"generate": {"document_ids": ["unknown"]}}).code == "file_not_found"


def test_the_gate_checks_a_teachers_own_item(world: World, grace: User) -> None:
    grace.share("physics_101", "laws.txt", PHYSICS)

    good = own(grace).body
    wrong = own(grace, question="Which body falls faster?", correct_answer="B").body

    assert good["admission"] == {"admitted": True, "code": None, "kept": False, "checked": "rules"}
    assert good["citation"]["quote"] in PHYSICS
    assert good["author"] == "teacher"
    assert not wrong["admission"]["admitted"]
    assert wrong["admission"]["code"]
    assert wrong["citation"] is None


def test_an_item_that_the_bank_has_already_is_refused_as_a_duplicate(grace: User) -> None:
    grace.share("physics_101", "laws.txt", PHYSICS)
    own(grace)
    again = own(grace, explanation="In other words.").body
    assert again["admission"]["code"] == "duplicate"
    assert again["citation"]["quote"] in PHYSICS


def test_the_reason_says_that_the_materials_support_another_key(grace: User) -> None:
    grace.share("physics_101", "laws.txt", PHYSICS)
    wrong = own(grace, correct_answer="B").body
    assert wrong["admission"]["code"] not in (None, "unsupported_quote")


def test_a_sentence_about_something_else_supports_no_key(grace: User) -> None:
    """The words of each wrong option stand somewhere in the materials."""
    text = (
        "A force is a push or a pull that one body exerts on another.\n\nA swimmer pushes the wall backwards.\n\n"
        "A train at constant velocity is a good frame. Weight is the force of gravity on a body."
    )
    grace.share("physics_101", "force.txt", text)
    item = own(
        grace,
        question="What is a push or a pull that one body exerts on another called?",
        options=["Force", "Wall", "Train", "Weight"],
        concept="force",
    ).body
    assert item["citation"]["quote"] == "A force is a push or a pull that one body exerts on another."
    for letter in "BCD":
        path = f"{ITEMS}/{item['item_id']}"
        edited = grace.patch(path, {"correct_answer": letter}).body
        assert edited["admission"]["code"] == "unsupported_key"
        assert edited["citation"] is None
    assert grace.patch(path, {"correct_answer": "A"}).body["admission"]["admitted"]


def test_a_heading_is_no_quote(grace: User, world: World) -> None:
    text = "Friction against motion\n\nIt opposes sliding."
    world.adapters.extractor.script(
        text.encode(), [PageText(1, text, (Heading(0, "Friction against motion", 1),))]
    )
    grace.share("physics_101", "friction.txt", text)
    item = own(
        grace, question="What is friction against?", options=["Motion", "Light", "Colour"], concept="friction"
    ).body
    assert item["admission"]["code"] == "unsupported_quote"
    assert item["citation"] is None


def test_an_item_that_the_gate_refuses_is_approved_only_if_the_teacher_keeps_it(grace: User) -> None:
    item = own(grace).body  # the class has no materials for it
    path = f"{ITEMS}/{item['item_id']}/approve"

    assert (grace.post(path, {}).status, grace.post(path, {}).code) == (409, "item_refused")
    kept = grace.post(path, {"keep": True}).body

    assert (kept["status"], kept["approved_version"]) == ("approved", 1)
    assert kept["admission"]["kept"]
    assert kept["admission"]["checked"] == "teacher"


def test_an_edit_is_a_new_version_and_a_draft(world: World, grace: User) -> None:
    grace.share("physics_101", "laws.txt", PHYSICS)
    item = own(grace).body
    path = f"{ITEMS}/{item['item_id']}"
    grace.post(f"{path}/approve", {"version": 1})

    edited = grace.patch(path, {"version": 1, "explanation": "Force is mass times acceleration."}).body

    assert (edited["version"], edited["status"], edited["approved_version"]) == (2, "draft", 1)
    assert edited["admission"]["admitted"]
    places = [
        {name: one["citation"][name] for name in ("file_id", "quote", "start")} for one in (item, edited)
    ]
    assert places[0] == places[1]
    detail = grace.get(path).body
    assert [one["explanation"] for one in detail["versions"]] == [OWN["explanation"], edited["explanation"]]


def test_an_edit_that_changes_nothing_makes_no_version(grace: User) -> None:
    item = own(grace).body
    path = f"{ITEMS}/{item['item_id']}"
    change = {"version": 1, "explanation": "Another."}
    first, again = grace.patch(path, change), grace.patch(path, change)
    assert first.body == again.body
    assert first.body["version"] == 2


def test_the_second_of_two_teachers_who_edit_the_same_version_is_refused(grace: User) -> None:
    item = own(grace).body
    path = f"{ITEMS}/{item['item_id']}"
    assert grace.patch(path, {"version": 1, "explanation": "First."}).status == 200
    second = grace.patch(path, {"version": 1, "explanation": "Second."})
    assert (second.status, second.code) == (409, "item_changed")
    for decision in ("approve", "retire"):
        stale = grace.post(f"{path}/{decision}", {"version": 1})
        assert (stale.status, stale.code) == (409, "item_changed")
    assert grace.get(path).body["explanation"] == "First."


def test_the_same_edit_sent_twice_at_once_makes_one_version() -> None:
    world = World()
    grace = world.user("grace")
    item_id = own(grace).body["item_id"]
    teacher = Learner("grace", "", None, "Grace", "teacher")

    def meanwhile(words: str, others: str) -> BankItem:
        """Edit the explanation to ``words`` while another request edits it to ``others``. Returns the item."""
        other = {"explanation": others}
        happens = AtCallOf(method="transact", happens=lambda: grace.patch(f"{ITEMS}/{item_id}", other))
        authoring = worker(world, happens).authoring
        return authoring.edit(teacher, "physics_101", item_id, Changes(explanation=words), None)

    assert meanwhile("So it is.", "So it is.").latest.item_version == 2
    with pytest.raises(Conflict):
        meanwhile("One way.", "The other way.")
    assert grace.get(f"{ITEMS}/{item_id}").body["explanation"] == "The other way."


def test_a_retired_item_is_neither_edited_nor_approved(grace: User) -> None:
    item = own(grace).body
    path = f"{ITEMS}/{item['item_id']}"
    first, again = grace.post(f"{path}/retire", {}), grace.post(f"{path}/retire", {})
    assert first.body == again.body
    assert first.body["status"] == "retired"
    assert grace.patch(path, {"explanation": "x"}).code == "item_retired"
    assert grace.post(f"{path}/approve", {"keep": True}).code == "item_retired"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"correct_answer": "F"}, "correct_answer"),
        ({"correct_answer": ["A", "B"]}, "correct_answer"),
        ({"options": ["one"]}, "options"),
        ({"options": ["one", "ONE", "two"]}, "options"),
        ({"question": "   "}, "question"),
        ({"concept": " "}, "concept"),
        ({"kind": "numeric"}, "options"),
        ({"kind": "numeric", "options": [], "correct_answer": "many"}, "correct_answer"),
        ({"kind": "ordering", "correct_answer": ["A", "B"]}, "correct_answer"),
        ({"kind": "cloze", "options": [], "correct_answer": "..."}, "correct_answer"),
        ({"kind": "multiple_answer", "correct_answer": ["A", "A"]}, "correct_answer"),
    ],
)
def test_an_item_that_cannot_be_scored_is_refused(grace: User, change: Any, field: str) -> None:
    refused = own(grace, **change)
    assert (refused.status, refused.code) == (400, "invalid_item")
    assert refused.body["error"]["field"] == field
    item = own(grace).body
    assert grace.patch(f"{ITEMS}/{item['item_id']}", change).code == "invalid_item"
    assert len(grace.get(ITEMS).body["items"]) == 1


@pytest.mark.parametrize(
    "body", [{}, {"generate": {}, **OWN}, {"generate": {}, "take": {"question_key": "k"}}]
)
def test_a_body_with_several_or_no_ways_to_make_items_is_refused(grace: User, body: Any) -> None:
    assert grace.post(ITEMS, body).code == "invalid_request"


def test_items_of_every_kind_are_made(world: World, grace: User) -> None:
    grace.share("physics_101", "heart.txt", BODY)
    world.adapters.agent.enqueue(every_kind)
    kinds = ["multiple_answer", "true_false", "cloze", "numeric", "ordering", "short_answer"]
    items = grace.post(ITEMS, {"generate": {"num_questions": 6, "kinds": kinds}}).body["items"]
    assert sorted(item["kind"] for item in items) == sorted(kinds)
    for item in items:
        told = {name: item[name] for name in ("kind", "question", "options", "explanation", "concept")}
        copied = grace.post(ITEMS, told | {"correct_answer": item["correct_answer"]}).body
        assert copied["correct_answer"] == item["correct_answer"], item["kind"]


def test_items_are_listed_by_status_and_page_by_page(grace: User) -> None:
    for number in range(5):
        item = own(grace, question=f"Question number {number}?").body
        if number % 2:
            grace.post(f"{ITEMS}/{item['item_id']}/approve", {"keep": True})
    first = grace.get(f"{ITEMS}?limit=3").body
    second = grace.get(f"{ITEMS}?limit=3&cursor={first['next_cursor']}").body
    listed = [item["item_id"] for page in (first, second) for item in page["items"]]
    assert len(set(listed)) == len(listed) == 5
    assert second["next_cursor"] is None
    assert [one["status"] for one in grace.get(f"{ITEMS}?status=approved").body["items"]] == ["approved"] * 2
    assert len(grace.get(f"{ITEMS}?status=draft,approved").body["items"]) == 5
    assert grace.get(f"{ITEMS}?status=lost").code == "invalid_request"


@pytest.mark.parametrize("who", ["ada", "karl"])
def test_nobody_but_the_subjects_teacher_sees_an_item(world: World, grace: User, who: str) -> None:
    item = own(grace).body
    path = f"{ITEMS}/{item['item_id']}"
    other = world.user(who)
    for reply in (
        other.get(ITEMS),
        other.get(path),
        other.get(f"{ITEMS}/statistics"),
        other.post(ITEMS, OWN),
        other.patch(path, {"explanation": "x"}),
        other.post(f"{path}/approve", {"keep": True}),
        other.post(f"{path}/retire", {}),
    ):
        assert reply.status == 403
    if who == "karl":
        theirs = "/api/teacher/subjects/history_201/items"
        assert other.get(f"{theirs}/{item['item_id']}").code == "item_not_found"
        assert other.patch(f"{theirs}/{item['item_id']}", {"explanation": "x"}).code == "item_not_found"
        assert other.get(theirs).body["items"] == []


def test_a_question_that_few_learners_answered_is_not_taken(
    world: World, grace: User, ada: User, alan: User
) -> None:
    grace.share("physics_101", "laws.txt", PHYSICS)
    for learner in (ada, alan):
        quiz = learner.make_quiz(subject_id="physics_101", num_questions=1)
        learner.submit(quiz, learner.right_answers(quiz))
    key = world.services.ledger.standing("ada", "physics_101").questions[0].question_key
    assert grace.post(ITEMS, {"take": {"question_key": key}}).code == "question_not_found"
    assert grace.get(ANALYTICS).body["quiz_performance"]["questions"] == []


@pytest.mark.parametrize("is_private", [False, True])
def test_a_question_that_many_answered_is_taken_if_it_is_of_class_materials(is_private: bool) -> None:
    world = World()
    grace = world.user("grace")
    learners = enrolled(world, 5)
    if not is_private:
        grace.share("physics_101", "laws.txt", PHYSICS)
    for learner in learners:
        if is_private:
            learner.upload("notes.txt", PHYSICS, subject_id="physics_101")
        quiz = learner.make_quiz(subject_id="physics_101", num_questions=1)
        assert learner.submit(quiz, learner.right_answers(quiz)).status == 200
    (question,) = grace.get(ANALYTICS).body["quiz_performance"]["questions"]

    taken = grace.post(ITEMS, {"take": {"question_key": question["question_key"]}})

    if is_private:
        assert taken.code == "question_not_found"
    else:
        assert (taken.body["status"], taken.body["question"]) == ("draft", question["question"])
        assert taken.body["citation"]["source_file"] == "laws.txt"
        assert not any(learner.name in taken.text for learner in learners)
        again = grace.post(ITEMS, {"take": {"question_key": question["question_key"]}})
        assert again.body["item_id"] == taken.body["item_id"]
        add_newer_items(world)
        later = grace.post(ITEMS, {"take": {"question_key": question["question_key"]}})
        assert later.body["item_id"] == taken.body["item_id"]
        grace.post(f"{ITEMS}/{taken.body['item_id']}/retire", {})
        anew = grace.post(ITEMS, {"take": {"question_key": question["question_key"]}})
        assert (anew.body["status"], anew.body["question"]) == ("draft", question["question"])
        assert anew.body["item_id"] != taken.body["item_id"]
        add_newer_items(world)
        found = grace.post(ITEMS, {"take": {"question_key": question["question_key"]}})
        assert found.body["item_id"] == anew.body["item_id"]


def add_newer_items(world: World) -> None:
    """Add 200 items, each newer than all items before."""
    world.adapters.clock.advance(1)
    now = to_text(world.adapters.clock.now())
    for _ in range(5):
        names = [world.adapters.ids.new() for _ in range(40)]
        world.services.items.add([replace(bank.item(name), created_at=now) for name in names])

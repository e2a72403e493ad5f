"""Only the teacher of a class sees its drafts, its keys, and the appeals of other learners."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.examples import path_of
from tests.support.world import User, World

CLASS = "/api/teacher/subjects/physics_101"
START = "/api/assignments/assignment_1/generate-quiz"
DRAFT, EXPLANATION, KEY = "canary-of-a-draft", "canary-of-an-explanation", "canary-of-a-key"
SENTENCE, REASON, ANSWER = "canary-of-an-appeal", "canary-of-a-reason", "canary-of-an-answer"


def item(grace: User, question: str, **told: Any) -> str:
    wanted = {
        "question": question,
        "kind": "cloze",
        "correct_answer": "force",
        "concept": "force",
        "explanation": "",
    }
    return str(grace.post(f"{CLASS}/items", wanted | told).body["item_id"])


@pytest.fixture
def ids(world: World, ada: User, alan: User) -> dict[str, str]:
    """A class with a draft, and an item that ada is asked and alan answered and disputed. Returns the ids."""
    grace = world.user("grace")
    draft = item(grace, f"The _____ of {DRAFT}.", explanation=EXPLANATION)
    asked = item(grace, "The _____ moves.", explanation=EXPLANATION, correct_answer=["force", KEY])
    grace.post(f"{CLASS}/items/{asked}/approve", {"keep": True})
    grace.post(f"{CLASS}/assignments/assignment_1/quiz", {"item_ids": [asked]})
    quiz_id = ada.post(START, {}).body["quiz_id"]
    result = alan.submit(alan.post(START, {}).body, {"1": ANSWER}).body
    named = {"result_id": result["result_id"], "question_id": "1"}
    alan.post(f"/api/results/{named['result_id']}/appeals", {"question_id": "1", "sentence": SENTENCE})
    grace.post(f"{CLASS}/overrides", {**named, "verdict": "right", "reason": REASON})
    return {
        "subject_id": "physics_101",
        "assignment_id": "assignment_1",
        "item_id": draft,
        "quiz_id": quiz_id,
        "question_id": "1",
        "result_id": named["result_id"],
    }


def told(world: World, who: User, ids: dict[str, str]) -> str:
    """The bodies of the responses of all GET routes, with these ids in their paths."""
    paths = [path_of(route, ids) for route in world.api.routes if route.method == "GET"]
    assert f"{CLASS}/items/{ids['item_id']}" in paths
    paths.append(f"{CLASS}/appeals?status=decided")
    return json.dumps([who.get(path, headers={"Accept": "*/*"}).text for path in paths])


@pytest.mark.parametrize("who", ["ada", "karl"])
def test_a_draft_a_key_and_the_appeals_of_others_are_shown_to_nobody(
    world: World, ids: dict[str, str], who: str
) -> None:
    other = world.user(who)
    everything = told(world, other, ids) + other.post(START, {}).text
    for canary in (DRAFT, EXPLANATION, KEY, SENTENCE, REASON, ANSWER):
        assert canary not in everything


def test_the_teacher_and_the_learner_see_what_is_theirs(
    world: World, alan: User, ids: dict[str, str]
) -> None:
    hers, his = told(world, world.user("grace"), ids), told(world, alan, ids)
    assert all(one in hers for one in (DRAFT, EXPLANATION, KEY, SENTENCE, REASON, ANSWER))
    assert all(one in his for one in (SENTENCE, REASON, ANSWER))
    assert DRAFT not in his

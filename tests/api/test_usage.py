"""A learner sees what they have used of each allowance, and when it renews."""

from __future__ import annotations

from typing import Any

import pytest

from domain.interviews.effects import AUDIO_MINUTES, INTERVIEWS
from tests.support.world import PHYSICS, User, World


def used_by(user: User) -> dict[str, dict[str, Any]]:
    return {one["kind"]: one for one in user.get("/api/usage").body["allowances"]}


def test_the_used_amount_of_each_allowance_is_shown(world: World, ada: User) -> None:
    settings = world.settings
    limits = {
        "messages": settings.messages_a_day,
        "questions": settings.questions_a_day,
        "pages": settings.pages_a_day,
        "interviews": settings.interviews_a_day,
        "audio_minutes": settings.audio_minutes_a_day,
        "requests": settings.requests_a_minute,
    }
    fresh = used_by(ada)
    assert {kind: one["limit"] for kind, one in fresh.items()} == limits
    assert all(one["used"] == 0 and one["remaining"] == one["limit"] for one in fresh.values())

    ada.upload("notes.txt", PHYSICS)
    ada.ask("What is work?")
    ada.make_quiz()
    now = world.adapters.clock.now()
    world.services.budgets.charge("ada", INTERVIEWS, "i", 1, now, limit=None)
    world.services.budgets.charge("ada", AUDIO_MINUTES, "a", 1.5, now, limit=None)

    told = used_by(ada)
    spent = {"messages": 1, "questions": 3, "pages": 1, "interviews": 1, "audio_minutes": 1.5, "requests": 2}
    assert {kind: one["used"] for kind, one in told.items()} == spent
    assert all(one["remaining"] == one["limit"] - one["used"] for one in told.values())
    assert used_by(world.user("mary"))["messages"]["used"] == 0


@pytest.mark.parametrize(("kind", "seconds"), [("messages", 86_400), ("requests", 60)])
def test_an_allowance_renews_when_it_is_said_to(world: World, ada: User, kind: str, seconds: int) -> None:
    ada.upload("notes.txt", PHYSICS)
    ada.ask("What is work?")
    one = used_by(ada)[kind]
    assert one["used"] == 1
    clock = world.adapters.clock
    told = clock.now().fromisoformat(one["renews_at"])
    assert 0 < (told - clock.now()).total_seconds() <= seconds
    clock.advance((told - clock.now()).total_seconds() - 1)
    assert used_by(world.user("ada"))[kind]["used"] == 1
    clock.advance(1)
    assert used_by(world.user("ada"))[kind]["used"] == 0

"""Makes questions that are due for review, without waiting for the day."""

from __future__ import annotations

from dataclasses import replace

from domain.base.tables import REVIEWS
from ports.key_value_store import Put
from tests.support.world import User


def due_item(user: User, **wanted: object) -> str:
    """The item id of a question that the user answered and that is due today."""
    world = user.world
    quiz = user.make_quiz(num_questions=1, **wanted)
    assert user.submit(quiz, user.right_answers(quiz)).status == 200
    today = world.adapters.clock.now().date().isoformat()
    decks = world.services.decks
    (deck,) = decks.of(user.name)
    items = tuple(replace(item, due_on=today) for item in deck.items)
    write = decks.write(replace(deck, items=items))
    assert isinstance(write, Put)
    world.adapters.key_values.put(REVIEWS, write.item)
    return items[0].item_id

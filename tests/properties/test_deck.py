"""The laws of the deck: independent of order and repetition, wrong answers come back tomorrow, and its size is bounded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.fsrs_scheduler import FsrsScheduler
from domain.base.tables import TABLES
from domain.progress.deck import MAX_ITEMS, Deck, due_after, due_on, fold_deck
from domain.progress.decks import Decks
from domain.progress.evidence import Evidence
from fakes.key_value_store import InMemoryKeyValueStore
from fakes.system import FrozenClock
from ports.key_value_store import MAX_ITEM_BYTES, Put
from tests.properties.test_mastery import piece

FSRS = FsrsScheduler()
FIRST_DAY = date(2026, 1, 1)


def answer(number: int, item: int, score: float, day: int, **told: Any) -> Evidence:
    return piece(
        number,
        score,
        evidence_id=f"quiz-{item}" if number == 0 else f"quiz-{item}-review-{number}",
        source="quiz" if number == 0 else "review",
        question_key=f"item-{item}",
        occurred_at=f"{FIRST_DAY + timedelta(days=day)}T10:00:00.000Z",
        **told,
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Evidence]:
    return [
        answer(number, item, score, day)
        for number, (item, score, day) in enumerate(
            draw(
                st.lists(
                    st.tuples(st.integers(1, 4), st.sampled_from([0.0, 0.5, 1.0]), st.integers(0, 300)),
                    max_size=20,
                )
            )
        )
    ]


def folded(evidence: list[Evidence]) -> Deck:
    return fold_deck("ada", "physics_101", evidence, FSRS)


@given(histories(), st.randoms(use_true_random=False), st.integers(0, 20))
def test_order_and_repetition_of_evidence_make_no_difference(
    evidence: list[Evidence], chance: Any, repeated: int
) -> None:
    shuffled = evidence + evidence[:repeated]
    chance.shuffle(shuffled)
    assert folded(shuffled) == folded(evidence)


@given(histories())
def test_a_wrong_answer_comes_back_the_next_day_and_a_right_one_no_earlier(
    evidence: list[Evidence],
) -> None:
    for item in folded(evidence).items:
        waits = (date.fromisoformat(item.due_on) - date.fromisoformat(item.last_on)).days
        assert waits == 1 if item.last_scores[-1] <= 0.5 else waits >= 1


@given(histories(), st.integers(0, 400))
def test_due_items_have_a_chance_and_come_once_wrong_answers_first(
    evidence: list[Evidence], day: int
) -> None:
    deck = folded(evidence)
    today = (FIRST_DAY + timedelta(days=day)).isoformat()
    due = due_on([deck], today, FSRS)
    assert {one.item.item_id for one in due} == {one.item_id for one in deck.items if one.due_on <= today}
    assert all(0 < one.chance_of_recall < 1 and one.days_overdue >= 0 for one in due)
    order = [(one.item.last_scores[-1] > 0.5, one.chance_of_recall) for one in due]
    assert order == sorted(order)


@given(histories(), st.integers(1, 60), st.sampled_from([0.0, 1.0]))
def test_the_due_day_in_a_response_equals_the_folded_one(
    evidence: list[Evidence], later: int, score: float
) -> None:
    for item in folded(evidence).items:
        day = (date.fromisoformat(item.last_on) + timedelta(days=later)).isoformat()
        told = due_after(item, score, day, FSRS)
        new = piece(99, score, question_key=item.item_id, occurred_at=f"{day}T10:00:00.000Z", source="review")
        (after,) = (one for one in folded([*evidence, new]).items if one.item_id == item.item_id)
        assert (
            abs((date.fromisoformat(told) - date.fromisoformat(after.due_on)).days) <= 1
        )  # it is stored rounded


def test_an_answer_with_help_is_remembered_less_long() -> None:
    alone, helped = (folded([answer(0, 1, 1.0, 0, weight=weight)]).items[0] for weight in (1.0, 0.5))
    assert helped.memory.stability < alone.memory.stability


def test_interviews_and_answers_without_a_question_do_not_come_back() -> None:
    talk = replace(answer(0, 1, 1.0, 0), source="interview")
    assert folded([talk, piece(5, 1.0)]).items == ()


@given(histories())
def test_a_deck_is_read_as_it_was_stored(evidence: list[Evidence]) -> None:
    store = InMemoryKeyValueStore(TABLES, FrozenClock())
    decks, deck = Decks(store), folded(evidence)
    store.transact([decks.write(deck)])
    assert decks.of("ada") == ([deck] if deck.items else [])
    assert decks.find("ada", "physics_101") == (deck if deck.items else None)
    assert decks.of("alan") == []


@pytest.mark.slow
def test_the_largest_deck_fits_into_a_row() -> None:
    answers = [
        answer(
            0, item, float(item % 3 > 0), item % 200, concept=f"{item % 300:080}", label=f"{item % 300:0100}"
        )
        for item in range(MAX_ITEMS + 200)
    ]
    evidence = [
        replace(
            one,
            question_key=f"{number:032}",
            source_id=f"{number // 5:036}",
            evidence_id=f"{number // 5:036}-1",
        )
        for number, one in enumerate(answers)
    ]
    distinct = [replace(one, evidence_id=f"{one.source_id}-{n % 5}") for n, one in enumerate(evidence)]
    deck = folded(distinct)
    assert len(deck.items) == MAX_ITEMS
    write = Decks(InMemoryKeyValueStore(TABLES, FrozenClock())).write(deck)
    assert isinstance(write, Put)
    from ports.key_value_store import transaction_sizes

    assert sum(transaction_sizes([write])) < 0.8 * MAX_ITEM_BYTES

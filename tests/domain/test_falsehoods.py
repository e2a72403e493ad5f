"""False answers in nearly the right words get no credit, and true ones in other words do, with every judge."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.falsehoods import SIBLINGS, VERBS, Outcome, SpokenFact, facts, measured, model, offline
from tests.support.offline import JUDGING, OFFLINE

FACTS = facts()
NEWER = facts(SIBLINGS)
SOME = FACTS[::12]


def outcome(chosen: list[SpokenFact]) -> Outcome:
    reply = offline(OFFLINE)
    return measured(JUDGING, reply, reply, chosen)


@pytest.mark.slow
def test_some_false_answers_get_no_credit_offline_and_some_true_ones_get_it() -> None:
    found = outcome(SOME)
    assert found.false > 30
    assert found.credit_for_falsehood <= 0.05, found.credited
    assert found.zeros <= 0.05 * found.true


def test_a_word_that_a_heading_writes_with_a_capital_is_no_name() -> None:
    """The heading is "The Second Rule". The fact names the same rule in lower case."""
    fact = "The second rule says that the door of the vault stays shut, unless a key turns in it."
    asked = SpokenFact("What does the second rule say?", fact, (), ()).asked
    text = f"The Second Rule: Inertia\n{fact} This is called inertia."
    asked = replace(asked, passage=replace(asked.passage, text=text, end=len(text)))
    answer = "Without a key, the door of the vault stays shut, this tendency is called inertia."
    judgement = JUDGING.judged(offline(OFFLINE)(asked, answer), asked, answer, answer)
    assert judgement is not None
    assert [one.verdict for one in judgement.facts] == ["stated"]


@pytest.mark.slow
def test_false_answers_get_no_credit_offline_and_true_ones_are_not_at_zero() -> None:
    found = outcome(FACTS)
    assert found.false >= 500
    assert found.true >= 300
    assert found.credit_for_falsehood <= 0.05, found.credited
    assert found.zeros <= 0.05 * found.true
    assert found.unsure <= 0.10 * found.true


@pytest.mark.slow
def test_siblings_of_the_facts_are_judged_alike() -> None:
    found = outcome(NEWER)
    assert found.false >= 900
    assert found.true >= 350
    assert found.credit_for_falsehood <= 0.02, found.credited
    assert found.zeros <= 0.02 * found.true
    assert found.unsure <= 0.15 * found.true


def test_a_contrast_added_to_a_fact_keeps_it_stated() -> None:
    fact = SpokenFact("What do plants take in?", "Plants take in carbon dioxide.", (), ())
    answer = "Plants take in carbon dioxide, not oxygen."
    judgement = JUDGING.judged(offline(OFFLINE)(fact.asked, answer), fact.asked, answer, answer)
    assert judgement is not None
    assert [one.verdict for one in judgement.facts] == ["stated"]


def test_the_second_law_is_no_answer_to_a_question_about_the_third() -> None:
    fact = (
        "The third law says that whenever one body exerts a force on a second body, the second body exerts a force"
        " that is equal in size on the first."
    )
    asked = SpokenFact("What does the third law say?", fact, (), ()).asked
    answer = "The second law says that the net force on a body equals its mass times its acceleration."
    for reply in (offline(OFFLINE), model("stated")):
        judgement = JUDGING.judged(reply(asked, answer), asked, answer, answer)
        assert judgement is not None
        assert [one.credit for one in judgement.facts] == [0]


@pytest.mark.slow
def test_most_answers_with_another_verb_than_the_fact_get_no_credit() -> None:
    found = outcome(facts(VERBS))
    assert found.false == 240
    assert found.credit_for_falsehood <= 0.08, found.credited
    assert found.zeros == 0
    assert found.unsure <= 0.1 * found.true


def test_an_answer_with_another_verb_than_the_fact_does_not_state_it() -> None:
    fact = SpokenFact(
        "What does a catalyst do?", "A catalyst speeds up a reaction without being used up.", (), ()
    )
    said = {
        "A catalyst cools a reaction.": "unsure",
        "A catalyst accelerates a reaction and is not used up.": "stated",
    }
    for answer, verdict in said.items():
        judgement = JUDGING.judged(offline(OFFLINE)(fact.asked, answer), fact.asked, answer, answer)
        assert judgement is not None
        assert [one.verdict for one in judgement.facts] == [verdict]


@pytest.mark.slow
def test_the_rules_leave_a_perfect_model_its_verdicts() -> None:
    found = measured(JUDGING, model("contradicted"), model("stated"), [*FACTS, *NEWER])
    assert found.points >= 98
    assert found.credit_for_falsehood <= 0.02


@pytest.mark.slow
def test_the_rules_reject_plainly_false_answers_that_a_credulous_model_accepts() -> None:
    found = measured(JUDGING, model("stated"), model("stated"), FACTS)
    plain = found.credited.total() - found.credited["term"] - found.credited["half"]
    assert plain <= 0.05 * found.false, found.credited

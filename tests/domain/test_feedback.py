"""What a learner is told after an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.documents.passage import Passage
from domain.interviews.interview import (
    Analysis,
    InterviewQuestion,
    InterviewTurn,
    JudgedFact,
    RubricFact,
    explained,
    feedback,
)
from domain.text.differences import Difference, difference

TEXT = "Friction slows blocks. Gravity pulls apples. Springs store energy. Magnets attract iron."
FACTS = tuple(RubricFact(one.strip(), one.strip()) for one in TEXT.split(".") if one.strip())
ASKED = InterviewQuestion(
    "What do forces do?",
    "forces",
    FACTS,
    Passage("f1", "notes.txt", None, 0, 3, 100, 100 + len(TEXT), TEXT, 1.0),
)
JUDGED = (
    JudgedFact("stated", "friction slows blocks", 1.0),
    JudgedFact("contradicted", "gravity pushes apples"),
    JudgedFact("missing"),
    JudgedFact("unsure", "magnets like iron"),
)
ANALYSIS = Analysis(50, 100, 25, 25, ("Well begun.",), (), ())
TURN = InterviewTurn(1, ASKED, "…", ANALYSIS, "2026-09-14T08:00:00.000Z", JUDGED)


@pytest.mark.parametrize(
    ("sentence", "fact", "differs"),
    [
        (
            "Plants release oxygen during the night.",
            "Plants release oxygen in the presence of the sun.",
            Difference("place", "during the night", "in the presence of the sun"),
        ),
        (
            "The bridge is 5 long and it is blue.",
            "The bridge is 5 m long and it is red.",
            Difference("place", "blue", "red"),
        ),
        (
            "The bridge is 7 m long.",
            "The bridge is 5 m long.",
            Difference("quantity", "7 m", "5 m"),
        ),
    ],
)
def test_a_difference_is_quoted_as_it_is_written(sentence: str, fact: str, differs: Difference) -> None:
    assert difference(sentence, fact) == differs


def test_each_fact_has_its_verdict_the_learners_words_and_its_citation() -> None:
    told = explained(TURN)
    assert [(one.fact, one.verdict, one.quote) for one in told] == [
        (fact.statement, judged.verdict, judged.quote) for fact, judged in zip(FACTS, JUDGED, strict=True)
    ]
    for one in told:
        assert one.citation is not None
        assert one.citation.quote == one.fact
        assert TEXT[one.citation.start - 100 : one.citation.end - 100] == one.fact


def test_the_feedback_says_what_was_right_wrong_missing_and_unsure() -> None:
    assert feedback(TURN, "en-US") == (
        "Well begun. Right: Friction slows blocks."
        " You said “gravity pushes apples”. You said “pushes” where the material says “pulls”."
        " The material says otherwise: Gravity pulls apples. (notes.txt, page 3)"
        " Still missing: Springs store energy. (notes.txt, page 3)"
        " You said “like” where the material says “attract”. I could not tell whether you meant this, so it does not count:"
        " Magnets attract iron. (notes.txt, page 3)"
    )
    assert feedback(TURN, "de-DE") == (
        "Well begun. ✓ Friction slows blocks. ✗ Gravity pulls apples. – Springs store energy. ? Magnets attract iron."
    )


def test_a_learner_who_says_nothing_gets_the_answer_and_its_citation() -> None:
    passage = replace(ASKED.passage, page=4)
    asked = replace(ASKED, facts=FACTS[:1], passage=passage)
    unanswered = replace(
        TURN, asked=asked, facts=(JudgedFact("missing"),), analysis=replace(ANALYSIS, strengths=())
    )
    assert feedback(unanswered, "en-US") == "The answer is: Friction slows blocks. (notes.txt, page 4)"


def test_the_facts_of_a_follow_up_are_not_shown_before_it_is_answered() -> None:
    followed = replace(TURN, analysis=replace(ANALYSIS, follow_up="And what else?"))
    assert [one.fact for one in explained(followed)] == ["Friction slows blocks", None, None, None]
    assert [one.citation is None for one in explained(followed)] == [False, True, True, True]
    assert feedback(followed, "en-US") == (
        "Well begun. You said “gravity pushes apples”. That is not what the material says. Think again about “pushes”."
        " Right: Friction slows blocks."
    )
    assert explained(followed, is_over=True) == explained(TURN)
    assert feedback(followed, "en-US", is_over=True) == feedback(TURN, "en-US")


def test_a_contradiction_is_quoted_with_its_whole_sentence() -> None:
    asked = replace(ASKED, facts=FACTS[1:2])
    said = "Well. Gravity pushes all the apples. That is it."
    turn = replace(
        TURN, asked=asked, transcription=said, facts=(JudgedFact("contradicted", "Gravity pushes"),)
    )
    assert "You said “Gravity pushes all the apples”." in feedback(turn, "en-US")


@pytest.mark.parametrize(
    ("said", "fact", "told"),
    [
        (
            "The tank holds 40 litres.",
            "The tank holds 400 litres.",
            "You said 40 litres, and the material says 400 litres. ",
        ),
        (
            "It is 2 m wide and 9 m long.",
            "It is 9 m wide and 2 m long.",
            "You have exchanged “2 m” and “9 m”. ",
        ),
        ("The cat chases the dog.", "The dog chases the cat.", "You have exchanged “cat” and “dog”. "),
        (
            "Steam makes the price of coal fall.",
            "Steam makes the price of coal rise.",
            "You said “fall” where the material says “rise”. ",
        ),
        ("The lid is not open.", "The lid is open.", "You denied it, and the material affirms it. "),
        ("The lid can open.", "The lid can never open.", "You affirmed it, and the material denies it. "),
        ("All of this is something else altogether.", "The dog chases the cat.", ""),
    ],
)
def test_the_feedback_says_in_what_the_answer_differs(said: str, fact: str, told: str) -> None:
    asked = replace(ASKED, facts=(RubricFact(fact, fact),), passage=replace(ASKED.passage, text=fact))
    turn = replace(
        TURN,
        asked=asked,
        transcription=said,
        analysis=replace(ANALYSIS, strengths=()),
        facts=(JudgedFact("contradicted", said),),
    )
    assert feedback(turn, "en-US") == (
        f"You said “{said[:-1]}”. {told}The material says otherwise: {fact} (notes.txt, page 3)"
    )


def test_an_answer_that_was_not_judged_has_no_facts_and_no_feedback() -> None:
    unjudged = replace(TURN, analysis=None, facts=())
    assert explained(unjudged) == []
    assert feedback(unjudged, "en-US") == ""


def test_a_turn_of_an_older_version_has_its_remarks_alone() -> None:
    assert feedback(replace(TURN, facts=()), "en-US") == "Well begun."
    bare = replace(ANALYSIS, strengths=())
    assert (
        feedback(replace(TURN, facts=(), analysis=bare), "en-US")
        == "25 % of what the question asks for was said."
    )

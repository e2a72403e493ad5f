"""How a sentence presents its content, by the words around it."""

from __future__ import annotations

import pytest

from adapters.local.models.grammar import SpacyGrammar
from domain.text.stances import Stance, stance, worded_stance

CONTENT = "sharks replace their teeth"


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ("{}.", "stated"),
        ("I think that {}.", "stated"),
        ("The lecture says that {}.", "stated"),
        ("There is no doubt that {}.", "stated"),
        ("Nobody denies that {}.", "stated"),
        ("I don't deny that {}.", "stated"),
        ("It isn't the case that {}.", "denied"),
        ("It would be quite wrong to say that {}.", "denied"),
        ("The notion that {} is a myth.", "denied"),
        ("That {} is simply untrue.", "denied"),
        ("I disagree that {}.", "denied"),
        ("Nobody should believe that {}.", "denied"),
        ("People falsely claim that {}.", "denied"),
        ("I'm really not convinced that {}.", "doubted"),
        ("I kind of doubt that {}.", "doubted"),
        ("I can't say for sure that {}.", "doubted"),
        ("We are undecided whether {}.", "doubted"),
        ("I have serious doubts about whether {}.", "doubted"),
        ("I can't quite believe that {}.", "doubted"),
        ("It's doubtful whether {}.", "doubted"),
        ("{}?", "asked"),
        ("A guy on television said {}.", "reported"),
        ("There are people who maintain that {}.", "reported"),
        ("According to some website, {}.", "reported"),
        ("I read a post that said {}.", "reported"),
        ("It is sometimes claimed that {}.", "reported"),
    ],
)
def test_the_words_around_a_content_tell_how_it_is_presented(frame: str, expected: Stance) -> None:
    assert worded_stance(frame.format(CONTENT)) == expected


def test_a_sentence_that_says_what_follows_from_a_denial_is_stated() -> None:
    parsed = SpacyGrammar().parse(
        "There is hardly any wind when the tide turns, so keeping a boat still costs little."
    )
    assert [stance(one) for one in parsed or ()] == ["stated"]

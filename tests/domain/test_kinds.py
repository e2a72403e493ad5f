"""Questions of each kind: good ones are admitted, spoiled ones refused with a code."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from domain.documents.passage import Passage
from domain.quizzes.admission import admit, spread_keys
from domain.quizzes.quiz_words import KINDS
from domain.quizzes.reading import Draft, read_drafts
from ports.agent import QuestionKind
from ports.grammar import Grammar
from tests.support.kinds import BODY, every_kind
from tests.support.offline import GRAMMAR
from tests.support.tasks import write_questions

PASSAGE = Passage("f", "body.txt", None, 0, 1, 0, len(BODY), BODY, 1.0)
DRAFTS: dict[QuestionKind, Draft] = {
    draft.kind: draft for draft in read_drafts(every_kind(replace(write_questions(BODY), kinds=KINDS)))
}


def refusal(draft: Draft, grammar: Grammar | None = GRAMMAR) -> str | None:
    found = admit([draft], [PASSAGE], recent=(), limit=1, grammar=grammar)
    return found.refused[0][1] if found.refused else None


@pytest.mark.parametrize("grammar", [None, GRAMMAR], ids=["words", "grammar"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_good_question_of_each_kind_is_admitted(kind: QuestionKind, grammar: Grammar | None) -> None:
    assert refusal(DRAFTS[kind], grammar) is None


@pytest.mark.parametrize(
    ("kind", "changes", "code"),
    [
        ("multiple_answer", {"right": (0,)}, "answers"),
        ("multiple_answer", {"right": (0, 1, 2, 3)}, "answers"),
        ("multiple_answer", {"right": (0, 2)}, "unsupported_key"),
        (
            "multiple_answer",
            {"options": ("atria", "ventricles", "four chambers", "kidneys")},
            "two_right",
        ),
        ("multiple_answer", {"options": ("atria", "ventricles", "kidneys")}, "options"),
        ("multiple_answer", {"options": ("atria", "ventricles", "Atria.", "kidneys")}, "same_options"),
        (
            "multiple_answer",
            {"question": "Which parts has a heart?", "options": ("atria", "", "x", "y")},
            "options",
        ),
        ("ordering", {"options": ("the right atrium", "", "the lungs")}, "options"),
        ("multiple_answer", {"options": ("atria", "ventricles", "all of the above", "lungs")}, "catch_all"),
        ("true_false", {"correct": 0}, "contradicts_roles"),
        ("true_false", {"question": "It has thicker walls than the right ventricle."}, "unreadable_stem"),
        ("true_false", {"question": "The liver has thicker walls than the spleen."}, "unsupported_key"),
        ("true_false", {"options": ("True", "False", "Perhaps")}, "options"),
        ("cloze", {"accepted": ("vein",)}, "unsupported_key"),
        ("cloze", {"accepted": ()}, "answers"),
        ("cloze", {"question": "The _____ carries _____ away from the heart."}, "answers"),
        ("cloze", {"question": "The aorta is the _____ of the heart."}, "key_in_stem"),
        ("cloze", {"question": "The _____ brings light to the brain."}, "unsupported_key"),
        ("numeric", {"accepted": ("30 millimetres",)}, "unsupported_key"),
        ("numeric", {"accepted": ("wide",)}, "answers"),
        ("numeric", {"accepted": ("25 or 30 millimetres",)}, "answers"),
        ("numeric", {"question": "Which diameter of 2.5 cm does the aorta have?"}, "key_in_stem"),
        ("ordering", {"right": (1, 0, 2)}, "order"),
        ("ordering", {"right": (0, 1)}, "answers"),
        ("ordering", {"options": ("the right atrium", "the lungs"), "right": (0, 1)}, "options"),
        ("ordering", {"options": ("the right atrium", "the knee", "the lungs")}, "unsupported_key"),
        ("short_answer", {"accepted": ("The heart is not a muscle.",)}, "contradicts_denial"),
        ("short_answer", {"accepted": ("The heart digests food with acid.",)}, "unsupported_key"),
        ("short_answer", {"accepted": ()}, "answers"),
        ("short_answer", {"question": "Is the heart a muscle?"}, "key_in_stem"),
        ("short_answer", {"question": "What is it?"}, "unreadable_stem"),
        ("cloze", {"quote": "The aorta is a kind of train."}, "unsupported_quote"),
        ("numeric", {"explanation": "See https://example.org"}, "markup"),
        ("numeric", {"question": "Why?"}, "stem"),
    ],
)
def test_a_spoiled_question_is_refused(kind: QuestionKind, changes: dict[str, Any], code: str) -> None:
    assert refusal(replace(DRAFTS[kind], **changes)) == code


def test_a_true_statement_is_admitted_as_true_and_a_changed_number_as_false() -> None:
    quote = "The aorta has a diameter of 25 millimetres."
    true = replace(DRAFTS["true_false"], question=quote, quote=quote, correct=0)
    false = replace(true, question="The aorta has a diameter of 60 millimetres.", correct=1)
    for grammar in (None, GRAMMAR):
        assert refusal(true, grammar) is None
        assert refusal(replace(true, correct=1), grammar) == "unsupported_key"
        assert refusal(false, grammar) is None
        assert refusal(replace(false, correct=0), grammar) == "contradicts_quantity"


def test_variants_of_a_term_are_its_initials_spellings_and_the_names_that_the_text_gives_it() -> None:
    text = "Deoxyribonucleic acid, also called the master molecule, carries the genes of a cell."
    draft = Draft(
        "_____ carries the genes of a cell.",
        (),
        -1,
        quote=text,
        kind="cloze",
        accepted=("Deoxyribonucleic acid", "DA", "master molecule", "ribosome", "deoxyribonucleic acids"),
    )
    passage = replace(PASSAGE, text=text)
    (question,) = admit([draft], [passage], recent=(), limit=1, grammar=GRAMMAR).admitted
    assert question.accepted == (
        "Deoxyribonucleic acid",
        "DA",
        "master molecule",
        "deoxyribonucleic acids",
    )


@pytest.mark.parametrize(
    ("text", "answer", "tolerance"),
    [
        ("A rod is 25 cm long.", "25 cm", 0.01),
        ("A rod is about 25 cm long.", "25 cm", 0.05),
        ("A spider has 8 legs and no wings.", "8", 0.0),
        ("A spider has about 8 hairs and no wings.", "8", 0.05),
    ],
)
def test_the_tolerance_of_a_number_is_what_the_text_allows(text: str, answer: str, tolerance: float) -> None:
    draft = Draft("How much is said here?", (), -1, quote=text, kind="numeric", accepted=(answer,))
    (question,) = admit([draft], [replace(PASSAGE, text=text)], recent=(), limit=1).admitted
    assert question.tolerance == tolerance


def test_options_are_shuffled_and_their_key_goes_with_them() -> None:
    drafts = [DRAFTS["ordering"], DRAFTS["multiple_answer"], DRAFTS["true_false"]]
    questions = admit(drafts, [PASSAGE], recent=(), limit=3, grammar=GRAMMAR).admitted
    orders = set()
    for seed in range(30):
        ordering, several, truth = spread_keys(questions, str(seed))
        assert [ordering.options[place] for place in ordering.right] == list(DRAFTS["ordering"].options)
        assert ordering.right != (0, 1, 2)
        assert {several.options[place] for place in several.right} == {"atria", "ventricles"}
        assert (truth.options, truth.correct) == (("True", "False"), 1)
        orders.add((ordering.options, several.options))
    assert len(orders) > 5


@pytest.mark.parametrize(
    "item",
    [
        {"kind": "true_false", "question": "So it is.", "answers": ["perhaps"]},
        {
            "kind": "multiple_answer",
            "question": "Which?",
            "options": ["a", "b", "c", "d"],
            "answers": ["A", "X"],
        },
        {"kind": "riddle", "question": "Which?", "options": ["a", "b", "c"], "answers": ["A"]},
        {"kind": "cloze", "question": 7, "answers": ["A"]},
        {"kind": "ordering", "question": "Which?", "options": "a, b, c"},
    ],
)
def test_a_question_without_a_key_of_its_kind_is_not_read(item: dict[str, Any]) -> None:
    assert read_drafts(json.dumps({"questions": [item]})) == []


@pytest.mark.parametrize("truth", [True, "true", "A", "True", ["true"]])
def test_a_statement_is_true_however_that_is_written(truth: object) -> None:
    item = {"kind": "true_false", "question": "So it is.", "answers": truth}
    (draft,) = read_drafts(json.dumps({"questions": [item]}))
    assert (draft.options, draft.correct) == (("True", "False"), 0)

"""One key for a concept, however it is written."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.progress.concept_catalogue import (
    MAX_CONCEPTS,
    MAX_KEY_CHARACTERS,
    OTHER,
    Catalogue,
    concept_key,
    concept_stem,
)

labels = st.text(max_size=120) | st.text("aesiś'’ _-()+#CPU\u0301\u200c", max_size=30)


@pytest.mark.parametrize(
    "spellings",
    [
        ["Newton's laws", "newtons_laws", "Newton’s Law", "NEWTON'S LAWS ", "the Newton's-law"],
        ["Bayes' theorem", "Bayes's theorem", "Bayes theorem", "bayes_theorem"],
        ["Charles's law", "Charles' Law", "charles laws"],
        ["Central processing unit (CPU)", "CPU (central processing unit)", "central-processing units"],
        ["Deoxyribonucleic acid (DNA)", "deoxyribonucleic acid"],
        ["Théorème de Pythagore", "The\u0301ore\u0300me de Pythagore"],
        ["Supply & demand", "supply and demand"],
        ["theories", "Theory"],
        ["hypotheses", "hypothesis"],
        ["matrices", "Matrix"],
        ["H₂O", "h2o"],
        ["ﬁelds", "Field"],
        ["Ｐｈｏｔｏｎ", "photons"],
        ["STRASSE", "Straße"],
        ["न्यूटन के नियम", "न्यूटन_के_नियम"],
        ["قوانين نيوتن", "قوانين  نيوتن"],
        ["牛顿第二定律", " 牛顿第二定律。"],
    ],
    ids=lambda spellings: spellings[0],
)
def test_one_key_for_every_spelling(spellings: list[str]) -> None:
    assert len({concept_key(label) for label in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C", "C++"),
        ("C", "C#"),
        ("año", "ano"),
        ("mean", "means"),
        ("Newton's first law", "Newton's second law"),
        ("mass", "mas"),
        ("न्यूटन", "नयटन"),
        ("∑", "∫"),
        ("momentum (physics)", "momentum"),
    ],
)
def test_different_concepts_have_different_keys(one: str, other: str) -> None:
    assert concept_key(one) != concept_key(other)


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Newton's laws", "newtons_law"),
        ("physics", "physics"),
        ("photosynthesis", "photosynthesis"),
        ("Stokes theorem", "stokes_theorem"),
        ("gas", "gas"),
        ("classes", "class"),
        ("databases", "database"),
        ("  ", OTHER),
        ("\ud800", OTHER),
        ("…", "..."),
    ],
)
def test_a_key_reads_like_its_label(label: str, key: str) -> None:
    assert concept_key(label) == key


@given(labels)
def test_the_key_of_a_key_is_itself_and_every_key_is_short_and_storable(label: str) -> None:
    key = concept_key(label)
    assert concept_key(key) == key
    assert 1 <= len(key) <= MAX_KEY_CHARACTERS
    assert not any(one.isspace() for one in key)
    key.encode()


@given(labels)
def test_case_and_hyphens_make_no_difference_to_plain_words(label: str) -> None:
    words = [word for word in label.split() if word.isascii() and word.isalpha()]
    one, *others = (concept_key(glue.join(words)) for glue in (" ", "_", "-", "  "))
    assert all(other == one for other in others)
    assert concept_key(" ".join(words).upper()) == one


def test_plurals_and_possessives_anywhere_share_a_stem() -> None:
    stems = {concept_stem(label) for label in ("Newton's laws", "newton laws", "newtons law", "newton_law")}
    assert len(stems) == 1


def test_the_first_label_of_a_concept_stays() -> None:
    catalogue = Catalogue().with_concepts(["Newton's laws", "newtons_law", "newton laws"])
    assert catalogue.entries == {"newtons_law": "Newton's laws"}
    for spelling in ("NEWTONS LAW", "newton law", "Newton laws"):
        assert catalogue.resolve(spelling) == ("newtons_law", "Newton's laws")


def test_a_label_is_as_a_person_writes_it() -> None:
    assert Catalogue().resolve("  net\n force ") == ("net_force", "net force")
    assert Catalogue().resolve("net_force")[1] == "net force"
    assert Catalogue().resolve("") == (OTHER, "Other")


def test_an_acronym_is_another_name() -> None:
    catalogue = Catalogue().with_concepts(["Central processing unit (CPU)"])
    key, label = catalogue.resolve("CPUs")
    assert (key, label) == ("central_processing_unit", "Central processing unit (CPU)")
    assert catalogue.find("central processing units") == key


def test_an_acronym_that_was_first_keeps_its_key() -> None:
    catalogue = Catalogue().with_concepts(["CPU", "Central processing unit (CPU)"])
    assert catalogue.entries == {"cpu": "CPU"}
    assert catalogue.find("central processing unit") == "cpu"


@pytest.mark.parametrize(
    "labels",
    [
        ["Automated teller machine (ATM)", "Asynchronous transfer mode (ATM)"],
        ["ATM", "Automated teller machine (ATM)", "Asynchronous transfer mode (ATM)"],
    ],
)
def test_an_acronym_of_two_concepts_does_not_make_them_one(labels: list[str]) -> None:
    catalogue = Catalogue().with_concepts(labels)
    assert catalogue.find("automated teller machine") != catalogue.find("asynchronous transfer mode")
    assert catalogue.find("asynchronous transfer mode") is not None


def test_brackets_that_hold_no_acronym_belong_to_the_name() -> None:
    catalogue = Catalogue().with_concepts(["Momentum (physics)", "Reaction (chemistry)"])
    assert catalogue.aliases == {}
    assert list(catalogue.entries) == ["momentum_physics", "reaction_chemistry"]


def test_a_full_catalogue_puts_new_concepts_under_other() -> None:
    catalogue = Catalogue().with_concepts(f"concept {n}" for n in range(MAX_CONCEPTS + 10))
    assert len(catalogue.entries) == MAX_CONCEPTS
    assert catalogue.resolve("something new") == (OTHER, "Other")
    assert catalogue.find("something new") is None
    assert catalogue.resolve("concept 7") == ("concept_7", "concept 7")


def test_the_fullest_catalogue_fits_a_row() -> None:
    wide = "\U00020000"
    marks = [chr(0x20001 + n) for n in range(MAX_CONCEPTS)]
    catalogue = Catalogue().with_concepts(mark + wide * 200 for mark in marks)
    assert len(catalogue.entries) == MAX_CONCEPTS
    size = len(json.dumps([dict(catalogue.entries), dict(catalogue.aliases)], ensure_ascii=False).encode())
    assert size < 300_000


@given(st.lists(labels, max_size=8))
@example([": _%", ""])
def test_adding_concepts_is_idempotent_and_never_changes_a_key(added: list[str]) -> None:
    stages = [Catalogue()]
    for label in added:
        stages.append(stages[-1].with_concepts([label]))
    whole = stages[-1]
    assert whole.with_concepts(added) == whole
    assert Catalogue().with_concepts(added) == whole
    for label in added:
        assert whole.find(label) in whole.entries
        assert whole.entries[whole.resolve(label)[0]] == whole.resolve(label)[1]
    for earlier, later in pairwise(stages):
        assert all(later.find(key) == key for key in earlier.entries)

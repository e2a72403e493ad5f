"""Class shares: snapshots tell nothing about one learner, and folds use the snapshot that the evidence names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from domain.progress.chance import NO_ANSWERS, NOTHING, Counts, InClass, chance_of_success
from domain.progress.class_snapshot import MAX_CONCEPTS, ClassSnapshot, snapshot_of
from domain.progress.evidence import Evidence
from domain.progress.mastery import chance_of, fold, fold_overall, next_concepts
from domain.progress.standing import ConceptStanding, Standing

DAY = "2026-09-14"
scores = st.integers(0, 4).map(lambda quarters: quarters / 4)
shares = st.integers(1, 19).map(lambda steps: round(steps * 0.05, 2))
classes = st.one_of(st.none(), st.builds(InClass, st.just("physics"), st.just(DAY), shares, shares))


def learner(number: int, **counts: Counts) -> Standing:
    concepts = tuple(ConceptStanding(key, key, 0.3, 1, DAY, recent) for key, recent in counts.items())
    return Standing(f"learner-{number}", "physics", concepts)


def test_a_concept_of_fewer_than_five_learners_is_left_out() -> None:
    four = [learner(number, force=Counts(right=3)) for number in range(4)]
    assert snapshot_of("physics", DAY, four) == ClassSnapshot("physics", DAY)
    five = [*four, learner(4, heat=Counts(wrong=3), force=Counts(right=3))]
    assert list(snapshot_of("physics", DAY, five).shares) == ["force"]
    unanswered = replace(five[4], concepts=(ConceptStanding("force", "force", 0.3, 0, DAY),))
    assert snapshot_of("physics", DAY, [*four, unanswered]).shares == {}


def test_an_easier_concept_has_a_higher_share_and_a_higher_chance() -> None:
    class_ = [learner(number, easy=Counts(right=9, wrong=1), hard=Counts(1, 9)) for number in range(20)]
    taken = snapshot_of("physics", DAY, class_)
    easy, hard = taken.of("easy"), taken.of("hard")
    assert easy is not None
    assert hard is not None
    assert taken.of("unknown") is None
    assert (easy.share, easy.usual, hard.share) == (0.85, 0.5, 0.15)
    found = [chance_of_success(NOTHING, NO_ANSWERS, one).value for one in (hard, None, easy)]
    assert found == sorted(set(found))
    asked = next_concepts(Standing("ada", "physics"), ["Easy", "Unknown", "Hard"], 3, taken)
    assert [chance.value for chance in asked.values()] == found
    assert list(asked) == ["Hard", "Unknown", "Easy"]


@given(st.lists(st.tuples(scores, scores), min_size=5, max_size=40), st.integers(0, 4), st.randoms())
def test_one_learner_moves_a_share_by_at_most_two_steps(
    known: Sequence[tuple[float, float]], changed: int, random: Random
) -> None:
    """A learner's recent answers count as at most 11.6 of the answers in a share, to which 20 more are added. This
    limits what somebody who compares the snapshots of two days can see.
    """

    def taken(numbers: Sequence[tuple[float, float]]) -> ClassSnapshot:
        class_ = [learner(at, a=Counts(a, 1 - a), b=Counts(b, 1 - b)) for at, (a, b) in enumerate(numbers)]
        random.shuffle(class_)
        return snapshot_of("physics", DAY, class_)

    before = taken(known)
    assert taken(known) == before
    other = list(known)
    other[changed] = tuple(1 - score for score in other[changed])  # type: ignore[assignment]
    after = taken(other)
    for concept, share in before.shares.items():
        assert abs(after.shares[concept] - share) <= 0.1 + 1e-9
        assert share == round(share * 20) / 20


def test_a_snapshot_stays_a_small_row() -> None:
    many = {f"concept {number}": Counts(1, 1) for number in range(MAX_CONCEPTS + 20)}
    class_ = [learner(number, **many) for number in range(5)]
    class_.append(learner(5, **{f"concept {MAX_CONCEPTS + 19}": Counts(1, 1)}))
    taken = snapshot_of("physics", DAY, class_)
    assert len(taken.shares) == MAX_CONCEPTS
    assert f"concept {MAX_CONCEPTS + 19}" in taken.shares, "those with the most learners are kept"


def piece(number: int, score: float, in_class: InClass | None) -> Evidence:
    moment = f"{DAY}T08:00:{number:02}.000Z"
    made = Evidence(f"e{number}", "ada", "physics", "force", "Force", score, moment, "quiz", "q", "")
    return replace(made, in_class=in_class)


@given(st.lists(st.tuples(scores, classes), min_size=1, max_size=20), st.randoms())
def test_a_fold_goes_by_the_latest_snapshot_that_is_named_whatever_the_order(
    answers: Sequence[tuple[float, InClass | None]], random: Random
) -> None:
    evidence = [piece(number, *answer) for number, answer in enumerate(answers)]
    shuffled = [*evidence, *random.choices(evidence, k=5)]
    random.shuffle(shuffled)
    folded = fold(evidence)["force"]
    assert fold(shuffled)["force"] == folded
    assert folded.in_class == next((one for _, one in reversed(answers) if one is not None), None)


@given(st.lists(scores, min_size=1, max_size=20), scores, classes)
def test_a_class_changes_no_count_and_a_wrong_answer_never_raises_the_chance(
    answers: Sequence[float], score: float, in_class: InClass | None
) -> None:
    alone = [piece(number, one, None) for number, one in enumerate(answers)]
    shared = [replace(one, in_class=in_class) for one in alone]
    folded = fold(shared)["force"]
    assert folded == replace(fold(alone)["force"], in_class=in_class)
    overall = fold_overall(shared)
    assert overall == fold_overall(alone)
    found, without = chance_of(folded, overall), chance_of_success(folded.recent, overall)
    if in_class is None:
        assert found == without
    else:
        assert found.reasons[-1].code == "class_share"
        assert (found.value > without.value) == (in_class.share > in_class.usual)
    wrong = [*shared, piece(len(answers), 0.0, in_class)]
    assert chance_of(fold(wrong)["force"], fold_overall(wrong)).value <= found.value

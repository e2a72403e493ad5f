"""Progress on the fakes: profiles are never stale, and standings and projections converge after any crash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from domain.base.errors import NotFound
from domain.base.learner import Learner
from domain.base.moments import to_text
from domain.base.tables import LEARNING_EVIDENCE, TABLES
from domain.progress.class_shares import ClassShares
from domain.progress.decks import Decks
from domain.progress.evidence import Evidence
from domain.progress.keys import INTELLIGENCE, concept_vector_id, concept_vector_prefix
from domain.progress.ledger import Ledger
from domain.progress.mastery import fold
from domain.progress.progress import Progress
from domain.progress.standing import Standing, with_message
from fakes.embedder import HashingEmbedder
from fakes.key_value_store import InMemoryKeyValueStore
from fakes.scheduler import DoublingScheduler
from fakes.system import FrozenClock
from fakes.vector_store import InMemoryVectorStore
from ports.errors import TimedOut
from ports.key_value_store import ConditionFailed
from ports.paging import InvalidCursor
from tests.support.faults import Crash, Faults, Faulty, Interrupted

ADA = Learner("ada", "auth-ada", None, "Ada", "student")
PHYSICS = "physics_101"


class School:
    """The stores, and the service that uses them."""

    def __init__(self) -> None:
        self.clock = FrozenClock()
        self.store = InMemoryKeyValueStore(TABLES, self.clock)
        self.embedder = HashingEmbedder()
        self.vectors = InMemoryVectorStore(self.embedder.dimension)
        self.ledger = Ledger(self.store)
        self.progress = self.worker(Faults())
        self.quizzes = 0

    def worker(self, faults: Faults) -> Progress:
        """The service. Each of its calls to a port passes through the faults."""
        ports: list[Any] = [Faulty(port, faults) for port in (self.store, self.vectors, self.embedder)]
        store, vectors, embedder = ports
        kept = (Ledger(store), Decks(store), ClassShares(store, self.clock))
        return Progress(*kept, DoublingScheduler(), vectors, embedder, self.clock)

    def grade(self, scores: dict[str, float], *, user: str = "ada", subject: str = PHYSICS) -> list[Evidence]:
        """Enter a quiz with one answer for each label into the ledger, without a refresh of the standing."""
        self.quizzes += 1
        self.clock.advance(1)
        named = self.progress.labelled(user, subject, list(scores))
        evidence = [
            Evidence(
                evidence_id=f"quiz-{self.quizzes}-{number}",
                user_id=user,
                subject_id=subject,
                concept=key,
                label=label,
                score=score,
                occurred_at=to_text(self.clock.now()),
                source="quiz",
                source_id=f"quiz-{self.quizzes}",
                question=f"What about {label}?",
                question_key=f"question of {key}",
                choice="" if score else "a wrong option",
            )
            for number, ((key, label), score) in enumerate(zip(named, scores.values(), strict=True))
        ]
        self.store.transact(
            [
                *self.ledger.evidence_puts(evidence),
                self.ledger.marker_put(user, subject, f"quiz-{self.quizzes}", self.clock.now()),
            ]
        )
        return evidence

    def sweep(self) -> int:
        self.clock.advance(3600)
        return self.progress.sweep()

    def shown(self, user: str = "ada") -> dict[str, dict[str, Any]]:
        """The metadata of the learner's concept vectors, by concept."""
        ids = self.vectors.ids(INTELLIGENCE, concept_vector_prefix(user)).items
        records = self.vectors.fetch(INTELLIGENCE, ids).values()
        return {str(record.metadata["concept"]): dict(record.metadata) for record in records}

    def settled(self) -> tuple[Standing, dict[str, dict[str, Any]], int]:
        standing = self.ledger.standing("ada", PHYSICS)
        markers = len(self.ledger.markers("ada", PHYSICS))
        return replace(standing, version=0), self.shown(), markers


@pytest.fixture
def school() -> School:
    return School()


def test_the_concepts_of_a_class_are_embedded_once() -> None:
    school = School()
    for user in ("ada", "alan"):
        school.grade({"inertia": 1.0, "momentum": 0.0}, user=user)
        school.progress.refresh(user, PHYSICS)
    assert school.embedder.calls == [["inertia", "momentum"]]
    kept = [
        school.vectors.fetch(INTELLIGENCE, [concept_vector_id(user, PHYSICS, "inertia")])
        for user in ("ada", "alan")
    ]
    assert [list(one.values) for found in kept for one in found.values()] == school.embedder.embed(
        ["inertia"]
    ) * 2


def test_a_profile_follows_a_quiz_at_once_and_after_the_refresh(school: School) -> None:
    school.grade({"Newton's laws": 1.0, "Heat": 0.0})
    at_once = school.progress.profile(ADA, PHYSICS)
    assert at_once.mastery_levels["newtons_law"] > 0.3 > at_once.mastery_levels["heat"]
    assert [one.label for one in at_once.concepts] == ["Heat", "Newton's laws"]
    assert at_once.total_interactions == 2
    school.progress.refresh("ada", PHYSICS)
    assert school.progress.profile(ADA, PHYSICS) == at_once
    assert school.progress.profile(ADA, None) == at_once


def test_a_learner_without_evidence_has_an_empty_profile(school: School) -> None:
    profile = school.progress.profile(ADA, None)
    assert (profile.mastery_levels, profile.difficulty_preference) == ({}, "intermediate")
    assert profile.learning_style == "balanced"
    assert school.progress.profile(ADA, PHYSICS) == profile


def test_a_profile_does_not_wait_for_an_index(school: School) -> None:
    school.store.lag_indexes()
    school.grade({"Heat": 1.0})
    assert school.progress.profile(ADA, None).total_interactions == 1
    school.progress.refresh("ada", PHYSICS)
    assert school.progress.profile(ADA, None).total_interactions == 1


def test_a_refreshed_profile_reads_no_ledger(school: School) -> None:
    for _ in range(5):
        school.grade({"Heat": 1.0})
    school.progress.refresh("ada", PHYSICS)
    school.store.calls.clear()
    school.progress.profile(ADA, PHYSICS)
    assert school.store.calls == [("query", LEARNING_EVIDENCE.name), ("get", LEARNING_EVIDENCE.name)]


def test_a_standing_and_evidence_of_version_0_2_are_read(school: School) -> None:
    school.grade({"Heat": 1.0, "Force": 0.0})
    school.progress.refresh("ada", PHYSICS)
    now = school.progress.profile(ADA, PHYSICS)
    for row in school.store.items(LEARNING_EVIDENCE):
        for concept in row.get("concepts", []):
            del concept["recent"]
        row.pop("overall", None)
        row.pop("weight", None)
        school.store.put(LEARNING_EVIDENCE, row)
    read = school.progress.profile(ADA, PHYSICS)
    assert read.mastery_levels == now.mastery_levels
    for concept, chance in read.chances.items():
        assert chance.value == pytest.approx(now.chances[concept].value, abs=0.01)
    assert all(one.weight == 1 for one in school.ledger.evidence("ada", PHYSICS))


def test_a_concept_of_two_subjects_appears_once_in_the_whole_profile(school: School) -> None:
    both = school.grade({"Heat": 1.0, "Force": 1.0})
    both += school.grade({"heat": 0.0}, subject="chemistry_101")
    school.progress.refresh("ada", PHYSICS)
    whole = school.progress.profile(ADA, None)
    assert {one.concept: one for one in whole.concepts} == fold(both)
    assert whole.concepts[1].evidence_count == 2
    why = school.progress.explain(ADA, "Heat", None, limit=10, cursor=None)
    assert [step.evidence.subject_id for step in why.steps] == ["chemistry_101", PHYSICS]
    assert why.standing == whole.concepts[1]


@pytest.mark.parametrize(
    ("one", "other"),
    [(("a", "b#c"), ("a#b", "c")), (("a_b", "c"), ("a", "b_c")), (("a", "b"), ("a%23b", "b"))],
)
def test_learners_and_subjects_share_no_evidence(
    school: School, one: tuple[str, str], other: tuple[str, str]
) -> None:
    for (user, subject), score in ((one, 1.0), (other, 0.0)):
        school.grade({"Heat": score}, user=user, subject=subject)
        school.progress.refresh(user, subject)
    for (user, subject), score in ((one, 1.0), (other, 0.0)):
        assert [evidence.score for evidence in school.ledger.evidence(user, subject)] == [score]
        assert school.ledger.subjects_of(user) == [subject]
        assert school.shown(user)["heat"]["user_id"] == user
        assert (school.shown(user)["heat"]["mastery_level"] > 0.3) == bool(score)


def test_an_explanation_lists_the_evidence_newest_first_page_by_page(school: School) -> None:
    given = [1.0, 0.0, 1.0, 1.0, 0.0]
    for score in given:
        school.grade({"Heat": score, "Force": 1.0})
    page = school.progress.explain(ADA, "HEAT", PHYSICS, limit=2, cursor=None)
    steps = list(page.steps)
    while page.cursor is not None:
        page = school.progress.explain(ADA, "HEAT", PHYSICS, limit=2, cursor=page.cursor)
        steps += page.steps
    assert [step.evidence.score for step in steps] == given[::-1]
    assert steps[0].after == page.standing.mastery_level
    assert steps[-1].before == 0.3
    assert all(newer.before == older.after for newer, older in pairwise(steps))


def test_a_concept_is_explained_under_any_spelling(school: School) -> None:
    school.grade({"Central processing unit (CPU)": 1.0, "Newton's laws": 1.0})
    for name in ("cpu", "CPUs", "central_processing_unit", "Central Processing Units"):
        assert school.progress.explain(ADA, name, PHYSICS, limit=1, cursor=None).standing.concept == (
            "central_processing_unit"
        )
    assert (
        school.progress.explain(ADA, "newton law", None, limit=1, cursor=None).standing.label
        == "Newton's laws"
    )


def test_a_concept_without_evidence_has_no_explanation(school: School) -> None:
    school.grade({"Heat": 1.0})
    for concept, subject, user in (
        ("light", PHYSICS, ADA),
        ("heat", "chemistry_101", ADA),
        ("heat", None, replace(ADA, user_id="alan")),
    ):
        with pytest.raises(NotFound) as refused:
            school.progress.explain(user, concept, subject, limit=5, cursor=None)
        assert refused.value.code == "concept_not_found"


@pytest.mark.parametrize("cursor", ["x", "é", "bnVsbA", "W10", "WzEsMl0"])
def test_an_invalid_cursor_is_refused(school: School, cursor: str) -> None:
    school.grade({"Heat": 1.0})
    with pytest.raises(InvalidCursor):
        school.progress.explain(ADA, "heat", PHYSICS, limit=5, cursor=cursor)


def test_changes_are_the_same_whether_the_evidence_is_stored_or_not(school: School) -> None:
    school.grade({"Heat": 0.0})
    before = school.progress.profile(ADA, PHYSICS).mastery_levels["heat"]
    new = school.grade({"Heat": 1.0, "Light": 0.0})
    heat, light = school.progress.changes("ada", PHYSICS, new)
    assert (heat.concept, heat.label, heat.subject_id, heat.before) == ("heat", "Heat", PHYSICS, before)
    assert heat.after == school.progress.profile(ADA, PHYSICS).mastery_levels["heat"] > before
    assert (light.before, light.after < 0.3) == (0.3, True)
    other = School()
    other.grade({"Heat": 0.0})
    assert other.progress.changes("ada", PHYSICS, new) == [heat, light]


def test_the_same_evidence_counts_once(school: School) -> None:
    evidence = school.grade({"Heat": 1.0})
    for _ in range(3):
        school.store.transact(school.ledger.evidence_puts(evidence))
    later = [replace(one, occurred_at=to_text(school.clock.now().replace(year=2027))) for one in evidence]
    school.store.transact(school.ledger.evidence_puts(later))
    assert [one.evidence_count for one in school.progress.profile(ADA, PHYSICS).concepts] == [1]


def test_a_learners_name_of_a_concept_is_not_shown_to_another_learner(school: School) -> None:
    school.progress.labelled("ada", PHYSICS, ["Project Nightjar (PN)"])
    assert school.progress.labelled("alan", PHYSICS, ["PN"]) == [("pn", "PN")]
    assert school.progress.labelled("ada", PHYSICS, ["PN"]) == [("project_nightjar", "Project Nightjar (PN)")]


def test_two_who_add_to_a_catalogue_both_succeed(school: School) -> None:
    def other() -> None:
        school.progress.labelled("ada", PHYSICS, ["Heat", "Light"])

    assert school.worker(Interrupted(at=2, between=other)).labelled("ada", PHYSICS, ["heat", "Sound"]) == [
        ("heat", "Heat"),
        ("sound", "Sound"),
    ]
    entries = school.ledger.catalogue("ada", PHYSICS).catalogue.entries
    assert entries == {"heat": "Heat", "light": "Light", "sound": "Sound"}


def test_a_refresh_shows_the_seeds_record_of_each_concept(school: School) -> None:
    school.grade({"Newton's laws": 1.0})
    school.progress.refresh("ada", PHYSICS)
    (concept,) = school.progress.profile(ADA, PHYSICS).concepts
    assert school.shown() == {
        "newtons_law": {
            "user_id": "ada",
            "subject_id": PHYSICS,
            "concept": "newtons_law",
            "mastery_level": concept.mastery_level,
            "interaction_count": 1,
            "last_interaction": concept.last_interaction,
            "difficulty_preference": "beginner",
            "learning_style": "balanced",
        }
    }
    assert school.embedder.calls == [["Newton's laws"]]


def test_a_concept_is_embedded_once(school: School) -> None:
    for score in (1.0, 0.0, 1.0):
        school.grade({"Heat": score})
        school.progress.refresh("ada", PHYSICS)
    school.grade({"Heat": 1.0, "Light": 1.0})
    school.progress.refresh("ada", PHYSICS)
    assert school.embedder.calls == [["Heat"], ["Light"]]
    assert school.shown()["heat"]["interaction_count"] == 4


def test_a_refresh_without_new_evidence_changes_nothing(school: School) -> None:
    school.grade({"Heat": 1.0})
    school.progress.refresh("ada", PHYSICS)
    school.store.calls.clear()
    school.progress.refresh("ada", PHYSICS)
    assert school.store.calls == [("query", LEARNING_EVIDENCE.name)]
    assert school.sweep() == 0


def test_messages_are_kept_by_a_refresh(school: School) -> None:
    asked = with_message(school.ledger.standing("ada", PHYSICS), "2026-01-04")
    school.store.transact([school.ledger.standing_put(asked)])
    school.grade({"Heat": 1.0})
    school.progress.refresh("ada", PHYSICS)
    standing = school.ledger.standing("ada", PHYSICS)
    assert [(day.day, day.messages, day.quizzes) for day in standing.days] == [
        ("2026-01-04", 1, 0),
        ("2026-01-05", 0, 1),
    ]
    assert (standing.quizzes_taken, standing.version) == (1, 2)


def test_the_sweeper_refreshes_only_after_the_grace_period(school: School) -> None:
    school.grade({"Heat": 1.0})
    assert school.progress.sweep() == 0
    school.clock.advance(60)
    assert school.progress.sweep() == 1
    assert school.progress.sweep() == 0


def test_a_learner_who_cannot_be_refreshed_does_not_keep_others_waiting(school: School) -> None:
    for user in ("ada", "alan", "mary"):
        school.grade({"Heat": 1.0}, user=user)
    school.embedder.fail_next(TimedOut("embedder"))
    assert school.sweep() == 3
    assert [bool(school.shown(user)) for user in ("ada", "alan", "mary")] == [False, True, True]
    assert school.sweep() == 1
    assert school.shown("ada")


def story() -> School:
    """A school with evidence that the standing counts, and evidence that it does not count yet."""
    school = School()
    school.grade({"Heat": 1.0, "Force": 0.0})
    school.progress.refresh("ada", PHYSICS)
    asked = with_message(school.ledger.standing("ada", PHYSICS), "2026-01-05")
    school.store.transact([school.ledger.standing_put(asked)])
    school.grade({"Heat": 1.0, "Light": 1.0})
    school.grade({"Force": 0.0})
    return school


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("fault", [Crash, lambda: TimedOut("key_value_store")], ids=["crash", "timeout"])
def test_a_refresh_cut_short_at_any_call_converges(
    fault: Callable[[], BaseException], after_effect: bool
) -> None:
    whole = Faults()
    school = story()
    school.worker(whole).refresh("ada", PHYSICS)
    expected = school.settled()
    profile = school.progress.profile(ADA, None)
    assert expected[2] == 0
    assert whole.calls > 6
    for call in range(1, whole.calls + 1):
        school = story()
        with pytest.raises((Crash, TimedOut)):
            school.worker(Faults(at=call, fault=fault, after_effect=after_effect)).refresh("ada", PHYSICS)
        assert school.progress.profile(ADA, None) == profile
        school.sweep()
        assert school.settled() == expected
        school.progress.refresh("ada", PHYSICS)
        assert school.settled() == expected


def another_refresh(school: School) -> None:
    school.progress.refresh("ada", PHYSICS)


def another_quiz(school: School) -> None:
    school.grade({"Light": 0.0, "Sound": 1.0})
    school.progress.refresh("ada", PHYSICS)


def a_quiz_not_refreshed(school: School) -> None:
    school.grade({"Light": 0.0, "Sound": 1.0})


def a_message(school: School) -> None:
    asked = with_message(school.ledger.standing("ada", PHYSICS), "2026-01-05")
    school.store.transact([school.ledger.standing_put(asked)])


@pytest.mark.parametrize("between", [another_refresh, another_quiz, a_quiz_not_refreshed, a_message])
def test_changes_during_a_refresh_are_neither_lost_nor_undone(between: Callable[[School], None]) -> None:
    whole = Faults()
    school = story()
    school.worker(whole).refresh("ada", PHYSICS)
    between(school)
    school.sweep()
    standing, shown, _ = school.settled()
    expected = (standing.concepts, standing.quizzes_taken, standing.days, standing.questions)
    for call in range(1, whole.calls + 1):
        school = story()

        def meanwhile(school: School = school) -> None:
            between(school)

        school.worker(Interrupted(at=call, between=meanwhile)).refresh("ada", PHYSICS)
        school.sweep()
        found, shown_then, markers = school.settled()
        assert (found.concepts, found.quizzes_taken, found.days, found.questions) == expected
        assert shown_then == shown
        assert markers == 0


@pytest.mark.parametrize("lagging", [False, True], ids=["prompt", "lagging"])
def test_data_erased_during_a_refresh_does_not_come_back(lagging: bool) -> None:
    whole = Faults()
    story().worker(whole).refresh("ada", PHYSICS)
    for call in range(1, whole.calls + 1):
        school = story()

        def erase(school: School = school) -> None:
            ids = [concept_vector_id("ada", PHYSICS, key) for key in ("heat", "force", "light")]
            for partition in ("ada", f"ada#{PHYSICS}"):
                rows = school.store.query(LEARNING_EVIDENCE, partition).items
                school.store.delete_many(LEARNING_EVIDENCE, [LEARNING_EVIDENCE.key_of(row) for row in rows])
            school.vectors.delete(INTELLIGENCE, ids)

        if lagging:
            school.vectors.lag()
        school.worker(Interrupted(at=call, between=erase)).refresh("ada", PHYSICS)
        school.vectors.catch_up()
        assert school.settled() == (Standing("ada", PHYSICS), {}, 0)
        assert school.progress.profile(ADA, None).concepts == ()


def test_a_standing_is_stored_only_at_the_version_it_was_read_at(school: School) -> None:
    read = school.ledger.standing("ada", PHYSICS)
    school.store.transact([school.ledger.standing_put(with_message(read, "2026-01-05"))])
    with pytest.raises(ConditionFailed):
        school.store.transact([school.ledger.standing_put(with_message(read, "2026-01-05"))])
    stored = school.ledger.standing("ada", PHYSICS)
    assert (stored.version, stored.days[0].messages) == (1, 1)
    assert school.ledger.standings(PHYSICS, ["alan", "ada"]) == {"ada": stored}


def test_a_standing_comes_back_as_it_was_stored(school: School) -> None:
    school.grade({"Heat": 1.0, "Force": 0.0})
    school.progress.refresh("ada", PHYSICS)
    standing = school.ledger.standing("ada", PHYSICS)
    school.store.transact([school.ledger.standing_put(standing)])
    assert school.ledger.standing("ada", PHYSICS) == replace(standing, version=standing.version + 1)
    assert school.ledger.standing("ada", PHYSICS).questions[0].wrong_choices in ({}, {"a wrong option": 1})

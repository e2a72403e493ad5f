"""A corrected key. The teacher first sees its effects. Then each attempt is marked again once, and everything is as if
the key had been right from the start.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from domain.bank.item import AdmissionResult
from domain.base.learner import Learner
from domain.base.tables import DECISIONS, LEARNING_EVIDENCE, QUIZ_RESULTS, REGRADES
from domain.quizzes.quiz_words import LETTERS
from domain.teaching.regrading import RegradeOrder
from tests.support.bank import QUESTION, item, quiz_of
from tests.support.faults import AtCallOf, Crash, Faults, Interrupted, worker
from tests.support.marking import PHYSICS_101, items, letters, shown_to, stored_of
from tests.support.world import PHYSICS, Reply, User, World

REGRADES_PATH = f"/api/teacher/subjects/{PHYSICS_101}/regrades"
DESK = f"/api/teacher/subjects/{PHYSICS_101}/appeals"
ANALYTICS = f"/api/teacher/subjects/{PHYSICS_101}/ai-analytics"
GRACE = Learner("grace", "", None, "Grace", "teacher")
A_DAY = 24 * 3600
REASON = "The key named the wrong option."


@pytest.fixture
def grace(world: World) -> User:
    return world.user("grace")


def school(count: int = 3, keys: dict[int, int] | None = None) -> World:
    """A class with approved items; ``keys`` are those of items whose right option is not the first."""
    world = World()
    fill(world, count, keys)
    return world


def fill(world: World, count: int = 3, keys: dict[int, int] | None = None) -> None:
    """Store approved items of the class. The gate refused them, because no material supports them; a teacher approved
    them nevertheless.
    """
    kept = AdmissionResult(admitted=False, code="unsupported_quote", kept=True)
    made = [
        replace(
            one,
            status="approved",
            approved_version=1,
            latest=replace(one.latest, content=replace(one.latest.content, citation=None), admission=kept),
        )
        for one in items(count, keys)
    ]
    world.services.items.add(made)


def begin(world: World, learner: str, quiz_id: str) -> None:
    """Give the learner a quiz of all items, as they are now."""
    asked = sorted(world.services.items.all_of(PHYSICS_101), key=lambda one: one.item_id)
    world.services.quizzes.add(replace(quiz_of(asked, learner, quiz_id), attempt=0))


def submit(world: World, learner: str, quiz_id: str, chosen: Sequence[int | None]) -> Reply:
    world.adapters.clock.advance(60)
    answers = letters(world, learner, quiz_id, chosen)
    reply = world.user(learner).post(f"/api/quizzes/{quiz_id}/submit", {"answers": answers})
    assert reply.status == 200, reply.text
    return reply


def take(world: World, learner: str, quiz_id: str, chosen: Sequence[int | None]) -> None:
    begin(world, learner, quiz_id)
    submit(world, learner, quiz_id, chosen)


def regrade(who: User, **more: Any) -> Reply:
    return who.post(REGRADES_PATH, {"item_id": "i2", "reason": REASON, **more})


def review_all(world: World, learner: str, place: int) -> None:
    """Answer every review with the option at this place in the item."""
    user = world.user(learner)
    for one in user.get("/api/reviews").body["items"]:
        option = QUESTION.options[place]
        letter = LETTERS[one["question"]["options"].index(option)]
        assert user.post(f"/api/reviews/{one['item_id']}", {"answer": letter}).status == 200


def lived(world: World) -> None:
    """Two learners take quizzes of the items, retake one, and answer their reviews.

    They wait until every question is due, so that they answer the same ones whatever the key is.
    """
    take(world, "ada", "a1", [0, 1, 2])
    take(world, "alan", "b1", [0, 0, None])
    world.adapters.clock.advance(60 * A_DAY)
    review_all(world, "ada", 1)
    review_all(world, "alan", 0)
    take(world, "ada", "a2", [1, 1, 0])
    retaken = world.user("ada").post("/api/quizzes/a1/retake").body
    submit(world, "ada", retaken["quiz_id"], [0, 0, 0])
    world.adapters.clock.advance(300 * A_DAY)
    review_all(world, "alan", 1)
    take(world, "alan", "b2", [None, 1, 0])


class TestAsIfTheKeyHadBeenRight:
    def test_results_profiles_reviews_and_analytics_are_equal_field_by_field(self) -> None:
        corrected, right = school(), school(keys={2: 1})
        for world in (corrected, right):
            lived(world)
        assert stored_of(corrected, "ada") != stored_of(right, "ada")

        asked = regrade(corrected.user("grace"), key="B", dry_run=True)
        done = regrade(corrected.user("grace"), key="B")

        assert asked.status == done.status == 200, done.text
        assert done.body["learners"] == asked.body["learners"]
        assert (asked.body["state"], done.body["state"]) == ("preview", "done")
        for days in (0, 1, 3):
            for world in (corrected, right):
                world.adapters.clock.advance(days * A_DAY)
            for learner in ("ada", "alan"):
                assert shown_to(corrected.user(learner)) == shown_to(right.user(learner))
                assert stored_of(corrected, learner) == stored_of(right, learner)
            reports = [world.user("grace").get(ANALYTICS).body for world in (corrected, right)]
            assert reports[0] == reports[1]

    def test_the_preview_says_exactly_what_the_regrade_changes(self) -> None:
        world = school()
        lived(world)
        before = {name: shown_to(world.user(name)) for name in ("ada", "alan")}
        rows = {table: world.adapters.key_values.items(table) for table in world.services.tables}

        told = regrade(world.user("grace"), key="B", dry_run=True).body

        for table, stored in rows.items():
            if table.name != "lms-active-sessions":
                assert world.adapters.key_values.items(table) == stored
        done = regrade(world.user("grace"), key="B").body
        assert (told["attempts_done"], done["attempts_done"]) == (0, done["attempts_total"])
        again = regrade(world.user("grace"), key="B", dry_run=True).body
        assert (again["learners"], again["attempts_done"]) == ([], done["attempts_total"])
        for one in told["learners"]:
            user = world.user(one["user_id"])
            scores = {
                result["result_id"]: result["score"] for result in user.get("/api/quiz-results").body["items"]
            }
            old = {result["result_id"]: result["score"] for result in before[user.name]["listed"]}
            for attempt in one["attempts"]:
                assert scores[attempt["result_id"]] == attempt["score_after"]
                assert old[attempt["result_id"]] == attempt["score_before"]
            assert one["score_after"] == one["attempts"][-1]["score_after"]
            levels = user.get(f"/api/profile?subject_id={PHYSICS_101}").body["mastery_levels"]
            for change in one["mastery_changes"]:
                assert levels[change["concept"]] == pytest.approx(change["after"], abs=1e-12)
                was = before[user.name]["profile"]["mastery_levels"][change["concept"]]
                assert was == pytest.approx(change["before"], abs=1e-12)

    def test_a_retired_item_counts_for_nobody_and_a_key_brings_it_back(self) -> None:
        world, without = school(), school()
        take(world, "ada", "a1", [0, 1, 0])
        take(without, "ada", "a1", [0, 1, 0])

        done = regrade(world.user("grace"), retire=True)

        assert done.body["learners"][0]["score_before"] == 66.67
        assert done.body["learners"][0]["score_after"] == 100.0
        result = world.user("ada").get("/api/quizzes/a1/result").body
        assert (result["score"], result["correct_answers"], result["total_questions"]) == (100.0, 2, 2)
        assert (result["results"][1]["retired"], result["results"][1]["is_correct"]) == (True, False)
        assert result["results"][1]["corrections"][0]["verdict"] == "retired"
        assert len(world.services.ledger.evidence("ada", PHYSICS_101)) == 2
        assert len(world.services.decks.of("ada")[0].items) == 2
        assert world.services.items.get(PHYSICS_101, "i2").status == "retired"
        world.adapters.clock.advance(60)
        assert regrade(world.user("grace"), key="A", reason="It was fine.").status == 200
        without.adapters.clock.advance(60)
        assert stored_of(world, "ada") == stored_of(without, "ada")

    def test_an_override_of_one_mark_stays_when_the_key_changes(self) -> None:
        world = school()
        take(world, "ada", "a1", [0, 1, 0])
        take(world, "alan", "b1", [0, 1, 0])
        ruling = {"result_id": "a1-r", "question_id": "2", "verdict": "partly", "reason": "Half of it."}
        grace = world.user("grace")
        assert grace.post(f"/api/teacher/subjects/{PHYSICS_101}/overrides", ruling).status == 200

        done = regrade(grace, key="B").body

        assert [one["user_id"] for one in done["learners"]] == ["alan"]
        mark = world.user("ada").get("/api/quizzes/a1/result").body["results"][1]
        assert (mark["credit"], mark["user_answer"]) == (0.5, mark["correct_answer"])
        assert world.user("alan").get("/api/quizzes/b1/result").body["score"] == 100.0

    def test_other_kinds_are_marked_by_their_own_keys(self, world: World, grace: User) -> None:
        asked = [
            replace(
                QUESTION,
                question="Which are quantities?",
                options=("a mass", "a speed", "a colour", "a name"),
                kind="multiple_answer",
                correct=-1,
                right=(0, 1),
            ),
            replace(
                QUESTION,
                question="In which order?",
                options=("first", "second", "third"),
                kind="ordering",
                correct=-1,
                right=(0, 1, 2),
            ),
            replace(
                QUESTION, question="_____ pushes.", options=(), kind="cloze", correct=-1, accepted=("speed",)
            ),
            replace(
                QUESTION, question="How far?", options=(), kind="numeric", correct=-1, accepted=("3 km",)
            ),
            replace(QUESTION, question="True?", options=("True", "False"), kind="true_false", correct=0),
        ]
        made = [item(f"i{number}", question=one) for number, one in enumerate(asked, start=1)]
        world.services.items.add(made)
        world.services.quizzes.add(replace(quiz_of(made, "ada", "a1"), attempt=0))
        quiz = world.services.quizzes.get("ada", "a1")
        shown = {one.question_id: one for one in quiz.questions}

        def at(number: str, *places: int) -> list[str]:
            return [LETTERS[shown[number].item_order.index(place)] for place in places]

        answers = {
            "1": at("1", 0, 2),
            "2": at("2", 2, 1, 0),
            "3": "force",
            "4": "4000 m",
            "5": at("5", 1)[0],
        }
        world.user("ada").post("/api/quizzes/a1/submit", {"answers": answers})
        for number, key in enumerate((["A", "C"], ["C", "B", "A"], ["force"], "4 km", "false"), start=1):
            done = regrade(grace, item_id=f"i{number}", key=key)
            assert done.status == 200, done.text
        assert world.user("ada").get("/api/quizzes/a1/result").body["score"] == 100.0


class TestCitationsOfACorrectedKey:
    """A question that the material supports with one key, but not with another."""

    ITEMS = f"/api/teacher/subjects/{PHYSICS_101}/items"
    OWN: ClassVar[dict[str, Any]] = {
        "question": "What does Newton's second law say that the net force on a body equals?",
        "options": ["its mass times its acceleration", "its weight divided by its speed", "a sum of charges"],
        "explanation": "It is the second law.",
        "concept": "Newton's second law",
    }

    def assigned(self, world: World, key: str) -> tuple[str, str]:
        """The ids of an item with this key, and of the quiz that ada took with it."""
        grace = world.user("grace")
        grace.share(PHYSICS_101, "laws.txt", PHYSICS)
        item_id = grace.post(self.ITEMS, self.OWN | {"correct_answer": key}).body["item_id"]
        assert grace.post(f"{self.ITEMS}/{item_id}/approve", {"keep": True}).status == 200
        begin(world, "ada", "a1")
        submit(world, "ada", "a1", [0])
        return item_id, "a1"

    def test_is_cited_as_if_the_key_had_been_right(self, world: World) -> None:
        right = World()
        _, quiz_id = self.assigned(right, "A")
        item_id, _ = self.assigned(world, "B")
        (mark,) = world.user("ada").get(f"/api/quizzes/{quiz_id}/result").body["results"]
        assert mark["citation"] is None

        assert regrade(world.user("grace"), item_id=item_id, key="A").status == 200

        told = [
            one.user("ada").get(f"/api/quizzes/{quiz_id}/result").body["results"][0] for one in (world, right)
        ]
        assert told[0]["citation"]["quote"] == told[1]["citation"]["quote"] in PHYSICS
        asked = [
            one.user("ada").get(f"/api/quizzes/{quiz_id}").body["questions"][0] for one in (world, right)
        ]
        assert asked[0]["checked"] == asked[1]["checked"] == "rules"
        shown = world.user("grace").get(f"{self.ITEMS}/{item_id}").body
        assert shown["admission"] == {"admitted": True, "code": None, "kept": False, "checked": "rules"}

    def test_a_passage_that_supports_another_key_is_no_longer_cited(self, world: World) -> None:
        item_id, quiz_id = self.assigned(world, "A")
        done = regrade(world.user("grace"), item_id=item_id, key="B")
        assert done.body["state"] == "done"
        (mark,) = world.user("ada").get(f"/api/quizzes/{quiz_id}/result").body["results"]
        assert (mark["citation"], mark["correct_answer"] != mark["user_answer"]) == (None, True)
        (question,) = world.user("ada").get(f"/api/quizzes/{quiz_id}").body["questions"]
        assert question["checked"] == "teacher"
        assert world.user("grace").get(f"{self.ITEMS}/{item_id}").body["admission"]["kept"] is True
        regrade(world.user("grace"), item_id=item_id, key="A", reason="It was right.")
        (mark,) = world.user("ada").get(f"/api/quizzes/{quiz_id}/result").body["results"]
        assert mark["citation"]["quote"] in PHYSICS

    def test_the_documents_of_an_assigned_quiz_follow_its_citations(self, world: World) -> None:
        grace, ada = world.user("grace"), world.user("ada")
        file_id = grace.share(PHYSICS_101, "laws.txt", PHYSICS)
        item_id = grace.post(self.ITEMS, self.OWN | {"correct_answer": "B"}).body["item_id"]
        grace.post(f"{self.ITEMS}/{item_id}/approve", {"keep": True})
        grace.post(
            f"/api/teacher/subjects/{PHYSICS_101}/assignments/assignment_1/quiz", {"item_ids": [item_id]}
        )
        quiz_id = ada.post("/api/assignments/assignment_1/generate-quiz", {}).body["quiz_id"]

        def documents() -> Any:
            return ada.get(f"/api/quizzes/{quiz_id}").body["document_ids"]

        assert documents() == []
        regrade(grace, item_id=item_id, key="A")
        assert documents() == [file_id]
        submit(world, "ada", quiz_id, [0])
        assert documents() == [file_id]
        regrade(grace, item_id=item_id, key="B", reason="It was right.")
        assert documents() == []

    def test_a_question_that_a_teacher_answers_for_stays_so_when_it_is_retired(self, world: World) -> None:
        fill(world)
        take(world, "ada", "a1", [0, 1, 0])
        regrade(world.user("grace"), retire=True)
        asked = world.user("ada").get("/api/quizzes/a1").body["questions"]
        assert {one["question_id"]: one["checked"] for one in asked}["2"] == "teacher"

    def test_a_key_that_nobody_could_answer_with_is_refused(self, world: World, grace: User) -> None:
        cloze = replace(
            QUESTION, question="_____ pushes.", options=(), kind="cloze", correct=-1, accepted=("force",)
        )
        world.services.items.add([item("i1", question=cloze)])
        assert regrade(grace, item_id="i1", key="...").code == "invalid_key"

    def test_a_short_answer_has_no_key_that_can_be_corrected(self, world: World, grace: User) -> None:
        short = replace(QUESTION, options=(), kind="short_answer", correct=-1, accepted=("a push",))
        world.services.items.add([item("i1", question=short)])
        refused = regrade(grace, item_id="i1", key="a pull", dry_run=True)
        assert (refused.status, refused.code) == (409, "kind_not_regraded")

    def test_nobody_disputes_or_decides_over_the_mark_of_a_retired_question(
        self, world: World, ada: User, grace: User
    ) -> None:
        fill(world)
        take(world, "ada", "a1", [0, 1, 0])
        regrade(grace, retire=True)
        mark = {"question_id": "2"}
        disputed = ada.post("/api/results/a1-r/appeals", {**mark, "sentence": "It is right."})
        ruling = {**mark, "result_id": "a1-r", "verdict": "right", "reason": "It is."}
        decided = grace.post(f"/api/teacher/subjects/{PHYSICS_101}/overrides", ruling)
        for refused in (disputed, decided):
            assert (refused.status, refused.code) == (409, "question_retired")

    @pytest.mark.parametrize("is_submitted_before", [True, False])
    def test_a_mark_that_nobody_can_decide_any_more_leaves_the_desk(
        self, world: World, ada: User, grace: User, is_submitted_before: bool
    ) -> None:
        """The judge is unsure about a short answer, and then its question is retired."""
        short = replace(
            QUESTION, options=(), kind="short_answer", correct=-1, accepted=("A push", "It has a size")
        )
        world.services.items.add([item("i2", question=short)])
        world.services.quizzes.add(replace(quiz_of([item("i2", question=short)], "ada", "a1"), attempt=0))
        answered = {"answers": {"1": "A push that presses something."}}
        for _ in range(2):
            world.adapters.agent.enqueue("no judgement")
        if is_submitted_before:
            assert ada.post("/api/quizzes/a1/submit", answered).body["results"][0]["needs_review"]
            (waiting,) = grace.get(DESK).body["items"]
            assert waiting["correct_answer"] == "A push; It has a size"

        assert regrade(grace, retire=True).body["learners"] == []

        if not is_submitted_before:
            assert ada.post("/api/quizzes/a1/submit", answered).status == 200
        assert grace.get(DESK).body["items"] == []
        mark = ada.get("/api/quizzes/a1/result").body["results"][0]
        recorded = grace.get(f"/api/teacher/subjects/{PHYSICS_101}/decisions").body["items"]
        assert [one["verdict"] for one in mark["corrections"]] == ["retired"] * is_submitted_before
        assert [one["machine_verdict"] for one in recorded] == ["needs_review"] * is_submitted_before


class TestConcurrentChanges:
    def test_an_open_quiz_is_scored_by_the_corrected_key(self, world: World, ada: User, grace: User) -> None:
        fill(world)
        begin(world, "ada", "a1")
        regrade(grace, key="B")
        assert submit(world, "ada", "a1", [0, 1, 0]).body["score"] == 100.0
        begin(world, "ada", "a2")
        assert submit(world, "ada", "a2", [0, 0, 0]).body["score"] == 66.67

    def test_hints_of_an_open_quiz_follow_the_corrected_key(
        self, world: World, ada: User, grace: User
    ) -> None:
        """The third hint excludes a wrong option: here the one that is right by the corrected key."""
        fill(world)
        begin(world, "ada", "a1")
        path = "/api/quizzes/a1/questions/2/hint"
        told = [ada.post(path).body["hint"] for _ in range(3)]
        ruled_out = ada.get("/api/quizzes/a1").body["questions"][1]["options"][LETTERS.index(told[2][7])]
        regrade(grace, key=LETTERS[QUESTION.options.index(ruled_out)])

        question = ada.get("/api/quizzes/a1").body["questions"][1]
        assert question["options"][LETTERS.index(question["hints"][2][7])] != ruled_out

        begin(world, "ada", "a2")  # an attempt with the old key, as if it had begun before
        quiz = world.services.quizzes.get("ada", "a1")
        world.services.quizzes.add(
            replace(
                quiz,
                quiz_id="a3",
                version=0,
                questions=tuple(replace(one, hints=()) for one in quiz.questions),
            )
        )
        assert ada.get("/api/quizzes/a3").body["questions"][1]["hints"] == []
        for _ in range(3):
            hinted = ada.post("/api/quizzes/a3/questions/2/hint").body["hint"]
        assert question["options"][LETTERS.index(hinted[7])] != ruled_out
        answers = letters(world, "ada", "a3", [0, QUESTION.options.index(ruled_out), 0])
        assert ada.post("/api/quizzes/a3/submit", {"answers": answers}).body["score"] == 100.0

    def test_a_submission_that_read_the_old_key_is_found_by_the_sweeper(
        self, world: World, ada: User
    ) -> None:
        """The submission reads the key. Then the whole regrade is done. Only then the submission stores its result."""
        fill(world)
        begin(world, "ada", "a1")
        answers = letters(world, "ada", "a1", [0, 1, 0])
        learner = world.services.admission.admit(ada.token or "").learner
        faults = _Between(lambda: regrade(world.user("grace"), key="B"))
        result = worker(world, faults).grading.submit(learner, "a1", answers)
        assert result.score.score == 66.67

        world.adapters.clock.advance(61)
        world.sweep()

        assert world.user("ada").get("/api/quizzes/a1/result").body["score"] == 100.0
        for _ in range(16):
            world.adapters.clock.advance(61)
            world.sweep()
        (row,) = world.adapters.key_values.items(REGRADES)
        assert "sweep_at" not in row

    def test_an_erased_learner_is_left_out_and_nothing_of_them_comes_back(
        self, world: World, grace: User
    ) -> None:
        fill(world)
        take(world, "ada", "a1", [0, 1, 0])
        take(world, "alan", "b1", [0, 1, 0])
        world.user("ada").delete("/api/me/data")
        done = regrade(world.user("grace"), key="B").body
        assert [one["user_id"] for one in done["learners"]] == ["alan"]
        assert done["state"] == "done"
        assert not any(
            row.get("user_id") == "ada" for row in world.adapters.key_values.items(LEARNING_EVIDENCE)
        )

    @pytest.mark.slow
    @pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
    @pytest.mark.parametrize("is_in_request", [True, False], ids=["request", "sweeper"])
    def test_a_crash_at_any_call_is_finished_in_the_next_turn_of_the_sweeper_each_attempt_once(
        self, is_in_request: bool, after_effect: bool
    ) -> None:
        def made() -> World:
            world = school(2)
            take(world, "ada", "a1", [1, 1])
            take(world, "alan", "b1", [0, 1])
            world.adapters.clock.advance(60 * A_DAY)
            review_all(world, "ada", 1)
            return world

        order = RegradeOrder("i2", REASON, key="B")
        whole = made()
        regrade(whole.user("grace"), key="B")
        wanted = {name: stored_of(whole, name) for name in ("ada", "alan")}
        entries = [len(whole.services.ledger.entries(name, PHYSICS_101)) for name in ("ada", "alan")]
        for at in itertools.count(1):
            world = made()
            faults = Faults(at=at, after_effect=after_effect)
            with suppress(Crash):
                if is_in_request:
                    worker(world, faults).regrading.begin(GRACE, PHYSICS_101, order)
                else:
                    with suppress(Crash):  # the request dies before the first attempt is marked
                        worker(world, AtCallOf(method="transact", nth=2, happens=_die)).regrading.begin(
                            GRACE, PHYSICS_101, order
                        )
                    worker(world, faults).regrading.sweep()
            begun = world.adapters.key_values.items(REGRADES)
            world.sweep()
            if begun:
                for name, stored in wanted.items():
                    assert stored_of(world, name) == stored, at
            again = regrade(world.user("grace"), key="B")
            assert (again.status, again.body["state"]) == (200, "done"), again.text
            if begun:
                assert again.body["regrade_id"] == begun[0]["regrade_id"]
            for name, stored in wanted.items():
                assert stored_of(world, name) == stored, at
            assert entries == [
                len(world.services.ledger.entries(name, PHYSICS_101)) for name in ("ada", "alan")
            ]
            assert len(world.adapters.key_values.items(DECISIONS)) == 2
            assert len(world.adapters.key_values.items(REGRADES)) == 1
            if faults.calls < at:
                assert at > 20
                return

    @pytest.mark.slow
    def test_another_worker_at_any_call_marks_and_corrects_nothing_twice(self) -> None:
        """The sweeper does the whole regrade between two calls of the request that began it."""

        def made() -> World:
            world = school(2)
            take(world, "ada", "a1", [1, 1])
            world.adapters.clock.advance(60 * A_DAY)
            review_all(world, "ada", 1)
            return world

        order = RegradeOrder("i2", REASON, key="B")
        whole = made()
        regrade(whole.user("grace"), key="B")
        for at in itertools.count(1):
            world = made()
            faults = Interrupted(at=at, between=world.services.regrading.sweep)
            worker(world, faults).regrading.begin(GRACE, PHYSICS_101, order)
            world.sweep()
            assert stored_of(world, "ada") == stored_of(whole, "ada"), at
            for read in (world, whole):
                assert len(read.adapters.key_values.items(DECISIONS)) == 1
            entries, right = (one.services.ledger.entries("ada", PHYSICS_101) for one in (world, whole))
            assert entries == right, at
            if faults.calls < at:
                assert at > 20
                return

    def test_a_second_correction_takes_the_place_of_the_first(
        self, world: World, ada: User, grace: User
    ) -> None:
        fill(world)
        take(world, "ada", "a1", [0, 1, 0])
        first = regrade(grace, key="B").body
        again = regrade(grace, key="B").body
        assert again["regrade_id"] == first["regrade_id"]
        world.adapters.clock.advance(60)
        second = regrade(grace, key="C", reason="No: C.").body
        assert second["regrade_id"] != first["regrade_id"]
        mark = ada.get("/api/quizzes/a1/result").body["results"][1]
        assert (mark["is_correct"], [one["verdict"] for one in mark["corrections"]]) == (
            False,
            ["wrong", "right"],
        )
        for one in (first, second):
            shown = grace.get(f"{REGRADES_PATH}/{one['regrade_id']}").body
            assert (shown["state"], shown["attempts_done"], shown["learners_done"]) == ("done", 1, 1)


def _die() -> None:
    raise Crash


class _Between(Faults):
    """Lets something happen right before the first transaction."""

    def __init__(self, happens: Any) -> None:
        super().__init__()
        self._happens = happens

    def around(self, call: Any, *args: Any, **options: Any) -> Any:
        if getattr(call, "__name__", "") == "transact" and self._happens is not None:
            happens, self._happens = self._happens, None
            happens()
        return super().around(call, *args, **options)


class TestTheLearner:
    def test_is_told_what_changed_and_why_and_the_appeal_is_answered(
        self, world: World, ada: User, grace: User
    ) -> None:
        fill(world)
        take(world, "ada", "a1", [0, 1, 0])
        ada.post("/api/results/a1-r/appeals", {"question_id": "2", "sentence": "B is right."})
        done = regrade(grace, key="B", explanation="Because it is so.").body

        (listed,) = ada.get("/api/quiz-results").body["items"]
        (told,) = listed["corrections"]
        assert (told["kind"], told["reason"], told["question_id"]) == ("regrade", REASON, "2")
        mark = ada.get("/api/quizzes/a1/result").body["results"][1]
        assert (mark["explanation"], mark["appeal"]["status"]) == ("Because it is so.", "decided")
        assert grace.get(DESK).body["items"] == []
        (recorded,) = grace.get(f"/api/teacher/subjects/{PHYSICS_101}/decisions").body["items"]
        assert (recorded["kind"], recorded["regrade_id"]) == ("regrade", done["regrade_id"])
        assert (recorded["machine_verdict"], recorded["verdict"]) == ("wrong", "right")


class TestRefusals:
    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"key": "Z"}, 400, "invalid_key"),
            ({"key": ["A", "B"]}, 400, "invalid_key"),
            ({"key": ""}, 400, "invalid_key"),
            ({}, 400, "invalid_request"),
            ({"key": "B", "retire": True}, 400, "invalid_request"),
            ({"key": "B", "reason": " "}, 400, "invalid_request"),
            ({"key": "B", "item_id": "nothing"}, 404, "item_not_found"),
            ({"key": "B", "item_version": 9}, 404, "item_version_not_found"),
            ({"key": "A"}, 409, "key_unchanged"),
        ],
    )
    def test_an_order_that_does_not_fit_changes_nothing(
        self, world: World, grace: User, body: dict[str, Any], status: int, code: str
    ) -> None:
        fill(world)
        take(world, "ada", "a1", [0, 1, 0])
        before = world.adapters.key_values.items(QUIZ_RESULTS)
        for reply in (regrade(grace, **body), regrade(grace, dry_run=True, **body)):
            assert (reply.status, reply.code) == (status, code)
        assert world.adapters.key_values.items(QUIZ_RESULTS) == before
        assert world.adapters.key_values.items(REGRADES) == []

    def test_a_teacher_of_another_subject_corrects_nothing(self, world: World) -> None:
        fill(world)
        karl = world.user("karl")
        assert regrade(karl, key="B").code == "not_your_subject"
        history = "/api/teacher/subjects/history_201/regrades"
        body = {"item_id": "i2", "key": "B", "reason": REASON}
        assert karl.post(history, body).code == "item_not_found"
        done = regrade(world.user("grace"), key="B").body
        assert karl.get(f"{history}/{done['regrade_id']}").code == "regrade_not_found"
        assert karl.get(f"{REGRADES_PATH}/{done['regrade_id']}").code == "not_your_subject"

    def test_a_version_that_asks_something_else_is_left_as_it_is(
        self, world: World, ada: User, grace: User
    ) -> None:
        fill(world)
        take(world, "ada", "a1", [0, 1, 0])
        old = world.services.items.get(PHYSICS_101, "i2")
        now = "2026-09-14T09:00:00.000Z"
        content = replace(old.latest.content, question="What is quite another force?")
        edited = old.edited(content, "intermediate", old.latest.admission, now).approved(now, keep=True)
        world.services.items.save(edited)

        done = regrade(grace, key="B").body

        assert (done["learners"], done["other_versions"]) == ([], [{"item_version": 1, "attempts": 1}])
        assert ada.get("/api/quizzes/a1/result").body["score"] == 66.67
        assert regrade(grace, key="B", item_version=1).body["attempts_done"] == 1
        assert ada.get("/api/quizzes/a1/result").body["score"] == 100.0

"""The two searches. One runs random schedules, with several learners and workers at the same time and random faults.
The other runs each main journey once for every call of a port that can fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from tests.simulation.audit import Audit, settle
from tests.simulation.classroom import Teacher, add_class_items, appeal, assigned_somehow
from tests.simulation.journeys import PLANS, Journey, Plan
from tests.simulation.learner import Book, Learner
from tests.simulation.weather import Census, Fault, NthCall, Storm, Weather
from tests.simulation.world import Stage, World

_ACTIONS: dict[Callable[[Learner], None], int] = {
    Learner.upload: 6,
    Learner.upload_in_request: 3,
    Learner.upload_again: 4,
    Learner.delete_document: 3,
    Learner.look_around: 2,
    Learner.snoop: 3,
    Learner.ask: 5,
    Learner.forget_conversation: 1,
    Learner.rename_conversation: 1,
    Learner.make_quiz: 4,
    Learner.submit: 5,
    Learner.hint: 1,
    Learner.retake: 1,
    Learner.review: 1,
    Learner.assignment: 1,
    Learner.interview: 2,
}
_IN_CLASS: dict[Callable[[Learner], None], int] = {
    Learner.assignment: 6,
    Learner.submit: 8,
    appeal: 4,
    Learner.retake: 2,
    Learner.review: 2,
    Learner.hint: 2,
    Learner.interview: 3,
    Learner.upload: 1,
}
"""The actions in a class that has items and a teacher."""


@dataclass(frozen=True)
class Outcome:
    """The ``violations`` of a schedule. ``trail`` has all its calls of ports, if it was to be recorded."""

    violations: list[str]
    trail: list[str]
    calls: int
    strikes: int


def run_schedule(stage: Stage, seed: int) -> Outcome:
    random = Random(f"{seed}/schedule")
    world = World(stage, str(seed), Weather())
    book = Book()
    storm = Storm(Random(f"{seed}/weather"))
    actions = _ACTIONS
    if Random(f"{seed}/classroom").random() < 0.3:
        add_class_items(world, assigned_somehow(Random(f"{seed}/assigned")))
        actions = _IN_CLASS
        teacher = Teacher(world, book, f"{seed}/grace")
        world.scheduler.begin("grace", world.process("client", "grace"), teacher.live)
    for name in random.sample(("ada", "alan", "mary"), random.choice((1, 1, 2, 2, 3))):
        _begin(world, book, random, name, f"{seed}/{name}", actions)
    if random.random() < 0.6:
        world.keep_sweeping(random.choice((30.0, 120.0)))
    world.change(storm)
    return finish(world, book)


def _begin(
    world: World,
    book: Book,
    random: Random,
    name: str,
    seed: str,
    actions: dict[Callable[[Learner], None], int],
) -> None:
    """Begin the strands of a learner who has one document or none, and does some random actions, perhaps in two tabs at
    the same time.
    """
    tabs = 2 if random.random() < 0.3 else 1
    learners = [Learner(world, name, book, f"{seed}/{tab}") for tab in range(tabs)]
    pace = random.choice((0.05, 1.0, 10.0))
    for learner in learners:
        learner.is_alone = tabs == 1
        learner.pace = pace
    open_tabs = [0] * tabs

    if random.random() < 0.15:
        world.use_up(name, "messages", left=random.choice((0, 1, 2)))
        world.use_up(name, "questions", left=random.choice((0, 2, 5)))

    def live(learner: Learner) -> None:
        count = learner.random.choice((1, 1, 2, 3)) * (3 if actions is _IN_CLASS else 1)
        for action in learner.random.choices(list(actions), list(actions.values()), k=count):
            action(learner)
            learner.rest()
        open_tabs.pop()
        if not open_tabs and learner.random.random() < 0.2:
            learner.is_alone = True
            learner.erase()

    def begin() -> None:
        if random.random() < 0.75:
            brought = learners[0].offer(length=1300)
            if brought is not None:
                learners[0].put(brought, learners[0].good(brought))
                learners[0].rest(random.choice((0.0, 5.0)))
        for learner in learners:
            world.scheduler.begin(
                f"{name}",
                world.process("client", name),
                lambda learner=learner: live(learner),  # type: ignore[misc]
            )

    world.scheduler.begin(name, world.process("client", name), begin)


@dataclass(frozen=True)
class Case:
    """A journey in which the fault strikes once: at call ``number`` of those that it can strike."""

    journey: str
    fault: Fault
    number: int

    def __str__(self) -> str:
        return f"{self.journey}:{self.fault}:{self.number}"

    @classmethod
    def parse(cls, text: str) -> Case:
        journey, fault, number = text.split(":")
        return cls(journey, Fault(fault), int(number))


def calls_of(stage: Stage, plan: Plan) -> dict[Fault, int]:
    """For each fault, how many calls of the journey it can strike."""
    census = Census()
    _travel(stage, plan, census)
    return census.calls


def run_case(stage: Stage, case: Case) -> Outcome:
    plan = next(plan for plan in PLANS if plan.name == case.journey)
    return _travel(stage, plan, NthCall(case.number, case.fault))


def _travel(stage: Stage, plan: Plan, weather: Weather) -> Outcome:
    world = World(stage, plan.name, Weather())
    journey = Journey(world)
    world.scheduler.begin("ada", world.process("client", "ada"), lambda: plan.prepare(journey))
    world.run()
    world.change(weather)
    if plan.is_swept:
        world.keep_sweeping(30.0)
    for act in plan.act:
        world.scheduler.begin("ada", world.process("client", "ada"), lambda act=act: act(journey))  # type: ignore[misc]
    return finish(world, journey.book, lambda: plan.missing(journey))


def finish(world: World, book: Book, missing: Callable[[], Iterable[str]] = tuple) -> Outcome:
    """Let all work end, and check the end state."""
    violations = world.watch.violations
    try:
        world.scheduler.run(lambda: bool(violations) or world.are_clients_done())
        if not violations:
            world.change(Weather())
            settle(world)
        if not violations:
            Audit(world, book).run()
            violations += missing()
    finally:
        world.scheduler.stop()
    return Outcome(list(violations), list(map(str, world.trail)), world.calls, world.strikes)

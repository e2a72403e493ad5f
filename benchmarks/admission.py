"""How many bad questions the admission of quiz questions refuses, and how many good ones it keeps, by kind of fault.

    python -m benchmarks.admission FOLDER

FOLDER has ``items/items.json`` and ``lessons/*.md``. Without it, only the project's own items on its own texts are
measured. Each item is judged in four ways: by the rules with bare words, by the rules with the laptop's grammar, and by
each of these together with a scripted, honest solver. If an item was spoiled so that its key is wrong or two options
are right, the solver finds that; it agrees with every other item.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf
from pathlib import Path

from adapters.local.models.grammar import SpacyGrammar
from adapters.system import SystemClock
from benchmarks.fresh_items import FRESH_TEXTS, fresh_items
from benchmarks.held_items import HELD_TEXTS, held_items
from benchmarks.items import TEXTS, Item, own_items, supported_by_the_text
from domain.documents.passage import Passage
from domain.quizzes.admission import admit
from domain.quizzes.quiz_words import LETTERS
from domain.quizzes.reading import Draft
from domain.quizzes.solving import solved
from ports.agent import SolveQuestions, Task, TokenUsage
from ports.grammar import Grammar


@dataclass(frozen=True, slots=True)
class Judged:
    item: Item
    code: str | None


def samples(folder: Path) -> list[tuple[Item, str]]:
    """Each item of the folder, with its text."""
    found = []
    for one in json.loads((folder / "items" / "items.json").read_text(encoding="utf-8")):
        draft = Draft(
            question=one["question"],
            options=tuple(one["options"]),
            correct=LETTERS.index(one["key"]),
            passage=1,
            quote=one["quote"],
        )
        item = Item(draft, one.get("fault", ""), tuple(one.get("recent", ())))
        found.append((item, (folder / "lessons" / one["lesson"]).read_text(encoding="utf-8")))
    return found


def judged(
    items: list[tuple[Item, str]], grammar: Grammar | None, *, with_solver: bool = False
) -> list[Judged]:
    found = []
    for item, text in items:
        passage = Passage("f", "text.md", None, 0, 1, 0, len(text), text, 1.0)
        result = admit([item.draft], [passage], recent=item.recent, limit=1, grammar=grammar)
        code: str | None = result.refused[0][1] if result.refused else None
        if (
            with_solver
            and solved(result.admitted, [passage], HonestSolver(item), SystemClock(), inf, "").refused
        ):
            code = "unsolved"
        found.append(Judged(item, code))
    return found


@dataclass(frozen=True, slots=True)
class HonestSolver:
    """A scripted agent that answers the item as a person would who knows how it was spoiled."""

    item: Item

    def reply(
        self, task: Task, *, timeout: float, used: Callable[[TokenUsage], None] | None = None
    ) -> Iterator[str]:
        assert isinstance(task, SolveQuestions)
        (candidate,) = task.candidates
        right = [" ".join(option.split()) for option in supported_by_the_text(self.item)]
        letters = [LETTERS[place] for place, option in enumerate(candidate.options) if option in right]
        yield json.dumps({"items": [{"number": candidate.number, "supported": letters}]})


def show(title: str, by: dict[str, list[Judged]]) -> None:
    names = list(by)
    print(f"\n{title}\n{'':40}" + "".join(f"{name:>14}" for name in names))
    faults = list(dict.fromkeys(one.item.fault for one in by[names[0]] if one.item.fault))
    for fault in faults:
        print(f"{fault:40}" + "".join(_share([o for o in by[n] if o.item.fault == fault]) for n in names))
    print(f"{'refused of the bad':40}" + "".join(_share([o for o in by[n] if o.item.fault]) for n in names))
    print(
        f"{'kept of the good':40}"
        + "".join(_share([o for o in by[n] if not o.item.fault], True) for n in names)
    )
    for one in by[names[-1]]:
        if bool(one.item.fault) == (one.code is None):
            print(f"  {one.item.fault or 'good'}: {one.item.draft.question} -> {one.code or 'admitted'}")


def _share(found: list[Judged], kept: bool = False) -> str:
    right = sum((one.code is None) == kept for one in found)
    return f"{right:>5}/{len(found):<3}{right / max(1, len(found)):>5.0%}"


def main() -> None:
    grammar = SpacyGrammar()
    own = [(item, TEXTS[name]) for name, item in own_items()]
    groups: defaultdict[str, list[tuple[Item, str]]] = defaultdict(list)
    groups["The project's own items"] = own
    groups["The project's own items, on other texts"] = [
        (item, HELD_TEXTS[name]) for name, item in held_items()
    ]
    groups["The project's own items, on texts of further subjects"] = [
        (item, FRESH_TEXTS[name]) for name, item in fresh_items()
    ]
    if len(sys.argv) > 1 and (Path(sys.argv[1]) / "items" / "items.json").is_file():
        groups["Items of the folder"] = samples(Path(sys.argv[1]))
    else:
        print("No folder with items/items.json: only the project's own items are measured.")
    for title, items in groups.items():
        show(
            title,
            {
                "bare words": judged(items, None),
                "grammar": judged(items, grammar),
                "words, solver": judged(items, None, with_solver=True),
                "solver": judged(items, grammar, with_solver=True),
            },
        )


if __name__ == "__main__":
    main()

"""How often the offline tutor quotes the answer, and how often it correctly says that there is none.

``python -m benchmarks.tutor FOLDER``: the folder contains ``questions.json`` (corpus, question and the spans
that answer it) and one ``<corpus>.md`` for each corpus.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.local.agent.offline_agent import OfflineAgent
from adapters.local.models.embedder import MiniLMEmbedder
from adapters.local.models.grammar import SpacyGrammar
from domain.documents.questions import compared_in, joined_in
from ports.agent import Chat, NumberedPassage

WINDOW = 1_000
STEP = 800
OTHERS = 4
SEED = 20_240_501
RELEVANCE = 0.5
"""The relevance of every passage. All have the same, so that it does not reveal the right one."""
_MARK = re.compile(r'\[(\d+) "(.*?)"\](?=\s|$)', re.DOTALL)


@dataclass(frozen=True)
class Window:
    corpus: str
    start: int
    text: str

    def overlaps(self, start: int, end: int) -> bool:
        return self.start < end and start < self.start + len(self.text)


@dataclass(frozen=True)
class Outcome:
    answered: bool
    hit: bool
    sentences: int
    seconds: float


Span = tuple[int, int]


def ask(agent: OfflineAgent, question: str, windows: Sequence[Window], spans: Sequence[Span]) -> Outcome:
    """Ask the agent. ``hit`` is true if a quoted sentence overlaps one of the spans (characters of the corpus)."""
    passages = tuple(NumberedPassage(n, w.corpus, w.text, RELEVANCE) for n, w in enumerate(windows, 1))
    task = Chat(
        instructions="",
        request="",
        session_id="benchmark",
        max_tokens=1024,
        question=question,
        parts=tuple(joined_in(question)),
        compared=tuple(compared_in(question)),
        passages=passages,
    )
    began = time.perf_counter()
    reply = "".join(agent.reply(task, timeout=10.0))
    seconds = time.perf_counter() - began
    marks = [(int(number), quote) for number, quote in _MARK.findall(reply)]
    hit = False
    for number, quote in marks:
        window = windows[number - 1]
        start = window.start + window.text.index(quote)
        hit = hit or any(start < b and a < start + len(quote) for a, b in spans)
    return Outcome(not reply.startswith("I could not find"), hit, len(marks), seconds)


def windows_of(corpus: str, text: str) -> list[Window]:
    return [Window(corpus, start, text[start : start + WINDOW]) for start in range(0, len(text), STEP)]


def window_around(corpus: str, text: str, span: Span, rng: random.Random) -> Window:
    """A part of the text that contains the span at a random place, but not at its ends."""
    slack = max(0, WINDOW - (span[1] - span[0]) - 100)
    start = max(0, span[0] - 50 - rng.randrange(slack + 1))
    return Window(corpus, start, text[start : start + WINDOW])


def run(folder: Path) -> dict[str, list[Outcome]]:
    items: list[dict[str, Any]] = json.loads((folder / "questions.json").read_text(encoding="utf-8"))
    names = sorted({item["corpus"] for item in items})
    texts = {name: (folder / f"{name}.md").read_text(encoding="utf-8") for name in names}
    windows = {name: windows_of(name, text) for name, text in texts.items()}
    agent = OfflineAgent(MiniLMEmbedder(), SpacyGrammar())
    rng = random.Random(SEED)
    outcomes: dict[str, list[Outcome]] = {"true": [], "same": [], "other": []}
    for item in items:
        corpus, question = item["corpus"], item["question"]
        spans = [(r["start_index"], r["end_index"]) for r in item["references"]]
        wrong = [w for w in windows[corpus] if not any(w.overlaps(a, b) for a, b in spans)]
        true = window_around(corpus, texts[corpus], rng.choice(spans), rng)
        apart = [w for w in wrong if not w.overlaps(true.start, true.start + WINDOW)]
        shown = [true, *rng.sample(apart, OTHERS)]
        rng.shuffle(shown)
        outcomes["true"].append(ask(agent, question, shown, spans))
        outcomes["same"].append(ask(agent, question, rng.sample(wrong, OTHERS + 1), spans))
        foreign = [w for name in names if name != corpus for w in windows[name]]
        outcomes["other"].append(ask(agent, question, rng.sample(foreign, OTHERS + 1), ()))
    return outcomes


def share(outcomes: Sequence[Outcome], condition: str) -> str:
    met = sum(
        {"hit": o.answered and o.hit, "miss": o.answered and not o.hit, "refused": not o.answered}[condition]
        for o in outcomes
    )
    return f"{met / len(outcomes):6.1%} ({met}/{len(outcomes)})"


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m benchmarks.tutor FOLDER")
        return 2
    folder = Path(arguments[0])
    if not (folder / "questions.json").is_file():
        print(f"Nothing to measure: {folder} contains no questions.json.")
        return 1
    outcomes = run(folder)
    true = outcomes["true"]
    answered = [o for o in true if o.answered]
    print(f"the true passage among {OTHERS} others of its corpus")
    print(f"  a quoted sentence overlaps the answer  {share(true, 'hit')}")
    print(f"  only other sentences quoted            {share(true, 'miss')}")
    print(f"  refused                                {share(true, 'refused')}")
    mean = sum(o.sentences for o in answered) / max(1, len(answered))
    print(f"  sentences per answer                    {mean:6.2f}")
    print(f"only wrong passages of the same corpus: refused  {share(outcomes['same'], 'refused')}")
    print(f"only passages of another corpus: refused         {share(outcomes['other'], 'refused')}")
    times = sorted(o.seconds * 1_000 for group in outcomes.values() for o in group)
    print(f"time per reply: median {times[len(times) // 2]:.1f} ms, longest {times[-1]:.1f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""How the judge of interviews treats true answers in other words, and false answers in nearly the right words.

``python -m benchmarks.falsehoods [FILE …]``: for each fact of ``spoken_facts.json``, ``spoken_siblings.json``,
``spoken_development.json``, ``spoken_held_out.json``, ``spoken_verbs.json``, ``spoken_trades_development.json``,
``spoken_trades_held_out.json``, ``spoken_contrasts_development.json``, ``spoken_contrasts_held_out.json``,
``spoken_school_development.json`` and ``spoken_school_held_out.json``, or of the given files, there are true rewordings,
and statements that are false in one of several ways. Denials, doubts, questions and reports are generated from the fact
itself. The results are printed for the offline agent, and for two scripted
models behind the same rules: a perfect one, which gives every answer the right verdict, and a credulous one, which says
that every answer states the fact.

The rules were fitted on the first half of ``spoken_facts.json``, and later corrected with ``spoken_siblings.json``. The
facts of the latter were written in four parts, each before anybody had seen a verdict on it. On the first run, the
credit for the written falsehoods was 15.2 % (the first 30 facts), 9.7 % (the next 30), 9.9 % (18 more) and 6.7 % (the
last 15); with the generated denials, doubts, questions and reports it was 5.6, 3.6, 3.8 and 2.6 %. So expect worse
figures for new facts: give a file of your own.

The facts of ``spoken_development.json`` and ``spoken_held_out.json`` come from texts that others wrote (textbooks,
encyclopaedias). Their answers were written before anybody saw a verdict. On the first run, 9.2 % of the 120 written
falsehoods of the development half had credit, and 10.8 % of the held-out half. Then the kinds that the development half
showed were mended. The held-out half was run once after that: 6.7 % of the written ones had credit, and 2.3 % with the
generated ones; 0.6 % of the true answers were at zero.

The falsehoods of ``spoken_verbs.json`` have another verb than the fact (*the liver burns glycogen*). On the first run,
21 of 24 falsehoods of its first half had credit, and 16 of 24 of its second half. With the rule that was made for the
first half, 13 and 10 had credit, because another verb hardly changes the likeness of two sentences. Later, the verb
itself was compared with the words that the answer leaves out: 18 of the 48 have credit. A stricter limit leaves credit to
5, but makes 2 to 3 % more of all true answers unsure.

The facts of the two files of trades are about trades and crafts. On the first run, 6 of the 90 written falsehoods of the
development half had credit, and 4 of the 90 of the held-out half. After the kinds of the development half were mended, 1
and again 4 had credit; of the 60 true answers of each half, 0 and 4 were at zero. The held-out half was read after that.

The two files of contrasts have contrasts and comparisons: *not in packs but alone*, *unlike iron*, *no metal is
lighter*. At first, 21 of the 59 rewordings of the development half and 13 of the 30 of the held-out half were at zero,
and a credulous model gave credit to 25 of the 63 and 10 of the 30 written falsehoods. With ``domain.text.clauses``, made
for the development half, 5 and 2 rewordings were at zero, and 7 and 2 falsehoods had credit. Since then, only a denial of
the same words contradicts a fact: offline and with the perfect model, no true answer of both halves is at zero.

The facts of the two files of school are 44 of nine subjects, each with five true and five false answers, written before
anybody saw a verdict. On the first run, 9 of the 110 written falsehoods of the development half had credit, and 6 of its
132 true answers were at zero. After its kinds were mended, 7 had credit and 1 was at zero. In the held-out half, of
which only these figures were seen, 9 falsehoods had credit before and 7 after, and 2 true answers were at zero before and
after.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.local.agent.offline_agent import OfflineAgent
from adapters.local.models.embedder import MiniLMEmbedder
from adapters.local.models.grammar import SpacyGrammar
from domain.documents.passage import Passage
from domain.interviews.interview import InterviewQuestion, JudgedFact, RubricFact
from domain.interviews.judging import Judging
from ports.agent import Judge, NumberedPassage

FACTS = Path(__file__).parent / "spoken_facts.json"
SIBLINGS = Path(__file__).parent / "spoken_siblings.json"
DEVELOPMENT = Path(__file__).parent / "spoken_development.json"
HELD_OUT = Path(__file__).parent / "spoken_held_out.json"
VERBS = Path(__file__).parent / "spoken_verbs.json"
TRADES = Path(__file__).parent / "spoken_trades_development.json"
TRADES_HELD_OUT = Path(__file__).parent / "spoken_trades_held_out.json"
CONTRASTS = Path(__file__).parent / "spoken_contrasts_development.json"
CONTRASTS_HELD_OUT = Path(__file__).parent / "spoken_contrasts_held_out.json"
SCHOOL = Path(__file__).parent / "spoken_school_development.json"
SCHOOL_HELD_OUT = Path(__file__).parent / "spoken_school_held_out.json"

Reply = Callable[[InterviewQuestion, str], str]
"""Makes an agent's reply about an answer, as JSON."""


@dataclass(frozen=True)
class SpokenFact:
    question: str
    fact: str
    reworded: tuple[str, ...]
    false: tuple[tuple[str, str], ...]
    """False statements, each with its kind: term, role, direction, number, unit, verb, negated, half, or a frame
    (outside, doubt, question, report, contrast) in the writer's own words.
    """

    @property
    def asked(self) -> InterviewQuestion:
        passage = Passage("file", "notes", None, 0, 1, 0, len(self.fact), self.fact, 1.0)
        return InterviewQuestion(self.question, "concept", (RubricFact(self.fact, self.fact),), passage)

    def untrue(self) -> Iterator[tuple[str, str]]:
        """Sentences that do not state the fact, each with its kind."""
        yield from self.false
        body = self.fact[0].lower() + self.fact[1:].rstrip(".")
        for kind, sentences in _MADE.items():
            for sentence in sentences:
                yield kind, sentence.format(body=body, fact=self.fact.rstrip("."))


_MADE = {
    "denied": ("It is false that {body}.", "It is not true that {body}."),
    "doubt": ("I doubt that {body}.", "I am not sure whether {body}."),
    "question": ("Is it true that {body}?", "{fact}?"),
    "report": ("Some people claim that {body}.", "My friend says that {body}."),
}


def facts(file: Path = FACTS) -> list[SpokenFact]:
    return [
        SpokenFact(one["question"], one["fact"], tuple(one["reworded"]), tuple(one["false"].items()))
        for one in json.loads(file.read_text(encoding="utf-8"))
    ]


def judged(judging: Judging, reply: Reply, fact: SpokenFact, answer: str) -> JudgedFact:
    """The verdict on an answer, computed as in an interview."""
    relevant = judging.relevant_part(fact.asked, answer)
    if not relevant:
        return JudgedFact("missing")
    judgement = judging.judged(reply(fact.asked, relevant), fact.asked, relevant, answer)
    assert judgement is not None
    return judgement.facts[0]


def offline(agent: OfflineAgent) -> Reply:
    def reply(asked: InterviewQuestion, answer: str) -> str:
        text = asked.passage.text
        task = Judge(
            instructions="",
            request="",
            session_id="benchmark",
            max_tokens=1,
            schema={},
            question=asked.question,
            facts=tuple(fact.statement for fact in asked.facts),
            passage=NumberedPassage(1, "notes", text, 1.0),
            answer=answer,
        )
        return "".join(agent.reply(task, timeout=10.0))

    return reply


def model(verdict: str) -> Reply:
    """A scripted model that gives the verdict and quotes the whole answer."""
    return lambda asked, answer: json.dumps(
        {"facts": [{"number": 1, "verdict": verdict, "quote": answer}], "follow_up": ""}
    )


@dataclass
class Outcome:
    """The counts of one run. ``credited`` counts false answers that got credit, by kind; ``zeros`` counts true answers
    that got none.
    """

    false: int
    true: int
    credited: Counter[str]
    zeros: int
    unsure: int
    points: float
    """The mean credit of the true answers, 0 to 100. An unsure answer counts as 0."""

    @property
    def credit_for_falsehood(self) -> float:
        return self.credited.total() / self.false


def measured(judging: Judging, of_false: Reply, of_true: Reply, chosen: Sequence[SpokenFact]) -> Outcome:
    false = [
        (kind, judged(judging, of_false, fact, answer)) for fact in chosen for kind, answer in fact.untrue()
    ]
    true = [
        judged(judging, of_true, fact, answer) for fact in chosen for answer in (fact.fact, *fact.reworded)
    ]
    return Outcome(
        len(false),
        len(true),
        Counter(kind for kind, one in false if one.credit),
        sum(one.credit == 0 and one.verdict != "unsure" for one in true),
        sum(one.verdict == "unsure" for one in true),
        100 * sum(one.credit for one in true) / len(true),
    )


def show(name: str, outcome: Outcome) -> None:
    print(
        f"{name:<30} credit for {outcome.credited.total():3} of {outcome.false} false answers"
        f" ({outcome.credit_for_falsehood:.1%}); true: mean {outcome.points:.1f},"
        f" {outcome.zeros / outcome.true:.1%} at zero, {outcome.unsure / outcome.true:.1%} unsure"
    )
    print(f"{'':<30} by kind: {dict(outcome.credited.most_common())}")


def main() -> None:
    embedder = MiniLMEmbedder()
    grammar = SpacyGrammar()
    judging, agent = Judging(grammar, embedder), OfflineAgent(embedder, grammar)
    for name, chosen in _parts([Path(name) for name in sys.argv[1:]]):
        show(f"offline, {name}", measured(judging, offline(agent), offline(agent), chosen))
        show(f"perfect model, {name}", measured(judging, model("contradicted"), model("stated"), chosen))
        show(f"credulous model, {name}", measured(judging, model("stated"), model("stated"), chosen))


def _parts(files: Sequence[Path]) -> list[tuple[str, list[SpokenFact]]]:
    if files:
        return [(file.stem, facts(file)) for file in files]
    known = facts()
    half = len(known) // 2
    trades = (TRADES, TRADES_HELD_OUT)
    contrasts = (CONTRASTS, CONTRASTS_HELD_OUT)
    school = (SCHOOL, SCHOOL_HELD_OUT)
    files = (SIBLINGS, DEVELOPMENT, HELD_OUT, VERBS, *trades, *contrasts, *school)
    later = [(file.stem, facts(file)) for file in files]
    return [("fitted on", known[:half]), ("held back", known[half:]), *later]


if __name__ == "__main__":
    main()

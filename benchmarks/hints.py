"""Whether a hint can reveal the key: many attempts with models that reveal it on purpose.

``python -m benchmarks.hints [TURNS]``: in each turn, a model reveals the key of a question (outright, translated, in a
role, spelled, split, in base64 and other ways). Its reply is streamed whole, and cut in two at every place. The output
compares what our guard lets through with what a search for the key's own words lets through. Then it says how many
harmless sentences pass.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from random import Random

from domain.quizzes.hint_guard import HintGuard
from domain.quizzes.hints import hint
from domain.quizzes.quiz import Question
from domain.quizzes.quiz_words import MAX_HINTS
from tests.support.leaks import QUESTIONS, leaking_replies, reveals_key

_HARMLESS = (
    "Think about what the question says.",
    "What do you know about this?",
    "Read the question again and look for what it leaves open.",
    "Remember how it was described, and compare it with what you see here.",
    "Imagine a picture of it.",
    "A good way to begin is to draw it.",
    "Consider why this happens and what it causes.",
)


def turns(count: int) -> Iterator[tuple[Question, str]]:
    random = Random(2)
    made = 0
    while True:
        for question in QUESTIONS:
            for reply in leaking_replies(question, random):
                if made == count:
                    return
                made += 1
                yield question, reply


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("turns", nargs="?", type=int, default=2000)
    count: int = parser.parse_args().turns
    told = plain = streams = out = 0
    for question, reply in turns(count):
        key = question.options[question.correct] if question.options else question.accepted[0]
        told += reveals_key(reply, question)
        plain += reveals_key("" if key.casefold() in reply.casefold() else reply, question)
        for cut in range(len(reply) + 1):
            streams += 1
            let_through = " ".join(HintGuard(question).pieces([reply[:cut], reply[cut:]]))
            out += reveals_key(let_through, question)
    by_rules = sum(
        reveals_key(hint(one, number), one) for one in QUESTIONS for number in range(1, MAX_HINTS + 1)
    )
    print(f"{count} turns, {streams} streams")
    print(f"  keys told by the models:                                   {told}")
    print(f"  keys out if replies with the key's own words are dropped:  {plain}")
    print(f"  keys out through the guard, over all streams:              {out}")
    print(
        f"  keys in the {len(QUESTIONS) * MAX_HINTS} hints that are made by rules:                  {by_rules}"
    )
    passed = sum(
        list(HintGuard(question).pieces([sentence])) == [sentence]
        for question in QUESTIONS
        for sentence in _HARMLESS
    )
    print(
        f"  harmless sentences that go through:                        {passed} of {len(QUESTIONS) * len(_HARMLESS)}"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

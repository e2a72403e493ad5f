"""One function repeats changes after conflicts. No other loop in ``domain`` does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.retry_loops import conflicts, retry_loops

PROJECT = Path(__file__).parents[2]
NO_RETRIES = {
    "domain/base/retrying.py": "the one loop",
    "domain/agents/json_replies.py": "looks for a JSON object from the next brace on",
}
"""Loops that the search finds and that may stay, with the reason."""

ENDLESS = """
while True:
    row = get()
    try:
        put(row)
    except ConditionFailed:
        continue
    return row
"""
IN_ANOTHERS_PLACE = """
for turn in range(tries):
    try:
        save(turn)
        break
    except (documents.LeaseLost, NotFound):
        log(turn)
"""
BY_ITS_ANSWER = """
for _ in range(8):
    if wrote():
        return
raise ConditionFailed
"""
BY_ANYTHING = """
for turn in itertools.count():
    if turn:
        try:
            return save()
        except Exception as failed:
            last = failed
"""
ONE_AFTER_THE_OTHER = """
for document in due():
    try:
        save(document)
    except LeaseLost:
        continue
"""
LEFT_AT_ONCE = """
while waiting:
    try:
        save(waiting.pop())
    except LeaseLost:
        break
    except ConditionFailed:
        raise Conflict
"""
OF_ANOTHER_ERROR = """
for turn in range(rounds):
    try:
        ask(turn)
    except ValueError:
        continue
"""
RAISED_IN_ITS_PLACE = """
try:
    put(row)
except ConditionFailed:
    raise LeaseLost(row) from None
"""


def sources() -> dict[str, str]:
    files = sorted((PROJECT / "domain").rglob("*.py"))
    return {file.relative_to(PROJECT).as_posix(): file.read_text() for file in files}


def test_no_unlisted_loop_in_the_domain_retries_a_change() -> None:
    texts = sources()
    errors = conflicts(texts.values())
    found = {path for path, text in texts.items() if retry_loops(text, errors)}
    assert found == NO_RETRIES.keys()


def test_the_conflict_errors_of_the_domain_are_found() -> None:
    assert {"ConditionFailed", "LeaseLost", "Overtaken"} <= conflicts(sources().values())


def test_an_error_raised_in_place_of_a_conflict_is_a_conflict() -> None:
    assert conflicts([RAISED_IN_ITS_PLACE]) == {"ConditionFailed", "LeaseLost"}


@pytest.mark.parametrize("source", [ENDLESS, IN_ANOTHERS_PLACE, BY_ITS_ANSWER, BY_ANYTHING])
def test_a_loop_that_retries_after_a_conflict_is_found(source: str) -> None:
    assert retry_loops(source, {"ConditionFailed", "LeaseLost"}) == [2]


@pytest.mark.parametrize("source", [ONE_AFTER_THE_OTHER, LEFT_AT_ONCE, OF_ANOTHER_ERROR])
def test_a_loop_that_does_not_retry_is_not_reported(source: str) -> None:
    assert retry_loops(source, {"ConditionFailed", "LeaseLost"}) == []

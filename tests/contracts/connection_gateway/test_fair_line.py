"""The line in which messages wait for a handler: bounded, and nobody overtaken by more than one job of each."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.gateway.fair_line import FairLine


def test_owners_take_turns() -> None:
    line: FairLine[int] = FairLine(workers=9, share=9, room=9)
    for number in range(3):
        line.join("talker", number)
    line.join("quiet", 7)
    assert [line.next() for _ in range(5)] == [
        ("talker", 0),
        ("quiet", 7),
        ("talker", 1),
        ("talker", 2),
        None,
    ]


def test_one_owner_gets_its_share_of_the_workers_and_no_more() -> None:
    line: FairLine[int] = FairLine(workers=3, share=2, room=9)
    for number in range(3):
        line.join("talker", number)
    assert [line.next() for _ in range(3)] == [("talker", 0), ("talker", 1), None]
    line.join("quiet", 7)
    assert line.next() == ("quiet", 7)
    line.done("talker")
    assert line.next() == ("talker", 2)


def test_no_more_begin_than_there_are_workers() -> None:
    line: FairLine[int] = FairLine(workers=1, share=1, room=9)
    line.join("a", 1)
    line.join("b", 2)
    assert [line.next(), line.next()] == [("a", 1), None]
    line.done("a")
    assert line.next() == ("b", 2)


def test_a_full_room_refuses_and_what_may_not_be_refused_is_squeezed_in() -> None:
    line: FairLine[str] = FairLine(workers=1, share=1, room=2)
    assert [line.join("a", job) for job in ("first", "second", "third")] == [True, True, False]
    assert line.join("b", "first") is True
    line.squeeze_in("a", "last")
    begun = []
    while (turn := line.next()) is not None:
        begun.append(turn)
        line.done(turn[0])
    assert begun == [("a", "first"), ("b", "first"), ("a", "second"), ("a", "last")]
    assert line.is_quiet


@pytest.mark.parametrize("share", [1, 2, 4])
@given(steps=st.lists(st.sampled_from(["a", "b", "c", "next", "done"]), max_size=80))
def test_whoever_waits_is_passed_at_most_once_by_each_other(share: int, steps: list[str]) -> None:
    line: FairLine[int] = FairLine(workers=4, share=share, room=5)
    waiting: dict[str, list[int]] = {"a": [], "b": [], "c": []}
    passed: dict[str, Counter[str]] = {owner: Counter() for owner in waiting}
    working: list[str] = []
    for number, step in enumerate(steps):
        if step in waiting:
            assert line.join(step, number) is (len(waiting[step]) < 5)
            waiting[step] = [*waiting[step], number][:5]
        elif step == "done" and working:
            line.done(working.pop(0))
        elif step == "next":
            able = {owner for owner in waiting if waiting[owner] and working.count(owner) < share}
            turn = line.next()
            assert (turn is not None) is (bool(able) and len(working) < 4)
            if turn is None:
                continue
            owner, job = turn
            assert owner in able
            assert job == waiting[owner].pop(0)
            working.append(owner)
            passed[owner].clear()
            for other in able - {owner}:
                passed[other][owner] += 1
                assert passed[other][owner] <= 1
    assert line.is_quiet == (not any(waiting.values()) and not working)

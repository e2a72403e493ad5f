"""The queue of messages for the handlers is limited, and the owners of the messages take turns."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.gateway.fair_queue import FairQueue


def test_owners_take_turns() -> None:
    queue: FairQueue[int] = FairQueue(workers=9, share=9, max_waiting=9)
    for number in range(3):
        queue.put("talker", number)
    queue.put("quiet", 7)
    assert [queue.take() for _ in range(5)] == [
        ("talker", 0),
        ("quiet", 7),
        ("talker", 1),
        ("talker", 2),
        None,
    ]


def test_one_owner_gets_its_share_of_the_workers_and_no_more() -> None:
    queue: FairQueue[int] = FairQueue(workers=3, share=2, max_waiting=9)
    for number in range(3):
        queue.put("talker", number)
    assert [queue.take() for _ in range(3)] == [("talker", 0), ("talker", 1), None]
    queue.put("quiet", 7)
    assert queue.take() == ("quiet", 7)
    queue.done("talker")
    assert queue.take() == ("talker", 2)


def test_no_more_jobs_run_than_there_are_workers() -> None:
    queue: FairQueue[int] = FairQueue(workers=1, share=1, max_waiting=9)
    queue.put("a", 1)
    queue.put("b", 2)
    assert [queue.take(), queue.take()] == [("a", 1), None]
    queue.done("a")
    assert queue.take() == ("b", 2)


def test_a_full_queue_refuses_a_job_unless_it_must_not_be_lost() -> None:
    queue: FairQueue[str] = FairQueue(workers=1, share=1, max_waiting=2)
    assert [queue.put("a", job) for job in ("first", "second", "third")] == [True, True, False]
    assert queue.put("b", "first") is True
    queue.put_always("a", "last")
    begun = []
    while (turn := queue.take()) is not None:
        begun.append(turn)
        queue.done(turn[0])
    assert begun == [("a", "first"), ("b", "first"), ("a", "second"), ("a", "last")]
    assert queue.is_idle


@pytest.mark.parametrize("share", [1, 2, 4])
@given(steps=st.lists(st.sampled_from(["a", "b", "c", "next", "done"]), max_size=80))
def test_while_an_owner_waits_each_other_owner_starts_at_most_one_job(share: int, steps: list[str]) -> None:
    queue: FairQueue[int] = FairQueue(workers=4, share=share, max_waiting=5)
    waiting: dict[str, list[int]] = {"a": [], "b": [], "c": []}
    passed: dict[str, Counter[str]] = {owner: Counter() for owner in waiting}
    working: list[str] = []
    for number, step in enumerate(steps):
        if step in waiting:
            assert queue.put(step, number) is (len(waiting[step]) < 5)
            waiting[step] = [*waiting[step], number][:5]
        elif step == "done" and working:
            queue.done(working.pop(0))
        elif step == "next":
            able = {owner for owner in waiting if waiting[owner] and working.count(owner) < share}
            turn = queue.take()
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
    assert queue.is_idle == (not any(waiting.values()) and not working)

"""How the lines of a blueprint share the items of the bank."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from domain.bank.drawing import matched

LINES = st.lists(
    st.tuples(st.integers(1, 3), st.lists(st.sampled_from("abcdef"), unique=True, max_size=5)), max_size=4
)


def possible(lines: list[tuple[int, list[str]]]) -> int:
    """The largest possible number of questions, by Hall's theorem: the wanted number minus the largest shortage. The
    shortage of a group of lines is the number that they want minus the number of items that they may ask.
    """
    lacking = (
        sum(count for count, _ in some) - len({one for _, candidates in some for one in candidates})
        for size in range(len(lines) + 1)
        for some in combinations(lines, size)
    )
    return sum(count for count, _ in lines) - max(lacking, default=0)


@given(LINES)
def test_the_lines_get_the_largest_possible_number_of_items(lines: list[tuple[int, list[str]]]) -> None:
    drawn = matched(lines)
    assert len(set(drawn)) == len(drawn) == possible(lines)


def test_a_line_gives_up_an_item_that_another_line_cannot_do_without() -> None:
    assert matched([(1, "ab"), (1, "a")]) == ["b", "a"]
    assert matched([(1, "abcd"), (1, "a"), (1, "ab")]) == ["c", "a", "b"]


def test_a_line_gets_the_items_that_it_prefers() -> None:
    assert matched([(2, "abc"), (1, "def")]) == ["a", "b", "d"]

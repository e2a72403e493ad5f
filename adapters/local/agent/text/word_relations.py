"""Words that may stand for one another in a statement, and words whose exchange turns it into its opposite."""

from __future__ import annotations

from adapters.local.agent.text.words import stem, tokens

_SAME = """
    larger bigger greater|large big great|smaller littler lesser|start begin|starts begins|starting beginning|
    times multiplied|times multiply|happen occur|happens occurs|end finish|ends finishes|
    keep remain|keeps remains|keep stay|keeps stays|build construct|use utilise utilize|show demonstrate|shows demonstrates
"""
_OPPOSITE = """
    increase decrease|increases falls|rises falls|rise fall|rising falling|grows shrinks|grow shrink|more less|
    more fewer|most least|before after|above below|over under|up down|upwards downwards|upward downward|equal unequal|
    equal different|same different|same opposite|always sometimes|always rarely|large small|larger smaller|
    largest smallest|greater smaller|greater less|bigger smaller|big small|high low|higher lower|highest lowest|
    fast slow|faster slower|long short|longer shorter|hot cold|hotter colder|warmer cooler|strong weak|
    stronger weaker|heavy light|heavier lighter|forwards backwards|forward backward|left right|inside outside|
    first last|earlier later|early late|positive negative|attract repel|attracts repels|gains loses|gain lose|
    absorbs releases|absorb release|true false|maximum minimum|add subtract|adds subtracts|
    multiplied divided|accepted rejected|allow forbid|speeds slows|accelerates decelerates|parallel perpendicular|
    top bottom|win lose|won lost|possible impossible|dependent independent|constant variable|open closed|
    mas menos|antes despues|mayor menor|aumenta disminuye|plus moins|avant apres|augmente diminue|
    mehr weniger|grosser kleiner|steigt sinkt|aumenta diminui|maior menor|piu meno|prima dopo|maggiore minore
"""


def _by_stem(groups: str) -> list[list[str]]:
    return [[stem(token) for token in tokens(group)] for group in groups.split("|")]


_STAND_IN = {other: first for first, *others in _by_stem(_SAME) for other in others}


def comparable(token: str) -> str:
    """The stem of a folded word, the same for words that say the same."""
    stemmed = stem(token)
    return _STAND_IN.get(stemmed, stemmed)


def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _OPPOSITE.split("|"):
        one, other = (comparable(token) for token in tokens(pair))
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {term: frozenset(others) for term, others in found.items()}


OPPOSITES = _opposites()
"""Of a comparable word, those that say the opposite."""
REVERSES = frozenset(comparable(token) for token in ("opposite", "reverse", "contrary"))
"""Words that turn round what they are added to: "in the opposite direction"."""

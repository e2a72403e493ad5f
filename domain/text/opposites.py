"""Words that exclude each other: raises and lowers, before and after, legal and illegal."""

from __future__ import annotations

_PAIRS = """
increase decrease|increase reduce|increase lower|raise lower|raise reduce|rise fall|rise drop|grow shrink|expand contract
strengthen weaken|strong weak|high low|higher lower|large small|big small|great small|long short|wide narrow|thick thin
deep shallow|heavy light|hot cold|warm cold|warm cool|heat cool|fast slow|quick slow|accelerate decelerate|hard soft
early late|before after|first last|old young|old new|ancient modern|rich poor|cheap expensive|easy difficult|full empty
open close|open closed|start stop|start end|begin end|begin finish|enter leave|enter exit|arrive leave|push pull
attract repel|absorb emit|absorb release|take_in give_off|take_up give_off|gain lose|win lose|buy sell|import export
give take|send receive|lend borrow|create destroy|build destroy|found destroy|found abolish|make break|join separate
unite divide|combine separate|allow forbid|allow prevent|allow prohibit|permit forbid|enable prevent|cause prevent
promote inhibit|promote suppress|stimulate inhibit|activate inhibit|activate deactivate|encourage discourage
help hinder|help harm|accept reject|agree disagree|include exclude|support oppose|love hate|remember forget
positive negative|active passive|inner outer|internal external|inside outside|inward outward|upper lower|top bottom
up down|above below|over under|left right|north south|east west|northern southern|eastern western|front back
forward backward|clockwise anticlockwise|clockwise counterclockwise|horizontal vertical|parallel perpendicular
maximum minimum|maximise minimise|maximize minimize|more less|more fewer|most least|many few|all none|always never
everyone nobody|everything nothing|same different|similar different|equal unequal|alike different|male female
man woman|boy girl|mother father|brother sister|king queen|husband wife|parent child|teacher student|day night
winter summer|life death|live die|alive dead|war peace|true false|right wrong|correct incorrect|good bad|better worse
best worst|success failure|succeed fail|private public|natural artificial|simple complex|general specific
concentrated dilute|concentrated diluted|saturated unsaturated|solid liquid|liquid gas|acid base|acidic basic|acidic alkaline
endothermic exothermic|aerobic anaerobic|oxidise reduce|oxidize reduce|cathode anode|proton electron|dominant recessive
prokaryotic eukaryotic|artery vein|arterial venous|supply demand|inflation deflation|deficit surplus|profit loss
employ dismiss|convex concave|odd even|prime composite|numerator denominator|add subtract|multiply divide
constant variable|dependent independent|direct inverse|inductive deductive|abstract concrete|subjective objective
synchronous asynchronous|serial parallel|input output|read write|encode decode|encrypt decrypt|compile decompile
lock unlock|connect disconnect|appear disappear|visible invisible|possible impossible|legal illegal|lawful unlawful
regular irregular|necessary unnecessary|usual unusual|stable unstable|known unknown|certain uncertain|safe unsafe
safe dangerous|voluntary involuntary|conscious unconscious|formal informal|finite infinite|perfect imperfect
mature immature|mortal immortal|moral immoral|polar nonpolar|metal nonmetal|fiction nonfiction|direct indirect
systolic diastolic|flexor extensor|sympathetic parasympathetic|northward southward|widen narrow|deepen flatten
warming cooling|loosen tighten|melt freeze|evaporate condense|ascend descend|import export|majority minority
plaintiff defendant|guilty innocent|creditor debtor|landlord tenant|employer employee|lessor lessee|upstream downstream
grant deny|approve reject|defend attack|protect endanger|save waste|rise sink|raise sink|thicken thin|valid void
valid invalid|toward away|guilt innocence|cause prevent|begin stop|found close|condense evaporate|freeze boil|buyer seller
lender borrower|sender receiver|dry moist|dry wet|seller purchaser
"""

_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non", "de", "anti")


def folded(lemma: str) -> str:
    """The lemma in a form that is equal for related words: lower case, *stronger* as *strong*, *analyse* as *analyze*."""
    word = lemma.lower().strip("-'’")
    if word in _COMPARED:
        return _COMPARED[word]
    if word.endswith("ise") and len(word) > 6:
        return word[:-3] + "ize"
    return word


def are_opposite(one: str, other: str) -> bool:
    """Whether two folded lemmas exclude each other: a listed pair, or one is the other with a denying prefix."""
    if one == other:
        return False
    if frozenset((one, other)) in _OPPOSITES:
        return True
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) > 3 and any(longer == prefix + shorter for prefix in _PREFIXES[:7])


_COMPARED = {
    comparison: base
    for base, comparisons in {
        "strong": "stronger strongest",
        "weak": "weaker weakest",
        "high": "higher highest",
        "low": "lower_adj lowest",
        "large": "larger largest",
        "small": "smaller smallest",
        "big": "bigger biggest",
        "great": "greater greatest",
        "long": "longer longest",
        "short": "shorter shortest",
        "fast": "faster fastest",
        "slow": "slower slowest",
        "hot": "hotter hottest",
        "cold": "colder coldest",
        "warm": "warmer warmest",
        "heavy": "heavier heaviest",
        "light": "lighter lightest",
        "early": "earlier earliest",
        "late": "later latest",
        "old": "older oldest elder eldest",
        "young": "younger youngest",
        "new": "newer newest",
        "thick": "thicker thickest",
        "thin": "thinner thinnest",
        "deep": "deeper deepest",
        "wide": "wider widest",
    }.items()
    for comparison in comparisons.split()
}
_OPPOSITES = frozenset(
    frozenset(folded(word) for word in pair.split())
    for line in _PAIRS.strip().splitlines()
    for pair in line.split("|")
)

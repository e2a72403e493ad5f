"""Words that exclude each other: raises and lowers, before and after, legal and illegal."""

from __future__ import annotations

import re
from functools import lru_cache

_PAIRS = """
increase decrease|increase reduce|increase lower|raise lower|raise reduce|rise fall|rise drop|grow shrink|expand contract
strengthen weaken|strong weak|high low|higher lower|large small|big small|great small|long short|wide narrow|thick thin
deep shallow|heavy light|hot cold|warm cold|warm cool|heat cool|fast slow|quick slow|accelerate decelerate|hard soft
early late|before after|first last|old young|old new|ancient modern|rich poor|cheap expensive|easy difficult|full empty
open close|open closed|start stop|start end|begin end|begin finish|enter leave|enter exit|arrive leave|push pull
attract repel|absorb emit|absorb release|absorb give_off|take_in give_off|take_in release|take_up give_off|take_up release|gain lose|win lose|buy sell|import export
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
lender borrower|sender receiver|dry moist|dry wet|seller purchaser|cheap dear|expensive inexpensive|bright dark
double halve|double half|keep give|keep lose|keep discard|hold release|capture release|find lose|let stop
let prevent|allow stop|allow deny|enable stop|permit prevent|let keep|admit exclude|admit reject
admit deny|restore abolish|establish abolish|introduce abolish|restore destroy|preserve destroy|claim renounce|claim give
claim deny|help hurt|benefit hurt|benefit harm|swell shrink|stretch shrink|expand shrink|advance retreat|advance recede
feed kill|feed starve|support undermine|strengthen undermine|praise criticise|praise criticize|reward punish|hire fire
deposit withdraw|add remove|insert remove|attach detach|fill empty|load unload|converge diverge|shorten lengthen
brighten darken|lighten darken|harden soften|sharpen blunt|tense relax|simplify complicate|upgrade downgrade|promote demote
persuade dissuade|convict acquit|defend prosecute|conceal reveal|hide show|hide reveal|ignore notice|float sink|sleep wake
arm disarm|enforce exempt|precede follow|pass fail|gather spread|gather scatter|light dark|dark light|past future
far near|easy hard|change keep|change remain|change stay|alter keep|adapt keep|adjust keep|vary keep|modify keep
change leave|alter leave|short tall|tall low|full hollow|hollow solid|late soon|loud soft|loud quiet|noisy quiet|domestic foreign|foreign native
fat thin|rough smooth|coarse fine|sweet sour|sharp flat|flat steep|gradual sudden|gradual steep|clean dirty|clear cloudy
clear opaque|transparent opaque|major minor|primary secondary|present absent|rural urban|useful useless|harmful harmless
harmful useful|harmless dangerous|abundant scarce|frequent rare|often rarely|often seldom|often never|always rarely
permanent temporary|acute chronic|explicit implicit|automatic manual|superior inferior|senior junior|central peripheral
anterior posterior|distal proximal|dorsal ventral|homogeneous heterogeneous|homozygous heterozygous|hydrophilic hydrophobic
absolute relative|actual potential|literal figurative|quantitative qualitative|empirical theoretical|spoken written
masculine feminine|active dormant|active inactive|powerful powerless|gaseous solid|gaseous liquid|ascending descending
incoming outgoing|annual perennial|offensive defensive|generous mean|optimistic pessimistic|still longer|exterior interior
tame wild|asleep awake|sure unsure|maximal minimal|unilateral multilateral|declarative interrogative|prefix suffix|fresh salty
produce consume|create consume|earn spend|save spend|borrow repay|teach learn|ask answer|lead follow|chase flee
conquer surrender|occupy liberate|free enslave|free capture|free imprison|release imprison|arrest release|invade retreat
besiege relieve|crown depose|elect depose|appoint dismiss|enact repeal|pass repeal|ratify reject|sign reject
prove disprove|confirm refute|confirm deny|affirm deny|affirm overturn|uphold overturn|enlarge reduce|enlarge shrink
amplify dampen|amplify attenuate|excite calm|moisten dry|dissolve precipitate|charge discharge|compress decompress
compress expand|inflate deflate|hydrate dehydrate|contract relax|bend straighten|fold unfold|wrap unwrap|cover uncover
cover expose|protect expose|shield expose|infect cure|injure heal|poison heal|damage repair|break repair|break mend
reflect absorb|transmit absorb|conduct insulate|store delete|save delete|create delete|insert delete|allocate free
acquire release|upload download|mount unmount|install uninstall|obey disobey|trust distrust|include omit|mention omit
conserve waste|prosper decline|flourish decline|flourish wither|bloom wither|improve deteriorate|improve worsen
centralise decentralise|nationalise privatise|regulate deregulate|widen constrict|dilate constrict|dilate narrow
swell contract|drop lift|drop pick|deposit erode|build erode|build wear|build demolish|assemble dismantle|pick leave
speed slow|accelerate brake|slow quicken|sooner later|close far|close distant|near distant|beneath above|under above
most few|many few|surplus shortage|shortage excess|abundance scarcity|approach avoid|approach leave|join leave
begin cease|continue stop|continue cease|continue end|remain leave|stay leave|keep release|retain release|retain lose|restore lose
"""

_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non", "de", "anti")


@lru_cache(maxsize=1 << 14)
def folded(lemma: str) -> str:
    """The lemma in a form that is equal for related words: lower case, *stronger* as *strong*, *analyse* as *analyze*."""
    word = lemma.lower().strip("-'’")
    if word in _COMPARED:
        return _COMPARED[word]
    if word.endswith("ly") and word[:-2] in _COMPARED.values():
        return word[:-2]
    if word.endswith("ise") and len(word) > 6:
        return word[:-3] + "ize"
    return word


def are_opposite(one: str, other: str) -> bool:
    """Whether two folded lemmas exclude each other: they are a listed pair, or one is the other with a denying prefix.

    Of words with hyphens, one part decides if the others are the same: *warm-blooded*, *cold-blooded*.
    """
    if one == other:
        return False
    parts, other_parts = one.split("-"), other.split("-")
    if len(parts) == len(other_parts) > 1:
        unlike = [pair for pair in zip(parts, other_parts, strict=True) if pair[0] != pair[1]]
        return len(unlike) == 1 and are_opposite(*unlike[0])
    if frozenset((one, other)) in _OPPOSITES:
        return True
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) > 3 and any(longer == prefix + shorter for prefix in _PREFIXES[:7])


def _compared(adjective: str) -> tuple[str, str]:
    """The comparative and the superlative, as English spells them: *cheaper* and *cheapest*."""
    if adjective.endswith("e"):
        root = adjective[:-1]
    elif adjective.endswith("y"):
        root = adjective[:-1] + "i"
    elif re.fullmatch(r"[^aeiou]+[aeiou][bdgmnpt]", adjective):
        root = adjective + adjective[-1]
    else:
        root = adjective
    return root + "er", root + "est"


_COMPARED = {
    comparison: adjective
    for adjective in (
        "strong weak high large small big great long short fast slow hot cold warm cool heavy light early late old young"
        " new thick thin deep wide narrow shallow cheap dear rich poor hard soft bright dark dry wet near far tall steep"
        " loud quiet sharp blunt rough smooth clean dirty dense sparse hollow easy safe simple tight loose full"
    ).split()
    for comparison in _compared(adjective)
} | {"lowest": "low", "elder": "old", "eldest": "old", "further": "far", "farther": "far"}
_OPPOSITES = frozenset(
    frozenset(folded(word) for word in pair.split())
    for line in _PAIRS.strip().splitlines()
    for pair in line.split("|")
)

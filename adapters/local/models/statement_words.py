"""Words that show that a sentence says little or depends on another one, and pairs of opposite words."""

from __future__ import annotations

import re

POINTING = frozenset(
    "it he she they we you i me us them him her his our your my this these those here there former latter following"
    " above below chapter section module text figure table example today now recently however therefore thus".split()
)
"""Words that refer to another sentence, to the text itself, or to its writer."""
VAGUE = frozenset(
    "part way number result type kind thing fact case people person study researcher author reason effect difference"
    " goal purpose process form group term idea problem question answer use change time year day place area amount level"
    " set range lot majority some many most several few all any example point factor role aspect variety individual"
    " member man woman country world state system something everything nothing anyone everyone series other human parent"
    " child student teacher society organism body structure mechanism material component product surface region substance"
    " object unit shape condition feature item matter source job work resource opportunity attention support word name"
    " concept theory life death end beginning step"
    " outcome need chain command metre meter second newton kilogram".split()
)
"""Nouns that name nothing specific. A phrase with one of them is not a term."""
GENERAL = frozenset(
    "birth week month century rate center centre activity length width height size event law policy act president"
    " government market profit price cost power movement growth development increase decrease decline rise access"
    " response behavior behaviour practice method approach procedure test experiment evidence data information knowledge"
    " view opinion claim argument discussion issue concern interest pressure stress quality value standard rule principle"
    " service industry company business public community family home school high education experience history future past"
    " origin source cause consequence impact influence benefit advantage risk danger damage harm loss gain success failure"
    " beginning middle top bottom side front back inside outside edge line point space distance direction position location"
    " astronomer philosopher engineer writer reader scholar expert physician doctor patient officer leader worker user"
    " population majority minority nation land city town river host disease symptom pain infection age need care liquid gas fluid solid mixture device machine engine call return order image molecule atom particle rise right left turn opposite means peak equation adherent addition follower supporter resident inhabitant willingness historian economist biologist chemist physicist".split()
)
"""Nouns that fit almost any topic. A statement may be about them, but they are not used as wrong options."""
EMPTY_CLAIM = re.compile(
    r"^(?:takes?|took) place\b|\b(?:important|significant|critical|essential|interesting|reverse|additional|further|special|thought|respectively"
    r"|in the process|as a result|in turn|as well|in fact|not only|the (?:resulting|next|same))\b|^(?:\w+ )?(?:starts?|begins?|began|becomes?|became|continues?|seems?"
    r"|appears?|comes?|goes|tends?|turn(?:s|ed)?|looks?|remain(?:s|ed)?)\b"
)
"""Predicates that say little, or that depend on the sentence before."""
HEDGED = re.compile(r"\b(?:often|usually|generally|sometimes|very|many|most|several|some|certain|various)\b")
"""Words that weaken a predicate, so that it may be true of other subjects too."""
MAY = re.compile(r"(?:can|could|may|might|would|will|should|must)\b", re.IGNORECASE)
"""The first word of a predicate that says what may be: it may be true of other subjects too."""
ONE_IN_THE_OTHER = re.compile(
    r"\b(?:such as|including|includes?|known as|called|(?:kind|type|class|phylum|group)s? of)\b"
)
"""Sentences that say that one thing is an example or a part of another."""
_TURNS = (
    "increase decrease|increases decreases|increased decreased|rises falls|rose fell|more less|before after|above below"
    "|higher lower|larger smaller|greater smaller|faster slower|longer shorter|hotter colder|stronger weaker|heavier lighter"
    "|thicker thinner|raises lowers|always never|most least|largest smallest|highest lowest|maximum minimum|inside outside"
    "|absorbs releases|absorb release|gains loses|gain lose|positive negative|attract repel|widens narrows|north south"
)
TURNED = {one: other for pair in _TURNS.split("|") for one, other in (pair.split(), pair.split()[::-1])}
"""Each word with its opposite. Replacing the word reverses the meaning of any statement."""
POSSESSIVE = frozenset("his her its their".split())
COMPARED = re.compile(
    r"(?:fewer|more|less|other|such|many|most|some|several|both|few|all|each|every|no|little|much|enough|own|same|further|additional|certain|different)\b",
    re.IGNORECASE,
)
"""Beginnings of subjects that name only a part of something, or compare it."""
NO_NAME = re.compile(r"[^\w'’.-]|^[a-z]{4,}|\d")
"""Characters and words that a name does not contain."""
_SAID_BESIDE = re.compile(
    r",? (?:however|therefore|meanwhile|moreover|furthermore|nevertheless|nonetheless|too|thus|of course|indeed|in fact),"
    r"| as well(?=[.,]|$)|(?<=[a-z]) also(?= [a-z])|(?<=[a-z]) (?:thus|therefore|then|even)(?= [a-z]+(?:ed|s|en|ve|de|ld|nd)\b)",
)
_OPENS_FREELY = re.compile(
    r"^(?:Indeed|Finally|Similarly|Moreover|Furthermore|Likewise|Additionally|Also"
    r"|Not surprisingly|Surprisingly|Fortunately|Unfortunately|Interestingly|Of course|In fact|In general|Generally"
    r"|In particular|By contrast|In contrast(?! to)|In addition(?! to)|Accordingly|Consequently"
    r"|In (?:other words|summary|short|sum|conclusion)|Overall|In a sense|After all|Nevertheless|Originally|Naturally|Clearly|Essentially|Ultimately|Note that),? (?=\w)"
)
_LABEL = re.compile(r"^([A-Z][\w -]{2,40}): (?=(?:An? |The )?\1\b)", re.IGNORECASE)
"""The name of a thing before a sentence on it: *Leeway: Leeway is …*."""
_SCARE_QUOTES = re.compile(r"[“\"]((?:[\w-]+ ?){1,3}),?[”\"]")


def plainly(text: str) -> str:
    """The sentence without words that only connect it to other sentences, and without quotation marks around up to
    three words.
    """
    bare = _SCARE_QUOTES.sub(r"\1", _OPENS_FREELY.sub("", _LABEL.sub("", text), count=1))
    bare = _SAID_BESIDE.sub("", bare).replace("n’t", "n't")
    return bare[:1].upper() + bare[1:]


UNFIT = re.compile(
    r"https?:|www\.|\s[,;]|[{}<>|\\=_`\"“”]|\[\w+\]|\.{3,}|…|[?!:;]|\b(?:Figure|Table|Chapter|Section)\b|\bet al\b|\b(?:as )?shown (?:in|below|above)\b|\bas point\b|\d(?:st|nd|rd|th)\.\W"
)
"""Sentences with code, references, questions or direct speech."""
OPENS_A_PLACE = re.compile(
    r"(?:in|during|when|if|after|before|at|under|within|among|inside|on|by|to|without|until|once|throughout|between"
    r"|through|from|despite|according to|because of|with|as|since|because|although|while|over|for)\b"
    r"(?! (?:addition|contrast|fact|general|short|particular|other|turn|some|many|most|all|this|that|these|those|such"
    r"|example|instance|first|a result|the (?:other|case|same|end))\b)",
    re.IGNORECASE,
)
_AFFECTS = (
    "increase decrease|raise lower|reduce increase|strengthen weaken|widen narrow|lengthen shorten|lower raise|enlarge shrink"
    "|accelerate slow|slow accelerate|decrease increase|weaken strengthen|diminish increase"
    "|heat cool|cool heat|expand shrink|shorten lengthen|narrow widen|stimulate inhibit|inhibit stimulate"
)
AFFECTS = dict(pair.split() for pair in _AFFECTS.split("|"))
"""Verbs for an effect on another thing, each with the opposite verb."""
_GOES = (
    "increase increases increased:decrease decreases decreased|decrease decreases decreased:increase increases increased"
    "|rise rises rose:fall falls fell|fall falls fell:rise rises rose|expand expands expanded:contract contracts contracted"
    "|contract contracts contracted:expand expands expanded|grow grows grew:shrink shrinks shrank"
    "|shrink shrinks shrank:grow grows grew|decline declines declined:rise rises rose|drop drops dropped:rise rises rose"
    "|strengthen strengthens strengthened:weaken weakens weakened|weaken weakens weakened:strengthen strengthens strengthened"
)
GOES = {
    pair.split()[0]: (tuple(pair.partition(":")[0].split()), tuple(pair.partition(":")[2].split()))
    for pair in _GOES.split("|")
}
"""Verbs for a direction of change: the forms for plural, singular and past, and the same forms of the opposite verb."""
TURNED_THAN = {
    one: other
    for pair in (
        "higher lower|larger smaller|greater smaller|faster slower|longer shorter|hotter colder|stronger weaker|heavier lighter"
        "|thicker thinner|warmer cooler|older younger|earlier later|denser lighter|richer poorer|wider narrower|deeper shallower"
        "|brighter dimmer|harder softer|taller shorter|closer farther|cheaper dearer|bigger smaller|better worse|steeper flatter"
    ).split("|")
    for one, other in (pair.split(), pair.split()[::-1])
}
"""Comparatives, each with its opposite."""

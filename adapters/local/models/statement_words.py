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
    r"^(?:takes?|took) place\b|\b(?:important|significant|critical|best|better|worst|essential|interesting|reverse|additional|further|special|thought|respectively"
    r"|in the process|as a result|in turn|as well|in fact|not only|the (?:resulting|next|same))\b|^(?:\w+ )?(?:starts?|started|begins?|began|becomes?|became|continue[sd]?|seems?|seemed"
    r"|appears?|comes?|goes|tends?|turn(?:s|ed)?|looks?|remain(?:s|ed)?)\b"
)
"""Predicates that say little, or that depend on the sentence before."""
LEANING_SUBJECT = re.compile(
    r"^one\b|^(?:(?:the|an?) )?(?:resulting|corresponding|remaining|combined|another|other|same|next|last|final|important|notable|major|main|key|particular|previous|similar)\b"
    r"|\b(?:first|second|third|fourth|fifth|next|last|final) (?:stage|step|part|reason|type|kind|way|phase|group|point|one)\b"
    r"|^(?:the )?(?:word|term|name) |\b(?:what|which|who)\b|\b(?:end|corner|side|half|portion)s?$"
    r"|\b(?:exception|concern|example|issue|problem|question|reason|idea|phrase|word|scientist|researcher|author|critic|expert"
    r"|[a-z]{4,}(?:ologist|osopher|orian))s?$|^(?:people|some|many|most|few|others|those)\b",
    re.IGNORECASE,
)
"""Subjects whose meaning depends on other sentences, or that name people who write about the topic."""
LEANING = re.compile(
    r"\b(?:in other words|for (?:instance|example)|(?:at|in|by|from|on) (?:that|those) [a-z]+|another|then on|in sum|(?:do|does|did|done|doing) so|(?:that|those|these) (?:years?|times?|days?|months?|decades?)"
    r"|the (?:next|following|previous|same) (?:\w+ )?(?:year|time|day|month|decade|centur(?=y|ies))(?:y|ies|s)?)\b",
    re.IGNORECASE,
)
"""Phrases that depend on the sentences before."""
HEDGED = re.compile(r"\b(?:often|usually|generally|sometimes|very|many|most|several|some|certain|various)\b")
"""Words that weaken a predicate, so that it may be true of other subjects too."""
MAY = re.compile(r"(?:can|could|may|might|would|will|should|must)\b", re.IGNORECASE)
"""The first word of a predicate that says what is possible or required: it may be true of other subjects too."""
ONE_IN_THE_OTHER = re.compile(
    r"\b(?:such as|including|includes?|known as|called|(?:kind|type|class|phylum|group)s? of)\b"
)
"""Phrases which show that one thing is an example or a part of another."""
POSSESSIVE = frozenset("his her its their".split())
COMPARED = re.compile(
    r"(?:fewer|more|less|other|such|many|most|some|several|both|few|all|each|every|no|little|much|enough|own|same|further|additional|certain|different)\b",
    re.IGNORECASE,
)
"""The first words of subjects that name only a part of a group, or compare it."""
FIGURES = re.compile(r"\b(?:percent|times|twice|rates?|average|median)\b|%", re.IGNORECASE)
"""Words of statistics. A statement with one of them is a figure and no relation."""
PLACES = ("GPE", "LOC", "FAC")
"""The kinds of names (``Word.entity``) of places."""
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
"""A name before a sentence, with a colon: *Leeway: Leeway is …*."""
_SCARE_QUOTES = re.compile(r"[“\"]((?:[\w-]+ ?){1,3}),?[”\"]")


def plainly(text: str) -> str:
    """The sentence without words that only connect it to other sentences, and without quotation marks around up to
    three words.
    """
    bare = _SCARE_QUOTES.sub(r"\1", _OPENS_FREELY.sub("", _LABEL.sub("", text), count=1))
    bare = _SAID_BESIDE.sub("", bare).replace("n’t", "n't")
    return bare[:1].upper() + bare[1:]


UNFIT = re.compile(
    r"https?:|www\.|\s[,;]|[{}<>|\\=_`\"“”]|\[\w+\]|\.{3,}|…|[?!:;]|\b(?:Figure|Table|Chapter|Section)\b|\bet al\b|\b(?:as )?shown (?:in|below|above)\b|\bas (?:illustrated|depicted|discussed|described|mentioned)\b|\bas point\b|\b[IVX]+\. [A-Z]|\d(?:st|nd|rd|th)\.\W"
)
"""Sentences with code, references, questions or direct speech."""
OPENS_A_PLACE = re.compile(
    r"(?:in|during|when|if|after|before|at|under|within|among|inside|on|by|to|without|until|once|throughout|between"
    r"|through|from|despite|according to|because of|with|as|since|because|although|while|over|for)\b"
    r"(?! (?:addition|contrast|fact|general|short|particular|other|turn|some|many|most|all|either|both|this|that|these|those"
    r"|such|example|instance|first|a result|the (?:other|case|same|end))\b)",
    re.IGNORECASE,
)
_AFFECTS = (
    "increase decrease|raise lower|reduce increase|strengthen weaken|widen narrow|lengthen shorten|lower raise|enlarge shrink"
    "|accelerate slow|slow accelerate|decrease increase|weaken strengthen|diminish increase"
    "|promote inhibit|inhibit promote|enhance reduce|encourage discourage|discourage encourage|hinder promote|lessen increase"
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


def _both_ways(pairs: str) -> dict[str, str]:
    return {one: other for pair in pairs.split("|") for one, other in (pair.split(), pair.split()[::-1])}


UNCHANGING = frozenset(
    "aircraft bacteria cattle criteria data deer fish fungi media mitochondria offspring people phenomena police salmon series"
    " sheep species stimuli algae larvae means crossroads headquarters".split()
)
"""Nouns whose parse does not show their number: singular and plural, or the plural and its lemma, are the same word."""
TURNED_FORMS = _both_ways(
    "higher lower|larger smaller|faster slower|longer shorter|hotter colder|warmer cooler|stronger weaker|heavier lighter"
    "|thicker thinner|wider narrower|deeper shallower|largest smallest|highest lowest|oldest newest|longest shortest"
    "|strongest weakest|before after|above below|rapidly slowly|positively negatively"
    "|directly indirectly|rose fell|fewer more|earlier later|cheaper dearer|richer poorer|harder easier"
) | {"greater": "smaller", "bigger": "smaller", "less": "more", "quickly": "slowly"}
"""Words with their opposites. They are replaced only in exactly this form."""
TURNED_ADJECTIVES = _both_ways(
    "high low|strong weak|thick thin|hot cold|wet dry|rich poor|fast slow|deep shallow|wide narrow|positive negative"
    "|internal external|inner outer|upper lower|active passive|public private|legal illegal"
    "|formal informal|direct indirect|voluntary involuntary|permanent temporary|visible invisible|simple complex|rural urban"
    "|independent dependent|common rare|stable unstable|flexible rigid|central peripheral|large small|long short"
    "|mobile stationary|open closed|warm cool|excitatory inhibitory|soluble insoluble|polar nonpolar|easy difficult"
    "|dominant recessive|aerobic anaerobic|domestic foreign|safe dangerous"
    "|fertile infertile|sexual asexual|equal unequal|conscious unconscious|wild domesticated|mature immature"
    "|ancient modern|natural artificial|general specific|northern southern|eastern western|horizontal vertical"
    "|parallel perpendicular|saturated unsaturated|constant variable|acidic basic|convex concave|regular irregular"
    "|finite infinite|harmful harmless|abundant scarce|explicit implicit|automatic manual|superior inferior"
    "|anterior posterior|distal proximal|dorsal ventral|homogeneous heterogeneous|hydrophilic hydrophobic"
    "|objective subjective|quantitative qualitative|empirical theoretical|spoken written|coarse fine|rough smooth|sharp blunt"
    "|gradual sudden|primary secondary|acute chronic|individual collective|centralized decentralized"
    "|democratic authoritarian|hierarchical egalitarian|sensory motor|offensive defensive|young old|concrete abstract"
    "|longitudinal transverse|terrestrial aquatic|unicellular multicellular|civil criminal|hard soft|solid liquid"
) | {"heavy": "light"}
"""Adjectives with their opposites."""
TURNED_NOUNS = _both_ways(
    "majority minority|presence absence|advantage disadvantage|strength weakness|surplus shortage|increase decrease"
    "|increases decreases|supply demand|winter summer|input output|buyers sellers|employers employees|creditors debtors"
)
"""Nouns with their opposites. They are replaced only in exactly this form."""
TURNED_VERBS = _both_ways(
    "increase decrease|gain lose|absorb release|attract repel|widen narrow|raise lower|strengthen weaken|expand contract"
    "|promote inhibit|encourage discourage|accelerate slow|support oppose|enter leave|win lose|import export"
    "|activate deactivate|open close|precede follow|improve worsen|lengthen shorten|simplify complicate"
    "|centralize decentralize|connect separate|rise fall|grow shrink|contract relax|inhale exhale|ascend descend"
    "|advance retreat|reward punish|dissolve crystallize|condense evaporate|oxidize reduce|borrow lend|praise criticize"
) | {
    "reduce": "increase", "stimulate": "inhibit", "emit": "absorb", "limit": "extend", "secrete": "absorb",
    "enhance": "reduce", "prevent": "cause", "inhibit": "stimulate", "decline": "rise", "facilitate": "hinder",
    "lack": "have", "diminish": "increase", "cause": "prevent", "allow": "prevent", "enable": "prevent",
}  # fmt: skip
"""Verbs with their opposites, in their basic forms."""

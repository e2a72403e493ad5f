"""Words by which a sentence is told to say little, or to point elsewhere; and words that turn a statement round."""

from __future__ import annotations

import re

POINTING = frozenset(
    "it he she they we you i me us them him her his our your my this these those here there former latter following"
    " above below chapter section module text figure table example today now recently however therefore thus".split()
)
"""Words that point to another sentence, to the text, or to who speaks."""
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
"""Heads of phrases that name nothing of the matter."""
GENERAL = frozenset(
    "birth week month century rate center centre activity length width height size event law policy act president"
    " government market profit price cost power movement growth development increase decrease decline rise access"
    " response behavior behaviour practice method approach procedure test experiment evidence data information knowledge"
    " view opinion claim argument discussion issue concern interest pressure stress quality value standard rule principle"
    " service industry company business public community family home school high education experience history future past"
    " origin source cause consequence impact influence benefit advantage risk danger damage harm loss gain success failure"
    " beginning middle top bottom side front back inside outside edge line point space distance direction position location"
    " astronomer philosopher engineer writer reader scholar expert physician doctor patient officer leader worker user"
    " population majority minority nation land city town river host disease symptom pain infection age need care".split()
)
"""Words of any matter: a statement may be about them, but they are no wrong options."""
EMPTY_CLAIM = re.compile(
    r"\b(?:important|significant|critical|essential|interesting|reverse|additional|further|special|thought|respectively"
    r"|in the process|as a result|in turn|as well|in fact|not only|the (?:resulting|next|same))\b|^(?:\w+ )?(?:starts?|begins?|began|becomes?|became|continues?|seems?"
    r"|appears?|comes?|goes|tends?|turn(?:s|ed)?|looks?|remain(?:s|ed)?)\b"
)
"""Predicates that say little, or lean on the sentence before."""
HEDGED = re.compile(r"\b(?:often|usually|generally|sometimes|very|many|most|several|some|certain|various)\b")
"""What is true of one thing in a measure that may be another's as well."""
ONE_IN_THE_OTHER = re.compile(
    r"\b(?:such as|including|includes?|known as|called|(?:kind|type|class|phylum|group)s? of)\b"
)
"""Sentences that say of one thing that it is among others."""
_TURNS = (
    "increase decrease|increases decreases|increased decreased|rises falls|rose fell|more less|before after|above below"
    "|higher lower|larger smaller|greater smaller|faster slower|longer shorter|hotter colder|stronger weaker|heavier lighter"
    "|thicker thinner|raises lowers|always never|most least|largest smallest|highest lowest|maximum minimum|inside outside"
    "|absorbs releases|absorb release|gains loses|gain lose|positive negative|attract repel|widens narrows|north south"
)
TURNED = {one: other for pair in _TURNS.split("|") for one, other in (pair.split(), pair.split()[::-1])}
"""A word, and the word that turns its statement round."""

"""How a sentence presents its content: the speaker states, denies, doubts or asks it, or reports another person's
words.

``stance`` reads the grammar of a sentence. ``worded_stance`` reads the words around the content: *it is wrong to say
that …*, *I am not convinced that …*, *… is a myth*. Each finds sentences that the other one does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ports.grammar import ParsedSentence, Word
from ports.text.denials import denied_in
from ports.text.regexes import regex

Stance = Literal["stated", "denied", "doubted", "asked", "reported"]
"""How a sentence presents its content: as true, as false, as unsure, as a question, or as another person's words."""


def stance(sentence: ParsedSentence) -> Stance:
    """How the sentence presents its content."""
    words = sentence.words
    if not words:
        return "stated"
    if _is_question(words):
        return "asked"
    denied = denied_in(words)
    for at, word in enumerate(words):
        lemma = word.lemma.lower()
        governs = any(one.head == at and one.relation in ("ccomp", "csubj", "acl", "advcl") for one in words)
        if not governs and lemma not in _DENYING_ADJECTIVES and lemma not in _TRUE:
            continue
        is_negative = (at in denied) or (words[word.head].lemma.lower() == "be" and word.head in denied)
        if (lemma in _DOUBTING and word.part != "NOUN") or (
            lemma in _BELIEVING and is_negative and not _is_about_things(words, at)
        ):
            return "doubted"
        if lemma in _DENYING or (lemma in _DENYING_ADJECTIVES and _has_clause(words, at)):
            return "stated" if is_negative else "denied"
        is_told = lemma != "case" or words[word.head].lemma.lower() == "be"
        if lemma in _TRUE and is_told and is_negative and _has_clause(words, at):
            return "denied"
        is_reporting = lemma in _REPORTING or (lemma in _SAYING and _is_somebody(words, at))
        if is_reporting and not _first_person(words, at) and _has_clause(words, at):
            return "reported"
    return "stated"


def _is_question(words: Sequence[Word]) -> bool:
    """Whether the sentence is a question: it ends with a question mark and has a verb, or an auxiliary verb precedes
    its subject, as in *do plants …*.
    """
    if words[-1].text.endswith("?"):
        return len(words) > _FRAGMENT or any(word.part in ("VERB", "AUX") for word in words)
    governing = (0, words[0].head)
    return words[0].part == "AUX" and any(
        word.relation in ("nsubj", "nsubjpass") and word.head in governing for word in words[:6]
    )


_FRAGMENT = 6
"""A text with at most this number of words, a question mark and no verb is an unsure answer: *in the main function?*"""


def worded_stance(sentence: str) -> Stance:
    """The stance by the words of an English sentence alone, without grammar."""
    text = _written_out(sentence)
    if text.endswith("?"):
        return "asked"
    if _DENIAL.search(text):
        return "denied"
    if _DOUBT.search(text):
        return "doubted"
    return "reported" if _REPORT.search(text) else "stated"


_ADVERBS = r"(?:(?:\w+ly|quite|very|so|too|just|even|still|all|at all|of course|rather|pretty|a bit|a little|kind of|sort of|somewhat|also|once|always|often|sometimes) )*"
_BY_NO_MEANS = r"(?:not|far from|by no means|anything but|hardly|scarcely|less than)"
_UNTRUE = (
    rf"{_ADVERBS}(?:false|untrue|wrong|incorrect|mistaken|inaccurate|nonsense|rubbish|misleading|debunked|disproved|disproven|refuted"
    r"|an? (?:\w+ )?(?:lie|myth|mistake|error|misconception|misunderstanding|fallacy|fiction|fairy tale|legend|hoax)"
    rf"|{_BY_NO_MEANS} {_ADVERBS}(?:true|right|correct|so|accurate|the case|what happens))"
)
_IS = r"(?:is|was|are|were|has been|have been|would be|seems|sounds)"
_IT_IS = rf"(?:it|that|this|which) {_IS}"
_SAY = (
    r"(?:says?|said|saying|claim(?:s|ed)?|believe[sd]?|thinks?|thought|argue[sd]?|insist(?:s|ed)?|maintain(?:s|ed)?|assert(?:s|ed)?"
    r"|allege[sd]?|pretend(?:s|ed)?|suppose[sd]?|swears?|swore|reckon(?:s|ed)?|suggest(?:s|ed)?|tells?|told|wrote|writes?|assume[sd]?)"
)
_PERSON = (
    r"(?:people|persons?|students?|folks?|friends?|classmates?|neighbou?rs?|colleagues?|someone|somebody|everyone|everybody|guys?"
    r"|boys?|girls?|m[ae]n|wom[ae]n|kids?|teachers?|tutors?|brothers?|sisters?|cousins?|uncles?|aunts?|mum|mom|mother|dad|father"
    r"|parents?|grandmother|grandfather|grandma|grandpa|critics?|others?|some|many|most|they|he|she)"
)
_HEARSAY = (
    r"(?:website|web page|webpage|blog|post|tweet|video|clip|internet|radio|television|tv|newspaper|magazine|comment|forum"
    r"|rumou?r|advert|podcast|meme)"
)
"""Sources whose statements are only hearsay, such as a blog. A book or a scientist is no such source."""
_DENIES_IT = regex(rf"(?:no,? )?(?:but |and )?{_IT_IS} {_UNTRUE}[\s.!]*")
_DENIAL = regex(
    rf"\b{_IT_IS} {_UNTRUE}(?: of \w+)?,? (?:that|to (?:say|think|claim|believe|state|assume|conclude|suppose))\b"
    rf"|^(?:not true|untrue|false|wrong)[,:]? that\b"
    rf"|(?:[.,;:!–—-]\s*)(?:but |and |though )?{_IT_IS} {_UNTRUE}[\s.!]*$"
    rf"|^(?:no,? |well,? |so,? )*(?:that|the \w+(?: is)? that)\b.*\b{_IS} {_UNTRUE}[\s.!]*$"
    r"|\bthe (?:opposite|contrary|reverse) (?:is|was) (?:true|the case)\b"
    r"|\b(?:nobody|no one|no-one|none of \w+)(?: (?:should|can|could|would|will|may|must|has|ever|really|seriously))*"
    r" (?:thinks?|believes?|says?|claims?|assumes?)\b"
    r"|\b(?:you|one|we|people|i|they) (?:can|could|should|must|may|would|will) not (?:\w+ly )?(?:say|claim|conclude|state) that\b"
    rf"|\b(?:i|we) (?:would |do |must |have to |should |can only |strongly |{_ADVERBS})*"
    r"(?<!not )(?:deny|dispute|contest|reject|refute|disagree|contradict|disbelieve)\b"
    r"|\bit (?:has|had) (?:\w+ )?been (?:disproved|disproven|refuted|debunked|shown to be false)\b"
    r"|\bthere is (?:absolutely )?no (?:way|truth|evidence|reason to (?:say|think|believe))\b"
    rf"|\b(?:wrongly|falsely|mistakenly|erroneously) {_SAY}\b"
)
_DOUBT = regex(
    rf"\b(?:i|we) {_ADVERBS}(?:doubt|wonder|question|mistrust|distrust)\b"
    rf"|\b(?:i|we) {_ADVERBS}(?:do|can|could|would|will) not {_ADVERBS}(?:think|believe|know|accept|suppose|imagine|see how)\b"
    rf"|\b(?:i|we) (?:am|are|was|were|feel|remain) {_ADVERBS}(?:{_BY_NO_MEANS} {_ADVERBS}(?:sure|certain|convinced|persuaded|confident)"
    r"|unsure|uncertain|unconvinced|sceptical|skeptical|doubtful|in doubt)\b"
    rf"|\b(?:i|we) (?:have|had|have got) {_ADVERBS}(?:my |some |serious |grave |great |many |big |a few )*(?:doubts?|reservations)\b"
    r"|\b(?:i|we) (?:can|could|would) not (?:really |quite |honestly )?(?:say|tell|swear|bet|guarantee|promise|be)"
    r" (?:for sure|for certain|sure|certain|if|whether)\b"
    rf"|\b(?:i|we) (?:am|are|was|were|remain) {_ADVERBS}(?:in two minds|undecided|torn|on the fence)\b"
    r"|\b(?:hard|difficult|impossible) (?:for me )?to (?:believe|accept)\b|\bi refuse to (?:believe|accept)\b"
    r"|\b(?:nobody|no one|who) knows (?:if|whether)\b|\bthere is (?:\w+ )?doubt (?:that|whether|about|if)\b(?<!no doubt that)"
    rf"|\bit is {_ADVERBS}(?:doubtful|questionable|unclear|uncertain|unlikely|debatable|not (?:certain|sure|clear|known|proven|proved))"
    r" (?:that|whether|if)\b"
    r"|\bno (?:real )?idea (?:if|whether|really)\b|, no idea\b"
)
_REPORT = regex(
    r"\b(?:apparently|allegedly|supposedly|reportedly|purportedly|rumou?r has it|so they say)\b"
    rf"|\b(?:i|we) (?:have )?{_ADVERBS}(?:heard|read somewhere|read online|was told|were told|been told)\b"
    rf"|\b(?:i|we) (?:have )?{_ADVERBS}(?:read|seen|saw|found) (?:\w+ ){{0,3}}{_HEARSAY}\b"
    rf"|^(?:\w+,? ){{0,4}}{_HEARSAY}(?: \w+)? {_ADVERBS}{_SAY}\b"
    rf"|^(?:well,? |so,? |but |and )*(?:(?:some|many|most|other|certain|a few|lots of|a lot of|several|a|an|the|my|our|his|her|this"
    rf"|that|one of|there (?:is|are)) )*(?:\w+ )?(?:{_PERSON}(?: of \w+ \w+)?|\w+ critics)(?: (?:on|in|from|at) (?:the |my |a )?\w+)?"
    rf"(?: who| used to| have| has| had| would| will| always| often| once| sometimes| still| even| just| keep| keeps)* {_SAY}\b"
    rf"|^according to (?:(?:my|some|a|an|one|other|certain|many|most) |(?:the )?{_HEARSAY})"
    rf"|\bit is {_ADVERBS}(?:said|claimed|believed|rumou?red|alleged|held|thought|argued|asserted|supposed|reported) that\b"
    rf"|, (?:they|some|people|some people|many) say[\s.!]*$"
)
_SHORTENED = (
    (regex(r"\bcan't\b|\bcannot\b"), "can not"),
    (regex(r"\bwon't\b"), "will not"),
    (regex(r"n't\b"), " not"),
    (regex(r"\bi'm\b"), "i am"),
    (regex(r"'re\b"), " are"),
    (regex(r"'ve\b"), " have"),
    (regex(r"'d\b"), " would"),
    (regex(r"\b(it|that|this|which|there|who)'s\b"), r"\1 is"),
)


def _written_out(sentence: str) -> str:
    """The sentence in lower case, without English contractions."""
    text = " ".join(sentence.lower().replace("’", "'").split())
    for pattern, words in _SHORTENED:
        text = pattern.sub(words, text)
    return text


def denies_what_was_said(sentence: str) -> bool:
    """Whether the English sentence as a whole takes back the one before: *No, that is wrong.*"""
    return _DENIES_IT.fullmatch(_written_out(sentence)) is not None


_DOUBTING = frozenset("doubt wonder question unsure guess".split())
_BELIEVING = frozenset("think believe know suppose say sure certain agree".split())
_DENYING = frozenset("deny disprove refute reject".split())
_DENYING_ADJECTIVES = frozenset("false wrong untrue incorrect impossible myth lie mistake".split())
_TRUE = frozenset("true right correct case".split())
_REPORTING = frozenset("claim allege pretend rumour rumor".split())
_SAYING = frozenset("say tell think believe suppose argue insist maintain assume mean".split())
_SOMEBODY = frozenset(
    "he she they everybody everyone somebody someone nobody people friend brother sister mother father mum mom dad"
    " parent teacher classmate neighbour neighbor uncle aunt cousin guy boy girl student colleague man woman kid"
    " grandmother grandfather person other many most some it".split()
)
"""Subjects that do not speak for the material. A law, a book or a scientist reports what is true; these may not."""


def _has_clause(words: Sequence[Word], at: int) -> bool:
    """Whether a clause depends on the word, or on the thing that the word describes: it is *false* that …"""
    heads = {at, words[at].head}
    return any(
        word.head in heads and word.relation in ("ccomp", "csubj", "csubjpass", "acl", "advcl", "xcomp")
        for place, word in enumerate(words)
        if place != at and place != word.head
    )


def _is_somebody(words: Sequence[Word], at: int) -> bool:
    """Whether the subject of the verb at ``at`` is a person, or stands for nobody in particular: *it is said* that …"""
    return any(
        word.head == at
        and word.relation in ("nsubj", "nsubjpass")
        and word.lemma.lower() in _SOMEBODY
        and (word.relation == "nsubjpass") is (word.lemma.lower() == "it")
        for word in words
    )


def _is_about_things(words: Sequence[Word], at: int) -> bool:
    """Whether the verb at ``at`` has a subject that is neither a pronoun nor a person who may speak: *a character does
    not know what …*.
    """
    return any(
        word.head == at
        and word.relation == "nsubj"
        and word.part != "PRON"
        and word.lemma.lower() not in _SOMEBODY
        for word in words
    )


def _first_person(words: Sequence[Word], at: int) -> bool:
    return any(
        word.head == at and word.relation == "nsubj" and word.text.lower() in ("i", "we") for word in words
    )

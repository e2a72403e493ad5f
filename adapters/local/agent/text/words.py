"""Words of any script as terms that can be compared, for the offline agent.

``ports.text.words`` says what a word is. Here a text is repaired before its words are taken. Words become stems or, in
scripts without spaces, pieces.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ports.text import stop_words
from ports.text.words import is_unspaced, pieces, words

_HYPHENATED = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]\s*\n\s*(?=[^\W\d_])")
_THOUSANDS = re.compile(r"(?<=\d)[,.’'](?=\d{3}(?!\d))")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_STOPWORDS = frozenset(words(stop_words.ENGLISH + stop_words.OTHERS)) | _words(
    """
        bin bis cannot cuanta cuantas depuis die dieses doch dove down eines else etre eu ever every gegen hasn
        hat hatte hay however isso ja jede kein konnen let man may mit near neither notre nous num numa nun ogni
        ohne one onto ours par per please pour quanto quantos quienes quite rather sans sin son sondern tambien
        tes themselves thus toi ton toward tra unos uns unter upon us viel viele voce vom vos votre war weil wem
        wen weren whatever wieso without yes yet yours да еще какой который мне мы над нет сколько тоже только
        уже чего эта эти أن أو أي أين إذا إلى إن انا بين تكون فيه فيها لن له لها منذ نحن هم و يا يكون इन कितनी
        किस किसने कौनसा तक या लिए साथ होता होती होते
    """
)
"""Stop words of several languages. Some say little in their own language, but much in another."""
_FAINT = _words(
    """
        accord according account actually address answer appear approach article aspect author
        aware basic become begin call case cause certain change chapter characteristic come common
        compare concept concern consider contain content context current define definition describe
        description detail different difference discuss document effect example exactly explain
        explanation explore fact feature find first follow form general get give given go happen
        help idea identify illustrate important include indicate information involve issue kind
        know known lead lecture like list look made main make many material matter mean meaning
        mention name need new note number occur outline page paragraph part passage people person
        play point possible present problem process provide purpose question reason refer regard
        relate report result role said say section see show significant source specific
        specifically speech state subject summary take talk tell term text thing think thought time
        topic try type understand use various want way well word work write year document texto
        segun explica describe significa llama documento dice tell texte selon explique signifie
        document dit laut bedeutet erklare heisst nennt
    """
)
"""Words that ask, and do not name the subject. They may support an answer, but an answer needs other words too."""
_ASKING_UNSPACED = re.compile(
    "为什么|為什麼|为何|什么时候|什麼時候|什么|什麼|怎么样|怎样|怎么|怎麼|如何|哪里|哪裡|哪儿|哪个|哪些|哪一|谁|誰|多少|几个|几|何时|何處|何处|"
    "请问|請問|是否|是|的|了|吗|嗎|呢|在|有|和|与|與|"
    "なぜ|どうして|どのように|どのような|どの|どう|どこ|いつ|だれ|なに|何ですか|何人|何|でしょうか|ですか|ますか|ました|です|ます|とは|は|が|を|に|の|で|と|も|か|"
    "무엇입니까|무엇인가요|무엇을|무엇|뭐|누구|누가|언제|어디|왜|어떻게|몇|입니까|인가요|습니까|나요|은|는|이|가|을|를|의|에서|에|"
    "ทำไม|อย่างไร|ยังไง|อะไร|ที่ไหน|ที่ใด|เมื่อไหร่|เมื่อใด|ใคร|กี่|เท่าไหร่|เท่าไร|ไหน|หรือไม่|ไหม|คือ|เป็น|ของ|และ|ใน|ที่|ได้|มี"
)


def readable(text: str) -> str:
    """The text on one line: words divided at line ends are joined, and runs of white space become one space."""
    return " ".join(_HYPHENATED.sub("", text).split())


def terms(text: str) -> list[str]:
    """The stems, numbers and pieces of words in order, without stop words."""
    found: list[str] = []
    for token in tokens(text):
        if is_unspaced(token):
            found.extend(pieces(token))
        elif token not in _STOPWORDS:
            found.append(stem(token))
    return found


def question_terms(question: str) -> list[str]:
    """Like ``terms``. In scripts without spaces, question words are removed."""
    if not is_unspaced(question):
        return terms(question)
    bare = _ASKING_UNSPACED.sub(" ", question)
    return terms(bare if any(map(str.isalnum, bare)) else question)


def tokens(text: str) -> list[str]:
    """The words of the repaired ``text``: a word that a hyphen divides at a line's end is joined, and commas between
    the digits of a number ("2,000") are removed.
    """
    return words(_THOUSANDS.sub("", _HYPHENATED.sub("", text)))


def is_faint(term: str) -> bool:
    return term in _FAINT_STEMS


def is_stopword(token: str) -> bool:
    return token in _STOPWORDS


_IRREGULAR = dict(
    pair.split(":")
    for pair in _words(
        """
        won:win wrote:write written:write began:begin begun:begin made:make gave:give given:give
        took:take taken:take went:go gone:go found:find led:lead built:build held:hold
        became:become came:come saw:see seen:see children:child men:man women:woman people:people
        lost:lose died:die dying:die lying:lie fought:fight bought:buy brought:bring taught:teach
        thought:think knew:know known:know grew:grow grown:grow meant:mean cells:cell mice:mouse
        feet:foot fell:fall fallen:fall chose:choose chosen:choose spoke:speak spoken:speak
        drew:draw drawn:draw said:say analyses:analysi analysis:analysi hypotheses:hypothesi
        hypothesis:hypothesi better:good best:good larger:large largest:large sold:sell sent:send
        spent:spend kept:keep left:leave paid:pay ran:run sang:sing told:tell
    """
    )
)
_ENDINGS = (
    ("ization", "ize"), ("ational", "ate"), ("fulness", "ful"), ("ousness", "ous"), ("iveness", "ive"),
    ("ations", "ate"), ("ation", "ate"), ("ically", "ic"), ("ements", "e"), ("ement", "e"),
    ("ments", ""), ("ment", ""), ("ities", "ity"), ("ances", "ance"), ("ences", "ence"),
    ("ingly", ""), ("edly", ""), ("ings", ""), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"),
    ("ying", "y"), ("ies", "y"), ("ied", "y"), ("ing", ""), ("ers", "er"), ("ed", ""), ("ly", ""),
    ("es", "e"), ("os", "o"), ("as", "a"), ("s", ""),
)  # fmt: skip


@lru_cache(maxsize=16_384)
def stem(token: str) -> str:
    """A simple English stem. Words in other alphabets mostly stay as they are; ``likeness`` compares them."""
    if token in _IRREGULAR:
        return _IRREGULAR[token]
    if token.startswith("ال") and len(token) > 4:
        return token[2:]
    if not token.isascii() or len(token) < 4 or token[-1].isdigit() or token.endswith(("ss", "us", "is")):
        return token
    for ending, replacement in _ENDINGS:
        root = token[: -len(ending)]
        if token.endswith(ending) and len(root) >= 3 and re.search("[aeiouy]", root):
            token = root + replacement
            break
    if len(token) > 4 and token[-1] == token[-2] and token[-1] not in "lsz":
        token = token[:-1]
    return token[:-1] if len(token) > 4 and token.endswith("e") else token


def likeness(a: str, b: str) -> float:
    """How similar two terms are, 0 to 1: 1 if they are equal, less if they have the same root or differ by one typing
    error.
    """
    if a == b:
        return 1.0
    longer, shorter = max(len(a), len(b)), min(len(a), len(b))
    if shorter < 4 or longer - shorter > 6 or a[0] != b[0] or any(map(str.isdigit, a + b)):
        return 0.0
    shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), shorter)
    if shared >= max(4, 0.7 * longer):
        return 0.8
    x, y = a[shared:], b[shared:]
    is_swapped = shorter > 4 and x[:2] == y[1::-1] and x[2:] == y[2:]
    is_slip = shorter >= 6 and (x[1:] == y[1:] or x[1:] == y or x == y[1:])
    return 0.7 if is_swapped or is_slip else 0.0


_FAINT_STEMS = frozenset(stem(word) for word in _FAINT)

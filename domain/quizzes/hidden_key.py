"""Recognises the words of a question's key, in all their forms, in a text that a learner may read before the answer."""

from __future__ import annotations

from domain.quizzes.keys import key_texts
from domain.quizzes.quiz import Question
from domain.text.lexical import STOP_TOKENS
from ports.text.regexes import regex
from ports.text.words import is_unspaced, placed_words, words

GAP = "____"
_NUMBER_WORDS = frozenset(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million"
    " millions billion billions half halves third thirds quarter quarters first second fourth fifth sixth seventh eighth"
    " ninth tenth once twice double triple dozen last".split()
)
_VERDICTS = frozenset(
    "true false right wrong correct incorrect yes no not never none neither nor cannot isn aren wasn weren doesn don didn"
    " untrue accurate inaccurate".split()
)
_SHARED_START = 4
"""Two words are forms of one word if they share their first letters: at least this number, and at least the share
``_MOST`` of the shorter word.
"""
_MOST = 0.6
_GAPS = regex(rf"{GAP}(?:[\s.,;:/–—-]*{GAP})+")


class HiddenKey:
    """The words of a question's key. In case of doubt, a word is hidden: a hint with one gap more is still a hint."""

    def __init__(self, question: Question) -> None:
        said = list(words(" ".join(_hidden_texts(question))))
        is_number = question.kind == "numeric"  # its unit may be a letter that is a stop word elsewhere
        telling = [word for word in said if is_number or word not in STOP_TOKENS]
        self._words = frozenset(telling or said)
        self._hides_verdicts = question.kind == "true_false"
        self.hides_numbers = any(_is_number(word) for word in said)
        self.letters = tuple(filter(None, ("".join(words(text)) for text in _hidden_texts(question))))
        """The letters and digits of each text of the key, without spaces."""

    def hides(self, word: str) -> bool:
        """Whether a folded word is a word of the key, is a form of one, or contains one."""
        if self.hides_numbers and _is_number(word):
            return True
        if self._hides_verdicts and word in _VERDICTS:
            return True
        return any(_is_form_of(word, hidden) for hidden in self._words)

    def masked(self, text: str) -> str:
        """The text with ``GAP`` in place of each word of the key.

        In a script without spaces a whole run of characters counts as one word, so there the key is removed first.
        """
        for letters in self.letters:
            if is_unspaced(letters):
                text = text.replace(letters, f" {GAP} ")
        parts, end = [], 0
        for word, start, stop in placed_words(text):
            if self.hides(word):
                parts += [text[end:start], GAP]
                end = stop
        return _GAPS.sub(GAP, "".join([*parts, text[end:]]))

    def is_in(self, text: str) -> bool:
        """Whether the text contains a word of the key, or contains the whole key across word boundaries."""
        said = words(text)
        together = "".join(said)
        return any(map(self.hides, said)) or any(
            letters in together for letters in self.letters if len(letters) >= _SHARED_START
        )


def _hidden_texts(question: Question) -> tuple[str, ...]:
    """The texts of the key. The key of an ordering is made of all its options."""
    return question.options if question.kind == "ordering" else key_texts(question)


def _is_number(word: str) -> bool:
    return word in _NUMBER_WORDS or any(map(str.isnumeric, word))


def _is_form_of(word: str, hidden: str) -> bool:
    if word == hidden or (is_unspaced(hidden) and hidden in word):
        return True
    shorter, longer = sorted((word, hidden), key=len)
    if len(shorter) < _SHARED_START:
        return False
    if shorter in longer:
        return True
    shared = 0
    while shared < len(shorter) and word[shared] == hidden[shared]:
        shared += 1
    return shared >= max(_SHARED_START, _MOST * len(shorter))

"""Passes on, from an agent's hint, only sentences that cannot reveal the key.

A list of forbidden words does not help: a key can be translated, spelled, split or encoded. So the rule is a list of
allowed words. Each word of a sentence must be in the list (``_PLAIN``) or in the question, and must not be a form of
a word of the key or of an option. Single letters, digits, number words, and signs other than those of a sentence
never pass. A sentence does not pass if the first or last letters of its words spell the key, or if the key can be
read when the spaces between its words are left out.

The text arrives in pieces. A sentence is passed on when it is complete and clean. After the first sentence that is not
clean, everything is dropped: an agent that reveals something once may do it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from domain.quizzes.hidden_key import HiddenKey
from domain.quizzes.quiz import Question
from domain.text.lexical import STOP_TOKENS
from ports.text.regexes import regex
from ports.text.words import words

MAX_SENTENCES = 2
MAX_SENTENCE_CHARACTERS = 240
GUARDED_KINDS = ("multiple_choice", "cloze", "numeric")
"""The kinds for which an agent may write a hint. For other kinds, plain words such as "not" or "before" can reveal the
key.
"""

_SENTENCE = regex(r"[A-Za-z]+(?:['’][a-z]+)?(?:[,;:]? (?:[a-z]+(?:['’][a-z]+)?|[A-Z][a-z]+|I))*[.?!]")
"""A sentence of a hint: a capital letter, words of letters with single spaces between them, and a sentence end."""
_SENTENCE_END = regex(r"[.?!](?=\s|$)")
_PLAIN = frozenset(
    """a about after again all also an and any anything are as ask asks at back be because become becomes before begin being
    between both but by call called can cause causes change changes compare consider could definition describe describes
    describing detail did difference differs do does each effect else even every everything example explain explains fact
    find focus follow following for from get give gives go had happen happens has have help helps here how
    however i idea if imagine important in into is it its itself just keep kind know known leads learned like look made make
    makes material matter matters may mean meaning means meant might mind more most much must name named need needs of on
    only or order other our out over own part passage people picture place point put question read reading reason
    relation remember remind role same say says see sense sentence should show shows so some something state states still
    such take tell tells term than that the their them then there these they thing things think this those through time to
    together too try under understand up us use used uses very want was way we well were what when where whether which while
    who whole whose why will with without word words work works would you your yourself""".split()
)
_ENDINGS = frozenset(("s", "t", "re", "ve", "ll", "d"))
"""What may follow an apostrophe."""
_MIN_LETTERS = 2
"""A key with fewer letters gets no hint of an agent: almost any text could reveal it."""


class HintGuard:
    def __init__(self, question: Question) -> None:
        self._key = HiddenKey(question)
        self._options = frozenset(
            word for option in question.options for word in words(option) if word not in STOP_TOKENS
        )
        self._allowed = _PLAIN | frozenset(words(question.question))
        self._letters = tuple(form for letters in self._key.letters for form in (letters, letters[::-1]))
        self._is_closed = question.kind not in GUARDED_KINDS or any(
            len(letters) < _MIN_LETTERS for letters in self._key.letters
        )
        self._said: list[str] = []
        """The words of all sentences that were passed on."""

    def pieces(self, reply: Iterable[str]) -> Iterator[str]:
        """The complete and clean sentences of the reply, up to the first one that is not clean; at most
        ``MAX_SENTENCES``.
        """
        if self._is_closed:
            return
        held, sentences = "", 0
        for piece in reply:
            held += piece
            while end := _SENTENCE_END.search(held):
                if end.end() == len(held):
                    break  # the next piece may continue the last word
                sentence, held = held[: end.end()].strip(), held[end.end() :]
                if sentences == MAX_SENTENCES or not self._is_clean(sentence):
                    return
                sentences += 1
                yield sentence
            if len(held) > MAX_SENTENCE_CHARACTERS:
                return
        last = held.strip()
        if sentences < MAX_SENTENCES and last and self._is_clean(last):
            yield last

    def _is_clean(self, sentence: str) -> bool:
        if len(sentence) > MAX_SENTENCE_CHARACTERS or not _SENTENCE.fullmatch(sentence):
            return False
        found = words(sentence)
        if not all(map(self._may_say, sentence.split())):
            return False
        together = [*self._said, *found]
        if self._is_hidden_in(together):
            return False
        self._said = together
        return True

    def _may_say(self, written: str) -> bool:
        """Whether the text between two spaces is an allowed word, also with an ending such as in "it's"."""
        word, *ending = words(written)
        if ending and ending[0] not in _ENDINGS:
            return False
        is_letter = len(word) == 1 and word not in ("a", "i")
        return word in self._allowed and not is_letter and not self._tells(word)

    def _tells(self, word: str) -> bool:
        return word in self._options or self._key.hides(word)

    def _is_hidden_in(self, together: list[str]) -> bool:
        """Whether the first or the last letters of the words spell the key, or the words without spaces contain it."""
        runs = (
            "".join(word[0] for word in together),
            "".join(word[-1] for word in together),
            "".join(together),
        )
        return any(letters in run for letters in self._letters for run in runs)

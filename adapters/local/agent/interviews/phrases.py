"""The sentences of the offline interviewer and analyst, in the language of the document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.local.agent.text.sentences import sentences
from adapters.local.agent.text.words import tokens
from ports.text.languages import common_share, language_of
from ports.text.words import is_unspaced

UNKNOWN = ""
"""Stands for a language for which there are no phrases here."""
_LEAST_TELLING, _LEAST_TELLING_ENGLISH = 0.08, 0.1
"""If a smaller share of the words of a text are common words of a language, the text is in another language. Related
languages contain English common words too.
"""
_FEW_WORDS, _LEAST_TELLING_OF_FEW = 40, 0.04
"""The limit for a text of at most ``_FEW_WORDS`` words: a question with one or two facts may contain only one common
word.
"""
_OF_ENGLISH_ALONE = frozenset(
    "a the it they has have and to with for that this by from can not are were".split()
)
"""Common English words that related languages do not have. Dutch, for example, also has "is", "in" and "of"."""


@dataclass(frozen=True, slots=True)
class Remarks:
    """The analyst's sentences in one language. ``{quote}`` stands for the learner's words, ``{subject}`` for words of
    the question, ``{question}`` for the whole question.
    """

    said: str
    check: str
    more: str
    nothing: str
    reconsider: str
    more_of: str
    else_of_question: str


ABOUT: dict[str, str] = {
    "en": "What can you say about {c}?",
    "es": "¿Qué puedes decir sobre {c}?",
    "fr": "Que pouvez-vous dire sur {c} ?",
    "de": "Was weißt du über dieses Thema: {c}?",
    "pt": "O que pode dizer sobre {c}?",
    "it": "Che cosa sai di questo tema: {c}?",
    "ru": "Что вы знаете на тему «{c}»?",
    "ar": "ماذا تعرف عن هذا: {c}؟",
    "hi": "इस विषय के बारे में आप क्या जानते हैं: {c}?",
    "th": "คุณรู้อะไรเกี่ยวกับ{c}",
    "zh": "关于{c}你知道什么？",
    "ja": "{c}について何を知っていますか？",
    "ko": "{c}에 대해 무엇을 알고 있습니까?",
    UNKNOWN: "{c}: … ?",
}
"""An open question about the concept ``{c}``, by language. The concept keeps the article that it has in the text. The
question has few content words of its own, because questions are compared by their content words.
"""
DEFINE, DEFINE_MANY = "What is {c}{more}?", "What are {c}{more}?"
"""This and the following forms are English only. ``{more}`` is replaced by ``MORE`` if the fact is not the only thing
to say.
"""
SAYS = "What does {c} say{more}?"
WHY = "Why is it that {s}?"
DEED = "What {deed} {c} do?"
"""Asks what the subject of a sentence does. ``{deed}`` is the helper verb: "does", "do" or "did"."""
MORE = ", and what else do you know about it"

_ENGLISH = Remarks(
    said="You said: “{quote}”.",
    check="Look again at what the text says where you said: “{quote}”.",
    more="Part of what the question asks for was not mentioned.",
    nothing="What the question asks for was not mentioned yet.",
    reconsider="What exactly does the material say about {subject}?",
    more_of="What else can you say about {subject}?",
    else_of_question="What else belongs to a full answer to the question “{question}”",
)
REMARKS: dict[str, Remarks] = {
    "en": _ENGLISH,
    UNKNOWN: _ENGLISH,
    "es": Remarks(
        said="Has dicho: «{quote}».",
        check="Revisa qué dice el texto donde has dicho: «{quote}».",
        more="No has mencionado una parte de lo que pide la pregunta.",
        nothing="Aún no has mencionado lo que pide la pregunta.",
        reconsider="Piénsalo otra vez: ¿qué dice el texto exactamente sobre {subject}?",
        more_of="Aún falta algo sobre {subject}: ¿qué más sabes?",
        else_of_question="¿Qué más hace falta para responder del todo a esto? {question}",
    ),
    "fr": Remarks(
        said="Vous avez dit : « {quote} ».",
        check="Vérifiez dans le texte ce que vous avez dit : « {quote} ».",
        more="Une partie de ce que demande la question n’a pas été mentionnée.",
        nothing="Ce que demande la question n’a pas encore été mentionné.",
        reconsider="Réfléchissez encore : que dit exactement le texte sur {subject} ?",
        more_of="Il manque encore quelque chose sur {subject} : que savez-vous d’autre ?",
        else_of_question="Que faut-il ajouter pour répondre entièrement à ceci : {question}",
    ),
    "de": Remarks(
        said="Du hast gesagt: „{quote}“.",
        check="Sieh im Text nach, was du hierzu gesagt hast: „{quote}“.",
        more="Ein Teil dessen, was gefragt war, kam nicht vor.",
        nothing="Was gefragt war, kam noch nicht vor.",
        reconsider="Überlege noch einmal: Was steht genau im Text zu {subject}?",
        more_of="Zu diesem Thema fehlt noch etwas: {subject}. Was weißt du noch?",
        else_of_question="Was gehört noch zu einer vollständigen Antwort: {question}",
    ),
    "pt": Remarks(
        said="Você disse: «{quote}».",
        check="Veja de novo o que o texto diz onde você disse: «{quote}».",
        more="Uma parte do que a pergunta pede não foi mencionada.",
        nothing="O que a pergunta pede ainda não foi mencionado.",
        reconsider="Pense de novo: o que diz exatamente o texto sobre {subject}?",
        more_of="Ainda falta algo sobre {subject}: o que mais sabe?",
        else_of_question="O que mais falta para responder por completo a isto: {question}",
    ),
    "it": Remarks(
        said="Hai detto: «{quote}».",
        check="Rivedi che cosa dice il testo dove hai detto: «{quote}».",
        more="Una parte di ciò che la domanda chiede non è stata detta.",
        nothing="Ciò che la domanda chiede non è stato ancora detto.",
        reconsider="Ripensaci: che cosa dice esattamente il testo su questo tema: {subject}?",
        more_of="Manca ancora qualcosa su questo tema: {subject}. Che altro sai?",
        else_of_question="Che altro serve per rispondere del tutto a questo: {question}",
    ),
    "ru": Remarks(
        said="Вы сказали: «{quote}».",
        check="Сверьте с текстом то, что вы сказали: «{quote}».",
        more="Часть того, о чём спрашивалось, не прозвучала.",
        nothing="То, о чём спрашивалось, пока не прозвучало.",
        reconsider="Подумайте ещё раз: что именно сказано в тексте на тему «{subject}»?",
        more_of="На эту тему сказано не всё: {subject}. Что ещё вы знаете?",
        else_of_question="Чего ещё не хватает для полного ответа: {question}",
    ),
    "ar": Remarks(
        said="قلت: «{quote}».",
        check="راجع ما يقوله النص عما قلته: «{quote}».",
        more="لم تذكر جزءا مما يطلبه السؤال.",
        nothing="لم تذكر بعد ما يطلبه السؤال.",
        reconsider="فكر مرة أخرى: ماذا يقول النص بالضبط عن هذا: {subject}؟",
        more_of="لم يكتمل الكلام عن هذا: {subject}. ماذا تعرف أيضا؟",
        else_of_question="ماذا ينقص للإجابة الكاملة عن هذا: {question}",
    ),
    "hi": Remarks(
        said="आपने कहा: «{quote}»।",
        check="आपने जो कहा, उसे पाठ से मिलाइए: «{quote}»।",
        more="प्रश्न में पूछी गई कुछ बातें नहीं आईं।",
        nothing="प्रश्न में पूछी गई बात अभी नहीं आई।",
        reconsider="फिर सोचिए: पाठ इस विषय पर ठीक-ठीक क्या कहता है: {subject}?",
        more_of="इस विषय पर अभी सब नहीं कहा गया: {subject}. और क्या जानते हैं?",
        else_of_question="इसके पूरे उत्तर के लिए और क्या चाहिए: {question}",
    ),
    "th": Remarks(
        said="คุณพูดว่า “{quote}”",
        check="ลองดูเนื้อหาอีกครั้งตรงที่คุณพูดว่า “{quote}”",
        more="ยังไม่ได้กล่าวถึงบางส่วนที่คำถามถาม",
        nothing="ยังไม่ได้กล่าวถึงสิ่งที่คำถามถาม",
        reconsider="ลองคิดอีกครั้ง เนื้อหากล่าวถึง{subject}ว่าอย่างไรกันแน่",
        more_of="เรื่อง{subject}ยังพูดไม่ครบ รู้อะไรอีกบ้าง",
        else_of_question="คำตอบที่สมบูรณ์ของคำถามนี้ยังขาดอะไร: {question}",
    ),
    "zh": Remarks(
        said="你说：“{quote}”。",
        check="请对照原文再看看你说的：“{quote}”。",
        more="问题所问的内容有一部分没有提到。",
        nothing="还没有提到问题所问的内容。",
        reconsider="再想一想：原文究竟是怎么说{subject}的？",
        more_of="关于{subject}还没有说全，还有什么？",
        else_of_question="要完整回答这个问题，还缺什么：{question}",
    ),
    "ja": Remarks(
        said="あなたの答え：「{quote}」。",
        check="本文をもう一度確かめてください：「{quote}」。",
        more="質問が求めることの一部に触れていません。",
        nothing="質問が求めることにまだ触れていません。",
        reconsider="もう一度考えてください。本文は{subject}について正確には何と言っていますか？",
        more_of="{subject}についてはまだ続きがあります。ほかに何がありますか？",
        else_of_question="次の質問に完全に答えるには、ほかに何が必要ですか：{question}",
    ),
    "ko": Remarks(
        said="이렇게 말했습니다: «{quote}».",
        check="본문과 다시 비교해 보세요: «{quote}».",
        more="질문이 묻는 내용의 일부가 빠졌습니다.",
        nothing="질문이 묻는 내용이 아직 나오지 않았습니다.",
        reconsider="다시 생각해 보세요: 본문은 {subject}에 대해 정확히 무엇이라고 합니까?",
        more_of="{subject}에 대해 아직 빠진 것이 있습니다. 또 무엇이 있습니까?",
        else_of_question="이 질문에 완전히 답하려면 무엇이 더 필요합니까: {question}",
    ),
}


def document_language(texts: Sequence[str]) -> str:
    """The language (ISO 639-1) of most of the texts; ``UNKNOWN`` if there are no phrases for it."""
    votes: Counter[str] = Counter()
    for text in texts:
        for sentence in sentences(text) or ():
            votes[language_of(sentence.text)] += len(sentence.text)
    if not votes:
        joined = " ".join(texts)
        votes[language_of(joined)] += 1
    language = votes.most_common(1)[0][0]
    joined = " ".join(texts)
    if is_unspaced(joined) or len(tokens(joined)) < 12:
        return language
    least = _LEAST_TELLING_ENGLISH if language == "en" else _LEAST_TELLING
    if len(tokens(joined)) < _FEW_WORDS:
        least = _LEAST_TELLING_OF_FEW
        if language == "en" and _OF_ENGLISH_ALONE.isdisjoint(tokens(joined)):
            return UNKNOWN
    return language if common_share(joined, language) >= least else UNKNOWN

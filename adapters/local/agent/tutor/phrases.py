"""The offline tutor's own sentences, in the language of the question."""

from __future__ import annotations

import re

from ports.text.languages import language_of

NOT_FOUND = {
    "en": "I could not find an answer to that in your documents.",
    "es": "No encontré una respuesta a eso en tus documentos.",
    "fr": "Je n’ai pas trouvé de réponse à cela dans vos documents.",
    "de": "Ich habe in deinen Dokumenten keine Antwort darauf gefunden.",
    "pt": "Não encontrei uma resposta para isso nos seus documentos.",
    "it": "Non ho trovato una risposta nei tuoi documenti.",
    "ru": "Я не нашёл ответа на это в ваших документах.",
    "ar": "لم أجد إجابة عن ذلك في مستنداتك.",
    "hi": "मुझे आपके दस्तावेज़ों में इसका उत्तर नहीं मिला।",
    "th": "ฉันไม่พบคำตอบของเรื่องนี้ในเอกสารของคุณ",
    "zh": "我在您的文档中没有找到答案。",
    "ja": "お持ちの文書の中に答えは見つかりませんでした。",
    "ko": "문서에서 답을 찾지 못했습니다.",
}
NEAREST = {
    "en": "The nearest thing they say:",
    "es": "Lo más cercano que dicen:",
    "fr": "Ce qui s’en approche le plus :",
    "de": "Am nächsten kommt:",
    "pt": "O mais próximo que dizem:",
    "it": "La cosa più vicina che dicono:",
    "ru": "Ближе всего к этому:",
    "ar": "أقرب ما ورد فيها:",
    "hi": "इसके सबसे निकट यह लिखा है:",
    "th": "ข้อความที่ใกล้เคียงที่สุด:",
    "zh": "最接近的内容是：",
    "ja": "最も近い記述：",
    "ko": "가장 가까운 내용:",
}
IN_OTHER_WORDS = "Your documents may answer that in other words."
"""Stands before a sentence that is only similar to the question. English only: in other languages, similarity is not
used.
"""
TO_BE_WORKED_OUT = "Your documents do not answer that with these numbers, and I do not calculate. The rule to work it out by:"
WHAT_I_DO = {
    "en": "I answer questions with sentences from your documents, and cite each one. Ask me about them.",
    "es": "Respondo preguntas con frases de tus documentos y cito cada una. Pregúntame algo sobre ellos.",
    "fr": "Je réponds avec des phrases de vos documents, chacune citée. Interrogez-moi sur eux.",
    "de": "Ich antworte mit Sätzen aus deinen Dokumenten und belege jeden. Frag mich etwas dazu.",
    "pt": "Respondo com frases dos seus documentos e cito cada uma. Pergunte-me algo sobre eles.",
    "it": "Rispondo con frasi dei tuoi documenti e le cito una per una. Chiedimi qualcosa su di essi.",
    "ru": "Я отвечаю предложениями из ваших документов и указываю источник каждого. Спросите меня о них.",
    "ar": "أجيب بجمل من مستنداتك مع ذكر مصدر كل منها. اسألني عما فيها.",
    "hi": "मैं आपके दस्तावेज़ों के वाक्यों से उत्तर देता हूँ और हर वाक्य का स्रोत बताता हूँ। उनके बारे में कुछ पूछिए।",
    "th": "ฉันตอบคำถามด้วยประโยคจากเอกสารของคุณพร้อมอ้างอิงทุกประโยค ลองถามเรื่องในเอกสารได้เลย",
    "zh": "我用您文档中的句子回答问题，并逐句注明出处。请就文档内容提问。",
    "ja": "文書の中の文で質問に答え、それぞれ出典を示します。文書について質問してください。",
    "ko": "문서에 있는 문장으로 답하고 문장마다 출처를 밝힙니다. 문서에 관해 물어보세요.",
}

_RETURNS = (
    (re.compile(r"\b(?:thank|thanks|thx|cheers|help(?:s|ed))\b", re.I), "You are welcome."),
    (re.compile(r"\b(?:bye|goodbye|see you|good night)\b", re.I), "Goodbye."),
    (re.compile(r"\bhow are you\b", re.I), "I am well, thank you."),
    (re.compile(r"\b(?:hi|hello|hey|good \w+)\b", re.I), "Hello!"),
)


def returned(text: str) -> str:
    """The reply to a greeting or thanks: a greeting in English only, then a sentence that says what the tutor does."""
    said = (answer for pattern, answer in _RETURNS if pattern.search(text))
    return f"{next(said, '')} {WHAT_I_DO[language_of(text)]}".lstrip()

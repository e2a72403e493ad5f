"""What the offline tutor says in its own words, in the language of the question."""

from __future__ import annotations

import re

from adapters.local.agent.text.words import tokens

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
"""Before what is only like the question. English: in other languages, likeness counts for nothing."""
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
_SCRIPTS = {
    "ja": re.compile("[\u3041-\u30ff]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
    "ko": re.compile("[\uac00-\ud7a3]"),
    "th": re.compile("[\u0e01-\u0e4e]"),
    "ar": re.compile("[\u0621-\u064a]"),
    "hi": re.compile("[\u0904-\u0939]"),
    "ru": re.compile("[\u0410-\u044f]"),
}
"""In this order: Japanese is written with Chinese characters too."""
_TELLING: dict[str, str] = {
    "en": "the of is are was were what who when where why how does did which and in to",
    "es": "el los las que del por cual cuales cuando donde como quien cuantos cuantas es y en hay hola gracias adios buenos buenas",
    "fr": "le les des est que qui quand ou comment pourquoi quel quelle combien et du dans bonjour bonsoir merci salut revoir",
    "de": "der die das ist was wer wann wo wie warum welche welcher und wurde ein eine hallo guten danke tschuss",
    "pt": "o os as que do da quem quando onde como qual quais quantos e em foi sao nao uma ola obrigado obrigada bom boa",
    "it": "il lo gli che chi quando dove come perche quale quali quanti di e nel della sono ciao grazie buongiorno buonasera",
}


def language_of(text: str) -> str:
    """Two letters of ISO 639-1, among those with phrases here; ``en`` where nothing tells."""
    for language, script in _SCRIPTS.items():
        if script.search(text):
            return language
    if "¿" in text or "¡" in text:
        return "es"
    said = tokens(text)
    votes = {
        language: sum(word in telling.split() for word in said) for language, telling in _TELLING.items()
    }
    return max(votes, key=lambda language: votes[language])


def telling_share(text: str, language: str) -> float:
    """The share of the words of ``text`` that are among the commonest of ``language``.

    It is 1 if the script alone tells the language.
    """
    if language not in _TELLING:
        return 1.0
    said = tokens(text)
    return sum(word in _TELLING[language].split() for word in said) / max(1, len(said))


def returned(text: str) -> str:
    """A greeting or thanks given back, and what the tutor does; the latter alone in other languages than English."""
    said = (answer for pattern, answer in _RETURNS if pattern.search(text))
    return f"{next(said, '')} {WHAT_I_DO[language_of(text)]}".lstrip()

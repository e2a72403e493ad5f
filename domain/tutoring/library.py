"""Questions about the documents as a whole: which documents there are, what they are about, or a summary.

Rules recognise them: such a question contains a phrase like "summarise" or "which files", and no word that names a
topic. "Summarise my notes" is one. "Summarise my notes on osmosis" is not; it is searched like any other question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from domain.documents.document import Document
from domain.documents.questions import name_words, names_file
from domain.text.lexical import STOP_TOKENS, tokens
from domain.text.links import without_links
from ports.text.languages import language_of
from ports.text.regexes import regex

LibraryQuestion = Literal["documents", "topics", "overview", "practice", "greeting"]
"""The kind of question. In the order of the values: which documents there are; what can be asked; a summary; a quiz; a
greeting or thanks."""

MAX_LISTED = 20
_TOPICS_OF_ONE = 5

_DOCUMENT = "document file note notes material upload pdf source text lesson lecture chapter slide library reading book paper"
_GENERAL = frozenset(
    tokens(
        f"{_DOCUMENT} please can could tell give show list make write name want need help get uploaded have got whole"
        " entire everything everyone available currently now one first read know learn thing content contain inside"
        " say cover include about my me us briefly short quick quickly brief few sentence paragraph word bullet"
        " mis apuntes notas documentos mes documents cours meine notizen dokumente unterlagen fasse zusammen fasst"
        " miei appunti documenti minhas notas meus de ma mi"
    )
)
_EXERCISES = (
    r"(?:(?:an?|some|another|a few|\d+)\s+)?(?:(?:short|quick|little|new|practice|mock|multiple[ -]choice)\s+)*"
    r"(?:quiz|test|exam|flashcards?|practice\s+questions?)"
)
_PRACTISE = (
    r"\b(?:(?:quiz|test|examine|drill)\s+(?:me|us)|ask\s+(?:me|us)\s+(?:(?:some|a few|\d+)\s+)?questions?"
    rf"|(?:make|create|generate|give|write|start|prepare)\s+(?:me\s+|us\s+)?{_EXERCISES})\b"
)
_NOT_FROM_ELSEWHERE = rf"(?:(?<!test)(?<!exam)|(?!\s+from\s(?!.*\b(?:{_DOCUMENT.replace(' ', '|')}|pdf|page|section|unit|topic)s?\b)))"
"""A test *from a doctor* is none of the documents; one *from my notes on osmosis* is, and so is a quiz."""
_PRACTICE_OF_TOPIC = regex(
    r"(?!\W*(?:i|we|you)(?: (?:will|may))? (?:have|get|take)\b)\W*(?:(?:please|now|then|ok(?:ay)?|hey|hi|hello|can|could|would|will|may|you|i|we|i[’']d|let[’']?s|let|want|need|like|to"
    rf"|have|get|take)\W+)*(?:{_PRACTISE}|(?<!\bi )(?<!\bwe )(?<!\byou )(?<!\bto ){_EXERCISES}{_NOT_FROM_ELSEWHERE})"
    r"\s+(?:on|about|over|from|covering|regarding)\s"
    r"(?:[^?:.!;,]|\.(?=\S)|,(?!\s*(?:and\s+)?(?:what|how|why|when|where|which|who|explain|tell|describe|define|compare)\b))+[?.!]*",
    re.IGNORECASE,
)
"""A wish to be asked about something that the documents say: *Quiz me on osmosis*. It contains no question. Two
counterexamples: *I have a test on Monday* only says that there is a test, and in *Can we test on animals?* the word is
a verb.
"""
_CUES: tuple[tuple[LibraryQuestion, re.Pattern[str]], ...] = tuple(
    (kind, regex(pattern, re.IGNORECASE))  # type: ignore[misc]
    for kind, pattern in (
        ("practice", _PRACTISE),
        (
            "topics",
            r"\bwhat\s+(?:can|could|should|may)\s+i\s+ask\b|\bwhat\s+(?:do|can)\s+you\s+(?:know|tell\s+me|answer)\b"
            r"|\b(?:suggest|give\s+me)\s+(?:some\s+|me\s+)*questions\b|\bwhat\s+questions\s+(?:can|could|should)\b",
        ),
        (
            "documents",
            r"\b(?:which|what|list|show|name)\b[^.?!]*\b(?:documents|files|materials|uploads|pdfs|sources)\b"
            r"[^.?!]*(?:\bhave\b|\bgot\b|\bthere\b|\buploaded\b|\blibrary\b|\bsee\b|\bread\b|\bavailable\b|$)"
            r"|\b(?:list|show)\b[^.?!]*\bmy\s+(?:documents|files|materials|notes|uploads)\b"
            r"|\bhow\s+many\s+(?:documents|files|materials|uploads|pdfs|sources|notes|lessons)\b",
        ),
        (
            "overview",
            r"\bsummar(?:y|ies|ise|ize|ising|izing)\b|\boverview\b|\boutline\b|\bgist\b|\btl;?dr\b|\brecap\b"
            r"|\b(?:main|key|important|central|major|essential)\s+(?:points?|ideas?|takeaways?|terms?|concepts?|topics?"
            r"|facts?|definitions?|messages?|themes?|things?)\b|\btakeaways?\b|\b(?:study|revision|learning)\s+plan\b"
            r"|\bwhat\b[^.?!]*\b(?:about|in|cover|covers|contain|contains|say)\b"
            r"|\bresum(?:en|e|ir|o|a)\b|\brésum(?:é|er|e|ez)\b|\bzusammenfass\w*|\bfass\w*\b.*\bzusammen\b|\briassun\w+"
            r"|总结|概括|總結|摘要|要約|요약|สรุป|ملخص|सारांश",
        ),
    )
)
_CUE_WORDS = frozenset(
    tokens(
        "quiz test examine exam flashcard practice question ask answer suggest start create generate many"
        " summary summarise summarize summarising summarizing overview outline gist tldr tl dr recap main key important"
        " central major essential point idea takeaway term concept topic fact definition message theme study revision"
        " learning plan revise resumen resume resumir resumo resuma résumé résumer résumez zusammenfassung"
        " zusammenfassen riassunto riassumi riassumere 总结 概括 總結 摘要 要約 要約して 요약 요약해 สรุป ملخص सारांश"
    )
)
_GREETING = regex(
    r"\W*(?:(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening|night|day)|thanks?(?: you)?(?: (?:so|very) much| a lot)?"
    r"|help(?: me)?|can you help me|what can you do(?: for me)?|welcome|thx|cheers|(?:that|it) help(?:s|ed)|ok(?:ay)?|great|cool|nice|perfect|bye|goodbye|see you|how are you(?: doing)?(?: today)?|who are you"
    r"|what are you|there|tutor|lyceum|hola|buenos días|buenas|gracias|muchas gracias|adiós|bonjour|bonsoir|salut|merci"
    r"|merci beaucoup|au revoir|hallo|guten (?:tag|morgen|abend)|danke(?: schön)?|tschüss|olá|bom dia|boa (?:tarde|noite)"
    r"|obrigad[oa]|ciao|buongiorno|buonasera|grazie|привет|здравствуйте|спасибо|مرحبا|شكرا|नमस्ते|धन्यवाद|สวัสดี|ขอบคุณ"
    r"|你好|您好|谢谢|再见|こんにちは|ありがとう(?:ございます)?|안녕(?:하세요)?|감사합니다)\b\W*)+",
    re.IGNORECASE,
)


def asked_of_library(message: str, names: Sequence[str] = ()) -> LibraryQuestion | None:
    """The kind of question about the documents as a whole; None if it asks about something that they say.

    ``names`` holds names of documents that the question may mention as a whole.
    """
    plain = " ".join(message.split())
    if _GREETING.fullmatch(plain):
        return "greeting"
    if _PRACTICE_OF_TOPIC.fullmatch(plain):
        return "practice"
    kind = next((kind for kind, cue in _CUES if cue.search(plain)), None)
    if kind is None:
        return None
    unnamed, named_files = _FILE_NAME.subn(" ", plain)
    named = {token for name in names if _is_named(plain, name) for token in tokens(name)}
    said = [token for token in tokens(unnamed) if token not in STOP_TOKENS and token not in named]
    if not all(token in _GENERAL or token in _CUE_WORDS or token.isdigit() for token in said):
        return None
    return (
        kind
        if kind != "overview" or named_files or named or any(token in _SPEAKING for token in said)
        else None
    )


_FILE_NAME = regex(
    r"\b[\w-]+(?:[ .][\w-]+)*\.(?:pdf|docx?|txt|md|pptx?|xlsx?|od[tps]|rtf|html?|epub|ipynb|csv|tsv|py|java|tex)\b",
    re.IGNORECASE,
)
_BETWEEN_NUMBERS = frozenset("and or to number no nr".split())
"""Words that may stand between a word and its number."""
_YEAR_DIGITS = 4
_DOCUMENTS = frozenset(tokens(_DOCUMENT)) - frozenset(tokens("reading library"))
_NO_DOCUMENTS = {
    "en": "There is no document here yet that I can answer from. Upload a PDF, a Word document or a text file; as soon as it"
    " is processed, ask me about it.",
    "es": "Todavía no hay ningún documento con el que pueda responder. Sube un PDF, un documento de Word o un archivo de"
    " texto; en cuanto esté procesado, pregúntame sobre él.",
    "fr": "Il n’y a encore aucun document dont je puisse tirer une réponse. Importez un PDF, un document Word ou un fichier"
    " texte ; dès qu’il est traité, interrogez-moi à son sujet.",
    "de": "Hier ist noch kein Dokument, aus dem ich antworten kann. Lade ein PDF, ein Word-Dokument oder eine Textdatei hoch;"
    " sobald es verarbeitet ist, frag mich danach.",
    "pt": "Ainda não há nenhum documento com que eu possa responder. Envie um PDF, um documento do Word ou um arquivo de"
    " texto; assim que for processado, pergunte-me sobre ele.",
    "it": "Non c’è ancora nessun documento da cui io possa rispondere. Carica un PDF, un documento Word o un file di testo;"
    " appena è elaborato, chiedimi qualcosa.",
    "ru": "Здесь пока нет документа, по которому я могу ответить. Загрузите PDF, документ Word или текстовый файл; когда он"
    " будет обработан, спросите меня о нём.",
    "ar": "لا يوجد هنا بعد مستند أستطيع الإجابة منه. ارفع ملف PDF أو مستند Word أو ملفًا نصيًا، واسألني عنه بعد معالجته.",
    "hi": "यहाँ अभी कोई दस्तावेज़ नहीं है जिससे मैं उत्तर दे सकूँ। PDF, Word दस्तावेज़ या टेक्स्ट फ़ाइल अपलोड कीजिए; तैयार होते ही उसके बारे में पूछिए।",
    "th": "ยังไม่มีเอกสารให้ฉันใช้ตอบ อัปโหลด PDF เอกสาร Word หรือไฟล์ข้อความ เมื่อประมวลผลเสร็จแล้วถามฉันได้เลย",
    "zh": "这里还没有可供我回答的文档。请上传 PDF、Word 文档或文本文件，处理完成后即可向我提问。",
    "ja": "回答に使える文書がまだありません。PDF、Word文書、またはテキストファイルをアップロードし、処理が終わったら質問してください。",
    "ko": "아직 답변에 쓸 문서가 없습니다. PDF, Word 문서 또는 텍스트 파일을 올리고 처리가 끝나면 물어보세요.",
}
_NEAREST = {
    "en": "The nearest that your documents speak of: {}. You can ask about these.",
    "es": "Lo más cercano de lo que hablan tus documentos: {}. Puedes preguntar sobre eso.",
    "fr": "Ce dont vos documents parlent de plus proche : {}. Vous pouvez poser des questions là-dessus.",
    "de": "Am nächsten kommt, wovon deine Dokumente sprechen: {}. Danach kannst du fragen.",
    "pt": "O mais próximo de que seus documentos falam: {}. Você pode perguntar sobre isso.",
    "it": "Ciò di cui parlano i tuoi documenti e che più si avvicina: {}. Puoi chiedere di questo.",
    "ru": "Ближе всего к этому в ваших документах: {}. Можно спросить об этом.",
    "ar": "أقرب ما تتحدث عنه مستنداتك: {}. يمكنك أن تسأل عن ذلك.",
    "hi": "आपके दस्तावेज़ इसके सबसे निकट इन पर बात करते हैं: {}. आप इनके बारे में पूछ सकते हैं।",
    "th": "สิ่งที่ใกล้เคียงที่สุดในเอกสารของคุณ: {} คุณถามเรื่องเหล่านี้ได้",
    "zh": "您的文档中最接近的内容：{}。您可以就此提问。",
    "ja": "文書の中で最も近い話題：{}。これらについて質問できます。",
    "ko": "문서에서 가장 가까운 내용: {}. 이에 대해 물어보실 수 있습니다.",
}
_SPEAKING = _CUE_WORDS | frozenset(
    tokens(_DOCUMENT + " documentos documents notizen dokumente unterlagen appunti")
)


def named_documents(message: str, documents: Sequence[Document]) -> list[Document]:
    """The documents that the message names; all if it names none."""
    named = [
        document
        for document in documents
        if names_file(message, document.filename) or _is_named(message, document.filename)
    ]
    return named or list(documents)


def _is_named(message: str, filename: str) -> bool:
    """Whether the message names the document: by the words of its name in any order, if there are two or more, or by
    its only word beside a word for documents, as in *the meteors file*. A number that is not a year must follow the
    same word as in the name: *chapter 3* or *chapters 1 and 3*, but not *chapter 1 in 3 points*.
    """
    said, words = tokens(message), name_words(filename)
    if len(words) > 1:
        numbered = (
            (before, word) for before, word in pairwise(words) if word.isdigit() and len(word) != _YEAR_DIGITS
        )
        return set(words) <= set(said) and all(_follows(said, *pair) for pair in numbered)
    return any(
        (one in _DOCUMENTS and [other] == words) or (other in _DOCUMENTS and [one] == words)
        for one, other in pairwise(said)
    )


def _follows(said: Sequence[str], before: str, number: str) -> bool:
    """Whether the number follows the word, perhaps after other numbers."""
    for at, word in enumerate(said):
        if word != number:
            continue
        start = at - 1
        while (
            start >= 0
            and said[start] != before
            and (said[start].isdigit() or said[start] in _BETWEEN_NUMBERS)
        ):
            start -= 1
        if start >= 0 and said[start] == before:
            return True
    return False


def no_documents(message: str) -> str:
    """Text that says how to add a document, in the language of the message."""
    return _NO_DOCUMENTS[language_of(message)]


def listed(documents: Sequence[Document], owner: str) -> str:
    """An answer that lists the documents by name: the learner's own and those of their classes."""
    count = len(documents)
    lines = [f"There {'is 1 document' if count == 1 else f'are {count} documents'} that I can answer from:"]
    for document in documents[:MAX_LISTED]:
        whose = "" if document.user_id == owner else " (from a class)"
        lines.append(f"- {_name(document)}{whose}")
    if count > MAX_LISTED:
        lines.append(f"- and {count - MAX_LISTED} more")
    return "\n".join(lines)


def topics(documents: Sequence[Document]) -> str:
    """An answer that says what can be asked: what each document is about."""
    lines = ["You can ask about anything that your documents say. They speak of:"]
    for document in documents[:MAX_LISTED]:
        concepts = ", ".join(map(without_links, document.extracted_concepts[:_TOPICS_OF_ONE]))
        lines.append(f"- {_name(document)}: {concepts}" if concepts else f"- {_name(document)}")
    return "\n".join(lines)


def practice() -> str:
    """The answer to a learner who wants to be asked questions."""
    return (
        "To be asked questions from your documents, start a quiz or an interview: their questions are checked against the"
        " documents and count for your progress. Here I answer what you ask."
    )


def nearest(names: Sequence[str], message: str) -> str:
    """A hint that says what the documents do contain, for a question that they do not answer, in the language of the
    message.
    """
    return _NEAREST[language_of(message)].format("; ".join(map(without_links, names)))


def _name(document: Document) -> str:
    return without_links(document.filename)

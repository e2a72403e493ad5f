"""Paragraphs in several scripts, with two questions about each, for ``benchmarks.retrieval``."""

from __future__ import annotations

MATERIAL: dict[str, list[tuple[str, str, str]]] = {
    "English": [
        (
            "Plants take up water through their roots. A net of fine hairs makes the surface of a root many times larger.",
            "How do plants take up water?",
            "What makes the surface of a root larger?",
        ),
        (
            "The printing press spread from Mainz over Europe within fifty years. Books became cheap and news fast.",
            "From which town did the printing press spread?",
            "What became cheap through printing?",
        ),
        (
            "A triangle has three angles, which together make half a turn. A square has four equal sides.",
            "What do the angles of a triangle make together?",
            "How many equal sides has a square?",
        ),
        (
            "Salt lowers the temperature at which water freezes. Roads are therefore salted in winter.",
            "What does salt do to the freezing of water?",
            "Why are roads salted in winter?",
        ),
    ],
    "Spanish": [
        (
            "Las plantas absorben el agua por las raíces. Unos pelos muy finos aumentan la superficie de la raíz.",
            "¿Por dónde absorben el agua las plantas?",
            "¿Qué aumenta la superficie de la raíz?",
        ),
        (
            "La imprenta se extendió desde Maguncia por toda Europa en cincuenta años. Los libros se abarataron.",
            "¿Desde qué ciudad se extendió la imprenta?",
            "¿Qué se abarató con la imprenta?",
        ),
        (
            "Un triángulo tiene tres ángulos que suman ciento ochenta grados. Un cuadrado tiene cuatro lados iguales.",
            "¿Cuánto suman los ángulos de un triángulo?",
            "¿Cuántos lados iguales tiene un cuadrado?",
        ),
        (
            "La sal baja la temperatura a la que se congela el agua. Por eso se echa sal en las carreteras en invierno.",
            "¿Qué hace la sal con la temperatura de congelación?",
            "¿Por qué se echa sal en las carreteras?",
        ),
    ],
    "Chinese": [
        (
            "植物通过根吸收水分。许多细小的根毛使根的表面积增大许多倍。",
            "植物通过什么吸收水分?",
            "什么使根的表面积增大?",
        ),
        (
            "印刷术在五十年内从美因茨传遍欧洲。书籍变得便宜,消息传播得更快。",
            "印刷术从哪里传遍欧洲?",
            "什么变得便宜了?",
        ),
        (
            "三角形有三个内角,内角和为一百八十度。正方形有四条相等的边。",
            "三角形的内角和是多少?",
            "正方形有几条相等的边?",
        ),
        ("盐会降低水的冰点,所以冬天人们在道路上撒盐。", "盐对水的冰点有什么影响?", "冬天为什么在道路上撒盐?"),
    ],
    "Thai": [
        (
            "พืชดูดน้ำทางราก ขนรากเล็ก ๆ จำนวนมากทำให้พื้นที่ผิวของรากเพิ่มขึ้นหลายเท่า",
            "พืชดูดน้ำทางใด",
            "อะไรทำให้พื้นที่ผิวของรากเพิ่มขึ้น",
        ),
        ("การพิมพ์แพร่จากเมืองไมนซ์ไปทั่วยุโรปภายในห้าสิบปี หนังสือมีราคาถูกลง", "การพิมพ์แพร่จากเมืองใด", "อะไรมีราคาถูกลง"),
        (
            "รูปสามเหลี่ยมมีมุมสามมุม ซึ่งรวมกันได้หนึ่งร้อยแปดสิบองศา รูปสี่เหลี่ยมจัตุรัสมีสี่ด้านเท่ากัน",
            "มุมของรูปสามเหลี่ยมรวมกันได้เท่าไร",
            "รูปสี่เหลี่ยมจัตุรัสมีกี่ด้านเท่ากัน",
        ),
        (
            "เกลือทำให้จุดเยือกแข็งของน้ำลดลง จึงมีการโรยเกลือบนถนนในฤดูหนาว",
            "เกลือทำให้จุดเยือกแข็งของน้ำเป็นอย่างไร",
            "ทำไมจึงโรยเกลือบนถนน",
        ),
    ],
    "Arabic": [
        (
            "تمتص النباتات الماء عن طريق الجذور. وتزيد الشعيرات الدقيقة من مساحة سطح الجذر.",
            "كيف تمتص النباتات الماء؟",
            "ما الذي يزيد من مساحة سطح الجذر؟",
        ),
        (
            "انتشرت الطباعة من مدينة ماينتس إلى أوروبا خلال خمسين عاما. وأصبحت الكتب رخيصة.",
            "من أي مدينة انتشرت الطباعة؟",
            "ما الذي أصبح رخيصا؟",
        ),
        (
            "للمثلث ثلاث زوايا مجموعها مئة وثمانون درجة. وللمربع أربعة أضلاع متساوية.",
            "كم مجموع زوايا المثلث؟",
            "كم ضلعا متساويا للمربع؟",
        ),
        (
            "يخفض الملح درجة تجمد الماء. لذلك يرش الملح على الطرق في الشتاء.",
            "ماذا يفعل الملح بدرجة تجمد الماء؟",
            "لماذا يرش الملح على الطرق؟",
        ),
    ],
    "Hindi": [
        (
            "पौधे जड़ों से पानी सोखते हैं। बारीक रोम जड़ की सतह को कई गुना बढ़ा देते हैं।",
            "पौधे पानी किससे सोखते हैं?",
            "जड़ की सतह को क्या बढ़ाता है?",
        ),
        (
            "छपाई मेंज शहर से पचास वर्षों में पूरे यूरोप में फैली। किताबें सस्ती हो गईं।",
            "छपाई किस शहर से फैली?",
            "क्या सस्ता हो गया?",
        ),
        (
            "त्रिभुज में तीन कोण होते हैं जिनका योग एक सौ अस्सी अंश है। वर्ग की चार भुजाएँ बराबर होती हैं।",
            "त्रिभुज के कोणों का योग कितना है?",
            "वर्ग की कितनी भुजाएँ बराबर होती हैं?",
        ),
        (
            "नमक पानी के जमने का तापमान घटाता है। इसलिए सर्दियों में सड़कों पर नमक डाला जाता है।",
            "नमक पानी के जमने के तापमान को क्या करता है?",
            "सड़कों पर नमक क्यों डाला जाता है?",
        ),
    ],
}
"""For each language: paragraphs, each with two questions that it answers."""

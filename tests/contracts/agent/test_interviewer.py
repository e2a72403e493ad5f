"""The offline interviewer asks open questions that the material answers, and words them well."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo.play import DOCUMENTS
from demo.write_documents import ENERGY, ENERGY_INTRODUCTION, NEWTON
from domain.documents.passage import Passage
from domain.interviews.questions import admit_questions
from ports.agent import AskQuestion, Difficulty
from tests.contracts.agent.test_offline_agent import EVERYTHING, TEXTS
from tests.support.offline import OFFLINE
from tests.support.tasks import ask_question

MOTION = [f"{heading}\n\n" + "\n\n".join(paragraphs) for heading, paragraphs in NEWTON]
WORK = [ENERGY_INTRODUCTION, *(f"{heading}\n\n{text}" for heading, text in ENERGY)]
ROSETTA = (DOCUMENTS / "rosetta-stone.txt").read_text(encoding="utf-8").split("\n\n\n")
LEVELS: list[Difficulty] = ["beginner", "intermediate", "advanced"]


def made(asked: AskQuestion) -> list[dict[str, Any]]:
    questions: list[dict[str, Any]] = json.loads("".join(OFFLINE.reply(asked, timeout=5)))["questions"]
    for question in questions:
        assert 1 <= len(question["facts"]) <= 5
        assert question["question"]
        assert question["concept"]
        assert all(
            fact["quote"] in asked.passages[question["passage"] - 1].text for fact in question["facts"]
        )
    return questions


def asked_of(text: str, **wishes: Any) -> dict[str, list[str]]:
    return {q["question"]: [fact["fact"] for fact in q["facts"]] for q in made(ask_question(text, **wishes))}


def test_a_question_for_a_definition_also_asks_what_else_is_said_about_the_concept() -> None:
    assert asked_of(WORK[2]) == {
        "What is kinetic energy, and what else do you know about it?": [
            "Kinetic energy is the energy of motion.",
            "Kinetic energy equals one half of the mass times the square of the speed.",
            "Because the speed is squared, a car at 100 kilometres per hour has four times the kinetic energy that it "
            "has at 50.",
        ],
        "What does the work-energy theorem say?": [
            "The work-energy theorem says that the net work done on a body equals the change of its kinetic energy."
        ],
    }


def test_a_question_for_one_of_several_laws_names_its_document() -> None:
    asked = asked_of(MOTION[3])
    assert asked["In “newtons laws”: what does the third law say?"] == [
        "The third law says that whenever one body exerts a force on a second body, the second exerts a force of equal "
        "size and opposite direction on the first."
    ]


def test_a_reason_is_asked_for_where_the_text_gives_one() -> None:
    asked = asked_of(
        "Leaves are green because chlorophyll reflects green light. The sky was cloudy on Monday."
    )
    assert asked == {"Why is it that leaves are green?": ["Chlorophyll reflects green light."]}


def test_a_clause_that_gives_no_reason_gets_no_question_for_a_reason() -> None:
    text = "The box stops not because motion needs a force. The bridge closed because of the storm last year."
    assert not any(question.startswith("Why") for question in asked_of(text))


def test_a_term_that_a_sentence_ends_with_is_asked_for() -> None:
    assert asked_of("The tendency of a body to keep moving as before is called inertia.") == {
        "What is inertia?": ["The tendency of a body to keep moving as before is called inertia."]
    }


def test_the_halves_of_a_sentence_are_facts_of_their_own() -> None:
    asked = asked_of(MOTION[4])
    assert asked["What can you say about kinetic friction?"][:2] == [
        "Kinetic friction acts on a body that slides.",
        "Kinetic friction equals the coefficient of kinetic friction times the normal force and does not depend on the "
        "speed.",
    ]


def test_a_pronoun_that_can_only_mean_the_concept_is_replaced_by_it() -> None:
    asked = asked_of("A puzzle is a game of patience. It has many small pieces. They fit in one way.")
    assert asked["What is a puzzle, and what else do you know about it?"] == [
        "A puzzle is a game of patience.",
        "A puzzle has many small pieces.",
    ]


def test_a_pronoun_that_could_mean_two_things_makes_no_fact() -> None:
    text = "The stone bears one decree in three scripts. It was issued at Memphis by a council of priests in spring."
    assert not any("issued" in fact for facts in asked_of(text).values() for fact in facts)


def test_a_pronoun_in_the_next_sentence_continues_what_a_person_did() -> None:
    asked = asked_of(
        "Thomas Young showed that the rings held royal names. He believed that signs were symbols of ideas."
    )
    assert asked["What did Thomas Young do?"] == [
        "Thomas Young showed that the rings held royal names.",
        "Thomas Young believed that signs were symbols of ideas.",
    ]


@pytest.mark.parametrize(
    "thin",
    [
        "",
        "Yes.",
        "It is so. They were there. This is why it is the one. These are the reasons for such a choice.",
        "def f(x): return x == 1",
        "https://a.b/c is a link that leads to the page.",
        "| Work | W | joule |\n| Power | P | watt |",
        "Figure 3 is the graph of the function. Table 2 is the list of values.",
        "A train at constant speed is a good one; a train that brakes is not.",
        "The result is the sum. The example is a case of the method.",
        "The crate of 20 kg is pulled with 60 N, so that 40 N are left and it gains 2 m/s every 1 s.",
        "All rights reserved. Acrobat Reader is a trademark of Adobe Systems.",
    ],
)
def test_thin_material_gives_no_questions(thin: str) -> None:
    assert made(ask_question(thin)) == []


@pytest.mark.parametrize("difficulty", LEVELS)
@pytest.mark.parametrize("texts", [MOTION, WORK, ROSETTA], ids=["newton", "energy", "rosetta"])
def test_all_questions_are_fit_to_be_asked(texts: list[str], difficulty: Difficulty) -> None:
    asked = ask_question(*texts, difficulty=difficulty)
    questions = made(asked)
    assert questions
    passages = [Passage("f", "n.pdf", None, at, 1, 0, len(text), text, 1.0) for at, text in enumerate(texts)]
    reply = "".join(OFFLINE.reply(asked, timeout=5))
    admitted = admit_questions(reply, passages, avoid=(), limit=20)
    assert [question.question for question in admitted] == [question["question"] for question in questions]
    for kept, question in zip(admitted, questions, strict=True):
        assert [fact.statement for fact in kept.facts] == [fact["fact"] for fact in question["facts"]]


@pytest.mark.parametrize("texts", [MOTION, WORK, ROSETTA], ids=["newton", "energy", "rosetta"])
def test_each_fact_can_be_understood_alone(texts: list[str]) -> None:
    facts = [fact["fact"] for question in made(ask_question(*texts)) for fact in question["facts"]]
    assert not [fact for fact in facts if re.match(r"(?:It|They|He|She|This|These|His|Its)\b", fact)]
    assert all(fact[0].isupper() and fact.endswith(".") for fact in facts)


@pytest.mark.parametrize("texts", [MOTION, WORK, ROSETTA], ids=["newton", "energy", "rosetta"])
def test_nothing_is_asked_for_twice(texts: list[str]) -> None:
    questions = made(ask_question(*texts, *texts))
    assert len({question["question"] for question in questions}) == len(questions)
    quotes = [fact["quote"] for question in questions for fact in question["facts"]]
    assert len(set(quotes)) == len(quotes)


def test_questions_are_spread_over_the_passages() -> None:
    assert len({question["passage"] for question in made(ask_question(*MOTION, wanted=4))}) == 4


def test_a_topic_comes_first() -> None:
    first = made(ask_question(*MOTION, topic="friction", wanted=1))[0]
    assert "friction" in first["question"]
    assert made(ask_question(*MOTION, topic="inertia", wanted=1))[0]["concept"] in (
        "inertia",
        "inertial frame of reference",
    )


@pytest.mark.parametrize("texts", [MOTION, WORK, ROSETTA], ids=["newton", "energy", "rosetta"])
def test_no_question_is_repeated_in_another_form(texts: list[str]) -> None:
    for question in made(ask_question(*texts)):
        if not question["question"].startswith("Why"):
            again = made(ask_question(*texts, avoid=(question["question"],)))
            assert question["concept"] not in [
                q["concept"] for q in again if not q["question"].startswith("Why")
            ]


def test_at_most_the_wanted_number_is_made_and_the_same_each_time() -> None:
    assert len(made(ask_question(*MOTION, wanted=3))) == 3
    assert made(ask_question(*MOTION)) == made(ask_question(*MOTION))


def test_beginners_are_asked_for_definitions_and_the_advanced_for_reasons() -> None:
    assert made(ask_question(*WORK, difficulty="beginner"))[0]["question"].startswith("What is")
    assert made(ask_question(*MOTION, difficulty="advanced"))[0]["question"].startswith("Why is it that")
    counts = {
        level: max(len(question["facts"]) for question in made(ask_question(*WORK, difficulty=level)))
        for level in LEVELS
    }
    assert counts["beginner"] < counts["advanced"]


LANGUAGES = {
    "Spanish": (
        "La fotosíntesis es el proceso por el cual las plantas transforman la luz en azúcar. Las hojas son verdes porque la clorofila refleja la luz verde. Sin agua, la fotosíntesis se detiene en pocas horas.",
        "¿Qué puedes decir sobre la fotosíntesis?",
        2,
    ),
    "French": (
        "L’inertie est la tendance d’un corps à garder son mouvement. L’inertie ne dépend pas de la vitesse du corps.",
        "Que pouvez-vous dire sur l’inertie ?",
        2,
    ),
    "German": (
        "Die Photosynthese ist der Vorgang, bei dem Pflanzen Licht in Zucker umwandeln. Ohne Wasser endet die Photosynthese nach wenigen Stunden.",
        "Was weißt du über dieses Thema: die Photosynthese?",
        2,
    ),
    "Italian": (
        "La fotosintesi è il processo con cui le piante trasformano la luce in zucchero. Senza acqua la fotosintesi si ferma in poche ore.",
        "Che cosa sai di questo tema: la fotosintesi?",
        2,
    ),
    "Portuguese": (
        "A fotossíntese é o processo pelo qual as plantas transformam a luz em açúcar. Sem água a fotossíntese para em poucas horas.",
        "O que pode dizer sobre a fotossíntese?",
        2,
    ),
    "Russian": (
        "Фотосинтез — это процесс, при котором растения превращают свет в сахар. Без воды фотосинтез останавливается через несколько часов.",
        "Что вы знаете на тему «фотосинтез»?",
        2,
    ),
    "Arabic": (
        "التمثيل الضوئي هو العملية التي تحول بها النباتات الضوء إلى سكر. بدون الماء يتوقف التمثيل الضوئي بعد ساعات قليلة.",
        "ماذا تعرف عن هذا: التمثيل الضوئي؟",
        2,
    ),
    "Hindi": (
        "प्रकाश संश्लेषण वह प्रक्रिया है जिससे पौधे प्रकाश को शर्करा में बदलते हैं। पानी के बिना प्रकाश संश्लेषण कुछ घंटों में रुक जाता है।",
        "इस विषय के बारे में आप क्या जानते हैं: प्रकाश संश्लेषण?",
        2,
    ),
    "Thai": (
        "การสังเคราะห์ด้วยแสงคือกระบวนการที่พืชเปลี่ยนแสงเป็นน้ำตาล\n\nใบไม้ใช้การสังเคราะห์ด้วยแสงเพื่อสร้างอาหารในเวลากลางวัน",
        "คุณรู้อะไรเกี่ยวกับการสังเคราะห์ด้วยแสง",
        2,
    ),
    "Chinese": (
        "光合作用是植物利用光能制造糖的过程。叶绿体是光合作用发生的地方。",
        "关于光合作用你知道什么？",
        2,
    ),
    "Japanese": (
        "光合成は植物が光を使って糖を作る過程である。葉緑体は光合成が行われる場所である。",
        "光合成について何を知っていますか？",
        2,
    ),
    "Korean": (
        "광합성은 식물이 빛을 이용하여 당을 만드는 과정이다. 엽록체에서 광합성이 일어난다.",
        "광합성에 대해 무엇을 알고 있습니까?",
        2,
    ),
    "Dutch, which has no phrases": (
        "Fotosynthese is het proces waarbij planten licht omzetten in suiker. Fotosynthese vindt plaats in de bladgroenkorrels van groene planten. De wortels nemen water op uit de bodem en brengen het naar de bladeren.",
        "Fotosynthese: … ?",
        2,
    ),
    "Spanish, under a heading that names it": (
        "# La fotosíntesis\n\nLa fotosíntesis transforma la luz en azúcar. El oxígeno se libera como residuo. Las raíces absorben agua del suelo.",
        "¿Qué puedes decir sobre la fotosíntesis?",
        1,
    ),
}
"""A text, the question about the term with which its sentences begin, and the number of facts that answer it."""


@pytest.mark.parametrize(("text", "wanted", "facts"), LANGUAGES.values(), ids=LANGUAGES)
def test_repeated_terms_are_asked_for_in_the_language_of_the_document(
    text: str, wanted: str, facts: int
) -> None:
    ((question, told),) = asked_of(text).items()
    assert question == wanted
    assert len(told) == facts


@pytest.mark.parametrize(
    "text",
    [
        "La fotosíntesis transforma la luz en azúcar. Las raíces absorben agua del suelo.",
        "光合作用制造糖。根从土壤中吸收水分。",
        "Корни впитывают воду из почвы. Сердце качает кровь.",
    ],
)
def test_a_term_of_only_one_sentence_is_not_asked_for_in_a_language_without_a_parser(text: str) -> None:
    assert asked_of(text) == {}


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(
    texts=st.lists(TEXTS | st.sampled_from(EVERYTHING), max_size=4),
    topic=TEXTS,
    level=st.sampled_from(LEVELS),
)
def test_every_quote_is_in_the_material(texts: list[str], topic: str, level: Difficulty) -> None:
    made(ask_question(*texts, topic=topic, difficulty=level))

"""The offline agent makes a few good quiz questions from the material alone, or none."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from adapters.local.models.main_clauses import main_clause
from adapters.local.models.namings import name_after, named_after
from adapters.local.models.statements import Statements
from adapters.local.models.turns import turned_clause, turns_of
from benchmarks.offline_questions import cues, questions_of
from domain.documents.passage import Passage
from domain.quizzes.admission import admit
from domain.quizzes.quiz import Question
from domain.quizzes.quiz_words import KINDS
from domain.quizzes.reading import read_drafts
from ports.agent import Difficulty, QuestionKind, WriteQuestions
from ports.errors import TimedOut
from tests.support.offline import GRAMMAR, OFFLINE
from tests.support.tasks import write_questions

SAILING = (
    "A keel is a fin that keeps a boat from drifting sideways. A rudder is a blade that turns a boat to the left or the "
    "right. A mast is a pole that carries the sails of a boat. A cleat is a fitting that holds a rope under tension. "
    "The mainsail pulls the stern of a boat into the wind, and the jib pushes the bow away from the wind."
    "\n\nA ketch is a boat that carries a second, shorter mast behind the first. The ketch is slower than the sloop. "
    "The hull lifts more water than the weight of the boat. The keel of a small yacht has a mass of 900 kilograms. "
    "The drift of a boat to the side is called leeway. A sailor keeps a yacht, a sloop, a bow, a stern or a hull clean. "
    "A sloop needs a strong mast because its mainsail is large. "
    "The ballast lowers the centre of gravity of a yacht. First the crew lowers the jib, then it turns the bow into the "
    "wind, and finally it lowers the mainsail."
)
VOYAGE = (
    "Ferdinand Magellan sailed from Seville in 1519 with five ships. Juan de Cartagena led a mutiny against Magellan in "
    "Patagonia. In 1520, the fleet entered the strait at the southern tip of America. The Portuguese captured the ship "
    "Trinidad near the Moluccas. Antonio Pigafetta wrote a journal of the whole voyage. Magellan died on the island of "
    "Mactan in the Philippines. Juan Sebastian Elcano brought the last ship back to Spain in 1522. Spain gained a new route "
    "to the Moluccas. Charles granted Elcano a pension and a coat of arms. The Spanish king sent a second fleet to the "
    "Moluccas in 1525. It was lost. He died at sea."
)
FOREIGN = (
    "La quilla es una aleta que impide que un barco derive. El timón es una pala que hace girar un barco."
)


def made(asked: WriteQuestions) -> list[dict[str, Any]]:
    questions: list[dict[str, Any]] = json.loads("".join(OFFLINE.reply(asked, timeout=5)))["questions"]
    return questions


def asked(
    *texts: str, kinds: Sequence[QuestionKind] = ("multiple_choice",), **options: Any
) -> WriteQuestions:
    return replace(write_questions(*(texts or SAILING.split("\n\n")), **options), kinds=tuple(kinds))


def answers(question: dict[str, Any]) -> list[str]:
    return [question["options"]["ABCDEF".index(letter)] for letter in question["answers"]]


@pytest.mark.parametrize("difficulty", ["beginner", "intermediate", "advanced"])
def test_questions_have_a_quote_from_their_passage_and_do_not_contain_their_key(
    difficulty: Difficulty,
) -> None:
    task = asked(difficulty=difficulty)
    questions = made(task)
    assert len(questions) >= 4
    for question in questions:
        assert question["quote"] in task.passages[question["passage"] - 1].text
        assert question["question"].endswith("?")
        assert 3 <= len(set(question["options"])) == len(question["options"]) <= 4
        (key,) = answers(question)
        assert key.casefold() not in question["question"].casefold()


@pytest.mark.parametrize("kind", KINDS)
def test_all_questions_of_a_kind_that_are_made_are_admitted(kind: QuestionKind) -> None:
    task = asked(kinds=[kind], wanted=20)
    passages = [
        Passage("f", "n.txt", None, one.number, 1, 0, len(one.text), one.text, 1.0) for one in task.passages
    ]
    drafts = read_drafts("".join(OFFLINE.reply(task, timeout=5)))
    found = admit(drafts, passages, recent=(), limit=20, grammar=GRAMMAR)
    assert found.refused == ()
    assert kind == "multiple_answer" or found.admitted


def test_a_term_is_asked_for_with_other_terms_of_its_form() -> None:
    by_question = {one["question"]: one for one in made(asked(wanted=20))}
    keel = by_question["Which term names a fin that keeps a boat from drifting sideways?"]
    assert answers(keel) == ["Keel"]
    others = {"Keel", "Rudder", "Mast", "Cleat", "Ketch", "Hull", "Sloop", "Yacht", "Jib", "Leeway"}
    assert set(keel["options"]) < others


def test_a_definition_is_asked_for_with_other_definitions() -> None:
    (keel,) = (
        one for one in made(asked(wanted=20, difficulty="beginner")) if one["question"] == "What is a keel?"
    )
    assert answers(keel) == ["A fin that keeps a boat from drifting sideways"]
    assert all(" that " in option for option in keel["options"])


@pytest.mark.parametrize(
    ("sentence", "term", "definition"),
    [
        (
            "Tacking means turning the bow of a boat through the wind.",
            "Tacking",
            "turning the bow of a boat through the wind",
        ),
        (
            "The shelter effect refers to the tendency of a high wall to slow the wind behind it.",
            "Shelter effect",
            "the tendency of a high wall to slow the wind behind it",
        ),
        (
            "Boats that have two hulls of the same length are called catamarans.",
            "Catamarans",
            "boats that have two hulls of the same length",
        ),
        (
            "Leeway: Leeway is the drift of a boat to the side that the wind causes, but a keel makes it small.",
            "Leeway",
            "the drift of a boat to the side that the wind causes",
        ),
    ],
)
def test_a_definition_is_read_from_the_grammar_of_its_sentence(
    sentence: str, term: str, definition: str
) -> None:
    stated = Statements([(1, sentence)], GRAMMAR).all
    assert [(one.subject.text.lower(), one.definition) for one in stated] == [(term.lower(), definition)]


@pytest.mark.parametrize(
    "loose",
    [
        "A skipper is the first person who comes on board.",
        "The main reason is the wind that blows from the sea.",
        "A boat is a good example of a thing that floats.",
        "Leeway is the term that he used in the second book.",
        "This is a pole that carries the sails of a boat.",
        "The wind blew to the mast, the tall pole, and to the deck.",
    ],
)
def test_a_sentence_that_names_no_kind_of_thing_defines_nothing(loose: str) -> None:
    assert [one.definition for one in Statements([(1, loose)], GRAMMAR).all if one.definition] == []


def test_a_clause_is_not_cut_where_it_needs_the_rest() -> None:
    needy = "The keel gives a shape that will allow the boat to gain speed, and will keep a course."
    questions = [one["question"] for one in made(asked(f"{SAILING} {needy}", wanted=20))]
    assert not any(re.search(r"(?:allow|and|to|when|which)\?$", question) for question in questions)


def test_an_example_of_the_text_is_not_asked_about() -> None:
    example = "For example, a sloop wins the race of the harbour in a strong wind."
    questions = made(asked(f"{SAILING} {example}", wanted=20))
    assert [one["question"] for one in questions if one["quote"] == example] == []


def test_a_comparison_is_asked_for_both_ways() -> None:
    (pair,) = (one for one in made(asked(wanted=20, difficulty="advanced")) if "compare" in one["question"])
    assert answers(pair) == ["The ketch is slower than the sloop"]
    assert "The sloop is slower than the ketch" in pair["options"]


GLACIERS = (
    "Cool summers promote an increase in the size of a glacier. Warm summers promote the melting of snow. Ice shelves "
    "slow the flow of the inland ice. The movement of the ice generates stress in the rock below. The equilibrium line marks "
    "the boundary between two zones. Glacial erosion is driven by abrasion of the rock below.\n\nIn the lower zone, bare ice is "
    "exposed because the snow of the last winter has melted. Accumulation is the first phase of the yearly cycle of a "
    "glacier. Ablation is the second phase of the yearly cycle of a glacier. Compaction is the third phase of the yearly "
    "cycle of a glacier. If glaciers were rigid, internal stress would break the ice. Accumulation of snow may lead to "
    "advance of the ice. Dry summers uncover the gravel of the lower zone."
)


def test_no_question_asks_which_thing_acts_if_others_may_act_so_too() -> None:
    questions = [one["question"] for one in made(asked(GLACIERS, wanted=20))]
    assert not [one for one in questions if one.startswith("Which of the following") and " phase " not in one]


RIVERS = (
    "Rivers carry sand in long bends. The bends are joined by short channels called cutoffs. After a flood, old bends become "
    "ponds called oxbows. In a flood, rivers build long ridges called levees. Upland rivers lack the broad floodplains of lowland "
    "rivers. Deep rivers carry small amounts of coarse gravel. Shade lessens the growth of algae in the water."
)


def test_a_name_is_asked_for_that_the_text_gives_to_a_thing() -> None:
    by_key = {answers(one)[0]: one for one in made(asked(RIVERS, wanted=20))}
    cutoffs = by_key["Cutoffs"]
    assert cutoffs["question"] == "The bends are joined by short channels. What are these channels called?"
    assert {*cutoffs["options"]} == {"Cutoffs", "Oxbows", "Levees"}


def test_a_name_is_read_from_the_sentence_after_what_it_names() -> None:
    found = named_after(
        "Farmers lead water through narrow ditches.", "This form of farming is called irrigation."
    )
    assert found == (
        "irrigation",
        "Farmers lead water through narrow ditches. What is this form of farming called?",
    )
    assert (
        named_after("It leads water through narrow ditches.", "This practice is called irrigation.") is None
    )


def test_two_places_of_a_statement_are_changed_so_that_no_option_stands_out() -> None:
    (gravel,) = (
        one for one in made(asked(RIVERS, wanted=20)) if one["question"].startswith("Which statement")
    )
    assert gravel["question"] == "Which statement about deep rivers is true?"
    assert answers(gravel) == ["Deep rivers carry small amounts of coarse gravel"]
    assert {*gravel["options"]} == {
        f"Deep rivers carry {size} amounts of {grain} gravel"
        for size in ("small", "large")
        for grain in ("coarse", "fine")
    }


@pytest.mark.parametrize(
    "loose",
    [
        "In small boats, the hull is smooth and smaller relative to the mast.",
        "The thrust driving motion is the difference in pressure between the two sides of the sail.",
        "The ballast, or the weight that is kept low, is the part of the load by which a boat, or a raft.",
    ],
)
def test_a_description_of_a_thing_is_no_definition_of_a_term(loose: str) -> None:
    questions = made(asked(f"{SAILING} {loose}", wanted=20))
    assert [one["question"] for one in questions if one["quote"] == loose and "term" in one["question"]] == []


def test_a_key_that_is_a_form_of_a_word_of_the_question_is_not_asked_for() -> None:
    told = "A topmast is the top part of a mast that can be taken down in a storm."
    questions = made(asked(f"{SAILING} {told}", wanted=20))
    assert not [one for one in questions if answers(one) == ["Topmast"]]


def test_the_wrong_options_for_the_second_phase_are_the_other_phases() -> None:
    (second,) = (one for one in made(asked(GLACIERS, wanted=20)) if "second phase" in one["question"])
    assert answers(second) == ["Ablation"]
    assert {*second["options"]} == {"Accumulation", "Ablation", "Compaction"}


def test_a_question_asks_for_the_reason_after_because() -> None:
    (why,) = (one for one in made(asked(GLACIERS, wanted=20)) if "why" in one["question"])
    assert why["question"] == "In the lower zone, why is bare ice exposed?"
    assert answers(why) == ["The snow of the last winter has melted"]


def test_the_year_of_a_figure_is_not_asked_for() -> None:
    figures = (
        "In 2018, Asian people comprised 6 percent of the population of the country. In 2019, infant mortality rates were twice "
        "as high in rural regions. In 2021, Black women had the highest rates of death in the country. In 2020, the median "
        "income of the American household decreased 2.9 percent to 67,521 dollars."
    )
    questions = [one["question"] for one in made(asked(figures, wanted=20))]
    assert not [one for one in questions if "year" in one.lower() or "2.9" in one]


def test_no_question_is_asked_about_an_unreal_condition() -> None:
    assert not [one for one in made(asked(GLACIERS, wanted=20)) if "rigid" in one["question"]]


def test_a_sentence_is_asked_about_once_also_in_a_later_round() -> None:
    task = asked(GLACIERS, wanted=20)
    first = made(task)
    again = made(replace(task, avoid=tuple(one["question"] for one in first)))
    assert first
    assert not {one["quote"] for one in first} & {one["quote"] for one in again}


def test_a_false_statement_turns_one_relation() -> None:
    false = [one for one in made(asked(kinds=["true_false"], wanted=20)) if one["answers"] == ["false"]]
    for one in false:
        words, told = (set(text.lower().rstrip(".").split()) for text in (one["question"], one["quote"]))
        assert len(words - told) == 1


def test_a_missing_term_is_one_that_the_sentence_defines() -> None:
    gaps = {one["question"]: one["answers"] for one in made(asked(kinds=["cloze"], wanted=20))}
    assert gaps["A(n) _____ is a fin that keeps a boat from drifting sideways."] == ["keel"]
    assert ["leeway"] in gaps.values()


MORAINES = (
    "## Glaciers and moraines\n\n"
    "Firn is a form of ice that forms when snowflakes become granules. In the zone of ablation, the rate of melting is higher "
    "than the rate of snowfall. In Batesian mimicry, a harmless fly imitates the colours of a wasp. "
    "The scientific unit for the flow of a glacier is the metre. Moraines mark the farthest limits of ancient glaciers. "
    "In 1991, hikers found a frozen body in the Alps. The hikers showed the body to the scientists of the city. "
    "A fjord is the same valley after the sea has filled it. The bergschrund is a crack that is no longer in use. "
    "The largest moraines of the early modern glaciers carry heavy rocks under a light microscope."
)


@pytest.mark.parametrize(
    ("gap", "key"),
    [
        ("_____ is a form of ice that forms when snowflakes become granules.", "firn"),
        ("In _____, a harmless fly imitates the colours of a wasp.", "Batesian mimicry"),
        ("_____ mark the farthest limits of ancient glaciers.", "moraines"),
    ],
)
def test_a_term_or_a_name_is_left_out_of_a_sentence_that_is_clear_without_it(gap: str, key: str) -> None:
    gaps = {one["question"]: one["answers"] for one in made(asked(MORAINES, kinds=["cloze"], wanted=20))}
    assert gaps.get(gap) == [key]


def test_a_sentence_that_needs_another_or_says_nothing_is_not_asked_about() -> None:
    questions = made(asked(MORAINES, kinds=KINDS, wanted=20))
    told = " ".join(one["quote"] for one in questions)
    for needy in ("of the city", "the same valley", "no longer in use"):
        assert needy not in told


def test_an_adjective_of_a_phrase_is_not_turned() -> None:
    questions = made(asked(MORAINES, kinds=["true_false"], wanted=20))
    assert "false" in [one["answers"][0] for one in questions]
    assert not re.search("early ancient|heavy microscope", " ".join(one["question"] for one in questions))


def test_a_number_an_order_and_a_reason_are_asked_for_where_they_are_stated() -> None:
    (number,) = made(asked(kinds=["numeric"]))
    assert number["answers"] == ["900 kilograms"]
    (order,) = made(asked(kinds=["ordering"]))
    assert order["options"][1] == "it turns the bow into the wind"
    reasons = {one["question"]: one["answers"] for one in made(asked(kinds=["short_answer"], wanted=20))}
    assert reasons["Why does a sloop need a strong mast?"] == ["Its mainsail is large."]


def test_the_kinds_take_turns_and_no_sentence_is_asked_about_twice() -> None:
    questions = made(asked(kinds=KINDS, wanted=8))
    assert len({one["kind"] for one in questions}) >= 4
    assert len({one["quote"] for one in questions}) == len(questions) == 8


def test_a_topic_comes_first_and_what_was_asked_is_not_asked_again() -> None:
    first = made(asked(wanted=1, topic="the cleat"))[0]
    assert "cleat" in first["quote"]
    again = made(asked(topic="the cleat", wanted=20, avoid=(first["question"],)))
    assert first["question"] not in [question["question"] for question in again]


def test_the_same_material_makes_the_same_questions() -> None:
    assert made(asked(kinds=KINDS)) == made(asked(kinds=KINDS))


def test_a_page_of_narrative_prose_asks_for_what_people_did_and_for_names_that_come_back() -> None:
    questions = made(asked(VOYAGE, kinds=KINDS, wanted=20))
    assert not any(one["quote"].startswith(("It", "He")) for one in questions)
    assert not re.search(r"which year|how many|[Ww]here did", " ".join(one["question"] for one in questions))
    gaps = [one["answers"][0] for one in questions if one["kind"] == "cloze"]
    assert gaps
    assert all(VOYAGE.count(name) > 1 for name in gaps)


def test_the_wrong_options_for_an_action_are_actions_and_tell_nothing_of_who_acted() -> None:
    by_question = {
        one["question"]: one for one in made(asked(VOYAGE + " Two brothers kept their ship.", wanted=20))
    }
    journal = by_question["What did Antonio Pigafetta do?"]
    assert answers(journal) == ["Wrote a journal of the whole voyage"]
    first = {option.split()[0] for option in journal["options"]}
    assert first < {"Wrote", "Brought", "Led", "Captured", "Gained", "Granted"}


@pytest.mark.parametrize(
    ("sentence", "question", "key", "options"),
    [
        (
            "Regular pruning increases the yield of an old apple tree.",
            "What does regular pruning do to the yield of an old apple tree?",
            "Increase it",
            {"Increase it", "Decrease it", "Leave it unchanged"},
        ),
        (
            "When the temperature of the wax rises, the density of the wax falls.",
            "When the temperature of the wax rises, what happens to the density of the wax?",
            "It falls",
            {"It falls", "It rises", "It stays the same"},
        ),
        (
            "The boiling point of the brine is higher than that of the fresh water.",
            "How does the boiling point of the brine compare with that of the fresh water?",
            "It is higher",
            {"It is higher", "It is lower", "The two are the same in this"},
        ),
    ],
)
def test_a_direction_is_asked_for_with_the_other_direction(
    sentence: str, question: str, key: str, options: set[str]
) -> None:
    (one,) = (one for one in made(asked(sentence)) if one["question"] == question)
    assert set(one["options"]) == options
    assert answers(one) == [key]


@pytest.mark.parametrize(
    "dependent",
    [
        "The lake was quite circular, and green plants grew around its shore.",
        "He may have sailed from Seville in 1519 with five ships.",
        "Magellan did not sail from Lisbon in 1519 with five ships.",
        "It increased the yield of the old apple trees in the garden.",
        "The committee of the harbour reported in 1912 that the pier was unsafe.",
    ],
)
def test_a_sentence_that_denies_or_needs_another_is_not_asked_about(dependent: str) -> None:
    assert made(asked(dependent)) == []


@pytest.mark.parametrize(
    "thin",
    [
        "",
        "Yes.",
        "It is so. They were there. This is why.",
        "A keel is a fin that keeps a boat from drifting sideways.",
        "def f(x): return x == 1",
        "https://a.b/c is a link.",
        FOREIGN,
    ],
)
def test_thin_or_foreign_material_gives_no_questions(thin: str) -> None:
    assert made(asked(thin)) == []


def test_unlike_things_are_wrong_options_only_until_there_are_two_questions() -> None:
    unlike = (
        "Erosion is the removal of soil by water. A delta is land that a river builds at its mouth. A dam is a wall that "
        "holds back a river. A meander is a bend of a river."
    )
    assert len(made(asked(unlike))) == 2


def test_without_time_left_it_raises_timed_out() -> None:
    with pytest.raises(TimedOut):
        OFFLINE.reply(write_questions(SAILING), timeout=0)


@pytest.mark.parametrize("text", [SAILING, VOYAGE, SAILING + "\n\n" + VOYAGE])
def test_no_article_number_or_length_tells_the_key(text: str) -> None:
    found = questions_of(text, OFFLINE, GRAMMAR)
    assert found
    assert [(one.question, cues(one)) for one in found if cues(one)] == []


@pytest.mark.parametrize(
    ("stem", "options", "cue"),
    [
        ("A fin below a boat is called a", ("keel", "mast", "oar"), "article"),
        ("What holds a rope?", ("A cleat", "Sail", "Keel"), "article"),
        ("What is a sloop?", ("A boat with one mast", "A old fitting of ropes", "A pole for the sails"), "article"),
        ("Which of the following are parts of a boat?", ("Masts", "Wind", "Leeway"), "number"),
        ("What does the crew do first?", ("Lowers the jib and then turns the bow", "It sleeps", "It eats"), "length"),
    ],
)  # fmt: skip
def test_a_cue_is_found(stem: str, options: tuple[str, ...], cue: str) -> None:
    assert cue in cues(Question("1", stem, options, 0, "", None, ""))


@pytest.mark.parametrize(
    "needy",
    [
        "Another method of steering a boat needs two heavy oars.",
        "An important exception of sailing uses three old masts.",
        "The second stage of a voyage crosses the open sea.",
        "Sails and oars are two old ways of moving a boat.",
        "The crew mixes two or more kinds of rope on a boat.",
    ],
)
def test_no_question_needs_other_sentences_or_counts_what_it_names(needy: str) -> None:
    questions = made(asked(f"{SAILING} {needy}"))
    assert [one["question"] for one in questions if one["quote"] == needy] == []


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("Farmers need more food in the market.", "Farmers need less food in the market"),
        ("Farmers need more people in the market.", "Farmers need fewer people in the market"),
        ("The bank borrows money from the state.", "The bank lends money from the state"),
        ("The bank borrowed money from the state.", ""),
    ],
)
def test_a_word_is_turned_into_a_form_that_exists(text: str, turned: str) -> None:
    clauses = [main_clause(1, text, text, tuple(one.words)) for one in GRAMMAR.parse(text) or ()]
    told = [turned_clause(one, (turn,)) for one in clauses if one is not None for turn in turns_of(one)]
    assert told == ([turned] if turned else [])


def test_a_name_may_stand_before_a_bracket() -> None:
    assert name_after("This process is called osmosis (from Greek).") == "osmosis"


CANALS = (
    "Visitors saw the launch of a barge, a spectacle that drew crowds from the whole valley. A lock is a chamber that lifts "
    "boats from one level to another. Canals hold more water than the thinnest of the rivers does in a dry summer. "
    "The modern locks use significantly less water. The rates of flow are high in the northern valleys. Common causes of "
    "silt include storms, landslides and farming. Boats can carry "
    "silt to the locks if a storm has passed. The engineers argued that canals need deep locks. The term towpath refers to a "
    "road along which horses pull boats. A sluice is a gate, a plate of steel that slides in a frame. A weir holds back the "
    "river; boats may reach depths of 3 meters."
)


def test_what_leans_on_other_words_or_fits_more_than_one_term_is_not_asked_about() -> None:
    questions = made(asked(CANALS, kinds=KINDS, wanted=20))
    told = " ".join(one["question"] for one in questions)
    for needy in (
        "spectacle",
        "thinnest",
        "significantly",
        "rates",
        "Common causes",
        "arthest",
        "if a storm",
        "depths",
    ):
        assert needy not in told
    assert not [one for one in questions if one["answers"] in (["engineers"], ["term towpath"], ["plate"])]
    assert "A(n) _____ is a chamber that lifts boats from one level to another." in told


def test_an_option_that_tells_the_number_of_who_acted_is_a_cue() -> None:
    options = ("Kept their ship in the harbour", "Wrote a journal of the voyage", "Led a mutiny")
    asked_of_one = Question("1", "What did Antonio Pigafetta do?", options, 1, "", None, "voyage")
    assert cues(asked_of_one) == ["number"]

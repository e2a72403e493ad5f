"""Good questions over varied passages, and the ways in which a model spoils a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from domain.documents.passage import Passage
from domain.quizzes.reading import Draft

TEXTS = {
    "physics": "Newton's second law says that the net force on a body equals its mass times its acceleration. "
    "The unit of force is the newton, named after Isaac Newton. On the Moon a body weighs about one sixth of "
    "what it weighs on Earth, because the Moon's gravity is weaker. Friction always opposes the motion of a body.",
    "biology": "Mitochondria are organelles that produce most of the cell's energy in the form of ATP. "
    "Photosynthesis takes place in the chloroplasts and turns carbon dioxide and water into glucose and oxygen. "
    "The human heart has four chambers. Red blood cells carry oxygen with the help of haemoglobin. "
    "Enzymes are proteins that speed up chemical reactions without being used up.",
    "history": "The Rosetta Stone was found in 1799 near the town of Rashid by French soldiers. "
    "It bears one decree in three scripts: hieroglyphic, Demotic and Greek. Jean-François Champollion announced "
    "in September 1822 that he had deciphered the hieroglyphs. Since 1802 the stone has been in the British Museum.",
    "computing": "A stack is a data structure in which the last element added is the first to be removed. "
    "A queue serves the element that has waited longest. Binary search needs a sorted list and takes "
    "logarithmic time. Python was created by Guido van Rossum and first released in 1991. "
    "A function that calls itself is called recursive.",
    "economics": "Inflation is a general rise in the level of prices over time. When demand exceeds supply, prices "
    "tend to rise. Adam Smith published The Wealth of Nations in 1776. Unemployment fell from 9.6 percent in 2010 "
    "to 3.5 percent in 2019. A tariff is a tax on goods that are imported from abroad.",
    "spanish": "La fotosíntesis ocurre en los cloroplastos de las plantas. Miguel de Cervantes publicó la primera "
    "parte de Don Quijote en 1605. El agua hierve a 100 grados al nivel del mar.",
    "chinese": "长城全长超过两万公里。唐朝建立于618年,首都在长安。光合作用在叶绿体中进行。",
}
PASSAGES = tuple(
    Passage(f"f-{name}", f"{name}.txt", None, 0, 1, 50, 50 + len(text), text, 0.8)
    for name, text in TEXTS.items()
)
_NUMBERS = {name: number for number, name in enumerate(TEXTS, start=1)}


def _item(text: str, question: str, key: str, others: str, quote: str, concept: str = "") -> Draft:
    """An item. ``others`` are divided by ``|``. The length of the question decides the place of the key."""
    options = others.split("|")
    place = len(question) % 4
    options.insert(place, key)
    return Draft(question, tuple(options), place, "As the text says.", _NUMBERS[text], quote, concept)


GOOD: tuple[Draft, ...] = (
    _item(
        "physics",
        "By Newton's second law, what does the net force on a body equal?",
        "its mass times its acceleration",
        "its weight divided by its speed|its energy over its volume|the sum of its charges",
        "the net force on a body equals its mass times its acceleration",
    ),
    _item(
        "physics",
        "What is the unit of force called?",
        "the newton",
        "the joule|the watt|the pascal",
        "The unit of force is the newton",
    ),
    _item(
        "physics",
        "After whom is the unit of force named?",
        "Isaac Newton",
        "Albert Einstein|Galileo Galilei|James Watt",
        "the newton, named after Isaac Newton",
    ),
    _item(
        "physics",
        "How much does a body weigh on the Moon, compared with Earth?",
        "about one sixth",
        "about one half|about the same|about three times as much",
        "On the Moon a body weighs about one sixth of what it weighs on Earth",
    ),
    _item(
        "physics",
        "Why do bodies weigh less on the Moon?",
        "The Moon's gravity is weaker",
        "The Moon has no air|The Moon is closer to the Sun|The Moon turns more slowly",
        "because the Moon's gravity is weaker",
    ),
    _item(
        "physics",
        "_____ always opposes the motion of a body.",
        "Friction",
        "Inertia|Momentum|Velocity",
        "Friction always opposes the motion of a body",
    ),
    _item(
        "biology",
        "What do mitochondria produce for the cell?",
        "most of its energy",
        "its genetic code|its outer wall|its waste products",
        "Mitochondria are organelles that produce most of the cell's energy",
    ),
    _item(
        "biology",
        "In which form do mitochondria supply energy?",
        "ATP",
        "DNA|starch|keratin",
        "produce most of the cell's energy in the form of ATP",
    ),
    _item(
        "biology",
        "Where in a plant cell does photosynthesis take place?",
        "in the chloroplasts",
        "in the nucleus|in the ribosomes|in the cell wall",
        "Photosynthesis takes place in the chloroplasts",
    ),
    _item(
        "biology",
        "What does photosynthesis make from carbon dioxide and water?",
        "glucose and oxygen",
        "protein and nitrogen|starch and hydrogen|fat and methane",
        "turns carbon dioxide and water into glucose and oxygen",
    ),
    _item(
        "biology",
        "How many chambers has the human heart?",
        "four",
        "two|three|six",
        "The human heart has four chambers",
    ),
    _item(
        "biology",
        "With what do red blood cells carry oxygen?",
        "haemoglobin",
        "insulin|cellulose|adrenaline",
        "Red blood cells carry oxygen with the help of haemoglobin",
    ),
    _item(
        "biology",
        "What is an enzyme?",
        "a protein that speeds up chemical reactions",
        "a sugar that stores energy|a fat that forms membranes|an acid that holds genes",
        "Enzymes are proteins that speed up chemical reactions without being used up",
    ),
    _item(
        "biology",
        "Enzymes speed up reactions without being _____.",
        "used up",
        "switched on|made anew|dissolved",
        "speed up chemical reactions without being used up",
    ),
    _item(
        "history",
        "In which year was the Rosetta Stone found?",
        "1799",
        "1822|1815|1750",
        "The Rosetta Stone was found in 1799 near the town of Rashid",
    ),
    _item(
        "history",
        "Near which town was the Rosetta Stone found?",
        "Rashid",
        "Cairo|Luxor|Alexandria",
        "was found in 1799 near the town of Rashid",
    ),
    _item(
        "history",
        "Who found the Rosetta Stone?",
        "French soldiers",
        "British sailors|Egyptian priests|Greek merchants",
        "was found in 1799 near the town of Rashid by French soldiers",
    ),
    _item(
        "history",
        "How many scripts does the decree stand in?",
        "three",
        "two|four|five",
        "It bears one decree in three scripts",
    ),
    _item(
        "history",
        "Which of these scripts is NOT on the stone?",
        "Latin",
        "hieroglyphic|Demotic|Greek",
        "one decree in three scripts: hieroglyphic, Demotic and Greek",
    ),
    _item(
        "history",
        "Who announced that he had deciphered the hieroglyphs?",
        "Jean-François Champollion",
        "Thomas Young|Napoleon Bonaparte|Howard Carter",
        "Jean-François Champollion announced in September 1822 that he had deciphered the hieroglyphs",
    ),
    _item(
        "history",
        "When was the decipherment announced?",
        "in September 1822",
        "in March 1815|in June 1799|in May 1840",
        "announced in September 1822 that he had deciphered the hieroglyphs",
    ),
    _item(
        "history",
        "In which museum has the stone been for two centuries?",
        "the British Museum",
        "the Louvre|the Egyptian Museum|the Metropolitan",
        "Since 1802 the stone has been in the British Museum",
    ),
    _item(
        "computing",
        "Which element leaves a stack before all others?",
        "the last element added",
        "the smallest element|the oldest one|a random one",
        "the last element added is the first to be removed",
    ),
    _item(
        "computing",
        "Which element does a queue serve?",
        "the one that has waited longest",
        "the newest arrival|the largest in size|one picked at random",
        "A queue serves the element that has waited longest",
    ),
    _item(
        "computing",
        "What must a list be for binary search to work?",
        "sorted",
        "short|numeric|linked",
        "Binary search needs a sorted list",
    ),
    _item(
        "computing",
        "How long does binary search take?",
        "logarithmic time",
        "quadratic time|constant time|exponential time",
        "Binary search needs a sorted list and takes logarithmic time",
    ),
    _item(
        "computing",
        "Who created Python?",
        "Guido van Rossum",
        "Dennis Ritchie|James Gosling|Bjarne Stroustrup",
        "Python was created by Guido van Rossum",
    ),
    _item(
        "computing",
        "In what year was Python first released?",
        "1991",
        "1985|2000|1979",
        "Python was created by Guido van Rossum and first released in 1991",
    ),
    _item(
        "computing",
        "What is a function called that calls itself?",
        "recursive",
        "anonymous|virtual|abstract",
        "A function that calls itself is called recursive",
    ),
    _item(
        "economics",
        "What is inflation?",
        "a general rise in the level of prices",
        "a fall in the number of jobs|a tax on foreign goods|a loan between banks",
        "Inflation is a general rise in the level of prices over time",
    ),
    _item(
        "economics",
        "What do prices tend to do when demand is greater than supply?",
        "to rise",
        "to fall|to stay fixed|to vanish",
        "When demand exceeds supply, prices tend to rise",
    ),
    _item(
        "economics",
        "Who published The Wealth of Nations?",
        "Adam Smith",
        "Karl Marx|David Ricardo|John Keynes",
        "Adam Smith published The Wealth of Nations in 1776",
    ),
    _item(
        "economics",
        "When did The Wealth of Nations appear?",
        "1776",
        "1848|1690|1936",
        "Adam Smith published The Wealth of Nations in 1776",
    ),
    _item(
        "economics",
        "How high was unemployment in 2019?",
        "3.5 percent",
        "5.1 percent|7.2 percent|12.4 percent",
        "to 3.5 percent in 2019",
    ),
    _item(
        "economics",
        "What is a tariff?",
        "a tax on imported goods",
        "a gift to farmers|a price for electricity|a limit on wages",
        "A tariff is a tax on goods that are imported from abroad",
    ),
    _item(
        "economics",
        "A general rise in the level of prices is called _____.",
        "inflation",
        "recession|arbitrage|deflation",
        "Inflation is a general rise in the level of prices over time",
    ),
    _item(
        "spanish",
        "¿Dónde ocurre la fotosíntesis?",
        "en los cloroplastos",
        "en las raíces|en las flores|en el núcleo",
        "La fotosíntesis ocurre en los cloroplastos de las plantas",
    ),
    _item(
        "spanish",
        "¿En qué año se publicó la primera parte de Don Quijote?",
        "1605",
        "1492|1715|1810",
        "publicó la primera parte de Don Quijote en 1605",
    ),
    _item(
        "spanish",
        "¿Quién escribió Don Quijote?",
        "Miguel de Cervantes",
        "Lope de Vega|Francisco de Quevedo|Luis de Góngora",
        "Miguel de Cervantes publicó la primera parte de Don Quijote",
    ),
    _item(
        "spanish",
        "¿A cuántos grados hierve el agua al nivel del mar?",
        "100 grados",
        "90 grados|80 grados|120 grados",
        "El agua hierve a 100 grados al nivel del mar",
    ),
    _item("chinese", "唐朝建立于哪一年?", "618年", "907年|960年|221年", "唐朝建立于618年"),
    _item("chinese", "唐朝的首都在哪里?", "长安", "北京|南京|杭州", "首都在长安"),
    _item("chinese", "光合作用在哪里进行?", "叶绿体", "细胞核|线粒体|细胞壁", "光合作用在叶绿体中进行"),
)


def _wrong_key(item: Draft) -> Draft:
    return replace(item, correct=(item.correct + 1) % len(item.options))


def _with_option(item: Draft, text: str) -> Draft:
    place = (item.correct + 1) % len(item.options)
    return replace(
        item, options=tuple(text if at == place else option for at, option in enumerate(item.options))
    )


MUTATIONS: dict[str, Callable[[Draft], Draft]] = {
    "another option is the key": _wrong_key,
    "the key stands twice": lambda item: _with_option(item, item.options[item.correct].upper() + "."),
    "the key stands twice, in other words": lambda item: _with_option(
        item,
        f"{item.options[item.correct]}, as the text says"
        if len(item.options[item.correct].split()) > 1
        else f" {item.options[item.correct]} ",
    ),
    "the quote is made up": lambda item: replace(
        item, quote="It is well known that this was so from the very beginning of all."
    ),
    "the quote is of another sentence": lambda item: (
        replace(item, passage=1, quote="Friction always opposes the motion of a body")
        if "Friction" not in item.quote
        else replace(item, quote="The unit of force is the newton")
    ),
    "the stem gives the key away": lambda item: replace(
        item, question=f"{item.question} (Think of {item.options[item.correct]}.)"
    ),
    "the key is in no passage": lambda item: replace(
        item,
        options=tuple(
            "a purple zeppelin of 77 tons" if at == item.correct else option
            for at, option in enumerate(item.options)
        ),
    ),
    "too few options": lambda item: replace(
        item, options=(item.options[item.correct], item.options[item.correct - 1]), correct=0
    ),
    "an option is empty": lambda item: _with_option(item, " "),
    "all of the above": lambda item: _with_option(item, "All of the above"),
    "a link": lambda item: replace(item, explanation="See https://example.org/more"),
}


def mutants(items: Sequence[Draft]) -> list[tuple[str, Draft]]:
    return [(name, mutate(item)) for name, mutate in MUTATIONS.items() for item in items]

"""More questions as in ``benchmarks.items``, on other texts. The rules of that time refused 32 of the 48 spoiled ones."""

from __future__ import annotations

from benchmarks.items import Item, read_items

HELD_TEXTS = {
    "money": "Inflation is a general rise of prices over time. A central bank fights inflation by raising its interest rate, "
    "because dearer loans slow down spending. When the rate falls, households borrow more and save less. In 1923, a loaf of "
    "bread in Berlin cost 200 billion marks. Creditors lose by inflation, whereas debtors gain by it. A tariff is a tax on "
    "imported goods; a quota limits their number. Exports add to the output of a country, and imports reduce it. A monopoly "
    "has no close rival and so sets a higher price than a firm in a competitive market does. Price ceilings do not end "
    "scarcity. The Netherlands traded tulip bulbs until the prices collapsed in February 1637 (Garber, 1989). A bond pays "
    "fixed interest, while a share pays a dividend that varies from year to year.",
    "chemistry": "An acid gives off hydrogen ions in water, and a base takes them up. The pH of pure water is 7; a solution "
    "with a lower pH is acidic, and one with a higher pH is basic. Sodium reacts violently with water, but gold does not react "
    "with it at all. In electrolysis, an electric current splits water into hydrogen and oxygen: hydrogen forms at the cathode "
    "and oxygen at the anode. Humphry Davy isolated potassium in 1807 and, a few days later, sodium (Knight, 1992). A catalyst "
    "speeds up a reaction without being used up, because it lowers the energy that the reaction needs. Rust forms when iron "
    "meets oxygen and moisture. Diamond is harder than graphite, although both consist of carbon. Noble gases hardly form "
    "compounds. At sea level water boils at 100 °C, and on a high mountain at a lower temperature.",
    "birds": "The swift spends most of its life in the air and lands only to breed. Male blackbirds are black with a yellow "
    "bill, whereas females are brown. The cuckoo lays its eggs in the nests of other birds, and the hosts raise its young. "
    "Arctic terns fly about 70,000 kilometres a year, farther than any other bird. Owls hunt by night; their soft feathers "
    "muffle the sound of their flight. Penguins cannot fly, but they swim up to 35 kilometres per hour. Konrad Lorenz showed in "
    "1935 that goslings follow the first moving thing that they see, which is called imprinting. Falcons kill their prey in a "
    "dive, while eagles seize it with their talons. Storks do not sing; they clatter with their bills. The kiwi has its "
    "nostrils at the tip of its bill (Martin et al., 2007). Nectar feeds hummingbirds, and hummingbirds pollinate flowers.",
    "printing": "Johannes Gutenberg printed the Bible in Mainz around 1455 with movable type. Before that, monks copied books by "
    "hand. A press could print about 3,600 pages a day, whereas a scribe copied only a few. Cheap paper replaced costly "
    "parchment. William Caxton brought the press to England in 1476 and printed mainly in English, while most printers on the "
    "continent printed in Latin. Printed maps and tables spread without the errors that copying adds. Martin Luther's theses were "
    "printed in three cities within weeks, because they were short and in demand. Pope Leo X did not accept the theses (Brecht, "
    "1985). The Index of 1559 listed forbidden books. Type is cast from an alloy of lead, tin and antimony. Newspapers appeared "
    "first in Strasbourg in 1605, and the first daily one in Leipzig in 1650.",
}

_ITEMS = """
money||What is inflation?|A general rise of prices over time|A fall of wages in one trade|A tax on imported goods|A lack of coins in the shops|Inflation is a general rise of prices over time.
money||How does a central bank fight inflation?|By raising its interest rate|By printing more notes|By closing the shops|By lowering all taxes|A central bank fights inflation by raising its interest rate
money||Why does a higher interest rate slow down spending?|Loans become dearer|Shops close earlier|Wages are paid later|Coins lose their weight|because dearer loans slow down spending
money||Who gains by inflation?|debtors|creditors|savers|lenders|Creditors lose by inflation, whereas debtors gain by it.
money||What does a quota limit?|The number of imported goods|The wages of workers|The size of the shops|The interest of a bond|A tariff is a tax on imported goods; a quota limits their number.
money||How much did a loaf of bread in Berlin cost in 1923?|200 billion marks|200 marks|2 million marks|20 thousand marks|In 1923, a loaf of bread in Berlin cost 200 billion marks.
money||What do households do when the rate falls?|They borrow more|They borrow less|They borrow nothing|They save more|When the rate falls, households borrow more and save less.
money||What does a share pay?|a dividend that varies|a fixed rent|a weekly wage|a tariff|while a share pays a dividend that varies from year to year
money||How does the price of a monopoly compare with that of a firm in a competitive market?|It is higher|It is lower|It is the same|It is zero|so sets a higher price than a firm in a competitive market does
money||What do price ceilings not end?|scarcity|trade|taxes|loans|Price ceilings do not end scarcity.
chemistry||What does an acid give off in water?|hydrogen ions|oxygen atoms|metal ions|carbon atoms|An acid gives off hydrogen ions in water
chemistry||What is the pH of pure water?|7|0|14|1|The pH of pure water is 7
chemistry||What is true of a solution with a pH below that of pure water?|It is acidic|It is basic|It is a metal|It is frozen|a solution with a lower pH is acidic
chemistry||Where does hydrogen form in the electrolysis of water?|at the cathode|at the anode|in the wire|above the water|hydrogen forms at the cathode
chemistry||Which metal did Davy isolate first?|potassium|sodium|gold|iron|Humphry Davy isolated potassium in 1807 and, a few days later, sodium
chemistry||What does a catalyst lower?|The energy that the reaction needs|The mass of the product|The number of atoms|The purity of the water|because it lowers the energy that the reaction needs
chemistry||What must iron meet for rust to form?|oxygen and moisture|gold and silver|nitrogen alone|light alone|Rust forms when iron meets oxygen and moisture.
chemistry||Which is harder, diamond or graphite?|diamond|graphite|neither of them is|it changes with the light|Diamond is harder than graphite, although both consist of carbon.
chemistry||Which gases hardly form compounds?|noble gases|acid gases|burning gases|green gases|Noble gases hardly form compounds.
chemistry||At what temperature does water boil at sea level?|100 °C|50 °C|10 °C|0 °C|At sea level water boils at 100 °C
birds||Why does a swift land?|to breed|to sleep|to drink|to sing|The swift spends most of its life in the air and lands only to breed.
birds||What colour are female blackbirds?|brown|black|white|yellow|whereas females are brown
birds||Who raises the young of the cuckoo?|the hosts|the cuckoo itself|the storks|the farmers|The cuckoo lays its eggs in the nests of other birds, and the hosts raise its young.
birds||How far do Arctic terns fly in a year?|about 70,000 kilometres|about 7,000 kilometres|about 700 kilometres|about 300,000 kilometres|Arctic terns fly about 70,000 kilometres a year
birds||What muffles the sound of an owl's flight?|Soft feathers|A thick skin|A long tail|A hollow bill|their soft feathers muffle the sound of their flight
birds||How fast do penguins swim?|up to 35 kilometres per hour|up to 3 kilometres per hour|up to 90 kilometres per hour|up to 200 kilometres per hour|they swim up to 35 kilometres per hour
birds||What did Lorenz show of goslings?|They follow the first moving thing|They fear all water|They sing in the egg|They hunt by night|Konrad Lorenz showed in 1935 that goslings follow the first moving thing that they see
birds||How do eagles seize their prey?|with their talons|with their wings|by a net|with their tails|while eagles seize it with their talons
birds||What do storks do with their bills?|They clatter|They sing|They dig|They weave|Storks do not sing; they clatter with their bills.
birds||Who pollinates flowers?|hummingbirds|penguins|owls|falcons|hummingbirds pollinate flowers
printing||Where did Gutenberg print the Bible?|in Mainz|in London|in Rome|in Leipzig|Johannes Gutenberg printed the Bible in Mainz around 1455
printing||How were books made before movable type?|Monks copied them by hand|Machines cut them in stone|Pupils sang them|Kings dictated them|Before that, monks copied books by hand.
printing||About how many pages could a press print in a day?|3,600|36|360|36,000|A press could print about 3,600 pages a day
printing||What took the place of parchment?|Cheap paper|Thin glass|Soft clay|Woven silk|Cheap paper replaced costly parchment.
printing||When did Caxton bring the press to England?|in 1476|in 1455|in 1605|in 1650|William Caxton brought the press to England in 1476
printing||In which language did Caxton mainly print?|English|Latin|Greek|French|printed mainly in English, while most printers on the continent printed in Latin
printing||Why were Luther's theses printed so quickly?|They were short and in demand|The pope had ordered them|The paper was free|They had many pictures|because they were short and in demand
printing||What did the Index of 1559 list?|forbidden books|royal printers|new type|paper mills|The Index of 1559 listed forbidden books.
printing||Of what is type cast?|an alloy of lead, tin and antimony|a block of oak|a sheet of copper|a mould of wax|Type is cast from an alloy of lead, tin and antimony.
printing||Where did the first daily newspaper appear?|in Leipzig|in Strasbourg|in Mainz|in London|and the first daily one in Leipzig in 1650
money|wrong key, words in quote|Who gains by inflation?|creditors|monks|pilots|farmers|Creditors lose by inflation, whereas debtors gain by it.
money|wrong key, words in quote|What is a tax on imported goods called?|a quota|a wage|a fee|a bond|A tariff is a tax on imported goods; a quota limits their number.
money|wrong key, words in quote|What does a bond pay?|a dividend that varies|a pension|a weekly wage|a prize|A bond pays fixed interest, while a share pays a dividend that varies from year to year.
chemistry|wrong key, words in quote|Where does oxygen form?|at the cathode|in the wire|under the table|above the lamp|hydrogen forms at the cathode and oxygen at the anode
chemistry|wrong key, words in quote|What takes up hydrogen ions?|an acid|a metal|a stone|a gas|An acid gives off hydrogen ions in water, and a base takes them up.
birds|wrong key, words in quote|Which blackbirds are brown?|the males|the young of the owl|the oldest ones|the lost ones|Male blackbirds are black with a yellow bill, whereas females are brown.
birds|wrong key, words in quote|How do falcons kill their prey?|with their talons|with poison|with their tails|with a net|Falcons kill their prey in a dive, while eagles seize it with their talons.
printing|wrong key, words in quote|In which language did most printers on the continent print?|English|Welsh|Norse|Irish|printed mainly in English, while most printers on the continent printed in Latin
printing|wrong key, words in quote|Where did newspapers appear first?|in Leipzig|in Oxford|in Madrid|in Lisbon|Newspapers appeared first in Strasbourg in 1605, and the first daily one in Leipzig in 1650.
money|relation reversed|What happens to output through trade?|Imports add to it|Ships double it|Tulips end it|Banks own it|Exports add to the output of a country, and imports reduce it.
chemistry|relation reversed|How do the two forms of carbon compare?|Graphite is harder than diamond|Both are liquids|Both are metals|Neither has atoms|Diamond is harder than graphite, although both consist of carbon.
chemistry|relation reversed|What happens in electrolysis?|Hydrogen and oxygen split an electric current|The water freezes|The wire melts|The light goes out|In electrolysis, an electric current splits water into hydrogen and oxygen
birds|relation reversed|What is true of cuckoos and their hosts?|The hosts lay their eggs in the nests of the cuckoo|Both live on nectar|Both swim to sea|Neither has feathers|The cuckoo lays its eggs in the nests of other birds, and the hosts raise its young.
birds|relation reversed|What do flowers do?|Flowers pollinate hummingbirds|Flowers hunt owls|Flowers sing|Flowers dive|Nectar feeds hummingbirds, and hummingbirds pollinate flowers.
printing|relation reversed|What happened to writing materials?|Parchment replaced paper|Clay replaced glass|Silk replaced wood|Stone replaced wax|Cheap paper replaced costly parchment.
money|negation dropped or added|What do price ceilings do?|They end scarcity|They print money|They build ships|They feed horses|Price ceilings do not end scarcity.
chemistry|negation dropped or added|How does gold behave in water?|It reacts with water|It floats|It glows|It melts|Sodium reacts violently with water, but gold does not react with it at all.
birds|negation dropped or added|What is true of storks?|They sing|They read|They dig|They sail|Storks do not sing; they clatter with their bills.
birds|negation dropped or added|What can penguins do?|fly|read|sing|weave|Penguins cannot fly, but they swim up to 35 kilometres per hour.
printing|negation dropped or added|How did Pope Leo X react?|He accepted the theses|He learned to print|He left Rome|He bought a press|Pope Leo X did not accept the theses
money|numbers changed|What did a loaf of bread in Berlin cost in 1923?|20 billion marks|7 marks|9 marks|5 marks|In 1923, a loaf of bread in Berlin cost 200 billion marks.
birds|numbers changed|How far do Arctic terns fly in a year?|about 7,000 kilometres|about 12 kilometres|about 90 kilometres|about 40 kilometres|Arctic terns fly about 70,000 kilometres a year
birds|numbers changed|How fast do penguins swim?|up to 35 metres per hour|up to 2 metres per hour|up to 9 metres per hour|up to 5 metres per hour|they swim up to 35 kilometres per hour
printing|numbers changed|When did the first newspaper appear?|in 1650|in 1120|in 1720|in 1810|Newspapers appeared first in Strasbourg in 1605
money|two right options|What do households do when the rate falls?|They borrow more|They save less|They flee abroad|They hoard gold|When the rate falls, households borrow more and save less.
chemistry|two right options|What does Davy have to his name?|He isolated potassium|He isolated sodium|He found penicillin|He built a dam|Humphry Davy isolated potassium in 1807 and, a few days later, sodium
birds|two right options|How fast do penguins swim?|up to 35 kilometres per hour|up to 35,000 metres per hour|up to 2 kilometres per hour|up to 90 kilometres per hour|they swim up to 35 kilometres per hour
printing|two right options|Of what is type cast?|lead|tin|oak|wax|Type is cast from an alloy of lead, tin and antimony.
money|quote supports a distractor|What limits the number of imported goods?|a tariff|a quota|a bond|a share|a quota limits their number
chemistry|quote supports a distractor|Which element did Davy isolate in 1807?|helium|potassium|uranium|radium|Humphry Davy isolated potassium in 1807
birds|all / none of the above|What do owls have?|soft feathers|eyes|wings|all of the above|their soft feathers muffle the sound of their flight
printing|all / none of the above|What is in type?|lead|tin|antimony|each of these options|Type is cast from an alloy of lead, tin and antimony.
money|trivial or about a citation|In which year did Garber write?|1989|1960|1912|1877|until the prices collapsed in February 1637 (Garber, 1989)
chemistry|trivial or about a citation|Who wrote about Davy?|Knight|Smith|Brown|Jones|Humphry Davy isolated potassium in 1807 and, a few days later, sodium (Knight, 1992).
birds|trivial or about a citation|Who described the nostrils of the kiwi?|Martin|Lorenz|Davy|Luther|The kiwi has its nostrils at the tip of its bill (Martin et al., 2007).
printing|trivial or about a citation|Martin Luther's theses were printed in three cities _____ weeks.|within|green|apple|seven|Martin Luther's theses were printed in three cities within weeks
money|not readable by itself|Why does this slow it down?|Dearer loans|Cold winters|Old ships|Bad roads|because dearer loans slow down spending
chemistry|not readable by itself|According to the passage, what did he isolate?|potassium|gold|iron|radium|Humphry Davy isolated potassium in 1807
birds|not readable by itself|What are they called in the text above?|imprinting|breeding|diving|singing|which is called imprinting
printing|not readable by itself|Who brought it to England?|William Caxton|Martin Luther|Leo X|Henry VIII|William Caxton brought the press to England in 1476
money|options not of one kind|A tax on imported goods is a _____.|tariff|income|export|interest|A tariff is a tax on imported goods
birds|options not of one kind|How far do Arctic terns fly in a year?|about 70,000 kilometres|very quickly|in the nests|to breed|Arctic terns fly about 70,000 kilometres a year
chemistry|options not of one kind|What does an acid give off?|hydrogen ions|hydrogen ions and gold|iron|salt|An acid gives off hydrogen ions in water
printing|options not of one kind|When did Caxton bring the press to England?|in 1476|by ship|the English|in Latin|William Caxton brought the press to England in 1476
money|duplicate of an earlier stem|By what means does a central bank fight inflation?|By raising its interest rate|By printing more notes|By closing shops|By lowering taxes|A central bank fights inflation by raising its interest rate|How does a central bank fight inflation?
chemistry|duplicate of an earlier stem|What is it that a catalyst lowers?|The energy that the reaction needs|The mass|The number of atoms|The purity|because it lowers the energy that the reaction needs|What does a catalyst lower?
birds|duplicate of an earlier stem|How many kilometres do Arctic terns fly in a year?|about 70,000|about 7,000|about 700|about 300,000|Arctic terns fly about 70,000 kilometres a year|How far do Arctic terns fly in a year?
printing|duplicate of an earlier stem|In which year was the press brought to England by Caxton?|1476|1455|1605|1650|William Caxton brought the press to England in 1476|When did Caxton bring the press to England?
"""


def held_items() -> list[tuple[str, Item]]:
    """Each item, with the name of its text before it."""
    return read_items(_ITEMS)

"""Questions on texts that were written for this project. Some are good; the others were each spoiled in one known way."""

from __future__ import annotations

from dataclasses import dataclass

from domain.quizzes.reading import Draft

TEXTS = {
    "physics": "Sound is a pressure wave that travels through a medium such as air. In air at 20 °C, sound travels at "
    "343 metres per second, while in water it travels at about 1,480 metres per second. Sound cannot travel through a "
    "vacuum, because a vacuum holds no particles that could vibrate. The pitch of a tone depends on its frequency, and "
    "its loudness depends on its amplitude. Robert Boyle rang a bell in a jar and pumped out the air; the ringing "
    "became fainter until it was not heard any more (Boyle, 1660). Bats emit ultrasound and locate insects by the "
    "echoes. When a source approaches the listener, the pitch rises; when it moves away, the pitch falls, which is "
    "called the Doppler effect. Steel carries sound faster than water does.",
    "history": "The Hanseatic League was an alliance of trading towns around the Baltic Sea. Lübeck led the league, and "
    "its diet met there from 1356. The Swedish mines supplied copper, the Russian forests supplied furs, and the "
    "Flemish towns supplied cloth. In 1368 the league defeated Denmark and gained control of four fortresses for "
    "fifteen years. The Treaty of Stralsund did not abolish the Danish crown. Dutch merchants built cheaper ships and "
    "so drove the league out of the grain trade (Dollinger, 1964). The league never had a standing army. The last diet "
    "was held in 1669, because most towns sent no envoys any more.",
    "biology": "Insulin is a hormone that lowers the level of sugar in the blood, whereas glucagon raises it. Both are "
    "made in the pancreas: beta cells secrete insulin, and alpha cells secrete glucagon. In type 1 diabetes the immune "
    "system destroys the beta cells. The liver stores sugar in the form of glycogen, about 100 grams of it in an adult, "
    "and the muscles store about 400 grams. Frederick Banting and Charles Best extracted insulin from dogs in 1921 "
    "and treated a boy of fourteen with it (Bliss, 1982). Type 1 diabetes is not caused by eating sugar. Without "
    "insulin, cells cannot take up glucose, although the blood holds plenty of it.",
    "geology": "Basalt is a dark rock that forms when lava cools quickly at the surface, and granite is a light rock "
    "that forms when magma cools slowly underground. The oceanic crust is about 7 kilometres thick, while the "
    "continental crust is about 35 kilometres thick. Where two plates move apart, new crust is formed; where an oceanic "
    "plate meets a continental plate, the oceanic plate sinks because it is denser. Alfred Wegener proposed in 1912 "
    "that continents drift, but he could not explain what moves them. Earthquakes do not occur evenly over the globe. "
    "The Richter scale was replaced by the moment magnitude scale in the 1970s (Hanks and Kanamori, 1979).",
    "music": "The violin is the smallest instrument of its family, and the double bass is the largest. A violin has four "
    "strings tuned in fifths. Joseph Haydn wrote 104 symphonies and served the Esterházy family for almost thirty years. "
    "Beethoven dedicated his third symphony to Napoleon and later struck out the dedication. The clarinet uses a single "
    "reed, whereas the oboe uses a double reed. A major third is wider than a minor third by one semitone. The premiere "
    "of the Rite of Spring in Paris in 1913 did not please the audience. A fugue is a piece in which several voices take "
    "up one theme in turn. An orchestra tunes to the note A, at 440 hertz, which the oboe gives.",
}


@dataclass(frozen=True, slots=True)
class Item:
    draft: Draft
    fault: str
    """The kind of fault; "" for a good question."""
    recent: tuple[str, ...] = ()
    """The earlier questions, of which this one is a duplicate; () if there are none."""


_ITEMS = """
physics||How fast does sound travel in water?|about 1,480 metres per second|about 343 metres per second|about 700 metres per second|about 9,000 metres per second|in water it travels at about 1,480 metres per second
physics||Why can sound not travel through a vacuum?|There are no particles that could vibrate|It is too cold for waves|Light takes up all the room|Its pressure is too high|because a vacuum holds no particles that could vibrate
physics||On what does the loudness of a tone depend?|its amplitude|its speed|its duration|its direction|its loudness depends on its amplitude
physics||What happens to the pitch when a source approaches the listener?|It rises|It falls|It stays the same|It vanishes|When a source approaches the listener, the pitch rises
physics||How do bats find insects?|By the echoes of ultrasound|By their warmth|By their smell|By the light of the moon|Bats emit ultrasound and locate insects by the echoes.
physics||What is the change of pitch of a moving source called?|the Doppler effect|the Boyle effect|resonance|interference|the pitch falls, which is called the Doppler effect
history||Which town led the Hanseatic League?|Lübeck|Hamburg|Bruges|Stralsund|Lübeck led the league
history||What did the Russian forests supply?|furs|wine|salt|silver|the Russian forests supplied furs
history||For how long did the league control the fortresses?|fifteen years|five years|fifty years|two years|gained control of four fortresses for fifteen years
history||How did Dutch merchants push the league out of the grain trade?|They built cheaper ships|They burnt the harbours|They married into the towns|They bribed the diet|Dutch merchants built cheaper ships and so drove the league out of the grain trade
history||Why was no diet held after 1669?|Most towns sent no envoys any more|The Danes had burnt the hall|The emperor had forbidden it|Lübeck had left the league|The last diet was held in 1669, because most towns sent no envoys any more.
history||In which year did the league defeat Denmark?|1368|1356|1669|1420|In 1368 the league defeated Denmark
biology||What does insulin do to the level of sugar in the blood?|It lowers it|It raises it|It keeps it constant|It doubles it at night|Insulin is a hormone that lowers the level of sugar in the blood
biology||Which cells secrete insulin?|beta cells|nerve cells|liver cells|red blood cells|beta cells secrete insulin
biology||In which form does the liver store sugar?|as glycogen|as starch|as cellulose|as fat|The liver stores sugar in the form of glycogen
biology||Who extracted insulin from dogs?|Banting and Best|Watson and Crick|Koch and Pasteur|Hodgkin and Huxley|Frederick Banting and Charles Best extracted insulin from dogs in 1921
biology||A patient's beta cells are destroyed. Which disease does he have?|type 1 diabetes|anaemia|gout|scurvy|In type 1 diabetes the immune system destroys the beta cells.
biology||What can cells not do without insulin?|take up glucose|divide at all|make proteins|lose water|Without insulin, cells cannot take up glucose
geology||How does granite form?|Magma cools slowly underground|Lava meets sea water|Sand is pressed together|Shells pile up on the sea floor|granite is a light rock that forms when magma cools slowly underground
geology||How thick is the oceanic crust?|about 7 kilometres|about 35 kilometres|about 70 kilometres|about 300 kilometres|The oceanic crust is about 7 kilometres thick
geology||Why does an oceanic plate sink below a continental one?|It is denser|It is older|It is hotter|It is thicker|the oceanic plate sinks because it is denser
geology||What could Wegener not explain?|what moves the continents|where coal is found|how old the Earth is|why volcanoes erupt|but he could not explain what moves them
geology||Which rock is formed when lava cools quickly?|basalt|marble|slate|chalk|Basalt is a dark rock that forms when lava cools quickly at the surface
geology||When was the Richter scale replaced?|in the 1970s|in the 1910s|in the 1850s|in the 1990s|The Richter scale was replaced by the moment magnitude scale in the 1970s
music||Which instrument of the violin family is the largest?|the double bass|the viola|the cello|the harp|the double bass is the largest
music||How many symphonies did Haydn write?|104|9|41|27|Joseph Haydn wrote 104 symphonies
music||To whom did Beethoven first dedicate his third symphony?|Napoleon|Haydn|Goethe|Mozart|Beethoven dedicated his third symphony to Napoleon
music||What kind of reed does the oboe use?|a double reed|a metal reed|a free reed|a plastic reed|the oboe uses a double reed
music||What is a fugue?|A piece in which voices take up one theme in turn|A dance in three parts|A song without an accompaniment|A slow movement for strings|A fugue is a piece in which several voices take up one theme in turn.
music||By how much is a major third wider than a minor third?|by one semitone|by one octave|by two fifths|by four tones|A major third is wider than a minor third by one semitone.
physics|wrong key, not in quote|How fast does sound travel in air?|about 3,000 metres per second|343 metres per second|12 metres per second|90 metres per second|In air at 20 °C, sound travels at 343 metres per second
history|wrong key, not in quote|Which town led the Hanseatic League?|Hamburg|Lübeck|Bremen|Danzig|Lübeck led the league, and its diet met there from 1356.
music|wrong key, not in quote|What does a clarinet use?|a brass mouthpiece|a single reed|a bow of horsehair|a row of keys|The clarinet uses a single reed
physics|wrong key, words in quote|On what does the pitch of a tone depend?|its amplitude|its direction|its age|its colour|The pitch of a tone depends on its frequency, and its loudness depends on its amplitude.
physics|wrong key, words in quote|How fast does sound travel in water?|343 metres per second|12 metres per second|90 metres per second|5 metres per second|In air at 20 °C, sound travels at 343 metres per second, while in water it travels at about 1,480 metres per second.
history|wrong key, words in quote|Who supplied furs?|the Flemish towns|the Spanish ports|the English kings|the Greek islands|The Swedish mines supplied copper, the Russian forests supplied furs, and the Flemish towns supplied cloth.
history|wrong key, words in quote|For how long was Denmark defeated?|fifteen years|two years|six years|ninety years|In 1368 the league defeated Denmark and gained control of four fortresses for fifteen years.
biology|wrong key, words in quote|How much glycogen do the muscles store?|about 100 grams|about 20 grams|about 5 grams|about 900 grams|The liver stores sugar in the form of glycogen, about 100 grams of it in an adult, and the muscles store about 400 grams.
biology|wrong key, words in quote|Which cells secrete glucagon?|beta cells|nerve cells|skin cells|bone cells|beta cells secrete insulin, and alpha cells secrete glucagon
geology|wrong key, words in quote|How thick is the continental crust?|about 7 kilometres|about 90 kilometres|about 2 kilometres|about 500 kilometres|The oceanic crust is about 7 kilometres thick, while the continental crust is about 35 kilometres thick.
music|wrong key, words in quote|Which instrument is the largest of the family?|the violin|the flute|the harp|the drum|The violin is the smallest instrument of its family, and the double bass is the largest.
music|wrong key, words in quote|Who was Beethoven's patron of the Esterházy family?|Joseph Haydn|Franz Liszt|Clara Schumann|Carl Weber|Joseph Haydn wrote 104 symphonies and served the Esterházy family for almost thirty years.
physics|relation reversed|What does the Doppler effect say?|The pitch falls when a source approaches|Waves stop at night|All tones are alike|Echoes have no pitch|When a source approaches the listener, the pitch rises; when it moves away, the pitch falls, which is called the Doppler effect.
physics|relation reversed|How do steel and water compare?|Water carries sound faster than steel does|Both carry no sound|Steel carries light only|Water carries heat only|Steel carries sound faster than water does.
history|relation reversed|What happened in 1368?|Denmark defeated the league|The league bought Norway|Sweden left the Baltic|The diet was burnt|In 1368 the league defeated Denmark
biology|relation reversed|What do the two hormones do?|Glucagon lowers the level of sugar in the blood|Insulin makes bones grow|Glucagon dilutes urine|Insulin stops the heart|Insulin is a hormone that lowers the level of sugar in the blood, whereas glucagon raises it.
biology|relation reversed|What happens in type 1 diabetes?|The beta cells destroy the immune system|The kidneys make sugar|The heart grows|The lungs shrink|In type 1 diabetes the immune system destroys the beta cells.
geology|relation reversed|How do granite and basalt form?|Granite forms when lava cools quickly|Basalt forms from sand|Granite forms from shells|Basalt forms in glaciers|Basalt is a dark rock that forms when lava cools quickly at the surface, and granite is a light rock that forms when magma cools slowly underground.
music|relation reversed|How do thirds compare?|A minor third is wider than a major third|Both are octaves|A third has no width|All thirds are equal|A major third is wider than a minor third by one semitone.
physics|negation dropped or added|What is true of sound?|Sound can travel through a vacuum|It is faster than light|It has no frequency|It is a kind of heat|Sound cannot travel through a vacuum
history|negation dropped or added|What did the Treaty of Stralsund do?|It abolished the Danish crown|It founded Berlin|It opened the Suez canal|It ended slavery|The Treaty of Stralsund did not abolish the Danish crown.
history|negation dropped or added|What did the league have?|a standing army|a common king|a university|a stock exchange|The league never had a standing army.
biology|negation dropped or added|What causes type 1 diabetes?|eating sugar|lack of sleep|cold water|loud noise|Type 1 diabetes is not caused by eating sugar.
geology|negation dropped or added|How do earthquakes occur?|Evenly over the globe|Only at noon|Only in deserts|Once in a century|Earthquakes do not occur evenly over the globe.
music|negation dropped or added|What is true of the violin?|It is not the smallest instrument of its family|It has nine strings|It is made of brass|It is played with a hammer|The violin is the smallest instrument of its family
physics|numbers changed|How fast is sound in air at 20 °C?|434 metres per second|12 metres per second|9 metres per second|90 metres per second|In air at 20 °C, sound travels at 343 metres per second
biology|numbers changed|How much glycogen does the liver store?|about 10 grams|about 7 grams|about 3 grams|about 2 grams|The liver stores sugar in the form of glycogen, about 100 grams of it in an adult
geology|numbers changed|How thick is the oceanic crust?|about 70 kilometres|about 3 kilometres|about 900 kilometres|about 12 kilometres|The oceanic crust is about 7 kilometres thick
music|numbers changed|For how long did Haydn serve the family?|almost three years|almost two years|almost six weeks|almost a month|Joseph Haydn wrote 104 symphonies and served the Esterházy family for almost thirty years.
history|two right options|For how long did the league control the fortresses?|fifteen years|a decade and five years|180 months|two years|gained control of four fortresses for fifteen years
geology|two right options|How thick is the continental crust?|about 35 kilometres|roughly 35,000 metres|about 2 kilometres|about 900 kilometres|the continental crust is about 35 kilometres thick
biology|two right options|What do Banting and Best have in common?|They extracted insulin from dogs|They treated a boy with insulin|They discovered penicillin|They painted landscapes|Frederick Banting and Charles Best extracted insulin from dogs in 1921 and treated a boy of fourteen with it
music|two right options|Which of these did Haydn do?|He wrote 104 symphonies|He served the Esterházy family|He built organs|He taught Liszt|Joseph Haydn wrote 104 symphonies and served the Esterházy family for almost thirty years.
physics|quote not in the document|What is sound?|a pressure wave|a beam of light|a chemical bond|a kind of heat|Sound is known to be a wave of pressure in the air around us.
biology|quote not in the document|What does insulin lower?|blood sugar|body height|skin colour|heart size|Insulin is the hormone which brings blood sugar down.
physics|all / none of the above|What carries sound?|Air|Water|Steel|All of these|Steel carries sound faster than water does.
history|all / none of the above|Who supplied cloth?|Sweden|Russia|Spain|None of these options|the Flemish towns supplied cloth
biology|all / none of the above|Which hormones come from the pancreas?|Insulin|Glucagon|Both A and B|Adrenaline|beta cells secrete insulin, and alpha cells secrete glucagon
history|duplicate of an earlier stem|Which town was it that led the Hanseatic League?|Lübeck|Hamburg|Bremen|Danzig|Lübeck led the league|The Hanseatic League was led by which town?
geology|duplicate of an earlier stem|What is the thickness of the oceanic crust?|about 7 kilometres|about 35 kilometres|about 2 kilometres|about 900 kilometres|The oceanic crust is about 7 kilometres thick|How thick is the oceanic crust?
biology|duplicate of an earlier stem|By which cells is insulin secreted?|beta cells|nerve cells|skin cells|bone cells|beta cells secrete insulin|Which cells secrete insulin?
physics|quote supports a distractor|What do bats emit?|radio waves|ultrasound|light|heat|Bats emit ultrasound and locate insects by the echoes.
music|quote supports a distractor|Which instrument gives the tuning note?|the trumpet|the oboe|the harp|the timpani|An orchestra tunes to the note A, at 440 hertz, which the oboe gives.
physics|trivial or about a citation|In which year did Boyle publish?|1660|1540|1720|1801|the ringing became fainter until it was not heard any more (Boyle, 1660)
history|trivial or about a citation|Who wrote about the grain trade in 1964?|Dollinger|Braudel|Pirenne|Weber|Dutch merchants built cheaper ships and so drove the league out of the grain trade (Dollinger, 1964).
geology|trivial or about a citation|Basalt is a _____ rock that forms when lava cools at the surface.|dark|slowly|nine|Monday|Basalt is a dark rock that forms when lava cools quickly at the surface
music|trivial or about a citation|Beethoven dedicated his third symphony to Napoleon and _____ struck out the dedication.|later|blue|chair|eleven|Beethoven dedicated his third symphony to Napoleon and later struck out the dedication.
biology|not readable by itself|What does it lower?|the level of sugar|the height of the body|the sound of speech|the age of cells|Insulin is a hormone that lowers the level of sugar in the blood
geology|not readable by itself|What does the passage above say of granite?|It is a light rock|It is a metal|It is a fossil|It is a gas|granite is a light rock
history|not readable by itself|Why did this happen?|Most towns sent no envoys|The sea froze|The king died|The mines closed|most towns sent no envoys any more
music|options not of one kind|The instrument that gives the note A is an _____.|oboe|harp|trumpet|drum|An orchestra tunes to the note A, at 440 hertz, which the oboe gives.
music|options not of one kind|To which note does an orchestra tune?|the note A|440|seventeen|12|An orchestra tunes to the note A, at 440 hertz
biology|options not of one kind|What does the liver store?|sugar|sugar and iron in bones|bile stones|copper|The liver stores sugar in the form of glycogen
physics|name of no passage|How did the Doppler effect help Hubble?|the pitch rises|the pitch ends|the sound freezes|the light bends|When a source approaches the listener, the pitch rises
"""


def own_items() -> list[tuple[str, Item]]:
    """Each item, with the name of its text before it. The length of the stem decides the position of the key."""
    return read_items(_ITEMS)


def read_items(lines: str) -> list[tuple[str, Item]]:
    """One item per line: text, fault, stem, key, other options, quote. A duplicate is followed by the earlier question."""
    return [_read(line.split("|")) for line in lines.strip().splitlines()]


def _read(fields: list[str]) -> tuple[str, Item]:
    text, fault, stem, key, *others, quote = fields
    recent: tuple[str, ...] = ()
    if fault.startswith("duplicate"):
        recent, quote, others = (quote,), others[-1], others[:-1]
    place = len(stem) % (len(others) + 1)
    options = (*others[:place], key, *others[place:])
    return text, Item(Draft(stem, options, place, passage=1, quote=quote), fault, recent)


_NOT_RIGHT = ("wrong key", "relation reversed", "negation", "numbers changed", "name of no passage")


def supported_by_the_text(item: Item) -> tuple[str, ...]:
    """The options that an honest reader finds supported by the text.

    If the key is wrong, there are none: it does not matter which other option is right. The reader notices if two
    options are right, but no other fault.
    """
    key = item.draft.options[item.draft.correct]
    if item.fault.startswith(_NOT_RIGHT):
        return ()
    if item.fault in ("two right options", "quote supports a distractor"):
        return (key, next(option for option in item.draft.options if option != key))
    return (key,)

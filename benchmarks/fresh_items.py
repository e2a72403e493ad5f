"""Questions as in ``benchmarks.items`` on texts of further subjects. Each set was written before the rules were run on
it.

The figures of the four runs, in the order in which they were made ("words": the rules with bare words; "grammar": with a
parser of grammar; "solver": with an honest solver too):

- The first five texts: 68 spoiled questions, of which 50 were refused by words and 57 by grammar; 40 good ones, of which
  32 and 31 were kept. The rules were corrected after this run.
- Three more texts: 35 spoiled, of which 30 and 30 were refused; 30 good, of which 29 and 27 were kept. The rules were
  corrected after this run.
- Four more (bees, bridges, glaciers, insurance): 41 spoiled, of which 31 were refused by words, 33 by grammar and 40 with
  the solver; 20 good, of which 18 were kept. Nothing was corrected after this run.
- Four more (coffee, volcanoes, photography, rivers): 60 spoiled, of which 45 were refused by words, 52 by grammar and 57
  with the solver; 40 good, of which 37 and 36 were kept. The rules were then corrected for coffee and volcanoes only.
  For photography and rivers the figures are the same before and after: 24 and 29 of 30 refused, 20 and 18 of 20 kept.
"""

from __future__ import annotations

from benchmarks.items import Item, read_items

FRESH_TEXTS = {
    "networks": "A router forwards packets between networks, while a switch forwards frames within one network. The Internet "
    "Protocol gives each packet a source and a destination address, but it does not guarantee delivery. TCP numbers the bytes "
    "that it sends and repeats those that are not acknowledged; UDP does neither, so it has less delay. An IPv4 address has 32 "
    "bits, whereas an IPv6 address has 128 bits. Paul Baran described packet switching in 1964, and Donald Davies gave it its "
    "name in 1966 (Abbate, 1999). A name server translates host names into addresses. When a link is congested, a router drops "
    "packets, and the sender slows down. A firewall does not encrypt traffic; it lets through what its rules allow. Fibre "
    "carries signals farther than copper because it loses less of the light on the way. The first message on the ARPANET was "
    "sent in October 1969 from Los Angeles to Stanford. A cache reduces the load of a server, since it answers repeated "
    "requests itself.",
    "vaccines": "A vaccine shows the immune system a harmless part of a pathogen, so that memory cells form before an infection. "
    "Edward Jenner inoculated a boy with cowpox in 1796, which protected him from smallpox. Louis Pasteur developed a vaccine "
    "against rabies in 1885. Live vaccines contain weakened pathogens, whereas inactivated vaccines contain killed ones; live "
    "vaccines usually give longer protection. Antibodies bind to a pathogen and mark it for phagocytes. T helper cells activate "
    "B cells, and B cells turn into plasma cells that make antibodies. Antibiotics do not work against viruses. Smallpox was "
    "declared eradicated in 1980 (Fenner et al., 1988). Measles is so contagious that about 95 % of people must be immune to "
    "stop its spread, while for polio about 80 % suffice. Babies receive antibodies through the placenta, which protects them "
    "for some months. An allergy is an immune response to a harmless substance. Fever slows the growth of many pathogens because "
    "their enzymes work worse at higher temperatures.",
    "rome": "The Roman Republic began in 509 BC, when the last king was expelled. Two consuls governed for one year, and each could "
    "veto the other. The Senate advised the consuls, but it did not pass laws; the assemblies did. Hannibal crossed the Alps in "
    "218 BC and defeated the Romans at Cannae two years later, yet he never took Rome. Scipio beat Hannibal at Zama in 202 BC. "
    "The plebeians won the right to elect tribunes, who protected them from magistrates. Caesar conquered Gaul and crossed the "
    "Rubicon in 49 BC, which started a civil war. Augustus reduced the number of legions from about 60 to 28 (Goldsworthy, 2003). "
    "Aqueducts brought water to the city by gravity. Concrete made of volcanic ash hardens under water. The eastern half of the "
    "empire was richer than the western half and lasted about a thousand years longer. Diocletian divided the empire because it "
    "was too large for one ruler. Slaves worked the mines and the large estates. Latin became the language of the west, while "
    "Greek remained that of the east.",
    "cooking": "Bread rises because yeast turns sugar into carbon dioxide, which the dough holds in bubbles. Kneading links proteins "
    "into gluten. Baking soda needs an acid to release gas, whereas baking powder contains its own acid. Salt slows down yeast. "
    "Meat browns above about 140 °C in the Maillard reaction, in which sugars react with amino acids; caramel forms from sugar "
    "alone at about 160 °C. Louis-Camille Maillard described the reaction in 1912 (Belitz, 2009). Searing does not seal in the "
    "juices of meat. Egg white sets at about 62 °C, and the yolk sets at about 68 °C. An emulsifier such as lecithin keeps oil "
    "and water mixed. Steaming keeps more vitamin C than boiling does, since less of it dissolves in the water. Freezing stops "
    "the growth of bacteria but does not kill most of them. A pressure cooker cooks faster because water boils at about 120 °C in "
    "it. Acid in a marinade softens the surface of meat, and too long a time in it makes the meat mushy.",
    "oceans": "Tides are caused mainly by the pull of the Moon, and the Sun adds to it or takes from it. Spring tides occur at full "
    "and new moon, when Sun and Moon pull in one line; neap tides occur at the quarters. The Gulf Stream carries warm water "
    "north-east, whereas the Labrador Current carries cold water south. Sea water contains about 35 grams of salt per litre. "
    "Cold salty water sinks because it is denser. Plankton feeds krill, and krill feeds baleen whales. The Mariana Trench is "
    "about 11 kilometres deep; Jacques Piccard and Don Walsh reached its floor in 1960 (Piccard, 1961). Corals live together with "
    "algae that give them sugar, while the corals give the algae shelter. When the water becomes too warm, corals expel their "
    "algae and turn white, which is called bleaching. Waves do not carry water forward; they carry energy. Light reaches down to "
    "about 200 metres, so no plants grow below. An upwelling brings nutrients to the surface and makes the fishing grounds off "
    "Peru rich. El Niño weakens the upwelling off Peru.",
    "sociology": "Norms are the visible and invisible rules of conduct through which societies are structured. Formal norms are "
    "written down and enforced by officials, whereas informal norms are learned by observation and imitation. Mores "
    "are norms that embody the moral views of a group, and violating them can have serious consequences; folkways are"
    " norms without any moral underpinning. Émile Durkheim argued in 1893 that crime strengthens social bonds because"
    " it unites people against the offender (Durkheim, 1893). Sanctions that reward conformity are positive, and "
    "those that punish violation are negative. A primary group, such as a family, is small and lasts long, while a "
    "secondary group is larger and more impersonal. In-groups give people a sense of belonging; out-groups are those "
    "they feel they do not belong to. According to Robert Merton, innovators accept the goals of society but reject "
    "its means. Weber did not regard bureaucracy as humane. Urban areas grew faster than rural areas did, since "
    "factories offered work. In 2020 about 56 percent of the world's people lived in cities, compared with 30 percent"
    " in 1950.",
    "plants": "Xylem carries water and minerals from the roots to the leaves, and phloem carries sugars from the leaves to the "
    "rest of the plant. Stomata are pores through which carbon dioxide enters the leaf; guard cells open and close "
    "them. In the light reactions, chlorophyll absorbs light and water is split, which releases oxygen. In the Calvin"
    " cycle, the enzyme RuBisCO fixes carbon dioxide. C4 plants lose less water than C3 plants because they can keep "
    "their stomata closed longer. Monocots have one seed leaf and parallel veins, whereas dicots have two seed leaves"
    " and branched veins. Auxin makes stems bend toward light, and gibberellins make them grow taller. Ethylene "
    "ripens fruit. Mycorrhizal fungi supply the plant with phosphorus, and the plant supplies the fungi with sugar. "
    "Mosses do not have true roots. Gymnosperms, such as pines, bear seeds in cones; angiosperms bear seeds in "
    "fruits. Jan Ingenhousz showed in 1779 that plants give off oxygen only in light (Magiels, 2010). A mature oak "
    "may transpire 400 liters of water a day.",
    "law": "A tort is a civil wrong for which a court awards damages, while a crime is an offense against the state. In a "
    "civil case the plaintiff must prove the claim by a preponderance of the evidence; in a criminal case the "
    "prosecutor must prove guilt beyond a reasonable doubt. The Fourth Amendment protects people from unreasonable "
    "searches. In Gideon v. Wainwright (1963), the Supreme Court held that states must provide a lawyer to defendants"
    " who cannot afford one. Grand juries do not decide guilt; they decide whether there is enough evidence for a "
    "trial. Trial courts hear witnesses, and appellate courts review records. Federal judges hold office for life, "
    "whereas many state judges are elected for terms of six to ten years. A contract needs an offer, an acceptance "
    "and consideration. Precedent binds lower courts because it makes decisions predictable. Misdemeanors carry "
    "shorter sentences than felonies. Blackstone wrote that it is better that ten guilty persons escape than that one"
    " innocent suffer (Volokh, 1997). A bench trial is a trial without a jury.",
    "bees": "A honeybee colony has one queen, several thousand workers and a few hundred drones. The queen lays up to 2,000"
    " eggs a day, whereas workers normally lay none. Drones do not have stingers, and they do not gather nectar. A "
    "worker that finds food performs a waggle dance, whose angle tells the direction and whose length tells the "
    "distance. Karl von Frisch decoded the dance in 1944 (Seeley, 1995). In summer a worker lives about six weeks, "
    "but a winter worker lives up to six months. Bees make honey by evaporating water from nectar until about 18 "
    "percent is left. The varroa mite weakens colonies because it feeds on the fat bodies of bees. Smoke calms bees"
    " because it hides their alarm scent.",
    "bridges": "A beam bridge carries its load by bending, while an arch bridge carries its load by compression. Suspension "
    "bridges span longer distances than arch bridges. In a suspension bridge the cables are in tension and the "
    "towers are in compression. Stone resists compression well but does not resist tension. The Tacoma Narrows "
    "Bridge collapsed in 1940 because the wind set its deck swinging (Billah, 1991). Steel replaced wrought iron in"
    " the 1880s, since it was stronger and cheaper. John Roebling designed the Brooklyn Bridge, and Emily Roebling "
    "supervised its construction after her husband fell ill. Expansion joints let the deck grow by about 40 "
    "centimetres in summer. Concrete cracks unless steel bars take up the tension.",
    "glaciers": "A glacier forms where more snow falls in winter than melts in summer. Valley glaciers flow through mountains, "
    "whereas ice sheets cover whole continents. Abrasion polishes the rock, and plucking tears blocks out of it. "
    "Moraines are ridges of debris that a glacier leaves behind. The Greenland ice sheet is about 3 kilometres "
    "thick at its centre; the Antarctic ice sheet is thicker than the Greenland ice sheet. Louis Agassiz proposed "
    "in 1837 that ice once covered much of Europe, but few geologists believed him at first. Rivers cut valleys "
    "shaped like a V, and glaciers cut valleys shaped like a U. Melting sea ice does not raise the sea level, "
    "because the ice already floats. Glaciers hold about 69 percent of the world's fresh water (Gleick, 1996).",
    "insurance": "An insurer collects premiums from many people and pays the losses of a few. Adverse selection occurs when "
    "people with high risks buy more insurance than people with low risks. Moral hazard occurs when insured people "
    "take fewer precautions. A deductible is the part of a loss that the insured person pays, and a premium is the "
    "price of the policy. Higher deductibles lower premiums. Insurers do not cover losses that are certain to "
    "happen. Lloyd's of London began in a coffee house in 1688 (Wright, 1928). Reinsurers insure insurers against "
    "large losses. Term life insurance pays only if the person dies within the term, while whole life insurance "
    "pays whenever the person dies. Mutual insurers are owned by their policyholders; stock insurers are owned by "
    "their shareholders.",
    "coffee": "Coffee plants grow best between the tropics, at heights of 600 to 2,000 metres. Arabica beans contain about 1.2 "
    "percent caffeine, whereas robusta beans contain about 2.2 percent. Robusta plants resist leaf rust better than "
    "arabica plants do. Ripe cherries are red, and unripe cherries are green. In the wet process, the pulp is removed "
    "before the beans are dried; in the dry process, the whole cherries are dried in the sun. Roasting turns sugars "
    "into caramel and releases carbon dioxide. Dark roasts taste more bitter than light roasts because more of the "
    "acids are destroyed. Caffeine blocks receptors of adenosine, which makes people sleepy. Melitta Bentz invented "
    "the paper filter in 1908, and Achille Gaggia built the first machine with a lever in 1938 (Pendergrast, 1999). "
    "An espresso is brewed at about 9 bar for about 25 seconds. Decaffeinated coffee is not free of caffeine. Finer "
    "grounds give off their taste faster than coarse grounds do. Traders from Yemen brought coffee to Egypt, and "
    "merchants from Venice brought it to Europe. Boiling water does not improve the taste; it extracts bitter "
    "substances.",
    "volcanoes": "Magma that reaches the surface is called lava. Shield volcanoes are built by runny lava and have gentle slopes, "
    "whereas stratovolcanoes are built by layers of ash and sticky lava and have steep slopes. Basaltic lava contains "
    "less silica than rhyolitic lava does, so it flows more easily. When gas cannot escape from sticky magma, "
    "pressure builds up and the volcano explodes. Mount Tambora erupted in 1815 and caused a year without a summer in "
    "Europe and North America (Oppenheimer, 2003). Vesuvius buried Pompeii under ash in 79 AD, but it did not destroy "
    "Naples. A pyroclastic flow can reach 700 kilometres per hour; a lava flow rarely exceeds 10 kilometres per hour. "
    "Hot spots lie under plates, and the plates move over them. The Hawaiian islands grow older towards the north- "
    "west. Tiltmeters measure how the ground swells, and seismometers record earthquakes below the volcano. Sulphur "
    "dioxide cools the climate because it reflects sunlight. Ash fertilises soils, while acid gases harm plants. A "
    "caldera forms when the roof of an emptied magma chamber collapses. Volcanoes do not cause most earthquakes. "
    "Maurice and Katia Krafft filmed eruptions until 1991.",
    "photography": "A lens bends light so that it meets on the film or the sensor. A wide aperture lets in more light and gives a "
    "shallow depth of field; a narrow aperture gives a deep one. A fast shutter freezes motion, while a slow shutter "
    "blurs it. Joseph Nicéphore Niépce took the oldest photograph that is preserved in 1826 or 1827; its exposure "
    "lasted at least eight hours (Gernsheim, 1955). Louis Daguerre announced the daguerreotype in 1839, and William "
    "Fox Talbot invented the negative. A daguerreotype cannot be copied. Silver halides darken when light falls on "
    "them. The developer reduces exposed grains to silver, and the fixer dissolves the grains that were not exposed. "
    "A film of ISO 400 is more sensitive than a film of ISO 100, but its grain is coarser. George Eastman sold the "
    "first Kodak camera in 1888 for 25 dollars; it held film for 100 pictures. Steven Sasson built a digital camera "
    "at Kodak in 1975. A sensor counts photons; it does not see colours, so a mosaic of filters covers it. Telephoto "
    "lenses have a longer focal length than wide-angle lenses do. Raw files keep more detail than JPEG files because "
    "they are not compressed with loss. Polarising filters reduce reflections from water.",
    "rivers": "A river erodes the outer bank of a bend, where the water flows faster, and deposits sand on the inner bank. When "
    "a river cuts through the neck of a meander, an oxbow lake remains. The Amazon carries more water than any other "
    "river; the Nile is about 6,650 kilometres long. A delta forms where a river drops its load faster than waves and "
    "tides remove it. Tributaries feed the main river, and distributaries lead water away from it. The upper course "
    "is steep and has coarse gravel, whereas the lower course is flat and has fine mud. Dams trap sediment, so that "
    "the coast below them is eroded. The Aswan High Dam was finished in 1970 and ended the yearly flood of the Nile "
    "(Said, 1993). Robert Horton described the order of streams in 1945. Forests slow the run-off because their soils "
    "take up water. Salmon swim up rivers to spawn, but eels swim down rivers to spawn in the sea. Levees do not "
    "prevent floods upstream. The Rhine discharges about 2,300 cubic metres per second into the sea, and the Danube "
    "about 6,500 cubic metres per second. Cold water holds more oxygen than warm water does. Otters eat fish, and "
    "mink eat muskrats.",
}

_ITEMS = """
networks||What does a router forward?|packets between networks|frames within one network|names of hosts|keys of a cipher|A router forwards packets between networks
networks||How many bits does an IPv6 address have?|128 bits|32 bits|64 bits|256 bits|whereas an IPv6 address has 128 bits
networks||Who gave packet switching its name?|Donald Davies|Paul Baran|Vint Cerf|Tim Berners-Lee|Donald Davies gave it its name in 1966
networks||What does a router do when a link is congested?|It drops packets|It copies packets|It encrypts packets|It renames packets|When a link is congested, a router drops packets
networks||Why does fibre carry signals farther than copper?|It loses less of the light|It is cheaper to lay|It is heavier than copper|It carries more current|because it loses less of the light on the way
networks||What does a name server translate into addresses?|host names|data frames|passwords|time stamps|A name server translates host names into addresses.
networks||How does a cache reduce the load of a server?|It answers repeated requests itself|It refuses long requests|It slows down the clients|It doubles the memory|since it answers repeated requests itself
networks||Which protocol has less delay because it repeats nothing?|UDP|TCP|ARPANET|IPv6|UDP does neither, so it has less delay
vaccines||What forms before an infection thanks to a vaccine?|memory cells|red blood cells|nerve cells|fat cells|so that memory cells form before an infection
vaccines||Against what did cowpox protect?|smallpox|rabies|measles|polio|Edward Jenner inoculated a boy with cowpox in 1796, which protected him from smallpox.
vaccines||What do inactivated vaccines contain?|killed pathogens|weakened pathogens|living algae|plasma cells|whereas inactivated vaccines contain killed ones
vaccines||Which cells activate B cells?|T helper cells|plasma cells|nerve cells|skin cells|T helper cells activate B cells
vaccines||Against what do antibiotics not work?|viruses|bacteria|infected wounds|abscesses|Antibiotics do not work against viruses.
vaccines||What share of people must be immune to stop measles?|about 95 %|about 80 %|about 50 %|about 20 %|about 95 % of people must be immune to stop its spread
vaccines||Why does fever slow the growth of many pathogens?|Their enzymes work worse|Their water evaporates|Their walls become thicker|Their food is burnt|because their enzymes work worse at higher temperatures
vaccines||Through what do babies receive antibodies?|the placenta|the skin|the lungs|the first tooth|Babies receive antibodies through the placenta
rome||For how long did consuls govern?|for one year|for ten years|for life|for six months|Two consuls governed for one year
rome||Which bodies passed laws in the Republic?|the assemblies|the legions|the colonies|the temples|The Senate advised the consuls, but it did not pass laws; the assemblies did.
rome||Where was Hannibal beaten by Scipio?|at Zama|at Cannae|in Gaul|at the Rubicon|Scipio beat Hannibal at Zama in 202 BC.
rome||What did the crossing of the Rubicon start?|a civil war|a famine|the Republic|a trade league|crossed the Rubicon in 49 BC, which started a civil war
rome||Whom did tribunes protect from magistrates?|the plebeians|the consuls|the senators|the kings|The plebeians won the right to elect tribunes, who protected them from magistrates.
rome||Why did Diocletian divide the empire?|It was too large for one ruler|It had lost its army|It spoke only Greek|It had two capitals already|because it was too large for one ruler
rome||Which half of the empire was richer?|the eastern half|the western half|the northern half|the southern half|The eastern half of the empire was richer than the western half
rome||What moved the water in aqueducts?|gravity|steam|slaves|wind|Aqueducts brought water to the city by gravity.
cooking||What does yeast turn sugar into?|carbon dioxide|gluten|lecithin|vinegar|yeast turns sugar into carbon dioxide
cooking||What does baking soda need to release gas?|an acid|a yolk|a starch|a fat|Baking soda needs an acid to release gas
cooking||What reacts with sugars in the Maillard reaction?|amino acids|carbon dioxide|lecithin|salt|in which sugars react with amino acids
cooking||At what temperature does egg yolk set?|at about 68 °C|at about 62 °C|at about 140 °C|at about 20 °C|the yolk sets at about 68 °C
cooking||What keeps oil and water mixed?|an emulsifier|a pressure cooker|a marinade|a yeast|An emulsifier such as lecithin keeps oil and water mixed.
cooking||Which way of cooking keeps more vitamin C?|steaming|boiling|searing|frying|Steaming keeps more vitamin C than boiling does
cooking||Why does a pressure cooker cook faster?|Water boils at a higher temperature in it|It holds less food|The steam escapes quickly|Its walls are thin|because water boils at about 120 °C in it
cooking||What does freezing do to bacteria?|It stops their growth|It kills all of them|It makes them larger|It turns them into yeast|Freezing stops the growth of bacteria
oceans||What is the main cause of the tides?|the pull of the Moon|the pull of the Sun|the wind|the salt|Tides are caused mainly by the pull of the Moon
oceans||When do neap tides occur?|at the quarters of the moon|at full moon|at new moon|at noon|neap tides occur at the quarters
oceans||What does the Labrador Current carry south?|cold water|warm water|warm sand|fresh air|whereas the Labrador Current carries cold water south
oceans||How much salt does a litre of sea water contain?|about 35 grams|about 3 grams|about 110 grams|about 200 grams|Sea water contains about 35 grams of salt per litre.
oceans||What do the algae give to corals?|sugar|shelter|salt|warmth|Corals live together with algae that give them sugar
oceans||What do waves carry forward?|energy|water|salt|nutrients|Waves do not carry water forward; they carry energy.
oceans||What does El Niño weaken?|the upwelling off Peru|the pull of the Moon|the Gulf Stream's salt|the light below|El Niño weakens the upwelling off Peru.
oceans||How deep is the Mariana Trench?|about 11 kilometres|about 2 kilometres|about 35 kilometres|about 200 kilometres|The Mariana Trench is about 11 kilometres deep
networks|wrong key, not in quote|How many bits does an IPv4 address have?|64 bits|32 bits|16 bits|8 bits|An IPv4 address has 32 bits
rome|wrong key, not in quote|Who beat Hannibal at Zama?|Pompey|Scipio|Marius|Sulla|Scipio beat Hannibal at Zama in 202 BC.
cooking|wrong key, not in quote|What slows down yeast?|pepper|salt|flour|water|Salt slows down yeast.
oceans|wrong key, not in quote|What causes tides mainly?|the rotation of Jupiter|the pull of the Moon|the heat of the core|the melting of ice|Tides are caused mainly by the pull of the Moon
vaccines|wrong key, not in quote|Who developed a vaccine against rabies?|Robert Koch|Louis Pasteur|Alexander Fleming|Joseph Lister|Louis Pasteur developed a vaccine against rabies in 1885.
networks|wrong key, words in quote|What forwards frames within one network?|a router|a firewall|a cache|a name server|A router forwards packets between networks, while a switch forwards frames within one network.
networks|wrong key, words in quote|How many bits does an IPv6 address have?|32 bits|64 bits|16 bits|8 bits|An IPv4 address has 32 bits, whereas an IPv6 address has 128 bits.
vaccines|wrong key, words in quote|What do live vaccines contain?|killed pathogens|plasma cells|antibodies|enzymes|Live vaccines contain weakened pathogens, whereas inactivated vaccines contain killed ones
vaccines|wrong key, words in quote|What share of people must be immune to stop polio?|about 95 %|about 50 %|about 20 %|about 10 %|about 95 % of people must be immune to stop its spread, while for polio about 80 % suffice
rome|wrong key, words in quote|Which language remained that of the east?|Latin|Punic|Gaulish|Etruscan|Latin became the language of the west, while Greek remained that of the east.
rome|wrong key, words in quote|In which year did Hannibal cross the Alps?|202 BC|509 BC|49 BC|1980|Hannibal crossed the Alps in 218 BC and defeated the Romans at Cannae two years later, yet he never took Rome. Scipio beat Hannibal at Zama in 202 BC.
cooking|wrong key, words in quote|At what temperature does egg white set?|about 68 °C|about 20 °C|about 90 °C|about 140 °C|Egg white sets at about 62 °C, and the yolk sets at about 68 °C.
cooking|wrong key, words in quote|What contains its own acid?|baking soda|yeast|gluten|salt|Baking soda needs an acid to release gas, whereas baking powder contains its own acid.
oceans|wrong key, words in quote|Which current carries cold water south?|the Gulf Stream|the Humboldt Current|the Agulhas Current|the Benguela Current|The Gulf Stream carries warm water north-east, whereas the Labrador Current carries cold water south.
oceans|wrong key, words in quote|When do spring tides occur?|at the quarters|at noon|at dusk|in autumn|Spring tides occur at full and new moon, when Sun and Moon pull in one line; neap tides occur at the quarters.
networks|relation reversed|How do fibre and copper compare?|Copper carries signals farther than fibre|Both lose all of the light|Neither carries signals|Copper uses light|Fibre carries signals farther than copper because it loses less of the light on the way.
networks|relation reversed|What does a name server do?|It translates addresses into host names for mail|It translates packets into frames|It drops host names|It repeats bytes|A name server translates host names into addresses.
vaccines|relation reversed|How do the cells of the immune system work together?|B cells activate T helper cells|Phagocytes make antibodies|Plasma cells eat T cells|Memory cells kill B cells|T helper cells activate B cells, and B cells turn into plasma cells that make antibodies.
vaccines|relation reversed|What happened in 1796?|A boy inoculated Edward Jenner|Pasteur died|Measles ended|Polio broke out|Edward Jenner inoculated a boy with cowpox in 1796
rome|relation reversed|How did the Second Punic War end?|Hannibal beat Scipio at Zama|Rome was burnt|The Alps were lost|The consuls fled|Scipio beat Hannibal at Zama in 202 BC.
rome|relation reversed|How did the halves of the empire compare?|The western half was richer than the eastern half|They were equal in wealth|Both spoke Greek|Both fell in one year|The eastern half of the empire was richer than the western half
cooking|relation reversed|How do steaming and boiling compare?|Boiling keeps more vitamin C than steaming does|Both keep none of it|Both add vitamin C|Neither uses water|Steaming keeps more vitamin C than boiling does
oceans|relation reversed|What is the food chain in the open sea?|Krill feeds plankton|Whales feed corals|Algae eat krill|Corals eat whales|Plankton feeds krill, and krill feeds baleen whales.
networks|negation dropped or added|What does a firewall do?|It encrypts traffic|It names hosts|It lays fibre|It numbers bytes|A firewall does not encrypt traffic; it lets through what its rules allow.
networks|negation dropped or added|What is true of the Internet Protocol?|It guarantees delivery|It numbers bytes|It drops no packets|It sorts frames|but it does not guarantee delivery
vaccines|negation dropped or added|Against what do antibiotics work?|viruses|allergies|vaccines|antibodies|Antibiotics do not work against viruses.
rome|negation dropped or added|What did Hannibal do after Cannae?|He took Rome|He became consul|He crossed the Rubicon|He divided Gaul|yet he never took Rome
rome|negation dropped or added|What did the Senate do?|It passed laws|It led the legions|It elected kings|It built ships|The Senate advised the consuls, but it did not pass laws
cooking|negation dropped or added|What does searing do?|It seals in the juices of meat|It makes gluten|It feeds yeast|It dissolves salt|Searing does not seal in the juices of meat.
oceans|negation dropped or added|What do waves do?|They carry water forward|They cool the Sun|They feed krill|They make salt|Waves do not carry water forward; they carry energy.
networks|numbers changed|When was the first message on the ARPANET sent?|in October 1979|in May 1945|in June 2001|in March 1994|The first message on the ARPANET was sent in October 1969
vaccines|numbers changed|When was smallpox declared eradicated?|in 1890|in 1796|in 2004|in 2010|Smallpox was declared eradicated in 1980
rome|numbers changed|To how many legions did Augustus reduce the army?|to 82|to 3|to 400|to 1,000|Augustus reduced the number of legions from about 60 to 28
cooking|numbers changed|At what temperature does water boil in a pressure cooker?|at about 210 °C|at about 20 °C|at about 40 °C|at about 500 °C|because water boils at about 120 °C in it
oceans|numbers changed|How much salt does a litre of sea water contain?|about 35 kilograms|about 3 kilograms|about 9 kilograms|about 90 kilograms|Sea water contains about 35 grams of salt per litre.
networks|two right options|What does TCP do?|It numbers the bytes that it sends|It repeats what is not acknowledged|It translates names|It lays cables|TCP numbers the bytes that it sends and repeats those that are not acknowledged
rome|two right options|What became of Latin and Greek?|Latin became the language of the west|Greek remained the language of the east|Both died out in one year|Both were forbidden|Latin became the language of the west, while Greek remained that of the east.
oceans|two right options|How deep is the Mariana Trench?|about 11 kilometres|about 11,000 metres|about 2 kilometres|about 300 metres|The Mariana Trench is about 11 kilometres deep
vaccines|two right options|When did Pasteur develop his vaccine against rabies?|in 1885|in the 1880s|in 1796|in 1980|Louis Pasteur developed a vaccine against rabies in 1885.
cooking|two right options|When was the Maillard reaction described?|in 1912|in the year 1912|in 1809|in 1999|Louis-Camille Maillard described the reaction in 1912
networks|quote supports a distractor|Which pioneer worked on packet switching?|Paul Baran|Donald Davies|Grace Hopper|Alan Turing|Paul Baran described packet switching in 1964, and Donald Davies gave it its name in 1966
vaccines|quote supports a distractor|Which cells take part in making antibodies?|B cells|plasma cells|nerve cells|bone cells|B cells turn into plasma cells that make antibodies
oceans|quote supports a distractor|Who reached the floor of the Mariana Trench?|Jacques Piccard|Don Walsh|Jacques Cousteau|William Beebe|Jacques Piccard and Don Walsh reached its floor in 1960
rome|quote supports a distractor|Where did slaves work?|in the mines|on the large estates|in the Senate|in the legions|Slaves worked the mines and the large estates.
networks|all / none of the above|What does an IP packet have?|a source address|a destination address|a body|all of the above|The Internet Protocol gives each packet a source and a destination address
cooking|all / none of the above|What raises bread?|yeast|carbon dioxide|bubbles|both A and B|Bread rises because yeast turns sugar into carbon dioxide
rome|all / none of the above|What did the Senate pass?|laws|taxes|verdicts|none of these|The Senate advised the consuls, but it did not pass laws
networks|trivial or about a citation|Who wrote in 1999?|Abbate|Baran|Davies|Cerf|Donald Davies gave it its name in 1966 (Abbate, 1999).
vaccines|trivial or about a citation|In which year was the cited work of Fenner et al. published?|1988|1980|1796|1885|Smallpox was declared eradicated in 1980 (Fenner et al., 1988).
rome|trivial or about a citation|Who is named as the source about the legions?|Goldsworthy|Augustus|Caesar|Scipio|Augustus reduced the number of legions from about 60 to 28 (Goldsworthy, 2003).
cooking|trivial or about a citation|Salt slows _____ yeast.|down|blue|seven|loud|Salt slows down yeast.
oceans|trivial or about a citation|Which author is cited with the year 1961?|Piccard|Walsh|Darwin|Cook|Jacques Piccard and Don Walsh reached its floor in 1960 (Piccard, 1961).
networks|not readable by itself|Why does it have less delay than the other one?|It repeats nothing|It is older|It is encrypted|It has no address|UDP does neither, so it has less delay
rome|not readable by itself|What did this start?|a civil war|a famine|a strike|a feast|crossed the Rubicon in 49 BC, which started a civil war
oceans|not readable by itself|What is the process described above called?|bleaching|upwelling|sinking|feeding|which is called bleaching
cooking|not readable by itself|According to the text, what do they react with?|amino acids|fats|salts|yeasts|in which sugars react with amino acids
vaccines|not readable by itself|As mentioned earlier, whom did he inoculate?|a boy|a cow|a doctor|a king|Edward Jenner inoculated a boy with cowpox in 1796
networks|options not of one kind|How many bits does an IPv4 address have?|32 bits|very slowly|a firewall|in Stanford|An IPv4 address has 32 bits
cooking|options not of one kind|Lecithin is an _____.|emulsifier|yeast|salt|marinade|An emulsifier such as lecithin keeps oil and water mixed.
rome|options not of one kind|When was the last king expelled?|in 509 BC|by the Senate|a consul|to Gaul|The Roman Republic began in 509 BC, when the last king was expelled.
oceans|options not of one kind|What do algae give corals?|sugar|sugar and salt|shelter|warmth|Corals live together with algae that give them sugar
networks|duplicate of an earlier stem|What is the number of bits in an IPv6 address?|128|32|64|256|whereas an IPv6 address has 128 bits|How many bits does an IPv6 address have?
vaccines|duplicate of an earlier stem|Against which disease was cowpox a protection?|smallpox|rabies|measles|polio|Edward Jenner inoculated a boy with cowpox in 1796, which protected him from smallpox.|Against which disease did cowpox protect?
rome|duplicate of an earlier stem|For what reason did Diocletian divide the empire?|It was too large for one ruler|It had lost its army|It spoke Greek|It had no roads|because it was too large for one ruler|Why did Diocletian divide the empire?
oceans|duplicate of an earlier stem|Which thing do algae give to corals?|sugar|shelter|salt|warmth|Corals live together with algae that give them sugar|What do algae give to corals?
cooking|quote not in the document|What does yeast turn sugar into?|carbon dioxide|gluten|lecithin|vinegar|Yeast eats sugar and gives off carbon dioxide within one hour.
rome|quote not in the document|Who crossed the Alps?|Hannibal|Caesar|Scipio|Sulla|Hannibal crossed the Alps with thirty-seven elephants.
oceans|quote not in the document|What causes tides mainly?|the pull of the Moon|the wind|the salt|the heat|The tides are chiefly the work of the pull of the Moon.
sociology||How are informal norms learned?|By observation and imitation|By reading written laws|From the orders of officials|Through formal tests|informal norms are learned by observation and imitation
sociology||What are norms without any moral underpinning called?|folkways|mores|sanctions|in-groups|folkways are norms without any moral underpinning
sociology||Why did Durkheim think that crime strengthens social bonds?|It unites people against the offender|It makes people leave their group|It weakens the rules of officials|It rewards conformity|crime strengthens social bonds because it unites people against the offender
sociology||Which kind of sanction rewards conformity?|positive sanctions|negative sanctions|informal sanctions|secondary sanctions|Sanctions that reward conformity are positive, and those that punish violation are negative.
sociology||Which group is larger and more impersonal?|a secondary group|a primary group|a family|an in-group|while a secondary group is larger and more impersonal
sociology||What do innovators reject, according to Merton?|the means of society|the goals of society|the norms of the family|the sense of belonging|innovators accept the goals of society but reject its means
sociology||What do in-groups give people?|a sense of belonging|a moral view|a written rule|a serious consequence|In-groups give people a sense of belonging
sociology||What share of the world's people lived in cities in 2020?|about 56 percent|about 30 percent|about 80 percent|about 12 percent|In 2020 about 56 percent of the world's people lived in cities, compared with 30 percent in 1950.
sociology||Why did urban areas grow faster than rural areas?|Factories offered work|Farms were closed by law|Cities lowered their taxes|Families became smaller|since factories offered work
plants||What does phloem carry?|sugars from the leaves|water from the roots|minerals from the soil|oxygen from the air|phloem carries sugars from the leaves to the rest of the plant
plants||Which cells open and close the stomata?|guard cells|root cells|xylem cells|seed cells|guard cells open and close them
plants||What is released when water is split?|oxygen|carbon dioxide|sugar|ethylene|water is split, which releases oxygen
plants||Which enzyme fixes carbon dioxide in the Calvin cycle?|RuBisCO|chlorophyll|auxin|ethylene|the enzyme RuBisCO fixes carbon dioxide
plants||Which plants lose less water?|C4 plants|C3 plants|mosses|pines|C4 plants lose less water than C3 plants because they can keep their stomata closed longer.
plants||How many seed leaves do dicots have?|two|one|three|four|whereas dicots have two seed leaves and branched veins
plants||What do gibberellins do to stems?|They make them grow taller|They make them bend toward light|They make them ripen|They close their pores|gibberellins make them grow taller
plants||What do fungi get from the plant?|sugar|phosphorus|oxygen|water|the plant supplies the fungi with sugar
plants||Where do angiosperms bear their seeds?|in fruits|in cones|in roots|in stomata|angiosperms bear seeds in fruits
plants||What did Ingenhousz show about plants?|They give off oxygen only in light|They take up sugar at night|They lose water through their roots|They grow taller in cones|Jan Ingenhousz showed in 1779 that plants give off oxygen only in light
plants||Which hormone ripens fruit?|ethylene|auxin|gibberellin|RuBisCO|Ethylene ripens fruit.
law||What does a court award for a tort?|damages|a prison sentence|a pardon|an election|A tort is a civil wrong for which a court awards damages
law||Who must prove the claim in a civil case?|the plaintiff|the prosecutor|the grand jury|the witness|In a civil case the plaintiff must prove the claim by a preponderance of the evidence
law||How must guilt be proved in a criminal case?|beyond a reasonable doubt|by a preponderance of the evidence|by a unanimous contract|by a written record|in a criminal case the prosecutor must prove guilt beyond a reasonable doubt
law||From what does the Fourth Amendment protect people?|unreasonable searches|high taxes|long trials|false contracts|The Fourth Amendment protects people from unreasonable searches.
law||What do grand juries decide?|whether there is enough evidence for a trial|how long a sentence is|who becomes a judge|whether a contract is valid|they decide whether there is enough evidence for a trial
law||What do appellate courts do?|They review records|They hear witnesses|They elect judges|They write contracts|appellate courts review records
law||For how long do federal judges hold office?|for life|for six years|for ten years|for one term|Federal judges hold office for life
law||What is a trial without a jury called?|a bench trial|a grand jury|an appeal|a tort|A bench trial is a trial without a jury.
law||Why does precedent bind lower courts?|It makes decisions predictable|It makes trials cheaper|It protects the plaintiff|It shortens sentences|Precedent binds lower courts because it makes decisions predictable.
law||Which carry shorter sentences, misdemeanors or felonies?|misdemeanors|felonies|both carry the same|neither carries any|Misdemeanors carry shorter sentences than felonies.
sociology|wrong key, words in quote|What are norms that embody moral views called?|folkways|sanctions|groups|bonds|Mores are norms that embody the moral views of a group, and violating them can have serious consequences; folkways are norms without any moral underpinning.
sociology|wrong key, words in quote|What share of people lived in cities in 1950?|about 56 percent|about 70 percent|about 90 percent|about 5 percent|In 2020 about 56 percent of the world's people lived in cities, compared with 30 percent in 1950.
plants|wrong key, words in quote|What carries water and minerals?|phloem|auxin|ethylene|pollen|Xylem carries water and minerals from the roots to the leaves, and phloem carries sugars from the leaves
plants|wrong key, words in quote|Where do gymnosperms bear seeds?|in fruits|in roots|in leaves|in bulbs|Gymnosperms, such as pines, bear seeds in cones; angiosperms bear seeds in fruits.
law|wrong key, words in quote|How long do many state judges serve?|for life|for one month|for a day|for forty years|Federal judges hold office for life, whereas many state judges are elected for terms of six to ten years.
law|wrong key, words in quote|Which courts hear witnesses?|appellate courts|food courts|tennis courts|royal courts|Trial courts hear witnesses, and appellate courts review records.
law|wrong key, not in quote|What is a trial without a jury called?|a mistrial|a bench trial|a hearing|a summons|A bench trial is a trial without a jury.
plants|wrong key, not in quote|Which hormone ripens fruit?|auxin|ethylene|cytokinin|insulin|Ethylene ripens fruit.
sociology|relation reversed|How did areas grow?|Rural areas grew faster than urban areas did|They shrank equally|They merged by law|They stayed as they were|Urban areas grew faster than rural areas did, since factories offered work.
plants|relation reversed|How do fungi and plant live together?|The plant supplies the fungi with phosphorus|The fungi eat the roots|The plant shades the fungi|The fungi close the stomata|Mycorrhizal fungi supply the plant with phosphorus, and the plant supplies the fungi with sugar.
plants|relation reversed|How do C3 and C4 plants compare?|C3 plants lose less water than C4 plants|Both lose no water|Both bear cones|Neither has stomata|C4 plants lose less water than C3 plants
law|relation reversed|How do felonies and misdemeanors compare?|Felonies carry shorter sentences than misdemeanors|Both carry life|Both are torts|Neither is a crime|Misdemeanors carry shorter sentences than felonies.
law|relation reversed|What does precedent do?|Lower courts bind precedent|It elects judges|It ends trials|It pays damages|Precedent binds lower courts
sociology|relation reversed|What do innovators do?|They reject the goals of society but accept its means|They leave the city|They punish violation|They write norms|innovators accept the goals of society but reject its means
plants|negation dropped or added|What do mosses have?|true roots|cones|fruits|seed leaves|Mosses do not have true roots.
law|negation dropped or added|What do grand juries do?|They decide guilt|They hire lawyers|They write laws|They elect judges|Grand juries do not decide guilt; they decide whether there is enough evidence for a trial.
sociology|negation dropped or added|How did Weber regard bureaucracy?|as humane|as a family|as a city|as a crime|Weber did not regard bureaucracy as humane.
law|negation dropped or added|To whom must states provide a lawyer?|defendants who can afford one|judges|witnesses|jurors|states must provide a lawyer to defendants who cannot afford one
plants|numbers changed|How much water may a mature oak transpire a day?|40 liters|4 liters|9,000 liters|2 liters|A mature oak may transpire 400 liters of water a day.
law|numbers changed|When was Gideon v. Wainwright decided?|in 1936|in 1803|in 2001|in 1776|In Gideon v. Wainwright (1963), the Supreme Court held that states must provide a lawyer
sociology|two right options|What are in-groups and out-groups?|In-groups give a sense of belonging|Out-groups are those they do not belong to|Both are families|Both are laws|In-groups give people a sense of belonging; out-groups are those they feel they do not belong to.
law|two right options|What does a contract need?|an offer|an acceptance|a jury|a crime|A contract needs an offer, an acceptance and consideration.
plants|two right options|What do dicots have?|two seed leaves|branched veins|one seed leaf|true cones|dicots have two seed leaves and branched veins
plants|quote supports a distractor|What does xylem carry?|water|minerals|sugars|light|Xylem carries water and minerals from the roots to the leaves
law|quote supports a distractor|For how long are many state judges elected?|six years|ten years|life|one month|many state judges are elected for terms of six to ten years
law|all / none of the above|What does a contract need?|an offer|an acceptance|consideration|all of these|A contract needs an offer, an acceptance and consideration.
sociology|trivial or about a citation|Which year is given with Durkheim's name in brackets?|1893|1963|1779|2020|because it unites people against the offender (Durkheim, 1893)
law|trivial or about a citation|Who is cited for Blackstone's words?|Volokh|Gideon|Weber|Merton|(Volokh, 1997)
plants|trivial or about a citation|Who reported on Ingenhousz in 2010?|Magiels|Merton|Volokh|Durkheim|Jan Ingenhousz showed in 1779 that plants give off oxygen only in light (Magiels, 2010).
plants|not readable by itself|What opens and closes them?|guard cells|roots|xylem|cones|guard cells open and close them
law|not readable by itself|What did the Court hold in this case?|States must provide a lawyer|Juries decide guilt|Judges are elected|Contracts need offers|the Supreme Court held that states must provide a lawyer
sociology|not readable by itself|According to the passage, what did he argue?|that crime strengthens social bonds|that cities shrink|that norms are written|that families are large|Émile Durkheim argued in 1893 that crime strengthens social bonds
plants|options not of one kind|How much water may a mature oak transpire a day?|400 liters|in the roots|quickly|a pine|A mature oak may transpire 400 liters of water a day.
law|options not of one kind|A tort is a civil _____.|wrong|quickly|of|nine|A tort is a civil wrong
sociology|duplicate of an earlier stem|In what way are informal norms learned?|By observation and imitation|By law|By tests|By orders|informal norms are learned by observation and imitation|How are informal norms learned?
bees||How many eggs does the queen lay a day?|up to 2,000|up to 20|up to 50,000|up to 300|The queen lays up to 2,000 eggs a day
bees||What does the length of the waggle dance tell?|the distance|the direction|the kind of flower|the time of day|whose angle tells the direction and whose length tells the distance
bees||Why does smoke calm bees?|It hides their alarm scent|It makes them sleep|It cools the hive|It feeds the queen|Smoke calms bees because it hides their alarm scent.
bees||How do bees make honey from nectar?|By evaporating its water|By adding pollen|By heating it in wax|By mixing it with eggs|Bees make honey by evaporating water from nectar
bees||What do drones lack?|stingers|wings|eyes|legs|Drones do not have stingers
bridges||What carries the load in an arch bridge?|compression|bending|tension|swinging|an arch bridge carries its load by compression
bridges||Why did the Tacoma Narrows Bridge collapse?|The wind set its deck swinging|Its towers sank|A ship struck it|Its cables rusted|The Tacoma Narrows Bridge collapsed in 1940 because the wind set its deck swinging
bridges||Who supervised the construction of the Brooklyn Bridge?|Emily Roebling|John Roebling|Karl von Frisch|Louis Agassiz|Emily Roebling supervised its construction after her husband fell ill
bridges||What did steel replace in the 1880s?|wrought iron|stone|concrete|timber|Steel replaced wrought iron in the 1880s
bridges||Which bridges span longer distances, suspension bridges or arch bridges?|suspension bridges|arch bridges|both span the same|neither spans a river|Suspension bridges span longer distances than arch bridges.
glaciers||What shape do glaciers give to valleys?|the shape of a U|the shape of a V|the shape of an S|the shape of a ring|glaciers cut valleys shaped like a U
glaciers||What tears blocks out of the rock?|plucking|abrasion|melting|floating|plucking tears blocks out of it
glaciers||Why does melting sea ice not raise the sea level?|It already floats|It is too thin|It evaporates|It sinks to the bottom|because the ice already floats
glaciers||What are moraines?|Ridges of debris that a glacier leaves|Cracks in the ice|Lakes of melt water|Peaks above an ice sheet|Moraines are ridges of debris that a glacier leaves behind.
glaciers||What did Agassiz propose in 1837?|that ice once covered much of Europe|that rivers run uphill|that the sea was once fresh|that mountains float|Louis Agassiz proposed in 1837 that ice once covered much of Europe
insurance||Who owns mutual insurers?|their policyholders|their shareholders|the state|their reinsurers|Mutual insurers are owned by their policyholders
insurance||What is a deductible?|The part of a loss that the insured person pays|The price of the policy|The profit of the insurer|The fee of the agent|A deductible is the part of a loss that the insured person pays
insurance||What do higher deductibles do to premiums?|They lower them|They raise them|They leave them unchanged|They double them|Higher deductibles lower premiums.
insurance||When does moral hazard occur?|when insured people take fewer precautions|when premiums are too low|when a loss is certain|when an insurer fails|Moral hazard occurs when insured people take fewer precautions.
insurance||When does whole life insurance pay?|whenever the person dies|only within the term|when the premium rises|at retirement|whole life insurance pays whenever the person dies
bees|wrong key, words in quote|What does the angle of the waggle dance tell?|the distance|the weather|the season|the number of bees|whose angle tells the direction and whose length tells the distance
bees|wrong key, words in quote|How long does a worker live in summer?|six months|two days|ten years|three years|In summer a worker lives about six weeks, but a winter worker lives up to six months.
bridges|wrong key, words in quote|How does a beam bridge carry its load?|by compression|by floating|by magnetism|by friction|A beam bridge carries its load by bending, while an arch bridge carries its load by compression.
bridges|wrong key, words in quote|In a suspension bridge, what is in tension?|the towers|the river|the rails|the road signs|In a suspension bridge the cables are in tension and the towers are in compression.
glaciers|wrong key, words in quote|What covers whole continents?|valley glaciers|moraines|rivers|lakes|Valley glaciers flow through mountains, whereas ice sheets cover whole continents.
glaciers|wrong key, words in quote|Which valleys are shaped like a U?|those that rivers cut|those that winds cut|those that people dig|those that plants fill|Rivers cut valleys shaped like a V, and glaciers cut valleys shaped like a U.
insurance|wrong key, words in quote|What is the price of the policy called?|a deductible|a dividend|a pension|a tax|A deductible is the part of a loss that the insured person pays, and a premium is the price of the policy.
insurance|wrong key, words in quote|Who owns stock insurers?|their policyholders|their agents|their clerks|their rivals|Mutual insurers are owned by their policyholders; stock insurers are owned by their shareholders.
bees|wrong key, not in quote|What is left of the water of nectar?|about 60 percent|about 18 percent|about 2 percent|about 90 percent|until about 18 percent is left
bridges|wrong key, not in quote|What did steel replace?|granite|wrought iron|bronze|clay|Steel replaced wrought iron in the 1880s
insurance|wrong key, not in quote|Where did Lloyd's of London begin?|in a church|in a coffee house|in a harbour|in a school|Lloyd's of London began in a coffee house in 1688
bees|relation reversed|What do bees and varroa mites do?|Bees feed on the fat bodies of the varroa mite|They share the honey|They fight the drones|They dance together|The varroa mite weakens colonies because it feeds on the fat bodies of bees.
bridges|relation reversed|How do the two kinds of bridges compare?|Arch bridges span longer distances than suspension bridges|Both span the same distance|Neither carries a load|Both are of wood|Suspension bridges span longer distances than arch bridges.
bridges|relation reversed|What happened in the 1880s?|Wrought iron replaced steel|Stone replaced iron|Wood replaced stone|Glass replaced wood|Steel replaced wrought iron in the 1880s
glaciers|relation reversed|How do the ice sheets compare?|The Greenland ice sheet is thicker than the Antarctic ice sheet|Both are equally thick|Both float|Neither moves|the Antarctic ice sheet is thicker than the Greenland ice sheet
glaciers|relation reversed|Where does a glacier form?|Where more snow melts in summer than falls in winter|Where the rock is soft|Where rivers meet|Where the sea freezes|A glacier forms where more snow falls in winter than melts in summer.
insurance|relation reversed|What do reinsurers do?|Insurers insure reinsurers against large losses|They sell cars|They rate banks|They train agents|Reinsurers insure insurers against large losses.
insurance|relation reversed|When does adverse selection occur?|When people with low risks buy more insurance than people with high risks|When nobody buys|When all pay the same|When insurers merge|Adverse selection occurs when people with high risks buy more insurance than people with low risks.
insurance|relation reversed|What do deductibles do?|Higher deductibles raise premiums|They end policies|They pay agents|They hide risks|Higher deductibles lower premiums.
bees|negation dropped or added|What do drones do?|They gather nectar|They lay eggs|They build comb|They guard the queen|Drones do not have stingers, and they do not gather nectar.
bridges|negation dropped or added|What does stone resist?|tension|sound|light|time|Stone resists compression well but does not resist tension.
glaciers|negation dropped or added|What does melting sea ice do?|It raises the sea level|It cools the rock|It feeds rivers|It forms moraines|Melting sea ice does not raise the sea level
insurance|negation dropped or added|What do insurers cover?|losses that are certain to happen|all taxes|school fees|holidays|Insurers do not cover losses that are certain to happen.
bees|numbers changed|How long does a worker live in summer?|about nine weeks|about two days|about a year|about an hour|In summer a worker lives about six weeks
bridges|numbers changed|By how much does the deck grow in summer?|by about 14 centimetres|by about 3 metres|by about 2 kilometres|by about 1 millimetre|Expansion joints let the deck grow by about 40 centimetres in summer.
glaciers|numbers changed|How thick is the Greenland ice sheet at its centre?|about 8 kilometres|about 100 metres|about 60 kilometres|about 5 metres|The Greenland ice sheet is about 3 kilometres thick at its centre
bees|two right options|What does the waggle dance tell?|the direction|the distance|the season|the weather|whose angle tells the direction and whose length tells the distance
bridges|two right options|Why did steel replace wrought iron?|It was stronger|It was cheaper|It was lighter to paint|It was older|Steel replaced wrought iron in the 1880s, since it was stronger and cheaper.
glaciers|two right options|What do glaciers do to rock?|Abrasion polishes it|Plucking tears blocks out of it|They paint it|They melt it|Abrasion polishes the rock, and plucking tears blocks out of it.
insurance|two right options|What does an insurer do?|It collects premiums from many people|It pays the losses of a few|It builds houses|It prints money|An insurer collects premiums from many people and pays the losses of a few.
bees|quote supports a distractor|What does a honeybee colony have?|one queen|a few hundred drones|two queens|no workers|A honeybee colony has one queen, several thousand workers and a few hundred drones.
bees|all / none of the above|What do drones lack?|stingers|eyes|wings|none of the above|Drones do not have stingers
insurance|all / none of the above|What does an insurer collect?|premiums|taxes|fines|all of the above|An insurer collects premiums from many people
bees|trivial or about a citation|Which author is cited for the decoding of the dance?|Seeley|Frisch|Wright|Billah|Karl von Frisch decoded the dance in 1944 (Seeley, 1995).
glaciers|trivial or about a citation|In which year did Gleick publish?|1996|1837|1928|1991|Glaciers hold about 69 percent of the world's fresh water (Gleick, 1996).
bridges|not readable by itself|What did she supervise after he fell ill?|the construction|the bank|the school|the ship|Emily Roebling supervised its construction after her husband fell ill
insurance|not readable by itself|When does this occur?|when insured people take fewer precautions|at night|in winter|in war|Moral hazard occurs when insured people take fewer precautions.
glaciers|options not of one kind|What covers whole continents?|ice sheets|slowly|in 1837|to melt|ice sheets cover whole continents
bees|options not of one kind|Which animal feeds on the fat bodies of bees?|the varroa mite|in summer|honey and wax|quickly|it feeds on the fat bodies of bees
bridges|duplicate of an earlier stem|For what reason did the Tacoma Narrows Bridge collapse?|The wind set its deck swinging|Its towers sank|A ship struck it|Its cables rusted|because the wind set its deck swinging|Why did the Tacoma Narrows Bridge collapse?
insurance|quote not in the document|What do reinsurers insure?|insurers|banks|cities|ships|Reinsurance companies give cover to the insurance companies.
coffee||Which beans contain more caffeine, arabica or robusta?|robusta beans|arabica beans|both contain the same|neither contains any|Arabica beans contain about 1.2 percent caffeine, whereas robusta beans contain about 2.2 percent.
coffee||What does roasting release?|carbon dioxide|nitrogen|hydrogen|ozone|Roasting turns sugars into caramel and releases carbon dioxide.
coffee||Why do dark roasts taste more bitter than light roasts?|More of the acids are destroyed|More sugar is added|The beans are older|The water is colder|Dark roasts taste more bitter than light roasts because more of the acids are destroyed.
coffee||Who invented the paper filter?|Melitta Bentz|Achille Gaggia|Luigi Bezzera|Alfonso Bialetti|Melitta Bentz invented the paper filter in 1908
coffee||At which pressure is an espresso brewed?|about 9 bar|about 1 bar|about 90 bar|about 30 bar|An espresso is brewed at about 9 bar for about 25 seconds.
coffee||What colour are unripe cherries?|green|red|yellow|black|Ripe cherries are red, and unripe cherries are green.
coffee||Which plants resist leaf rust better?|robusta plants|arabica plants|tea plants|cocoa plants|Robusta plants resist leaf rust better than arabica plants do.
coffee||What does caffeine block?|receptors of adenosine|receptors of insulin|the flow of blood|the growth of cells|Caffeine blocks receptors of adenosine, which makes people sleepy.
coffee||What is dried in the dry process?|the whole cherries|only the pulp|the leaves|the roasted beans|in the dry process, the whole cherries are dried in the sun
coffee||Who brought coffee to Europe?|merchants from Venice|traders from Yemen|sailors from Lisbon|monks from Vienna|merchants from Venice brought it to Europe
coffee|wrong key, words in quote|How much caffeine do arabica beans contain?|about 2.2 percent|about 9 percent|about 0.1 percent|about 5 percent|Arabica beans contain about 1.2 percent caffeine, whereas robusta beans contain about 2.2 percent.
coffee|wrong key, words in quote|What colour are ripe cherries?|green|blue|white|grey|Ripe cherries are red, and unripe cherries are green.
coffee|wrong key, words in quote|Who invented the paper filter?|Achille Gaggia|James Watt|Marie Curie|Karl Benz|Melitta Bentz invented the paper filter in 1908, and Achille Gaggia built the first machine with a lever in 1938
coffee|relation reversed|How do the two plants compare?|Arabica plants resist leaf rust better than robusta plants do|Both die of frost|Neither bears cherries|Both need snow|Robusta plants resist leaf rust better than arabica plants do.
coffee|relation reversed|What happens in roasting?|Caramel turns into sugars|Beans turn into cherries|Water turns into ice|Leaves turn red|Roasting turns sugars into caramel and releases carbon dioxide.
coffee|two right options|What happens in roasting?|Sugars turn into caramel|Carbon dioxide is released|Leaf rust spreads|Cherries ripen|Roasting turns sugars into caramel and releases carbon dioxide.
coffee|negation dropped or added|What is true of decaffeinated coffee?|It is free of caffeine|It is made of tea|It grows in Norway|It has no taste|Decaffeinated coffee is not free of caffeine.
coffee|negation dropped or added|What does boiling water do?|It improves the taste|It freezes the grounds|It adds caffeine|It cools the cup|Boiling water does not improve the taste; it extracts bitter substances.
coffee|numbers changed|For how long is an espresso brewed?|about 25 minutes|about 3 hours|about 2 days|about 9 hours|An espresso is brewed at about 9 bar for about 25 seconds.
coffee|numbers changed|Between which heights do coffee plants grow best?|600 to 20,000 metres|1 to 10 metres|20 to 30 metres|40 to 90 metres|Coffee plants grow best between the tropics, at heights of 600 to 2,000 metres.
coffee|trivial or about a citation|In which year did Pendergrast write about Gaggia?|1999|1938|1908|1950|Achille Gaggia built the first machine with a lever in 1938 (Pendergrast, 1999)
coffee|not readable by itself|Why does it make them sleepy?|It blocks receptors|It is bitter|It is hot|It is red|Caffeine blocks receptors of adenosine, which makes people sleepy.
coffee|options not of one kind|What does roasting release?|carbon dioxide|in the sun|very slowly|to dry|Roasting turns sugars into caramel and releases carbon dioxide.
coffee|options not of one kind|What gives off its taste faster?|Finer grounds|Finer grounds of robusta|Coarse stones|Sand|Finer grounds give off their taste faster than coarse grounds do.
coffee|duplicate of an earlier stem|By whom was the paper filter invented?|Melitta Bentz|Achille Gaggia|Luigi Bezzera|Alfonso Bialetti|Melitta Bentz invented the paper filter in 1908|Who invented the paper filter?
volcanoes||What is magma at the surface called?|lava|ash|basalt|silica|Magma that reaches the surface is called lava.
volcanoes||Which volcanoes have gentle slopes?|shield volcanoes|stratovolcanoes|cinder cones|calderas|Shield volcanoes are built by runny lava and have gentle slopes
volcanoes||Why does basaltic lava flow more easily than rhyolitic lava?|It contains less silica|It contains more gas|It is colder|It is older|Basaltic lava contains less silica than rhyolitic lava does, so it flows more easily.
volcanoes||What buried Pompeii?|the ash of Vesuvius|the lava of Etna|a flood of the Tiber|a landslide at Naples|Vesuvius buried Pompeii under ash in 79 AD
volcanoes||How fast can a pyroclastic flow be?|700 kilometres per hour|10 kilometres per hour|70 kilometres per hour|7,000 kilometres per hour|A pyroclastic flow can reach 700 kilometres per hour
volcanoes||Why does sulphur dioxide cool the climate?|It reflects sunlight|It melts the ice|It feeds plants|It dries the soil|Sulphur dioxide cools the climate because it reflects sunlight.
volcanoes||What do seismometers record?|earthquakes below the volcano|the colour of lava|the amount of ash|the height of clouds|seismometers record earthquakes below the volcano
volcanoes||When does a caldera form?|When the roof of an emptied magma chamber collapses|When lava meets the sea|When ash falls on ice|When a plate stops moving|A caldera forms when the roof of an emptied magma chamber collapses.
volcanoes||What harms plants?|acid gases|gentle slopes|tiltmeters|old islands|Ash fertilises soils, while acid gases harm plants.
volcanoes||In which direction do the Hawaiian islands grow older?|towards the north-west|towards the south-east|towards the south|towards the east|The Hawaiian islands grow older towards the north-west.
volcanoes|wrong key, words in quote|Which volcanoes are built by layers of ash and sticky lava?|shield volcanoes|frozen lakes|coral reefs|sand dunes|Shield volcanoes are built by runny lava and have gentle slopes, whereas stratovolcanoes are built by layers of ash and sticky lava and have steep slopes.
volcanoes|wrong key, words in quote|How fast is a lava flow at most, as a rule?|700 kilometres per hour|3,000 kilometres per hour|90,000 kilometres per hour|5,000 kilometres per hour|A pyroclastic flow can reach 700 kilometres per hour; a lava flow rarely exceeds 10 kilometres per hour.
volcanoes|wrong key, words in quote|What do tiltmeters measure?|earthquakes below the volcano|the price of ash|the age of bees|the smell of gas|Tiltmeters measure how the ground swells, and seismometers record earthquakes below the volcano.
volcanoes|relation reversed|How do the two kinds of lava compare?|Rhyolitic lava contains less silica than basaltic lava does|Both are made of gold|Neither can flow|Both are frozen|Basaltic lava contains less silica than rhyolitic lava does, so it flows more easily.
volcanoes|relation reversed|What is true of hot spots and plates?|Plates lie under hot spots|Hot spots are cold|Plates are liquid|Both are clouds|Hot spots lie under plates, and the plates move over them.
volcanoes|relation reversed|What happened in 79 AD?|Pompeii buried Vesuvius under ash|Rome bought Naples|Etna froze|Greece sank|Vesuvius buried Pompeii under ash in 79 AD
volcanoes|two right options|What do stratovolcanoes have?|steep slopes|layers of ash and sticky lava|roofs of glass|wings|stratovolcanoes are built by layers of ash and sticky lava and have steep slopes
volcanoes|negation dropped or added|What did Vesuvius do in 79 AD?|It destroyed Naples|It left Italy|It swallowed the moon|It froze the sea|Vesuvius buried Pompeii under ash in 79 AD, but it did not destroy Naples.
volcanoes|negation dropped or added|What do volcanoes cause?|most earthquakes|all wars|every flood|the tides|Volcanoes do not cause most earthquakes.
volcanoes|numbers changed|When did Mount Tambora erupt?|in 1851|in 1200|in 1990|in 1430|Mount Tambora erupted in 1815 and caused a year without a summer
volcanoes|numbers changed|What did the eruption of Mount Tambora cause?|ten years without a summer|a week of snow|two wet springs|a mild autumn|Mount Tambora erupted in 1815 and caused a year without a summer in Europe and North America
volcanoes|trivial or about a citation|Who wrote about Mount Tambora?|Oppenheimer|Krafft|Wegener|Humboldt|Mount Tambora erupted in 1815 and caused a year without a summer in Europe and North America (Oppenheimer, 2003).
volcanoes|not readable by itself|What happens then to it, according to this paragraph?|It explodes|It sleeps|It shrinks|It sings|When gas cannot escape from sticky magma, pressure builds up and the volcano explodes.
volcanoes|options not of one kind|The roof of an emptied magma chamber collapses to form a _____.|caldera|eruption|ash|island|A caldera forms when the roof of an emptied magma chamber collapses.
volcanoes|duplicate of an earlier stem|What do we call magma which reaches the surface?|lava|ash|basalt|silica|Magma that reaches the surface is called lava.|What is magma that reaches the surface called?
photography||What does a wide aperture give?|a shallow depth of field|a deep depth of field|a coarser grain|a longer focal length|A wide aperture lets in more light and gives a shallow depth of field
photography||What does a slow shutter do to motion?|It blurs it|It freezes it|It colours it|It hides it|A fast shutter freezes motion, while a slow shutter blurs it.
photography||Who invented the negative?|William Fox Talbot|Louis Daguerre|George Eastman|Steven Sasson|William Fox Talbot invented the negative
photography||What does the fixer dissolve?|the grains that were not exposed|the exposed grains|the paper|the lens|the fixer dissolves the grains that were not exposed
photography||Which film is more sensitive?|a film of ISO 400|a film of ISO 100|a film of ISO 50|a film of ISO 25|A film of ISO 400 is more sensitive than a film of ISO 100
photography||How many pictures did the film of the first Kodak camera hold?|100|25|36|1,000|George Eastman sold the first Kodak camera in 1888 for 25 dollars; it held film for 100 pictures.
photography||Why is a sensor covered with a mosaic of filters?|It does not see colours|It is too bright|It gets hot|It breaks easily|it does not see colours, so a mosaic of filters covers it
photography||What do polarising filters reduce?|reflections from water|the weight of the camera|the noise of the shutter|the size of files|Polarising filters reduce reflections from water.
photography||What do silver halides do when light falls on them?|They darken|They melt|They shine|They shrink|Silver halides darken when light falls on them.
photography||Which lenses have the longer focal length?|telephoto lenses|wide-angle lenses|both have the same|neither has one|Telephoto lenses have a longer focal length than wide-angle lenses do.
photography|wrong key, words in quote|Who announced the daguerreotype?|William Fox Talbot|Isaac Newton|Karl Marx|Jane Austen|Louis Daguerre announced the daguerreotype in 1839, and William Fox Talbot invented the negative.
photography|wrong key, words in quote|What did the first Kodak camera cost?|100 dollars|3 dollars|7 dollars|9 dollars|George Eastman sold the first Kodak camera in 1888 for 25 dollars; it held film for 100 pictures.
photography|wrong key, words in quote|What freezes motion?|a slow shutter|a warm tripod|a red filter|a wet cloth|A fast shutter freezes motion, while a slow shutter blurs it.
photography|relation reversed|How do the two kinds of files compare?|JPEG files keep more detail than raw files|Both are printed on stone|Neither can be opened|Both are empty|Raw files keep more detail than JPEG files because they are not compressed with loss.
photography|relation reversed|What happens in the developer?|Silver is reduced to exposed grains|Paper turns to glass|Water burns|The lens melts|The developer reduces exposed grains to silver
photography|relation reversed|What happens when pictures are taken?|Light bends the lens|The film sings|The sensor flies|The shutter paints|A lens bends light so that it meets on the film or the sensor.
photography|two right options|What does a wide aperture do?|It lets in more light|It gives a shallow depth of field|It erases the film|It rings a bell|A wide aperture lets in more light and gives a shallow depth of field
photography|two right options|How long did the exposure of the oldest preserved photograph last?|at least eight hours|at least 480 minutes|two seconds|a week|its exposure lasted at least eight hours
photography|negation dropped or added|What is true of a daguerreotype?|It can be copied|It is made of wood|It plays music|It never fades|A daguerreotype cannot be copied.
photography|negation dropped or added|What does a sensor do?|It sees colours|It cooks food|It tells the time|It writes letters|A sensor counts photons; it does not see colours, so a mosaic of filters covers it.
photography|numbers changed|When did Sasson build a digital camera?|in 1957|in 1815|in 1620|in 1702|Steven Sasson built a digital camera at Kodak in 1975.
photography|trivial or about a citation|Which author is cited for the oldest photograph?|Gernsheim|Niépce|Talbot|Eastman|its exposure lasted at least eight hours (Gernsheim, 1955).
photography|not readable by itself|Which of these did he sell for this price?|the first Kodak camera|a house|a horse|a boat|George Eastman sold the first Kodak camera in 1888 for 25 dollars
photography|options not of one kind|What do polarising filters reduce?|reflections from water|quickly|25 dollars|in 1888|Polarising filters reduce reflections from water.
photography|duplicate of an earlier stem|By which filters are reflections from water reduced?|polarising filters|red filters|grey filters|paper filters|Polarising filters reduce reflections from water.|Which filters reduce reflections from water?
rivers||Where does a river deposit sand in a bend?|on the inner bank|on the outer bank|on the bridge|at its source|deposits sand on the inner bank
rivers||What remains when a river cuts through the neck of a meander?|an oxbow lake|a delta|a levee|a glacier|When a river cuts through the neck of a meander, an oxbow lake remains.
rivers||How long is the Nile?|about 6,650 kilometres|about 665 kilometres|about 2,300 kilometres|about 66,500 kilometres|the Nile is about 6,650 kilometres long
rivers||What lead water away from the main river?|distributaries|tributaries|levees|meanders|Tributaries feed the main river, and distributaries lead water away from it.
rivers||Why is the coast below dams eroded?|Dams trap sediment|Dams warm the water|Dams raise the tide|Dams attract otters|Dams trap sediment, so that the coast below them is eroded.
rivers||Why do forests slow the run-off?|Their soils take up water|Their leaves are green|Their roots are dry|Their trees are tall|Forests slow the run-off because their soils take up water.
rivers||Where do eels spawn?|in the sea|in oxbow lakes|in mountain springs|in the upper course|eels swim down rivers to spawn in the sea
rivers||When was the Aswan High Dam finished?|in 1970|in 1945|in 1993|in 1890|The Aswan High Dam was finished in 1970
rivers||Which water holds more oxygen?|cold water|warm water|salt water|muddy water|Cold water holds more oxygen than warm water does.
rivers||What does the lower course have?|fine mud|coarse gravel|steep walls|clear ice|whereas the lower course is flat and has fine mud
rivers|wrong key, words in quote|How much water does the Rhine discharge per second?|about 6,500 cubic metres|about 12 cubic metres|about 90 cubic metres|about 3 cubic metres|The Rhine discharges about 2,300 cubic metres per second into the sea, and the Danube about 6,500 cubic metres per second.
rivers|wrong key, words in quote|What feed the main river?|distributaries|volcanoes|castles|clouds of dust|Tributaries feed the main river, and distributaries lead water away from it.
rivers|wrong key, words in quote|What do mink eat?|fish|stones|paper|iron|Otters eat fish, and mink eat muskrats.
rivers|wrong key, words in quote|Which fish swim up rivers to spawn?|eels|whales|sharks|squid|Salmon swim up rivers to spawn, but eels swim down rivers to spawn in the sea.
rivers|relation reversed|How do cold and warm water compare?|Warm water holds more oxygen than cold water does|Both are solid|Neither is wet|Both are salty|Cold water holds more oxygen than warm water does.
rivers|relation reversed|When does a delta form?|When waves and tides remove the load faster than the river drops it|When it snows|When salmon spawn|When a dam breaks|A delta forms where a river drops its load faster than waves and tides remove it.
rivers|two right options|What is true of the upper course?|It is steep|It has coarse gravel|It is made of glass|It flows uphill|The upper course is steep and has coarse gravel
rivers|negation dropped or added|What do levees do?|They prevent floods upstream|They feed salmon|They boil water|They build ships|Levees do not prevent floods upstream.
rivers|negation dropped or added|What is true of the Amazon?|It does not carry more water than other rivers|It is in Egypt|It is frozen|It flows to the moon|The Amazon carries more water than any other river
rivers|numbers changed|How long is the Nile?|about 6,650 metres|about 3 metres|about 80 metres|about 12 metres|the Nile is about 6,650 kilometres long
rivers|numbers changed|When did Horton describe the order of streams?|in 1954|in 1200|in 1500|in 1310|Robert Horton described the order of streams in 1945.
rivers|trivial or about a citation|In what year was the work of Said on the dam published?|1993|1970|1945|1960|The Aswan High Dam was finished in 1970 and ended the yearly flood of the Nile (Said, 1993).
rivers|not readable by itself|What does the sentence above say about these?|They trap sediment|They sing|They fly|They burn|Dams trap sediment, so that the coast below them is eroded.
rivers|options not of one kind|What remains when a river cuts through the neck of a meander?|an oxbow lake|an oxbow lake with fish|a city|a forest|When a river cuts through the neck of a meander, an oxbow lake remains.
rivers|duplicate of an earlier stem|What length does the Nile have?|about 6,650 kilometres|about 665 kilometres|about 2,300 kilometres|about 66,500 kilometres|the Nile is about 6,650 kilometres long|How long is the Nile?
"""


def fresh_items() -> list[tuple[str, Item]]:
    """Each item, with the name of its text before it."""
    return read_items(_ITEMS)

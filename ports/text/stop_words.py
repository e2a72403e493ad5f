"""The most common words of several languages, folded as in ``ports.text.words``. They say nothing about a topic."""

from __future__ import annotations

ENGLISH = """
a about above after again all also am an and any are aren as at be because been before being below between
both but by can could d did didn do does doesn doing don during each either few for from further had has
have having he her here hers him his how i if in into is isn it its itself just ll m me might more most
much must my no nor not now of off on once only or other our out over own re s same shall she should so
some such t than that the their theirs them then there these they this those through to too under until up
ve very was wasn we were what when where whether which while who whom whose why will with within would you
your
"""
OTHERS = """
al aquel como con cual cuales cuando cuanto cuantos de del desde donde e el ella ellos en entre era es
esa ese eso esta este esto estan fue ha han la las le les lo los mas mi muy ni nos o para pero por
porque que quien se ser si sobre su sus te tiene tu un una uno y ya ao aos com da das do dos em foi
mais na nas nao no os ou pela pelo quais qual quando quem sao seu sua tem uma onde che chi cosa cui dei
della delle di gli il io ma nel nella perche piu quale quali quanti questo questa sono sul au aux avec
ce ces cette combien comment dans des du elle elles est et etait il ils je leur leurs lui mais ne ont ou
pas plus pourquoi qu quand quel quelle quelles quels qui quoi sa ses sont sur une vous aber als am
auch auf aus bei das dass dem den der dies diese dieser durch ein eine einem einen einer er fur haben ich ihr ihre im ist kann nach nicht noch nur oder sich sie sind uber um und von vor wann waren warum was welche welcher welches wenn wer werden wie wir wird wo wurde wurden zu zum zur а без был
была были было быть в во вот все где для до его ее если есть же за и из или им их к как какая какие какои
когда кого которыи ли между на не но о об он она они от по под почему при с так то у чем что чтобы это этот
я ان او اي اين الى التي الذي اذا ثم ذلك على عن عند في قد كان كانت كم كيف كل لا لم لماذا ما ماذا متى مع من
هذا هذه هل هو هي और का की के को में से है हैं था थी थे पर यह वह ये वे कि जो क्या कौन कब कहाँ क्यों कैसे
कितने कितना ने भी तो हो ही नहीं इस उस एक
"""
"""Words of Spanish, Portuguese, Italian, French, German, Russian, Arabic and Hindi. A word that has a meaning in
another of these languages ("war") is not listed.
"""

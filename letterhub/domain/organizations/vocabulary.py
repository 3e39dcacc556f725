"""Vocabulary of organization names: legal forms, separate bodies, chapters, places, translations."""

from letterhub.domain.organizations.confusables import expand_umlauts, fold_letters

_SMALL = """
    a an the and of for in on at to by with as against from und der die das den dem des fur fuer von zu zur zum im am et de du
    la le les d l pour en aux y e el los las del para por con i di da do dos della delle degli dei per van voor het een och av
    og til ja w na z o os al"""
STOP_WORDS = frozenset(_SMALL.split())
"""Stop words in comparisons of names: articles, prepositions and "and" in several languages."""

_LEGAL = """
    inc incorporated llc llp lp ltd limited plc corp corporation company cic cio gmbh ggmbh ug ev mbh ag kg ohg eg asbl vzw
    aisbl ivzw sarl sas sa srl spa onlus odv aps ets bv nv ab asa oy oyj ry zs amke kft nyrt doo sro ltda pty pbc ngo npo"""
LEGAL_FORMS = frozenset(_LEGAL.split())
"""Legal forms in one word without dots, at the end or start of a name."""

LEGAL_FORMS_IN_WORDS = tuple(
    sorted(
        (
            "a s b l", "a i s b l", "b v", "c i c", "d o o", "e g", "e v", "g gmbh", "l l c", "n v", "p l c", "s a", "s a r l",
            "s a s", "s p a", "s r l", "z s", "o p s", "s r o", "sp z o o", "sp z oo", "eingetragener verein",
            "gemeinnutzige gmbh", "limited liability company",
        ),
        key=len,
        reverse=True,
    )
)  # fmt: skip
"""Legal forms that dots or spaces split into several words, the longest first."""

AND_WORDS = frozenset("and et und y e i og och en".split())
"""Words for "and" in several languages."""

_SHORT = """
    assn:association assoc:association ctr:center centre:center defence:defense dept:department fdn:foundation
    inst:institute intl:international labour:labor mt:mount natl:national organisation:organization programme:program
    st:saint theatre:theater univ:university"""
FULL_WORDS = dict(pair.split(":") for pair in _SHORT.split())
"""Abbreviations and spelling variants, with the full word."""

_GENERIC = """
    association organization group initiative project campaign movement official officially verified headquarters hq office
    secretariat tm oficial officiel officielle offiziell offizielle ufficiale zentrale"""
GENERIC_WORDS = frozenset(_GENERIC.split())
"""Words that a name may have or omit, or that claim to be the official one."""

_BODIES = """
    foundation fund trust action pac alumni youth student students women womens men veterans caucus auxiliary union staff
    employees workers retirees museum library press institute school academy college hospital center centre research
    education educational legal defense defence advocates advocacy stiftung fondation fundacion fondazione fundacao stichting
    jugend jeunes jovenes council committee commission task force network ventures international global worldwide europe
    medical technical technology applied nursing law business polytechnic"""
BODY_WORDS = frozenset(_BODIES.split())
"""Words that make a separate body of the name before them: the foundation of a club is not the club."""

_CHAPTERS = """
    chapter branch section local locals affiliate district region regional county city metro metropolitan lodge post unit
    division ortsverband landesverband kreisverband ortsgruppe regionalgruppe section locale antenne seccion delegacion
    capitulo sezione afdeling"""
CHAPTER_WORDS = frozenset(_CHAPTERS.split())
"""Words for a part of the organization named before them."""

_STATES = """
    alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois indiana
    iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska
    nevada hampshire jersey mexico york carolina dakota ohio oklahoma oregon pennsylvania rhode island tennessee texas utah
    vermont virginia washington wisconsin wyoming columbia puerto rico guam dc new north south west east northern southern
    western eastern central bayern bavaria berlin hamburg hessen sachsen saxony thuringen thuringia brandenburg bremen
    saarland ontario quebec alberta manitoba saskatchewan scotland wales england catalonia catalunya andalucia flanders
    vlaanderen wallonie bretagne normandie boston chicago seattle houston denver london paris munich cologne"""
REGION_WORDS = frozenset(_STATES.split())
"""Words of states, regions and major cities: a name that continues with one is a chapter's."""

_COUNTRIES = """
    us usa america american uk britain british canada australia austria osterreich oesterreich belgium belgique belgie brazil
    brasil chile colombia czechia denmark danmark deutschland germany espana finland france greece hungary iceland india
    indonesia ireland israel italia italy japan kenya korea latvia lithuania luxembourg malaysia mexico nederland netherlands
    newzealand nigeria norge norway pakistan peru philippines poland polska portugal romania schweiz southafrica spain suisse
    svizzera sverige sweden switzerland taiwan turkey ukraine suomi national nacional nationale"""
COUNTRY_WORDS = frozenset(_COUNTRIES.split())
"""Words for a whole country."""

COUNTRIES_IN_WORDS = (
    ("united states of america", "usa"),
    ("united states", "usa"),
    ("united kingdom", "uk"),
    ("great britain", "uk"),
    ("us", "usa"),
    ("new zealand", "newzealand"),
    ("south africa", "southafrica"),
)
"""Countries of several words, and the single word that replaces them."""

WORLD_WORDS = frozenset(
    "international global world worldwide internationale internacional internazionale europe european".split()
)
"""Words for more than one country."""

_GLOSSARY = """
    university: universität universitaet universidad universidade université universite università universita universitat
        universiteit universitet universitetet universitatea univerzita uniwersytet yliopisto universitas
    institute: institut instituto istituto instytut instituut institutet institutul
    association: asociación associazione associação associacio vereinigung verband vereniging förening forening associatie
    society: gesellschaft société sociedad sociedade società societat maatschappij
    foundation: stiftung fondation fundación fundação fondazione fundació stichting stiftelsen stiftelse fundacja
    academy: akademie académie academia accademia akademia academie akademi
    federation: föderation fédération federación federação federazione federatie federacja bund
    council: rat conseil consejo conselho consiglio raad consell
    network: netzwerk réseau red rede rete netwerk xarxa nätverk
    school: schule école escuela escola scuola
    center: centre zentrum centro centrum
    committee: komitee comité comitato comissão
    alliance: allianz alianza aliança alleanza alliantie
    union: unión união unione
    international: internacional internazionale internationale internationaal internationell
    national: nacional nationale nazionale nationaal
    european: europäische europäischer européenne européen europea europeo europees
    technical: technische técnica technique tecnica
    free: freie libre libero vrije lliure
    open: offene ouverte abierta aperta oberta
    friends: freunde amis amigos amici vrienden amics
    earth: erde terre tierra terra aarde
    peace: frieden paix paz pace vrede pau
    water: wasser eau agua acqua água
    nature: natur naturaleza natura natuur natureza
    rights: rechte droits derechos diritti rechten direitos
    human: menschen humains humanos umani
    doctors: ärzte médecins médicos medici artsen
    without: ohne sans sin senza zonder sem
    borders: grenzen frontières fronteras frontiere fronteiras
    amnesty: amnistía amnistia amnistie
    women: frauen femmes mujeres donne vrouwen mulheres
    children: kinder enfants niños bambini kinderen crianças
    workers: arbeiter travailleurs trabajadores lavoratori werknemers
    library: bibliothek bibliothèque biblioteca bibliotheek
    vienna: wien vienne viena
    munich: münchen monaco
    cologne: köln
    zurich: zürich zurigo
    geneva: genf genève ginebra ginevra
    brussels: brüssel bruxelles brussel bruselas
    warsaw: warschau varsovie warszawa
    prague: prag praha praga
    lisbon: lisboa lissabon lisbonne
    rome: rom roma
    milan: mailand milano
    florence: florenz firenze
    venice: venedig venezia venise
    turin: torino
    seville: sevilla
    copenhagen: kopenhagen københavn copenhague
    germany: deutschland allemagne alemania germania duitsland
    france: frankreich francia francja
    spain: spanien espagne españa spagna
    italy: italien italie italia
    switzerland: schweiz suisse svizzera suiza
    austria: österreich autriche
    netherlands: niederlande nederland holanda"""


def _glossary() -> dict[str, str]:
    """Return the English meaning of each foreign word, without accents and with umlauts spelled out."""
    meanings: dict[str, str] = {}
    meaning = ""
    for word in _GLOSSARY.split():
        if word.endswith(":"):
            meaning = word[:-1]
        else:
            meanings |= {fold_letters(word): meaning, fold_letters(expand_umlauts(word)): meaning}
    return meanings


MEANINGS = _glossary()

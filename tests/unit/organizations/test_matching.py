"""Matching of two organization names: the same, a question for staff, or different; pair by pair, with the reason."""

import pytest

from letterhub.domain.organizations.matching import Comparison, Named, Reason, Verdict, asked_keys, compare, kept_keys

SAME, ASK, TWO = Verdict.SAME, Verdict.ASK, Verdict.TWO
Pair = tuple[str, str, Verdict, Reason]

SPELLINGS: list[Pair] = [
    ("Sierra Club", "sierra club", SAME, Reason.SAME_NAME),
    ("Sierra Club", "The Sierra Club", SAME, Reason.SAME_NAME),
    ("Sierra Club", "SIERRA  CLUB", SAME, Reason.SAME_NAME),
    ("350.org", "350.ORG", SAME, Reason.SAME_NAME),
    ("MoveOn.org", "moveon.org", SAME, Reason.SAME_NAME),
    ("eBay", "EBAY", SAME, Reason.SAME_NAME),
    ("Café Example", "Cafe Example", SAME, Reason.SAME_NAME),
    ("Café Example", "Cafe\u0301 Example", SAME, Reason.SAME_NAME),
    ("Ｅｘａｍｐｌｅ League", "Example League", SAME, Reason.SAME_NAME),
    ("Exa\u200bmple League", "Example League", SAME, Reason.SAME_NAME),
    ("Ex\u00adample League", "Example League", SAME, Reason.SAME_NAME),
    ("“Example” League", "Example League", SAME, Reason.SAME_NAME),
    ("Example-League", "Example League", SAME, Reason.SAME_NAME),
    ("Peoples’ Water", "Peoples Water", SAME, Reason.SAME_NAME),
    ("People’s Water", "Peoples Water", SAME, Reason.SAME_NAME),
    ("Lakes & Rivers", "Lakes and Rivers", SAME, Reason.SAME_NAME),
    ("Lakes + Rivers", "Lakes and Rivers", SAME, Reason.SAME_NAME),
    ("Lacs & Rivières", "Lacs et Rivières", SAME, Reason.SAME_NAME),
    ("Seen & Flüsse", "Seen und Flüsse", SAME, Reason.SAME_NAME),
    ("Lagos y Ríos", "Lagos & Ríos", SAME, Reason.SAME_NAME),
    ("Gdańsk Example", "Gdansk Example", SAME, Reason.SAME_NAME),
    ("Łódź Example", "Lodz Example", SAME, Reason.SAME_NAME),
    ("Ærø Example", "Aero Example", SAME, Reason.SAME_NAME),
    ("Straße Example", "Strasse Example", SAME, Reason.SAME_NAME),
    ("Grüne Flüsse", "Gruene Fluesse", SAME, Reason.SAME_NAME),
    ("Example Organisation", "Example Organization", SAME, Reason.SAME_NAME),
    ("Example Theatre Centre", "Example Theater Center", SAME, Reason.SAME_NAME),
    ("Intl Example Assn.", "International Example Association", SAME, Reason.SAME_NAME),
    ("St. Example Parish", "Saint Example Parish", SAME, Reason.SAME_NAME),
    ("Example League of the United States", "Example League of the U.S.", SAME, Reason.SAME_NAME),
    ("Example League USA", "Example League of the United States of America", ASK, Reason.ORDER),
    ("例示市民会議", "例示市民会議", SAME, Reason.SAME_NAME),
    ("…", "…", SAME, Reason.SAME_NAME),
]
LEGAL_FORMS: list[Pair] = [
    ("Example Relief", "Example Relief, Inc.", SAME, Reason.SAME_NAME),
    ("Example Relief", "Example Relief Incorporated", SAME, Reason.SAME_NAME),
    ("Example Relief", "Example Relief LLC", SAME, Reason.SAME_NAME),
    ("Example Relief", "Example Relief L.L.C.", SAME, Reason.SAME_NAME),
    ("Example Relief", "Example Relief Ltd", SAME, Reason.SAME_NAME),
    ("Beispielhilfe", "Beispielhilfe e.V.", SAME, Reason.SAME_NAME),
    ("Beispielhilfe", "Beispielhilfe eV", SAME, Reason.SAME_NAME),
    ("Beispielhilfe", "Beispielhilfe gGmbH", SAME, Reason.SAME_NAME),
    ("Beispielhilfe", "Beispielhilfe eingetragener Verein", SAME, Reason.SAME_NAME),
    ("Exemple Secours", "Exemple Secours ASBL", SAME, Reason.SAME_NAME),
    ("Exemple Secours", "Exemple Secours a.s.b.l.", SAME, Reason.SAME_NAME),
    ("Ejemplo", "Ejemplo, S.A.", SAME, Reason.SAME_NAME),
    ("Esempio", "Esempio S.r.l.", SAME, Reason.SAME_NAME),
    ("Esempio", "Esempio ONLUS", SAME, Reason.SAME_NAME),
    ("Voorbeeld", "Voorbeeld VZW", SAME, Reason.SAME_NAME),
    ("Voorbeeld", "Voorbeeld B.V.", SAME, Reason.SAME_NAME),
    ("Exempel", "Exempel AB", SAME, Reason.SAME_NAME),
    ("Esimerkki", "Esimerkki ry", SAME, Reason.SAME_NAME),
    ("Przykład", "Przyklad Sp. z o.o.", SAME, Reason.SAME_NAME),
    ("Research Example", "Research Example Association AISBL", ASK, Reason.FULLER),
]
ACRONYMS: list[Pair] = [
    ("AARP", "American Association of Retired Persons", ASK, Reason.ACRONYM),
    ("A.A.R.P.", "American Association of Retired Persons", ASK, Reason.ACRONYM),
    ("AARP", "American Association of Retired Persons (AARP)", ASK, Reason.ACRONYM),
    ("AARP (American Association of Retired Persons)", "American Association of Retired Persons", SAME, Reason.SAME_NAME),
    ("American Association of Retired Persons (AARP)", "American Association of Retired Persons", SAME, Reason.SAME_NAME),
    ("American Association of Retired Persons AARP", "American Association of Retired Persons", SAME, Reason.SAME_NAME),
    ("AARP – American Association of Retired Persons", "American Association of Retired Persons", SAME, Reason.SAME_NAME),
    ("aarp", "American Association of Retired Persons", ASK, Reason.ACRONYM),
    ("ELRW", "Example League for Rivers and Wetlands", ASK, Reason.ACRONYM),
    ("ELFRAW", "Example League for Rivers and Wetlands", ASK, Reason.ACRONYM),
    ("Example League of Rivers (ELR)", "ELR", ASK, Reason.ACRONYM),
    ("Rivers Example (RivEx)", "RivEx", ASK, Reason.ACRONYM),
    ("ELR", "Example Ladies of Rhythm", ASK, Reason.ACRONYM),
    ("The Arc", "American Rivers Council", TWO, Reason.NOTHING),
    ("EL", "Example League", TWO, Reason.NOTHING),
    ("Example League of Rivers", "Early Learners of Riverside", TWO, Reason.NOTHING),
    ("Example Alliance UK", "Upper Kent", TWO, Reason.NOTHING),
]
LOOKS: list[Pair] = [
    ("Аmnesty", "Amnesty", ASK, Reason.LOOK_ALIKE),
    ("Аmnesty International", "Amnesty International", ASK, Reason.LOOK_ALIKE),
    ("Greenpeaсe", "Greenpeace", ASK, Reason.LOOK_ALIKE),
    ("Εxample League", "Example League", ASK, Reason.LOOK_ALIKE),
    ("ЕХАМРLЕ", "Example", ASK, Reason.LOOK_ALIKE),
    ("Examp1e League", "Example League", ASK, Reason.LOOK_ALIKE),
    ("Exarnple League", "Example League", ASK, Reason.LOOK_ALIKE),
    ("C0alition Example", "Coalition Example", ASK, Reason.LOOK_ALIKE),
    ("lnternational Example", "International Example", ASK, Reason.LOOK_ALIKE),
    ("Ꭼxample League", "Example League", ASK, Reason.LOOK_ALIKE),
    ("Example\u202e League", "Example League", SAME, Reason.SAME_NAME),
    ("SaveWater Example", "Save Water Example", ASK, Reason.SPACES),
    ("Пример", "Primer", TWO, Reason.NOTHING),
    ("Пример", "Образец", TWO, Reason.NOTHING),
]
SLIPS: list[Pair] = [
    ("Exmaple League", "Example League", ASK, Reason.SLIP),
    ("Exampel League", "Example League", ASK, Reason.SLIP),
    ("Example Leauge", "Example League", ASK, Reason.SLIP),
    ("Exampl League", "Example League", ASK, Reason.SLIP),
    ("Example Riverss Trust", "Example Rivers Trust", ASK, Reason.SLIP),
    ("Univesity of Example", "University of Example", ASK, Reason.SLIP),
    ("Example Libraries League", "Example Library League", ASK, Reason.SLIP),
    ("Friends of Example Libraries", "Friends of Example Library", ASK, Reason.SLIP),
    ("University of Geneva", "University of Genoa", TWO, Reason.NOTHING),
    ("Example of Austria", "Example of Australia", TWO, Reason.PLACES),
    ("Slovak Example", "Slovene Example", TWO, Reason.NOTHING),
    ("Swiss Example Network", "Swedish Example Network", TWO, Reason.NOTHING),
    ("Men of Example", "Women of Example", TWO, Reason.NOTHING),
    ("Bat Example", "Cat Example", TWO, Reason.NOTHING),
    ("Kent", "Dent", TWO, Reason.NOTHING),
]
PARTS: list[Pair] = [
    ("Sierra Club", "Sierra Club Foundation", TWO, Reason.BODY),
    ("Sierra Club Foundation", "The Sierra Club", TWO, Reason.BODY),
    ("Example League", "Example League Action Fund", TWO, Reason.BODY),
    ("Example League", "Example League PAC", TWO, Reason.BODY),
    ("Example League", "Example Youth League", TWO, Reason.BODY),
    ("Beispielbund", "Beispielbund Stiftung", TWO, Reason.BODY),
    ("The Arc", "Arc of the United States", ASK, Reason.FULLER),
    ("The Arc", "The Arc of the U.S.", ASK, Reason.FULLER),
    ("The Arc", "The Arc of Illinois", TWO, Reason.CHAPTER),
    ("Example League", "Example League of Ohio", TWO, Reason.CHAPTER),
    ("Example League", "Example League, Local 12", TWO, Reason.CHAPTER),
    ("Example League", "Example League Springfield Chapter", TWO, Reason.CHAPTER),
    ("Beispielbund", "Beispielbund Landesverband Bayern", TWO, Reason.CHAPTER),
    ("Amnesty International", "Amnesty International USA", TWO, Reason.CHAPTER),
    ("Amnesty International", "Amnesty International Deutschland", TWO, Reason.CHAPTER),
    ("350.org", "350 Colorado", TWO, Reason.CHAPTER),
    ("Example League of Ohio", "Example League of Iowa", TWO, Reason.PLACES),
    ("Example of North Dakota", "Example of South Dakota", TWO, Reason.PLACES),
    ("Example Union Local 12", "Example Union Local 13", TWO, Reason.NUMBER),
    ("Example Union Local 12", "Example Union Local 112", TWO, Reason.NUMBER),
    ("Example 2020", "Example 2024", TWO, Reason.NUMBER),
    ("3D Example Initiative", "Example Initiative", TWO, Reason.NUMBER),
    ("Example League", "Example League Rivers Project", TWO, Reason.LONGER),
    ("Example", "Example Rivers Lakes", TWO, Reason.LONGER),
    ("Example", "Example National Association", ASK, Reason.FULLER),
    ("National Example Association", "Example Association", ASK, Reason.FULLER),
    ("Example UK", "Example", ASK, Reason.FULLER),
]
TONGUES: list[Pair] = [
    ("University of Zurich", "Universität Zürich", ASK, Reason.LANGUAGE),
    ("Université de Genève", "University of Geneva", ASK, Reason.LANGUAGE),
    ("Beispiel Stiftung", "Fondation Beispiel", ASK, Reason.LANGUAGE),
    ("Ärzte ohne Grenzen", "Médecins Sans Frontières", ASK, Reason.LANGUAGE),
    ("Doctors Without Borders", "Médecins Sans Frontières", ASK, Reason.LANGUAGE),
    ("Friends of the Earth", "Amis de la Terre", ASK, Reason.LANGUAGE),
    ("Amnistía Internacional", "Amnesty International", ASK, Reason.LANGUAGE),
    ("University of Example", "Example University", ASK, Reason.ORDER),
    ("Medical University of Example", "University of Example", TWO, Reason.BODY),
    ("Example Technical University", "Technical University of Example", ASK, Reason.ORDER),
    ("Friends of Example", "Enemies of Example", TWO, Reason.NOTHING),
]
WEB_NAMES: list[Pair] = [
    ("MoveOn.org", "MoveOn", ASK, Reason.WEB_NAME),
    ("350.org", "350", ASK, Reason.WEB_NAME),
    ("Example.org", "Example.com", ASK, Reason.SPACES),
    ("MoveOn.org", "MoveOn Example Rivers", TWO, Reason.LONGER),
    ("Change.org", "Exchange.org", TWO, Reason.NOTHING),
]
UNLIKE: list[Pair] = [
    ("Example Alliance", "Example Coalition", TWO, Reason.NOTHING),
    ("例示市民会議", "示例市民会議", TWO, Reason.NOTHING),
    ("हिन्दी", "हिन्दू", TWO, Reason.NOTHING),
    ("…", "!!!", TWO, Reason.NOTHING),
    ("Example Alliance", "Quiet Skies", TWO, Reason.NOTHING),
]
PAIRS = [*SPELLINGS, *LEGAL_FORMS, *ACRONYMS, *LOOKS, *SLIPS, *PARTS, *TONGUES, *WEB_NAMES, *UNLIKE]

SITED: list[tuple[Named, Named, Verdict, tuple[Reason, ...]]] = [
    (Named("Example", "a.example"), Named("The Example", "a.example"), SAME, (Reason.SAME_NAME, Reason.SAME_DOMAIN)),
    (Named("Example", "a.example"), Named("Example", "b.example"), ASK, (Reason.SAME_NAME, Reason.OTHER_DOMAIN)),
    (Named("Example", "a.example"), Named("Example, Inc.", ""), SAME, (Reason.SAME_NAME,)),
    (Named("Example", "facebook.com"), Named("Example", "b.example"), SAME, (Reason.SAME_NAME,)),
    (Named("Rivers", "a.example"), Named("Lakes", "a.example"), ASK, (Reason.SAME_DOMAIN,)),
    (Named("Rivers", "facebook.com"), Named("Lakes", "facebook.com"), TWO, (Reason.NOTHING,)),
    (Named("Rivers", "gmail.com"), Named("Lakes", "gmail.com"), TWO, (Reason.NOTHING,)),
    (Named("Rivers", "a.example"), Named("Lakes", "b.example"), TWO, (Reason.NOTHING,)),
    (
        Named("AARP", "aarp.example"),
        Named("American Association of Retired Persons", "aarp.example"),
        SAME,
        (Reason.ACRONYM, Reason.SAME_DOMAIN),
    ),
    (Named("ELR", "a.example"), Named("Example Ladies of Rhythm", "b.example"), ASK, (Reason.ACRONYM, Reason.OTHER_DOMAIN)),
    (Named("Аmnesty", "a.example"), Named("Amnesty", "a.example"), ASK, (Reason.LOOK_ALIKE, Reason.SAME_DOMAIN)),
    (Named("Club", "a.example"), Named("Club Foundation", "a.example"), TWO, (Reason.BODY, Reason.SAME_DOMAIN)),
    (Named("The Arc", "a.example"), Named("The Arc of Ohio", "a.example"), TWO, (Reason.CHAPTER, Reason.SAME_DOMAIN)),
    (Named("The Arc", "a.example"), Named("Arc of the United States", "a.example"), SAME, (Reason.FULLER, Reason.SAME_DOMAIN)),
    (Named("Example League", "a.example"), Named("Exmaple League", "a.example"), SAME, (Reason.SLIP, Reason.SAME_DOMAIN)),
    (Named("Example", "a.example"), Named("Example Rivers", "a.example"), ASK, (Reason.LONGER, Reason.SAME_DOMAIN)),
]


@pytest.mark.shows("S9")
@pytest.mark.parametrize(("one", "other", "verdict", "reason"), PAIRS, ids=lambda value: str(value))
def test_two_names_and_why(one: str, other: str, verdict: Verdict, reason: Reason) -> None:
    expected = Comparison(verdict, (reason,))
    assert (compare(Named(one), Named(other)), compare(Named(other), Named(one))) == (expected, expected)


@pytest.mark.parametrize(("one", "other", "verdict", "reasons"), SITED)
def test_a_site_speaks_for_or_against(one: Named, other: Named, verdict: Verdict, reasons: tuple[Reason, ...]) -> None:
    expected = Comparison(verdict, reasons)
    assert (compare(one, other), compare(other, one)) == (expected, expected)


def test_whatever_is_the_same_or_a_question_is_found_by_its_keys() -> None:
    named = [(Named(one), Named(other)) for one, other, verdict, _ in PAIRS if verdict is not TWO]
    named += [(one, other) for one, other, verdict, _ in SITED if verdict is not TWO]
    lost = [pair for pair in named for one, other in (pair, pair[::-1]) if not kept_keys(one) & asked_keys(other)]
    assert (lost, len(named) > 60) == ([], True)


def test_there_are_enough_pairs_and_none_twice() -> None:
    assert len({frozenset((one, other)) for one, other, _, _ in PAIRS}) >= 120


def test_a_long_name_has_few_keys() -> None:
    assert len(kept_keys(Named("Example " * 30, "a.example"))) < 60

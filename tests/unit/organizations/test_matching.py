"""Matching of two organization names: the same, a question for staff, or different; pair by pair, with the reason."""

import pytest

from letterhub.domain.organizations.matching import (
    Comparison,
    MatchReason,
    MatchVerdict,
    NameAndSite,
    compare_names,
    lookup_keys,
    stored_keys,
)

SAME, ASK, TWO = MatchVerdict.SAME, MatchVerdict.ASK, MatchVerdict.DIFFERENT
Pair = tuple[str, str, MatchVerdict, MatchReason]

SPELLINGS: list[Pair] = [
    ("Sierra Club", "sierra club", SAME, MatchReason.SAME_NAME),
    ("Sierra Club", "The Sierra Club", SAME, MatchReason.SAME_NAME),
    ("Sierra Club", "SIERRA  CLUB", SAME, MatchReason.SAME_NAME),
    ("350.org", "350.ORG", SAME, MatchReason.SAME_NAME),
    ("MoveOn.org", "moveon.org", SAME, MatchReason.SAME_NAME),
    ("eBay", "EBAY", SAME, MatchReason.SAME_NAME),
    ("Café Example", "Cafe Example", SAME, MatchReason.SAME_NAME),
    ("Café Example", "Cafe\u0301 Example", SAME, MatchReason.SAME_NAME),
    ("Ｅｘａｍｐｌｅ League", "Example League", SAME, MatchReason.SAME_NAME),
    ("Exa\u200bmple League", "Example League", SAME, MatchReason.SAME_NAME),
    ("Ex\u00adample League", "Example League", SAME, MatchReason.SAME_NAME),
    ("“Example” League", "Example League", SAME, MatchReason.SAME_NAME),
    ("Example-League", "Example League", SAME, MatchReason.SAME_NAME),
    ("Peoples’ Water", "Peoples Water", SAME, MatchReason.SAME_NAME),
    ("People’s Water", "Peoples Water", SAME, MatchReason.SAME_NAME),
    ("Lakes & Rivers", "Lakes and Rivers", SAME, MatchReason.SAME_NAME),
    ("Lakes + Rivers", "Lakes and Rivers", SAME, MatchReason.SAME_NAME),
    ("Lacs & Rivières", "Lacs et Rivières", SAME, MatchReason.SAME_NAME),
    ("Seen & Flüsse", "Seen und Flüsse", SAME, MatchReason.SAME_NAME),
    ("Lagos y Ríos", "Lagos & Ríos", SAME, MatchReason.SAME_NAME),
    ("Gdańsk Example", "Gdansk Example", SAME, MatchReason.SAME_NAME),
    ("Łódź Example", "Lodz Example", SAME, MatchReason.SAME_NAME),
    ("Ærø Example", "Aero Example", SAME, MatchReason.SAME_NAME),
    ("Straße Example", "Strasse Example", SAME, MatchReason.SAME_NAME),
    ("Grüne Flüsse", "Gruene Fluesse", SAME, MatchReason.SAME_NAME),
    ("Example Organisation", "Example Organization", SAME, MatchReason.SAME_NAME),
    ("Example Theatre Centre", "Example Theater Center", SAME, MatchReason.SAME_NAME),
    ("Intl Example Assn.", "International Example Association", SAME, MatchReason.SAME_NAME),
    ("St. Example Parish", "Saint Example Parish", SAME, MatchReason.SAME_NAME),
    ("Example League of the United States", "Example League of the U.S.", SAME, MatchReason.SAME_NAME),
    ("Example League USA", "Example League of the United States of America", ASK, MatchReason.ORDER),
    ("例示市民会議", "例示市民会議", SAME, MatchReason.SAME_NAME),
    ("…", "…", SAME, MatchReason.SAME_NAME),
]
LEGAL_FORMS: list[Pair] = [
    ("Example Relief", "Example Relief, Inc.", SAME, MatchReason.SAME_NAME),
    ("Example Relief", "Example Relief Incorporated", SAME, MatchReason.SAME_NAME),
    ("Example Relief", "Example Relief LLC", SAME, MatchReason.SAME_NAME),
    ("Example Relief", "Example Relief L.L.C.", SAME, MatchReason.SAME_NAME),
    ("Example Relief", "Example Relief Ltd", SAME, MatchReason.SAME_NAME),
    ("Beispielhilfe", "Beispielhilfe e.V.", SAME, MatchReason.SAME_NAME),
    ("Beispielhilfe", "Beispielhilfe eV", SAME, MatchReason.SAME_NAME),
    ("Beispielhilfe", "Beispielhilfe gGmbH", SAME, MatchReason.SAME_NAME),
    ("Beispielhilfe", "Beispielhilfe eingetragener Verein", SAME, MatchReason.SAME_NAME),
    ("Exemple Secours", "Exemple Secours ASBL", SAME, MatchReason.SAME_NAME),
    ("Exemple Secours", "Exemple Secours a.s.b.l.", SAME, MatchReason.SAME_NAME),
    ("Ejemplo", "Ejemplo, S.A.", SAME, MatchReason.SAME_NAME),
    ("Esempio", "Esempio S.r.l.", SAME, MatchReason.SAME_NAME),
    ("Esempio", "Esempio ONLUS", SAME, MatchReason.SAME_NAME),
    ("Voorbeeld", "Voorbeeld VZW", SAME, MatchReason.SAME_NAME),
    ("Voorbeeld", "Voorbeeld B.V.", SAME, MatchReason.SAME_NAME),
    ("Exempel", "Exempel AB", SAME, MatchReason.SAME_NAME),
    ("Esimerkki", "Esimerkki ry", SAME, MatchReason.SAME_NAME),
    ("Przykład", "Przyklad Sp. z o.o.", SAME, MatchReason.SAME_NAME),
    ("Research Example", "Research Example Association AISBL", ASK, MatchReason.FULLER),
]
ACRONYMS: list[Pair] = [
    ("AARP", "American Association of Retired Persons", ASK, MatchReason.ACRONYM),
    ("A.A.R.P.", "American Association of Retired Persons", ASK, MatchReason.ACRONYM),
    ("AARP", "American Association of Retired Persons (AARP)", ASK, MatchReason.ACRONYM),
    ("AARP (American Association of Retired Persons)", "American Association of Retired Persons", SAME, MatchReason.SAME_NAME),
    ("American Association of Retired Persons (AARP)", "American Association of Retired Persons", SAME, MatchReason.SAME_NAME),
    ("American Association of Retired Persons AARP", "American Association of Retired Persons", SAME, MatchReason.SAME_NAME),
    ("AARP – American Association of Retired Persons", "American Association of Retired Persons", SAME, MatchReason.SAME_NAME),
    ("aarp", "American Association of Retired Persons", ASK, MatchReason.ACRONYM),
    ("ELRW", "Example League for Rivers and Wetlands", ASK, MatchReason.ACRONYM),
    ("ELFRAW", "Example League for Rivers and Wetlands", ASK, MatchReason.ACRONYM),
    ("Example League of Rivers (ELR)", "ELR", ASK, MatchReason.ACRONYM),
    ("Rivers Example (RivEx)", "RivEx", ASK, MatchReason.ACRONYM),
    ("ELR", "Example Ladies of Rhythm", ASK, MatchReason.ACRONYM),
    ("The Arc", "American Rivers Council", TWO, MatchReason.NOTHING),
    ("EL", "Example League", TWO, MatchReason.NOTHING),
    ("Example League of Rivers", "Early Learners of Riverside", TWO, MatchReason.NOTHING),
    ("Example Alliance UK", "Upper Kent", TWO, MatchReason.NOTHING),
]
LOOKS: list[Pair] = [
    ("Аmnesty", "Amnesty", ASK, MatchReason.LOOK_ALIKE),
    ("Аmnesty International", "Amnesty International", ASK, MatchReason.LOOK_ALIKE),
    ("Greenpeaсe", "Greenpeace", ASK, MatchReason.LOOK_ALIKE),
    ("Εxample League", "Example League", ASK, MatchReason.LOOK_ALIKE),
    ("ЕХАМРLЕ", "Example", ASK, MatchReason.LOOK_ALIKE),
    ("Examp1e League", "Example League", ASK, MatchReason.LOOK_ALIKE),
    ("Exarnple League", "Example League", ASK, MatchReason.LOOK_ALIKE),
    ("C0alition Example", "Coalition Example", ASK, MatchReason.LOOK_ALIKE),
    ("lnternational Example", "International Example", ASK, MatchReason.LOOK_ALIKE),
    ("Ꭼxample League", "Example League", ASK, MatchReason.LOOK_ALIKE),
    ("Example\u202e League", "Example League", SAME, MatchReason.SAME_NAME),
    ("SaveWater Example", "Save Water Example", ASK, MatchReason.SPACES),
    ("Пример", "Primer", TWO, MatchReason.NOTHING),
    ("Пример", "Образец", TWO, MatchReason.NOTHING),
]
SLIPS: list[Pair] = [
    ("Exmaple League", "Example League", ASK, MatchReason.SLIP),
    ("Exampel League", "Example League", ASK, MatchReason.SLIP),
    ("Example Leauge", "Example League", ASK, MatchReason.SLIP),
    ("Exampl League", "Example League", ASK, MatchReason.SLIP),
    ("Example Riverss Trust", "Example Rivers Trust", ASK, MatchReason.SLIP),
    ("Univesity of Example", "University of Example", ASK, MatchReason.SLIP),
    ("Example Libraries League", "Example Library League", ASK, MatchReason.SLIP),
    ("Friends of Example Libraries", "Friends of Example Library", ASK, MatchReason.SLIP),
    ("University of Geneva", "University of Genoa", TWO, MatchReason.NOTHING),
    ("Example of Austria", "Example of Australia", TWO, MatchReason.PLACES),
    ("Slovak Example", "Slovene Example", TWO, MatchReason.NOTHING),
    ("Swiss Example Network", "Swedish Example Network", TWO, MatchReason.NOTHING),
    ("Men of Example", "Women of Example", TWO, MatchReason.NOTHING),
    ("Bat Example", "Cat Example", TWO, MatchReason.NOTHING),
    ("Kent", "Dent", TWO, MatchReason.NOTHING),
]
PARTS: list[Pair] = [
    ("Sierra Club", "Sierra Club Foundation", TWO, MatchReason.BODY),
    ("Sierra Club Foundation", "The Sierra Club", TWO, MatchReason.BODY),
    ("Example League", "Example League Action Fund", TWO, MatchReason.BODY),
    ("Example League", "Example League PAC", TWO, MatchReason.BODY),
    ("Example League", "Example Youth League", TWO, MatchReason.BODY),
    ("Beispielbund", "Beispielbund Stiftung", TWO, MatchReason.BODY),
    ("The Arc", "Arc of the United States", ASK, MatchReason.FULLER),
    ("The Arc", "The Arc of the U.S.", ASK, MatchReason.FULLER),
    ("The Arc", "The Arc of Illinois", TWO, MatchReason.CHAPTER),
    ("Example League", "Example League of Ohio", TWO, MatchReason.CHAPTER),
    ("Example League", "Example League, Local 12", TWO, MatchReason.CHAPTER),
    ("Example League", "Example League Springfield Chapter", TWO, MatchReason.CHAPTER),
    ("Beispielbund", "Beispielbund Landesverband Bayern", TWO, MatchReason.CHAPTER),
    ("Amnesty International", "Amnesty International USA", TWO, MatchReason.CHAPTER),
    ("Amnesty International", "Amnesty International Deutschland", TWO, MatchReason.CHAPTER),
    ("350.org", "350 Colorado", TWO, MatchReason.CHAPTER),
    ("Example League of Ohio", "Example League of Iowa", TWO, MatchReason.PLACES),
    ("Example of North Dakota", "Example of South Dakota", TWO, MatchReason.PLACES),
    ("Example Union Local 12", "Example Union Local 13", TWO, MatchReason.NUMBER),
    ("Example Union Local 12", "Example Union Local 112", TWO, MatchReason.NUMBER),
    ("Example 2020", "Example 2024", TWO, MatchReason.NUMBER),
    ("3D Example Initiative", "Example Initiative", TWO, MatchReason.NUMBER),
    ("Example League", "Example League Rivers Project", TWO, MatchReason.LONGER),
    ("Example", "Example Rivers Lakes", TWO, MatchReason.LONGER),
    ("Example", "Example National Association", ASK, MatchReason.FULLER),
    ("National Example Association", "Example Association", ASK, MatchReason.FULLER),
    ("Example UK", "Example", ASK, MatchReason.FULLER),
]
TONGUES: list[Pair] = [
    ("University of Zurich", "Universität Zürich", ASK, MatchReason.LANGUAGE),
    ("Université de Genève", "University of Geneva", ASK, MatchReason.LANGUAGE),
    ("Beispiel Stiftung", "Fondation Beispiel", ASK, MatchReason.LANGUAGE),
    ("Ärzte ohne Grenzen", "Médecins Sans Frontières", ASK, MatchReason.LANGUAGE),
    ("Doctors Without Borders", "Médecins Sans Frontières", ASK, MatchReason.LANGUAGE),
    ("Friends of the Earth", "Amis de la Terre", ASK, MatchReason.LANGUAGE),
    ("Amnistía Internacional", "Amnesty International", ASK, MatchReason.LANGUAGE),
    ("University of Example", "Example University", ASK, MatchReason.ORDER),
    ("Medical University of Example", "University of Example", TWO, MatchReason.BODY),
    ("Example Technical University", "Technical University of Example", ASK, MatchReason.ORDER),
    ("Friends of Example", "Enemies of Example", TWO, MatchReason.NOTHING),
]
WEB_NAMES: list[Pair] = [
    ("MoveOn.org", "MoveOn", ASK, MatchReason.WEB_NAME),
    ("350.org", "350", ASK, MatchReason.WEB_NAME),
    ("Example.org", "Example.com", ASK, MatchReason.SPACES),
    ("MoveOn.org", "MoveOn Example Rivers", TWO, MatchReason.LONGER),
    ("Change.org", "Exchange.org", TWO, MatchReason.NOTHING),
]
UNLIKE: list[Pair] = [
    ("Example Alliance", "Example Coalition", TWO, MatchReason.NOTHING),
    ("例示市民会議", "示例市民会議", TWO, MatchReason.NOTHING),
    ("हिन्दी", "हिन्दू", TWO, MatchReason.NOTHING),
    ("…", "!!!", TWO, MatchReason.NOTHING),
    ("Example Alliance", "Quiet Skies", TWO, MatchReason.NOTHING),
]
PAIRS = [*SPELLINGS, *LEGAL_FORMS, *ACRONYMS, *LOOKS, *SLIPS, *PARTS, *TONGUES, *WEB_NAMES, *UNLIKE]

SITED: list[tuple[NameAndSite, NameAndSite, MatchVerdict, tuple[MatchReason, ...]]] = [
    (
        NameAndSite("Example", "a.example"),
        NameAndSite("The Example", "a.example"),
        SAME,
        (MatchReason.SAME_NAME, MatchReason.SAME_DOMAIN),
    ),
    (
        NameAndSite("Example", "a.example"),
        NameAndSite("Example", "b.example"),
        ASK,
        (MatchReason.SAME_NAME, MatchReason.OTHER_DOMAIN),
    ),
    (NameAndSite("Example", "a.example"), NameAndSite("Example, Inc.", ""), SAME, (MatchReason.SAME_NAME,)),
    (NameAndSite("Example", "facebook.com"), NameAndSite("Example", "b.example"), SAME, (MatchReason.SAME_NAME,)),
    (NameAndSite("Rivers", "a.example"), NameAndSite("Lakes", "a.example"), ASK, (MatchReason.SAME_DOMAIN,)),
    (NameAndSite("Rivers", "facebook.com"), NameAndSite("Lakes", "facebook.com"), TWO, (MatchReason.NOTHING,)),
    (NameAndSite("Rivers", "gmail.com"), NameAndSite("Lakes", "gmail.com"), TWO, (MatchReason.NOTHING,)),
    (NameAndSite("Rivers", "a.example"), NameAndSite("Lakes", "b.example"), TWO, (MatchReason.NOTHING,)),
    (
        NameAndSite("AARP", "aarp.example"),
        NameAndSite("American Association of Retired Persons", "aarp.example"),
        SAME,
        (MatchReason.ACRONYM, MatchReason.SAME_DOMAIN),
    ),
    (
        NameAndSite("ELR", "a.example"),
        NameAndSite("Example Ladies of Rhythm", "b.example"),
        ASK,
        (MatchReason.ACRONYM, MatchReason.OTHER_DOMAIN),
    ),
    (
        NameAndSite("Аmnesty", "a.example"),
        NameAndSite("Amnesty", "a.example"),
        ASK,
        (MatchReason.LOOK_ALIKE, MatchReason.SAME_DOMAIN),
    ),
    (
        NameAndSite("Club", "a.example"),
        NameAndSite("Club Foundation", "a.example"),
        TWO,
        (MatchReason.BODY, MatchReason.SAME_DOMAIN),
    ),
    (
        NameAndSite("The Arc", "a.example"),
        NameAndSite("The Arc of Ohio", "a.example"),
        TWO,
        (MatchReason.CHAPTER, MatchReason.SAME_DOMAIN),
    ),
    (
        NameAndSite("The Arc", "a.example"),
        NameAndSite("Arc of the United States", "a.example"),
        SAME,
        (MatchReason.FULLER, MatchReason.SAME_DOMAIN),
    ),
    (
        NameAndSite("Example League", "a.example"),
        NameAndSite("Exmaple League", "a.example"),
        SAME,
        (MatchReason.SLIP, MatchReason.SAME_DOMAIN),
    ),
    (
        NameAndSite("Example", "a.example"),
        NameAndSite("Example Rivers", "a.example"),
        ASK,
        (MatchReason.LONGER, MatchReason.SAME_DOMAIN),
    ),
]


@pytest.mark.shows("S9")
@pytest.mark.parametrize(("one", "other", "verdict", "reason"), PAIRS, ids=lambda value: str(value))
def test_two_names_and_why(one: str, other: str, verdict: MatchVerdict, reason: MatchReason) -> None:
    expected = Comparison(verdict, (reason,))
    assert (compare_names(NameAndSite(one), NameAndSite(other)), compare_names(NameAndSite(other), NameAndSite(one))) == (
        expected,
        expected,
    )


@pytest.mark.parametrize(("one", "other", "verdict", "reasons"), SITED)
def test_a_site_speaks_for_or_against(
    one: NameAndSite, other: NameAndSite, verdict: MatchVerdict, reasons: tuple[MatchReason, ...]
) -> None:
    expected = Comparison(verdict, reasons)
    assert (compare_names(one, other), compare_names(other, one)) == (expected, expected)


def test_whatever_is_the_same_or_a_question_is_found_by_its_keys() -> None:
    named = [(NameAndSite(one), NameAndSite(other)) for one, other, verdict, _ in PAIRS if verdict is not TWO]
    named += [(one, other) for one, other, verdict, _ in SITED if verdict is not TWO]
    lost = [pair for pair in named for one, other in (pair, pair[::-1]) if not stored_keys(one) & lookup_keys(other)]
    assert (lost, len(named) > 60) == ([], True)


def test_there_are_enough_pairs_and_none_twice() -> None:
    assert len({frozenset((one, other)) for one, other, _, _ in PAIRS}) >= 120


def test_a_long_name_has_few_keys() -> None:
    assert len(stored_keys(NameAndSite("Example " * 30, "a.example"))) < 60


@pytest.mark.parametrize(
    "host", ["facebook.com", "wordpress.com", "linkedin.com", "github.io", "substack.com", "gmail.com", ""]
)
def test_a_site_that_many_share_makes_no_two_organizations_one(host: str) -> None:
    rivers, lakes = NameAndSite("Rivers", host), NameAndSite("Lakes", host)
    assert compare_names(rivers, lakes).verdict is TWO
    assert not stored_keys(rivers) & lookup_keys(lakes)
    assert compare_names(NameAndSite("Rivers", host), NameAndSite("Rivers", "rivers.example")).verdict is SAME

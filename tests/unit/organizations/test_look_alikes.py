"""A name made to look like another is recognized by its appearance, letter by letter, including invisible characters."""

import pytest

from letterhub.domain.organizations.confusables import LOOK_ALIKES, latinize, look_alike_key, skeleton
from letterhub.domain.organizations.matching import (
    MatchReason,
    MatchVerdict,
    NameAndSite,
    compare_names,
    lookup_keys,
    stored_keys,
)

pytestmark = pytest.mark.shows("S9")

UNSEEN = (
    "\u034f", "\ufe00", "\ufe0f", "\U000e0100", "\u3164", "\uffa0", "\u1160", "\u115f", "\u180b", "\u180e", "\u17b4", "\u200b",
    "\u200d", "\u200e", "\u061c", "\u00ad", "\u2062", "\U0001d173", "\U000e0041",
)  # fmt: skip
TWINS = [
    ("PEACE LEAGUE", "ꓑꓰꓮꓚꓰ ꓡꓰꓮꓖꓴꓰ"),  # Lisu
    ("PEACE LEAGUE", "ⲢⲈⲀⲤⲈ LEAGUE"),  # Coptic
    ("PEACE LEAGUE", "РЕАСЕ LEAGUE"),  # Cyrillic
    ("PEACE LEAGUE", "ᏢᎬᎪᏟᎬ LEAGUE"),  # Cherokee
    ("PEACE LEAGUE", "PⴹACE LEAGUE"),  # Tifinagh
    ("PEACE LEAGUE", "ᑭEᗩᑕE LEAGUE"),  # Canadian syllabics
    ("PEACE LEAGUE", "🅟🅔🅐🅒🅔 LEAGUE"),
    ("Home Alliance", "һome Alliance"),  # U+04BB
    ("Home Alliance", "Home Aǀǀiance"),  # a click
    ("Home Alliance", "Hჿme Alliance"),  # Georgian
    ("Home Alliance", "Hഠme Alliance"),  # Malayalam
    ("Home Alliance", "Hဝme Alliance"),  # Burmese
    ("Home Alliance", "H౦me Alliance"),  # a nought of Telugu
    ("Home Alliance", "Ηome Alliance"),  # a Greek capital whose small letter is like another one
    ("Home Alliance", "Ήome Alliance"),
    ("NATO Watch", "ΝΑΤΟ Watch"),
    ("Home Alliance", "Home A||iance"),
    ("HOME ALLIANCE", "HOME ALL|ANCE"),
    ("Home Council", "Home Counci|"),
    ("Home Alliance", "Home A∣∣iance"),
    ("Quiet Org", "Qᶙiet Oᶉg"),  # letters of Latin with a hook, and with a middle tilde
    ("Quiet Org", "Ꝗuieƫ Oꞧᶃ"),
    ("Quiet Org", "QuieꞆ Oꞧg"),
    ("Quiet Org", "Qʉiet Org"),
]


@pytest.mark.parametrize("unseen", UNSEEN, ids=lambda sign: f"U+{ord(sign):04X}")
def test_what_nobody_sees_makes_no_other_name(unseen: str) -> None:
    real, twin = (
        NameAndSite("Example Rivers Council", "rivers.example"),
        NameAndSite(unseen.join(("Ex", "ample Rivers", " Coun", "cil", ""))),
    )
    assert compare_names(real, twin).reasons[0] is MatchReason.SAME_NAME
    assert compare_names(real, NameAndSite(twin.name, "twin.example")).verdict is MatchVerdict.ASK
    assert stored_keys(real) & lookup_keys(twin)


@pytest.mark.parametrize(("letter", "plain"), [("Ͻ", "o"), ("Ꮏ", "t"), ("Ꮗ", "w"), ("rn", "m"), ("Ф", "ɸ")])
def test_a_letter_that_looks_like_one_that_looks_like_another_is_the_last(letter: str, plain: str) -> None:
    assert look_alike_key(letter) == plain


@pytest.mark.parametrize(("real", "twin"), TWINS)
def test_what_looks_the_same_is_asked_about(real: str, twin: str) -> None:
    found = compare_names(NameAndSite(real, "real.example"), NameAndSite(twin, "twin.example"))
    assert (found.verdict, found.reasons[0]) == (MatchVerdict.ASK, MatchReason.LOOK_ALIKE)
    assert stored_keys(NameAndSite(real)) & lookup_keys(NameAndSite(twin))


@pytest.mark.parametrize(
    "twin",
    [
        "Quiet Org™", "Quiet Org ™", "Quiet Org℠", "Quiet Orgᵀᴹ", "Quiet Org®", "Quiet Org ©", "Quiet Org¹", "Quiet Org ²³",
        "¹Quiet Org", "Quiet¹ Org", "Quiet Org ①", "Quiet Org❶", "Quiet Org 🅪", "Quiet Org ✓",
    ],
)  # fmt: skip
def test_a_mark_of_trade_or_a_number_of_a_note_makes_no_other_name(twin: str) -> None:
    found = compare_names(NameAndSite("Quiet Org", "quiet.example"), NameAndSite(twin, "twin.example"))
    assert (found.verdict, found.reasons[0]) == (MatchVerdict.ASK, MatchReason.SAME_NAME)
    assert stored_keys(NameAndSite("Quiet Org")) & lookup_keys(NameAndSite(twin))


@pytest.mark.parametrize(
    "twin",
    [
        "Quiet Org (Official)", "The Official Quiet Org", "Quiet Org Official", "Quiet Org ᵒᶠᶠⁱᶜⁱᵃˡ", "Quiet Org HQ",
        "Quiet Org Headquarters", "Quiet Org TM", "Quiet Org National Office", "Quiet Org Oficial",
    ],
)  # fmt: skip
def test_who_says_to_be_the_one_of_a_name_is_asked_about(twin: str) -> None:
    assert (
        compare_names(NameAndSite("Quiet Org", "quiet.example"), NameAndSite(twin, "twin.example")).verdict is MatchVerdict.ASK
    )
    assert stored_keys(NameAndSite("Quiet Org")) & lookup_keys(NameAndSite(twin))
    assert stored_keys(NameAndSite(twin)) & lookup_keys(NameAndSite("Quiet Org"))


def test_a_name_of_nothing_but_such_signs_is_itself() -> None:
    assert compare_names(NameAndSite("¹²"), NameAndSite("³")).verdict is MatchVerdict.DIFFERENT
    assert compare_names(NameAndSite("Local 1"), NameAndSite("Local 2")).verdict is MatchVerdict.DIFFERENT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Дом", "Том"),
        ("ตก", "ดก"),
        ("שלום", "שלוס"),
        ("شمس", "سمس"),
        ("日本", "曰本"),
        ("Пример", "Primer"),
    ],
)
def test_letters_that_their_readers_tell_apart_stay_two(one: str, other: str) -> None:
    assert compare_names(NameAndSite(one, "one.example"), NameAndSite(other, "other.example")).verdict is MatchVerdict.DIFFERENT


def test_letters_of_latin_with_marks_are_left_to_what_takes_marks_off() -> None:
    assert [letter for letter in "äéøłđæœþßñçåÄØŁŒ" if ord(letter) in LOOK_ALIKES] == []
    assert skeleton("Ärzte für Ærø") == skeleton("Arzte fur Aero")


@pytest.mark.parametrize(("text", "latin"), [("Νέα", "Nea"), ("A | B", "A | B"), ("AC|DC", "AClDC"), ("∪DΑ", "uDa")])
def test_a_text_in_latin_is_what_a_hurried_reader_takes_it_for(text: str, latin: str) -> None:
    assert skeleton(latinize(text)) == skeleton(latin)

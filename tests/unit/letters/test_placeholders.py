"""Placeholders left in a letter are found, and lookalikes are not."""

import time
from dataclasses import replace

import pytest

from letterhub.domain.letters.draft_lint import find_placeholders
from letterhub.domain.letters.letter_document import Addressee, LetterText

LETTER = LetterText(title="Clean rivers", body="Rivers.")


def found(body: str) -> tuple[str, ...]:
    return find_placeholders(replace(LETTER, body=body))


LEFT = [
    ("We, the [INSERT COUNT] undersigned, ask.", "[INSERT COUNT]"),
    ("We, the [insert number of groups] undersigned, ask.", "[insert number of groups]"),
    (r"It was on \[DATE\] that the river rose.", "[DATE]"),  # as converted from a Word draft
    ("It was on [date].", "[date]"),
    ("[Organization Name] asks.", "[Organization Name]"),
    ("[Your organization] asks.", "[Your organization]"),
    ("[ORG NAME] asks.", "[ORG NAME]"),
    ("Write to [CITY, STATE ZIP].", "[CITY, STATE ZIP]"),
    ("The [X] groups below.", "[X]"),
    ("[XX] groups.", "[XX]"),
    ("Our [LOGO HERE] stands.", "[LOGO HERE]"),
    ("See [link].", "[link]"),
    ("In all [##] of them.", "[##]"),
    ("It costs [●] a year.", "[●]"),
    ("[TBD]", "[TBD]"),
    ("[to be confirmed by legal]", "[to be confirmed by legal]"),
    ("Dear [NAME]:", "[NAME]"),
    ("Dear <<NAME>>:", "<<NAME>>"),
    ("Dear <insert name>:", "<insert name>"),
    ("Dear {first name}:", "{first name}"),
    ("We, the XX undersigned organizations, ask.", "XX undersigned"),
    ("More than XX national organizations agree.", "XX national"),
    ("It serves xx people.", "xx"),
    ("By January XX, 2026, it ends.", "January XX"),
    ("On XX March it began.", "XX March"),
    ("It costs $XX million.", "$XX"),
    ("Some XX% agree.", "XX%"),
    ("In 20XX it rose.", "20XX"),
    ("XX,XXX signed.", "XX,XXX"),
    ("Call 555-XXXX.", "XXXX"),
    ("Pass H.R. XXX now.", "H.R. XXX"),
    ("We meet at XX:XX.", "XX:XX"),
    ("TK organizations agree.", "TK"),
    ("The hearing on TK was long.", "TK"),
    ("TKTK", "TKTK"),
    ("The date is TBD.", "TBD"),
    ("The place: tbd", "tbd"),
    ("The place is TBA.", "TBA"),
    ("TODO: ask the chair.", "TODO:"),
    ("It flows ??? miles.", "???"),
    ("Signed in ______ on Monday.", "______"),
    ("Lorem ipsum dolor sit amet.", "Lorem ipsum"),
]


@pytest.mark.parametrize(("body", "phrase"), LEFT)
def test_what_was_left_open_is_found(body: str, phrase: str) -> None:
    assert found(body) == (phrase,)


HONEST = [
    "The XX century ended, and so did Title XX states’ plans under Chapter XX.",
    "El siglo XX fue largo; Super Bowl XX and Pope John XX are history.",
    "People with XX chromosomes, the XX Congress, and Article XX of the treaty.",
    "TK Example, Chair, and Ada Example, TK of Otter Order, signed; so did T.K. Heron.",
    "TK Maxx sells it, and Smith TK et al. studied TK inhibitors.",
    "Thymidine kinase (TK) is raised; TK was measured.",
    "The Bicycle Depot (TBD) asks. TBD has 40 members.",
    "“The [agency] shall,” says the law, “inform [the State] … [sic] [emphasis added].”",
    "“[EPA] must act,” and [NATO] and [TITLE IX] and [BILL OF RIGHTS] and [NEW YORK CITY].",
    "A witness, [name withheld], spoke of [names redacted] on [date illegible].",
    "See [Date](https://example.org/date) and [the number][1].\n\n[1]: https://example.org",
    "Read [Name].\n\n[Name]: https://example.org/name",
    "It is so.[^1]\n\n[^1]: A note of [1] and [2].",
    "- [ ] Sign\n- [x] Read\n- [X] Share",
    "Really? What??? No!",
    "We, the {{count}} undersigned, {{count_in_words}} groups, ask.",
    "A line.\n\n____\n\nAnother.\n\n---",
    "TODO EL MUNDO sabe: todo para todos.",
    "The printer’s “lorem ipsum” is Latin.",
    "Size XXL and XXXL; XOXO; the year MMXX; Malcolm X; XX.",
    "Contributions: she quoted “[t]he river” and “[w]e.”",
    "Add your name, insert a coin, enter here.",
    "The tuberculosis (TBC) ward, and HIV/TB; ADT/TKA surgery; TK-1; TK’s car.",
    "Numbers [12] to [15], section [a] and [b].",
]


@pytest.mark.parametrize("body", HONEST)
def test_what_only_looks_like_a_placeholder_is_left_alone(body: str) -> None:
    assert found(body) == ()


def test_every_part_of_a_letter_is_read_and_each_phrase_told_once() -> None:
    text = replace(
        LETTER, title="Rivers [DATE]", salutation="Dear [NAME]:", cc=("[RECIPIENT]",), re="H.R. XXXX",
        addressees=(Addressee("Senator Example", ("[ADDRESS]",)),), body="[DATE] and TBD and TBD.",
    )  # fmt: skip
    assert find_placeholders(text) == ("[DATE]", "XXXX", "[NAME]", "[RECIPIENT]", "[ADDRESS]", "TBD")
    assert len(found(" ".join(f"[INSERT {number}]" for number in range(20)))) == 8


@pytest.mark.parametrize("part", ["[", "[INSERT ", "TK ", "XX ", "<<", "{", "_", "\\[", "XX national ", "January ", "a"])
def test_a_long_text_is_read_in_no_time(part: str) -> None:
    started = time.process_time()
    found(part * (400_000 // len(part)))
    assert time.process_time() - started < 2

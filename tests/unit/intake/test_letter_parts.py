"""Parts of a letter in the text of a Word draft: what is certain goes to its field, everything else stays."""

import datetime as dt

import pytest

from letterhub.domain.letters.letter_document import Addressee, LetterText
from letterhub.intake.letters.letter_parts import place_parts

BODY = "We ask you to keep the river path open.\n\n## What we ask\n\nPlow it after each snowfall."


def placed(body: str) -> tuple[LetterText, tuple[str, ...]]:
    return place_parts(LetterText(title="River path", body=body))[:2]


def test_every_part_goes_to_its_field() -> None:
    text, names = placed(
        "March 3, 2027\n\nVia email\n\nThe Mayor\\\nCity Hall\\\nExampleville, MD 20999\n\n**The Clerk**\\\nCity Hall\n\n"
        f"Re: The river path\n\nDear Mayor Example:\n\n{BODY}\n\nRespectfully submitted,\n\ncc: The Council\\\nThe Library"
    )
    assert (text.date, text.via, text.re) == (dt.date(2027, 3, 3), "Via email", "The river path")
    assert text.addressees == (
        Addressee("The Mayor", ("City Hall", "Exampleville, MD 20999")),
        Addressee("The Clerk", ("City Hall",)),
    )
    assert (text.salutation, text.closing, text.cc) == (
        "Dear Mayor Example:", "Respectfully submitted,", ("The Council", "The Library"),
    )  # fmt: skip
    assert text.body == BODY
    assert names == ("date", "way of sending", "subject", "addressees", "salutation", "closing", "cc")


def test_lines_that_are_paragraphs_make_one_addressee() -> None:
    text, _names = placed(f"The Mayor\n\nCity Hall\n\nExampleville, MD 20999\n\nDear Mayor Example:\n\n{BODY}")
    assert text.addressees == (Addressee("The Mayor", ("City Hall", "Exampleville, MD 20999")),)
    assert text.body == BODY


def test_what_stands_before_the_date_is_the_senders_and_stays() -> None:
    text, names = placed(f"Friends of the River\n\n1 Path Lane\n\nMarch 3, 2027\n\nThe Mayor\n\nDear Mayor:\n\n{BODY}")
    assert text.body == f"Friends of the River\n\n1 Path Lane\n\n{BODY}"
    assert names == ("date", "addressees", "salutation")


def test_footnotes_after_the_closing_stay() -> None:
    text, names = placed(f"Dear Mayor:\n\n{BODY}[^1]\n\nSincerely,\n\n[^1]: A note.")
    assert text.body == f"{BODY}[^1]\n\n[^1]: A note."
    assert names == ("salutation", "closing")


def test_escapes_of_markdown_are_no_part_of_a_name() -> None:
    text, _names = placed(f"Example \\& Sons\\\nRoom \\#4\n\nDear Sirs:\n\n{BODY}")
    assert text.addressees == (Addressee("Example & Sons", ("Room #4",)),)


@pytest.mark.parametrize(
    "body",
    [
        BODY,
        f"{'An opening paragraph. ' * 6}\n\nDear Mayor:\n\n{BODY}",
        f"# A heading\n\nDear Mayor:\n\n{BODY}",
        f"- a list\n- of two\n\nDear Mayor:\n\n{BODY}",
        f"![A picture](a.png)\n\nDear Mayor:\n\n{BODY}",
        f"See [this](https://example.org)\n\nDear Mayor:\n\n{BODY}",
        "\n\n".join(["A line"] * 12) + f"\n\nDear Mayor:\n\n{BODY}",
        f"{BODY}\n\nRespectfully,\n\nNia Example, Director",
        f"{BODY}\n\nRespectfully, we ask you to act.",
        f"{BODY}\n\ncc: The Council",
        "",
    ],
)
def test_what_is_uncertain_stays_as_it_is(body: str) -> None:
    text, names = placed(body)
    assert text == LetterText(title="River path", body=body)
    assert names == ()


def test_two_dates_stay() -> None:
    text, _names = placed(f"March 3, 2027\n\nMarch 4, 2027\n\nDear Mayor:\n\n{BODY}")
    assert (text.date, text.addressees) == (None, ())  # two dates are asked
    assert text.body == f"March 3, 2027\n\nMarch 4, 2027\n\nDear Mayor:\n\n{BODY}"

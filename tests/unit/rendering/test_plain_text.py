"""The letter as plain text."""

from letterhub.domain.letters.letter_document import Addressee, LetterDocument, LetterText
from letterhub.rendering.text.plain_text import plain_text

BODY = """We, the {{count_in_words}} of us[^1], *ask* you; see [the report](https://x.example/r).

1. Act now, before the rivers run high again and carry what was left on the fields into the valleys.
2. Listen
   - to all

> Quoted

| a | b |
|---|---|
| 1 | 2 |

[^1]: And more.
"""


def test_a_letter_reads_as_text_from_its_addressees_to_its_closing() -> None:
    text = LetterText("Title", BODY, addressees=(Addressee("The President", ("The White House",)),), re="Rivers",
                      salutation="Dear Ada:", closing="Respectfully,")  # fmt: skip
    assert (
        plain_text(LetterDocument(text))
        == """The President
The White House

Re: Rivers

Dear Ada:

We, the zero of us,[1] ask you; see the report (https://x.example/r).

1. Act now, before the rivers run high again and carry what was left on
   the fields into the valleys.

2. Listen

   - to all

> Quoted

a | b

1 | 2

[1] And more.

Respectfully,
"""
    )


def test_a_letter_without_a_subject_says_its_title() -> None:
    assert plain_text(LetterDocument(LetterText("Title", "# Title\n\nText"))) == "Title\n\nText\n"

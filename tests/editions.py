"""A document of an edition, for tests of its files: footnotes, lists, sections, scripts, and names that look like formulas."""

import datetime as dt

from letterhub.domain.document import (
    Addressee,
    EditionMark,
    LetterDocument,
    Letterhead,
    LetterText,
    Order,
    Signatory,
    arranged,
)

CHECK = "https://letters.example.org/editions/7KQ2-M3TX-9RWB"
MARK = EditionMark(2, "7KQ2-M3TX-9RWB", dt.datetime(2022, 1, 8, 3, 0, 1, tzinfo=dt.UTC), CHECK)
BODY = """We, the {{count_in_words}} of us[^1], *ask* you; see [the report](https://x.example/r?a=1&b=2).

## What we ask

1. Act **now**.
2. Listen
   - to all

> Quoted

| a | b |
|---|---|
| 1 | 2 |

[^1]: And more, [here](https://y.example).
"""
TEXT = LetterText(
    title="Clean rivers",
    body=BODY,
    date=dt.date(2022, 1, 7),
    addressees=(Addressee("The President", ("The White House",)),),
    re="Rivers",
    salutation="Dear Ada:",
    closing="Respectfully,",
    cc=("The Secretary",),
    order=Order.SECTIONS,
    letterhead=Letterhead("Coalition for Rivers", ("12 River Street",)),
)
SIGNATORIES = (
    Signatory("Zebra Lead", "Nia Example", "Director", lead=True),
    Signatory("منظمة الأنهار", "علي", section="national"),
    Signatory("The Arc", "Ada Example", section="national"),
    Signatory('=HYPERLINK("https://x.example")', "@Work", section="local"),
    Signatory("+Peace", "-1", "\t=1+1", section="local"),
)


def edition(text: LetterText = TEXT, signatories: tuple[Signatory, ...] = SIGNATORIES) -> LetterDocument:
    """The document of edition 2."""
    return arranged(text, signatories, edition=MARK, revision_hash="0" * 64)

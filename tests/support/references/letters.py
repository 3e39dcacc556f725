"""Letters whose files are kept as references: one with every part, one with none, and others between them."""

import datetime as dt
from itertools import count

from letterhub.domain.letters.letter_document import (
    Addressee,
    EditionInfo,
    LetterDocument,
    Letterhead,
    LetterText,
    PaperSize,
    Signatory,
    SignatoryKind,
    SignatoryOrder,
    SignatoryStyle,
    Theme,
    Typeface,
)
from letterhub.domain.letters.signatory_order import build_document
from letterhub.intake.images import read_logo, read_small_logo
from tests.unit.intake.test_letter_file import picture

AT = dt.datetime(2026, 1, 9, 17, 30, tzinfo=dt.UTC)
EDITION = EditionInfo(3, "7KQ2-M3TX-9RWB", AT, "https://rivers.example/editions/7KQ2-M3TX-9RWB")
FULL_BODY = """We, the {{count_in_words}} ({{count}}) undersigned[^1], write as [the *great* report](https://a.example/r) says.

## What is at stake

- One point[^2]
- Another with **weight**, *emphasis* and `code`

  > A quote inside.
- A third
  3. nested
  4. and nested[^1]

| River | Miles | Why |
|:------|------:|:---:|
| Mill  | 3     | *a* |
| Long River of the North | 1,200 | b |

### What we ask

H<sub>2</sub>O, 1<sup>st</sup>, ~~no~~; نكتب إليكم اليوم (12) in a line.

نكتب إليكم اليوم.

    a line that keeps
      its place

---

""" + "Headwaters feed the drinking water of one in three people. " * 40 + """

[^1]: A note with *emphasis* and [a link](https://rivers.example/more).
[^2]: Second note.

    Its second paragraph.
"""  # fmt: skip
SIGNED = (
    Signatory("Zebra Lead", "Nia Example", "Director", "Springfield, IL", lead=True, website="https://zebra.example"),
    Signatory("Alliance for the Waters of Mill Street and All the Lakes and Rivers Around It", section="national"),
    Signatory("منظمة الأنهار", "علي", section="national", location="Ohio"),
    Signatory("The Arc", "Ada Example", "", "Portland, OR", section="state"),
    Signatory("Łódź Rivers", "", "Chair", "Portland, OR", section="Local chapters"),
    Signatory("Berry Farms"),
    Signatory(
        "", "Clara Example", "Poet", "Ohio", SignatoryKind.INDIVIDUAL, affiliation="College of Rivers", section="individual"
    ),
    Signatory("", "Omar Example", kind=SignatoryKind.INDIVIDUAL, section="individual"),
    Signatory("Παράδειγμα", sort_name="Beispiel"),
)


def _logo(width: int = 120) -> bytes:
    return picture((width, 60), mode="P" if width % 120 else "RGB")


def _full() -> LetterDocument:
    text = LetterText(
        title="Clean rivers for every town that drinks from them, now and later",
        body=FULL_BODY,
        date=dt.date(2026, 1, 7),
        via="Via electronic mail",
        addressees=(Addressee("The President", ("The White House", "Washington, DC")), Addressee("The Speaker")),
        re="Rivers, H.R. 1234",
        salutation="Dear all:",
        closing="Respectfully,",
        cc=("Example Clerk", "مكتب"),
        language="en-US",
        order=SignatoryOrder.SECTIONS,
        shown=SignatoryStyle.LOCATION,
        letterhead=Letterhead("Coalition", ("12 Mill Street", "Ohio"), read_logo(_logo(), "logo.png", "Logo of the Coalition")),
        accent="#7a1f1f",
    )
    return build_document(text, SIGNED, edition=EDITION, revision_hash="ab" * 32)


def _bare() -> LetterDocument:
    return build_document(LetterText("Clean rivers", "We write."), (Signatory("Berry Farms"),))


def _unsigned() -> LetterDocument:
    body = "Raised<sup>1</sup> and again<sup>2</sup>.\n\n1. First source\n2. Second source\n"
    text = LetterText("Clean rivers", body, date=dt.date(2026, 1, 7), theme=Theme.PLAIN, paper=PaperSize.A4)
    return build_document(text, (), draft_at=AT)


def _arabic() -> LetterDocument:
    body = "نحن الموقعون أدناه {{count}} نكتب[^1].\n\n## عنوان\n\n1. بند\n2. with words و 123.\n\n[^1]: حاشية.\n"
    head = Letterhead("ائتلاف", ("Mill Street 12",))
    parts = {"addressees": (Addressee("The President", ("البيت الأبيض",)),), "closing": "مع الاحترام،", "cc": ("Clerk",)}
    text = LetterText(
        "أنهار نظيفة",
        body,
        language="ar",
        order=SignatoryOrder.LOCATION,
        paper=PaperSize.A4,
        face=Typeface.SERIF,
        letterhead=head,
        **parts,
    )  # type: ignore[arg-type]
    return build_document(text, SIGNED, edition=EditionInfo(1, "7KQ2-M3TX-9RWB", AT))


def _blocks() -> LetterDocument:
    text = LetterText(
        "Clean rivers", "We write.", language="fr", shown=SignatoryStyle.BLOCK, order=SignatoryOrder.LOCATION,
        theme=Theme.MODERN, face=Typeface.SERIF, window=True, addressees=(Addressee("The President", ("Paris",)),),
        closing="Respectueusement,",
    )  # fmt: skip
    return build_document(text, SIGNED[1:])


def _logos() -> LetterDocument:
    widths = count(60, 60)
    logos = [None if number % 3 == 2 else read_small_logo(_logo(next(widths)), "logo.png") for number in range(len(SIGNED))]
    signed = [Signatory(one.organization or "Group", logo=logo, lead=one.lead) for one, logo in zip(SIGNED, logos, strict=True)]
    text = LetterText("Clean rivers", "We write.", shown=SignatoryStyle.LOGOS, face=Typeface.SANS)
    return build_document(text, signed)


def _many() -> LetterDocument:
    names = (
        "Mill",
        "Long River of the North Alliance",
        "Lakes",
        "Society for the Protection of the Waters of Ohio and Its Towns",
    )
    signed = [Signatory(f"{names[number % 4]} {number}", section=("state", "local")[number % 3 == 0]) for number in range(130)]
    text = LetterText("Clean rivers", "We write.", order=SignatoryOrder.SECTIONS, shown=SignatoryStyle.ORGANIZATION)
    return build_document(text, signed)


def _scripts() -> LetterDocument:
    names = (  # of scripts that the bundled fonts cover
        "مركز (المثال) لحقوق [الأنهار] في كل المدن والقرى", "שָׁלוֹם (ב) Rivers 12", "مُحَمَّدٌ", "शान्ति र्क नदी", "Խաղաղ", "მშვიდ",
        "Παράδειγμα", "Общество «Чистая река»", "e\u0301 Example", "https://rivers.example/a/very/long/address/of/a/page",
        "Donaudampfschifffahrtsgesellschaftskapitänsgewerkschaftsbundesverband", "A\u200bzero width",
        "AVATAR To. Ty, fi ffl", "Rivers – Lakes—Seas / Oceans", "O’Neil-Smith",
    )  # fmt: skip
    signed = [Signatory(name, "د. علي (مثال)" if number % 4 == 0 else "", location="Ohio") for number, name in enumerate(names)]
    text = LetterText("Clean (rivers)", "We write.", language="de", shown=SignatoryStyle.LOCATION, paper=PaperSize.A4)
    return build_document(text, signed)


PROSE = """> “Quoted first,” they say.
>
> Not quoted.

“Quoted” and 'single', it's "double" -- a dash... and (c).
Hard break\\
again. &amp; &lt;b&gt; \\*escaped\\* <b>bold</b> <u>under</u> <br> y<sub>3</sub>

Raised<sup>1</sup> and again<sup>2</sup>, [linked](https://rivers.example/a) and
[again](https://rivers.example/a), <https://rivers.example/b>, https://rivers.example/c, <clerk@rivers.example>.

# One
## Two
#### Four
###### Six

* a

  second paragraph
* b
    1. c
    2. d
       > e

- [ ] open
- [x] done

7) seven
8) eight

```python
code = "fenced"
```

| a |
|---|
| **b** `c` [d](https://rivers.example/d) |

| one | two | three | four | five | six | seven | eight | nine | ten | eleven | twelve |
|---|---|---|---|---|---|---|---|---|---|---|---|
| Springfield | Springfield | Springfield | Springfield | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 |

![Alt text](picture.png) ***both*** _under_ __strong__ ~~gone~~

Setext
======

1. First source
2. Second source
"""


def _prose() -> LetterDocument:
    text = LetterText(
        "The Honorable: “Clean” rivers", PROSE, language="en-GB", re="Re: rivers", via="By hand", cc=("cc: Clerk",)
    )
    return build_document(text, SIGNED[5:8], revision_hash="cd" * 32)


def _led() -> LetterDocument:
    """Many names below leads, with closing and copies after the list and a foot of two lines."""
    text = LetterText(
        "Clean rivers", "We write.", closing="Respectfully,", cc=("Example Clerk",), letterhead=Letterhead("Coalition")
    )
    signed = [Signatory(f"River {number}", f"Nia {number}", "Director", lead=number < 3) for number in range(75)]
    return build_document(text, signed, edition=EDITION)


LETTERS = {
    "full": _full, "bare": _bare, "unsigned": _unsigned, "arabic": _arabic, "blocks": _blocks, "logos": _logos, "many": _many,
    "scripts": _scripts, "led": _led, "prose": _prose,
}  # fmt: skip

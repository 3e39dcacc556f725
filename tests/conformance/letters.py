"""Invented letters with everything that a standard restricts, and a renderer for them."""

import datetime as dt
from dataclasses import replace
from itertools import count, cycle
from pathlib import Path

from letterhub.domain.letters.letter_document import (
    Addressee,
    EditionInfo,
    LetterDocument,
    Letterhead,
    LetterText,
    Signatory,
    SignatoryKind,
    SignatoryStyle,
    SignatureBlocks,
)
from letterhub.domain.letters.pictures import Picture
from letterhub.domain.letters.signatory_order import build_document
from letterhub.intake.images import read_logo, read_signature_picture, read_small_logo
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from letterhub.rendering.pdf.pdfa import EmbeddedFile
from tests.unit.intake.test_letter_file import picture

LETTER_WITH_NOTES = (
    """We, the {{count}} undersigned[^1], write as [the *great* report](https://rivers.example/report) says.

## What is at stake

- One point[^2]
- Another with *emphasis* and `code`

  > A quote inside.[^3]
- A third
  1. nested
  4. and nested[^1]
- [ ] a box
- [x] checked, and ~~struck *out*~~

| River | Miles |
|-------|------:|
"""
    + "".join(f"| River {row} | {row * 3} |\n" for row in range(60))
    + """
### What we ask[^4]

Once more [the report](https://rivers.example/report). Words 🕊 and emoji, H<sub>2</sub>O.

    a line that keeps its place

"""
    + "Headwaters feed the drinking water of one in three people. " * 70
    + """

[^1]: A note with *emphasis* and [a link](https://rivers.example/more).
[^2]: Second note.

    Its second paragraph.
[^3]: Third note 🕊.
[^4]: Note of a heading.
"""
)
RAISED = "Raised<sup>1</sup> and again<sup>2</sup>, [linked](https://rivers.example/a).\n\n1. First source\n2. Second source\n"
ARABIC = (
    "نحن الموقعون أدناه {{count}} نكتب[^1].\n\n## عنوان\n\n" + "كلمات عن النهر with words و 123. " * 120 + "\n\n[^1]: حاشية.\n"
)
JAPANESE = (
    "私たち、下記の{{count}}団体は[^1]。「括弧」、句読点。\n\n## 見出し\n\n"
    + "川の水は大切です。" * 300
    + "\n\n[^1]: 脚注です。\n"
)
MIXED_DIRECTION = """We write.[^1]

نكتب إليكم اليوم (12).

6. An item
7. بند

| نهر | River |
|-----|-------|
| أ   | (b)   |

[^1]: حاشية.
"""
NAMES = (
    "Example Alliance",
    "Peace 🕊 Circle 👩‍👩‍👧 🇺🇸",
    "Παράδειγμα",
    "Общество «Река»",
    "עמותת הנחלים",
    "مركز المثال لحقوق الأنهار",
    "शान्ति",
    "Խաղաղ",
    "მშვიდ",
    "平和へのカナ",
    "和平組織",
    "평화 단체",
    "A\u200bzero \u202ewidth",
    "e\u0301 combining",
    "undrawable \U0003fffd",
)
ODD = (
    "A\ufeff\u180eB",
    "\u1680 \u2029",
    "Private \ue000",
    "Z\u0355algo ج\u0355",
    "B\u0007el\u009b",
    "\ufff9 \u2066 \u2060",
    "نهر\u0355\u00a0",
)
LANGUAGES = {
    "fa": ("رودخانه‌های پاک", "ما از شما می‌خواهیم که رودخانه‌ها را پاک نگه دارید. ", ("انجمن رود", "Ada Example")),
    "sv": ("Rena åar", "Vi ber er att hålla åarna och sjöarna rena i hela landet. ", ("Åbygruppen", "Zorns vänner", "Ödlan")),
    "th": ("แม่น้ำสะอาด", "เราขอให้ท่านรักษาแม่น้ำให้สะอาดเพื่อทุกคน ", ("มูลนิธิแม่น้ำ", "Ada Example")),
}
AS_OF = dt.datetime(2026, 1, 9, 17, 30, tzinfo=dt.UTC)
DATA = (
    EmbeddedFile("signatories.csv", "text/csv", "name\nŁódź Rivers\n".encode(), "The signatories", "Data"),
    EmbeddedFile("manifest.json", "application/json", b'{"edition": 3}', "What this edition is", "Supplement"),
)


def conformance_letter(
    body: str = LETTER_WITH_NOTES, language: str = "en-US", names: tuple[str, ...] = NAMES, title: str = "Clean Rivers"
) -> LetterDocument:
    """Return a letter with a logo, two addressees, a date, a closing and copies, as edition 3."""
    text = LetterText(
        title=title,
        body=body,
        date=dt.date(2026, 1, 7),
        via="Via electronic mail",
        addressees=(Addressee("The President", ("The White House",)), Addressee("The Speaker", ("The House",))),
        salutation="Dear all:",
        closing="Respectfully,",
        cc=("Example Clerk",),
        language=language,
        letterhead=Letterhead("Coalition", ("12 Mill Street",), read_logo(picture(), "logo.png", "Logo of the Coalition")),
    )
    signed = tuple(Signatory(name, "Nia Example", "Director", "Ohio") for name in names)
    return LetterDocument(
        text, signed, EditionInfo(3, "k7f3-9qx2", AS_OF, "https://rivers.example/editions/k7f3-9qx2"), "ab" * 32
    )


def letter_with_figures() -> LetterDocument:
    """Return a letter with figures in its text, in a list, a table and annexes, with and without captions."""
    body = (
        'We.\n\n![A chart](a.png "Backlog[^1], see [it](https://x.example)"){width=60% numbered}\n\n![B](b.jpg)\n\n'
        '1. A\n   1. B\n\n      ![C](a.png "D")\n\n(c) E\n(d) F ![G](b.jpg){width=5%}\n\n\\newpage\n\n:::keep\nH\n\nI\n:::'
        "\n\n| J | K |\n|---|---|\n| ![L](a.png) | M |\n\n[^1]: A note.\n\n"
        ":::annex N\n\nO[^2] [P](https://y.example).\n\n## Q\n\n| R |\n|---|\n| S |\n\n[^2]: T\n\n"
        ':::annex U\n\n![V](a.png "W"){numbered}'
    )
    document = conformance_letter(body)
    pictures = (
        Picture("a.png", "image/png", picture((600, 400))), Picture("b.jpg", "image/jpeg", picture((600, 400), "JPEG"))
    )  # fmt: skip
    return replace(document, text=replace(document.text, pictures=pictures, enclosures=("A", "B")))


def letter_with_logos() -> LetterDocument:
    """Return a letter that shows the logos of its signatories."""
    document = conformance_letter("We, the {{count}} undersigned, write.")
    picked = (read_small_logo(picture((90 * number, 60)), "logo.png") for number in count(1))
    signed = (replace(one, logo=next(picked) if number % 3 else None) for number, one in enumerate(document.signatories))
    return build_document(replace(document.text, shown=SignatoryStyle.LOGOS), signed, edition=document.edition)


def letter_with_blocks(blocks: SignatureBlocks, language: str = "en", leads: int = 5) -> LetterDocument:
    """Return a letter whose leads, or all of whose signatories, are signature blocks; every other one has a scan."""
    document = conformance_letter("We, the {{count}} undersigned, write.", language)
    scan = read_signature_picture(picture((300, 90)), "signature.png")
    signed = [
        replace(one, lead=number < leads, signature_picture=scan if number % 2 else None)
        for number, one in enumerate(document.signatories * (1 + leads // len(NAMES)))
    ]
    text = replace(document.text, blocks=blocks, signature_lines=blocks is SignatureBlocks.LEADS)
    return build_document(text, signed, edition=document.edition)


def letter_in(language: str) -> LetterDocument:
    """Return a letter in Persian, Swedish or Thai, with a note, a list and names in its script."""
    title, sentence, names = LANGUAGES[language]
    body = f"{sentence}[^1]\n\n## {title}\n\n{sentence * 60}\n\n1. {sentence}\n2. {sentence}\n\n[^1]: {sentence}\n"
    return conformance_letter(body, language, names, title)


def letter_in_four_languages() -> LetterDocument:
    """Return a letter with its translations into Arabic, with an annex, Japanese and Persian, for one file."""
    translated = {"ar": f"{ARABIC}\n\n:::annex ملحق\n\nنص الملحق[^1].\n", "ja": JAPANESE, "fa": letter_in("fa").text.body}
    document = letter_with_figures()
    text = replace(document.text, body=f"{LETTER_WITH_NOTES}\n\n![A chart](a.png)")
    titles = {"ar": "أنهار نظيفة", "ja": "きれいな川", "fa": "رودخانه‌های پاک"}
    translations = (replace(text, language=one, body=body, title=titles[one]) for one, body in translated.items())
    people = Signatory(signer_name="Ida Example", affiliation="Mill College", kind=SignatoryKind.INDIVIDUAL)
    signed = (*document.signatories, people)
    return replace(document, text=text, signatories=signed, translations=tuple(translations))


def letter_of_four_leaders() -> LetterDocument:
    """Return a letter to one addressee by four leaders, with four logos, scanned signatures, two figures and an annex."""
    letter = letter_with_blocks(SignatureBlocks.ALL, leads=4)
    logos = tuple(read_logo(picture((120, 60 + 10 * at)), "logo.png", f"Logo {at}") for at in range(4))
    body = f"{letter_with_figures().text.body}\n\n:::annex The measures\n\n| River | Miles |\n|---|--:|\n| Mill | 3 |\n"
    text = replace(letter.text, body=body, pictures=letter_with_figures().text.pictures)
    return replace(letter, text=replace(text, letterhead=text.letterhead.with_logos(logos)))


def letter_with_eight_figures() -> LetterDocument:
    """Return a letter with eight figures that have numbers and captions."""
    pictures = tuple(Picture(f"chart-{at}.png", "image/png", picture((300, 150 + 10 * at))) for at in range(8))
    figures = "\n\n".join(f'![Chart {at}](chart-{at}.png "Caption {at}"){{width=50% numbered}}' for at in range(8))
    letter = conformance_letter(f"We write.\n\n{figures}\n")
    return replace(letter, text=replace(letter.text, pictures=pictures))


def letter_of_individuals(number: int) -> LetterDocument:
    """Return a letter that so many people signed."""
    people = [
        Signatory(signer_name=f"{first} Example-{at}", kind=SignatoryKind.INDIVIDUAL)
        for at, first in zip(range(number), cycle(("Ada", "Nia", "Łucja", "Åsa")), strict=False)
    ]
    return build_document(LetterText("Clean Rivers", "We, the {{count}} undersigned, write."), people)


def render_file(document: LetterDocument, path: Path, attachments: tuple[EmbeddedFile, ...] = DATA) -> Path:
    """Render the letter to a PDF file."""
    path.write_bytes(render_letter_pdf(document, attachments=attachments).data)
    return path

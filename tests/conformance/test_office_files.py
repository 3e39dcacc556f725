"""The PDF that LibreOffice makes of a letter's ODT file conforms to PDF/UA-1: headings, tables, pictures and links are told."""

from dataclasses import replace
from pathlib import Path

from letterhub.domain.letters.letter_document import LetterDocument, SignatoryStyle
from letterhub.domain.letters.pictures import Picture
from letterhub.domain.letters.signatory_order import build_document
from letterhub.rendering.odt.file import odt_file
from tests.conformance.verapdf import violated_rules
from tests.integration.rendering.test_logos_of_signatories import SIGNED
from tests.integration.rendering.test_office_opens import converted
from tests.support.editions import TEXT
from tests.unit.intake.test_letter_file import picture

BODY = """See [the report](https://rivers.example).

## What we ask

1. One
   - Inside

```
code
```

| River | Miles |
|---|--:|
| Mill | 3 |

![A chart](chart.png "Its caption"){width=60% numbered}

:::annex More

Words."""
AS_UA = 'pdf:writer_pdf_Export:{"PDFUACompliance":{"type":"boolean","value":"true"}}'


def letter() -> LetterDocument:
    pictures = (Picture("chart.png", "image/png", picture((300, 200))),)
    return build_document(replace(TEXT, body=BODY, pictures=pictures, shown=SignatoryStyle.LOGOS), SIGNED)


def test_an_odt_file_becomes_a_pdf_for_screen_readers(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(converted(odt_file(letter()), "letter.odt", AS_UA, tmp_path))
    assert violated_rules([path])["letter.pdf", "ua1"] == []

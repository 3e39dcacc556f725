"""An edition's table and manifest are attached to its PDF, for newsrooms to extract."""

import datetime as dt
import io
import json

import pikepdf

from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.letters.letter_document import EditionInfo, LetterText, Signatory
from letterhub.domain.letters.signatory_order import build_document
from letterhub.rendering.files import render_document


def test_an_editions_pdf_carries_its_names_as_data() -> None:
    edition = EditionInfo(
        2, "k7q2mx", dt.datetime(2026, 1, 8, 17, tzinfo=dt.UTC), "https://letters.example.org/editions/k7q2mx"
    )
    names = (Signatory("The Example Alliance"), Signatory("=Rivers", signer_name="Nia Example"))
    document = build_document(LetterText("Clean Rivers", "We write."), names, edition=edition)
    made = render_document(FileFormat.PDF, document)
    with pikepdf.open(io.BytesIO(made.content)) as opened:
        files = {name: spec.get_file().read_bytes() for name, spec in opened.attachments.items()}
        related = {str(spec.UF): str(spec.AFRelationship) for spec in opened.Root.AF}
    assert files["signatories.csv"] == render_document(FileFormat.CSV, document).content
    manifest = json.loads(files["edition.json"])
    assert (manifest["edition"]["id"], manifest["counts"]["signatories"], manifest["files"]) == ("k7q2mx", 2, [])
    assert [one["organization"] for one in manifest["signatories"]] == ["The Example Alliance", "=Rivers"]
    assert related == {"signatories.csv": "/Data", "edition.json": "/Data"}

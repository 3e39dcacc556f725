"""`letterhub.render`: letters as files for other programs, in a process without settings or database."""

import subprocess
import sys
from pathlib import Path

import pytest

import letterhub.render
from letterhub.paths import ROOT
from letterhub.render import FORMATS, Signatory, UserFacingError, render_letter
from tests.support.pdf_readers import text_of_pdf

LETTER = "---\ntitle: Clean rivers\n---\n\nWe, the {{count}} undersigned, ask you to act."
SIGNATORIES = [Signatory("Example Alliance", "Ada Example", "Chair"), Signatory("Another Example")]


def test_a_letter_is_rendered_in_a_process_of_its_own(tmp_path: Path) -> None:
    example = "\n".join(line.strip() for line in str(letterhub.render.__doc__).splitlines() if line.startswith("    "))
    program = f"{example}\nimport sys\nassert not {{'flask', 'sqlalchemy'}} & set(sys.modules)"
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path, env=environment)
    text = text_of_pdf(tmp_path / "rivers.pdf")
    assert "We, the 1 undersigned" in text
    assert "Ada Example, Chair" in text


@pytest.mark.parametrize("file_format", [form for form in FORMATS if form != "pdf"])
def test_every_format_holds_the_names(file_format: str) -> None:
    rendered = render_letter(LETTER, SIGNATORIES, file_format)
    assert rendered.warnings == ()
    assert file_format in ("docx", "odt", "xlsx") or b"Example Alliance" in rendered.content


def test_files_are_read_with_notes_and_refused_with_a_reason(tmp_path: Path) -> None:
    letter, table = tmp_path / "rivers.md", tmp_path / "rivers.csv"
    letter.write_text(LETTER + "\n\n<script>x</script>", encoding="utf-8")
    table.write_text("organization\nExample Alliance\n", encoding="utf-8")
    rendered = render_letter(letter, table, "txt")
    assert b"Example Alliance" in rendered.content
    assert rendered.warnings
    with pytest.raises(UserFacingError, match=r"letter\.md"):
        render_letter("---\ntitle: [\n---\n", SIGNATORIES)
    with pytest.raises(ValueError, match="choose one of"):
        render_letter(LETTER, SIGNATORIES, "json")
    with pytest.raises(ValueError, match="doc"):
        render_letter(LETTER, SIGNATORIES, "doc")

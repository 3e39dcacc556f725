"""Every kind of letter conforms to PDF/UA-1 and PDF/A-3a, by veraPDF's engine."""

import re
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner

from letterhub.cli import main
from letterhub.domain.letters.letter_document import LetterDocument, LetterText, SignatureBlocks
from letterhub.domain.letters.note_choices import LinkStyle, NotePlacement
from letterhub.paths import ROOT
from tests.conformance.letters import (
    ARABIC,
    JAPANESE,
    LANGUAGES,
    MIXED_DIRECTION,
    ODD,
    RAISED,
    conformance_letter,
    letter_in,
    letter_in_four_languages,
    letter_of_four_leaders,
    letter_of_individuals,
    letter_with_blocks,
    letter_with_eight_figures,
    letter_with_figures,
    letter_with_logos,
    render_file,
)
from tests.conformance.verapdf import violated_rules
from tests.support.files.hostile_markdown import hostile_text
from tests.support.missing import SHARED
from tests.support.pdf_readers import qpdf_errors, text_of_pdf

LETTERS = SHARED / "letters"
FORMAT_CHARACTERS = (0x0B, 0x0C, 0x85, 0x600, 0x6DD, 0x890, 0x2028, 0x202E, 0x2060, 0xFEFF, 0xFFF9, 0x13430, 0x1BCA0, 0xE0041)
MANY = tuple(f"Example Alliance of {number}" for number in range(10_000))


def invented_letters() -> dict[str, LetterDocument]:
    """Return letters of every kind, by the names of their files."""
    return {
        "noted.pdf": conformance_letter(),
        "raised.pdf": conformance_letter(RAISED),
        "arabic.pdf": conformance_letter(ARABIC, "ar", title="رسالة"),
        "both-ways.pdf": conformance_letter(MIXED_DIRECTION, title="نهر نظيف"),
        "japanese.pdf": conformance_letter(JAPANESE, "ja", title="平和 🕊"),
        **{
            f"{count}-names.pdf": conformance_letter("We, the {{count}} undersigned, write.", names=MANY[:count])
            for count in (20, 1_000, 10_000)
        },
        "odd.pdf": conformance_letter("\n\n".join(ODD), names=ODD),
        "hostile.pdf": conformance_letter(hostile_text()),
        "format-characters.pdf": conformance_letter("".join(f"K{chr(code)} " for code in FORMAT_CHARACTERS)),
        "logos.pdf": letter_with_logos(),
        "figures.pdf": letter_with_figures(),
        "endnotes.pdf": replace(
            letter_with_figures(), text=replace(letter_with_figures().text, notes=NotePlacement.END, links=LinkStyle.LIST)
        ),
        "lead-blocks.pdf": letter_with_blocks(SignatureBlocks.LEADS, leads=41),
        "blocks.pdf": letter_with_blocks(SignatureBlocks.ALL),
        "arabic-blocks.pdf": letter_with_blocks(SignatureBlocks.LEADS, "ar"),
        **{f"{language}.pdf": letter_in(language) for language in LANGUAGES},
        "in-four-languages.pdf": letter_in_four_languages(),
        "four-leaders.pdf": letter_of_four_leaders(),
        "eight-figures.pdf": letter_with_eight_figures(),
        "24000-individuals.pdf": letter_of_individuals(24_000),
        "unsigned.pdf": LetterDocument(LetterText("A title", "A text")),
    }


def test_every_kind_of_letter_keeps_both_standards(tmp_path: Path) -> None:
    files = [render_file(document, tmp_path / name) for name, document in invented_letters().items()]
    files.append(rendered(ROOT / "demo" / "open-libraries.md", tmp_path))
    assert violations(files) == {}
    people = re.findall(r"Example-(\d+)", text_of_pdf(tmp_path / "24000-individuals.pdf"))
    assert sorted(map(int, people)) == list(range(24_000))
    assert [
        f"Figure {number}. Caption {number - 1}" in text_of_pdf(tmp_path / "eight-figures.pdf") for number in range(1, 9)
    ] == ([True] * 8)


def violations(files: list[Path]) -> dict[str, list[str]]:
    """Return the violations of both standards and of PDF itself, by file; empty where all is well."""
    verdicts = violated_rules(files)
    assert len(verdicts) == 2 * len(files)
    complaints = {(path.name, "pdf"): list(filter(None, [qpdf_errors(path)])) for path in files}
    return {" ".join(rule_key): rules for rule_key, rules in (verdicts | complaints).items() if rules}


def rendered(text: Path, folder: Path) -> Path:
    """Return the PDF of a letter and its signatories, made by `letterhub render`."""
    file = folder / f"{text.stem}.pdf"
    done = CliRunner().invoke(main, ["render", str(text), str(text.with_suffix(".csv")), "--pdf", str(file)])
    assert done.exit_code == 0, done.output
    return file


@pytest.mark.needs_shared("letters")
def test_every_real_letter_keeps_both_standards(tmp_path: Path) -> None:
    texts = sorted(folder / f"{folder.name}.md" for folder in LETTERS.iterdir())
    assert violations([rendered(text, tmp_path) for text in texts]) == {}


def test_the_engine_sees_what_is_broken(tmp_path: Path) -> None:
    whole = render_file(conformance_letter(RAISED), tmp_path / "whole.pdf")
    with pikepdf.open(whole) as paper:
        del paper.Root.Metadata
        paper.Root.MarkInfo.Marked = False
        paper.save(tmp_path / "spoiled.pdf")
    verdicts = violated_rules([whole, tmp_path / "spoiled.pdf"])
    assert {rule_key: [rule.split()[0] for rule in rules] for rule_key, rules in verdicts.items()} == {
        ("whole.pdf", "ua1"): [],
        ("whole.pdf", "3a"): [],
        ("spoiled.pdf", "ua1"): ["6.2-1", "7.1-8"],
        ("spoiled.pdf", "3a"): ["6.6.2.1-1", "6.7.2.2-1"],
    }

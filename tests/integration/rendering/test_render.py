"""The command `letterhub render`, as an organizer uses it."""

import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from letterhub.cli import main, output
from tests.support.pdf_readers import names_in_html
from tests.support.references.dumps import odt_content

LETTER = """---
title: Clean Rivers
addressee: The President
re: Rivers
closing: Respectfully,
---
We, the {{count_in_words}} undersigned, write.
"""
TABLE = "organization,signer_name,email\nExample Alliance,Nia Example,nia@example.org\nThe Arc of Example,Sam,sam@example.org\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "letter.md").write_text(LETTER, encoding="utf-8")
    (tmp_path / "names.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


def render(folder: Path, *outputs: str) -> Result:
    words = [word if word.startswith("--") else str(folder / word) for word in outputs]
    return CliRunner().invoke(main, ["render", str(folder / "letter.md"), str(folder / "names.csv"), *words])


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_three_files_come_from_two_and_nothing_is_printed(folder: Path) -> None:
    done = render(folder, "--html", "out.html", "--pdf", "out.pdf", "--csv", "out.csv")
    assert (done.exit_code, done.output) == (0, "")
    assert files(folder) == {"letter.md", "names.csv", "out.html", "out.pdf", "out.csv"}
    assert set(names_in_html((folder / "out.html").read_bytes())) == {"Example Alliance", "The Arc of Example"}
    assert "We, the two undersigned, write." in (folder / "out.html").read_text(encoding="utf-8")
    assert (folder / "out.pdf").read_bytes().startswith(b"%PDF-")


def test_files_of_offices_and_plain_text_come_from_two_too(folder: Path) -> None:
    done = render(folder, "--docx", "out.docx", "--odt", "out.odt", "--xlsx", "out.xlsx", "--txt", "out.txt")
    assert (done.exit_code, done.output) == (0, "")
    assert "We, the two undersigned, write." in (folder / "out.txt").read_text(encoding="utf-8")
    assert (folder / "out.xlsx").read_bytes().startswith(b"PK")
    assert "The Arc of Example" in odt_content((folder / "out.odt").read_bytes())
    assert (folder / "out.docx").read_bytes().startswith(b"PK")


def test_a_table_without_names_is_told(folder: Path) -> None:
    (folder / "names.csv").write_text("organization,signer_name\n", encoding="utf-8")
    done = render(folder, "--csv", "out.csv")
    assert (done.exit_code, done.stderr) == (0, "names.csv: There are no names below the headings.\n")


def test_what_a_letter_cannot_hold_is_told(folder: Path) -> None:
    (folder / "letter.md").write_text(f"{LETTER}\n![A map](map.png)\n\n<u>Now</u>\n", encoding="utf-8")
    done = render(folder, "--html", "out.html")
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        (
            "letter.md: These pictures aren’t among the letter’s files, so their descriptions are printed instead: "
            "“A map (map.png)”."
        ),
        "letter.md: HTML is printed as it was typed: “<u>”, “</u>”. Use Markdown instead, such as *italic* or **bold**.",
    ]


@pytest.mark.shows("S11")
def test_no_address_is_in_any_file(folder: Path) -> None:
    render(folder, "--html", "out.html", "--csv", "out.csv")
    assert "@example.org" not in (folder / "out.html").read_text(encoding="utf-8")
    assert "@example.org" not in (folder / "out.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("file", "data", "sentence"),
    [
        (
            "names.csv",
            "organization,kind\nExample,club\n",
            "names.csv, line 2, column “kind”: must be organization or individual.",
        ),
        ("names.csv", 'organization\n"Example\n', "names.csv, line 2: a quotation mark opens here and never closes."),
        (
            "names.csv",
            "a,b\n1,2\n",
            "names.csv, line 1: no heading says who signed. Found: “a”, “b”. Expected one such as organization",
        ),
        (
            "letter.md",
            "---\ntitle: T\ndate: soon\n---\n",
            "letter.md, line 3: “date” must be a date such as 2026-01-07 or June 2013",
        ),
        (
            "letter.md",
            "---\ntitle: T\n---\n\nWe, the {{count}} undersigned,\nall {{cuont}} of us.\n",
            "letter.md, line 6: {{cuont}} is not a placeholder. Use {{count}} for the number",
        ),
        ("letter.md", "---\ntitle: T\n", "letter.md, line 1: the head of the letter starts with --- and never ends."),
    ],
)
def test_bad_input_says_where_in_one_sentence_and_leaves_nothing(folder: Path, file: str, data: str, sentence: str) -> None:
    (folder / file).write_text(data, encoding="utf-8")
    done = render(folder, "--html", "out.html", "--pdf", "out.pdf", "--csv", "out.csv")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"letterhub render: {sentence}")
    assert done.stderr.count("\n") == 1
    assert files(folder) == {"letter.md", "names.csv"}


def test_a_letter_that_cannot_be_set_leaves_the_old_files_as_they_were(folder: Path) -> None:
    (folder / "letter.md").write_text("# T\n\n" + "> " * 80 + "deep", encoding="utf-8")
    (folder / "out.html").write_text("old", encoding="utf-8")
    done = render(folder, "--html", "out.html", "--csv", "out.csv")
    assert done.exit_code == 1
    assert "nests quotes or lists too deeply" in done.stderr
    assert files(folder) == {"letter.md", "names.csv", "out.html"}
    assert (folder / "out.html").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize(
    ("outputs", "sentence"),
    [
        (("--csv", "out.csv", "--html", "nowhere/out.html"), "nowhere/out.html cannot be written: there is no folder "),
        (("--csv", "out", "--html", "out"), "out is named for two files."),
        (("--csv", "names.csv"), "names.csv is an input file and would be overwritten."),
        (("--html", "letter.md"), "letter.md is an input file and would be overwritten."),
    ],
)
def test_a_file_without_a_place_of_its_own_is_refused_and_none_is_written(
    folder: Path, outputs: tuple[str, ...], sentence: str
) -> None:
    done = render(folder, *outputs)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert sentence in done.stderr
    assert files(folder) == {"letter.md", "names.csv"}
    assert (folder / "names.csv").read_text(encoding="utf-8") == TABLE


def test_what_was_left_out_is_said_on_the_side(folder: Path) -> None:
    (folder / "letter.md").write_text(LETTER.replace("re:", "licence: CC0\nre:") + "\n{{ page.date }}[^x]\n", encoding="utf-8")
    (folder / "names.csv").write_text("organization,Phone\nExample,1\n", encoding="utf-8")
    assert render(folder, "--csv", "out.csv").stderr.splitlines() == [
        "letter.md: Left out because we don’t know these keys: licence (line 4).",
        "letter.md: Printed as they are, because they are not placeholders: {{ page.date }}.",
        "letter.md: [^x] refers to a note that doesn’t exist. Start a paragraph with “[^x]:”, or delete the reference.",
        "names.csv: These columns are not used: “Phone”.",
    ]


def test_a_placeholder_that_was_left_is_said_on_the_side(folder: Path) -> None:
    (folder / "letter.md").write_text(LETTER.replace("write.", "write by [DATE]."), encoding="utf-8")
    done = render(folder, "--csv", "out.csv")
    assert (done.exit_code, done.stderr) == (
        0,
        "letter.md: “[DATE]” looks like a placeholder that still needs to be filled in.\n",
    )


def test_saying_no_output_is_a_mistake_of_use(folder: Path) -> None:
    done = render(folder)
    assert done.exit_code == 2
    assert "--html, --pdf, --docx, --odt, --csv, --xlsx or --txt" in done.stderr


def test_files_get_the_rights_that_the_system_gives(folder: Path) -> None:
    old = os.umask(0o027)
    try:
        render(folder, "--csv", "out.csv")
    finally:
        os.umask(old)
    assert stat.S_IMODE((folder / "out.csv").stat().st_mode) == 0o640


def test_help_reads_like_a_manual() -> None:
    page = CliRunner().invoke(main, ["render", "--help"]).output
    assert all(
        word in page for word in ("LETTER is Markdown", "SIGNATORIES is a spreadsheet", "Exit status", "Example:", "sort_name")
    )
    assert "render" in CliRunner().invoke(main, ["--help"]).output


def test_a_terminal_sees_how_far_a_long_letter_is(folder: Path) -> None:
    rows = "".join(f"Example {number}\n" for number in range(700))
    (folder / "names.csv").write_text("organization\n" + rows, encoding="utf-8")
    ours, theirs = pty.openpty()
    slow = "output.time = Mock(monotonic=count().__next__)"  # each read of the clock is a second later
    needed = "from itertools import count; from unittest.mock import Mock; from letterhub.cli import output, main"
    program = [sys.executable, "-c", f"{needed}; {slow}; main()"]
    command = [*program, "render", "letter.md", "names.csv", "--pdf", "o.pdf"]
    subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=theirs, check=True)
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "\rRendering the PDF:" in shown
    assert shown.endswith("\r\x1b[K")


def test_a_terminal_sees_what_takes_long_until_it_is_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(output, "PROGRESS_DELAY", 0.0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with output.waiting_line("Rendering the web page") as is_shown:
        assert is_shown.wait(60)
    assert capsys.readouterr() == ("", "\rRendering the web page …\r\x1b[K")


def test_a_file_or_a_quick_letter_sees_no_such_line(capsys: pytest.CaptureFixture[str]) -> None:
    with output.waiting_line("Rendering the web page"):
        pass
    assert capsys.readouterr() == ("", "")


def test_no_site_and_no_database_are_loaded_for_it(folder: Path) -> None:
    program = "import sys, letterhub.cli.render; print({'flask', 'sqlalchemy', 'weasyprint'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "set()"

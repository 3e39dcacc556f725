"""Paths of files on the command line: one that is no file gets a sentence, before anything is read or written."""

import os
from pathlib import Path

import pytest
from flask import Flask

from letterhub.config import Settings
from tests.support import factories
from tests.support.servers.command_line import run_letterhub
from tests.support.servers.mail_server import Inbox

OLU = "olu@example.org"
FIXED = {"letter.md": "# Rivers\n\nText.\n", "names.csv": "organization\nExample\n"}
INPUTS = (
    "restore {}",
    "letter import {}",
    "signatories import clean-rivers-for-everyone {}",
    "render {} names.csv --txt out.txt",
    "render letter.md {} --txt out.txt",
)
OUTPUTS = (
    "backup {}",
    "export clean-rivers-for-everyone --format csv --out {}",
    *(f"render letter.md names.csv --{kind} {{}}" for kind in ("html", "pdf", "docx", "odt", "csv", "xlsx", "txt")),
)
NO_FILES = (
    ("", "the name of the file is empty."),
    (" ", "the name of the file is empty."),
    (".", ". is a folder."),
    ("folder", "folder is a folder."),
    ("-", "“-” stands for no file here. If a file is called that, enter ./-"),
    ("/dev/null", "/dev/null is not a file"),
    ("letter.md/x", "letter.md/x cannot be used: Not a directory."),
    ("x" * 300, "cannot be used: File name too long."),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, with a letter, a table and a folder in it."""
    for name, text in FIXED.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def answer(settings: Settings, command: str, path: str) -> str:
    """Run a command with a path; return what it says on standard error, without line breaks. It fails without a traceback."""
    result = run_letterhub(settings, *(path if word == "{}" else word for word in command.split()))
    assert result.exit_code in {1, 2}, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.stdout == ""
    return " ".join(result.stderr.split())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("path", "sentence"), NO_FILES)
@pytest.mark.parametrize("command", INPUTS + OUTPUTS)
def test_a_path_that_is_no_file_gets_a_sentence(
    app: Flask, settings: Settings, folder: Path, command: str, path: str, sentence: str
) -> None:
    before = sorted(folder.rglob("*"))
    assert sentence in answer(settings, command, path)
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("command", INPUTS)
def test_a_missing_file_is_named(app: Flask, settings: Settings, folder: Path, command: str) -> None:
    assert "there is no file missing.x." in answer(settings, command, "missing.x")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("command", OUTPUTS)
def test_a_missing_folder_is_named(app: Flask, settings: Settings, folder: Path, command: str) -> None:
    factories.signature(factories.open_letter())
    assert "nowhere/out cannot be written: " in answer(settings, command, "nowhere/out")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_pipe_is_read_once_and_never_restored(app: Flask, settings: Settings, folder: Path) -> None:
    factories.open_letter()
    reader, writer = os.pipe()
    os.write(writer, FIXED["names.csv"].encode())
    os.close(writer)
    pipe = f"/dev/fd/{reader}"
    assert "is not a file" in answer(settings, "restore {}", pipe)
    result = run_letterhub(settings, "signatories", "import", "clean-rivers-for-everyone", pipe)
    os.close(reader)
    assert (result.exit_code, result.stdout) == (0, "1 name imported; review it before it is printed.\n")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_without_a_name_mails_the_operator(app: Flask, settings: Settings, postbox: Inbox) -> None:
    assert run_letterhub(settings, "backup", "", LETTERHUB_OPERATOR_EMAIL=OLU).exit_code == 1
    (mail,) = postbox.to(OLU)
    assert "The backup has no place: the name of the file is empty." in mail.message.get_content()

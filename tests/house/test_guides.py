"""Files, commands and values that the guides name exist."""

import re

import click
import pytest

from letterhub.cli import COMMANDS, main
from letterhub.config import KNOWN, ROOT
from letterhub.domain.mails import MailKind

GUIDES = ("README.md", "CONTRIBUTING.md", "docs/operations.md", "docs/upgrading.md")
MANUALS = ("README.md", "docs/operations.md", "docs/upgrading.md", "deploy/README.md")
OURS = ("letterhub/", "templates/", "static/", "tests/", "migrations/", "docs/", "audit/", "bench/", "deploy/", ".ci/")


@pytest.mark.parametrize("guide", GUIDES)
def test_files_that_a_guide_names_are_there(guide: str) -> None:
    named = re.findall(r"[`(]([\w./-]+)[`)]", (ROOT / guide).read_text(encoding="utf-8"))
    paths = [name for name in named if name.startswith(OURS) or re.fullmatch(r"[A-Z]+(\.md)?|\w+\.toml", name)]
    known = {*KNOWN, "DECLINED", "DECLINE"}
    assert [name for name in paths if name not in known and not (ROOT / name).exists() and "pictures" not in name] == []
    assert paths


@pytest.mark.parametrize("manual", MANUALS)
def test_commands_and_options_that_a_manual_names_are_there(manual: str) -> None:
    text = (ROOT / manual).read_text(encoding="utf-8")
    named = re.findall(r"(?:`|^|bin/|or |run-)letterhub ((?:[a-z-]+ ?)+)((?:[^`\n#]*)?)", text, re.MULTILINE)
    assert named
    for words, rest in named:
        command: click.Command = main
        for word in words.split():
            if not isinstance(command, click.Group):
                break
            found = command.get_command(click.Context(command), word)
            assert found, f"{manual} names letterhub {words}"
            command = found
        options = {option for one in command.params for option in one.opts}
        assert [one for one in re.findall(r"(?<!\S)--[a-z-]+", f"{words} {rest}") if one not in options] == [], words


@pytest.mark.parametrize("manual", MANUALS)
def test_settings_and_figures_that_a_manual_names_are_there(manual: str) -> None:
    text = (ROOT / manual).read_text(encoding="utf-8")
    assert set(re.findall(r"LETTERHUB_([A-Z_]+)", text)) <= {*KNOWN, ""}
    told = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "letterhub").rglob("*.py"))
    figures = {re.sub(r"_(total|bucket)$", "", name) for name in re.findall(r"\b(letterhub_[a-z_]+)", text)}
    assert [name for name in figures if f'"{name}"' not in told] == []


def test_the_readme_names_every_setting() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in KNOWN if name not in ("DEMO",) and f"`{name}`" not in text] == []


def test_make_help_names_every_target() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", text, re.MULTILINE))
    assert targets == set(re.findall(r"^([a-z]+):.*## \S", text, re.MULTILINE))


def test_each_kind_of_mail_has_a_folder_with_its_three_parts() -> None:
    folders = {folder.name: folder for folder in (ROOT / "templates" / "email").iterdir() if folder.is_dir()}
    assert set(folders) == set(MailKind)
    parts = {"subject.txt", "body.txt", "body.html"}
    assert {name for name, folder in folders.items() if not parts <= {part.name for part in folder.iterdir()}} == set()


def test_each_command_of_operators_has_a_file_of_its_name() -> None:
    assert [name for name in COMMANDS if not (ROOT / "letterhub" / "cli" / f"{name.replace('-', '_')}.py").exists()] == []


def test_staff_read_each_kind_of_mail_in_words() -> None:
    page = (ROOT / "templates" / "staff" / "outbox" / "listed.html").read_text(encoding="utf-8")
    assert [kind for kind in MailKind if f'"{kind}": _(' not in page] == []

"""Files, commands and values that the guides name exist."""

import re
from pathlib import Path
from secrets import token_urlsafe

import click
import pytest

from letterhub.cli import COMMANDS, main
from letterhub.config import KNOWN_SETTINGS, InvalidSettings, parse_settings
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.paths import ROOT
from tests.house.sources import assert_none

GUIDES = ("README.md", "CONTRIBUTING.md", "docs/operations.md", "docs/settings.md", "docs/upgrading.md")
MANUALS = (
    "README.md",
    "docs/operations.md",
    "docs/settings.md",
    "docs/upgrading.md",
    "docs/guide/operators/install.md",
    "docs/guide/developers/start.md",
    "deploy/README.md",
)
OURS = ("letterhub/", "templates/", "static/", "tests/", "migrations/", "docs/", "audit/", "bench/", "deploy/", ".ci/")


@pytest.mark.parametrize("guide", GUIDES)
def test_files_that_a_guide_names_are_there(guide: str) -> None:
    named = re.findall(r"[`(]([\w./-]+)[`)]", (ROOT / guide).read_text(encoding="utf-8"))
    paths = [name for name in named if name.startswith(OURS) or re.fullmatch(r"LICENSE|[A-Z]+\.md|\w+\.toml", name)]
    absent = [name for name in paths if not (ROOT / name).exists() and "pictures" not in name]
    assert_none((f"{guide}: {name}" for name in absent), "correct the path in the guide, or remove it")
    assert paths, f"{guide}: name files in backquotes, or remove the guide from GUIDES here"


@pytest.mark.parametrize("manual", MANUALS)
def test_commands_and_options_that_a_manual_names_are_there(manual: str) -> None:
    text = (ROOT / manual).read_text(encoding="utf-8")
    named = re.findall(r"(?:`|^|bin/|or |run-)letterhub ((?:[a-z-]+ ?)+)((?:[^`\n#]*)?)", text, re.MULTILINE)
    assert named, f"{manual}: name commands as `letterhub serve`, or remove the manual from MANUALS here"
    unknown: list[str] = []
    for words, rest in named:
        command: click.Command | None = main
        for word in words.split():
            if isinstance(command, click.Group):
                command = command.get_command(click.Context(command), word)
        options = {"--help", *(option for one in command.params for option in one.opts)} if command else set()
        wrong = [one for one in re.findall(r"(?<!\S)--[a-z-]+", f"{words} {rest}") if one not in options]
        unknown += [f"{manual}: letterhub {words} {one}" for one in (wrong if command else ["(no such command)"])]
    assert_none(unknown, "correct the command or the option, or remove it")


@pytest.mark.parametrize("manual", MANUALS)
def test_settings_and_figures_that_a_manual_names_are_there(manual: str) -> None:
    text = (ROOT / manual).read_text(encoding="utf-8")
    unknown = set(re.findall(r"LETTERHUB_([A-Z_]+)", text)) - {*KNOWN_SETTINGS, ""}
    assert_none((f"{manual}: {name}" for name in sorted(unknown)), "name a setting of letterhub/config.py, or remove it")
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "letterhub").rglob("*.py"))
    figures = {re.sub(r"_(total|bucket)$", "", name) for name in re.findall(r"\b(letterhub_[a-z_]+)", text)}
    absent = [f"{manual}: {name}" for name in sorted(figures) if f'"{name}"' not in source]
    assert_none(absent, "name a metric that /metrics has, or remove it")


def documented_settings() -> dict[str, str]:
    """Return the default of each setting in docs/settings.md, as it is written there."""
    rows = re.findall(
        r"^\| `([A-Z_]+)` \| (.+?) \| ", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(rows) == len(dict(rows)), "docs/settings.md: one row for each setting"
    return dict(rows)


def test_the_page_of_settings_has_every_setting() -> None:
    documented = documented_settings().keys()
    assert_none(sorted(KNOWN_SETTINGS - documented), "docs/settings.md: add a row with the default and the meaning")
    assert_none(
        sorted(documented - {*KNOWN_SETTINGS}), "docs/settings.md: remove the row; letterhub/config.py has no such setting"
    )


def test_the_page_of_settings_has_their_defaults(tmp_path: Path) -> None:
    documented = documented_settings()
    required = [name for name in KNOWN_SETTINGS if documented[name] == "required"]
    with pytest.raises(InvalidSettings) as refused:
        parse_settings({"LETTERHUB_DATA_DIR": str(tmp_path)})
    missing = {f"LETTERHUB_{name} is missing." for name in required}
    assert_none(
        sorted(missing ^ {*refused.value.sentences}), "docs/settings.md: write `required` as the default of exactly these"
    )
    given = {"DATA_DIR": str(tmp_path), "SECRET_KEY": token_urlsafe(48), "PUBLIC_URL": "https://letters.example.org"}
    given |= {"MAIL_URL": "smtps://mail.example.org", "MAIL_FROM": "letters@example.org"}
    settings = parse_settings({f"LETTERHUB_{name}": value for name, value in given.items()})
    shown = {
        "DATABASE_URL": Path(settings.database_url).name,
        "TRUSTED_PROXIES": settings.trusted_proxies,
        "DEMO": int(settings.demo),
    }
    wrong = [f"{name}: {default}" for name, default in shown.items() if f"`{default}`" not in documented[name]]
    assert_none(wrong, "docs/settings.md: write this default in backquotes")
    unset = [name for name in KNOWN_SETTINGS if documented[name] == "none" and getattr(settings, name.lower(), None)]
    assert_none(unset, "docs/settings.md: correct the default")


def test_make_help_names_every_target() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", text, re.MULTILINE))
    helped = set(re.findall(r"^([a-z]+):.*## \S", text, re.MULTILINE))
    assert_none(sorted(targets - helped), "Makefile: add `## what it does` after the target")


def test_each_kind_of_mail_has_a_folder_with_its_three_parts() -> None:
    folders = {folder.name: folder for folder in (ROOT / "templates" / "email").iterdir() if folder.is_dir()}
    kinds = set(MailKind) - {MailKind.TEST}  # which has the parts of the kind that it tries
    assert_none(sorted(set(folders) ^ kinds), "templates/email: have a folder for each MailKind, and no other")
    parts = {"subject.txt", "body.txt", "body.html"}
    partial = [name for name, folder in folders.items() if not parts <= {part.name for part in folder.iterdir()}]
    assert_none(partial, f"templates/email: give the folder all of {sorted(parts)}")


def test_each_command_of_operators_has_a_file_of_its_name() -> None:
    homeless = [name for name in COMMANDS if not (ROOT / "letterhub" / "cli" / f"{name.replace('-', '_')}.py").exists()]
    assert_none(homeless, "put the command into letterhub/cli/, in a file of its name")


def test_staff_read_each_kind_of_mail_in_words() -> None:
    page = (ROOT / "templates" / "staff" / "mail" / "index.html").read_text(encoding="utf-8")
    unnamed = [kind for kind in MailKind if f'"{kind}": _(' not in page]
    assert_none(unnamed, "templates/staff/mail/index.html: add the kind with its words for staff")

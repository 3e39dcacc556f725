"""Production setup as documented: settings, units and commands fit each other, and the audit runs the documented commands."""

import re
import subprocess
from itertools import pairwise
from pathlib import Path

import click
import pytest

from audit.production import guide
from audit.production.units import read_unit, settings_in
from letterhub.cli import main
from letterhub.config import KNOWN, PREFIX, ROOT, settings_from

DEPLOY = ROOT / "deploy"
UNITS = {path.name: read_unit(path) for path in (DEPLOY / "systemd").glob("*.service")}
EXAMPLE = (DEPLOY / "letterhub.env.example").read_text(encoding="utf-8")
KEY = "Bq8-vW2hYt6nKx3pLs9dRj5cMg7fZa1e"
PROGRAM = "/srv/letterhub/.venv/bin/letterhub"


def test_the_example_of_settings_has_a_line_for_each() -> None:
    named = re.findall(rf"^#?{PREFIX}([A-Z_]+)=", EXAMPLE, re.MULTILINE)
    assert sorted(set(named)) == sorted(KNOWN)


def test_each_setting_of_the_example_is_told_in_words_above_it() -> None:
    lines = EXAMPLE.splitlines()
    untold = [line for above, line in pairwise(lines) if re.match(r"#?\w+=", line) and not above]
    assert untold == []


def test_the_example_starts_a_site_once_its_key_is_filled_in(tmp_path: Path) -> None:
    given = settings_in(EXAMPLE) | {
        "LETTERHUB_SECRET_KEY": KEY,
        "LETTERHUB_DATA_DIR": str(tmp_path),
    }
    assert settings_from(given).trusted_proxies == 1


def test_every_example_of_a_setting_can_be_read(tmp_path: Path) -> None:
    shown = dict(re.findall(rf"^#({PREFIX}[A-Z_]+)=(.+)$", EXAMPLE, re.MULTILINE))
    given = settings_in(EXAMPLE) | shown
    given |= {"LETTERHUB_SECRET_KEY": KEY, "LETTERHUB_DATA_DIR": str(tmp_path)}
    del given["LETTERHUB_CERTIFICATE"]  # this file does not exist here
    assert settings_from(given).database_url.startswith("postgresql")


def commands_of_units() -> list[tuple[str, str]]:
    keys = ("ExecStartPre", "ExecStart", "ExecStartPost")
    return [(name, command) for name, unit in UNITS.items() for key in keys for command in unit.said.get(key, [])]


@pytest.mark.parametrize(("unit", "command"), commands_of_units())
def test_the_command_of_a_unit_is_there_with_its_options(unit: str, command: str) -> None:
    if PROGRAM not in command:
        assert Path(command.split(maxsplit=1)[0]).exists(), unit
        return
    found: click.Command | None = main
    words = command.partition(f"{PROGRAM} ")[2].split()
    assert isinstance(found, click.Group)
    found = found.get_command(click.Context(found), words[0])
    assert found, command
    options = {option for one in found.params for option in one.opts}
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= options


def test_units_run_as_one_user_with_one_environment() -> None:
    same = {
        (unit.one("User"), unit.one("Group"), unit.one("StateDirectory"), unit.one("Environment"), unit.one("EnvironmentFile"))
        for unit in UNITS.values()
    }
    assert same == {
        (
            "letterhub", "letterhub", "letterhub",
            "HOME=/var/lib/letterhub LETTERHUB_DATA_DIR=/var/lib/letterhub PYTHONDONTWRITEBYTECODE=1",
            "/etc/letterhub/letterhub.env",
        )
    }  # fmt: skip
    command = (DEPLOY / "letterhub").read_text(encoding="utf-8")
    assert "export HOME=/var/lib/letterhub LETTERHUB_DATA_DIR=/var/lib/letterhub PYTHONDONTWRITEBYTECODE=1" in command


@pytest.mark.shows("R4")
def test_a_boot_without_the_database_leaves_no_unit_down_for_good() -> None:
    migrate, web, worker = (UNITS[f"letterhub-{name}.service"] for name in ("migrate", "web", "worker"))
    assert (migrate.one("TimeoutStartSec"), migrate.one("Restart")) == ("infinity", "on-failure")
    for unit in (web, worker):
        assert unit.one("Restart") == "always"
        assert "letterhub-migrate.service" in unit.words("Wants")
        assert "letterhub-migrate.service" in unit.words("After")
        assert unit.words("Requires") == []  # a failed unit takes down what requires it for good
    assert [unit.one("StartLimitIntervalSec") for unit in (migrate, web, worker)] == ["0"] * 3


def test_each_timer_starts_a_service_that_is_there() -> None:
    timers = {path.name for path in (DEPLOY / "systemd").glob("*.timer")}
    assert timers == {"letterhub-backup.timer", "letterhub-check.timer"}
    assert {name.replace(".timer", ".service") for name in timers} <= set(UNITS)
    assert all(name in guide.blocks()["start"] for name in timers)


def test_the_audit_runs_every_command_of_the_page_or_says_why_not() -> None:
    there = guide.blocks()
    assert set(there) == {*guide.RUN, *guide.INSTEAD}
    assert len(guide.RUN) == len(set(guide.RUN))
    order = [name for name in there if name in guide.RUN]
    assert order == [name for name in guide.RUN if name in order]  # from top to bottom, as in the document


@pytest.mark.parametrize("script", ["deploy/setup", "deploy/letterhub", ".ci/setup", ".ci/system"])
def test_a_script_of_the_set_up_can_be_read_and_run(script: str) -> None:
    subprocess.run(["sh", "-n", ROOT / script], check=True)
    assert (ROOT / script).stat().st_mode & 0o111


def test_every_file_that_the_set_up_takes_from_deploy_is_there() -> None:
    texts = [
        path.read_text(encoding="utf-8") for path in (DEPLOY / "setup", DEPLOY / "letterhub", ROOT / "docs" / "operations.md")
    ]
    named = {name for text in texts for name in re.findall(r"/srv/letterhub/(deploy/[\w./-]*\w)", text)}
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []

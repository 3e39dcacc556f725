"""Production setup as documented: settings, units and commands fit each other, and the audit runs the documented commands."""

import re
import subprocess
from itertools import pairwise
from pathlib import Path

import click
import pytest

from audit.production import guide
from audit.production.units import parse_environment_file, read_unit
from letterhub.cli import main
from letterhub.config import KNOWN_SETTINGS, PREFIX, parse_settings
from letterhub.paths import ROOT
from tests.house.sources import assert_none

DEPLOY = ROOT / "deploy"
UNITS = {path.name: read_unit(path) for path in (DEPLOY / "systemd").glob("*.service")}
EXAMPLE = (DEPLOY / "letterhub.env.example").read_text(encoding="utf-8")
KEY = "Bq8-vW2hYt6nKx3pLs9dRj5cMg7fZa1e"
PROGRAM = "/srv/letterhub/.venv/bin/letterhub"


def test_the_example_of_settings_has_a_line_for_each() -> None:
    named = re.findall(rf"^#?{PREFIX}([A-Z_]+)=", EXAMPLE, re.MULTILINE)
    assert_none(sorted(set(KNOWN_SETTINGS) - set(named)), "deploy/letterhub.env.example: add a line for the setting")
    assert_none(
        sorted(set(named) - set(KNOWN_SETTINGS)), "deploy/letterhub.env.example: remove the line, no such setting exists"
    )


def test_each_setting_of_the_example_is_told_in_words_above_it() -> None:
    lines = EXAMPLE.splitlines()
    untold = [line for above, line in pairwise(lines) if re.match(r"#?\w+=", line) and not above]
    assert_none(untold, "deploy/letterhub.env.example: explain the setting in a comment above it")


def test_the_example_starts_a_site_once_its_key_is_filled_in(tmp_path: Path) -> None:
    given = parse_environment_file(EXAMPLE) | {
        "LETTERHUB_SECRET_KEY": KEY,
        "LETTERHUB_DATA_DIR": str(tmp_path),
    }
    assert parse_settings(given).trusted_proxies == 1, "deploy/letterhub.env.example: write LETTERHUB_TRUSTED_PROXIES=1"


def test_every_example_of_a_setting_can_be_read(tmp_path: Path) -> None:
    shown = dict(re.findall(rf"^#({PREFIX}[A-Z_]+)=(.+)$", EXAMPLE, re.MULTILINE))
    given = parse_environment_file(EXAMPLE) | shown
    given |= {"LETTERHUB_SECRET_KEY": KEY, "LETTERHUB_DATA_DIR": str(tmp_path)}
    del given["LETTERHUB_CERTIFICATE"]  # this file does not exist here
    assert parse_settings(given).database_url.startswith("postgresql"), "deploy/letterhub.env.example: show PostgreSQL’s URL"


def commands_of_units() -> list[tuple[str, str]]:
    keys = ("ExecStartPre", "ExecStart", "ExecStartPost")
    return [(name, command) for name, unit in UNITS.items() for key in keys for command in unit.values.get(key, [])]


@pytest.mark.parametrize(("unit", "command"), commands_of_units())
def test_the_command_of_a_unit_is_there_with_its_options(unit: str, command: str) -> None:
    if PROGRAM not in command:
        assert Path(command.split(maxsplit=1)[0]).exists(), f"{unit}: no such program, correct {command}"
        return
    found: click.Command | None = main
    words = command.partition(f"{PROGRAM} ")[2].split()
    assert isinstance(found, click.Group), "letterhub/cli/__init__.py: keep `main` a group of commands"
    found = found.get_command(click.Context(found), words[0])
    assert found, f"{unit}: no such command of letterhub, correct {command}"
    options = {option for one in found.params for option in one.opts}
    unknown = {word.partition("=")[0] for word in words if word.startswith("--")} - options
    assert_none((f"{unit}: {word}" for word in sorted(unknown)), f"give {words[0]} an option that it has")


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
    }, "deploy/systemd: give all units the same user, folders and environment"  # fmt: skip
    command = (DEPLOY / "letterhub").read_text(encoding="utf-8")
    assert "export HOME=/var/lib/letterhub LETTERHUB_DATA_DIR=/var/lib/letterhub PYTHONDONTWRITEBYTECODE=1" in command, (
        "deploy/letterhub: export the environment of the units"
    )


@pytest.mark.shows("R4")
def test_a_boot_without_the_database_leaves_no_unit_down_for_good() -> None:
    migrate, web, worker = (UNITS[f"letterhub-{name}.service"] for name in ("migrate", "web", "worker"))
    patience = (migrate.one("TimeoutStartSec"), migrate.one("Restart"))
    assert patience == ("infinity", "on-failure"), "letterhub-migrate.service: wait for the database without a limit"
    for unit in (web, worker):
        assert unit.one("Restart") == "always", "write Restart=always in the units of web and worker"
        assert "letterhub-migrate.service" in unit.words("Wants"), "write Wants=letterhub-migrate.service"
        assert "letterhub-migrate.service" in unit.words("After"), "write After=letterhub-migrate.service"
        assert unit.words("Requires") == [], "write Wants= for Requires=: a unit that failed takes down what requires it"
    limits = [unit.one("StartLimitIntervalSec") for unit in (migrate, web, worker)]
    assert limits == ["0"] * 3, "write StartLimitIntervalSec=0, so that systemd never gives up"


def test_each_timer_starts_a_service_that_is_there() -> None:
    timers = {path.name for path in (DEPLOY / "systemd").glob("*.timer")}
    assert timers == {"letterhub-backup.timer", "letterhub-check.timer"}, "name a new timer here, and in docs/operations.md"
    orphans = [name for name in timers if name.replace(".timer", ".service") not in UNITS]
    assert_none(orphans, "deploy/systemd: add the service of the timer's name")
    assert_none([name for name in timers if name not in guide.blocks()["start"]], "docs/operations.md: start the timer")


def test_the_audit_runs_every_command_of_the_page_or_says_why_not() -> None:
    there = guide.blocks()
    assert set(there) == {*guide.RUN_BLOCKS, *guide.REPLACED_BLOCKS}, (
        "audit/production/guide.py: add each block to RUN, or to INSTEAD with a reason"
    )
    assert len(guide.RUN_BLOCKS) == len(set(guide.RUN_BLOCKS)), "audit/production/guide.py: name each block in RUN once"
    order = [name for name in there if name in guide.RUN_BLOCKS]
    assert order == [name for name in guide.RUN_BLOCKS if name in order], "guide.RUN: keep the order of docs/operations.md"


@pytest.mark.parametrize("script", ["deploy/setup", "deploy/letterhub", ".ci/setup", ".ci/system"])
def test_a_script_of_the_set_up_can_be_read_and_run(script: str) -> None:
    read = subprocess.run(["sh", "-n", ROOT / script], capture_output=True, text=True, check=False)
    assert_none(read.stderr.splitlines(), f"correct the syntax of {script}")
    assert (ROOT / script).stat().st_mode & 0o111, f"run: chmod +x {script}"


def test_every_file_that_the_set_up_takes_from_deploy_is_there() -> None:
    texts = [
        path.read_text(encoding="utf-8") for path in (DEPLOY / "setup", DEPLOY / "letterhub", ROOT / "docs" / "operations.md")
    ]
    named = {name for text in texts for name in re.findall(r"/srv/letterhub/(deploy/[\w./-]*\w)", text)}
    assert named, "the pattern in this test finds no file of deploy/: correct it"
    assert_none(
        sorted(name for name in named if not (ROOT / name).exists()), "correct the path in setup, letterhub or operations.md"
    )

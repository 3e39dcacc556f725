"""`letterhub start`: from an empty folder to a site that serves and mails, and over an upgrade, with two settings."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from click.testing import CliRunner

from letterhub.cli import main
from tests.integration.packaging.test_wheel import wait_for
from tests.support.servers.ports import free_port


@contextmanager
def started(folder: Path, port: int, **settings: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `letterhub start` with these settings alone, until the block ends."""
    environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "LETTERHUB_DATA_DIR": str(folder)} | settings
    program = [sys.executable, "-m", "letterhub.cli", "start", "--port", str(port)]
    with subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as site:
        try:
            yield site
        finally:
            site.terminate()
            site.wait(30)


def environment_of(folder: Path, port: int) -> dict[str, str]:
    return {"LETTERHUB_PUBLIC_URL": f"http://127.0.0.1:{port}", "LETTERHUB_MAIL_URL": "smtp://127.0.0.1:2525"} | {
        "LETTERHUB_MAIL_FROM": "letters@letters.example"
    }


def test_a_site_starts_in_an_empty_folder_and_again_after_an_upgrade(tmp_path: Path) -> None:
    port = free_port()
    settings = environment_of(tmp_path, port)
    with started(tmp_path, port, **settings) as site:
        assert "Letterhub" in wait_for(f"http://127.0.0.1:{port}/", site)
    secret = tmp_path / "secret-key"
    key = secret.read_text(encoding="ascii")
    assert secret.stat().st_mode & 0o777 == 0o600
    coalition = CliRunner().invoke(
        main,
        ["coalition", "create", "Open Rivers"],
        env=settings | {"LETTERHUB_DATA_DIR": str(tmp_path)},
    )
    assert coalition.exit_code == 0, coalition.output
    with sqlite3.connect(tmp_path / "letterhub.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '0000'")
    with started(tmp_path, port, **settings) as site:
        site.wait(30)
        assert site.stdout
        assert "Backed up before the upgrade" in site.stdout.read().decode()
    assert secret.read_text(encoding="ascii") == key
    (backup,) = tmp_path.glob("before-*.backup")
    with sqlite3.connect(backup) as copy:
        assert copy.execute("SELECT name FROM coalition").fetchall() == [("Open Rivers",)]


def test_without_settings_it_is_the_demo(tmp_path: Path) -> None:
    port = free_port()
    with started(tmp_path, port) as site:
        assert "Keep every public library open and connected" in wait_for(f"http://127.0.0.1:{port}/", site)


def test_what_it_still_needs_is_said(tmp_path: Path) -> None:
    ended = CliRunner().invoke(
        main, ["start"], env={"LETTERHUB_DATA_DIR": str(tmp_path), "LETTERHUB_PUBLIC_URL": "https://letters.example.org"}
    )
    assert (ended.exit_code, ended.stderr) == (2, "LETTERHUB_MAIL_URL is missing.\n")

"""Full disk: a failed write is never acknowledged, nothing is half-written, and the site recovers once there is room."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from letterhub.clock import now
from letterhub.commands.operations.heartbeat import record_heartbeat
from letterhub.config import Settings
from letterhub.domain.operations.readiness import HeartbeatKind
from letterhub.infrastructure import machine
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import OutboxMessage, Signature
from letterhub.queries.operations import health
from tests.support import factories
from tests.support.cast import CLARA
from tests.support.missing import skip_missing
from tests.support.servers.command_line import run_letterhub
from tests.support.signing_steps import fill_in
from tests.support.visitor import Visitor

pytestmark = pytest.mark.shows("R2")

SORRY = "Our database isn’t responding, so what you just sent wasn’t saved."


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A folder on a small file system of its own."""
    with TemporaryDirectory(prefix="letterhub-disk-", dir="/tmp") as folder:  # PostgreSQL may not enter pytest's folder
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], capture_output=True, check=False)
        if made.returncode:
            skip_missing("A small disk cannot be mounted here: that takes root on Linux.")
        Path(folder).chmod(0o755)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, small_disk: Path) -> Iterator[str]:
    """A database on the small disk."""
    copies: Any = request.getfixturevalue(f"{request.param}_copies")
    if request.param == "sqlite":
        copyfile(copies.fresh().removeprefix("sqlite:///"), small_disk / "letterhub.db")
        yield f"sqlite:///{small_disk}/letterhub.db"
    else:
        with copies.server.space(small_disk / "tables") as space:
            copies.server.copy("original", "copy", space)
            yield copies.server.url("copy")
            copies.fresh()  # the previous copy is on a disk with room


@pytest.fixture
def fill(small_disk: Path) -> Callable[[], Path]:
    """Fill the disk to its last byte; return the file to delete to make room."""

    def filled() -> Path:
        ballast = small_disk / "ballast"
        with ballast.open("wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096):
                    pass
            except OSError:
                return ballast
        raise AssertionError

    return filled


def counts() -> tuple[int | None, int | None]:
    end_read_transaction()
    return db.session.scalar(select(func.count(Signature.id))), db.session.scalar(select(func.count(OutboxMessage.id)))


def test_nothing_is_acknowledged_that_finds_no_room(app: Flask, visitor: Visitor, fill: Callable[[], Path]) -> None:
    letter = factories.open_letter()
    acknowledged = 0
    ballast = fill()
    for number in range(60):  # the database's log may have some room left
        form = visitor.visit("signing.new", slug=letter.slug)
        typed = CLARA.form | {"email": f"n{number}@alliance.example", "organization": f"Alliance {number}"}
        try:
            form.submit("Send me the link", **typed, authorized=True)
        except AssertionError:
            form.submit("Send me the link", status=503, **typed, authorized=True).says(SORRY)
            break
        acknowledged += 1
    assert counts() == (acknowledged, acknowledged)
    visitor.visit("letters.detail", slug=letter.slug)  # reading goes on
    ballast.unlink()
    assert fill_in(visitor, letter).path.endswith("/check-your-email")
    assert counts() == (acknowledged + 1, acknowledged + 1)


def test_a_database_on_a_full_disk_is_not_ready(
    app: Flask, visitor: Visitor, fill: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "NEARLY_FULL", 1024**2)
    monkeypatch.setattr(health, "PROBE_MEGABYTES", 2)
    for sign in (HeartbeatKind.WORKER, HeartbeatKind.QUEUE):
        record_heartbeat(sign, "one", "a1b2c3d4e5f6", now())
    assert visitor.ask("/readyz").status_code == 200
    ballast = fill()
    answer = visitor.ask("/readyz")
    assert (answer.status_code, answer.get_data(as_text=True).splitlines()[0]) == (503, "disk")
    ballast.unlink()
    assert visitor.ask("/readyz").status_code == 200


def test_neither_backup_nor_export_leaves_half_a_file(
    app: Flask, settings: Settings, small_disk: Path, fill: Callable[[], Path]
) -> None:
    factories.signature(factories.open_letter())
    backup, page = small_disk / "backup", small_disk / "letter.html"
    page.write_text("last year's")
    ballast = fill()
    result = run_letterhub(settings, "backup", str(backup))
    assert result.exit_code == 1
    assert re.search(r"could not be written|No space left", result.stderr), result.stderr
    result = run_letterhub(settings, "export", "clean-rivers-for-everyone", "--current", "--format", "html", "--out", str(page))
    assert result.exit_code == 1, result.output
    assert (backup.exists(), page.read_text()) == (False, "last year's")
    assert {path.name for path in small_disk.iterdir() if path.name.startswith(".")} == set()
    ballast.unlink()
    assert run_letterhub(settings, "backup", str(backup)).exit_code == 0

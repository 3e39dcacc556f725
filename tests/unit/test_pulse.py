"""A part of the site that gives no sign of life for too long is told, and one that only takes its time is not."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from letterhub.domain.pulse import Signs, SitePart, silent_parts
from letterhub.machine import folder_at, kind_of, machine_mark

NOON = dt.datetime(2022, 1, 5, 12, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
ALIVE = Signs(worker=NOON, queue=NOON, backup=None, late_since=None, refused_since=None)


@pytest.mark.parametrize(
    ("changed", "silent"),
    [
        ({}, ()),
        ({"worker": None}, (SitePart.WORKER,)),
        ({"worker": NOON - MINUTE}, ()),
        ({"worker": NOON - 2 * MINUTE}, (SitePart.WORKER,)),
        ({"worker": NOON - 2 * MINUTE, "queue": None}, (SitePart.WORKER,)),
        ({"queue": NOON - 5 * MINUTE}, ()),
        ({"queue": NOON - 6 * MINUTE}, (SitePart.QUEUE,)),
        ({"queue": None}, (SitePart.QUEUE,)),
        ({"late_since": NOON - 10 * MINUTE}, ()),
        ({"late_since": NOON - 11 * MINUTE}, (SitePart.MAIL,)),
        ({"refused_since": NOON - 15 * MINUTE}, ()),
        ({"refused_since": NOON - 16 * MINUTE}, (SitePart.MAIL,)),
        ({"worker": None, "late_since": NOON - 60 * MINUTE}, (SitePart.WORKER, SitePart.MAIL)),
    ],
)
def test_what_is_silent_for_too_long_is_told(changed: dict[str, dt.datetime | None], silent: tuple[SitePart, ...]) -> None:
    assert silent_parts(replace(ALIVE, **changed), NOON) == silent


MOUNTS = """/dev/vda1 / ext4 rw,relatime 0 0
files.example.org:/letters /srv/letters nfs4 rw,vers=4.2 0 0
//files.example.org/other /srv/with\\040space cifs rw 0 0
tmpfs /srv/letters/quick tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/letterhub", "ext4"),
        ("/srv/letters", "nfs4"),
        ("/srv/letters/data", "nfs4"),
        ("/srv/letters/quick/data", "tmpfs"),
        ("/srv/letters-of-others", "ext4"),
        ("/srv/with space/data", "cifs"),
    ],
)
def test_the_kind_of_a_disk_is_that_of_the_nearest_mount(path: str, kind: str) -> None:
    assert kind_of(Path(path), MOUNTS) == kind
    assert kind_of(Path(path), "") == ""


def test_a_machine_has_one_mark_and_a_folder_its_facts(tmp_path: Path) -> None:
    assert machine_mark() == machine_mark() != ""
    tmp_path.chmod(0o750)
    found = folder_at(tmp_path)
    assert (found.mode, found.is_ours, 0 < found.free <= found.size) == (0o750, True, True)

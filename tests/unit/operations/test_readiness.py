"""Heartbeats: a part of the site without one for too long is reported, a busy one is not."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from letterhub.domain.operations.clock_skew import ClockSkew, MachineClock, WrongClock, find_wrong_clock
from letterhub.domain.operations.readiness import HeartbeatKind, Heartbeats, SitePart, unready_parts
from letterhub.infrastructure import machine
from letterhub.infrastructure.machine import file_system_type, folder_info, folder_problem, machine_id

NOON = dt.datetime(2022, 1, 5, 12, 0, tzinfo=dt.UTC)
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
ALIVE = Heartbeats(worker=NOON, queue=NOON, backup=None, mail_late_since=None, mail_refused_since=None)


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
        ({"mail_late_since": NOON - 10 * MINUTE}, ()),
        ({"mail_late_since": NOON - 11 * MINUTE}, (SitePart.MAIL,)),
        ({"mail_refused_since": NOON - 5 * MINUTE}, ()),
        ({"mail_refused_since": NOON - 6 * MINUTE}, (SitePart.MAIL,)),
        ({"worker": None, "mail_late_since": NOON - 60 * MINUTE}, (SitePart.WORKER, SitePart.MAIL)),
        ({"problems": {HeartbeatKind.REDIS_AWAY: NOON - MINUTE}}, ()),
        ({"problems": {HeartbeatKind.REDIS_AWAY: NOON - 2 * MINUTE}}, (SitePart.REDIS,)),
        ({"problems": {HeartbeatKind.REDIS_AWAY: NOON - 9 * MINUTE}, "queue": NOON - 9 * MINUTE}, (SitePart.REDIS,)),
        ({"problems": {HeartbeatKind.QUEUE_AWAY: NOON - 2 * MINUTE}}, (SitePart.QUEUE,)),
        ({"problems": {HeartbeatKind.FILES_AWAY: NOON - 2 * MINUTE}}, (SitePart.FILES,)),
        ({"problems": {HeartbeatKind.DISK_FULL: NOON - 2 * MINUTE}, "worker": None}, (SitePart.DISK, SitePart.WORKER)),
        ({"backup": NOON - 2 * DAY}, ()),
        ({"backup": NOON - 2 * DAY - MINUTE}, (SitePart.BACKUP,)),
        ({"backup": NOON - MINUTE, "founded_at": NOON - 90 * DAY}, ()),
        ({"founded_at": NOON - DAY}, ()),  # a new site has no backup yet
        ({"founded_at": NOON - 3 * DAY}, (SitePart.BACKUP,)),
        ({"clocks": (MachineClock("a", 19.0), MachineClock("b", -19.0))}, ()),
        ({"clocks": (MachineClock("a", 0.0), MachineClock("b", -21.0))}, (SitePart.CLOCK,)),
    ],
)
def test_what_is_silent_for_too_long_is_told(changed: dict[str, Any], silent: tuple[SitePart, ...]) -> None:
    assert unready_parts(replace(ALIVE, **changed), NOON) == silent


@pytest.mark.parametrize(
    ("own", "others", "expected"),
    [
        (0.0, {}, None),
        (19.0, {"worker": -19.0}, None),
        (180.0, {"worker": 0.1}, (WrongClock.THIS_MACHINE, 180.0)),  # not the worker's clock
        (180.0, {"worker": 0.1, "web": 181.0}, (WrongClock.THIS_MACHINE, 180.0)),
        (0.1, {"worker": -180.0}, (WrongClock.ANOTHER, -180.0)),
        (-3600.0, {"worker": -3601.0}, (WrongClock.DATABASE, 3600.0)),
        (-3600.0, {}, (WrongClock.UNKNOWN, -3600.0)),
        (180.0, {"own": 180.0}, (WrongClock.UNKNOWN, 180.0)),  # a worker on this machine has the same clock
        (180.0, {"worker": -600.0}, (WrongClock.UNKNOWN, 180.0)),
    ],
)
def test_the_clock_that_is_off_is_the_one_that_no_other_agrees_with(
    own: float, others: dict[str, float], expected: tuple[WrongClock, float] | None
) -> None:
    found = find_wrong_clock(MachineClock("own", own), [MachineClock(machine, ahead) for machine, ahead in others.items()])
    assert (found and (found.which, found.seconds_ahead)) == expected


def test_a_clock_that_is_off_is_told_in_a_sentence() -> None:
    assert str(ClockSkew(WrongClock.THIS_MACHINE, 180.2)) == (
        "This machine’s clock is 180 seconds ahead of the database’s, and other machines agree with the database. "
        "Set the wrong clock by NTP: timedatectl set-ntp true."
    )
    assert "database’s clock is 60 seconds behind this machine’s" in str(ClockSkew(WrongClock.DATABASE, -60.0))


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert folder_problem(tmp_path) == ""
    assert "cannot be written to: No such file or directory." in folder_problem(tmp_path / "gone")
    monkeypatch.setattr(machine, "NEARLY_FULL", 2**62)
    assert "is on a disk with only" in folder_problem(tmp_path)


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
    assert file_system_type(Path(path), MOUNTS) == kind
    assert file_system_type(Path(path), "") == ""


def test_a_machine_has_one_mark_and_a_folder_its_facts(tmp_path: Path) -> None:
    assert machine_id() == machine_id() != ""
    tmp_path.chmod(0o750)
    found = folder_info(tmp_path)
    assert (found.mode, found.is_ours, 0 < found.free <= found.size) == (0o750, True, True)

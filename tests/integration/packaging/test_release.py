"""Release: what `make release` makes of a commit, twice the same bytes, and when it refuses."""

import datetime as dt
import hashlib
import os
import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import pytest

from letterhub.paths import ROOT
from release import (
    CannotRelease,
    build_packages,
    changes_of,
    check_ready,
    git,
    name_version,
    unreleased_changes,
    version,
    write_checksums,
)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of this repository, to be released."""
    clone = tmp_path / "checkout"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    monkeypatch.setattr("release.ROOT", clone)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Sam Example")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "sam@example.org")
    return clone


def commit(checkout: Path) -> None:
    subprocess.run(["git", "commit", "--quiet", "--all", "--message", "release: ready"], cwd=checkout, check=True)


def build(folder: Path) -> Path:
    """Build what a release packs, in a folder, and its checksums."""
    output, work = folder / "dist", folder / "work"
    output.mkdir(parents=True)
    work.mkdir()
    build_packages(output, work)
    write_checksums(output)
    return output


def test_two_builds_are_the_same_bytes_and_hold_what_is_committed(checkout: Path, tmp_path: Path) -> None:
    first = build(tmp_path / "first")
    (checkout / "letterhub" / "secret.py").write_text("PASSWORD = 'not in a release'\n", encoding="utf-8")
    before = os.umask(0o077)
    second = build(tmp_path / "second")
    os.umask(before)
    sums = (first / "SHA256SUMS").read_text(encoding="ascii")
    assert sums == (second / "SHA256SUMS").read_text(encoding="ascii")
    listed = dict(line.split("  ")[::-1] for line in sums.splitlines())
    assert all(hashlib.sha256((first / name).read_bytes()).hexdigest() == digest for name, digest in listed.items())
    number = version()
    assert sorted(listed) == [
        f"letterhub-{number}-image.tar.gz",
        f"letterhub-{number}-py3-none-any.whl",
        f"letterhub-{number}.tar.gz",
    ]


def test_the_source_builds_the_same_wheel_and_the_image_context_has_all_that_its_steps_copy(
    checkout: Path, tmp_path: Path
) -> None:
    output = build(tmp_path)
    number = version()
    with tarfile.open(output / f"letterhub-{number}.tar.gz") as archive:
        archive.extractall(tmp_path / "source", filter="data")
    source = tmp_path / "source" / f"letterhub-{number}"
    again = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path / "again"]
    epoch = git("log", "-1", "--format=%ct").decode().strip()
    subprocess.run(again, cwd=source, env=os.environ | {"SOURCE_DATE_EPOCH": epoch}, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = output.glob("*.whl")
    assert (tmp_path / "again" / wheel.name).read_bytes() == wheel.read_bytes()
    with tarfile.open(output / f"letterhub-{number}-image.tar.gz") as archive:
        names = set(archive.getnames())
    steps = (checkout / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    copied = " ".join(re.findall(r"^COPY ([^-].*) \S+$", steps, re.MULTILINE)).split()
    assert {"deploy/Dockerfile", *copied} <= names
    hatch = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]
    parts = hatch["build"]["targets"]["wheel"]
    left_out = {*parts["only-include"], *parts["force-include"]} - set(copied)
    assert left_out == {"deploy"}, "the wheel in the image would miss these"  # an image is no server to set up
    assert not any(name.startswith("tests") for name in names)


def test_what_is_not_ready_is_refused_with_what_to_do(checkout: Path) -> None:
    changelog = checkout / "CHANGELOG.md"
    with pytest.raises(CannotRelease, match="lists changes as unreleased"):
        check_ready()
    changes = unreleased_changes()
    name_version("7.0.1", dt.date(2027, 1, 31))
    with pytest.raises(CannotRelease, match="Commit or remove"):
        check_ready()
    commit(checkout)
    check_ready()
    assert (version(), changes_of("7.0.1"), unreleased_changes()) == ("7.0.1", changes + "\n", "")
    subprocess.run(["git", "tag", "v7.0.1"], cwd=checkout, check=True)
    check_ready()
    text = changelog.read_text(encoding="utf-8")
    changelog.write_text(text + "\nMore.\n", encoding="utf-8")
    commit(checkout)
    with pytest.raises(CannotRelease, match="is the tag of another commit"):
        check_ready()
    changelog.write_text(text.replace("[7.0.1]", "[7.0.0]"), encoding="utf-8")
    commit(checkout)
    with pytest.raises(CannotRelease, match=r"no dated version 7\.0\.1"):
        check_ready()


def test_a_version_is_named_once_and_only_of_what_has_changed(checkout: Path) -> None:
    name_version("7.9.0", dt.date(2027, 1, 31))
    with pytest.raises(CannotRelease, match="nothing to release"):
        name_version("7.10.0", dt.date(2027, 2, 1))
    changelog = checkout / "CHANGELOG.md"
    text = changelog.read_text(encoding="utf-8").replace("## [Unreleased]\n", "## [Unreleased]\n\n- A mend.\n", 1)
    changelog.write_text(text, encoding="utf-8")
    for wanted, reason in (
        ("", "is no version"),
        ("v8", "is no version"),
        ("7.9.0", "not above 7.9.0"),
        ("7.8.9", "not above"),
    ):
        with pytest.raises(CannotRelease, match=reason):
            name_version(wanted, dt.date(2027, 2, 1))
    name_version("7.10.0", dt.date(2027, 2, 1))
    assert changes_of("7.10.0") == "- A mend.\n"
    assert [line for line in changelog.read_text(encoding="utf-8").splitlines() if line.startswith("## ")] == [
        "## [Unreleased]", "## [7.10.0] - 2027-02-01", "## [7.9.0] - 2027-01-31",
    ]  # fmt: skip

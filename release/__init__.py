"""Files of a release: wheel, source, image context, bill of materials, checksums; the same commit gives the same bytes.

See docs/decisions/19-run-from-a-checkout-with-hashed-locks.md.
"""

import datetime as dt
import gzip
import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

from letterhub.paths import ROOT

RELEASED = re.compile(r"^## \[(?P<version>[^]]+)\] - (?P<date>\d{4}-\d\d-\d\d)$\n(?P<changes>.*?)(?=^## \[|\Z)", re.M | re.S)

UNRELEASED = re.compile(r"^## \[Unreleased\]$\n(?P<changes>.*?)(?=^## \[|\Z)", re.M | re.S)
VERSION = re.compile(r"\d+\.\d+\.\d+")


class CannotRelease(Exception):
    """Raised for a checkout that is not ready to be released; says what to do."""


def git(*words: str) -> bytes:
    """Return what git prints."""
    return subprocess.check_output(["git", *words], cwd=ROOT)


def check_ready() -> None:
    """Raise CannotRelease unless everything is committed, and the version is new, dated and describes all changes."""
    if git("status", "--porcelain"):
        raise CannotRelease("Commit or remove what `git status` shows: a release is made from a commit.")
    if unreleased_changes():
        raise CannotRelease("CHANGELOG.md lists changes as unreleased. Name their version: make version VERSION=0.1.0")
    changes_of(version())
    tag = f"v{version()}"
    if git("tag", "--list", tag) and git("rev-list", "-n1", tag) != git("rev-parse", "HEAD"):
        raise CannotRelease(f"{tag} is the tag of another commit. Write the next version into pyproject.toml and CHANGELOG.md.")


def version() -> str:
    """Return the version that pyproject.toml names."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def changes_of(wanted: str) -> str:
    """Return what CHANGELOG.md says of a version. Raises CannotRelease if it has no date there."""
    for release in RELEASED.finditer((ROOT / "CHANGELOG.md").read_text(encoding="utf-8")):
        if release["version"] == wanted:
            return release["changes"].strip() + "\n"
    raise CannotRelease(f"CHANGELOG.md has no dated version {wanted}. List its changes as unreleased, then: make version")


def unreleased_changes() -> str:
    """Return what CHANGELOG.md lists as unreleased. Raises CannotRelease if it has no such heading."""
    found = UNRELEASED.search((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    if found is None:
        raise CannotRelease("CHANGELOG.md has no heading for changes to come: ## [Unreleased]")
    return found["changes"].strip()


def name_version(wanted: str, day: dt.date) -> None:
    """Turn the unreleased changes of CHANGELOG.md into those of a version, and write it into pyproject.toml.

    Raises CannotRelease if there are none, or the version is none or not above those of before.
    """
    if not unreleased_changes():
        raise CannotRelease("CHANGELOG.md lists no changes as unreleased: there is nothing to release.")
    if not VERSION.fullmatch(wanted):
        raise CannotRelease(f"{wanted!r} is no version. Name it by three numbers: make version VERSION=0.1.0")
    changelog, project = ROOT / "CHANGELOG.md", ROOT / "pyproject.toml"
    text = changelog.read_text(encoding="utf-8")
    earlier = [release["version"] for release in RELEASED.finditer(text)]
    if any(_numbers(wanted) <= _numbers(before) for before in earlier):
        raise CannotRelease(f"{wanted} is not above {earlier[0]}, the version before it.")
    changelog.write_text(text.replace("## [Unreleased]\n", f"## [Unreleased]\n\n## [{wanted}] - {day}\n", 1), encoding="utf-8")
    named = re.sub(r'^version = "[^"]*"$', f'version = "{wanted}"', project.read_text(encoding="utf-8"), count=1, flags=re.M)
    project.write_text(named, encoding="utf-8")


def _numbers(version_name: str) -> list[int]:
    return [int(number) for number in version_name.split(".")]


def build_packages(folder: Path, work: Path) -> None:
    """Build the wheel, the source and the image context of the commit that is checked out; `work` is an empty folder."""
    source = git("archive", "--format=tar", "HEAD")
    with tarfile.open(fileobj=io.BytesIO(source)) as archive:
        archive.extractall(work, filter="data")
    environment = os.environ | {"SOURCE_DATE_EPOCH": git("log", "-1", "--format=%ct").decode().strip()}
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder.resolve())]
    subprocess.run(command, cwd=work, env=environment, check=True, stdout=subprocess.DEVNULL, umask=0o022)
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_through = [rule[1:] for rule in rules if rule.startswith("!")]
    context = git("archive", "--format=tar", "HEAD", "deploy", *let_through)
    (folder / f"letterhub-{version()}-image.tar.gz").write_bytes(gzip.compress(context, mtime=0))


def write_bill_of_materials(folder: Path, work: Path) -> None:
    """Install the wheel with the locked packages into an empty folder, and write what is there, in CycloneDX's form."""
    (wheel,) = folder.glob("*.whl")
    python = work / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", work], check=True)
    pip: list[str | Path] = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--require-hashes", "-r", ROOT / "requirements.lock"], check=True)
    subprocess.run([*pip, "install", "--no-deps", wheel], check=True)
    subprocess.run([work / "bin" / "letterhub", "--version"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([*pip, "uninstall", "--yes", "pip", "letterhub"], check=True)
    output = folder / f"letterhub-{version()}.cdx.json"
    options = ["--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible", "--output-file", str(output)]
    subprocess.run([sys.executable, "-m", "cyclonedx_py", "environment", *options, str(python)], check=True)


def write_checksums(folder: Path) -> None:
    """Write SHA256SUMS of all files of a folder, as `sha256sum --check` reads it."""
    files = sorted(path for path in folder.iterdir() if path.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="ascii")

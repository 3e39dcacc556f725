"""Copies of the project, in which mutants are tried and tests are recorded."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def copy_project(folder: Path) -> Path:
    """Copy the project into a folder, beside a link to the shared folder."""
    copy = folder / "letterhub"
    copy.mkdir(parents=True)
    listed = subprocess.check_output(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT)
    names = b"\0".join(name for name in listed.split(b"\0") if name and (ROOT / name.decode()).is_file())
    packed = subprocess.run(["tar", "--null", "-T", "-", "-cf", "-"], cwd=ROOT, input=names, capture_output=True, check=True)
    subprocess.run(["tar", "-xf", "-"], cwd=copy, input=packed.stdout, check=True)
    if (ROOT.parent / "shared").is_dir():
        (folder / "shared").symlink_to(ROOT.parent / "shared")
    return copy

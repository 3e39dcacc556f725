"""`make release`: the files of a release in `dist/`, from a commit whose version CHANGELOG.md describes and dates."""

import shutil
import sys
import tempfile
from pathlib import Path

from letterhub.paths import ROOT
from release import (
    CannotRelease,
    build_packages,
    changes_of,
    check_ready,
    version,
    write_bill_of_materials,
    write_checksums,
)


def main() -> None:
    try:
        check_ready()
    except CannotRelease as problem:
        sys.exit(f"release: {problem}")
    folder = ROOT / "dist"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with tempfile.TemporaryDirectory() as source, tempfile.TemporaryDirectory() as environment:
        build_packages(folder, Path(source))
        write_bill_of_materials(folder, Path(environment))
    (folder / "CHANGES.md").write_text(changes_of(version()), encoding="utf-8")
    write_checksums(folder)
    print(f"release: Letterhub {version()} is in dist/. Try it, then: git tag --sign v{version()} && git push --tags")


main()

"""The committed bundle of the letter editor is small, loads nothing, and is what its sources give."""

import gzip
import shutil
import subprocess
from pathlib import Path

import pytest

from letterhub.paths import ROOT, STATIC

FRONTEND = ROOT / "frontend"
BUNDLE = STATIC / "js" / "sheet-editor.js"
MOST_BYTES = 100_000


def test_the_bundle_is_small_and_evaluates_no_text() -> None:
    data = BUNDLE.read_bytes()
    assert len(gzip.compress(data, 9, mtime=0)) <= MOST_BYTES
    assert b"eval(" not in data
    assert b"new Function" not in data


@pytest.mark.skipif(not shutil.which("npm"), reason="without npm, the committed bundle is taken as it is")
def test_the_bundle_is_what_its_sources_give(tmp_path: Path) -> None:
    sources, built = tmp_path / "frontend", tmp_path / "sheet-editor.js"
    shutil.copytree(FRONTEND, sources, ignore=shutil.ignore_patterns("node_modules"))
    shutil.copytree(ROOT / "letterhub" / "rendering" / "editor", tmp_path / "letterhub" / "rendering" / "editor")
    subprocess.run(["npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=sources, check=True)
    subprocess.run(["npm", "run", "--silent", "build", "--", f"--outfile={built}"], cwd=sources, check=True)
    assert built.read_bytes() == BUNDLE.read_bytes(), "run `make editor` and commit static/js/sheet-editor.js"

"""Local files that a letter or a table names: regular, small, and within its folder."""

import os
import resource
from pathlib import Path

import pytest

from letterhub.intake.errors import FileRefused
from letterhub.intake.images import MAX_IMAGE_BYTES, read_local_image
from letterhub.intake.letters.letter_file import read_letter
from letterhub.intake.tables.signatory_table import read_signatories
from tests.unit.intake.test_letter_file import picture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Folder with a picture, one in a subfolder, other files, and a folder of somebody else beside it."""
    home, other = tmp_path / "home", tmp_path / "home-of-another"
    for made in (home / "below", other):
        made.mkdir(parents=True)
    for file in (home / "logo.png", home / "below" / "logo.png", other / "logo.png"):
        file.write_bytes(picture())
    (home / "inside.png").symlink_to(home / "below" / "logo.png")
    (home / "outside.png").symlink_to(other / "logo.png")
    (home / "away").symlink_to(other)
    (home / "round.png").symlink_to(home / "round.png")
    (home / "zero.png").symlink_to("/dev/zero")
    os.mkfifo(home / "pipe.png")
    with (home / "large.png").open("wb") as large:
        large.truncate(2**40)
    return home


@pytest.mark.parametrize("name", ["logo.png", "below/logo.png", "./below/../logo.png", "inside.png"])
def test_a_picture_in_the_folder_or_below_it_is_read(folder: Path, name: str) -> None:
    assert read_local_image(folder, name) == picture()
    assert read_local_image(folder, str(folder / name)) == picture()


REFUSED = [
    ("no.png", "cannot be read: no.png."),
    ("below", "cannot be read: below."),
    ("round.png", "cannot be read: round.png."),
    ("pipe.png", "cannot be read: pipe.png."),
    ("logo.png/x", "cannot be read: logo.png/x."),
    ("x" * 300, "cannot be read: xxx"),
    ("zero.png", "is not in the folder of this file: zero.png."),
    ("/dev/zero", "is not in the folder of this file: /dev/zero."),
    ("/etc/passwd", "is not in the folder of this file: /etc/passwd."),
    ("../home-of-another/logo.png", "is not in the folder of this file: ../home-of-another/logo.png."),
    ("outside.png", "is not in the folder of this file: outside.png."),
    ("away/logo.png", "is not in the folder of this file: away/logo.png."),
    ("large.png", "large.png: the file is larger than 2 MB."),
]


@pytest.mark.shows("S1")
@pytest.mark.parametrize(("name", "sentence"), REFUSED, ids=[name[:20] for name, _ in REFUSED])
def test_a_letter_and_a_table_reach_no_other_file(folder: Path, name: str, sentence: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_letter(f"---\ntitle: T\nletterhead: {{logo: {name}}}\n---\nB".encode(), "letter.md", folder)
    assert sentence in str(refused.value)
    [row] = read_signatories(f"organization,logo\nOne,{name}\n".encode(), "names.csv", folder).rows
    assert sentence in row.problems[0].sentence
    assert row.signatory.logo is None


def test_what_is_too_large_is_refused_before_it_is_read(folder: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(FileRefused, match="larger than 2 MB"):
        read_local_image(folder, "large.png")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
    (folder / "fits.png").write_bytes(b"x" * MAX_IMAGE_BYTES)
    assert len(read_local_image(folder, "fits.png")) == MAX_IMAGE_BYTES

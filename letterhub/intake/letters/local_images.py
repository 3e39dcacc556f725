"""Local images named by a file: regular files in its own folder or below, and none that is too large."""

from pathlib import Path

from letterhub.intake.images.logo import LARGEST_FILE, too_large_file


class NotBeside(Exception):
    """Raised when an image cannot be read. The message ends a sentence: "names a logo that …"."""


def picture_beside(folder: Path, name: str) -> bytes:
    """Return the content of an image that a file in `folder` names; symbolic links must lead into the folder.

    Raises NotBeside; FileRefused for more than 2 MB, which are not read.
    """
    try:
        home = folder.resolve(strict=True)
        place = (home / name).resolve(strict=True)
        if not place.is_relative_to(home):
            raise NotBeside(f"is not in the folder of this file: {name}.")
        if not place.is_file():  # reading a pipe would block, a device never end
            raise NotBeside(f"cannot be read: {name}.")
        return _content(place, name)
    except (OSError, RuntimeError, ValueError):  # a link to itself is a RuntimeError, a NUL a ValueError
        raise NotBeside(f"cannot be read: {name}.") from None


def _content(place: Path, name: str) -> bytes:
    if place.stat().st_size > LARGEST_FILE:
        raise too_large_file(name)
    with place.open("rb") as picture:
        return picture.read(LARGEST_FILE + 1)  # it may have grown meanwhile

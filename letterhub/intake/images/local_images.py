"""Local images named by a file: regular files in its own folder or below, and none that is too large."""

from pathlib import Path

from letterhub.domain.i18n import _
from letterhub.intake.images.logo import MAX_IMAGE_BYTES, file_too_large


class ImageUnavailable(Exception):
    """Raised when an image cannot be read. The message ends a sentence: "names a logo that …"."""


def read_local_image(folder: Path, name: str) -> bytes:
    """Return the content of an image that a file in `folder` names; symbolic links must lead into the folder.

    Raises ImageUnavailable; FileRefused for more than 2 MB, which are not read.
    """
    try:
        home = folder.resolve(strict=True)
        place = (home / name).resolve(strict=True)
        if not place.is_relative_to(home):
            raise ImageUnavailable(_("is not in the folder of this file: %(name)s.", name=name))
        if not place.is_file():  # reading a pipe would block, a device never end
            raise ImageUnavailable(_("cannot be read: %(name)s.", name=name))
        return _read_image(place, name)
    except (OSError, RuntimeError, ValueError):  # a link to itself is a RuntimeError, a NUL a ValueError
        raise ImageUnavailable(_("cannot be read: %(name)s.", name=name)) from None


def _read_image(place: Path, name: str) -> bytes:
    if place.stat().st_size > MAX_IMAGE_BYTES:
        raise file_too_large(name)
    with place.open("rb") as picture:
        return picture.read(MAX_IMAGE_BYTES + 1)  # it may have grown meanwhile

"""What commands leave behind: files that are whole or not there, and a line that says how far the work is."""

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click


@contextlib.contextmanager
def progress_line() -> Iterator[Callable[[float], None]]:
    """A line that says how far the PDF is, on a terminal and after the first second only."""
    began = time.monotonic()
    shown = False

    def show(share: float) -> None:
        nonlocal shown
        if sys.stderr.isatty() and time.monotonic() - began > 1:
            shown = True
            click.echo(f"\rSetting the PDF: {share:4.0%}", err=True, nl=False)

    yield show
    if shown:
        click.echo("\r\033[K", err=True, nl=False)


def put_in_place(files: dict[Path, bytes]) -> None:
    """Puts all files in place, or none: each is written beside its place first."""
    with contextlib.ExitStack() as drafts:
        written = {drafts.enter_context(_beside(path, data)): path for path, data in files.items()}
        for draft, path in written.items():
            draft.replace(path)


@contextlib.contextmanager
def _beside(path: Path, data: bytes) -> Iterator[Path]:
    """A file beside `path` that holds the data; gone at the end unless it was moved."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        draft.chmod(0o666 & ~_umask())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

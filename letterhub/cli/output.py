"""Output of commands: atomic file writing and progress lines."""

import contextlib
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

from letterhub.domain.errors import UserFacingError

PROGRESS_DELAY = 1.0  # seconds without a progress line


@contextlib.contextmanager
def progress_line() -> Iterator[Callable[[float], None]]:
    """Show the progress of rendering a PDF on a terminal, after the first second."""
    started = time.monotonic()
    shown = False

    def show(share: float) -> None:
        nonlocal shown
        if sys.stderr.isatty() and time.monotonic() - started > PROGRESS_DELAY:
            shown = True
            click.echo(f"\rRendering the PDF: {share:4.0%}", err=True, nl=False)

    try:
        yield show
    finally:
        if shown:
            click.echo("\r\033[K", err=True, nl=False)


@contextlib.contextmanager
def waiting_line(message: str) -> Iterator[threading.Event]:
    """Show a message on a terminal while a block takes over a second; the event is set once it is shown."""
    is_shown = threading.Event()

    def show() -> None:
        click.echo(f"\r{message} …", err=True, nl=False)
        is_shown.set()

    timer = threading.Timer(PROGRESS_DELAY, show)
    if sys.stderr.isatty():
        timer.start()
    try:
        yield is_shown
    finally:
        timer.cancel()
        if timer.ident:
            timer.join()
        if is_shown.is_set():
            click.echo("\r\033[K", err=True, nl=False)


class CannotWriteFile(UserFacingError):
    """Raised when a file cannot be written to the requested path."""


def check_output_paths(outputs: Sequence[Path], inputs: Sequence[Path] = ()) -> None:
    """Check before any work that output files can be written, and overwrite neither each other nor an input.

    Raises CannotWriteFile.
    """
    for position, path in enumerate(outputs):
        if not path.parent.is_dir():
            raise CannotWriteFile(f"{path} cannot be written: there is no folder {path.parent}.")
        if not os.access(path.parent, os.W_OK):
            raise CannotWriteFile(f"{path} cannot be written: you may not write into the folder {path.parent}.")
        if path.resolve() in {other.resolve() for other in outputs[:position]}:
            raise CannotWriteFile(f"{path} is named for two files. Use a different name for each.")
        if path.resolve() in {other.resolve() for other in inputs}:
            raise CannotWriteFile(f"{path} is an input file and would be overwritten. Choose another name.")


def write_atomically(files: dict[Path, bytes]) -> None:
    """Write files atomically: all are written beside their targets first, then moved into place."""
    with contextlib.ExitStack() as drafts:
        written = {drafts.enter_context(_temporary_file_beside(path, data)): path for path, data in files.items()}
        for draft, path in written.items():
            draft.replace(path)


@contextlib.contextmanager
def _temporary_file_beside(path: Path, data: bytes) -> Iterator[Path]:
    """Write data to a temporary file beside `path`; it is deleted at the end unless it was moved."""
    umask = os.umask(0)
    os.umask(umask)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        draft.chmod(0o666 & ~umask)
        yield draft
    finally:
        draft.unlink(missing_ok=True)

"""Where the databases of tests stand: in memory where the machine lends enough of it, as nothing of them is kept."""

import shutil
from pathlib import Path

MEMORY, DISK = Path("/dev/shm"), Path("/tmp")  # short: a socket's path may have 107 characters, no more
ENOUGH = 2**30
"""Bytes that are free; a server of PostgreSQL takes a tenth."""


def for_databases() -> Path:
    """A folder in which whoever needs a database makes one for it."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ENOUGH else DISK

"""Folder of the test databases: in memory where there is enough, as none of them is needed later."""

import shutil
from pathlib import Path

MEMORY, DISK = Path("/dev/shm"), Path("/tmp")  # short: a socket's path has at most 107 characters
MIN_FREE_BYTES = 2**30
"""Free bytes required; a PostgreSQL server takes a tenth."""


def database_folder() -> Path:
    """Return a folder in which test databases are created."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MIN_FREE_BYTES else DISK

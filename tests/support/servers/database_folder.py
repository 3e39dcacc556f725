"""Folder of the test databases: in memory where there is enough, as none of them is needed later."""

import shutil
from pathlib import Path

MEMORY, DISK = Path("/dev/shm"), Path("/tmp")  # short: a socket's path has at most 107 characters
ENOUGH = 2**30
"""Free bytes required; a PostgreSQL server takes a tenth."""


def for_databases() -> Path:
    """Return a folder in which test databases are created."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ENOUGH else DISK

"""Host: an anonymous machine id, and facts about a folder and its disk."""

import os
import platform
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile

from letterhub.domain.i18n import _

BOOT = Path("/proc/sys/kernel/random/boot_id")
MOUNTS = Path("/proc/self/mounts")
PROBE = 64 * 1024  # bytes to write as a test
NEARLY_FULL = 32 * 1024**2  # free bytes


@dataclass(frozen=True, slots=True)
class FolderInfo:
    """Folder: the type of its file system ("" if unknown), its mode, its owner, and the free and total bytes of its disk."""

    kind: str
    mode: int
    is_ours: bool
    free: int
    size: int


def machine_id() -> str:
    """Return an id of this machine, the same for every process, also in containers."""
    try:
        name = BOOT.read_text()
    except OSError:
        name = platform.node()
    return sha256(name.encode()).hexdigest()[:12]


def folder_info(path: Path) -> FolderInfo:
    """Return the facts of a folder."""
    status, usage, mounts = path.stat(), shutil.disk_usage(path), ""
    with suppress(OSError):  # a machine without /proc
        mounts = MOUNTS.read_text()
    return FolderInfo(
        file_system_type(path.resolve(), mounts),
        stat.S_IMODE(status.st_mode),
        status.st_uid == os.geteuid(),
        usage.free,
        usage.total,
    )


def folder_problem(path: Path) -> str:
    """Return why files cannot be written to a folder, as a sentence; "" if they can. Nearly full counts as full."""
    try:
        with TemporaryFile(dir=path) as file:
            file.write(bytes(PROBE))
            file.flush()
            os.fsync(file.fileno())
        free = shutil.disk_usage(path).free
    except OSError as problem:
        return _("%(path)s cannot be written to: %(problem)s.", path=path, problem=problem.strerror)
    if free < NEARLY_FULL:
        return _("%(path)s is on a disk with only %(free)s MB free.", path=path, free=free // 1024**2)
    return ""


def file_system_type(path: Path, mounts: str) -> str:
    """Return the file system type of a path: that of the longest mount point above it in `mounts`, the text of /proc/mounts; ""
    if unknown."""
    longest, file_system = 0, ""
    for line in mounts.splitlines():
        if line.count(" ") > 2:
            _device, escaped_mount_point, kind, *_options = line.split()
            mount_point = escaped_mount_point.replace("\\040", " ")
            if path.is_relative_to(mount_point) and len(mount_point) > longest:
                longest, file_system = len(mount_point), kind
    return file_system

"""One measurement, alone in its process: `one.py ENGINE MODE NAMES` tells in JSON what setting a letter took."""

import contextlib
import ctypes
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from engines import ENGINES
from letters import letter
from ours import as_the_app_runs, set_by_phase

_MEGABYTE = 2**10  # in the kilobytes that the kernel counts


def main() -> None:
    """Sets the letter that the command line names, once; "phases" sets ours in this process, after a small one."""
    engine, mode, names = sys.argv[1:]
    _adopt_orphans()
    document = letter(mode, int(names))
    told: dict[str, object] = {}
    with tempfile.TemporaryDirectory(prefix="bench-pdf-") as name:
        folder = Path(name)
        if engine == "phases":
            set_by_phase(letter(mode, 20), folder)
        began, used = time.perf_counter(), _processor()
        if engine == "ours":
            took, file = as_the_app_runs(document, letter(mode, 20), folder)
            print(json.dumps(took | {"bytes": file.stat().st_size}))
            return
        if engine == "phases":
            told["phases"], file = set_by_phase(document, folder), folder / "letter.pdf"
        else:
            file = ENGINES[engine](document, folder)
        told |= {"cpu": _processor() - used, "wall": time.perf_counter() - began, "bytes": file.stat().st_size}
    print(json.dumps(told | {"memory": _memory()}))


def _adopt_orphans() -> None:
    """Lets processes whose parent ends become our own, so that what they take is counted: Chromium leaves many."""
    become_reaper = 36  # PR_SET_CHILD_SUBREAPER
    ctypes.CDLL(None).prctl(become_reaper, 1, 0, 0, 0)


def _processor() -> float:
    """Seconds of processor that this process and all below it have taken, once they have ended."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    kinds = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in kinds)


def _memory() -> float:
    """The most memory that the largest process held, in megabytes."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / _MEGABYTE


if __name__ == "__main__":
    main()

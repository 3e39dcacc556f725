"""One measurement in a process of its own: `one.py ENGINE MODE NAMES` prints the cost of rendering as JSON."""

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
from ours import render_as_the_app, render_by_phase

_KILOBYTES_PER_MEGABYTE = 2**10  # in the kilobytes that the kernel counts


def main() -> None:
    """Render the letter that the command line names, once; "phases" renders ours in this process, after a small one."""
    engine, mode, names = sys.argv[1:]
    _adopt_orphans()
    document = letter(mode, int(names))
    cost: dict[str, object] = {}
    with tempfile.TemporaryDirectory(prefix="bench-pdf-") as name:
        folder = Path(name)
        if engine == "phases":
            render_by_phase(letter(mode, 20), folder)
        started, used = time.perf_counter(), _cpu_seconds()
        if engine == "ours":
            took, file = render_as_the_app(document, letter(mode, 20), folder)
            print(json.dumps(took | {"bytes": file.stat().st_size}))
            return
        if engine == "phases":
            cost["phases"], file = render_by_phase(document, folder), folder / "letter.pdf"
        else:
            file = ENGINES[engine](document, folder)
        cost |= {"cpu": _cpu_seconds() - used, "wall": time.perf_counter() - started, "bytes": file.stat().st_size}
    print(json.dumps(cost | {"memory": _peak_memory()}))


def _adopt_orphans() -> None:
    """Become the parent of orphaned processes, so that their cost is counted: Chromium leaves many."""
    become_reaper = 36  # PR_SET_CHILD_SUBREAPER
    ctypes.CDLL(None).prctl(become_reaper, 1, 0, 0, 0)


def _cpu_seconds() -> float:
    """Return the CPU seconds of this process and of all its ended descendants."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    kinds = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in kinds)


def _peak_memory() -> float:
    """Return the peak memory of the largest process, in megabytes."""
    return (
        max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        / _KILOBYTES_PER_MEGABYTE
    )


if __name__ == "__main__":
    main()

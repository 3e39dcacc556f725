"""Limits that a worker sets for itself before it opens a stranger's PDF."""

import resource
import signal
import sys


def limit_from_arguments() -> None:
    """Limit this process to the seconds of CPU and bytes of memory that its arguments say, and have it write no file.

    A signal ends it once its time is used up, whatever library is at work.
    """
    cpu_seconds, memory_bytes = float(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)

"""Pre-fork server of PDF workers: has all libraries loaded, and forks a worker for each letter.

    python -m letterhub.rendering.pdf.prefork_server FOLDER < SOCKET

Each request names a folder and limits, and brings three open files: the worker's stdout, its stderr, and the socket of the
client. The server itself renders nothing, so that no letter leaves data for another; a fork takes hundredths of a second. A
supervisor process waits beside each worker: it reports the exit code, and kills the worker if the client hangs up or is gone.
The server ends, and removes its folder, with its owner.

See docs/design/pdf.md.
"""

import ctypes.util
import gc
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

from letterhub.rendering.pdf.client import EXIT_OUT_OF_MEMORY, REQUEST_BYTES

gc.disable()  # modules are no garbage
if sys.platform == "linux":  # the loader finds WeasyPrint's libraries: searching starts gcc, ld and ldconfig fifty times
    ctypes.util.find_library = lambda name: None  # noqa: ARG005

from letterhub.rendering.pdf.worker import run_worker  # noqa: E402


def main() -> None:
    """Serve requests until the socket is closed."""
    gc.enable()
    gc.collect()
    gc.freeze()  # keeps the memory shared by all workers from being copied
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # supervisors are not waited for
    with socket.socket(fileno=os.dup(0)) as requests:
        while True:
            request, files = _receive_request(requests)
            if not request:
                break
            _fork(partial(_supervise, requests, request, *files))
            for file in files:
                os.close(file)
    shutil.rmtree(sys.argv[1], ignore_errors=True)


def _receive_request(requests: socket.socket) -> tuple[bytes, list[int]]:
    """Return a whole request and the file descriptors that come with it; the request is b"" at the end of the stream."""
    request, files, _flags, _who = socket.recv_fds(requests, REQUEST_BYTES, 3)
    while request and len(request) < REQUEST_BYTES:
        more = requests.recv(REQUEST_BYTES - len(request))
        if not more:
            return b"", files
        request += more
    return request, files


def _fork(work: Callable[[], None]) -> int:
    """Run some work in a forked process, which ends with it; return its process id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    except (MemoryError, SystemError):  # there may not be enough memory left for a traceback
        code = EXIT_OUT_OF_MEMORY
    except BaseException:  # noqa: BLE001 - whatever it was, this process has to end here and not go on as its parent
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def _supervise(requests: socket.socket, request: bytes, stdout: int, stderr: int, client: int) -> None:
    """Start a worker, kill it if its client hangs up, and tell the client how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.close(0)
    requests.close()
    alive, worker_end = os.pipe()  # the other end is held by the worker alone, and closed when it ends

    def work() -> None:
        os.close(alive)
        os.close(client)
        values = json.loads(request)
        for file, standard in ((os.open(os.devnull, os.O_RDONLY), 0), (stdout, 1), (stderr, 2)):
            os.dup2(file, standard)
        tempfile.tempdir = values["folder"]
        os.chdir(values["folder"])
        run_worker(Path(values["folder"]), int(values["cpu_seconds"]), int(values["memory_bytes"]))

    child = _fork(work)
    for file in (worker_end, stdout, stderr):
        os.close(file)
    ready, _, _ = select.select([alive, client], [], [])
    if alive not in ready:
        os.kill(child, signal.SIGKILL)
    _, status, usage = os.wait4(child, 0)
    report = {"code": os.waitstatus_to_exitcode(status), "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss}
    os.write(client, json.dumps(report).encode())


if __name__ == "__main__":
    main()

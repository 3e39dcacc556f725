"""The press room: a program that has all that a press needs in hand, and starts one for each letter, as a process of its own.

    python -m letterhub.rendering.press_room FOLDER < SOCKET

Each order names a folder and limits, and brings three open files: what the press tells goes into the first, its complaints into
the second; the third is the line to whoever ordered. The room itself lays out nothing, so that no letter leaves a trace in
another; a press comes into being in hundredths of a second, as it is a copy of the room. A foreman waits beside each: he tells
how it ended, and ends it where whoever ordered hangs up or is gone. The room ends, and clears its folder, with its owner.
"""

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

from letterhub.rendering.press import run
from letterhub.rendering.pressing import NO_MEMORY, ORDER


def main() -> None:
    """Takes orders until there can be no more."""
    gc.collect()
    gc.freeze()  # what all presses share is written to by none
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # foremen are waited for by nobody
    with socket.socket(fileno=os.dup(0)) as orders:
        while True:
            order, files = _next(orders)
            if not order:
                break
            _in_a_child(partial(_attend, orders, order, *files))
            for file in files:
                os.close(file)
    shutil.rmtree(sys.argv[1], ignore_errors=True)


def _next(orders: socket.socket) -> tuple[bytes, list[int]]:
    order, files, _flags, _who = socket.recv_fds(orders, ORDER, 3)
    while order and len(order) < ORDER:
        more = orders.recv(ORDER - len(order))
        if not more:
            return b"", files
        order += more
    return order, files


def _in_a_child(work: Callable[[], None]) -> int:
    """Does some work in a copy of this process, which ends with it; gives its number."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    except (MemoryError, SystemError):  # what little memory is left may not do for a word
        code = NO_MEMORY
    except BaseException:  # noqa: BLE001 - whatever it was, this process has to end here and not go on as its parent
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def _attend(orders: socket.socket, order: bytes, said: int, complaints: int, line: int) -> None:
    """Starts a press and waits for its end, or for the end of whoever ordered."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.close(0)
    orders.close()
    alive, held = os.pipe()  # the other end is held by the press alone, and let go of when it ends

    def work() -> None:
        os.close(alive)
        os.close(line)
        _work(json.loads(order), said, complaints)

    child = _in_a_child(work)
    for file in (held, said, complaints):
        os.close(file)
    ready, _, _ = select.select([alive, line], [], [])
    if alive not in ready:
        os.kill(child, signal.SIGKILL)
    _, status, took = os.wait4(child, 0)
    told = {"code": os.waitstatus_to_exitcode(status), "cpu": took.ru_utime + took.ru_stime, "memory": took.ru_maxrss}
    os.write(line, json.dumps(told).encode())


def _work(order: dict[str, str], said: int, complaints: int) -> None:
    """Becomes the press: what it says and where it works are its own."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for own, standard in ((nothing, 0), (said, 1), (complaints, 2)):
        os.dup2(own, standard)
    tempfile.tempdir = order["folder"]
    os.chdir(order["folder"])
    run(Path(order["folder"]), int(order["cpu_seconds"]), int(order["memory_bytes"]))


if __name__ == "__main__":
    main()

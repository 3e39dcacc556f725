"""How a tool is called: nicely, and for so long at most."""

import subprocess

from audit.findings import HERE, HOME

BIN = HOME / "venv" / "bin"


def run(command: list[str], within: int) -> str:
    """What a tool says, on both its channels; what it had said by then where it takes longer, in seconds."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(["nice", *command], cwd=HERE.parent, **pipes) as process:  # type: ignore[call-overload]
        try:
            told, _ = process.communicate(timeout=within)
        except subprocess.TimeoutExpired:
            process.kill()
            told, _ = process.communicate()
    return str(told.decode(errors="replace"))

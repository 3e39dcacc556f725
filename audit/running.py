"""Subprocess wrapper for the tools: at low priority, with a timeout."""

import subprocess

from audit.findings import HERE, HOME

BIN = HOME / "venv" / "bin"


def run_tool(command: list[str], within: int) -> str:
    """Return a tool's output, of both streams; if it takes longer than `within` seconds, its output until then."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(["nice", *command], cwd=HERE.parent, **pipes) as process:  # type: ignore[call-overload]
        try:
            output, _ = process.communicate(timeout=within)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
    return str(output.decode(errors="replace"))

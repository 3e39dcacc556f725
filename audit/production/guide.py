"""Commands of `docs/operations.md`, verbatim: each shell block has a name in a comment above it."""

import re
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
SHELL_BLOCK = re.compile(r"(?:<!-- run: ([a-z]+) -->\n)?```sh\n(.*?)```", re.DOTALL)

RUN_BLOCKS = (
    "packages",
    "database",
    "scram",
    "redis",
    "tables",
    "nginx",
    "start",
    "backup",
    "drill",
    "drilled",
    "restore",
    "check",
)
"""Blocks that run verbatim, in this order."""
REPLACED_BLOCKS = {
    "peer": "tried first and replaced by scram, as the page says of a setting that is there twice",
    "oneprocess": "the other way to run the site: tests/integration/faults/test_shutdown.py kills it",
    "certificate": "a public authority needs a public address: a certificate that this audit signs takes its place",
}
"""Blocks that are replaced, or tested apart, and why."""


def blocks() -> dict[str, str]:
    """Return every shell block of the page by its name; raises ValueError if one has none, or two have the same."""
    found: dict[str, str] = {}
    for name, commands in SHELL_BLOCK.findall(GUIDE.read_text(encoding="utf-8")):
        if not name or name in found:
            raise ValueError(f"this block has no name of its own: {commands[:60]!r}")
        found[name] = commands
    return found


def commands(name: str, repository: str) -> str:
    """Return the commands of a block, in a terminal of its own, with the name of the site and the repository to clone."""
    every = blocks()
    site = next(line for line in every["packages"].splitlines() if line.startswith("site="))
    return f"{site}\n{every[name].replace('YOUR-COPY-OF-LETTERHUB', repository)}"

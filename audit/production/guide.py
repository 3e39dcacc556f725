"""The commands of `docs/operations.md`, as they stand there: each block of shell has a name in a comment above it."""

import re
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
BLOCK = re.compile(r"(?:<!-- run: ([a-z]+) -->\n)?```sh\n(.*?)```", re.DOTALL)

RUN = ("packages", "database", "scram", "redis", "tables", "nginx", "start", "backup", "drill", "drilled", "restore", "check")
"""The blocks that run as they stand, in this order."""
INSTEAD = {
    "peer": "tried first and replaced by scram, as the page says of a setting that is there twice",
    "certificate": "a public authority needs a public address: a certificate that this audit signs takes its place",
}
"""The blocks that something else stands for, or that are tried apart, and why."""


def blocks() -> dict[str, str]:
    """Every block of shell on the page by its name; raises ValueError where one has none, or two have the same."""
    found: dict[str, str] = {}
    for name, commands in BLOCK.findall(GUIDE.read_text(encoding="utf-8")):
        if not name or name in found:
            raise ValueError(f"this block has no name of its own: {commands[:60]!r}")
        found[name] = commands
    return found


def commands(name: str, repository: str) -> str:
    """What to type for a block, in a terminal of its own: with the name of the site, and the repository to clone."""
    every = blocks()
    site = next(line for line in every["packages"].splitlines() if line.startswith("site="))
    return f"{site}\n{every[name].replace('YOUR-COPY-OF-LETTERHUB', repository)}"

"""Databases of the benchmarks: two empty ones of a kind, durable as in production, deleted after the run."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from letterhub.config import ROOT

sys.path.append(str(ROOT))
from tests.support.servers.postgres_server import run_server, server_programs

DURABLE = "shared_buffers=128MB max_connections=100"


@contextmanager
def databases(kind: str) -> Iterator[tuple[str, str, str]]:
    """Yield the URLs of two empty databases, ours and the minimal app's, and a folder."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        if kind == "sqlite":
            yield f"sqlite:///{folder}/ours.db", f"sqlite:///{folder}/minimal.db", folder
            return
        programs = server_programs()
        if programs is None:
            sys.exit("PostgreSQL is not installed: leave it out with --database sqlite.")
        server = stack.enter_context(run_server(programs, DURABLE))
        for name in ("ours", "minimal"):
            server.copy("template1", name)
        yield server.url("ours"), server.url("minimal"), folder

"""Databases of the benchmarks: empty ones of a kind, durable as in production, deleted after the run."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from letterhub.paths import ROOT

sys.path.append(str(ROOT))
from tests.support.servers.postgres_server import run_server, server_programs

DURABLE = "shared_buffers=128MB max_connections=100"


@contextmanager
def databases(kind: str, *names: str) -> Iterator[tuple[str, ...]]:
    """Yield the URLs of empty databases of these names, by default ours and the minimal app's, and a folder."""
    names = names or ("ours", "minimal")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        if kind == "sqlite":
            yield *(f"sqlite:///{folder}/{name}.db" for name in names), folder
            return
        programs = server_programs()
        if programs is None:
            sys.exit("PostgreSQL is not installed: leave it out with --database sqlite.")
        server = stack.enter_context(run_server(programs, DURABLE))
        for name in names:
            server.copy("template1", name)
        yield *map(server.url, names), folder

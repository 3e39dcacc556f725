"""Processes of the run: PostgreSQL and Redis, a mail server, and each of ours as if on a machine of its own."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.support.servers import nginx_server as nginx
from tests.support.servers.postgres_server import create_cluster, server_programs
from tests.support.servers.redis_server import RedisServer as Redis
from tests.support.servers.redis_server import server_program

START_TIMEOUT = 60
POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "max_wal_size": "2GB",
}  # the rest is default: what was committed is on the disk
LETTERHUB = [sys.executable, "-c", "from letterhub.cli import main; main()"]


class MissingProgram(Exception):
    """Raised when this machine lacks a required program."""


def free_port() -> int:
    """Return a port of this machine on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def shared_settings(database: str, queue: str, mail_port: int, port: int) -> dict[str, str]:
    """Return the settings that all machines share."""
    settings = {
        "DATABASE_URL": database, "REDIS_URL": queue, "SECRET_KEY": secrets.token_urlsafe(48), "TRUSTED_PROXIES": "1",
        "PUBLIC_URL": f"http://127.0.0.1:{port}", "MAIL_URL": f"smtp://127.0.0.1:{mail_port}", "DEMO": "1",
        "MAIL_FROM": "Letters <letters@letters.example.org>",
    }  # fmt: skip
    return {f"LETTERHUB_{name}": value for name, value in settings.items()}


@contextmanager
def postgresql() -> Iterator[str]:
    """Yield the URL of an empty database in a durable PostgreSQL."""
    programs = server_programs()
    if programs is None:
        raise MissingProgram("PostgreSQL is not installed: on Debian, apt-get install postgresql.")
    with create_cluster(programs) as cluster:
        parameters = POSTGRES_SETTINGS | {"unix_socket_directories": str(cluster.folder)}
        options = [word for name, value in parameters.items() for word in ("-c", f"{name}={value}")]
        command = [str(programs / "postgres"), "-D", str(cluster.folder / "data"), *options]
        with (cluster.folder / "log").open("wb") as log, _process(command, log, **cluster.who) as server:
            _wait_for(lambda: _create_cluster(cluster.folder), server)
            yield f"postgresql+psycopg://postgres@/letterhub?host={cluster.folder}"
            server.send_signal(signal.SIGQUIT)
            server.wait()


def _create_cluster(folder: Path) -> bool:
    try:
        with psycopg.connect(host=str(folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE letterhub"))
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """Yield the URL of a Redis without persistence."""
    program = server_program()
    if program is None:
        raise MissingProgram("Redis is not installed: on Debian, apt-get install redis-server.")
    server = Redis(program, folder)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


@contextmanager
def proxy(folder: Path, port: int, behind: Sequence[int]) -> Iterator[None]:
    """Run the nginx of `deploy/` over TLS, behind a load balancer that reports client addresses."""
    program = nginx.server_program()
    if program is None:
        raise MissingProgram("nginx is not installed: on Debian, apt-get install nginx-light.")
    home = folder / "nginx"
    home.mkdir()
    with nginx.run_nginx(program, home, port, behind, also="set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;"):
        yield


class Machine:
    """One of our processes with a data folder of its own; it can be killed and restarted."""

    def __init__(
        self, name: str, words: list[str], settings: Mapping[str, str], folder: Path, command: list[str] = LETTERHUB
    ) -> None:
        self.name = name
        self._command = [*command, *words]
        home = folder / name
        home.mkdir()
        self._environment = {"PATH": os.environ["PATH"], **settings, "LETTERHUB_DATA_DIR": str(home)}
        self._log = (folder / f"{name}.log").open("ab")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> int:
        """The process id; raises Missing if it does not run."""
        if self._process is None:
            raise MissingProgram(f"{self.name} does not run.")
        return self._process.pid

    def start(self) -> None:
        """Start the process, in a group of its own."""
        self._process = subprocess.Popen(
            self._command, env=self._environment, stdout=self._log, stderr=self._log, start_new_session=True
        )

    def kill(self) -> None:
        """Kill the process and all its children with SIGKILL."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def run(self) -> None:
        """Run the process to its end; raises CalledProcessError if it fails."""
        subprocess.run(self._command, env=self._environment, check=True, stderr=self._log)

    def output(self) -> str:
        """Run the process to its end, and return its output."""
        return subprocess.run(
            self._command, env=self._environment, check=True, stdout=subprocess.PIPE, stderr=self._log, text=True
        ).stdout


@contextmanager
def mail_server(port: int, file: Path) -> Iterator[None]:
    """Run the mail server within the block."""
    file.touch()
    program = Path(__file__).with_name("sink.py")
    with (
        file.with_suffix(".log").open("wb") as log,
        _process([sys.executable, str(program), str(port), str(file)], log) as server,
    ):
        yield
        server.terminate()


@contextmanager
def _process(command: list[str], log: Any, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    guard = shutil.which("setpriv")
    guarded = [guard, "--pdeathsig", "KILL", *command] if guard else command
    with subprocess.Popen(guarded, stdout=log, stderr=log, **options) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def _wait_for(happened: Any, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_TIMEOUT
    while not happened():
        if process.poll() is not None or time.monotonic() > until:
            raise MissingProgram("PostgreSQL did not start.")
        time.sleep(0.1)

"""Debian's own services: PostgreSQL, Redis and nginx, started in a chroot as Debian starts them."""

import signal
import subprocess
import time
from pathlib import Path

from audit.production.chroot import Chroot


class Servers:
    """PostgreSQL, Redis and nginx of a chroot."""

    def __init__(self, chroot: Chroot) -> None:
        self.chroot = chroot
        self._redis: subprocess.Popen[bytes] | None = None
        (self.version,) = (path.name for path in chroot.path("etc/postgresql").iterdir())

    def postgresql(self, verb: str) -> None:
        """Start, stop or kill PostgreSQL."""
        self.chroot.run("install", "-d", "-o", "postgres", "-g", "postgres", "-m", "2775", "/run/postgresql")
        if verb == "kill":
            (pid, *_) = self.chroot.read(f"/var/lib/postgresql/{self.version}/main/postmaster.pid").split()
            subprocess.run(["kill", "-QUIT", pid], check=True)
            time.sleep(1)
            return
        command = ["pg_ctlcluster", self.version, "main", {"enable": "start"}.get(verb, verb)]
        subprocess.run(
            self.chroot.command(*command, *(["-m", "fast"] if verb == "stop" else [])),
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def redis(self, verb: str) -> None:
        """Start or stop Redis."""
        if verb in ("stop", "kill", "restart") and self._redis is not None:
            self._redis.send_signal(signal.SIGKILL if verb == "kill" else signal.SIGTERM)
            self._redis.wait()
        if verb in ("start", "restart", "enable"):
            whom = ["setpriv", "--reuid=redis", "--regid=redis", "--init-groups"]
            self.chroot.run("install", "-d", "-o", "redis", "-g", "redis", "/run/redis")
            command = self.chroot.command(*whom, "redis-server", "/etc/redis/redis.conf", "--daemonize", "no")
            self._redis = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def nginx(self, verb: str) -> None:
        """Start, stop or reload nginx."""
        words = {"stop": ["-s", "quit"], "reload": ["-s", "reload"]}.get(verb, [])
        self.chroot.run("nginx", *words)

    def log_files(self) -> list[Path]:
        """Return nginx's log files."""
        return sorted(self.chroot.path("var/log/nginx").iterdir())

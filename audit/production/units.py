"""Stand-in for systemd, as far as the units of `deploy/` need it: reads installed units, and starts their commands.

A chroot has no systemd. Taken from a unit: commands with their user, settings, folder, mask and environment, dependencies, and
restarts. Sandboxing is not (`tests/house/test_deploy.py` measures that).
"""

import json
import os
import re
import shlex
import signal
import socketserver
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from audit.production.chroot import Chroot

UNITS = "/etc/systemd/system"
SOCKET = "/run/systemctl.socket"
START_LIMIT, START_LIMIT_SECONDS = 5, 10.0  # starts in so many seconds, after which systemd gives a unit up by default
SYSTEMCTL = f"""#!/usr/bin/python3
import json, socket, sys
line = socket.socket(socket.AF_UNIX)
line.connect("{SOCKET}")
line.sendall(json.dumps(sys.argv[1:]).encode() + b"\\n")
reply = json.loads(line.makefile().read())
print(reply["says"], end="")
sys.exit(reply["status"])
"""


@dataclass(frozen=True)
class Unit:
    """A parsed unit file: for each key, its values in order."""

    name: str
    values: dict[str, list[str]]

    def one(self, key: str, otherwise: str = "") -> str:
        """Return the last value of a key."""
        return self.values.get(key, [otherwise])[-1]

    def words(self, key: str) -> list[str]:
        """Return all words of a key's values."""
        return " ".join(self.values.get(key, [])).split()


def read_unit(path: Path) -> Unit:
    """Return the unit in a file."""
    values: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, separator, value = line.partition("=")
        if separator and not line.startswith(("#", ";")):
            values.setdefault(name.strip(), []).append(value.strip())
    return Unit(path.name, values)


def parse_environment_file(text: str) -> dict[str, str]:
    """Return the variables of an EnvironmentFile, as systemd reads it but for continued lines; the last of a name counts."""
    found = {}
    for line in text.splitlines():
        if match := re.fullmatch(r"([A-Za-z_]\w*)=(.*?)\s*", line):
            value = match[2]
            found[match[1]] = value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value
    return found


def kill_leftovers(ended: "subprocess.Popen[bytes]") -> None:
    """Kill what a service has left behind, as systemd does (KillMode=mixed)."""
    with suppress(ProcessLookupError):
        os.killpg(ended.pid, signal.SIGKILL)


@dataclass
class RunningService:
    """A started service: its process, and whether it should run."""

    wanted: bool = True
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)
    gave_up: bool = False


class ServiceManager:
    """Service manager of a chroot, which answers its `systemctl`."""

    def __init__(self, chroot: Chroot, others: dict[str, Callable[[str], None]]) -> None:
        self.chroot, self.others = chroot, others
        self.running: dict[str, RunningService] = {}
        self.timers: set[str] = set()
        self.before: dict[str, list[str]] = {}  # programs put before a unit's command, such as another clock
        chroot.path("usr/local/sbin/systemctl").write_text(SYSTEMCTL)
        chroot.path("usr/local/sbin/systemctl").chmod(0o755)
        chroot.path("var/log/journal").mkdir(parents=True, exist_ok=True)
        self._listen()

    def unit(self, name: str) -> Unit:
        """Return the installed unit of a name."""
        return read_unit(self.chroot.path(f"{UNITS}/{name}"))

    def is_ours(self, name: str) -> bool:
        """Return whether there is such a unit."""
        return self.chroot.path(f"{UNITS}/{name}").exists()

    def start(self, name: str) -> None:
        """Start a unit after its dependencies; raises CalledProcessError if a command of it fails."""
        unit = self.unit(name)
        for other in unit.words("Requires") + unit.words("Wants"):
            if self.is_ours(other):
                self._start_before(other, required=other in unit.words("Requires"))
        if unit.one("Type") == "oneshot":
            self._run_once(unit)
            return
        service = self.running.get(name)
        if service is None or service.process is None or service.process.poll() is not None:
            service = self.running[name] = RunningService()
            threading.Thread(target=self._supervise, args=(unit, service), daemon=True).start()

    def _start_before(self, name: str, *, required: bool) -> None:
        """Wait for a dependency of a unit; one that is only wanted may fail."""
        if self.unit(name).one("RemainAfterExit") == "yes" and self.running.get(name):
            return
        try:
            self._run_once(self.unit(name))
        except subprocess.CalledProcessError:
            if required:
                raise
        else:
            self.running[name] = RunningService()

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop a service, and wait for it."""
        service = self.running.pop(name, None)
        if service is None:
            return
        service.wanted = False
        if service.process is not None and service.process.poll() is None:
            service.process.send_signal(how)
            service.process.wait(timeout=400)
            kill_leftovers(service.process)

    def journal(self, name: str) -> str:
        """Return the output of a unit."""
        path = self.chroot.path(f"var/log/journal/{name}")
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def gave_up(self, name: str) -> bool:
        """Return whether a service failed so often that systemd would leave it down."""
        return bool(self.running.get(name) and self.running[name].gave_up)

    def _supervise(self, unit: Unit, service: RunningService) -> None:
        """Start a service, and restart it if it ended and the unit says so."""
        pause = float(unit.one("RestartSec", "0.1"))
        while service.wanted:
            at = time.monotonic()
            service.starts = [start for start in service.starts if at - start < START_LIMIT_SECONDS] + [at]
            if len(service.starts) > START_LIMIT and unit.one("StartLimitIntervalSec") != "0":
                service.gave_up = True
                return
            service.process = self._begin(unit, unit.one("ExecStart"))
            service.process.wait()
            kill_leftovers(service.process)
            if unit.one("Restart") != "always":
                return
            time.sleep(pause)

    def _run_once(self, unit: Unit) -> None:
        for key in ("ExecStartPre", "ExecStart", "ExecStartPost"):
            for command in unit.values.get(key, []):
                if status := self._begin(unit, command).wait():
                    raise subprocess.CalledProcessError(status, command, self.journal(unit.name)[-2000:])

    def _begin(self, unit: Unit, command: str) -> "subprocess.Popen[bytes]":
        user, group = unit.one("User", "root"), unit.one("Group", unit.one("User", "root"))
        given = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "LANG": "C.UTF-8"}
        if folder := unit.one("StateDirectory"):
            made = f"/var/lib/{folder}"
            self.chroot.run("install", "-d", "-m", unit.one("StateDirectoryMode", "0755"), "-o", user, "-g", group, made)
            given["STATE_DIRECTORY"] = made
        for line in unit.values.get("Environment", []):
            given |= dict(pair.partition("=")[::2] for pair in shlex.split(line))
        for path in unit.values.get("EnvironmentFile", []):
            given |= parse_environment_file(self.chroot.read(path))
        words = [word.replace("%%", "%") for word in shlex.split(command)]
        words = [re.sub(r"\$\{(\w+)\}", lambda match: given.get(match[1], ""), word) for word in words]
        whom = ["setpriv", f"--reuid={user}", f"--regid={group}", "--init-groups", "--inh-caps=-all", "--no-new-privs"]
        arguments = [f"--chdir={unit.one('WorkingDirectory', '/')}", *(f"{name}={value}" for name, value in given.items())]
        line = ["chroot", str(self.chroot.folder), *whom, "/usr/bin/env", "-i", *arguments]
        with self.chroot.path(f"var/log/journal/{unit.name}").open("ab") as log:
            return subprocess.Popen(
                [*line, *self.before.get(unit.name, []), *words],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, umask=int(unit.one("UMask", "0022"), 8),
                start_new_session=True,
            )  # fmt: skip

    def _listen(self) -> None:
        """Answer `systemctl` in the chroot."""
        manager = self

        class RequestHandler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                status, says = 0, ""
                try:
                    manager.handle(json.loads(self.rfile.readline()))
                except (subprocess.CalledProcessError, ValueError, OSError) as trouble:
                    status, says = 1, f"{trouble}\n{getattr(trouble, 'output', '') or ''}\n"
                self.wfile.write(json.dumps({"status": status, "says": says}).encode())

        path = self.chroot.path(SOCKET)
        path.unlink(missing_ok=True)
        server = socketserver.ThreadingUnixStreamServer(str(path), RequestHandler)
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def handle(self, words: list[str]) -> None:
        """Run one `systemctl` line; raises ValueError for unknown ones."""
        verb, *names = [word for word in words if not word.startswith("-")]
        if verb == "daemon-reload":
            return
        if verb not in ("enable", "start", "stop", "restart", "reload"):
            raise ValueError(f"systemctl {verb} is not known here")
        for name in names:
            whole = name if "." in name else f"{name}.service"
            if whole.removesuffix(".service") in self.others:
                self.others[whole.removesuffix(".service")](verb)
            elif not self.is_ours(whole):
                raise ValueError(f"there is no unit {whole}")
            elif whole.endswith(".timer"):
                self.timers.add(whole)
            else:
                self._do(verb, whole)

    def _do(self, verb: str, name: str) -> None:
        if verb in ("stop", "restart"):
            self.stop(name)
        if verb in ("enable", "start", "restart"):
            self.start(name)

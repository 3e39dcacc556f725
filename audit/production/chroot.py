"""A bare Debian in a folder: made by debootstrap, entered by chroot, as empty as a new server."""

import os
import shutil
import subprocess
from pathlib import Path

from letterhub.paths import ROOT

CHROOTS_FOLDER = Path(os.environ.get("AUDIT_CHROOTS", "/var/tmp/letterhub-production"))
REPOSITORY_COPY = "/srv/copy-of-letterhub.git"
PATH_VARIABLE = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PASSED_VARIABLES = (
    "SSL_CERT_FILE PIP_CERT REQUESTS_CA_BUNDLE CURL_CA_BUNDLE PIP_INDEX_URL PIP_DEFAULT_TIMEOUT http_proxy https_proxy no_proxy"
).split()
"""Variables by which this machine reaches its package registries, passed on to a chroot."""


class ChrootUnavailable(Exception):
    """Raised when this machine cannot make or enter a chroot."""


class Chroot:
    """A folder that holds a Debian."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, inside: str) -> Path:
        """Return the path on this machine of a path in the chroot."""
        return self.folder / inside.lstrip("/")

    def read(self, inside: str) -> str:
        """Return the text of a file in the chroot."""
        return self.path(inside).read_text(encoding="utf-8", errors="replace")

    def command(self, *words: str, **environment: str) -> list[str]:
        """Return the command line that runs a program in the chroot, without our environment."""
        given = {"PATH": PATH_VARIABLE, "HOME": "/root", "LANG": "C.UTF-8", "TERM": "dumb", "DEBIAN_FRONTEND": "noninteractive"}
        given |= {name: os.environ[name] for name in PASSED_VARIABLES if name in os.environ} | environment
        return ["chroot", str(self.folder), "/usr/bin/env", "-i", *(f"{name}={value}" for name, value in given.items()), *words]

    def run(self, *words: str, check: bool = True, **environment: str) -> str:
        """Return the output of a program in the chroot; raises CalledProcessError if it fails."""
        done = subprocess.run(
            self.command(*words, **environment),
            input="", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        if check and done.returncode:
            raise subprocess.CalledProcessError(done.returncode, words, done.stdout)
        return done.stdout

    def type(self, commands: str, **environment: str) -> str:
        """Return the output of commands in a root shell of the chroot; raises CalledProcessError at the first that fails."""
        return self.run("/bin/bash", "-euo", "pipefail", "-c", commands, **environment)

    def mount(self) -> None:
        """Mount /proc, /dev and /sys: they end with the mount namespace."""
        for kind, name in (("proc", "proc"), ("sysfs", "sys")):
            subprocess.run(["mount", "-t", kind, name, self.path(name)], check=True)
        subprocess.run(["mount", "--rbind", "/dev", self.path("dev")], check=True)


def check_chroot_support() -> None:
    """Raise ChrootUnavailable, with a sentence, if no chroot can be made here."""
    if os.geteuid() != 0:
        raise ChrootUnavailable("a bare Debian is entered by chroot, which takes root")
    for program, package in (("debootstrap", "debootstrap"), ("unshare", "util-linux"), ("ip", "iproute2")):
        if shutil.which(program) is None:
            raise ChrootUnavailable(f"{program} is not installed: on Debian, apt-get install {package}")
    done = subprocess.run(
        ["unshare", "--net", "--mount", "--pid", "--fork", "true"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ChrootUnavailable(f"namespaces cannot be made here: {done.stderr.strip()}")


def bare_debian(suite: str) -> Path:
    """Return the folder of a bare Debian of that name, made once and cached, without anything of ours."""
    folder = CHROOTS_FOLDER / f"bare-{suite}"
    whole = folder.with_suffix(".whole")
    if not whole.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        command = ["debootstrap", "--variant=minbase", "--include=ca-certificates", suite, str(folder), *_mirror()]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ChrootUnavailable(f"debootstrap says: {done.stdout[-500:]}")
        whole.touch()
    return folder


def new_chroot(suite: str) -> Chroot:
    """Return a new chroot, with a copy of this repository's last commit to clone; no service starts on installation."""
    chroot = Chroot(CHROOTS_FOLDER / "chroot")
    shutil.rmtree(chroot.folder, ignore_errors=True)
    subprocess.run(["cp", "-a", bare_debian(suite), chroot.folder], check=True)
    for path in _reaching_registries():
        target = chroot.path(str(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        shutil.copy(path, target)
    chroot.path("usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")
    chroot.path("usr/sbin/policy-rc.d").chmod(0o755)
    subprocess.run(["git", "clone", "--quiet", "--bare", ROOT, chroot.path(REPOSITORY_COPY)], check=True)
    return chroot


def last_chroot() -> Chroot:
    """Return the chroot of the last run, where this repository's last commit is to be pulled."""
    chroot = Chroot(CHROOTS_FOLDER / "chroot")
    if not chroot.path(REPOSITORY_COPY).exists():
        raise ChrootUnavailable("there is no chroot of an earlier run. Leave --again out")
    subprocess.run(
        ["git", "push", "--quiet", "--force", chroot.path(REPOSITORY_COPY), "HEAD:refs/heads/pulled"], check=True, cwd=ROOT
    )
    return chroot


def _mirror() -> list[str]:
    """Return the mirror of this machine's own Debian; empty if it is no Debian, for debootstrap's default."""
    for path in Path("/etc/apt/sources.list.d").glob("debian.sources"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("URIs: ") and line.endswith("/debian"):
                return [line.removeprefix("URIs: ")]
    return []


def _reaching_registries() -> list[Path]:
    configured = [path for path in Path("/etc/apt/apt.conf.d").glob("*") if "Acquire::" in path.read_text(errors="replace")]
    others = [Path(name) for name in ("/etc/resolv.conf", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")]
    return [path for path in (*configured, *others) if path.exists() and "docker" not in path.name]

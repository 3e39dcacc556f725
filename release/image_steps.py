"""Takes the steps of deploy/Dockerfile on this machine, then starts what an image made of it would: for machines without an
engine for images. `make image`, as root, on a fresh Debian: it installs packages and writes to the image's folders. Needs
Python and nothing else."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60.0
PASSED_ON = ("PATH", "LANG", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_INDEX_URL", "PIP_CERT")
NO_STEPS = ("SHELL", "VOLUME", "EXPOSE", "HEALTHCHECK")


def instructions(text: str) -> list[tuple[str, str]]:
    """Return each instruction of a Dockerfile with its arguments: continued lines joined, comments left out."""
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    words = [line.strip().partition(" ") for line in lines.replace("\\\n", " ").splitlines() if line.strip()]
    return [(word, rest.strip()) for word, _, rest in words]


@dataclass
class Image:
    """What the steps so far say of the image: where and as whom the next one runs, and what the image starts."""

    environment: dict[str, str]
    folder: Path = Path("/")
    user: str = ""
    command: list[str] = field(default_factory=list)

    def configure(self, word: str, rest: str) -> None:
        """Take in an instruction that changes nothing on the machine. Raises ValueError for one that is unknown here."""
        if word == "ENV":
            self.environment |= dict(pair.split("=", 1) for pair in rest.split())
        elif word == "WORKDIR":
            self.folder = Path(rest)
        elif word == "USER":
            self.user = rest
        elif word in ("ENTRYPOINT", "CMD"):
            self.command += json.loads(rest)
        elif word not in NO_STEPS:
            raise ValueError(f"unknown instruction: {word}")


def take_steps(steps: list[tuple[str, str]]) -> Image:
    """Take the steps in order. Raises CalledProcessError for one that fails.

    A stage begins with the packages of the stage that it is built from: those that came in between are removed."""
    image = Image({name: os.environ[name] for name in PASSED_ON if name in os.environ} | {"HOME": "/root"})
    stage, packages = "", dict[str, set[str]]()
    for word, rest in steps:
        print(f"{word} {rest[:110]}", flush=True)
        if word == "FROM":
            last, packages[stage] = stage, installed_packages()
            base, _, stage = rest.partition(" AS ")
            added = packages[last] - packages.get(base, packages[last])
            if added:
                subprocess.run(["apt-get", "purge", "--quiet=2", "--yes", *sorted(added)], check=True)
            image.folder = Path("/")
        elif word == "RUN":
            image.folder.mkdir(parents=True, exist_ok=True)
            subprocess.run(["bash", "-o", "pipefail", "-c", rest], check=True, cwd=image.folder, env=image.environment)
        elif word == "COPY" and not rest.startswith("--from="):  # one machine has all stages
            copy(rest.split(), image.folder)
        elif word != "COPY":
            image.configure(word, rest)
    return image


def installed_packages() -> set[str]:
    """Return the names of this machine's system packages."""
    return set(subprocess.check_output(["dpkg-query", "--show", "--showformat", "${Package}\n"], text=True).split())


def copy(words: list[str], folder: Path) -> None:
    """Copy files and folders of the checkout, as COPY does: into a path that ends in "/", or to the path itself."""
    *sources, target = words
    for source in sources:
        goal = folder / target / source.rpartition("/")[2] if target.endswith("/") else folder / target
        goal.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, goal, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / source, goal)


def serves(address: str) -> bool:
    """Return whether a page is served there within a minute."""
    for _ in range(int(START_SECONDS * 4)):
        try:
            with urlopen(address, timeout=2) as response:
                return bool(response.status == 200)
        except OSError:
            time.sleep(0.25)
    return False


def main() -> int:
    """Take the steps, start the program on the loopback address, ask for its pages. Return 0 if it serves them and stops."""
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    image = take_steps(instructions(text))
    port = os.environ.get("PORT", "8000")
    started = re.sub(r"--host \S+", f"--host 127.0.0.1 --port {port}", " ".join(image.command)).split()
    program = ["setpriv", f"--reuid={image.user}", f"--regid={image.user}", "--clear-groups", *started]
    print("$", *program, flush=True)
    with subprocess.Popen(program, env=image.environment, cwd="/") as site:
        good = all(serves(f"http://127.0.0.1:{port}{path}") for path in ("/healthz", "/", "/help"))
        site.terminate()
        code = site.wait(30)
    print(f"letterhub: the image would {'serve' if good else 'not serve'} its pages; it ended with {code}")
    return 0 if good and code == 0 else 1


if __name__ == "__main__":
    sys.exit(main())

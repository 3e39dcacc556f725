"""The wheel: installed into a new environment, it is the whole program, in any folder."""

import os
import re
import subprocess
import sys
import sysconfig
import time
import urllib.request
from pathlib import Path

import pytest

from letterhub.paths import ROOT
from tests.support.servers.database_copies import SECRET_KEY
from tests.support.servers.ports import free_port

SETTINGS = {
    "LETTERHUB_PUBLIC_URL": "http://127.0.0.1:8000",
    "LETTERHUB_SECRET_KEY": SECRET_KEY,
    "LETTERHUB_MAIL_URL": "smtp://127.0.0.1:2525",
    "LETTERHUB_MAIL_FROM": "letters@letters.example",
}


def build_wheel(folder: Path) -> Path:
    """Build the wheel into a folder and return its path."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder], cwd=ROOT, check=True
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`letterhub` of a new environment with the wheel, and with the libraries of this one."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "--quiet", "install", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--ignore-installed", wheel], check=True)
    return folder / "bin" / "letterhub"


def run(program: Path, home: Path, *words: str, status: int = 0, **settings: str) -> str:
    """Run the program in a folder of its own, with no other settings, and return what it printed."""
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"} | settings
    result = subprocess.run([program, *words], cwd=home, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == status, result.stdout + result.stderr
    return result.stdout + result.stderr


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_two_builds_are_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    assert build_wheel(tmp_path).read_bytes() == wheel.read_bytes()


def test_it_renders_a_letter(program: Path, tmp_path: Path) -> None:
    (tmp_path / "rivers.md").write_text("---\ntitle: Keep the Rivers Clean\n---\n\nDear all,\n\nPlease.\n", encoding="utf-8")
    (tmp_path / "rivers.csv").write_text("Organization,Website\nRiver Keepers,rivers.example\n", encoding="utf-8")
    run(program, tmp_path, "render", "rivers.md", "rivers.csv", "--html", "rivers.html", "--pdf", "rivers.pdf")
    assert "River Keepers" in (tmp_path / "rivers.html").read_text(encoding="utf-8")
    assert (tmp_path / "rivers.pdf").read_bytes().startswith(b"%PDF-")


def test_it_brings_what_makes_a_server_of_a_machine(program: Path, tmp_path: Path) -> None:
    (deploy,) = program.parent.parent.glob("lib/*/site-packages/letterhub/deploy")
    assert files(deploy) == files(ROOT / "deploy")
    output = run(program, tmp_path, "setup", status=1)
    assert ("run this as root" if os.geteuid() else "the units look for Letterhub at /srv/letterhub") in output


def test_it_makes_its_tables_and_checks_them_in_the_home_of_its_user(program: Path, tmp_path: Path) -> None:
    run(program, tmp_path, "migrate", **SETTINGS)
    output = run(program, tmp_path, "check", status=1, **SETTINGS)
    assert [line.partition(":")[0] for line in output.splitlines() if line.startswith("NO")] == ["NO  Mail server"]
    assert set(files(tmp_path)) <= {f".local/share/letterhub/letterhub.db{end}" for end in ("", "-wal", "-shm", "-next")}


def test_it_serves_the_demo(program: Path, tmp_path: Path) -> None:
    port = free_port()
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    command = [program, "demo", "--port", str(port)]
    before = files(program.parent.parent)
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as demo:
        try:
            page = wait_for(f"http://127.0.0.1:{port}/", demo)
            assert "Keep every public library open and connected" in page
            for address in re.findall(r'(?:href|src)="(/(?:static|styles)/[^"]+)"', page):
                urllib.request.urlopen(f"http://127.0.0.1:{port}{address}", timeout=10).close()
            check_help(f"http://127.0.0.1:{port}")
        finally:
            demo.terminate()
            demo.wait(20)
    changed = [name for name in files(program.parent.parent) if name not in before and not name.endswith(".pyc")]
    assert changed == []


def check_help(site: str) -> None:
    """Open a page of each kind of help: the contents, a guide with its picture, a document from elsewhere, and a search."""
    pages = {
        "/help": "Open your first letter",
        "/help/organizers/first-letter": "Create the draft",
        "/help/contributing": "To add a public page",
        "/help/deploy": "Several containers",
        "/help/search?q=withdraw": "Withdraw it",
    }
    for address, words in pages.items():
        with urllib.request.urlopen(f"{site}{address}", timeout=30) as answer:
            page = answer.read().decode()
        assert words in page, address
        for picture in re.findall(r'(?:src|srcset)="(/help/pictures/[^"]+)"', page):
            urllib.request.urlopen(f"{site}{picture}", timeout=10).close()


def wait_for(url: str, server: "subprocess.Popen[bytes]") -> str:
    """Return the page at a URL as soon as the server answers, for at most three minutes."""
    for _ in range(1800):
        assert server.poll() is None, server.stdout and server.stdout.read()
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                page: str = answer.read().decode()
                return page
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"no answer from {url}")

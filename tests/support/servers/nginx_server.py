"""nginx with the configuration of `deploy/`, on local addresses, with a test's certificate and folders."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from letterhub.paths import ROOT
from tests.support.servers.certificate_authority import CertificateAuthority
from tests.support.servers.ports import free_port

TIMEOUT = 30  # seconds before a server that does not answer is given up


def server_program() -> str | None:
    """Return the path of nginx, or None where it is not installed."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def write_config(
    folder: Path, port: int = 443, plain_port: int = 80, behind: Sequence[int] = (8000,), *, also: str = ""
) -> Path:
    """Write nginx's configuration: a TLS port, a plain port, and those of the site; `also` goes into its `http` block."""
    CertificateAuthority(folder).server("127.0.0.1")
    (pem,) = folder.glob("server-*.pem")
    site = (ROOT / "deploy" / "nginx" / "letterhub.conf").read_text(encoding="utf-8")
    site = re.sub(r"/etc/letsencrypt/\S+\.pem", str(pem), site).replace("/srv/letterhub", str(ROOT))
    site = re.sub(r"/var/(?:lib/nginx|log/nginx|www/html)", str(folder), site)
    site = re.sub(r"listen \[::\].*", "", site).replace("listen 80;", f"listen 127.0.0.1:{plain_port};")
    site = site.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    site = re.sub(r"server 127\.0\.0\.1:8000;.*", " ".join(f"server 127.0.0.1:{each};" for each in behind), site)
    (folder / "site.conf").write_text(site.replace("letters.example.org", "127.0.0.1"))
    whole = folder / "nginx.conf"
    whole.write_text(
        f"{'user root; ' if os.geteuid() == 0 else ''}daemon off; pid {folder}/pid; error_log {folder}/errors; "
        "events {} "
        f"http {{ access_log {folder}/access.log; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxied; "
        f"{also} include site.conf; }}"
    )
    return whole


@contextmanager
def run_nginx(program: str, folder: Path, port: int, behind: Sequence[int], *, also: str = "") -> Iterator[None]:
    """Run nginx on that port in front of the site on the others, while the block lasts."""
    plain_port = free_port()
    command = [program, "-c", write_config(folder, port, plain_port, behind, also=also), "-p", folder, "-e", folder / "errors"]
    with subprocess.Popen(command) as process:
        try:
            until = time.monotonic() + TIMEOUT
            while not _answers(port):
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"nginx did not start: {(folder / 'errors').read_text()}")
                time.sleep(0.02)
            yield
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    careless = ssl._create_unverified_context()
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as line, careless.wrap_socket(line):
            return True
    except OSError:
        return False

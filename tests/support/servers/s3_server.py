"""Throwaway S3 server: a process of its own on a free port, stopped after the tests."""

import shutil
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException

from tests.support.servers.ports import free_port

TIMEOUT = 60  # seconds before a server that does not answer is given up


class S3Server:
    """Server that can be stopped and started again at the same address, without its data."""

    def __init__(self) -> None:
        self.port = free_port()
        guard = shutil.which("setpriv")
        program = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self._command = [*([guard, "--pdeathsig", "KILL"] if guard else []), *program]
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, bucket: str) -> str:
        """Return the URL of a bucket, as the app's settings take it."""
        return f"s3://name:sec%2Fret@127.0.0.1:{self.port}/{bucket}?tls=no"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + TIMEOUT
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the store did not start")
            time.sleep(0.05)

    def stop(self) -> None:
        """Kill it, as in a crash."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def make_bucket(self, name: str) -> str:
        """Create a new bucket and return its URL."""
        assert self._request("PUT", f"/{name}") == 200
        return self.url(name)

    def _answers(self) -> bool:
        try:
            return self._request("GET", "/") == 200
        except (OSError, HTTPException):
            return False

    def _request(self, method: str, path: str) -> int:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, headers={"Content-Length": "0"})
            return connection.getresponse().status
        finally:
            connection.close()

"""npm's `oidc-provider`, an OpenID Connect issuer that others wrote, in a child process, and a browser for its pages."""

import datetime as dt
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, HTTPErrorProcessor, OpenerDirector, build_opener

from letterhub.identity_provider import CALLBACK_PATH, IdentityProvider
from letterhub.paths import ROOT
from tests.support.servers.database_copies import SITE
from tests.support.servers.issuer import CLIENT_ID, CLIENT_SECRET, Claims
from tests.support.servers.ports import free_port

MAX_STEPS = 12


class _KeepRedirects(HTTPErrorProcessor):
    """Handler that hands every answer on, also a redirect."""

    def http_response(self, request: Any, response: Any) -> Any:
        return response


@dataclass
class NpmProvider:
    """A running provider, and the browser of somebody who signs in there."""

    url: str
    browser: OpenerDirector = field(default_factory=lambda: build_opener(HTTPCookieProcessor(), _KeepRedirects))

    def settings(self, **more: Any) -> IdentityProvider:
        """Return the settings of a site that trusts this provider."""
        return IdentityProvider(self.url, CLIENT_ID, CLIENT_SECRET, **{"name": "Rivers SSO", **more})

    def now(self) -> dt.datetime:
        """Return the time by the provider's clock, which no test can move."""
        with self.browser.open(f"{self.url}/.well-known/openid-configuration") as response:
            return parsedate_to_datetime(response.headers["Date"])

    def sign_in(self, address: str, account: str) -> str:
        """Sign in and consent on the provider's pages, as far as they ask, and return where they send the browser."""
        sent: bytes | None = None
        for _step in range(MAX_STEPS):
            with self.browser.open(address, sent) as response:
                page, target = response.read().decode(), response.headers["Location"]
            if target and not urljoin(address, target).startswith(self.url):
                return str(target)
            if target:
                address, sent = urljoin(address, target), None
            else:
                form = re.search(r'<form[^>]* action="([^"]+)"', page)
                prompt = re.search(r'name="prompt" value="(\w+)"', page)
                assert form is not None, f"no form on the provider's page: {page[:2000]}"
                assert prompt is not None, f"a form for something else: {page[:2000]}"
                address = urljoin(address, form[1])
                sent = urlencode({"prompt": prompt[1], "login": account, "password": "any"}).encode()
        raise AssertionError(f"the provider leads nowhere: {address}")


def _installed() -> Path:
    """Return the folder of the provider and what it needs, which npm installs once for each state of its files."""
    sources = [Path(__file__).with_name(name) for name in ("package.json", "package-lock.json", "provider.js")]
    digest = sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    folder = ROOT / "var" / f"oidc-provider-{digest[:16]}"
    if not folder.exists():
        folder.parent.mkdir(exist_ok=True)
        new = Path(tempfile.mkdtemp(dir=folder.parent))
        for path in sources:
            shutil.copy(path, new)
        subprocess.run(["npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=new, check=True)
        try:
            new.rename(folder)
        except OSError:  # another process was faster
            shutil.rmtree(new)
    return folder


@contextmanager
def run_npm_provider(folder: Path, people: dict[str, Claims], site: str = SITE) -> Iterator[NpmProvider]:
    """Run the provider for a site while the block lasts, with its log in a folder.

    `people` are the claims of each account but `sub`, which is its name.
    """
    port, redirect = free_port(), f"{site}{CALLBACK_PATH}"
    command = ["node", "provider.js", str(port), redirect, CLIENT_ID, CLIENT_SECRET, json.dumps(people)]
    with (
        (folder / "log").open("w+") as log,
        subprocess.Popen(command, cwd=_installed(), stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            assert process.stdout
            if process.stdout.readline() != "ready\n":
                raise RuntimeError(f"the provider did not start: {(folder / 'log').read_text()}")
            yield NpmProvider(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()

"""npm's `oidc-provider`, an OpenID Connect issuer that others wrote, in a child process, and a browser for its pages."""

import datetime as dt
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, HTTPErrorProcessor, OpenerDirector, build_opener

from letterhub.identity_provider import CALLBACK_PATH, IdentityProvider
from tests.support.servers.database_copies import SITE
from tests.support.servers.issuer import CLIENT_ID, CLIENT_SECRET, Claims
from tests.support.servers.ports import free_port

FILES = ("package.json", "package-lock.json", "provider.js")
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


@contextmanager
def run_npm_provider(folder: Path, people: dict[str, Claims]) -> Iterator[NpmProvider]:
    """Install the provider into a folder by its lock file, and run it for a site at SITE while the block lasts.

    `people` are the claims of each account but `sub`, which is its name.
    """
    for name in FILES:
        shutil.copy(Path(__file__).with_name(name), folder)
    subprocess.run(["npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True)
    port, redirect = free_port(), f"{SITE}{CALLBACK_PATH}"
    command = ["node", "provider.js", str(port), redirect, CLIENT_ID, CLIENT_SECRET, json.dumps(people)]
    with (
        (folder / "log").open("w+") as log,
        subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            assert process.stdout
            if process.stdout.readline() != "ready\n":
                raise RuntimeError(f"the provider did not start: {(folder / 'log').read_text()}")
            yield NpmProvider(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()

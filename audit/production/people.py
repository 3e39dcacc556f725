"""HTTP client over TLS: keeps cookies, fills in the forms of a page, presses its buttons."""

import http.client
import socket
import ssl
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit
from xml.etree.ElementTree import Element

from tests.support.html_checks import accessible_name, parse_html, text_of
from tests.support.html_forms import form_data, form_with_button

SITE = "https://letters.example.org"
HOST = "letters.example.org"
RESPONSE_TIMEOUT = 60.0
FILL_SECONDS = 2.5  # seconds: a form that is sent sooner is shown again


class UnexpectedPage(Exception):
    """Raised when a page did not come, or was not the expected one."""


@dataclass
class Page:
    """A response: its status, URL, headers, and body."""

    visitor: "Visitor"
    status: int
    address: str
    headers: http.client.HTTPMessage
    body: bytes
    seconds: float

    @property
    def html(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")

    @property
    def tree(self) -> Element:
        """The page as a tree."""
        return parse_html(self.html)

    @property
    def text(self) -> str:
        """The text of the page."""
        return text_of(self.tree)

    def says(self, *sentences: str) -> "Page":
        """Return this page; raises UnexpectedPage unless it contains each sentence."""
        for sentence in sentences:
            if sentence not in self.text:
                raise UnexpectedPage(f"{self.address} ({self.status}) does not say {sentence!r}, but: {self.text[:1500]}")
        return self

    def submit(self, button: str, **changes: Any) -> "Page":
        """Fill in the form that has the button, press it, and return the page that follows."""
        tree = self.tree
        form, pressed = form_with_button(tree, button)
        sent = urlencode(form_data(tree, form, pressed, changes), doseq=True).encode()
        address = urljoin(self.address, pressed.get("formaction") or form.get("action") or self.address)
        return self.visitor.ask(address, sent)

    def follow(self, link: str) -> "Page":
        """Follow the link with this text."""
        tree = self.tree
        links = {accessible_name(tree, anchor): anchor.get("href", "") for anchor in tree.iter("a") if anchor.get("href")}
        if link not in links:
            raise UnexpectedPage(f"no link {link!r} at {self.address}, only {sorted(links)}")
        return self.visitor.open(urljoin(self.address, links[link]))


@dataclass
class Visitor:
    """A visitor with cookies of their own, who trusts the site's certificate and no other."""

    certificate: Path
    cookies: dict[str, str] = field(default_factory=dict)

    def open(self, address: str) -> Page:
        """Return the page at a URL of the site, after redirects."""
        return self.ask(address)

    def ask(self, address: str, form: bytes | None = None) -> Page:
        """Send a form, or a GET request; return the page after redirects."""
        started = time.monotonic()
        for _ in range(5):
            page = self._request(address, form, started)
            if page.status not in (301, 302, 303, 307, 308):
                return page
            address, form = urljoin(address, page.headers["Location"]), None
        raise UnexpectedPage(f"{address} leads in a circle")

    def _request(self, address: str, form: bytes | None, started: float) -> Page:
        parts = urlsplit(urljoin(SITE, address))
        if parts.hostname != HOST or parts.scheme != "https":
            raise UnexpectedPage(f"a link leads away from the site: {address}")
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        line = _LocalConnection(trusted)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {"Host": HOST, "Sec-Fetch-Site": "same-origin"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": SITE}
        try:
            line.request("GET" if form is None else "POST", path or "/", form, headers)
            answer = line.getresponse()
            body = answer.read()
        finally:
            line.close()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Page(self, answer.status, parts.geturl(), answer.headers, body, time.monotonic() - started)


class _LocalConnection(http.client.HTTPSConnection):
    """A connection to this machine that asks for the site by its name."""

    def __init__(self, trusted: ssl.SSLContext) -> None:
        super().__init__(HOST, 443, timeout=RESPONSE_TIMEOUT, context=trusted)
        self.trusted = trusted

    def connect(self) -> None:
        """Connect to 127.0.0.1, and verify the certificate for the site's name."""
        plain = socket.create_connection(("127.0.0.1", self.port), self.timeout)
        self.sock = self.trusted.wrap_socket(plain, server_hostname=HOST)

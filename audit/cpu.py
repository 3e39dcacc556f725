"""CPU cost of the worst inputs: every field of every form, at its size limit, with each of WORST.

`python -m audit.cpu [ENDPOINT]` makes a site of its own in a temporary folder, opens every page as a stranger and as an owner,
sends each field each of WORST at each size that the server accepts, and prints a table: CPU seconds of the slowest request of
each field. It exits with 1 if one takes a second or more.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from audit.worst import FILES, HTML, MARKDOWN, WORST_TEXTS, repeat_to_size
from letterhub.app import create_app
from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.operations.demo import load_demo
from letterhub.commands.operations.migrate import migrate_to_newest
from letterhub.config import Settings, demo_environment, parse_settings
from letterhub.domain.operations.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from letterhub.infrastructure.db import db
from letterhub.paths import ROOT
from tests.support.html_checks import parse_html
from tests.support.html_forms import form_data

SITE = "http://127.0.0.1:8000"
MAX_CPU_SECONDS = 1.0  # CPU seconds
SIZES = (2 * 2**20 - 2_000, 250_000, 60_000, 12_000)
"""In bytes, the largest first: what the server rejects by its size costs nothing."""
SMALL_SIZES = (300, 4_000)
MAX_PAGES_PER_KIND = 2
REFUSED_STATUSES = (400, 404, 413, 415, 422)
"""Statuses after which the database is unchanged."""


@dataclass(frozen=True)
class Cost:
    """The slowest request of one field."""

    seconds: float
    where: str
    field: str
    what: str
    status: int


class DemoSite:
    """A demo with its database, which is restored after each request that changed it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        environment = demo_environment(SITE) | {"LETTERHUB_DATA_DIR": str(folder)}
        self.settings: Settings = parse_settings(environment)
        self.app: Flask = create_app(self.settings)
        with self.app.app_context():
            migrate_to_newest()
            load_demo(ROOT / "demo", now())
            send_due_mail(self.settings)
        self.backup = folder / "backup"
        self.changed = False
        self.owner = self._signed_in()
        self.stranger = self.app.test_client()
        self._dispose()
        self.backup.mkdir()
        for file in self._files():
            shutil.copy(file, self.backup)

    def _signed_in(self) -> FlaskClient:
        client = self.app.test_client()
        tree = parse_html(client.get("/sign-in", base_url=SITE).get_data(as_text=True))
        token = next(one.get("value") for one in tree.iter("input") if one.get("name") == "csrf_token")
        owner = next(one.email for one in DEMO_ACCOUNTS if str(one.role) == "owner")
        client.post("/sign-in", base_url=SITE, data={"csrf_token": token, "email": owner, "password": DEMO_PASSWORD})
        return client

    def _files(self) -> list[Path]:
        return [one for one in self.folder.iterdir() if one.is_file() and ".sqlite" in one.name]

    def _dispose(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def restore(self) -> None:
        """Restore the database: nothing that was sent is kept, and no rate limit is reached."""
        self._dispose()
        for file in self._files():
            file.unlink()
        for file in self.backup.iterdir():
            shutil.copy(file, self.folder)

    def cost(self, client: FlaskClient, method: str, address: str, data: object) -> tuple[float, int]:
        """Return the CPU seconds of one request, all threads counted, and the response's status."""
        if self.changed:
            self.restore()
        started = time.process_time()
        answer = client.open(address, base_url=SITE, method=method, buffered=True, **_request_arguments(method, data))
        seconds = time.process_time() - started
        answer.close()
        self.changed = method != "GET" and answer.status_code not in REFUSED_STATUSES
        return seconds, answer.status_code


def _request_arguments(method: str, data: object) -> dict[str, object]:
    if data is None:
        return {}
    return {"query_string" if method == "GET" else "data": data}


@dataclass(frozen=True)
class PageForm:
    """A form on a page: its method and URL, its values untouched, and its fields with their kinds and length limits."""

    method: str
    address: str
    sent: dict[str, list[str]]
    fields: tuple[tuple[str, str, int], ...]


def pages(client: FlaskClient) -> Iterator[tuple[str, Any]]:
    """Yield every page reached by links from the front page, a few of each kind, with its tree."""
    app = client.application
    todo = ["/", "/staff/", "/sign-in", "/reset-password", "/account", "/demo/mailbox"]
    visited, kinds = set[str](), dict[str, int]()
    routes = app.url_map.bind("127.0.0.1:8000")
    while todo:
        address = todo.pop(0)
        path = urlsplit(address).path
        if address in visited or path.startswith("/static/"):
            continue
        visited.add(address)
        try:
            endpoint = routes.match(path, "GET")[0]
        except (HTTPException, RequestRedirect):  # not one of our pages
            continue
        if kinds.setdefault(endpoint, 0) >= MAX_PAGES_PER_KIND:
            continue
        kinds[endpoint] += 1
        answer = client.get(address, base_url=SITE, follow_redirects=True)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        tree = parse_html(answer.get_data(as_text=True))
        yield answer.request.path, tree
        links = [one.get("href", "") for one in tree.iter("a")] + [one.get("src", "") for one in tree.iter("iframe")]
        todo += [_local(answer.request.path, link) for link in links if _local(answer.request.path, link)]


def _local(page: str, link: str) -> str:
    parts = urlsplit(link)
    if (parts.scheme and f"{parts.scheme}://{parts.netloc}" != SITE) or link.startswith(("#", "mailto:")):
        return ""
    path = parts.path or page
    return path + (f"?{parts.query}" if parts.query else "")


def forms(page: str, tree: Any) -> Iterator[PageForm]:
    """Yield the forms of a page, one for each of their buttons with a URL of its own."""
    for form in tree.iter("form"):
        own = {*form.iter("button")}
        buttons = [one for one in tree.iter("button") if one in own or one.get("form") == form.get("id", "-")]
        for button in buttons:
            if button.get("type", "submit") != "submit":
                continue
            address = button.get("formaction") or form.get("action") or page
            method = (button.get("formmethod") or form.get("method") or "get").upper()
            named = [one for one in form.iter() if one.tag in ("input", "textarea", "select") and one.get("name")]
            fields = {one.get("name", ""): (one.get("type", one.tag), int(one.get("maxlength") or 0)) for one in named}
            sent = form_data(tree, form, button, {})
            yield PageForm(method, address, sent, tuple((name, kind, most) for name, (kind, most) in fields.items()))


def measure_form(site: DemoSite, client: FlaskClient, form: PageForm) -> Iterator[Cost]:
    """Yield the slowest request of each field of a form."""
    for name, kind, most in form.fields:
        if name == "csrf_token":
            continue
        yield max(_measure_field(site, client, form, name, kind, most), key=lambda one: one.seconds)


def _measure_field(site: DemoSite, client: FlaskClient, form: PageForm, name: str, kind: str, most: int) -> Iterator[Cost]:
    path = urlsplit(form.address).path
    where = f"{form.method} {path}"
    seconds, status = site.cost(client, form.method, form.address, dict(form.sent))
    yield Cost(seconds, where, name, "untouched", status)
    if kind == "file":
        for what, make in FILES.items():
            data, file = make()
            seconds, status = site.cost(client, form.method, form.address, {**form.sent, name: (BytesIO(data), file)})
            yield Cost(seconds, where, name, f"{what}, {len(data):,} bytes", status)
        return
    patterns = {
        **WORST_TEXTS,
        **(MARKDOWN if name in ("body", "reason", "markdown") else {}),
        **(HTML if name == "html" else {}),
    }
    own = (most,) if most else (150_000, *SMALL_SIZES) if name == "body" else SMALL_SIZES if kind != "hidden" else ()
    largest = _largest_accepted(site, client, form, name)
    for what, pattern in patterns.items():
        for size in {largest, *(one for one in own if one < largest)}:
            value = repeat_to_size(pattern, size)
            seconds, status = site.cost(client, form.method, form.address, {**form.sent, name: [value]})
            yield Cost(seconds, where, name, f"{what} × {size:,}", status)


def _largest_accepted(site: DemoSite, client: FlaskClient, form: PageForm, name: str) -> int:
    """Return the largest size that the server accepts for a value."""
    if form.method == "GET":
        return 8_000  # of the path and query, as servers accept them
    for size in SIZES:
        _seconds, status = site.cost(client, form.method, form.address, {**form.sent, name: ["a" * size]})
        if status != 413:
            return size
    return 4_000


LINKS = "confirm signatures reconfirm renew-consent answer invited join reset-password letters editions accents".split()


def measure_addresses(site: DemoSite) -> Iterator[Cost]:
    """Yield the cost of long paths and queries."""
    for client, ways in ((site.stranger, LINKS), (site.owner, ("staff", "staff/x/letters", "staff/x/letters/x/signatures"))):
        for way in ways:
            for what, pattern in WORST_TEXTS.items():
                for address in (
                    f"/{way}/{quote(repeat_to_size(pattern, 8_000))}",
                    f"/{way}/x?q={quote(repeat_to_size(pattern, 8_000))}",
                ):
                    seconds, status = site.cost(client, "GET", address, None)
                    yield Cost(seconds, f"GET /{way}/…", "address", what, status)


def _paste_form(site: DemoSite) -> PageForm | None:
    """Return the form that a script of the Write page sends."""
    for page, tree in pages(site.owner):
        if page.endswith("/write"):
            token = next(one.get("value", "") for one in tree.iter("input") if one.get("name") == "csrf_token")
            sent = {"csrf_token": [token], "first_note": ["1"], "html": ["<p>x</p>"]}
            return PageForm("POST", f"{page}/paste", sent, (("html", "textarea", 0), ("first_note", "text", 0)))
    return None


def main(wanted: str = "") -> int:
    """Print the table; return 1 if a field takes too long, or none was found. `wanted` names an endpoint, or "addresses"."""
    worst: list[Cost] = []
    with tempfile.TemporaryDirectory() as folder:
        site = DemoSite(Path(folder))
        for kind, (client, form) in _find_forms(site).items():
            if wanted in ("", kind.split()[1]):
                for cost in measure_form(site, client, form):
                    worst.append(cost)
                    print(f"{cost.seconds:7.3f}  {kind:40} {cost.field:22} {cost.status}  {cost.what}", flush=True)
        if wanted in ("", "addresses"):
            late_address = max(measure_addresses(site), key=lambda one: one.seconds)
            worst.append(late_address)
            print(f"{late_address.seconds:7.3f}  {late_address.where:40} address {late_address.status}  {late_address.what}")
    late = [cost for cost in worst if cost.seconds >= MAX_CPU_SECONDS]
    slowest = max((cost.seconds for cost in worst), default=0)
    print(f"{len(worst)} fields; the slowest takes {slowest:.2f} s, {len(late)} take a second or more")
    for cost in late:
        print(f"TOO SLOW {cost.seconds:.2f} s: {cost.where} {cost.field}: {cost.what}")
    return 1 if late or not worst else 0


def _find_forms(site: DemoSite) -> dict[str, tuple[FlaskClient, PageForm]]:
    """Return every kind of form, by method, endpoint and fields, with the client that may send it."""
    found: dict[str, tuple[FlaskClient, PageForm]] = {}
    known: set[tuple[str, ...]] = set()
    for client in (site.stranger, site.owner):
        for page, tree in pages(client):
            for form in forms(page, tree):
                kind = f"{form.method} {_kind(site.app, form)}"
                fields = (kind, *sorted(name for name, _type, _most in form.fields))
                if fields not in known:
                    known.add(fields)
                    found[kind if kind not in found else f"{kind} {len(known)}"] = (client, form)
    if (paste := _paste_form(site)) is not None:
        found["POST editor.paste"] = (site.owner, paste)
    return found


def _kind(app: Flask, form: PageForm) -> str:
    try:
        return str(app.url_map.bind("127.0.0.1:8000").match(urlsplit(form.address).path, form.method)[0])
    except (HTTPException, RequestRedirect):
        return urlsplit(form.address).path


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))

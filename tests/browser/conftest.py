"""What the stories stand on: the real app at an address of its own, in real time, and a Chromium that looks at it."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from letterhub.config import Settings
from tests.browser.watch import Watch
from tests.databases import Copies, settings_for
from tests.missing import missing
from tests.postbox import Postbox

expect.set_options(timeout=30_000)  # a busy machine is slow, and no page is wrong for it
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        missing("Chromium is not installed: on Debian, apt-get install chromium.")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        except Error as problem:
            missing(f"Chromium does not start here: {problem.message.splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def clock() -> None:
    """Nothing stands still: a browser has a clock of its own."""


@pytest.fixture
def database_url(sqlite_copies: Copies) -> str:
    """A SQLite database: what stories tell is the same on both."""
    return sqlite_copies.fresh()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port of this machine that nobody else has."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def settings(database_url: str, tmp_path: Path, listener: socket.socket, postbox: Postbox) -> Settings:
    """The settings of a site at that port."""
    return settings_for(database_url, tmp_path, f"http://127.0.0.1:{listener.getsockname()[1]}", postbox.port)


class Impatient(WSGIRequestHandler):
    """Hangs up on a browser that opened a line, and asks nothing on it."""

    timeout = 10


@pytest.fixture
def site(app: Flask, settings: Settings, listener: socket.socket) -> Iterator[str]:
    """The address at which the app answers for as long as the test runs."""
    host, port = listener.getsockname()
    server = make_server(host, port, app, threaded=True, request_handler=Impatient, fd=listener.fileno())
    server.daemon_threads = False  # it ends with its last answer, and leaves no connection to the database behind
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield settings.public_url
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(chromium: Browser, site: str) -> Iterator[Page]:
    """A browser's page at the site. The test fails where the console complains or anything asks another host."""
    with chromium.new_context(base_url=site, reduced_motion="reduce") as context:
        page = context.new_page()
        watch = Watch(page, site)
        yield page
        assert watch.complaints == []

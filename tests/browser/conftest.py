"""Fixtures of the browser tests: the real app at an address of its own, in real time, and a Chromium."""

import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from letterhub.config import Settings
from letterhub.infrastructure.db import end_read_transaction
from letterhub.jobs.runner import create_queue
from letterhub.jobs.tasks import WorkerTasks
from tests.browser.watch import PageMonitor
from tests.support.missing import skip_missing
from tests.support.servers.database_copies import DatabaseCopies, settings_for
from tests.support.servers.mail_server import Inbox
from tests.support.servers.running_site import running_site

expect.set_options(timeout=30_000)  # a busy machine is slow, which is no error
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""Names of the browser, the lightest first: the shell has no windows, and takes half the time."""
ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")  # a processor that plays a graphics card is slow


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith("tests/browser/"):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Headless system Chromium."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        skip_missing("Chromium is not installed: on Debian, apt-get install chromium.")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        except Error as problem:
            skip_missing(f"Chromium does not start here: {problem.message.splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def clock() -> None:
    """Override of the frozen clock: a browser has a clock of its own."""


@pytest.fixture
def database_url(sqlite_copies: DatabaseCopies) -> str:
    """SQLite database alone: a browser sees no difference."""
    return sqlite_copies.fresh()


@pytest.fixture
def settings(database_url: str, tmp_path: Path, listener: socket.socket, postbox: Inbox) -> Settings:
    """Settings of a site on that port."""
    return settings_for(database_url, tmp_path, f"http://127.0.0.1:{listener.getsockname()[1]}", postbox.port)


@pytest.fixture
def site(app: Flask, settings: Settings, listener: socket.socket) -> Iterator[str]:
    """URL of the app, which runs as long as the test."""
    with running_site(app, listener):
        yield settings.public_url


@pytest.fixture
def page(chromium: Browser, site: str) -> Iterator[Page]:
    """Browser page at the site. The test fails on console errors and on requests to another host."""
    with chromium.new_context(base_url=site, reduced_motion="reduce") as context:
        page = context.new_page()
        watch = PageMonitor(page, site)
        yield page
        assert watch.complaints == []


@pytest.fixture
def run_worker(app: Flask, settings: Settings) -> Callable[[], None]:
    """Worker whose jobs of a minute run when called, and what is due then."""
    queue = create_queue(settings)
    queue.immediate = True
    tasks = WorkerTasks(app, queue, going=lambda: True, threads=2)

    def run() -> None:
        end_read_transaction()
        for name in tasks.every_minute:
            tasks.dispatcher.start(name)
        for _round in range(3):  # what opens a letter or imports names causes emails
            tasks.start_due()

    return run

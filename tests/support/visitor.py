"""HTTP client as a visitor: opens pages by endpoint, presses buttons by their labels, and checks every page that returns.

See docs/design/testing.md.
"""

import re
from contextvars import Context
from functools import cached_property
from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from flask import Flask, url_for
from werkzeug.test import TestResponse

from letterhub.infrastructure.db import end_read_transaction
from tests.support.cast import Member
from tests.support.html_checks import accessible_name, checked_html, text_of
from tests.support.html_forms import form_data, form_with_button
from tests.support.link_check import broken_links

MAX_COOKIE_BYTES = 4_000
"""Bytes of a cookie that browsers accept."""
CSRF_TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


class Visitor:
    """Visitor with a browser of their own: cookies are kept, redirects are followed."""

    def __init__(self, app: Flask, base_url: str) -> None:
        self.app = app
        self.base_url = base_url
        self.client = app.test_client()

    def visit(self, endpoint: str, *, status: int = 200, **values: Any) -> "Page":
        """Open the page of an endpoint, as a link on the site leads to it."""
        with self.app.test_request_context(base_url=self.base_url):
            address = url_for(endpoint, **values)
        return self.open(address, status=status)

    def open(self, address: str, *, status: int = 200, method: str = "GET", **sent: Any) -> "Page":
        """Open the page at an address of the site; `sent` goes to the test client (data, headers)."""
        response = self.ask(address, method=method, follow_redirects=True, **sent)
        page = Page(self, response)
        assert response.status_code == status, f"{address} answers {response.status_code}, not {status}: {page.text[:500]}"
        return page

    def ask(self, address: str, *, method: str = "GET", **sent: Any) -> TestResponse:
        """Return the bare response, without following redirects: for files, headers, and responses that are no page."""
        # in a context of its own, as in a server's thread: nothing leaks from the test into the page
        response = Context().run(self.client.open, urljoin(self.base_url, address), method=method, buffered=True, **sent)
        end_read_transaction()  # the test's own reads used an older snapshot
        cookies = [cookie for one in (*response.history, response) for cookie in one.headers.getlist("Set-Cookie")]
        assert max(map(len, cookies), default=0) < MAX_COOKIE_BYTES, f"{address} sets a cookie that browsers drop"
        return response

    def sign_in(self, member: Member) -> None:
        """Sign in as a member of the cast who has an account. Its pages are neither drawn nor checked: most tests sign in."""
        token = CSRF_TOKEN.search(self.ask("/sign-in").text)
        assert token, "the form for signing in has no token"
        sent = {"csrf_token": token[1], "email": member.email, "password": member.password}
        response = self.ask("/sign-in?next=/account", method="POST", data=sent)
        assert response.location == "/account", f"{member.email} cannot sign in: {response.status}"

    def open_account(self, member: Member) -> "Page":
        """Sign in as a person does, and return the account's page."""
        return (
            self.open("/sign-in?next=/account")
            .submit("Sign in", email=member.email, password=member.password)
            .says("Your account")
        )


class Page:
    """Page that was opened, parsed strictly and checked."""

    def __init__(self, visitor: Visitor, response: TestResponse) -> None:
        self.visitor = visitor
        self.response = response
        self.path = response.request.path
        self.html = response.get_data(as_text=True)
        self.tree: Element = checked_html(self.html)
        wrong = broken_links(visitor.app, urljoin(visitor.base_url, self.path), self.tree)
        assert not wrong, f"{self.path}: {'; '.join(wrong)}"

    @cached_property
    def text(self) -> str:
        """Return the text of the page, with single spaces."""
        return text_of(self.tree)

    @property
    def heading(self) -> str:
        """Return the text of its h1."""
        return text_of(next(self.tree.iter("h1")))

    def says(self, *sentences: str) -> "Page":
        """Fail unless each sentence is on the page."""
        missing = [sentence for sentence in sentences if " ".join(sentence.split()) not in self.text]
        assert not missing, f"{self.path} does not say {missing}, but: {self.text}"
        return self

    def never_says(self, *sentences: str) -> "Page":
        """Fail if any of the sentences is anywhere in the response, visible or not."""
        found = [sentence for sentence in sentences if sentence in self.html or sentence in self.text]
        assert not found, f"{self.path} says {found}"
        return self

    def submit(self, button: str, *, status: int = 200, **changes: Any) -> "Page":
        """Fill in the form that has the button, press it, and return the next page."""
        form, pressed = form_with_button(self.tree, button)
        sent = form_data(self.tree, form, pressed, changes)
        address = urljoin(self.path, pressed.get("formaction") or form.get("action") or self.response.request.full_path)
        method = (pressed.get("formmethod") or form.get("method") or "get").upper()
        sent_as = {"query_string": sent} if method == "GET" else {"data": sent}
        return self.visitor.open(address, status=status, method=method, **sent_as)

    def follow(self, link: str, *, status: int = 200) -> "Page":
        """Follow the link with this text."""
        links = {
            accessible_name(self.tree, anchor): anchor.get("href", "") for anchor in self.tree.iter("a") if anchor.get("href")
        }
        assert link in links, f"no link {link!r} on {self.path}, only {sorted(links)}"
        return self.visitor.open(urljoin(self.path, links[link]), status=status)

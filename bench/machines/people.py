"""Simulated signers: each reads the letter, opens the form, signs, waits for the mail, follows its link and confirms."""

import asyncio
import random
import re
import ssl
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path
from typing import Self
from urllib.parse import urlencode, urlsplit

HIDDEN = re.compile(r"<input\b(?=[^>]*\btype=\"hidden\")[^>]*>")
ATTRIBUTE = re.compile(r"\b(name|value)=\"([^\"]*)\"")
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
SIGN_FORM_SNIPPET, CONFIRM_FORM_SNIPPET = 'name="form_token"', 'value="sign"'
CONTENT_LENGTH, SET_COOKIE, CONNECTION_CLOSE = (
    re.compile(each, re.IGNORECASE | re.MULTILINE)
    for each in (r"^content-length: (\d+)", r"^set-cookie: ([^=]*)=([^;\r]*)", r"^connection: close")
)
UNVERIFIED_TLS = ssl.create_default_context()
UNVERIFIED_TLS.check_hostname, UNVERIFIED_TLS.verify_mode = False, ssl.CERT_NONE  # its certificate is a test's own
FILL_SECONDS = 2.3  # seconds: a form that is sent sooner is shown again
RESPONSE_TIMEOUT = 120.0  # seconds until a request times out
RETRY_AFTER = 0.5  # seconds until a request that got no response is retried
SYLLABLES = ("ba", "ke", "lo", "mu", "ni", "ra", "sto", "ve", "wa", "zi", "cha", "dor", "fel", "gru", "hal", "pim")
KINDS = ("Alliance", "Coalition", "League", "Network", "Union", "Trust", "Council", "Society", "Institute", "Association")


@dataclass(frozen=True, slots=True)
class Signer:
    """A signer for an organization with a mailbox at its own domain; two signers share a network."""

    number: int

    @property
    def name(self) -> str:
        """The name of the organization, unique to each signer."""
        chance = random.Random(self.number)
        own = " ".join("".join(chance.choices(SYLLABLES, k=3)).capitalize() for _ in range(3))
        return f"{chance.choice(KINDS)} of {own} {self.number}"

    @property
    def email(self) -> str:
        """The signer's email address."""
        return f"nia@o{self.number}.example"

    @property
    def address(self) -> str:
        """The signer's IP address, as the proxy in front reports it."""
        network = self.number // 2
        return f"{20 + (network >> 16)}.{network >> 8 & 255}.{network & 255}.{7 + self.number % 2}"

    @property
    def typed(self) -> dict[str, str]:
        """The fields that the signer fills in."""
        return {
            "organization": self.name, "website": f"https://o{self.number}.example", "signer_name": "Nia Example",
            "signer_title": "Director", "email": self.email, "location": "Springfield, IL", "section": "national",
            "authorized": "y",
        }  # fmt: skip


@dataclass
class RunRecord:
    """Responses to signers and their times: by number, the seconds since the run began."""

    started_at: float = field(default_factory=time.monotonic)
    signed: dict[int, float] = field(default_factory=dict)
    mailed: dict[int, float] = field(default_factory=dict)
    confirmed: dict[int, float] = field(default_factory=dict)
    copies: Counter[str] = field(default_factory=Counter)
    took: dict[str, list[float]] = field(default_factory=dict)
    odd: Counter[str] = field(default_factory=Counter)

    def now(self) -> float:
        """Return the seconds since the run began."""
        return time.monotonic() - self.started_at


@dataclass(frozen=True, slots=True)
class PageResponse:
    """Status and text of a response."""

    status: int
    text: str


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """The entry to the site: the port of a proxy, or without TLS of a web process itself."""

    port: int
    book: RunRecord
    tls: bool = True


class Browser:
    """A signer's browser: one persistent connection, with cookies."""

    def __init__(self, front: EntryPoint, person: Signer) -> None:
        self.front, self.person, self.book = front, person, front.book
        self.cookies: dict[str, str] = {}
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_trouble: object) -> None:
        self._hang_up()

    async def ask(self, what: str, path: str, form: dict[str, str] | None = None) -> PageResponse:
        """Return a response, retrying until there is one and on error pages."""
        while True:
            started = time.monotonic()
            try:
                answer = await asyncio.wait_for(self._asked(path, form), RESPONSE_TIMEOUT)
            except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError) as trouble:
                self._hang_up()
                self.book.odd[f"{what}: {type(trouble).__name__}"] += 1
                await asyncio.sleep(RETRY_AFTER)
                continue
            if answer.status < 500:
                self.book.took.setdefault(what, []).append(time.monotonic() - started)
                return answer
            self.book.odd[f"{what}: {answer.status}"] += 1
            await asyncio.sleep(RETRY_AFTER)

    async def _asked(self, path: str, form: dict[str, str] | None) -> PageResponse:
        body = urlencode(form).encode() if form is not None else b""
        lines = [
            f"{'POST' if form is not None else 'GET'} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.front.port}",
            f"X-Forwarded-For: {self.person.address}", f"Content-Length: {len(body)}",
            "Content-Type: application/x-www-form-urlencoded",
        ]  # fmt: skip
        if self.cookies:
            lines.append(f"Cookie: {'; '.join(map('='.join, self.cookies.items()))}")
        if self._line is None:
            tls = UNVERIFIED_TLS if self.front.tls else None
            self._line = await asyncio.open_connection("127.0.0.1", self.front.port, limit=1 << 20, ssl=tls)
        reader, writer = self._line
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        text = await reader.readexactly(int(CONTENT_LENGTH.search(head)[1]))  # type: ignore[index]  # our pages tell it
        self.cookies.update(SET_COOKIE.findall(head))
        if CONNECTION_CLOSE.search(head):
            self._hang_up()
        return PageResponse(int(head.split(" ", 2)[1]), text.decode())

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line[1].transport.abort()
            self._line = None


def hidden_fields(page: str, snippet: str) -> dict[str, str]:
    """Return the hidden fields of the page's form that contains `snippet`; empty if there is none."""
    form = next((form for form in FORM.findall(page) if snippet in form), "")
    fields = (dict(ATTRIBUTE.findall(each)) for each in HIDDEN.findall(form))
    return {each["name"]: unescape(each.get("value", "")) for each in fields if "name" in each}


class Signers:
    """All signers, of whom `at_once` wait for a page at a time, not counting those who type or wait for mail."""

    def __init__(self, front: EntryPoint, slug: str, count: int, at_once: int, mails: Path) -> None:
        self.front, self.book, self.slug = front, front.book, slug
        self.everyone = [Signer(number) for number in range(count)]
        self.busy = asyncio.Semaphore(at_once)
        self.links: dict[str, asyncio.Future[str]] = {}
        self.mails = mails

    async def all_sign(self, meanwhile: Callable[[], Awaitable[None]]) -> None:
        """Run until everyone has confirmed; `meanwhile` runs beside it."""
        for person in self.everyone:
            self.links[person.email] = asyncio.get_running_loop().create_future()
        async with Browser(replace(self.front, book=RunRecord()), self.everyone[0]) as first:
            await first.ask("letter", f"/letters/{self.slug}")  # the run begins with the first response
        self.book.started_at = time.monotonic()
        self.reading, beside = asyncio.create_task(self._read_mail()), asyncio.create_task(meanwhile())
        async with asyncio.TaskGroup() as group:
            for person in self.everyone:
                await self.busy.acquire()
                group.create_task(self._signs(person))
        await beside

    async def _signs(self, person: Signer) -> None:
        async with Browser(self.front, person) as browser:
            await self._begins(person, browser)
        link = await self.links[person.email]
        async with self.busy, Browser(self.front, person) as browser:
            await self._confirms(person, urlsplit(link).path, browser)

    async def _begins(self, person: Signer, browser: Browser) -> None:
        try:
            page = await self._opens_form(browser)
        finally:
            self.busy.release()  # acquired before the signer arrived, so that not all arrive at once
        while person.number not in self.book.signed:
            await asyncio.sleep(FILL_SECONDS)
            async with self.busy:
                answer = await browser.ask("sign", self._form, hidden_fields(page.text, SIGN_FORM_SNIPPET) | person.typed)
                if answer.status == 303:
                    self.book.signed[person.number] = self.book.now()
                else:
                    self.book.odd[f"sign: {answer.status}"] += 1
                    page = await self._opens_form(browser)

    async def _opens_form(self, browser: Browser) -> PageResponse:
        await browser.ask("letter", f"/letters/{self.slug}")
        return await browser.ask("form", self._form)

    @property
    def _form(self) -> str:
        return f"/letters/{self.slug}/sign"

    async def _confirms(self, person: Signer, path: str, browser: Browser) -> None:
        while person.number not in self.book.confirmed:
            page = await browser.ask("open link", path)
            fields = hidden_fields(page.text, CONFIRM_FORM_SNIPPET)
            if not fields:  # confirmed already: a response was lost
                self.book.odd[f"open link: {page.status}, no box"] += 1
                self.book.confirmed[person.number] = self.book.now()
                return
            answer = await browser.ask("confirm", path, fields | {"authorized": "y", "choice": "sign"})
            if answer.status == 303:
                self.book.confirmed[person.number] = self.book.now()
            else:
                self.book.odd[f"confirm: {answer.status}"] += 1
                await asyncio.sleep(RETRY_AFTER)

    async def _read_mail(self) -> None:
        with self.mails.open(encoding="utf-8") as lines:
            rest = ""
            while True:
                rest += lines.read()
                *whole, rest = rest.split("\n")
                for line in whole:
                    to, message_id, kind, link = line.split("\t")
                    self.book.copies[message_id] += 1
                    if kind == "confirm" and to in self.links and not self.links[to].done():
                        self.book.mailed[int(to[5:].partition(".")[0])] = self.book.now()
                        self.links[to].set_result(link)
                await asyncio.sleep(0.1)

"""The people of the run: each opens the form, signs, waits for her mail, follows its link and confirms."""

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urlsplit

HIDDEN = re.compile(r"<input\b(?=[^>]*\btype=\"hidden\")[^>]*>")
TOLD = re.compile(r"\b(name|value)=\"([^\"]*)\"")
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
BEGIN, SIGN = 'name="once"', 'value="sign"'
TYPING = 2.3  # seconds: a form that comes sooner is shown again
SLOW = 120.0  # seconds until an answer is given up
AGAIN = 0.5  # seconds until a machine that did not answer is asked again
SOUNDS = ("ba", "ke", "lo", "mu", "ni", "ra", "sto", "ve", "wa", "zi", "cha", "dor", "fel", "gru", "hal", "pim")
KINDS = ("Alliance", "Coalition", "League", "Network", "Union", "Trust", "Council", "Society", "Institute", "Association")


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who signs for an organization with a mailbox at its own domain, from a network that she shares with one other."""

    number: int

    @property
    def name(self) -> str:
        """The name of the organization: no two are alike."""
        chance = random.Random(self.number)
        own = " ".join("".join(chance.choices(SOUNDS, k=3)).capitalize() for _ in range(3))
        return f"{chance.choice(KINDS)} of {own} {self.number}"

    @property
    def email(self) -> str:
        """Her mailbox."""
        return f"nia@o{self.number}.example"

    @property
    def address(self) -> str:
        """Where she comes from, as the proxy in front tells it."""
        network = self.number // 2
        return f"{20 + (network >> 16)}.{network >> 8 & 255}.{network & 255}.{7 + self.number % 2}"

    @property
    def typed(self) -> dict[str, str]:
        """What she types."""
        return {
            "organization": self.name, "website": f"https://o{self.number}.example", "signer_name": "Nia Example",
            "signer_title": "Director", "email": self.email, "location": "Springfield, IL", "scope": "national",
            "authorized": "y",
        }  # fmt: skip


@dataclass
class Book:
    """What the people were told, and when: by number, the seconds since the run began."""

    begun: float = field(default_factory=time.monotonic)
    signed: dict[int, float] = field(default_factory=dict)
    mailed: dict[int, float] = field(default_factory=dict)
    confirmed: dict[int, float] = field(default_factory=dict)
    copies: Counter[str] = field(default_factory=Counter)
    took: dict[str, list[float]] = field(default_factory=dict)
    odd: Counter[str] = field(default_factory=Counter)

    def now(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self.begun


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page said."""

    status: int
    cookie: str
    text: str


class Front:
    """The proxy in front, as far as people notice: each request goes to the next machine, and to another where one is away."""

    def __init__(self, ports: list[int], book: Book) -> None:
        self.ports = ports
        self.book = book
        self._next = 0

    async def ask(self, what: str, path: str, person: Person, cookie: str = "", form: dict[str, str] | None = None) -> Answer:
        """Asks until someone answers; a person who sees an error page tries again."""
        while True:
            self._next = (self._next + 1) % len(self.ports)
            begun = time.monotonic()
            try:
                answer = await asyncio.wait_for(self._asked(self.ports[self._next], path, person, cookie, form), SLOW)
            except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError) as trouble:
                self.book.odd[f"{what}: {type(trouble).__name__}"] += 1
                await asyncio.sleep(AGAIN)
                continue
            if answer.status < 500:
                self.book.took.setdefault(what, []).append(time.monotonic() - begun)
                return answer
            self.book.odd[f"{what}: {answer.status}"] += 1
            await asyncio.sleep(AGAIN)

    async def _asked(self, port: int, path: str, person: Person, cookie: str, form: dict[str, str] | None) -> Answer:
        body = urlencode(form).encode() if form is not None else b""
        lines = [
            f"{'POST' if form is not None else 'GET'} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close",
            f"X-Forwarded-For: {person.address}", "X-Forwarded-Proto: http", f"Content-Length: {len(body)}",
            "Content-Type: application/x-www-form-urlencoded",
        ]  # fmt: skip
        if cookie:
            lines.append(f"Cookie: {cookie}")
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        try:
            writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = re.search(r"(?i)^content-length: (\d+)", head, re.MULTILINE)
            text = await reader.readexactly(int(length[1])) if length else await reader.read()
        finally:
            writer.close()
        cookies = re.findall(r"(?i)^set-cookie: ([^;\r]*)", head, re.MULTILINE)
        return Answer(int(head.split(" ", 2)[1]), "; ".join(cookies) or cookie, text.decode())


def hidden(page: str, mark: str) -> dict[str, str]:
    """The hidden fields of the form on a page that holds a mark; none where there is no such form."""
    form = next((form for form in FORM.findall(page) if mark in form), "")
    fields = (dict(TOLD.findall(each)) for each in HIDDEN.findall(form))
    return {each["name"]: unescape(each.get("value", "")) for each in fields if "name" in each}


class People:
    """So many people, of whom so many are busy at a time."""

    def __init__(self, front: Front, slug: str, count: int, at_once: int, mails: Path) -> None:
        self.front, self.book, self.slug = front, front.book, slug
        self.everyone = [Person(number) for number in range(count)]
        self.busy = asyncio.Semaphore(at_once)
        self.links: dict[str, asyncio.Future[str]] = {}
        self.mails = mails

    async def all_sign(self, meanwhile: Callable[[], Awaitable[None]]) -> None:
        """Ends when everyone has confirmed; whatever happens `meanwhile` happens beside it."""
        for person in self.everyone:
            self.links[person.email] = asyncio.get_running_loop().create_future()
        self.reading, beside = asyncio.create_task(self._read_mail()), asyncio.create_task(meanwhile())
        async with asyncio.TaskGroup() as group:
            for person in self.everyone:
                await self.busy.acquire()
                group.create_task(self._signs(person))
        await beside

    async def _signs(self, person: Person) -> None:
        try:
            await self._begins(person)
        finally:
            self.busy.release()
        link = await self.links[person.email]
        async with self.busy:
            await self._confirms(person, urlsplit(link).path)

    async def _begins(self, person: Person) -> None:
        page, address = None, f"/letters/{self.slug}/sign"
        while person.number not in self.book.signed:
            if page is None:
                page = await self.front.ask("form", address, person)
                await asyncio.sleep(TYPING)
            answer = await self.front.ask("sign", address, person, page.cookie, hidden(page.text, BEGIN) | person.typed)
            if answer.status == 303:
                self.book.signed[person.number] = self.book.now()
            else:
                self.book.odd[f"sign: {answer.status}"] += 1
                page = None

    async def _confirms(self, person: Person, path: str) -> None:
        while person.number not in self.book.confirmed:
            page = await self.front.ask("open link", path, person)
            fields = hidden(page.text, SIGN)
            if not fields:  # confirmed already: an answer was broken off
                self.book.odd[f"open link: {page.status}, no box"] += 1
                self.book.confirmed[person.number] = self.book.now()
                return
            answer = await self.front.ask("confirm", path, person, page.cookie, fields | {"authorized": "y", "choice": "sign"})
            if answer.status == 303:
                self.book.confirmed[person.number] = self.book.now()
            else:
                self.book.odd[f"confirm: {answer.status}"] += 1
                await asyncio.sleep(AGAIN)

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

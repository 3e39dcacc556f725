"""The public forms, each as a list of requests: no two alike, from as many networks as the run has."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from audit.load.client import Connection, get, post
from bench.machines.people import hidden_fields

SET_COOKIE = re.compile(rb"^set-cookie: ([^;\r]*)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Target:
    """A running site: its port, and the test data of its database."""

    port: int
    tls: bool
    networks: int
    filled: Mapping[str, Any]

    @property
    def letter(self) -> str:
        """The path of the letter's page."""
        return f"/letters/{self.filled['slug']}"

    def address(self, number: int) -> str:
        """Return the client address of a request."""
        return f"10.{number % self.networks}.7.{7 + number % 64}" if self.networks > 1 else "10.1.7.7"

    def form(self, path: str, snippet: str) -> tuple[dict[str, str], str]:
        """Return the hidden fields of a form on a page, and the cookie that goes with them."""
        answer = asyncio.run(Connection(self.port, self.tls).send(get(self.port, path)))
        if answer.status != 200:
            raise ConnectionError(f"{path} is answered with {answer.status}")
        cookies = b"; ".join(SET_COOKIE.findall(answer.head))
        return hidden_fields(answer.body.decode(), snippet), cookies.decode()


def sign(to: Target) -> list[bytes]:
    """Return requests of the sign form, each with a form token of its own."""
    fields, cookie = to.form(f"{to.letter}/sign", 'name="form_token"')
    return [
        post(
            to.port, f"{to.letter}/sign",
            fields | {
                "form_token": stamp, "organization": f"Council {one}", "website": f"https://c{one}.example", "authorized": "y",
                "signer_name": "Nia Example", "signer_title": "Director", "email": f"n@c{one}.example",
                "location": "Springfield, IL", "section": "national",
            },
            to.address(one), cookie,
        )
        for one, stamp in enumerate(to.filled["stamps"])
    ]  # fmt: skip


def confirm(to: Target) -> list[bytes]:
    """Return requests that confirm by the mailed link, with its box ticked."""
    typed = {"choice": "sign", "authorized": "y", "revision": "1"}
    links = enumerate(to.filled["confirm"])
    return [post(to.port, f"/confirm/{link['token']}", typed, to.address(one)) for one, link in links]


def resend(to: Target) -> list[bytes]:
    """Return requests for a new link, on the page of an older one."""
    links = enumerate(to.filled["confirm"])
    return [
        post(to.port, f"/confirm/{link['token']}/new-link", {"email": link["email"]}, to.address(one)) for one, link in links
    ]


def answer(to: Target) -> list[bytes]:
    """Return requests with an organization's answer that a signature is its own."""
    links = enumerate(to.filled["answer"])
    return [
        post(
            to.port,
            f"/answer/{link['token']}",
            {"answer": "yes", "expected_version": link["expected_version"]},
            to.address(one),
        )
        for one, link in links
    ]


def reset(to: Target) -> list[bytes]:
    """Return requests for a password reset, mostly for unknown addresses."""
    fields, cookie = to.form("/reset-password", 'name="email"')
    emails = (to.filled["member"] if one % 8 == 0 else f"n{one}@nobody.example" for one in range(len(to.filled["stamps"])))
    forms = [fields | {"email": email} for email in emails]
    return [post(to.port, "/reset-password", form, to.address(one), cookie) for one, form in enumerate(forms)]


def sign_in(to: Target) -> list[bytes]:
    """Return sign-ins with a wrong password, mostly for unknown addresses."""
    fields, cookie = to.form("/sign-in", 'name="password"')
    emails = (to.filled["member"] if one % 8 == 0 else f"n{one}@nobody.example" for one in range(len(to.filled["stamps"])))
    typed = ({"email": email, "password": "not the password"} for email in emails)
    return [post(to.port, "/sign-in", fields | one, to.address(number), cookie) for number, one in enumerate(typed)]


def search(to: Target) -> list[bytes]:
    """Return searches among the names, each for other words, so that no page is cached."""
    return [get(to.port, f"{to.letter}?q=alliance+{one}", to.address(one)) for one in range(len(to.filled["stamps"]))]


FORMS: Mapping[str, Callable[[Target], list[bytes]]] = {
    "sign": sign, "resend": resend, "confirm": confirm, "answer": answer, "reset": reset, "sign-in": sign_in,
    "search": search,
}  # fmt: skip

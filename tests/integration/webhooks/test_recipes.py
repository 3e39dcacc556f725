"""Examples of the guide: payloads are those of real events, and each recipe makes of them what its page shows."""

import json
import re
import shutil
import subprocess
from typing import Any

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.domain.states import LetterMove
from letterhub.domain.webhooks.events import EventType
from letterhub.infrastructure.db import db
from letterhub.paths import DOCUMENTS
from tests.integration.webhooks.conftest import Hook
from tests.support import editions, factories
from tests.support.missing import skip_missing
from tests.support.servers.webhook_receiver import Received, Receiver

GUIDE = DOCUMENTS / "guide" / "developers"
RECIPES = {
    "toSlack": EventType.SIGNATURE_PUBLISHED,
    "toRow": EventType.SIGNATURE_PUBLISHED,
    "toCivi": EventType.SIGNATURE_PUBLISHED,
    "toActionNetwork": EventType.LETTER_OPENED,
    "toMailchimp": EventType.LETTER_DELIVERED,
}


def blocks(page: str, language: str) -> list[str]:
    """Return the blocks of code of a page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", (GUIDE / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture
def received(app: Flask, hook: Hook, receiver: Receiver) -> dict[str, Received]:
    """Requests of the guide's letter, by type: opened, signed by the Example Alliance, closed, frozen and delivered."""
    letter = factories.open_letter()
    hook.deliver()
    factories.signature(letter)
    hook.deliver()
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    editions.deliver_edition(letter)
    hook.deliver()
    return {one.event["type"]: one for one in receiver.received}


def test_the_example_of_a_request_is_a_real_one(received: dict[str, Received]) -> None:
    [example] = blocks("webhooks.md", "json")
    assert json.loads(example) == received["signature.published"].event


def test_the_page_lists_every_event_with_its_further_data(received: dict[str, Received]) -> None:
    page = (GUIDE / "webhooks.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z]+\.[a-z]+)` \|.*\| ?(.*?) ?\|$", page, re.MULTILINE))
    assert rows.keys() == {str(one) for one in EventType}
    for name, one in received.items():
        further = one.event["data"].keys() - {"coalition", "letter"}
        assert further == set(re.findall(r"`(\w+)`", rows[name])), name


def test_the_example_in_python_verifies_a_real_request(hook: Hook, received: dict[str, Received]) -> None:
    [code] = blocks("webhooks.md", "python")
    names: dict[str, Any] = {}
    exec(compile(code, "webhooks.md", "exec"), names)
    verify, request = names["is_from_letterhub"], received["letter.opened"]
    assert verify(hook.secret, request.headers, request.body)
    assert not verify(hook.secret, request.headers, request.body + b" ")
    assert not verify("whsec_" + "A" * 43 + "=", request.headers, request.body)
    with time_machine.travel(now().replace(hour=18)):
        assert not verify(hook.secret, request.headers, request.body)


def run_javascript(program: str) -> Any:
    """Return what a program of Node.js prints as JSON."""
    if (node := shutil.which("node")) is None:
        skip_missing("Node.js is not installed: on Debian, apt-get install nodejs.")
    done = subprocess.run([node, "-e", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_each_recipe_makes_what_its_page_shows(hook: Hook, received: dict[str, Received]) -> None:
    functions, shown = blocks("webhook-recipes.md", "js"), [json.loads(one) for one in blocks("webhook-recipes.md", "json")]
    assert re.findall(r"^function (\w+)", "".join(functions), re.MULTILINE) == ["verified", *RECIPES]
    request = received["letter.opened"]
    verified = f"verified({json.dumps(request.headers)}, {json.dumps(request.body.decode())}, {json.dumps(hook.secret)})"
    forged = verified.replace(hook.secret, "whsec_" + "A" * 43 + "=")
    made = [f"{name}({received[event].body.decode()})" for name, event in RECIPES.items()]
    program = f"""
        {"".join(functions)}
        Date.now = () => {int(now().timestamp() * 1000)};
        let wasRefused = false;
        try {{ {forged}; }} catch (error) {{ wasRefused = error.message === "not from Letterhub"; }}
        console.log(JSON.stringify([{", ".join(made)}, {verified}, wasRefused]));
    """
    *results, event, was_refused = run_javascript(program)
    assert results == shown
    assert event == request.event
    assert was_refused

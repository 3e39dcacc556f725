"""Files and functions of `letterhub/` that three requests enter: `.venv/bin/python bench/hops.py`, with `--list` by name.

Traced on the demo's letter, as a person meets it: the sign form is opened and posted, the link of its mail is opened and
confirmed, and the letter is drawn with all caches empty. Functions are counted once, however often they are entered; lambdas,
generator expressions and comprehensions belong to the function around them, and importing a module is no call.
"""

import argparse
import gc
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import _lru_cache_wrapper
from types import CodeType, FrameType
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from letterhub.app import create_app
from letterhub.cli.demo import LETTER
from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.operations.demo import load_demo
from letterhub.commands.operations.migrate import migrate_to_newest
from letterhub.config import Settings, demo_environment, parse_settings
from letterhub.paths import ROOT
from letterhub.queries.mail.demo_mailbox import demo_mails

SITE, PACKAGE, FUNCTION = "http://127.0.0.1:8000", f"{ROOT}/letterhub/", 0x1  # CO_OPTIMIZED: no body of a module or class
SIGNATORY = {
    "organization": "Example Valley Readers", "website": "https://valleyreaders.example", "signer_name": "Nia Example",
    "signer_title": "Director", "email": "nia@valleyreaders.example", "location": "Springfield, IL", "section": "national",
    "kind": "organization", "authorized": "y",
}  # fmt: skip
INPUT, ATTRIBUTE = re.compile(r"<input[^>]*>"), re.compile(r'(name|value)="([^"]*)"')
LIMITS = {"POST sign": (30, 100), "POST confirm": (35, None), "GET letter": (25, None)}


@dataclass
class Trace:
    """Functions entered during a request, in order of first entry, and the number of changes of file."""

    functions: dict[CodeType, str] = field(default_factory=dict)
    changes: int = 0
    last: str = ""

    def enter(self, frame: FrameType, happening: str, _argument: Any) -> None:
        """Count a call of a function of the package; a profile function."""
        code = frame.f_code
        if happening != "call" or not code.co_filename.startswith(PACKAGE) or not code.co_flags & FUNCTION:
            return
        file = code.co_filename.removeprefix(PACKAGE)
        self.changes += file != self.last
        self.last = file
        if not code.co_name.startswith("<"):
            self.functions.setdefault(code, file)

    @property
    def files(self) -> set[str]:
        """Return the files entered."""
        return set(self.functions.values())


def main() -> None:
    """Print a row for each request; with `--list`, the functions by file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true")
    named = parser.parse_args().list
    with tempfile.TemporaryDirectory(prefix="letterhub-hops-") as folder:
        settings = replace(parse_settings(demo_environment(SITE) | {"LETTERHUB_DATA_DIR": folder}), min_fill_seconds=0)
        app = create_app(settings)
        with app.app_context():
            migrate_to_newest()
            load_demo(ROOT / "demo", now())
        print("| request | files | functions | changes of file | to reach |\n|---|--:|--:|--:|---|")
        for name, trace in _traces(app, settings).items():
            most = " and ".join(f"{most} {of}" for most, of in zip(LIMITS[name], ("files", "functions"), strict=True) if most)
            print(f"| {name} | {len(trace.files)} | {len(trace.functions)} | {trace.changes} | {most} |")
            for file in sorted(trace.files) if named else ():
                print(f"  {file}: " + ", ".join(code.co_qualname for code, its in trace.functions.items() if its == file))


def _traces(app: Flask, settings: Settings) -> dict[str, Trace]:
    person, form = app.test_client(), f"/letters/{LETTER}/sign"
    filled = _hidden_fields(person.get(form, base_url=SITE).text) | SIGNATORY
    signing = _traced(lambda: person.post(form, data=filled, base_url=SITE, headers={"Sec-Fetch-Site": "same-origin"}), 303)
    with app.app_context():
        send_due_mail(settings)
        link = next(row for mail in demo_mails(settings, SIGNATORY["email"]) for row, is_link in mail.text_lines if is_link)
    confirming = _confirm(app.test_client(), urlsplit(link).path)
    _empty_caches()
    reading = _traced(lambda: app.test_client().get(f"/letters/{LETTER}", base_url=SITE), 200)
    return {"POST sign": signing, "POST confirm": confirming, "GET letter": reading}


def _confirm(person: FlaskClient, path: str) -> Trace:
    revision = _hidden_fields(person.get(path, base_url=SITE).text)["revision"]
    filled = {"choice": "", "authorized": "y", "revision": revision}
    return _traced(lambda: person.post(path, data=filled, base_url=SITE), 303)


def _traced(ask: Callable[[], TestResponse], status: int) -> Trace:
    trace = Trace()
    sys.setprofile(trace.enter)
    try:
        response = ask()
    finally:
        sys.setprofile(None)
    if response.status_code != status:
        sys.exit(f"answered {response.status}:\n{response.text[-4000:]}")
    return trace


def _hidden_fields(page: str) -> dict[str, str]:
    fields = [dict(ATTRIBUTE.findall(tag)) for tag in INPUT.findall(page) if 'type="hidden"' in tag]
    return {one["name"]: one.get("value", "") for one in fields if "name" in one}


def _empty_caches() -> None:
    for one in gc.get_objects():
        if isinstance(one, _lru_cache_wrapper) and (one.__module__ or "").startswith("letterhub"):
            one.cache_clear()


if __name__ == "__main__":
    main()

"""Imports of names for tests: a file that Sam looks at, its import by the worker, and a server that is killed amid it."""

from collections.abc import Callable
from typing import Any

from letterhub.clock import now
from letterhub.commands.signatures.import_jobs import run_import
from letterhub.domain.signatures.signing import Source
from letterhub.infrastructure.db import db
from letterhub.models import Signature, append_audit_entry
from letterhub.queries.signatures.signatory_import import imports_to_run
from tests.support.visitor import Page, Visitor

LETTER_VALUES = {"coalition": "coalition-for-clean-rivers", "slug": "clean-rivers-for-everyone"}
RIVERS = b"Organization,Name\n" + b"".join(b"Friends of River %d,Ada Example\n" % number for number in range(5))


class ServerKilled(BaseException):
    """Error that ends a server in the middle of its work."""


def killed_at_the_second_call() -> Callable[..., None]:
    """Return a function that appends one audit entry, and ends the server instead of a second one."""
    calls = []

    def remembered(*facts: Any, **more: Any) -> None:
        calls.append(facts)
        if len(calls) == 2:
            raise ServerKilled
        append_audit_entry(*facts, **more)

    return remembered


def look_at(visitor: Visitor, content: bytes, name: str = "gathered.csv", status: int = 200) -> Page:
    """Return the preview of a file, or the page that asks for its columns, or that refuses it with status 422."""
    return visitor.visit("signatory_import.create", **LETTER_VALUES).submit("Preview", file=(content, name), status=status)


def look_at_list(visitor: Visitor, content: bytes, name: str = "targets.csv", status: int = 200) -> Page:
    """Return the preview of a list of organizations to invite."""
    return visitor.visit("invitation_lists.create", **LETTER_VALUES).submit("Preview", file=(content, name), status=status)


def import_from(visitor: Visitor, preview: Page) -> Page:
    """Return the page of an import that was requested on a preview, once the worker has run it."""
    button = next(str(one.text).strip() for one in preview.tree.iter("button") if str(one.text).startswith("Import "))
    page = preview.submit(button).says("Waiting to be imported")
    run_imports()
    return visitor.open(page.path)


def run_imports() -> None:
    """Run the requested imports, as the worker does."""
    for import_id in imports_to_run(now()):
        run_import(import_id)


def imported() -> list[Signature]:
    """Return the signatures that came from a file."""
    return db.session.query(Signature).filter_by(source=Source.IMPORT).order_by(Signature.id).all()

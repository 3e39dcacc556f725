"""A forger fills in the form and confirms: no forged line is published unread, and honest lines are."""

from collections import Counter
from typing import Any

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.invitations.invitations import InvitationContext, invite_by_name
from letterhub.commands.signatures.review import ReviewSelection, publish_signatures
from letterhub.config import Settings
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.letters.signing_settings import PublishRule, WhoMaySign
from letterhub.domain.signatures.review import line_version
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Organization, ReviewedName, Signature
from tests.support import cast, factories
from tests.support.forged_lines import FORGED, HONEST, HONEST_PEOPLE, INVITED, REVIEWED, VOUCHED, WAITING, ForgedLine
from tests.support.html_forms import form_data, form_with_button
from tests.support.servers.database_copies import SITE
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import newest_link, signatures
from tests.support.visitor import Visitor

pytestmark = pytest.mark.shows("S25", "S26")
PUBLISHED, CONFIRMED = SignatureState.PUBLISHED, SignatureState.CONFIRMED
EVERY = {
    "deadline_at": None,
    "publish_rule": PublishRule.REVIEWED,
    "publish_individuals": True,
    "who_may_sign": WhoMaySign.BOTH,
}


def letter_of(number: int, **facts: object) -> Letter:
    """Return a letter with the most generous rules, one for each line: no duplicates, no floods."""
    text = factories.replace(factories.TEXT, title=f"Letter number {number}")
    return factories.open_letter(text, **{**EVERY, **facts})  # type: ignore[arg-type]


def publish_as_staff(signature: Signature) -> None:
    """Publish a name as staff."""
    letter = db.session.get_one(Letter, signature.letter_id)
    versions = {signature.id: line_version(signature.signatory)}
    chosen = ReviewSelection(letter.coalition_id, letter.id, (signature.id,), "staff-1", now(), versions)
    assert publish_signatures(chosen).changed_ids == (signature.id,)


def waiting(letter: Letter, name: str, domain: str, place: str = "Springfield, IL") -> Signature:
    """Return a name in the queue, from its own mailbox."""
    facts = {"organization_name": name, "website": f"https://{domain}", "email": f"office@{domain}", "location": place}
    return factories.signature(letter, state=CONFIRMED, **facts)


class SigningClient:
    """Client that signs letters from a network of its own each time, and uses the mailed link."""

    def __init__(self, app: Flask, settings: Settings, postbox: Inbox) -> None:
        self.app, self.settings, self.postbox, self.times = app, settings, postbox, 0

    def verdict(self, line: ForgedLine, letter: Letter) -> str:
        """Return the outcome of a line: "refused", "asks" or "published"."""
        self.times += 1
        visitor, before = Visitor(self.app, SITE), len(signatures())
        visitor.client.environ_base["REMOTE_ADDR"] = f"198.51.{self.times}.7"
        self._submit(visitor, f"/letters/{letter.slug}/sign", "Send me the link", **line.form)
        if len(signatures()) == before:
            return "refused"
        link = newest_link(self.settings, self.postbox, signatures()[-1].email)
        self._submit(
            visitor, link, "Sign for our organization" if line.kind is SignatoryKind.ORGANIZATION else "Sign the letter"
        )
        state = signatures()[-1].state
        assert state in (PUBLISHED, CONFIRMED), f"{line} is {state}"
        return "published" if state is PUBLISHED else "asks"

    def _submit(self, visitor: Visitor, address: str, button: str, **typed: str) -> None:
        page = visitor.open(address)
        sent = form_data(page.tree, *form_with_button(page.tree, button), {**typed, "authorized": True})
        assert visitor.ask(address, method="POST", data=sent).status_code in (200, 303, 422)


def sample_for_database(lines: list[Any]) -> list[Any]:
    """Return all lines on one database, and some of each kind on the other: the rules are the same, and forms are slow."""
    return lines if db.engine.dialect.name == "sqlite" else lines[::6]


@pytest.fixture
def form(app: Flask, settings: Settings, postbox: Inbox) -> SigningClient:
    return SigningClient(app, settings, postbox)


@pytest.fixture
def known(app: Flask) -> None:
    """Names that the coalition knows: published by staff, invited, vouched for, and one in the queue."""
    first = letter_of(9_000)
    for name, domain in REVIEWED.items():
        publish_as_staff(waiting(first, name, domain))
    waiting(first, *WAITING)
    inviting = InvitationContext(first.id, factories.staff(cast.OTTO).id, "staff-1", now())
    invite_by_name(inviting, Signatory(INVITED[0], section="national"), f"office@{INVITED[1]}")
    vouched = factories.organization(VOUCHED[0], first.coalition_id, f"https://{VOUCHED[1]}")
    db.session.get_one(Organization, vouched.id).vouched_at = now()
    db.session.commit()
    assert {row.name for row in db.session.query(ReviewedName)} == set(REVIEWED)


@pytest.mark.usefixtures("known")
def test_no_forged_line_appears_under_the_most_generous_rules(form: SigningClient) -> None:
    lines = sample_for_database(FORGED)
    verdicts = {line: form.verdict(line, letter_of(number)) for number, line in enumerate(lines)}
    assert [str(line) for line, verdict in verdicts.items() if verdict == "published"] == []
    assert Counter(verdicts.values())["asks"] > len(lines) * 0.9, "most were kept, and wait for a person"


def test_organizations_that_were_reviewed_before_appear_without_a_person(form: SigningClient) -> None:
    first = letter_of(9_000)
    for one in HONEST:
        publish_as_staff(waiting(first, one.organization, one.domain, one.place))
    lines = [one.line for one in sample_for_database(HONEST)]
    verdicts = {str(line): form.verdict(line, letter_of(number)) for number, line in enumerate(lines)}
    assert [line for line, verdict in verdicts.items() if verdict != "published"] == []


def test_people_whose_lines_name_nobody_appear_once_they_confirm(form: SigningClient) -> None:
    letter = letter_of(9_000)
    assert {form.verdict(line, letter) for line in HONEST_PEOPLE} == {"published"}


def test_where_staff_read_every_name_all_of_them_wait(form: SigningClient) -> None:
    letter = letter_of(9_000, publish_rule=PublishRule.ASK_STAFF, publish_individuals=False)
    publish_as_staff(waiting(letter_of(9_001), cast.CLARA.organization, "alliance.example"))
    clara = ForgedLine(*(cast.CLARA.organization, "Clara Example", "Director", "Springfield, IL", cast.CLARA.email, "", ""))
    assert {form.verdict(line, letter) for line in (clara, *HONEST_PEOPLE[:2])} == {"asks"}

"""Evidence for a name: facts with time and source, staff's vouches with a reason, and the texts shown, word for word."""

from collections.abc import Callable

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.signatures.signatory_import import import_file
from letterhub.config import Settings
from letterhub.domain.letters.serialization import fingerprint
from letterhub.domain.signatures.evidence import FactKind
from letterhub.domain.signatures.review import line_version
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Consent, EvidenceFact, Letter, Signature, evidence_facts
from tests.support import cast, factories
from tests.support import signing_steps as signers
from tests.support.servers.mail_server import Inbox
from tests.support.visitor import Page, Visitor

See = Callable[[Signature], Page]


@pytest.fixture
def letter(app: Flask) -> Letter:
    return factories.open_letter()


@pytest.fixture
def open_name(sam: Visitor, letter: Letter) -> See:
    """Open the page of a name as Sam."""
    return lambda signature: sam.visit("signatures.detail", coalition=COALITION, slug=letter.slug, signature_id=signature.id)


COALITION = "coalition-for-clean-rivers"


def signed(visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, by: cast.Signer = cast.CLARA) -> Signature:
    """Return a signature that its signatory has confirmed by the mailed link."""
    signers.fill_in(visitor, letter, by)
    visitor.open(signers.newest_link(settings, postbox, by.email)).submit("Sign for our organization", authorized=True)
    return signers.only_signature()


def facts(signature: Signature) -> list[tuple[FactKind, str]]:
    db.session.rollback()
    return [(one.kind, one.source) for one in evidence_facts(db.session(), [signature.id]).get(signature.id, ())]


def test_a_confirmation_is_kept_as_facts_and_told_with_its_time(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, open_name: See
) -> None:
    name = signed(visitor, letter, settings, postbox)
    assert facts(name) == [(FactKind.MAILBOX, f"signatory-{name.id}"), (FactKind.OWN_DOMAIN, "worker")]
    open_name(name).says(
        "Someone with a mailbox at alliance.example confirmed by the link we emailed there. "
        "Wednesday, January 5, 2022, 12:00 p.m. Eastern",
        "The mailbox is at alliance.example, the domain of the website on the form.",
        "It has signed no other letter here.",
    )


@pytest.mark.shows("S10")
def test_s10_a_free_mailbox_is_never_shown_as_its_domain(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, open_name: See
) -> None:
    name = signed(visitor, letter, settings, postbox, cast.FREE_MAIL_SIGNER)
    assert facts(name) == [(FactKind.MAILBOX, f"signatory-{name.id}")]
    open_name(name).says("Anyone can get a mailbox at gmail.com, so it says nothing about the organization.").never_says(
        "domain ✓"
    )


def test_an_import_is_kept_as_a_fact_with_its_file(letter: Letter, open_name: See) -> None:
    olive = factories.staff(cast.OLIVE)
    import_file(letter.id, "names.csv", b"organization\nQuiet Alliance\n", actor=f"staff-{olive.id}", at=now())
    name = signers.only_signature()
    assert facts(name) == [(FactKind.IMPORTED, f"staff-{olive.id}")]
    open_name(name).says("Imported from the file names.csv by Olive Owner. Not confirmed by email.")


@pytest.mark.shows("S10")
def test_staff_vouch_with_a_reason_and_take_it_back(letter: Letter, open_name: See) -> None:
    name = factories.signature(letter, cast.FREE_MAIL_SIGNER, SignatureState.CONFIRMED)
    page = open_name(name).submit("Mark this name as verified", reason="I called the number on their website")
    page.says("This name is marked as verified.", "Sam Reviewer verified this signature: I called the number on their website")
    page.says("Sam Reviewer marked Riverbank Friends as verified.", "verified by staff ✓", "free email")
    page = page.submit("Remove verification").says("This name is no longer marked as verified.")
    page.says("This no longer applies").never_says("verified by staff ✓")
    assert [kind for kind, _source in facts(name)] == [FactKind.VOUCHED, FactKind.VOUCH_ENDED]
    assert signers.audit_actions() == ["vouched", "vouch ended"]


def test_vouching_needs_a_reason_and_the_line_that_was_seen(letter: Letter, open_name: See) -> None:
    name = factories.signature(letter, state=SignatureState.CONFIRMED)
    before = open_name(name)
    before.submit("Mark this name as verified", reason=" ").says("Enter how you verified it.")
    changed(name)
    before.submit("Mark this name as verified", reason="I know them").says("was changed while you were looking at it")
    assert facts(name) == []


def test_what_was_vouched_for_is_the_line_as_it_was(letter: Letter, open_name: See) -> None:
    name = factories.signature(letter, state=SignatureState.CONFIRMED)
    open_name(name).submit("Mark this name as verified", reason="I know them").says("verified by staff ✓")
    changed(name)
    open_name(name).says("This no longer applies: it was retracted, or the signature has changed since.").never_says(
        "by staff ✓"
    )


def changed(name: Signature) -> None:
    """Change the signature to another organization, as its signatory."""
    row = db.session.get_one(Signature, name.id)
    row.organization_name = "Another Alliance"
    db.session.commit()


def test_names_are_picked_by_who_vouches(letter: Letter, sam: Visitor, open_name: See) -> None:
    vouched = factories.signature(letter, state=SignatureState.CONFIRMED)
    factories.signature(letter, cast.HIRO, SignatureState.CONFIRMED)
    open_name(vouched).submit("Mark this name as verified", reason="I know them")
    queue = sam.visit("review.index", coalition=COALITION, slug=letter.slug, pick="vouched")
    queue.says("Example Alliance", "Sam Reviewer verified this signature: I know them").never_says(cast.HIRO.organization)


def test_what_was_shown_is_kept_word_for_word(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, open_name: See
) -> None:
    signers.fill_in(visitor, letter)
    page = visitor.open(signers.newest_link(settings, postbox))
    page.submit("Sign for our organization", authorized=True)
    (consent,) = db.session.query(Consent).all()
    revision = factories.revision_of(letter)
    assert consent.sha256 == fingerprint(consent.content)
    assert consent.content == {
        "revision": 1, "text_sha256": revision.sha256, "printed": ["Example Alliance", "Clara Example, Director"],
        "box": "I am authorized to sign for Example Alliance.", "button": "Sign for our organization", "language": "en",
        "at": now().isoformat(),
    }  # fmt: skip
    page.says(consent.content["box"], consent.content["button"], *consent.content["printed"])
    shown = open_name(signers.only_signature()).follow("What the signatory saw")
    shown.says("I am authorized to sign for Example Alliance.", revision.sha256, consent.sha256).never_says("does not match")


def test_a_line_that_is_corrected_in_the_same_act_is_kept_as_it_prints_then(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    signers.fill_in(visitor, letter)
    page = visitor.open(signers.newest_link(settings, postbox))
    page.submit("Correct and sign", authorized=True, signer_title="President")
    (consent,) = db.session.query(Consent).all()
    assert consent.content["printed"] == ["Example Alliance", "Clara Example, President"]
    assert consent.content["button"] == "Correct and sign"
    page.says(consent.content["box"])


def test_consent_that_was_changed_in_the_database_is_told(letter: Letter, open_name: See) -> None:
    name = factories.signature(letter)
    content = {"revision": 1, "text_sha256": "0", "printed": ["A", ""], "box": "B", "button": "C", "language": "en"}
    factories.save(Consent(signature_id=name.id, content=content, sha256="0" * 64, shown_at=now()))
    open_name(name).follow("What the signatory saw").says("it was changed in the database")


@pytest.mark.parametrize("change", ["update", "delete"])
def test_evidence_and_consent_are_only_ever_added(letter: Letter, change: str) -> None:
    name = factories.signature(letter)
    fact = EvidenceFact(signature_id=name.id, kind=FactKind.VOUCHED, source="staff-1", facts={}, at=now())
    for row in (fact, Consent(signature_id=name.id, content={}, sha256="0" * 64, shown_at=now())):
        factories.save(row)
        if change == "update":
            setattr(row, "source" if row is fact else "sha256", "1" * 40)
        else:
            db.session.delete(row)
        with pytest.raises(RuntimeError, match="stays"):
            db.session.flush()
        db.session.rollback()


def test_vouching_ends_at_the_door_of_the_coalition(app: Flask, sam: Visitor, letter: Letter) -> None:
    elsewhere = factories.open_letter(factories.replace(factories.TEXT, title="Quiet skies"), of=factories.coalition("Skies"))
    name = factories.signature(elsewhere, state=SignatureState.CONFIRMED)
    app.config["WTF_CSRF_CHECK_DEFAULT"] = app.config["WTF_CSRF_ENABLED"] = False
    place = f"/staff/{COALITION}/letters/{letter.slug}/signatures/{name.id}"
    for act in ("verify", "remove-verification", "ask-organization"):
        given = {
            "reason": "I know them",
            "expected_version": line_version(name.signatory),
            "address": "a@b.example",
            "address_source": "here",
        }
        assert sam.ask(f"{place}/{act}", method="POST", data=given).status_code == 404
    assert facts(name) == []

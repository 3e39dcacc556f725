"""An invited mailbox signs with one box and one button, without a second mail; nothing else does what they do."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.mail.unsubscriptions import unsubscribe
from letterhub.config import Settings
from letterhub.domain.letters.signing_settings import WhoMaySign
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.states import LetterMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import LIFETIMES, LinkSigner, Purpose, hash_recipient
from letterhub.models import Consent, Invitation, Letter, MailSuppression, OutboxMessage
from tests.support import cast, factories
from tests.support.html_forms import form_data
from tests.support.servers.database_copies import SECRET_KEY, SITE
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import audit_actions, confirm_link, manage_link, newest_link, only_signature, signatures
from tests.support.text_changes import NEW_BODY, SUBSTANTIVE_CHANGE, publish_body
from tests.support.visitor import Visitor

HOME = "coalition-for-clean-rivers"
ADA = "ada@willow.example"
WILLOW = {
    "organization": "Willow Watch", "website": "willow.example", "signer_name": "Ada Example", "signer_title": "Chair",
    "email": ADA,
}  # fmt: skip


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter that is open and asks for no scope."""
    return factories.open_letter(optional_fields=["website"])


@pytest.fixture
def link(otto: Visitor, letter: Letter, settings: Settings, postbox: Inbox) -> str:
    """The link in the mail that invites Ada."""
    otto.visit("invitations.index", coalition=HOME, slug=letter.slug).submit("Send invitation", **WILLOW)
    return mailed_link(settings, postbox)


def mailed_link(settings: Settings, postbox: Inbox) -> str:
    send_due_mail(settings)
    return urlsplit(next(word for word in postbox.to(ADA)[-1].text.split() if "/invited/" in word)).path


def kinds_mailed() -> list[str]:
    return [one.kind for one in db.session.query(OutboxMessage).order_by(OutboxMessage.id)]


def test_one_box_and_one_button_sign_and_no_second_mail_asks(
    otto: Visitor, visitor: Visitor, letter: Letter, link: str, settings: Settings, postbox: Inbox
) -> None:
    page = visitor.open(link).says("Willow Watch", "Ada Example, Chair", "a…@willow.example", "Clean water")
    page.submit("We sign", authorized=True).says("Your signature is confirmed", "review it before it appears")
    signature = only_signature()
    assert (signature.state, signature.email, signature.place_key) == (
        SignatureState.CONFIRMED, ADA, "organization|willow watch|willow.example",
    )  # fmt: skip
    assert kinds_mailed() == ["invite", "signed"]
    consent = db.session.query(Consent).one().content
    assert (consent["box"], consent["button"]) == ("I am authorized to sign this letter for the organization.", "We sign")
    assert consent["printed"] == ["Willow Watch", "Ada Example, Chair"]
    review = otto.visit("review.index", coalition=HOME, slug=letter.slug)
    review.says("mailbox ✓", "domain ✓", "invited by name ✓", "confirmed by the link we emailed there")
    visitor.open(newest_link(settings, postbox, ADA)).says("Your signature").submit("Withdraw the signature", sure=True)
    assert only_signature().state is SignatureState.WITHDRAWN


def test_the_line_is_corrected_on_the_same_page(visitor: Visitor, letter: Letter, link: str) -> None:
    page = visitor.open(link).submit("We sign", status=422, authorized=True, signer_name="", signer_title="Treasurer")
    page.says("Enter your name").submit("We sign", authorized=True, signer_name="Ben Example").says("Ben Example, Treasurer")
    assert only_signature().signatory.signer_name == "Ben Example"


def test_what_the_invitation_lacks_is_asked_on_the_same_page(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    otto.visit("invitations.index", coalition=HOME, slug=letter.slug).submit("Send invitation", **WILLOW | {"signer_name": ""})
    page = visitor.open(mailed_link(settings, postbox)).says("Complete your signature").never_says("Enter your name")
    page = page.submit("We sign", status=422, authorized=True).says("Enter your name")
    page.submit("We sign", authorized=True, signer_name="Ada Example").says("Your signature is confirmed")


@pytest.mark.shows("S6", "S7")
def test_s6_opening_it_and_submitting_every_untouched_form_signs_nothing(visitor: Visitor, link: str) -> None:
    before = audit_actions()
    page = visitor.open(link)
    for form in page.tree.iter("form"):
        for button in form.iter("button"):
            visitor.ask(form.get("action") or link, method="POST", data=form_data(page.tree, form, button, {}))
    answer = visitor.ask(link, method="HEAD")
    assert (signatures(), audit_actions(), kinds_mailed()) == ([], before, ["invite"])
    assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == ("no-referrer", "no-store")


@pytest.mark.shows("S7")
def test_s7_it_signs_once_and_after_a_withdrawal_not_again(visitor: Visitor, letter: Letter, link: str) -> None:
    page = visitor.open(link)
    page.submit("We sign", authorized=True)
    page.submit("We sign", authorized=True).says("already confirmed")
    visitor.open(link).says("already confirmed")
    visitor.open(manage_link(only_signature())).submit("Withdraw the signature", sure=True)
    page.submit("We sign", authorized=True).says("This signature was withdrawn")
    assert only_signature().state is SignatureState.WITHDRAWN


def test_what_staff_declined_is_not_signed_again_by_it(otto: Visitor, visitor: Visitor, letter: Letter, link: str) -> None:
    page = visitor.open(link)
    page.submit("We sign", authorized=True)
    otto.visit("signatures.detail", coalition=HOME, slug=letter.slug, signature_id=only_signature().id).submit(
        "Decline this name", reason="Unknown to us"
    )
    page.submit("We sign", authorized=True).says("was not accepted")
    assert only_signature().state is SignatureState.DECLINED


@pytest.mark.shows("S7")
def test_s7_it_expires_and_one_for_another_mailbox_or_none_signs_nothing(
    visitor: Visitor, link: str, clock: time_machine.Traveller
) -> None:
    invited = db.session.query(Invitation).one()
    signer = LinkSigner((SECRET_KEY,))
    for more in ((), (int("f" * 12, 16),)):
        other = f"/invited/{signer.token(Purpose.INVITED, invited.id, *more, since=invited.invited_at)}"
        visitor.open(other).says("Send me the link").never_says("We sign")
        visitor.open(f"{other}/sign", method="POST", data=typed_fields(visitor, link)).says("Send me the link")
    clock.shift(LIFETIMES[Purpose.INVITED] + dt.timedelta(minutes=1))
    visitor.open(link, status=404).says("This link has expired")
    visitor.open(f"{link}/sign", method="POST", data={"authorized": "y"}, status=404)
    assert signatures() == []


def typed_fields(visitor: Visitor, link: str) -> dict[str, object]:
    """Return what the page sends when its box is ticked."""
    page = visitor.open(link)
    form = next(one for one in page.tree.iter("form") if one.get("id") == "sign")
    (button,) = form.iter("button")
    return {**form_data(page.tree, form, button, {"authorized": True})}


def test_a_link_that_was_never_mailed_proves_nothing(visitor: Visitor, link: str) -> None:
    typed = typed_fields(visitor, link)
    mail = db.session.query(OutboxMessage).one()
    mail.attempts, mail.sent_at = 0, None
    db.session.commit()
    visitor.open(link).never_says("We sign")
    visitor.open(f"{link}/sign", method="POST", data=typed).says("Send me the link")
    assert signatures() == []


def test_whoever_has_another_address_goes_the_usual_way(visitor: Visitor, letter: Letter, link: str) -> None:
    form = visitor.open(link).follow("Not your address? Sign with your own")
    form.submit("Send me the link", authorized=True, email="zoe@gmail.com").says("Check your email")
    assert (only_signature().state, only_signature().email) == (SignatureState.PENDING, "zoe@gmail.com")


def test_a_form_from_the_same_mailbox_that_waits_is_given_up(visitor: Visitor, letter: Letter, link: str) -> None:
    visitor.open(f"{link}/form").submit("Send me the link", authorized=True)
    visitor.open(link).submit("We sign", authorized=True).says("Your signature is confirmed")
    assert [one.state for one in signatures()] == [SignatureState.WITHDRAWN, SignatureState.CONFIRMED]
    visitor.open(confirm_link(signatures()[0])).says("was withdrawn")


@pytest.mark.parametrize("state", ["closed", "over", "withdrawn"])
def test_a_letter_that_ended_since_takes_no_signature(
    visitor: Visitor, letter: Letter, link: str, clock: time_machine.Traveller, state: str
) -> None:
    page = visitor.open(link)
    if state == "over":
        clock.shift(dt.timedelta(days=3))
    else:
        letter.move(LetterMove.CLOSE if state == "closed" else LetterMove.WITHDRAW, now())
        db.session.commit()
    page.submit("We sign", status=409, authorized=True).says("no more" if state != "withdrawn" else "withdrawn")
    assert signatures() == []


def test_a_text_that_changed_since_the_page_is_shown_first(visitor: Visitor, letter: Letter, link: str) -> None:
    page = visitor.open(link)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    page = page.submit("We sign", status=422, authorized=True).says("The text of this letter changed")
    assert signatures() == []
    page.submit("We sign", authorized=True).says("Your signature is confirmed")
    assert only_signature().revision_id == factories.revision_of(letter).id


def test_an_organization_on_the_letter_already_keeps_its_place(visitor: Visitor, letter: Letter, link: str) -> None:
    holder = factories.signature(letter, organization_name="Willow Watch", website="willow.example", email="x@gmail.com")
    visitor.open(link).says("Willow Watch is already on this letter").submit("We sign", authorized=True)
    assert [(one.id == holder.id, one.place_key is None) for one in signatures()] == [(True, False), (False, True)]


def test_a_mailbox_that_signed_for_it_is_told(visitor: Visitor, letter: Letter, link: str) -> None:
    factories.signature(letter, organization_name="Willow Watch", website="willow.example", email=ADA)
    page = (
        visitor.open(link).submit("We sign", status=422, authorized=True).says("has already been signed for from this mailbox")
    )
    assert len(signatures()) == 1
    page.submit("We sign", authorized=True, organization="Willow Watch East").says("Your signature is confirmed")


def test_who_wants_no_mail_or_declined_signs_nothing_by_it(visitor: Visitor, letter: Letter, link: str) -> None:
    page = visitor.open(link)
    pending = factories.signature(letter, cast.CLARA, SignatureState.PENDING, email=ADA)
    visitor.open(confirm_link(pending)).submit("Cancel this request", sure=True)
    page.submit("We sign", authorized=True).says("Send me the link")
    assert [one.state for one in signatures()] == [SignatureState.WITHDRAWN]
    db.session.query(MailSuppression).delete()
    db.session.commit()
    visitor.open(link).submit("Stop invitations", sure=True)
    page.submit("We sign", authorized=True).says("Send me the link")
    assert len(signatures()) == 1


def test_who_unsubscribed_from_invitations_may_still_sign_by_the_one_she_has(
    visitor: Visitor, letter: Letter, link: str
) -> None:
    unsubscribe(letter.coalition_id, hash_recipient(letter.coalition_id, EmailAddress(ADA)), now())
    visitor.open(link).submit("We sign", authorized=True).says("Your signature is confirmed")


def test_organizations_are_invited_to_no_letter_of_individuals(visitor: Visitor, letter: Letter, link: str) -> None:
    page = visitor.open(link)
    letter.who_may_sign = WhoMaySign.INDIVIDUALS
    db.session.commit()
    visitor.open(link).never_says("We sign")
    page.submit("We sign", authorized=True).says("Send me the link")
    assert signatures() == []


@pytest.mark.shows("S9")
def test_s9_of_many_presses_at_once_one_signs(app: Flask, visitor: Visitor, link: str) -> None:
    typed = typed_fields(visitor, link)

    def sign_in_thread(_number: int) -> int:
        with app.app_context():
            return Visitor(app, SITE).ask(f"{link}/sign", method="POST", data=typed).status_code

    with ThreadPoolExecutor(6) as crowd:
        assert set(crowd.map(sign_in_thread, range(6))) == {303}
    assert (only_signature().state, kinds_mailed()) == (SignatureState.CONFIRMED, ["invite", "signed"])

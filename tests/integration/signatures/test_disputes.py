"""S23, S27: a reader of the organization's own mailbox says “that other signature is not ours”, and can still sign."""

from dataclasses import replace

import pytest

from letterhub.clock import now
from letterhub.commands.signatures.confirm import confirm_signature
from letterhub.config import Settings
from letterhub.domain.states import SignatureState
from letterhub.models import Letter, Signature
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import confirm_link, fill_in, newest_link, send_notices, signatures
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
CONFIRMED, PUBLISHED, PENDING = SignatureState.CONFIRMED, SignatureState.PUBLISHED, SignatureState.PENDING
FORGED = replace(cast.CLARA, name="Eve Example", title="President", email="eve.example@gmail.com")


def forged(letter: Letter, state: SignatureState = CONFIRMED) -> Signature:
    """Return a forger's signature, the first one, from a free mailbox."""
    return factories.signature(letter, FORGED, state)


def mailed(visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox) -> Page:
    """Return the page that Clara's email leads to."""
    fill_in(visitor, letter)
    return visitor.open(newest_link(settings, postbox))


@pytest.mark.shows("S23")
def test_s23_the_mail_and_the_page_never_say_that_there_is_nothing_left_to_do(
    letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    forged(letter)
    page = mailed(visitor, letter, settings, postbox)
    text = postbox.to(cast.CLARA.email)[-1].text
    assert "don’t need to do anything" not in text
    assert "Someone else has also signed this letter for Example Alliance" in text
    page.never_says("don’t need to do anything").says(
        "haven’t reviewed that signature yet", "Eve Example", "Report the other signature"
    )
    page.submit("Sign for our organization", authorized=True).says("Your signature is confirmed")
    assert [(one.email, one.place_key is not None) for one in signatures()] == [
        (FORGED.email, False), (cast.CLARA.email, True),
    ]  # fmt: skip


@pytest.mark.shows("S23")
def test_s23_whoever_says_that_the_other_is_not_hers_is_free_to_sign_and_staff_are_told(
    letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox, sam: Visitor
) -> None:
    eve = forged(letter)
    page = mailed(visitor, letter, settings, postbox)
    page.submit("Report the other signature", status=422).says("Check the box to confirm that your organization did not sign")
    page = page.submit("Report the other signature", sure=True).says("We’ve notified the staff of Coalition for Clean Rivers")
    assert [one.state for one in signatures()] == [CONFIRMED, PENDING]
    page.submit("Sign for our organization", authorized=True).says("Your signature is confirmed")
    queue = sam.visit("review.index", coalition=HOME, slug=letter.slug)
    queue.says("disowned by", "Someone with a mailbox at alliance.example reported that this signature is not")
    sam.visit("dashboard.index", coalition=HOME).says("Changes made by others", "said that this signature is not theirs")
    sam.visit("alerts.index", coalition=HOME).says("Changes made by others").never_says("Nothing needs your attention")
    newest = postbox_of(settings, postbox, cast.SAM.email)
    assert "said that the signature of Example Alliance" in newest
    assert f"/signatures/{eve.id}" in newest


def postbox_of(settings: Settings, postbox: Inbox, email: str) -> str:
    send_notices(settings)
    return postbox.to(email)[-1].text


@pytest.mark.shows("S23", "S27")
def test_s27_the_list_is_changed_only_by_a_proof_as_good_as_its_own(
    letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    """A mailbox at the website given in the form cannot unlist a signature that staff published under another name and site."""
    factories.signature(letter, cast.CLARA, PUBLISHED)
    fill_in(visitor, letter, signer_name="Eve Example", website="https://zq7.example", email="eve@zq7.example")
    page = visitor.open(newest_link(settings, postbox, "eve@zq7.example"))
    page.never_says("Report the other signature", "Clara Example", "Yes, it’s ours")
    page.submit("Sign for our organization", authorized=True)
    assert [one.state for one in signatures()] == [PUBLISHED, CONFIRMED]


@pytest.mark.shows("S23")
def test_s23_what_was_published_for_a_forger_goes_back_to_the_queue_when_its_own_domain_says_no(
    letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    forged(letter, PUBLISHED)
    page = mailed(visitor, letter, settings, postbox).says("That signature is on the letter")
    page.submit("Report the other signature", sure=True).submit("Sign for our organization", authorized=True)
    assert [(one.state, one.place_key is not None) for one in signatures()] == [(CONFIRMED, False), (CONFIRMED, True)]


@pytest.mark.shows("S23")
def test_s23_canceling_her_own_entry_says_nothing_of_the_other_and_she_can_still_sign(
    letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    forged(letter)
    page = mailed(visitor, letter, settings, postbox)
    page.submit("Cancel this request", sure=True).follow("Sign again").submit(
        "Send me the link", **cast.CLARA.form, authorized=True
    )
    visitor.open(newest_link(settings, postbox)).submit("Sign for our organization", authorized=True).says(
        "Your signature is confirmed"
    )
    assert [one.place_key is not None for one in signatures()] == [False, False, True]


@pytest.mark.shows("S6", "S11")
def test_a_stranger_with_a_link_of_her_own_says_nothing_of_the_other(letter: Letter, visitor: Visitor) -> None:
    forged(letter)
    mine = factories.signature(letter, replace(cast.CLARA, email="zoe@elsewhere.example"), PENDING)
    page = visitor.open(confirm_link(mine)).never_says("Eve Example", "not ours")
    answer = visitor.ask(page.path, method="POST", data={"choice": "not-ours", "sure": "y", "expected_version": "x"})
    assert answer.status_code == 422
    assert signatures()[0].state is CONFIRMED


@pytest.mark.shows("S23")
def test_staff_compare_two_signatures_of_one_name_and_answer_one_question(letter: Letter, sam: Visitor) -> None:
    eve, clara = forged(letter), factories.signature(letter, cast.CLARA, PENDING)
    confirm_signature(clara.id, revision=1, at=now())
    queue = sam.visit("review.index", coalition=HOME, slug=letter.slug)
    page = sam.visit("competing_signatures.compare", coalition=HOME, slug=letter.slug, signature_id=clara.id, other_id=eve.id)
    page.says("Which of these is the organization’s own signature?", "Unproven:", "Claimed:", "waiting as a duplicate")
    page.submit("Publish this one and decline the other", status=422, reason="Not theirs").says(
        "Choose the organization’s own signature"
    )
    page.submit("Publish this one and decline the other", own=str(clara.id), reason="Not theirs")
    assert {one.email: one.state for one in signatures()} == {
        FORGED.email: SignatureState.DECLINED, cast.CLARA.email: PUBLISHED,
    }  # fmt: skip
    assert queue.text.count("Compare") >= 2

"""A line that names another organization in its name, signer, title or place: a reader would mistake it for that one's."""

from dataclasses import replace

import pytest
from flask import Flask

from letterhub.domain.letters.letter_document import SignatoryKind, SignatoryStyle
from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature
from tests.support import cast, factories
from tests.support.signing_steps import confirm_link, manage_link, signatures
from tests.support.visitor import Visitor

CONFIRMED, PENDING, PUBLISHED = SignatureState.CONFIRMED, SignatureState.PENDING, SignatureState.PUBLISHED
QUEUE = "/staff/coalition-for-clean-rivers/letters/{}/review"
NOTICE = "A signer field names, or resembles, another organization in your directory: "
FRIEND = {
    "organization": "A Friend Of", "website": "https://friend.example", "email": "zoe@friend.example",
    "signer_name": "Zoe Example", "signer_title": "Chair",
}  # fmt: skip


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter that prints the signer first and publishes reviewed names at once; two others have signed it."""
    factories.add_reviewed_names((FRIEND["organization"], "friend.example"))
    text = replace(factories.TEXT, shown=SignatoryStyle.BLOCK)
    letter = factories.open_letter(text=text, publish_rule=PublishRule.REVIEWED)
    for signer in (cast.CLARA, cast.HIRO):
        factories.signature(letter, signer)
    return letter


def signed(visitor: Visitor, letter: Letter, **typed: str) -> Signature:
    """Return the outcome of a form that was filled in and confirmed."""
    form = cast.CLARA.form | FRIEND | {"authorized": True} | typed
    visitor.visit("signing.new", slug=letter.slug).submit("Send me the link", **form).says("Check your email")
    visitor.open(confirm_link(signatures()[-1])).submit("Sign for our organization", authorized=True).says(
        "Your signature is confirmed"
    )
    return signatures()[-1]


@pytest.mark.shows("S9")
@pytest.mark.parametrize(
    "typed",
    [
        {"signer_name": "Example Alliance", "signer_title": "National Office, Washington"},
        {"signer_name": "Example Alliance™"},
        {"signer_name": "Ехample Alliаnce"},
        {"signer_name": "ExampleAlliance"},
        {"signer_name": "Example Alliance (Official)"},
        {"signer_title": "The Example Alliance, Inc."},
        {"signer_name": "例示市民会議"},
        {"signer_title": "Example, Alliance building"},
        {"location": "Example Alliance"},
        {"organization": "A Friend Of Example Alliance"},
    ],
    ids=lambda typed: "-".join(typed.values()),
)
def test_a_line_that_says_another_organizations_name_waits_and_staff_read_why(
    letter: Letter, visitor: Visitor, sam: Visitor, typed: dict[str, str]
) -> None:
    assert signed(visitor, letter, **typed).state is CONFIRMED
    sam.open(QUEUE.format(letter.slug) + "?pick=names-another").says("names another organization", NOTICE)


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"signer_name": "A. Friend"},
        {"signer_name": "A Friend Of"},  # its own name
        {"signer_title": "Network Director"},
        {"signer_name": "Ellen Allan"},
        {"signer_title": "Director"},
    ],
    ids=lambda typed: "-".join(typed.values()) or "as usual",
)
def test_whoever_names_nobody_else_appears_at_once(letter: Letter, visitor: Visitor, typed: dict[str, str]) -> None:
    assert signed(visitor, letter, **typed).state is PUBLISHED


def test_another_name_of_its_own_is_nobody_elses(letter: Letter, visitor: Visitor) -> None:
    friend = factories.organization(FRIEND["organization"], letter.coalition_id, FRIEND["website"])
    league = factories.organization("Tree League", letter.coalition_id)
    league.root_id = league.merged_into_id = friend.id
    db.session.commit()
    assert signed(visitor, letter, signer_title="Director, Tree League").state is PUBLISHED


def test_a_person_who_gives_an_organization_as_her_title_is_told_of(letter: Letter, visitor: Visitor, sam: Visitor) -> None:
    person = factories.signature(
        letter, cast.CLARA, PENDING, kind=SignatoryKind.INDIVIDUAL, organization_name="", website="", email="p@one.example",
        signer_name="Pat Example", signer_title="Example Alliance",
    )  # fmt: skip
    visitor.open(confirm_link(person)).submit("Sign the letter", authorized=True)
    sam.open(QUEUE.format(letter.slug)).says("Pat Example", f"{NOTICE}Example Alliance.")


def test_a_correction_that_names_another_is_told_and_one_that_names_it_no_more_is_not(
    letter: Letter, visitor: Visitor, sam: Visitor
) -> None:
    page = visitor.open(manage_link(signed(visitor, letter)))
    page.submit("Save the correction", signer_name="Example Alliance").says("Your correction is saved.")
    assert signatures()[-1].state is CONFIRMED
    sam.open(QUEUE.format(letter.slug)).says("names another organization")
    page.submit("Save the correction", signer_name="Zoe Example").says("Your correction is saved.")
    sam.open(QUEUE.format(letter.slug)).never_says("names another organization")

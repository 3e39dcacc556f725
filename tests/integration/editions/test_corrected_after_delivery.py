"""A delivered edition never changes: whoever corrects a line afterwards is told which edition has the old one."""

from dataclasses import replace

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.signatures.sign import correct_signature
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature
from tests.support import cast, editions, factories
from tests.support.signing_steps import manage_link
from tests.support.text_changes import COALITION_SLUG
from tests.support.visitor import Visitor

KEEPS = "Edition 1 was delivered with"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter that Clara and Hiro signed, delivered."""
    letter = factories.open_letter()
    factories.signature(letter, cast.CLARA)
    factories.signature(letter, cast.HIRO)
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    editions.deliver_edition(letter)
    return letter


@pytest.fixture
def clara(letter: Letter) -> Signature:
    """Clara's signature."""
    return db.session.query(Signature).filter_by(email=cast.CLARA.email).one()


def test_her_page_shows_what_was_delivered_beside_what_she_corrected(visitor: Visitor, clara: Signature) -> None:
    page = visitor.open(manage_link(clara)).never_says(KEEPS)
    page = page.submit("Save the correction", signer_title="President").says("Your correction is saved.", KEEPS)
    assert page.text.index("Clara Example, President") < page.text.index(KEEPS) < page.text.index("Clara Example, Director")


def test_staff_who_correct_a_line_are_told_that_the_delivered_edition_keeps_it(
    otto: Visitor, letter: Letter, clara: Signature
) -> None:
    letter_values = {"coalition": COALITION_SLUG, "slug": letter.slug}
    otto.visit("editions.index", **letter_values).never_says("corrected since")
    page = otto.visit("signatures.detail", **letter_values, signature_id=clara.id)
    page.submit("Save the correction", signer_title="President").says(
        "Corrected.", KEEPS, "Deliver another edition to replace it."
    )
    otto.visit("editions.index", **letter_values).says("One line was corrected since the delivered edition was frozen.")


def test_once_another_edition_is_delivered_nothing_is_told(
    otto: Visitor, visitor: Visitor, letter: Letter, clara: Signature
) -> None:
    correct_signature(clara.id, replace(clara.signatory, signer_title="DIRECTOR"), now())
    visitor.open(manage_link(clara)).says(KEEPS)
    editions.deliver_edition(letter)
    visitor.open(manage_link(clara)).never_says("was delivered with")
    otto.visit("editions.index", coalition=COALITION_SLUG, slug=letter.slug).never_says("corrected since")

"""Two people write a draft at once: changes at different places are both saved; who deleted what another wrote is asked."""

import pytest

from tests.integration.letters.test_writing import create_draft, saved_text
from tests.support import cast, factories
from tests.support.visitor import Visitor


@pytest.fixture
def otto(visitor: Visitor) -> Visitor:
    """An organizer, signed in."""
    factories.staff(cast.OTTO)
    visitor.sign_in(cast.OTTO)
    return visitor


def test_words_that_two_changed_at_different_places_of_the_text_are_both_saved(otto: Visitor, olive: Visitor) -> None:
    path = create_draft(otto).submit("Save", body="We ask for clean water.\n\nMore to come.").path
    his, hers = otto.open(path), olive.open(path)
    his.submit("Save", body="We all ask for clean water.\n\nMore to come.", closing="Sincerely,")
    hers.submit("Save", body="We ask for clean rivers.\n\nMore to come.\n\nAnd air.", re="Rivers")
    assert saved_text().body == "We all ask for clean rivers.\n\nMore to come.\n\nAnd air."
    assert (saved_text().closing, saved_text().re) == ("Sincerely,", "Rivers")


def test_who_deleted_what_another_wrote_is_asked(otto: Visitor, olive: Visitor) -> None:
    path = create_draft(otto).submit("Save", body="First.\n\nSecond.\n\nThird.").path
    hers = olive.open(path)
    otto.open(path).submit("Save", body="First.\n\nSecond, and more.\n\nThird.")
    refused = hers.submit("Save", body="First.\n\nThird.", status=409)
    refused.says("You both changed one part", "Second, and more.")
    refused.submit("Save my version")
    assert saved_text().body == "First.\n\nThird."

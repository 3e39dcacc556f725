"""A disposable email address proves nothing, even where the site has the same domain."""

import pytest

from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.states import SignatureState
from tests.support import cast, factories
from tests.support.signing_steps import confirm_link, only_signature
from tests.support.visitor import Visitor


@pytest.mark.shows("S10")
@pytest.mark.parametrize(
    ("host", "words", "pick"),
    [
        ("mailinator.com", "throwaway email", "disposable"),
        ("comcast.net", "free email", "free-mail"),
        ("hotmail.co.uk", "free email", "free-mail"),
    ],
)
def test_a_mailbox_that_anyone_can_have_waits_for_staff_and_they_are_told(
    visitor: Visitor, host: str, words: str, pick: str
) -> None:
    letter = factories.open_letter(publish_rule=PublishRule.REVIEWED)
    factories.add_reviewed_names((cast.CLARA.organization, host))
    facts = {"email": f"clara@{host}", "website": f"https://{host}"}
    pending = factories.signature(letter, state=SignatureState.PENDING, **facts)
    visitor.open(confirm_link(pending)).submit("Sign for our organization", authorized=True).says("Your signature is confirmed")
    assert only_signature().state is SignatureState.CONFIRMED

    factories.staff(cast.SAM)
    visitor.sign_in(cast.SAM)
    queue = visitor.visit("review.index", coalition="coalition-for-clean-rivers", slug=letter.slug)
    queue.says("Example Alliance", words).never_says("domain ✓")
    queue.submit("Show", pick=pick).says("Example Alliance", words)
    queue.submit("Show", pick="clear").never_says("Example Alliance")

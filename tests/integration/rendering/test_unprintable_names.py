"""A character that no font has is reported to staff while its name is in the queue, long before delivery."""

from letterhub.domain.states import SignatureState
from tests.support import cast, factories
from tests.support.visitor import Visitor

LETTER_VALUES = {"coalition": "coalition-for-clean-rivers", "slug": "clean-rivers-for-everyone"}


def test_what_no_font_can_print_is_named_in_the_queue_and_on_the_page_of_the_name(visitor: Visitor) -> None:
    letter = factories.open_letter()
    signature = factories.signature(
        letter, state=SignatureState.CONFIRMED, organization_name="Example \U000f1234 Alliance", signer_title="Head \u0378"
    )
    factories.staff(cast.SAM)
    visitor.sign_in(cast.SAM)
    warning = "no font can print U+F1234, U+0378"
    visitor.visit("review.index", **LETTER_VALUES).says(warning)
    visitor.visit("signatures.detail", **LETTER_VALUES, signature_id=signature.id).says(warning)

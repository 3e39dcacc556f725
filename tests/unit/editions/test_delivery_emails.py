"""Emails that deliver an edition: their recipients and their limits, what they bring by default, and when one is sent again."""

import pytest

from letterhub.domain.editions.deliveries import DEFAULT_MAIL_LIMIT, MAX_RECIPIENTS, AttachmentMode
from letterhub.domain.editions.delivery_emails import (
    MAX_COPY_RECIPIENTS,
    RESENDABLE,
    CannotSendDelivery,
    CoverEmail,
    EmailRecipient,
    RecipientRole,
    RecipientState,
    check_recipients,
    check_resend,
    choose_cover_mode,
    cover_email_size,
    recipient_state,
)
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.mail.mail_words import MailWords
from letterhub.domain.mail.outgoing_mail import MailState

WORDS = MailWords("Open letter", "Please find it here.")


def recipients(count: int, role: RecipientRole = RecipientRole.TO) -> list[EmailRecipient]:
    return [EmailRecipient("", f"{role}-{number}@example.org", role) for number in range(count)]


def refused_field(chosen: list[EmailRecipient]) -> str:
    with pytest.raises(CannotSendDelivery) as refusal:
        check_recipients(chosen)
    return refusal.value.field


def test_as_many_recipients_and_copies_as_allowed_are_accepted() -> None:
    copies = [*recipients(MAX_COPY_RECIPIENTS - 1, RecipientRole.CC), *recipients(1, RecipientRole.BCC)]
    check_recipients([*recipients(MAX_RECIPIENTS), *copies])
    check_recipients(recipients(1))


def test_nobody_too_many_and_anyone_twice_are_refused_beside_the_field_that_is_wrong() -> None:
    once = recipients(1)
    again = once[0].address.upper()
    assert refused_field([]) == refused_field(recipients(1, RecipientRole.CC)) == "recipients"
    assert refused_field(recipients(MAX_RECIPIENTS + 1)) == "recipients"
    assert refused_field([*once, *recipients(MAX_COPY_RECIPIENTS + 1, RecipientRole.BCC)]) == "cc"
    assert refused_field([*once, EmailRecipient("", again)]) == "recipients"
    assert refused_field([*once, EmailRecipient("", again, RecipientRole.BCC)]) == "bcc"


def test_files_are_attached_up_to_the_limit_and_without_files_there_is_a_link() -> None:
    sizes = {FileFormat.PDF: 100_000}
    exact = cover_email_size(sizes.values(), WORDS)
    modes = [choose_cover_mode(CoverEmail((), WORDS, (FileFormat.PDF,), limit), sizes) for limit in (exact, exact - 1)]
    assert modes == [AttachmentMode.ATTACHED, AttachmentMode.LINK]
    assert choose_cover_mode(CoverEmail((), WORDS, ()), sizes) is AttachmentMode.LINK
    assert CoverEmail((), WORDS, ()).mail_limit == DEFAULT_MAIL_LIMIT


def test_an_email_without_an_outbox_line_is_canceled_and_one_that_came_back_is_bounced() -> None:
    assert recipient_state(None, is_bounced=False) is RecipientState.CANCELED
    assert recipient_state(MailState.SENT, is_bounced=False) is RecipientState.ACCEPTED
    assert recipient_state(MailState.SENT, is_bounced=True) is RecipientState.BOUNCED


@pytest.mark.parametrize("state", RecipientState)
def test_only_an_email_that_did_not_arrive_is_sent_again(state: RecipientState) -> None:
    if state in RESENDABLE:
        check_resend(state)
    else:
        with pytest.raises(CannotSendDelivery):
            check_resend(state)

"""Mail suppression: no more mail to a mailbox that disowned a signature or bounced. See docs/design/mail.md."""

import datetime as dt

from letterhub.commands.signatures._shared_steps import cancel_emails
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.suppression import SuppressionReason, own_domain
from letterhub.infrastructure.db import db
from letterhub.mail.address_hashes import hash_address, hash_mailbox
from letterhub.models import MailSuppression, Signature


def suppress_mail(signature: Signature, reason: SuppressionReason, at: dt.datetime) -> None:
    """Suppress mail about a letter to the signature's mailbox, and cancel what is waiting.

    A bounce counts for the exact address only: the one without its "+tag" may exist.
    """
    hash_recipient = hash_address if reason is SuppressionReason.BOUNCED else hash_mailbox
    db.session.add(
        MailSuppression(
            letter_id=signature.letter_id,
            signature_id=signature.id,
            mailbox_hash=hash_recipient(signature.letter_id, EmailAddress(signature.email)),
            reason=reason,
            signer_name=signature.signatory.name,
            domain=own_domain(signature.email),
            suppressed_at=at,
        )
    )
    cancel_emails(signature, at)

"""Mail suppression: no more mail to a mailbox that disowned a signature or bounced. See docs/design/mail.md."""

import datetime as dt

from letterhub.commands.signatures._steps import cancel_mail
from letterhub.domain.mail.suppression import Why, own_domain
from letterhub.infrastructure.db import db
from letterhub.mail.address_hashes import address_fingerprint, mailbox_fingerprint
from letterhub.models import MailStop, Signature


def stop_mail(signature: Signature, why: Why, at: dt.datetime) -> None:
    """Suppress mail about a letter to the signature's mailbox, and cancel what is waiting.

    A bounce counts for the exact address only: the one without its "+tag" may exist.
    """
    key = address_fingerprint if why is Why.BOUNCED else mailbox_fingerprint
    db.session.add(
        MailStop(
            letter_id=signature.letter_id,
            signature_id=signature.id,
            mailbox_key=key(signature.letter_id, signature.email),
            why=why,
            name=signature.signatory.name,
            domain=own_domain(signature.email),
            at=at,
        )
    )
    cancel_mail(signature, at)

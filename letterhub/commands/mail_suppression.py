"""Stops mail to a mailbox: after "this was not us", or when nothing can be delivered there."""

import datetime as dt

from letterhub.commands.one_signature import cancel_mail
from letterhub.db import db
from letterhub.domain.stops import Why, own_domain
from letterhub.mail.fingerprints import address_fingerprint, mailbox_fingerprint
from letterhub.models import MailStop, Signature


def stop_mail(signature: Signature, why: Why, at: dt.datetime) -> None:
    """Nobody has the signature's mailbox mailed about its letter any more, but whoever reads its mail.

    Where its host knows no such address, that says nothing of the same one without its "+tag".
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

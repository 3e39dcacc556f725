"""One's own data as a file has every column and table about a signature, or a reason why not."""

import pytest

from letterhub.clock import now
from letterhub.config import Settings
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import SuppressionReason
from letterhub.infrastructure.db import Base, db
from letterhub.infrastructure.signed_links import hash_mailbox
from letterhub.models import MailSuppression, Signature, SignaturePicture, SignOff, SubmissionOrigin
from letterhub.queries.signatures.data_export import signatory_data
from tests.support import factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import sign_and_confirm
from tests.support.visitor import Visitor

BY_ITSELF = {"id", "letter_id", "signature_id", "revision_id", "organization_id"}
STAFF_ONLY = {"decline_reason", "acknowledged_at"}
"""Pages say that the first is sent to no one; the second is when staff noticed."""
CHECK_RESULTS = {"is_new_organization", "from_flood", "has_proof_of_work"}  # would tell a forger what to avoid
MADE_OF_THE_LINE = {
    "sort_key",
    "lead_key",
    "kind_key",
    "alphabet",
    "section_key",
    "location_key",
    "place_key",
    "idempotency_key",
}
CALLED = {  # names in the file that differ from the column's
    "source": "came_by", "contact_erased_at": "contact_erased_at",
    "network_hash": "network_fingerprint", "started_at": "at", "mailbox_hash": "mailbox_fingerprint",
    "key": "fingerprint", "suppressed_at": "at", "media_type": "picture", "content": "picture", "stored_at": "stored",
    "news_consent": "news", "translation_id": "translation_read",
}  # fmt: skip
EXPORTED = {
    "submission_origin",
    "mail_suppression",
    "invitation",
    "outbox_message",
    "evidence_fact",
    "evidence_document",
    "change_reply",
    "consent",
    "press_quote",
    "seconder",
    "signature_picture",
}
NOT_EXPORTED = {
    "search_line", "bulk_decline_item", "inquiry", "blocklist_entry", "signature_alert", "reviewed_name", "webhook_delivery",
}  # fmt: skip
"""Derived from the line, contained in the audit log, or internal to the checks and decisions of staff. A webhook's log has what
the letter's page listed, for thirty days, or until the signature's data is erased."""


@pytest.mark.shows("S20")
def test_nothing_that_is_kept_is_left_out_of_ones_own_data(visitor: Visitor, settings: Settings, postbox: Inbox) -> None:
    letter = factories.open_letter(deadline_at=None)
    signed = sign_and_confirm(visitor, letter, settings, postbox)
    of_hers = {"letter_id": letter.id, "signature_id": signed.id}
    db.session.add(
        MailSuppression(**of_hers, suppressed_at=now(), mailbox_hash="f", reason=SuppressionReason.BOUNCED, signer_name="x")
    )
    db.session.commit()
    stored = {"signer_name": signed.signer_name, "media_type": "image/png", "content": b"ink", "stored_at": now()}
    db.session.add(SignaturePicture(signature_id=signed.id, **stored))
    db.session.commit()
    data = signatory_data(signed.id)
    assert data["signature_picture"]["picture"] == "data:image/png;base64,aW5r"
    parts = {
        Signature: data["signature"] | data["moments"] | {key: data[key] for key in ("answers", "news", "translation_read")},
        SignaturePicture: data["signature_picture"],
        SubmissionOrigin: data["where_the_form_came_from"],
        MailSuppression: data["mail_stopped"][0],
    }
    for table, part in parts.items():
        columns = {column.name for column in table.__table__.columns} - BY_ITSELF - MADE_OF_THE_LINE
        columns -= STAFF_ONLY | CHECK_RESULTS
        assert {CALLED.get(name, name) for name in columns} - set(part) == set()


def test_a_lead_reads_what_she_agreed_to_as_a_draft(visitor: Visitor, settings: Settings, postbox: Inbox) -> None:
    letter = factories.open_letter(deadline_at=None)
    signed = sign_and_confirm(visitor, letter, settings, postbox)
    assert signatory_data(signed.id)["agreement_to_the_draft"] is None
    mailbox = EmailAddress(signed.email)
    sign_offs = [
        factories.save(
            SignOff(
                letter_id=letter.id, organization=name, person="Nia Example", title="Director", email="", mailbox_hash=hashed,
                created_at=now(), asked_at=now(), asked_sha256="a", agreed_at=now(), agreed_sha256="b", consent={"box": name},
            )
        )
        for name, hashed in (("Another Alliance", "0" * 32), ("Example Alliance", hash_mailbox(letter.id, mailbox)))
    ]  # fmt: skip
    exported = signatory_data(signed.id)["agreement_to_the_draft"]
    columns = {column.name for column in SignOff.__table__.columns} - BY_ITSELF - {"mailbox_hash", "asked_by_id", "created_at"}
    called = {"asked_at": "asked", "agreed_at": "agreed", "use_count": "opened", "used_at": "opened_last", "consent": "shown"}
    drafts = {"asked_sha256", "agreed_text"}  # the hash of the text that was agreed to is there
    assert {called.get(name, name) for name in columns - drafts} - set(exported) == {"agreed_sha256"}
    assert exported["text_sha256"] == "b"
    assert exported["organization"] == sign_offs[1].organization


def test_each_table_that_tells_of_a_signature_is_told_or_says_why_not() -> None:
    about = {table.name for table in Base.metadata.tables.values() if "signature_id" in table.columns}
    assert about == EXPORTED | NOT_EXPORTED

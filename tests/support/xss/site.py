"""A site in which every text that people can enter is an attempt at cross-site scripting."""

import datetime as dt
from dataclasses import dataclass, replace

from letterhub.clock import now
from letterhub.commands.editions.deliveries import deliver
from letterhub.domain.accounts.roles import Role
from letterhub.domain.changes.replies import SilenceRule
from letterhub.domain.editions.deliveries import AttachmentMode, DeliveryMethod, DeliveryRequest
from letterhub.domain.editions.delivery_emails import RecipientRole
from letterhub.domain.invitations.contact import ContactEntryKind
from letterhub.domain.invitations.invitation import InviteeAnswer
from letterhub.domain.letters.letter_document import Addressee, Letterhead, LetterText
from letterhub.domain.letters.revisions import ChangeKind
from letterhub.domain.letters.serialization import fingerprint, text_to_facts
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.states import LetterMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import queue_mail
from letterhub.models import (
    ChangeReply,
    Coalition,
    CoalitionInvitation,
    Contact,
    ContactEntry,
    ContactPerson,
    ContactTag,
    DeliveryEmail,
    DeliveryRecipient,
    Draft,
    Inquiry,
    Invitation,
    Letter,
    LetterRecipientProfile,
    Membership,
    OwnRecipientProfile,
    Preview,
    Report,
    Revision,
    SignatoryImport,
    Signature,
    TextChangeNotice,
    Upload,
    append_audit_entry,
)
from tests.support import cast, editions, factories
from tests.support.xss.release import add_release_rows, add_shared_draft
from tests.support.xss.webhooks import add_webhook_rows

ATTACK = (
    "'\"><ran-here onclick=ran(1)><img src=x onerror=ran(2)><svg onload=ran(3)></title></textarea></script>"
    "<script>ran(4)</script>{{7*7}}&lt;ran-here&gt;"
)
ADDRESS = "javascript:ran(5)"
MARKDOWN = f"""{ATTACK}

[a link](javascript:ran(6)) <javascript:ran(7)> [b](java&#x0A;script:ran(8)) [c][ref] ![p](x" onerror="ran(9))

[d](data:text/html;base64,PHNjcmlwdD5yYW4oMTApPC9zY3JpcHQ+) [e](https://x.example/"onmouseover="ran(11))

<details open ontoggle=ran(12)>x</details> <math><mtext></mtext><style><img src=x onerror=ran(13)></style></math>

## {ATTACK}

| {ATTACK} | b |
|---|---|
| <iframe srcdoc="<script>parent.ran(14)</script>"></iframe> | `{ATTACK}` |

> {ATTACK}

1. {ATTACK}[^"><ran-here>] and[^1]

```html" onclick="ran(15)
{ATTACK}
```

[ref]: javascript:ran(16) "{ATTACK}"
[^1]: {ATTACK} [x](vbscript:ran(17))
[^"><ran-here>]: {ATTACK}
"""


def text(title: str = ATTACK, body: str = MARKDOWN) -> LetterText:
    """Return a letter text with an attack in each part."""
    whom = Addressee(ATTACK, (ATTACK, ATTACK))
    head = Letterhead(ATTACK, (ATTACK,))
    return LetterText(
        title,
        body,
        via=ATTACK,
        addressees=(whom, whom),
        re=ATTACK,
        salutation=ATTACK,
        closing=ATTACK,
        cc=(ATTACK,),
        letterhead=head,
    )


@dataclass(frozen=True, slots=True)
class XssSite:
    """The site: its delivered letter, two signatures under an open one, and a member with all rights."""

    coalition: Coalition
    letter: Letter
    waiting: Signature
    outdated: Signature
    owner: cast.Member


def make_xss_site() -> XssSite:
    """Fill every table with attacks; in each of them the first row belongs to the letter."""
    coalition = factories.save(
        Coalition(
            slug="evil", name=ATTACK, letterhead_lines=[ATTACK, ATTACK], created_at=now(), embed_sites=["https://x.example"]
        )
    )
    owner = cast.Member(ATTACK, "olive@rivers.example", Role.OWNER)
    staff = factories.staff(owner, of=coalition)
    staff.is_operator = True
    factories.save(CoalitionInvitation(name=ATTACK, email="evil@rivers.example", created_at=now(), invited_at=now()))
    factories.staff(replace(cast.OTTO, name=ATTACK), of=coalition)
    letter = _letter(coalition)
    for number, website in (
        (30, ADDRESS),
        (31, f"https://alliance31.example/{ADDRESS}"),
    ):  # two of one organization, side by side
        attack_signature(letter, number, SignatureState.CONFIRMED, organization_name=ATTACK, website=website)
    signed = [attack_signature(letter, number, state) for number, state in enumerate(SignatureState)]
    attack_signature(letter, 20, SignatureState.PUBLISHED, organization_name=f"{ATTACK} Foundation")
    for number in (1, 2):
        _revise(letter, number)
    still_open = _named(factories.open_letter(text(title=f"{ATTACK} open"), of=coalition), "evil-open")
    shared = _named(factories.draft(text(title=ATTACK), of=coalition), "evil-draft")
    by_state = {state: attack_signature(still_open, 40 + number, state) for number, state in enumerate(SignatureState)}
    for one in (letter, still_open):
        factories.translation(one, replace(text(), language=f"{text().language}-XX"))
    _ask_about_change(still_open, by_state[SignatureState.OUTDATED])
    _deliver(letter, staff.id)
    _add_related_rows(letter, signed[0], staff.id, coalition)
    add_shared_draft(shared, ATTACK, MARKDOWN)
    return XssSite(coalition, letter, by_state[SignatureState.PENDING], by_state[SignatureState.OUTDATED], owner)


def _letter(coalition: Coalition) -> Letter:
    return _named(factories.open_letter(text(), of=coalition), "evil")


def _named(letter: Letter, slug: str) -> Letter:
    letter.slug = slug
    return factories.save(letter)


def attack_signature(letter: Letter, number: int, state: SignatureState, **facts: str) -> Signature:
    line = {
        "organization_name": f"{ATTACK}{number}", "website": ADDRESS, "signer_name": ATTACK, "signer_title": ATTACK,
        "location": ATTACK, "email": f"clara{number}@alliance{number}.example", "sort_name": ATTACK, "affiliation": ATTACK,
        "decline_reason": ATTACK, "section": "local",
    }  # fmt: skip
    return factories.signature(letter, cast.CLARA, state, **line | facts)


def _revise(letter: Letter, number: int) -> Revision:
    content = text_to_facts(text(body=f"{MARKDOWN}\n\nOnce more, {number}. {ATTACK}"))
    last = factories.revision_of(letter)
    made = Revision(
        letter_id=letter.id, number=last.number + 1, content=content, sha256=fingerprint(content), created_at=now(),
        change=ChangeKind.TYPO, reason=ATTACK,
    )  # fmt: skip
    return factories.save(made)


def _ask_about_change(letter: Letter, signature: Signature) -> None:
    """Ask a signatory about the text that a letter has now."""
    asked_at, deadline_at = now(), now() + dt.timedelta(days=2)
    notice = TextChangeNotice(
        revision_id=factories.revision_of(letter).id, letter_id=letter.id, rule=SilenceRule.KEEP, asked_at=asked_at,
        deadline_at=deadline_at, deadline_zone="UTC",
    )  # fmt: skip
    factories.save(notice)
    factories.save(ChangeReply(revision_id=notice.revision_id, signature_id=signature.id, signed_number=1))


def _deliver(letter: Letter, staff_id: int) -> None:
    letter.move(LetterMove.CLOSE, now())
    factories.save(letter)
    for _ in range(2):
        edition = editions.freeze_edition(letter, staff_id)
        handover = DeliveryRequest((ATTACK,), DeliveryMethod.HAND, now(), "America/New_York", receipt=ATTACK)
        deliver(edition.id, handover, actor="staff-1", staff_id=staff_id, at=now())
    recipient = DeliveryRecipient(role=RecipientRole.TO, name=ATTACK[:200], address="ada@office.example")
    recipient.bounced_at = now()
    email = DeliveryEmail(
        edition_id=edition.id, sender_name="Attack", subject=ATTACK[:200], text=ATTACK, formats=["pdf"],
        attachment_mode=AttachmentMode.ATTACHED, mail_limit=10_000_000, time_zone="UTC", created_at=now(),
        created_by_id=staff_id,
    )  # fmt: skip
    email.recipients = [recipient]
    factories.save(email)
    profile = {"name": ATTACK[:100], "note": ATTACK, "source": ATTACK[:300], "formats": []}
    factories.save(OwnRecipientProfile(coalition_id=letter.coalition_id, **profile))
    factories.save(LetterRecipientProfile(letter_id=letter.id, profile="own-1"))


def _add_related_rows(letter: Letter, signature: Signature, staff_id: int, coalition: Coalition) -> None:
    """Add the rows related to a letter: emails, jobs, a file, an invitation, an audit log."""
    draft = db.session.get_one(Draft, letter.id)
    draft.text = text_to_facts(text(body=f"{MARKDOWN}\n\nUnsaved. {ATTACK}"))
    factories.save(draft)
    table = f"organization,signer_name,signer_title,notes\n{','.join([_cell(ATTACK)] * 4)}\n"
    for owner in ({"letter_id": letter.id}, {"coalition_id": coalition.id, "choices": {"encoding": "utf-8"}}):
        upload = Upload(**owner, file_name=ATTACK, content=table.encode(), uploaded_at=now(), uploaded_by_id=staff_id)
        factories.save(upload)
    invitation = Membership(staff_id=_invited(), coalition_id=coalition.id, role=Role.REVIEWER, invited_at=now())
    factories.save(invitation)
    facts = {"coalition_id": coalition.id, "letter_id": letter.id, "signature_id": signature.id}
    failed = factories.save(queue_mail(MailKind.CONFIRM, signature.email, at=now(), **facts))
    failed.error = ATTACK
    factories.save(failed)
    factories.save(Inquiry(signature_id=signature.id, address=signature.email, asked_at=now()))
    pages = Preview(letter_id=letter.id, text=factories.revision_of(letter).content, version=1, requested_at=now())
    pages.finish(b"%PDF-1.7", 1, [ATTACK])
    factories.save(pages)
    names = SignatoryImport(
        letter_id=letter.id, file_name=ATTACK, content=table.encode(), expected_version="", actor="staff-1", imported=1,
        requested_at=now(), is_notified=True,
    )  # fmt: skip
    names.fail(ATTACK, now())
    factories.save(names)
    _add_contact(letter, staff_id)
    add_release_rows(letter, _published(letter), staff_id, ATTACK, MARKDOWN)
    add_webhook_rows(letter.coalition_id, ATTACK)
    report = Report(letter_id=letter.id, requested_at=now())
    report.fail(ATTACK, now())
    factories.save(report)
    for chain in (f"letter-{letter.id}", f"coalition-{coalition.id}"):
        for action in ("declined", "corrected", ATTACK):
            changed = {"before": {"reason": ATTACK, ATTACK: ATTACK}, "after": {"reason": ATTACK, "name": ATTACK}}
            append_audit_entry(
                db.session(), chain, f"staff-{staff_id}", action, at=now(), subject=f"signature-{signature.id}", **changed
            )
    db.session.commit()


def _add_contact(letter: Letter, staff_id: int) -> None:
    """Add a contact with a person, a tag, a next step and a note, and an invitation of it with an answer."""
    facts = {"coalition_id": letter.coalition_id, "created_at": now(), "used_at": now()}
    contact = Contact(owner_id=staff_id, next_step=ATTACK, next_step_on=now().date(), **facts)
    contact.set_name(ATTACK, "")
    factories.save(contact)
    texts = dict.fromkeys(("name", "title", "note", "email"), ATTACK[:250])
    factories.save(ContactPerson(contact_id=contact.id, phone=ATTACK[:60], **texts))
    factories.save(ContactTag(contact_id=contact.id, tag=ATTACK[:60]))
    entry = {"kind": ContactEntryKind.NOTE, "text": ATTACK, "staff_id": staff_id, "at": now()}
    factories.save(ContactEntry(contact_id=contact.id, letter_id=letter.id, **entry))
    invitation = Invitation(
        letter_id=letter.id, contact_id=contact.id, line={"organization": ATTACK}, name_key=ATTACK[:250], invited_at=now(),
        email="", answer=InviteeAnswer.REFUSED, answer_reason=ATTACK,
    )  # fmt: skip
    factories.save(invitation)


def _published(letter: Letter) -> Signature:
    return (
        db.session.query(Signature)
        .filter_by(letter_id=letter.id, state=SignatureState.PUBLISHED)
        .order_by(Signature.id)
        .first()
    )


def _cell(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _invited() -> int:
    other = factories.coalition("Quiet Skies Network")
    return int(factories.staff(replace(cast.STRANGER, name=ATTACK), of=other).id)

"""A site in which every text that people can enter is an attempt at cross-site scripting."""

from dataclasses import dataclass, replace

from letterhub.clock import now
from letterhub.commands.editions.deliveries import deliver
from letterhub.domain.accounts.roles import Role
from letterhub.domain.editions.deliveries import Handover, Way
from letterhub.domain.letters.document import Addressee, Letterhead, LetterText, Signatory
from letterhub.domain.letters.revisions import ChangeKind
from letterhub.domain.letters.snapshot import facts_of_signatory, facts_of_text, fingerprint
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.happenings import Happening
from letterhub.domain.states import LetterMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import post
from letterhub.models import (
    Coalition,
    Delivery,
    Draft,
    Edition,
    Inquiry,
    Invitation,
    Letter,
    Membership,
    OutboxLine,
    Preview,
    Report,
    Revision,
    Seconder,
    Signature,
    Staff,
    StaffNotice,
    Upload,
    remember,
)
from tests.support import cast, editions, factories

EVIL = (
    "'\"><ran-here onclick=ran(1)><img src=x onerror=ran(2)><svg onload=ran(3)></title></textarea></script>"
    "<script>ran(4)</script>{{7*7}}&lt;ran-here&gt;"
)
ADDRESS = "javascript:ran(5)"
MARKDOWN = f"""{EVIL}

[a link](javascript:ran(6)) <javascript:ran(7)> [b](java&#x0A;script:ran(8)) [c][ref] ![p](x" onerror="ran(9))

[d](data:text/html;base64,PHNjcmlwdD5yYW4oMTApPC9zY3JpcHQ+) [e](https://x.example/"onmouseover="ran(11))

<details open ontoggle=ran(12)>x</details> <math><mtext></mtext><style><img src=x onerror=ran(13)></style></math>

## {EVIL}

| {EVIL} | b |
|---|---|
| <iframe srcdoc="<script>parent.ran(14)</script>"></iframe> | `{EVIL}` |

> {EVIL}

1. {EVIL}[^"><ran-here>] and[^1]

```html" onclick="ran(15)
{EVIL}
```

[ref]: javascript:ran(16) "{EVIL}"
[^1]: {EVIL} [x](vbscript:ran(17))
[^"><ran-here>]: {EVIL}
"""


def text(title: str = EVIL, body: str = MARKDOWN) -> LetterText:
    """Return a letter text with an attack in each part."""
    whom = Addressee(EVIL, (EVIL, EVIL))
    head = Letterhead(EVIL, (EVIL,))
    return LetterText(
        title, body, via=EVIL, addressees=(whom, whom), re=EVIL, salutation=EVIL, closing=EVIL, cc=(EVIL,), letterhead=head
    )


@dataclass(frozen=True, slots=True)
class Poisoned:
    """The site: its delivered letter, two signatures under an open one, and a member with all rights."""

    coalition: Coalition
    letter: Letter
    waiting: Signature
    outdated: Signature
    owner: cast.Member


def poisoned() -> Poisoned:
    """Fill every table with attacks; in each of them the first row belongs to the letter."""
    coalition = factories.kept(Coalition(slug="evil", name=EVIL, address=[EVIL, EVIL], created_at=now()))
    owner = cast.Member(EVIL, "olive@rivers.example", Role.OWNER)
    staff = factories.staff(owner, of=coalition)
    factories.staff(replace(cast.OTTO, name=EVIL), of=coalition)
    letter = _letter(coalition)
    for number, website in (
        (30, ADDRESS),
        (31, f"https://alliance31.example/{ADDRESS}"),
    ):  # two of one organization, side by side
        _signature(letter, number, SignatureState.CONFIRMED, organization_name=EVIL, website=website)
    signed = [_signature(letter, number, state) for number, state in enumerate(SignatureState)]
    _signature(letter, 20, SignatureState.PUBLISHED, organization_name=f"{EVIL} Foundation")
    for number in (1, 2):
        _revise(letter, number)
    still_open = _named(factories.open_letter(text(title=f"{EVIL} open"), of=coalition), "evil-open")
    begun = {state: _signature(still_open, 40 + number, state) for number, state in enumerate(SignatureState)}
    _deliver(letter, staff.id)
    _around(letter, signed[0], staff.id, coalition)
    return Poisoned(coalition, letter, begun[SignatureState.PENDING], begun[SignatureState.OUTDATED], owner)


def _letter(coalition: Coalition) -> Letter:
    return _named(factories.open_letter(text(), of=coalition), "evil")


def _named(letter: Letter, slug: str) -> Letter:
    letter.slug = slug
    return factories.kept(letter)


def _signature(letter: Letter, number: int, state: SignatureState, **facts: str) -> Signature:
    line = {
        "organization_name": f"{EVIL}{number}", "website": ADDRESS, "signer_name": EVIL, "signer_title": EVIL,
        "location": EVIL, "email": f"clara{number}@alliance{number}.example", "sort_name": EVIL, "affiliation": EVIL,
        "decline_reason": EVIL, "scope": "local",
    }  # fmt: skip
    return factories.signature(letter, cast.CLARA, state, **line | facts)


def _revise(letter: Letter, number: int) -> Revision:
    content = facts_of_text(text(body=f"{MARKDOWN}\n\nOnce more, {number}. {EVIL}"))
    last = factories.revision_of(letter)
    made = Revision(
        letter_id=letter.id, number=last.number + 1, content=content, sha256=fingerprint(content), created_at=now(),
        change=ChangeKind.TYPO, reason=EVIL,
    )  # fmt: skip
    return factories.kept(made)


def _deliver(letter: Letter, staff_id: int) -> None:
    letter.move(LetterMove.CLOSE, now())
    factories.kept(letter)
    for _ in range(2):
        edition = editions.frozen(letter, staff_id)
        handover = Handover(EVIL, Way.HAND, now(), "America/New_York", receipt=EVIL)
        deliver(edition.id, handover, actor="staff-1", staff_id=staff_id, at=now())


def _around(letter: Letter, signature: Signature, staff_id: int, coalition: Coalition) -> None:
    """Add the rows related to a letter: emails, jobs, a file, an invitation, an audit log."""
    draft = db.session.get_one(Draft, letter.id)
    draft.text = facts_of_text(text(body=f"{MARKDOWN}\n\nUnsaved. {EVIL}"))
    factories.kept(draft)
    table = f"organization,signer_name,signer_title,notes\n{','.join([_cell(EVIL)] * 4)}\n"
    factories.kept(Upload(letter_id=letter.id, file=EVIL, content=table.encode(), uploaded_at=now(), uploaded_by_id=staff_id))
    invitation = Membership(staff_id=_invited(), coalition_id=coalition.id, role=Role.REVIEWER, invited_at=now())
    factories.kept(invitation)
    facts = {"coalition_id": coalition.id, "letter_id": letter.id, "signature_id": signature.id}
    failed = factories.kept(post(MailKind.CONFIRM, signature.email, at=now(), **facts))
    failed.error = EVIL
    factories.kept(failed)
    factories.kept(Inquiry(signature_id=signature.id, address=signature.email, asked_at=now()))
    pages = Preview(letter_id=letter.id, text=factories.revision_of(letter).content, version=1, asked_at=now())
    pages.finish(b"%PDF-1.7", 1, [EVIL])
    factories.kept(pages)
    report = Report(letter_id=letter.id, asked_at=now())
    report.fail(EVIL, now())
    factories.kept(report)
    for chain in (f"letter-{letter.id}", f"coalition-{coalition.id}"):
        for action in ("declined", "corrected", EVIL):
            changed = {"before": {"reason": EVIL, EVIL: EVIL}, "after": {"reason": EVIL, "name": EVIL}}
            remember(db.session(), chain, f"staff-{staff_id}", action, at=now(), subject=f"signature-{signature.id}", **changed)
    db.session.commit()


def _cell(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _invited() -> int:
    other = factories.coalition("Quiet Skies Network")
    return int(factories.staff(replace(cast.STRANGER, name=EVIL), of=other).id)


def mails_of() -> list[OutboxLine]:
    """Return an email of each kind, to be sent."""
    by_kind = {
        MailKind.CONFIRM: SignatureState.PENDING,
        MailKind.REMIND: SignatureState.PENDING,
        MailKind.SIGNED: SignatureState.CONFIRMED,
        MailKind.CORRECTED: SignatureState.PUBLISHED,
        MailKind.COPY: SignatureState.PUBLISHED,
        MailKind.TYPO: SignatureState.PUBLISHED,
        MailKind.AGAIN: SignatureState.OUTDATED,
        MailKind.RESTORED: SignatureState.PUBLISHED,
        MailKind.STILL: SignatureState.PUBLISHED,
        MailKind.INQUIRY: SignatureState.PUBLISHED,
        MailKind.SECONDED: SignatureState.PENDING,
        MailKind.SECONDED_CHANGED: SignatureState.PENDING,
    }
    handed = db.session.query(Edition.letter_id, Edition.id, Delivery.id, Delivery.recorded_by_id)
    letter_id, edition_id, delivery_id, staff_id = handed.join(Delivery).order_by(Delivery.id).first() or (0, 0, 0, 0)
    revision = db.session.query(Revision).filter_by(letter_id=letter_id, change=ChangeKind.TYPO).first()
    membership = db.session.query(Membership).filter_by(joined_at=None).one()
    found = {one.state: one for one in db.session.query(Signature).order_by(Signature.id)}  # the open letter's come last
    seconded, entry = found[SignatureState.PUBLISHED], found[SignatureState.PENDING]
    factories.kept(Seconder(signature_id=seconded.id, entry_id=entry.id, at=now()))
    about_name = {"letter_id": seconded.letter_id, "signature_id": seconded.id, "happening": Happening.CORRECTED}
    notice = factories.kept(StaffNotice(**about_name, name=EVIL, at=now()))
    facts = {
        MailKind.SECONDED: {"seconded": seconded.id},
        MailKind.SECONDED_CHANGED: {"seconded": seconded.id, "happening": Happening.CORRECTED},
        MailKind.NOTICE: {"notice_id": notice.id},
        MailKind.CORRECTED: {"before": [EVIL, EVIL], "after": [EVIL, EVIL]},
        MailKind.COPY: {"edition_id": edition_id},
        MailKind.TYPO: {"revision_id": revision and revision.id},
        MailKind.INQUIRY: {"inquiry_id": db.session.query(Inquiry.id).scalar()},
        MailKind.DELIVERY: {"delivery_id": delivery_id},
        MailKind.INVITE: {"invitation_id": _asked_to_sign(found[SignatureState.PENDING].letter_id)},
        MailKind.JOIN: {"membership_id": membership.id},
    }
    member = db.session.get(Staff, staff_id)
    lines = []
    for kind in MailKind:
        signature = found[by_kind[kind]] if kind in by_kind else None
        of = letter_id if kind is MailKind.COPY else signature and signature.letter_id
        about = {"letter_id": of, "signature_id": signature and signature.id}
        recipient = member.email if kind is MailKind.RESET and member else f"{kind}@alliance.example"
        lines.append(post(kind, recipient, facts.get(kind, {}), at=now(), **about))
    return [factories.kept(line) for line in lines]


def _asked_to_sign(letter_id: int) -> int:
    """Add an invitation whose form was prefilled with attacks."""
    line = facts_of_signatory(Signatory(EVIL, EVIL, EVIL, location=EVIL))
    facts = {"letter_id": letter_id, "email": "nia@alliance.example", "mailbox_key": "x", "invited_at": now(), "line": line}
    return int(factories.kept(Invitation(**facts)).id)

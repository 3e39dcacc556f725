"""Factories of database rows with sensible defaults; each saves what it makes."""

import datetime as dt
import secrets
from dataclasses import replace
from functools import cache
from typing import Any

from flask_security import hash_password

from letterhub.clock import now
from letterhub.domain.letters.document import Addressee, LetterText
from letterhub.domain.letters.letter import slug_from
from letterhub.domain.letters.snapshot import facts_of_text, fingerprint
from letterhub.domain.states import HOLDING, LetterMove, SignatureMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import (
    Coalition,
    Draft,
    Letter,
    Membership,
    Organization,
    ReviewedName,
    Revision,
    Signature,
    Staff,
    organization_named,
)
from tests.support import cast

TEXT = LetterText(
    title="Clean rivers for everyone",
    body="We, the {{count_in_words}} undersigned organizations, ask you to protect our rivers.\n\n"
    "## What we ask\n\nClean water, *now*.",
    date=dt.date(2022, 1, 7),
    addressees=(Addressee("The President", ("The White House", "1600 Pennsylvania Avenue NW", "Washington, DC 20500")),),
    re="Clean rivers",
    salutation="Dear President Example:",
    closing="Respectfully,",
    cc=("The Secretary of Rivers",),
)


def kept(row: Any) -> Any:
    """Add a row to the database and commit."""
    db.session.add(row)
    db.session.commit()
    return row


def coalition(name: str = cast.COALITION, **facts: Any) -> Coalition:
    """Return a coalition; the first one is the default of all factories below."""
    found = db.session.query(Coalition).filter_by(slug=slug_from(name)).one_or_none()
    return found or kept(Coalition(slug=slug_from(name), name=name, address=["12 River Street"], created_at=now(), **facts))


@cache
def hashed(password: str) -> str:
    """Return a password's hash, cached, as hashing is slow by design."""
    return str(hash_password(password))


def staff(member: cast.Member, of: Coalition | None = None) -> Staff:
    """Return a member who has joined the coalition and can sign in."""
    person = Staff(
        name=member.name,
        email=member.email,
        password=hashed(member.password),
        fs_uniquifier=secrets.token_hex(16),
        created_at=now(),
    )
    kept(person)
    home = of or coalition()
    kept(Membership(staff_id=person.id, coalition_id=home.id, role=member.role, invited_at=now(), joined_at=now()))
    return person


def draft(text: LetterText = TEXT, of: Coalition | None = None, **facts: Any) -> Letter:
    """Return a letter in draft."""
    letter = kept(Letter(coalition_id=(of or coalition()).id, slug=slug_from(text.title), created_at=now(), **facts))
    kept(Draft(letter_id=letter.id, text=facts_of_text(text), saved_at=now()))
    return letter


def open_letter(text: LetterText = TEXT, of: Coalition | None = None, **facts: Any) -> Letter:
    """Return a letter with its first revision, open for two more days by default."""
    facts = {"deadline_at": now() + dt.timedelta(days=2)} | facts
    letter = draft(text, of, **facts)
    content = facts_of_text(text)
    kept(Revision(letter_id=letter.id, number=1, content=content, sha256=fingerprint(content), created_at=now()))
    letter.move(LetterMove.OPEN, now())
    return kept(letter)


def closed_letter() -> Letter:
    """Return a closed letter that two organizations have signed."""
    letter = open_letter()
    signature(letter, cast.CLARA)
    signature(letter, cast.HIRO)
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    return letter


def revision_of(letter: Letter) -> Revision:
    """Return the letter's current revision."""
    return db.session.query(Revision).filter_by(letter_id=letter.id).order_by(Revision.number.desc()).first()


def revise(letter: Letter, body: str) -> Revision:
    """Publish a new revision of the letter with another text."""
    last = revision_of(letter)
    content = facts_of_text(replace(last.text, body=body))
    return kept(
        Revision(letter_id=letter.id, number=last.number + 1, content=content, sha256=fingerprint(content), created_at=now())
    )


PATHS = {
    SignatureState.PENDING: (),
    SignatureState.CONFIRMED: (SignatureMove.CONFIRM,),
    SignatureState.PUBLISHED: (SignatureMove.CONFIRM, SignatureMove.PUBLISH),
    SignatureState.DECLINED: (SignatureMove.CONFIRM, SignatureMove.DECLINE),
    SignatureState.WITHDRAWN: (SignatureMove.WITHDRAW,),
    SignatureState.EXPIRED: (SignatureMove.EXPIRE,),
    SignatureState.OUTDATED: (SignatureMove.CONFIRM, SignatureMove.PUBLISH, SignatureMove.OUTDATE),
}


def signature(
    letter: Letter, by: cast.Signer = cast.CLARA, state: SignatureState = SignatureState.PUBLISHED, **facts: Any
) -> Signature:
    """Return a signature under a letter, moved to its state by the transitions that lead there."""
    row = Signature(
        letter_id=letter.id, revision_id=revision_of(letter).id, created_at=now(),
        **{
            "organization_name": by.organization, "website": by.website, "signer_name": by.name, "signer_title": by.title,
            "email": by.email, "location": by.location, "scope": by.scope, **facts,
        },
    )  # fmt: skip
    if row.organization_name:
        row.organization_id = organization(row.organization_name, letter.coalition_id).id
    row.state = SignatureState.PENDING
    if state in HOLDING:
        for outdated in db.session.query(Signature).filter_by(letter_id=letter.id, state=SignatureState.OUTDATED):
            if outdated.stands_as == row.place:
                outdated.leave_place()
        db.session.flush()
    for move in PATHS[state]:
        row.move(move, now())
    if state in HOLDING and row.stands_as is None:
        row.hold_place()
    if row.published_at is not None and "reviewed_at" not in facts:
        row.reviewed_at = now()
    row.settle()
    return kept(row)


def reviewed(*names: cast.Signer | tuple[str, str], of: Coalition | None = None) -> None:
    """Add organizations that staff published before, by these names and domains, under a letter that was deleted."""
    for one in names:
        name, domain = (one.organization, one.email.rpartition("@")[2]) if isinstance(one, cast.Signer) else one
        facts = {"name": name, "domain": domain, "site": domain, "reviewed_by": "staff-1", "reviewed_at": now()}
        kept(ReviewedName(coalition_id=(of or coalition()).id, **facts))


def organization(name: str, coalition_id: int, website: str = "") -> Organization:
    """Return an organization of a coalition, without a website by default."""
    number, _new = organization_named(db.session(), coalition_id, name, website, now())
    db.session.commit()
    return db.session.get_one(Organization, number)

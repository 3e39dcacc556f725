"""Factories of database rows with sensible defaults; each saves what it makes."""

import datetime as dt
import secrets
from dataclasses import replace
from functools import cache
from typing import Any

from flask_security import hash_password

from letterhub.clock import now
from letterhub.domain.alphabets import alphabet_of
from letterhub.domain.letters.letter_document import Addressee, LetterText
from letterhub.domain.letters.serialization import fingerprint, text_to_facts
from letterhub.domain.letters.slugs import slugify
from letterhub.domain.states import CONFIRMED_STATES, LetterMove, SignatureMove, SignatureState
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
    TranslatedText,
    Translation,
    find_or_create_organization,
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


def save(*rows: Any) -> Any:
    """Add rows to the database and commit; return the first."""
    db.session.add_all(rows)
    db.session.commit()
    return rows[0]


def _add(row: Any) -> Any:
    """Add a row that `save` will commit with others: each commit makes the session read its rows anew."""
    db.session.add(row)
    db.session.flush()
    return row


def coalition(name: str = cast.COALITION, **facts: Any) -> Coalition:
    """Return a coalition; the first one is the default of all factories below."""
    found = db.session.query(Coalition).filter_by(slug=slugify(name)).one_or_none()
    return found or save(
        Coalition(slug=slugify(name), name=name, letterhead_lines=["12 River Street"], created_at=now(), **facts)
    )


@cache
def password_hash(password: str) -> str:
    """Return a password's hash, cached, as hashing is slow by design."""
    return str(hash_password(password))


def staff(member: cast.Member, of: Coalition | None = None) -> Staff:
    """Return a member who has joined the coalition and can sign in."""
    person = Staff(
        name=member.name,
        email=member.email,
        password=password_hash(member.password),
        fs_uniquifier=secrets.token_hex(16),
        created_at=now(),
    )
    home = of or coalition()
    _add(person)
    save(Membership(staff_id=person.id, coalition_id=home.id, role=member.role, invited_at=now(), joined_at=now()))
    return person


def draft(text: LetterText = TEXT, of: Coalition | None = None, **facts: Any) -> Letter:
    """Return a letter in draft."""
    letter = _add(Letter(coalition_id=(of or coalition()).id, slug=slugify(text.title), created_at=now(), **facts))
    save(Draft(letter_id=letter.id, text=text_to_facts(text), saved_at=now()))
    return letter


def open_letter(text: LetterText = TEXT, of: Coalition | None = None, **facts: Any) -> Letter:
    """Return a letter with its first revision, open for two more days by default."""
    facts = {"deadline_at": now() + dt.timedelta(days=2)} | facts
    letter = draft(text, of, **facts)
    content = text_to_facts(text)
    revision = Revision(letter_id=letter.id, number=1, content=content, sha256=fingerprint(content), created_at=now())
    letter.alphabet = alphabet_of(text.language)
    letter.move(LetterMove.OPEN, now())
    return save(letter, revision)


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
    content = text_to_facts(replace(last.text, body=body))
    return save(
        Revision(letter_id=letter.id, number=last.number + 1, content=content, sha256=fingerprint(content), created_at=now())
    )


MOVES_TO_STATE = {
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
        letter_id=letter.id, revision_id=revision_of(letter).id, alphabet=letter.alphabet, created_at=now(),
        **{
            "organization_name": by.organization, "website": by.website, "signer_name": by.name, "signer_title": by.title,
            "email": by.email, "location": by.location, "section": by.section, **facts,
        },
    )  # fmt: skip
    if row.organization_name:
        row.organization_id = organization(row.organization_name, letter.coalition_id).id
    row.state = SignatureState.PENDING
    if state in CONFIRMED_STATES:
        for outdated in db.session.query(Signature).filter_by(letter_id=letter.id, state=SignatureState.OUTDATED):
            if outdated.place_key == row.own_place_key:
                outdated.release_place()
        db.session.flush()
    for move in MOVES_TO_STATE[state]:
        row.move(move, now())
    if state in CONFIRMED_STATES and row.place_key is None:
        row.take_place()
    if row.published_at is not None and "reviewed_at" not in facts:
        row.reviewed_at = now()
    row.update_keys()
    return save(row)


def add_reviewed_names(*names: cast.Signer | tuple[str, str], of: Coalition | None = None) -> None:
    """Add organizations that staff published before, by these names and domains, under a letter that was deleted."""
    for one in names:
        name, domain = (one.organization, one.email.rpartition("@")[2]) if isinstance(one, cast.Signer) else one
        facts = {"name": name, "domain": domain, "site": domain, "reviewed_by": "staff-1", "reviewed_at": now()}
        save(ReviewedName(coalition_id=(of or coalition()).id, **facts))


def organization(name: str, coalition_id: int, website: str = "") -> Organization:
    """Return an organization of a coalition, without a website by default."""
    number, _new = find_or_create_organization(db.session(), coalition_id, name, website, now())
    db.session.commit()
    return db.session.get_one(Organization, number)


def translation(letter: Letter, text: LetterText) -> TranslatedText:
    """Return a published translation of a letter's newest revision, in the language of the text."""
    content = text_to_facts(text)
    published = save(
        TranslatedText(
            revision_id=revision_of(letter).id, language=text.language, content=content, sha256=fingerprint(content),
            created_at=now(),
        )
    )  # fmt: skip
    row = Translation(letter_id=letter.id, language=text.language, text=content, saved_at=now(), published_id=published.id)
    save(row)
    return published

"""Sign-offs of a draft's text: the list for staff, the page behind a lead's link, and the context of its email."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from letterhub.domain.drafting.sign_offs import SignOffState, can_ask_again, sign_off_state
from letterhub.domain.i18n import _
from letterhub.domain.letters.drafts import trim_text
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.serialization import fingerprint, text_from_facts, text_to_facts
from letterhub.domain.mail.outgoing_mail import ObsoleteMail
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import LIFETIMES, Purpose
from letterhub.mail.messages import signed_url
from letterhub.models import Coalition, Draft, Letter, OutboxMessage, SignOff, Staff
from letterhub.queries.letters.revisions import TextDiff, newest_revision, text_change


@dataclass(frozen=True, slots=True)
class ListedSignOff:
    """Lead organization as staff see it; `can_be_asked` says whether it may be emailed again now, `changes` what is different
    in the present text from the one it agreed to, None if nothing is."""

    id: int
    organization: str
    person: str
    email: str
    state: SignOffState
    asked_at: dt.datetime
    asked_by: str
    agreed_at: dt.datetime | None
    use_count: int
    can_be_asked: bool
    changes: TextDiff | None


@dataclass(frozen=True, slots=True)
class SignOffList:
    """All leads that were asked about a draft. `is_required` says that the letter opens only when all agree to its text."""

    is_required: bool
    is_draft: bool
    leads: tuple[ListedSignOff, ...]

    @property
    def agreed(self) -> int:
        """Number of leads that agree to the text as it is now."""
        return sum(lead.state is SignOffState.AGREED for lead in self.leads)


@dataclass(frozen=True, slots=True)
class RequestedSignOff:
    """Draft behind the link of a lead. `is_draft` is False once the letter opened: then `text` is what everyone reads.

    `sha256` is the hash of the text, `changes` what is different from the text that the lead agreed to, None if nothing is or
    it agreed to none.
    """

    id: int
    organization: str
    person: str
    created_at: dt.datetime
    is_draft: bool
    slug: str
    zone: str
    coalition: str
    text: LetterText
    sha256: str
    state: SignOffState
    agreed_at: dt.datetime | None
    changes: TextDiff | None


def sign_off_list(letter_id: int, at: dt.datetime) -> SignOffList:
    """Return the leads that were asked about a letter's draft, in the order of asking."""
    letter = db.session.get_one(Letter, letter_id)
    text, is_draft = _text_to_agree_to(letter)
    sha256 = fingerprint(text_to_facts(text))
    query = select(SignOff, Staff.name).outerjoin(Staff, Staff.id == SignOff.asked_by_id)
    rows = db.session.execute(query.where(SignOff.letter_id == letter_id).order_by(SignOff.id))
    leads = []
    for row, asked_by in rows:
        state = sign_off_state(row.agreed_sha256, sha256)
        may_ask = is_draft and can_ask_again(state, row.asked_sha256, row.asked_at, sha256, at)
        listed = ListedSignOff(
            row.id, row.organization, row.person, row.email, state, row.asked_at, asked_by or "", row.agreed_at,
            row.use_count, may_ask, _changes(row, state, text),
        )  # fmt: skip
        leads.append(listed)
    return SignOffList(letter.requires_sign_offs, is_draft, tuple(leads))


def requested_sign_off(sign_off_id: int) -> RequestedSignOff | None:
    """Return the draft that a lead is asked to agree to; None if the request was withdrawn, or the draft deleted."""
    query = (
        select(SignOff, Letter, Coalition.name)
        .join(Letter, Letter.id == SignOff.letter_id)
        .join(Coalition, Coalition.id == Letter.coalition_id)
        .where(SignOff.id == sign_off_id, Letter.deleted_at.is_(None))
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        return None
    row, letter, coalition = found
    text, is_draft = _text_to_agree_to(letter)
    sha256 = fingerprint(text_to_facts(text))
    state = sign_off_state(row.agreed_sha256, sha256)
    return RequestedSignOff(
        row.id, row.organization, row.person, row.created_at, is_draft, letter.slug, letter.deadline_zone, coalition, text,
        sha256, state, row.agreed_at, _changes(row, state, text),
    )  # fmt: skip


def sign_off_mail_context(message: OutboxMessage, at: dt.datetime) -> dict[str, Any]:
    """Return the context of the email that asks a lead to agree. Raises ObsoleteMail if there is nothing left to agree to."""
    row = db.session.get(SignOff, message.parameters["sign_off_id"])
    requested = requested_sign_off(row.id) if row else None
    if row is None or requested is None or message.created_at < row.asked_at:
        raise ObsoleteMail(_("Not sent: the request was withdrawn, or sent anew."))
    if not requested.is_draft or requested.state is SignOffState.AGREED:
        raise ObsoleteMail(_("Not sent: the organization has agreed to this text, or the letter is no longer a draft."))
    staff = db.session.get(Staff, row.asked_by_id or 0)
    letter = db.session.get_one(Letter, row.letter_id)
    coalition = db.session.get_one(Coalition, letter.coalition_id)
    return {
        "title": requested.text.title or _("Untitled letter"), "language": requested.text.language,
        "coalition": coalition.name, "accent": coalition.accent, "zone": requested.zone, "by": staff.name if staff else "",
        "organization": row.organization, "has_changed": requested.changes is not None,
        "link": signed_url(Purpose.SIGN_OFF, row.id, since=row.created_at), "until": at + LIFETIMES[Purpose.SIGN_OFF],
    }  # fmt: skip


def _text_to_agree_to(letter: Letter) -> tuple[LetterText, bool]:
    """Return the text of a draft and True; what readers see of a letter that opened, and False."""
    if letter.state is LetterState.DRAFT:
        return trim_text(text_from_facts(db.session.get_one(Draft, letter.id).text)), True
    return newest_revision(letter.id).text, False


def _changes(row: SignOff, state: SignOffState, text: LetterText) -> TextDiff | None:
    return text_change(text_from_facts(row.agreed_text), text) if state is SignOffState.EARLIER_TEXT else None

"""Invitations and contacts as tables to download. An address that was copied from a signature is in none.

An import of invitations reads their headings. See docs/design/invitations.md.
"""

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from letterhub.domain.invitations.invitation import InvitationOutcome
from letterhub.domain.signatures.signing import utc_to_local
from letterhub.queries.invitations.contacts import ListedContact, ListedPerson
from letterhub.queries.invitations.outreach import OutreachRow

OUTCOME_NAMES: Mapping[InvitationOutcome, LazyString] = {
    InvitationOutcome.SIGNED: lazy_gettext("signed"),
    InvitationOutcome.IN_REVIEW: lazy_gettext("signed, waiting for review"),
    InvitationOutcome.OUTDATED: lazy_gettext("signed an earlier text"),
    InvitationOutcome.DECLINED: lazy_gettext("asked not to be invited"),
    InvitationOutcome.REFUSED: lazy_gettext("said no"),
    InvitationOutcome.PROMISED: lazy_gettext("promised to sign"),
    InvitationOutcome.WITHDRAWN: lazy_gettext("signed and withdrew"),
    InvitationOutcome.TURNED_DOWN: lazy_gettext("declined by staff"),
    InvitationOutcome.UNCONFIRMED: lazy_gettext("filled in, not confirmed"),
    InvitationOutcome.BOUNCED: lazy_gettext("email could not be delivered"),
    InvitationOutcome.OPENED: lazy_gettext("opened the form, no answer yet"),
    InvitationOutcome.REMINDED: lazy_gettext("reminded, no answer yet"),
    InvitationOutcome.WAITING: lazy_gettext("no answer yet"),
}


def invitations_table(rows: Iterable[OutreachRow], zone: str) -> list[list[str]]:
    """Return the header and a row for each invitation; dates are in the zone."""
    header = [
        _("Organization"), _("Person"), _("Email"), _("Phone"), _("Status"), _("Signed as"), _("Reason or note"), _("Invited"),
        _("Invited by"), _("Reminders"), _("Owner"), _("Tags"), _("Next step"), _("Next step on"),
    ]  # fmt: skip
    return [header, *([
        row.organization, "" if row.is_copied else row.person, "" if row.is_copied else row.email, row.phone,
        str(OUTCOME_NAMES[row.outcome]), row.signed_as, row.answer_reason, _day(utc_to_local(row.invited_at, zone)[0]),
        row.invited_by, str(row.reminders or ""), row.owner, ", ".join(row.tags), row.next_step, _day(row.next_step_on),
    ] for row in rows)]  # fmt: skip


def contacts_table(contacts: Iterable[ListedContact]) -> list[list[str]]:
    """Return the header and a row for each person of the contacts; one for a contact without people."""
    header = [
        _("Organization"), _("Website"), _("Name"), _("Title"), _("Email"), _("Phone"), _("Note"), _("Owner"), _("Tags"),
        _("Next step"), _("Next step on"),
    ]  # fmt: skip
    return [header, *(_contact_row(contact, person) for contact in contacts for person in (contact.people or (None,)))]


def _contact_row(contact: ListedContact, person: ListedPerson | None) -> list[str]:
    own = ["", "", "", "", ""]
    if person is not None and not person.is_copied:
        own = [person.name, person.title, person.email, person.phone, person.note]
    ending = [contact.owner, ", ".join(contact.tags), contact.next_step, _day(contact.next_step_on)]
    return [contact.name, contact.website, *own, *ending]


def _day(day: object) -> str:
    return str(day or "")

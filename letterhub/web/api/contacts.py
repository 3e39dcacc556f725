"""Contacts of a token's coalition, and invitations to its letters."""

import datetime as dt
from typing import Annotated

from flask import abort, url_for
from msgspec import Meta, convert
from werkzeug.datastructures import MultiDict

from letterhub.clock import now
from letterhub.commands.invitations.contacts import create_contact
from letterhub.commands.invitations.invitations import InvitationContext, invite_by_name
from letterhub.domain.accounts.api_tokens import ApiScope
from letterhub.domain.invitations.invitation import InvitationOutcome
from letterhub.domain.signatures.signing import Scope as OrganizationScope
from letterhub.queries.accounts import StaffContext, team_of
from letterhub.queries.api_pages import contacts_after, invitations_after
from letterhub.queries.invitations.contacts import contact_profile
from letterhub.web.access import get_letter_or_404
from letterhub.web.api.api import AnswerPage, Input, Struct, checked_form, endpoint
from letterhub.web.api.letters import AfterQuery
from letterhub.web.staff.invitations.contact_forms import ContactDetailsForm
from letterhub.web.staff.invitations.invitation_forms import InviteOrganizationForm

Line = Annotated[str, Meta(max_length=300)]
Name = Annotated[str, Meta(max_length=300, pattern=r"\S")]
Email = Annotated[str, Meta(max_length=254)]


class Person(Struct):
    """Person at a contact."""

    id: int
    name: str
    title: str
    email: str
    phone: str
    note: str


class ContactAnswer(Struct):
    """Organization that the coalition is in touch with."""

    id: int
    name: str
    website: str
    owner: str
    tags: tuple[str, ...]
    next_step: str
    next_step_on: dt.date | None
    people: tuple[Person, ...]


class NewContact(Input):
    """Contact to add, with a first person if one is known. Tags are separated by commas."""

    name: Name
    website: Line = ""
    tags: Annotated[str, Meta(max_length=1300)] = ""
    person_name: Line = ""
    person_title: Line = ""
    person_email: Email = ""
    person_phone: Annotated[str, Meta(max_length=60)] = ""


class AddedContact(Struct):
    """Contact that was added."""

    id: int
    name: str


class InvitationAnswer(Struct):
    """Invitation to sign a letter, and what came of it."""

    id: int
    outcome: InvitationOutcome
    organization: str
    signed_as: str
    person: str
    email: str
    invited_by: str
    invited_at: dt.datetime
    opened_at: dt.datetime | None
    reminders: int
    answer_reason: str
    contact_id: int


class NewInvitation(Input):
    """Organization to invite, and the mailbox to write to. The recipient may change every line."""

    organization: Name
    email: Email
    website: Line = ""
    signer_name: Line = ""
    signer_title: Line = ""
    section: OrganizationScope | None = None


class Invited(Struct):
    """Organization that was invited."""

    organization: str


@endpoint("GET", "/contacts", scope=ApiScope.READ_CONTACTS)
def contacts(caller: StaffContext, query: AfterQuery) -> AnswerPage[ContactAnswer]:
    """The coalition's contacts, the oldest first."""
    found, after = contacts_after(caller.coalition_id, query.after)
    items = convert(tuple(found), tuple[ContactAnswer, ...], from_attributes=True)
    return AnswerPage(items=items, next=url_for(".contacts", after=after) if after else None)


@endpoint("GET", "/contacts/<int:contact_id>", scope=ApiScope.READ_CONTACTS)
def contact(caller: StaffContext, contact_id: int) -> ContactAnswer:
    """One contact."""
    profile = contact_profile(caller.coalition_id, contact_id) or abort(404)
    return convert(profile.contact, ContactAnswer, from_attributes=True)


@endpoint("POST", "/contacts", scope=ApiScope.WRITE_CONTACTS, status=201)
def add_contact(caller: StaffContext, body: NewContact) -> AddedContact:
    """Add a contact. One organization is one contact: a second of the same name or website is refused."""
    sent = MultiDict({name: getattr(body, name) for name in body.__struct_fields__} | {"owner": "0"})
    form = checked_form(ContactDetailsForm, sent, team_of(caller.coalition_id))
    details = form.to_details()
    return AddedContact(id=create_contact(caller, details, form.to_person(), now()), name=details.name)


@endpoint("GET", "/letters/<slug>/invitations", scope=ApiScope.READ_INVITATIONS)
def invitations(caller: StaffContext, slug: str, query: AfterQuery) -> AnswerPage[InvitationAnswer]:
    """The invitations to a letter with their outcomes, the oldest first."""
    found, after = invitations_after(get_letter_or_404(caller, slug).letter_id, query.after)
    items = convert(tuple(found), tuple[InvitationAnswer, ...], from_attributes=True)
    return AnswerPage(items=items, next=url_for(".invitations", slug=slug, after=after) if after else None)


@endpoint("POST", "/letters/<slug>/invitations", scope=ApiScope.WRITE_INVITATIONS, status=202)
def invite(caller: StaffContext, slug: str, body: NewInvitation) -> Invited:
    """Invite an organization by email: at once to an open letter, and to a draft when it opens."""
    letter_id = get_letter_or_404(caller, slug).letter_id
    sent = MultiDict({name: getattr(body, name) or "" for name in body.__struct_fields__})
    form = checked_form(InviteOrganizationForm, sent)
    invite_by_name(InvitationContext(letter_id, caller.staff_id, caller.actor, now()), form.to_line(), form.email.data)
    return Invited(organization=form.organization.data)

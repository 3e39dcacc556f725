"""Invitations to a letter: the list of all with their status, and inviting organizations, by name or from a file."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from letterhub.clock import now
from letterhub.commands.invitations.invitations import (
    InvitationContext,
    invite_by_name,
    invite_past_signatories,
    remind_invitees,
)
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.domain.invitations.invitation import MAX_INVITATIONS_AT_ONCE, InvitationOutcome
from letterhub.domain.signatures.signing import LetterNotOpen
from letterhub.domain.states import LetterState
from letterhub.queries.accounts import StaffContext, team_of
from letterhub.queries.invitations.contacts import tag_counts
from letterhub.queries.invitations.outreach import find_invitations, outreach_rows
from letterhub.queries.invitations.past_signatories import has_published_elsewhere, past_signatories_to_invite
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.web.access import flash_errors, get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import parse_integer
from letterhub.web.staff.invitations.invitation_forms import InviteOrganizationForm
from letterhub.web.staff.invitations.outreach_filters import filter_from_query, filter_parameters, requested_page
from letterhub.web.staff.invitations.outreach_tables import OUTCOME_NAMES

bp = Blueprint("invitations", __name__)


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """List the invitations with their status, and the ways to invite."""
    return _render_page(staff, get_letter_or_404(staff, slug))


@bp.post("/past-signatories")
@staff_only(Role.ORGANIZER)
def invite_earlier_signatories(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Invite the chosen earlier signatories."""
    header = get_letter_or_404(staff, slug)
    signature_ids = set(request.form.getlist("chosen", type=parse_integer)[:MAX_INVITATIONS_AT_ONCE])
    with flash_errors():
        count = invite_past_signatories(_invitation_sender(staff, header), signature_ids)
        flash(invited_sentence(count, header), "good")
    return redirect_to(staff, ".index", slug=slug)


@bp.post("/by-name")
@staff_only(Role.ORGANIZER)
def invite_organization(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Invite one organization by its name."""
    header, form = get_letter_or_404(staff, slug), InviteOrganizationForm()
    if form.validate():
        try:
            invite_by_name(_invitation_sender(staff, header), form.to_line(), form.email.data)
            name = form.organization.data
            if header.state is LetterState.DRAFT:
                flash(_("%(name)s will be invited by email when the letter opens.", name=name), "good")
            else:
                flash(_("%(name)s is being invited by email.", name=name), "good")
        except LetterNotOpen as refusal:
            flash(str(refusal), "stop")
        except UserFacingError as refusal:
            form.add_error(refusal)
            return _render_page(staff, header, by_name=form), 422
        return redirect_to(staff, ".index", slug=slug)
    return _render_page(staff, header, by_name=form), 422


@bp.post("/remind")
@staff_only(Role.ORGANIZER)
def remind(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Mail a reminder to those who have not answered."""
    with flash_errors():
        count = remind_invitees(_invitation_sender(staff, get_letter_or_404(staff, slug)))
        flash(
            ngettext(
                "One organization is being reminded by email.", "%(num)s organizations are being reminded by email.", count
            ),
            "good",
        )
    return redirect_to(staff, ".index", slug=slug)


def takes_invitations(header: LetterHeader) -> bool:
    """Return whether staff may invite: to an open letter, or to a draft, whose invitations are sent when it opens."""
    return header.is_open or header.state is LetterState.DRAFT


def invited_sentence(count: int, header: LetterHeader) -> str:
    """Return the sentence after so many organizations were invited."""
    if header.state is LetterState.DRAFT:
        return str(
            ngettext(
                "One organization will be invited by email when the letter opens.",
                "%(num)s organizations will be invited by email when the letter opens.",
                count,
            )
        )
    return str(
        ngettext("One organization is being invited by email.", "%(num)s organizations are being invited by email.", count)
    )


def _invitation_sender(staff: StaffContext, header: LetterHeader) -> InvitationContext:
    return InvitationContext(header.letter_id, staff.staff_id, staff.actor, now())


def _render_page(staff: StaffContext, header: LetterHeader, by_name: InviteOrganizationForm | None = None) -> str:
    """Render the invitations that the filter finds, and the ways to invite. A form may hold rejected input."""
    any_before = has_published_elsewhere(staff.coalition_id, header.letter_id)
    contacts = past_signatories_to_invite(staff.coalition_id, header.letter_id, MAX_INVITATIONS_AT_ONCE) if any_before else ()
    wanted = filter_from_query(header.deadline_zone)
    found = find_invitations(header.letter_id, wanted, now(), requested_page())
    prepared = {InvitationOutcome.WAITING: _("sent when the letter opens")} if header.state is LetterState.DRAFT else {}
    return render_template(
        "staff/invitations/index.html", staff=staff, header=header, tab="invitations", found=found, wanted=wanted,
        rows=outreach_rows(header.letter_id, found.ids), asked=filter_parameters(),
        outcome_names={**OUTCOME_NAMES, **prepared}, team=team_of(staff.coalition_id), tags=tag_counts(staff.coalition_id),
        form=by_name or InviteOrganizationForm(formdata=None),
        may_edit=staff.role.covers(Role.ORGANIZER),
        contacts=contacts, any_before=any_before,
        may_invite=staff.role.covers(Role.ORGANIZER) and takes_invitations(header),
    )  # fmt: skip

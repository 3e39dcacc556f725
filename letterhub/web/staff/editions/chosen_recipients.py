"""Recipients that a letter is checked for: chosen on the page before freezing and on those of deliveries."""

from dataclasses import dataclass

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.editions.recipient_profiles import choose_profiles
from letterhub.domain.accounts.roles import Role
from letterhub.domain.editions.recipient_profiles import RecipientProfile
from letterhub.queries.accounts import StaffContext
from letterhub.queries.editions.recipient_profiles import chosen_profiles, profiles_of_coalition
from letterhub.web.access import flash_errors, get_letter_or_404, redirect_to, staff_only

bp = Blueprint("chosen_recipients", __name__)

PAGES = {"email": "delivery_emails.new", "deliver": "deliveries.new"}
"""Pages of an edition from which recipients are chosen, by their name in the form."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Profile that may be chosen."""

    profile: RecipientProfile
    is_chosen: bool


def choosing(staff: StaffContext, letter_id: int) -> tuple[Choice, ...]:
    """Return all profiles that a letter may be checked for."""
    chosen = {profile.key for profile in chosen_profiles(letter_id, staff.coalition_id)}
    return tuple(Choice(profile, profile.key in chosen) for profile in profiles_of_coalition(staff.coalition_id))


@bp.post("/recipients")
@staff_only(Role.ORGANIZER)
def update(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Have the letter checked for the chosen recipients, and return to the page that asked."""
    header = get_letter_or_404(staff, slug)
    with flash_errors(_("The letter is checked for these recipients.")):
        choose_profiles(header.letter_id, request.form.getlist("profiles"), actor=staff.actor, at=now())
    number = request.form.get("number", "")
    if (endpoint := PAGES.get(request.form.get("page", ""))) and number.isdecimal() and len(number) < 10:
        return redirect_to(staff, endpoint, slug=slug, number=int(number))
    return redirect_to(staff, "editions.preview", slug=slug)

"""Press page of a letter as staff write it: its words, the hour of its release, and a preview."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.press.press_pages import hold_press_page, release_press_page, save_press_page
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.domain.interface_languages import speaking, staff_language
from letterhub.domain.press.press_page import PressPageChanged, PressWords, announcement_draft, is_released
from letterhub.domain.signatures.signing import utc_to_local
from letterhub.mail.messages import letter_url
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.letters.public_letter import public_letter_by_id
from letterhub.queries.press.press_pages import counted_signatories, editable_press_page, press_page_for_staff
from letterhub.queries.press.quotes import shown_quotes
from letterhub.rendering.letter.document_locale import document_locale
from letterhub.web.access import flash_errors, get_letter_or_404, redirect_to, staff_only
from letterhub.web.dates import date_in_zone
from letterhub.web.forms import CommandForm
from letterhub.web.staff.press.press_page_forms import PressPageForm, ReleaseForm, press_page_form

bp = Blueprint("press_pages", __name__)


@bp.get("")
@staff_only(Role.REVIEWER)
def edit(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the words of the press page, before the first ones a draft from the letter's data, and its hour."""
    return _render_page(staff, get_letter_or_404(staff, slug))


@bp.post("")
@staff_only(Role.ORGANIZER)
def update(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Save the words."""
    header, form = get_letter_or_404(staff, slug), PressPageForm()
    if form.validate():
        try:
            save_press_page(
                header.letter_id, form.to_words(), form.version, staff_id=staff.staff_id, actor=staff.actor, at=now()
            )
            flash(_("The press page was saved."), "good")
            return redirect_to(staff, ".edit", slug=slug)
        except UserFacingError as refusal:
            form.add_error(refusal)
            if isinstance(refusal, PressPageChanged):  # with the current version the form can be sent again
                form.expected_version.data = str(editable_press_page(header.letter_id).version)
    return _render_page(staff, header, form=form), 422


@bp.post("/release")
@staff_only(Role.ORGANIZER)
def release(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Set the hour from which the page is public."""
    header, form = get_letter_or_404(staff, slug), ReleaseForm()
    if form.validate():
        with form.showing_errors():
            release_press_page(header.letter_id, form.release_at(header.deadline_zone), actor=staff.actor, at=now())
            flash(_("The hour was set. The page becomes public by itself."), "good")
            return redirect_to(staff, ".edit", slug=slug)
    return _render_page(staff, header, hour=form), 422


@bp.post("/publish")
@staff_only(Role.ORGANIZER)
def publish(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Make the page public now."""
    header = get_letter_or_404(staff, slug)
    if CommandForm().validate():
        with flash_errors():
            release_press_page(header.letter_id, now(), actor=staff.actor, at=now())
            flash(_("The press page is public."), "good")
    return redirect_to(staff, ".edit", slug=slug)


@bp.post("/hold")
@staff_only(Role.ORGANIZER)
def hold(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Take the page back, or its hour."""
    header = get_letter_or_404(staff, slug)
    if CommandForm().validate():
        hold_press_page(header.letter_id, actor=staff.actor, at=now())
        flash(_("The press page is not public. Its secret links still work."), "good")
    return redirect_to(staff, ".edit", slug=slug)


@bp.get("/preview")
@staff_only(Role.REVIEWER)
def preview(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the saved page as readers of a secret link will."""
    header = get_letter_or_404(staff, slug)
    page = press_page_for_staff(header.letter_id) or abort(404)
    return render_template(
        "public/press/press_page.html", page=page, letter=page.letter, token="", is_public=False, is_preview=True,
        direction=document_locale(page.letter.text.language).direction,
        counted_signatories=counted_signatories(page.counts),
        back=url_for(".edit", coalition=staff.coalition_slug, slug=slug),
    )  # fmt: skip


def _first_words(header: LetterHeader) -> PressWords:
    """Return the words that a press page begins with, drafted from the letter's data."""
    letter = public_letter_by_id(header.letter_id)
    if letter is None:
        return PressWords(header.title, "")
    addressees = [addressee.name for addressee in letter.text.addressees]
    with speaking(staff_language(letter.text.language)):
        date, counts = date_in_zone(letter.delivered_at or now(), header.deadline_zone), str(counted_signatories(letter.counts))
        announcement = str(announcement_draft(letter.text.title, addressees, counts, date, letter_url(letter.slug)))
    return PressWords(letter.text.title, "", announcement=announcement)


def _render_page(
    staff: StaffContext, header: LetterHeader, form: PressPageForm | None = None, hour: ReleaseForm | None = None
) -> str:
    """Render the page with what was typed, or as it was saved."""
    saved, drafted = editable_press_page(header.letter_id), _first_words(header)
    day, time = utc_to_local(saved.release_at or now(), header.deadline_zone)
    data: dict[str, Any] = {"day": day, "time": time} if saved.release_at else {}
    return render_template(
        "staff/press/press_page.html", staff=staff, header=header, tab="release", saved=saved,
        form=form or press_page_form(saved.words or drafted, saved.version), drafted=drafted.announcement,
        hour=hour or ReleaseForm(formdata=None, data=data), is_public=is_released(saved.release_at, now()),
        quote_count=len(shown_quotes(header.letter_id)), may_edit=staff.role.covers(Role.ORGANIZER),
    )  # fmt: skip

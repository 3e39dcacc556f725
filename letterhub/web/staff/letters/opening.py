"""Page before a letter opens: what stands against it, how it will look, and the buttons that open it now or later."""

import datetime as dt

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, StringField, TimeField
from wtforms.validators import DataRequired, Length, Optional

from letterhub.clock import now
from letterhub.commands.letters.drafts import save_draft
from letterhub.commands.letters.lifecycle import open_letter
from letterhub.commands.letters.scheduled_openings import cancel_opening, schedule_opening
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.signing_settings import SigningSettingsChanged
from letterhub.domain.letters.slugs import SLUG_LENGTH
from letterhub.domain.signatures.signing import local_to_utc, utc_to_local
from letterhub.domain.states import LetterState
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.drafts import load_draft_state
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.letters.opening_page import OpeningPage, mended_draft, opening_page
from letterhub.queries.letters.signing_settings import signing_overview, suggested_slug
from letterhub.web.access import flash_errors, get_letter_or_404, redirect_to, staff_only
from letterhub.web.dates import full_datetime
from letterhub.web.forms import CommandForm, ExpectedVersionForm, clean_line, returned_number
from letterhub.web.staff.letters.editor import draft_preview
from letterhub.web.staff.letters.signing_settings_forms import signing_settings_form_from

bp = Blueprint("opening", __name__)
DEFAULT_OPENING_TIME = dt.time(9)


class OpeningForm(CommandForm):
    """Form for the letter's URL slug, and the hour at which it opens by itself, if one is chosen.

    `version` is that of the draft that the page showed, `settings_version` that of the signing settings.
    """

    slug = StringField(
        _l("Web address"),
        filters=[clean_line],
        validators=[DataRequired(_l("Enter a web address.")), Length(max=SLUG_LENGTH)],
    )
    opens_date = DateField(_l("Day"), validators=[Optional()])
    opens_time = TimeField(_l("Time"), validators=[Optional()])
    later = HiddenField()
    version = HiddenField()
    settings_version = HiddenField()

    def opens_at(self, zone: str) -> dt.datetime:
        """Return the hour that was chosen. Raises UserFacingError without a day, and for an hour that clocks skip."""
        if self.opens_date.data is None:
            raise UserFacingError(_("Choose the day on which the letter opens."), field="opens_date")
        try:
            return local_to_utc(self.opens_date.data, self.opens_time.data or DEFAULT_OPENING_TIME, zone)
        except UserFacingError as refusal:
            raise UserFacingError(str(refusal), field="opens_date") from refusal


class MendForm(ExpectedVersionForm):
    """Form with the passage of the draft whose change its button offers."""

    passage = StringField()


@bp.get("")
@staff_only(Role.ORGANIZER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show what stands against opening a draft, and how it will look."""
    header = get_letter_or_404(staff, slug)
    if header.state is not LetterState.DRAFT:
        return redirect_to(staff, "signing_settings.edit", slug=header.slug)
    page = opening_page(header.letter_id, staff.staff_id, now())
    zone, plan = header.deadline_zone, page.plan
    day, time = utc_to_local(plan.opens_at, zone) if plan else (None, DEFAULT_OPENING_TIME)
    address = plan.slug if plan else suggested_slug(header.title)
    form = OpeningForm(formdata=None, data={"slug": address, "opens_date": day, "opens_time": time})
    return _render_page(staff, header, page, form)


@bp.post("")
@staff_only(Role.ORGANIZER)
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Open the letter, or have it opened at the hour that was chosen."""
    header, form = get_letter_or_404(staff, slug), OpeningForm()
    is_draft = header.state is LetterState.DRAFT
    if form.validate() or not is_draft:
        try:
            sentence = _open(staff, header, form)
            flash(sentence, "good")
            return redirect_to(staff, "signing_settings.edit", slug=get_letter_or_404(staff, slug).slug)
        except SigningSettingsChanged:
            form.form_errors.append(_("The deadline or the rules changed after you opened this page. Check them above."))
        except UserFacingError as refusal:
            form.add_error(refusal)
            if not is_draft:
                flash(str(refusal), "stop")
                return redirect_to(staff, "signing_settings.edit", slug=header.slug)
    page = opening_page(header.letter_id, staff.staff_id, now())
    return _render_page(staff, header, page, form), 422


@bp.post("/cancel")
@staff_only(Role.ORGANIZER)
def cancel(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Cancel the scheduled opening: the letter stays a draft."""
    with flash_errors(_("The letter no longer opens by itself.")):
        cancel_opening(get_letter_or_404(staff, slug).letter_id, actor=staff.actor, at=now())
    return redirect_to(staff, "signing_settings.edit", slug=slug)


@bp.post("/mend")
@staff_only(Role.ORGANIZER)
def mend(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Change one passage of the draft as its button offers, and save that as the draft's next version."""
    header, form = get_letter_or_404(staff, slug), MendForm()
    passage = form.passage.data or ""
    with flash_errors():
        found = mended_draft(header.letter_id, passage)
        if found is None:
            flash(_("This was changed already."), "doubt")
        else:
            text, change = found
            save_draft(header.letter_id, text, form.version, staff_id=staff.staff_id, at=now())
            flash(_("Changed and saved: “%(excerpt)s”", excerpt=change.excerpt), "good")
    return redirect_to(staff, ".index", slug=slug)


@bp.get("/sheet")
@staff_only(Role.ORGANIZER)
def sheet(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the draft alone, as its readers will see it, to be looked at on a phone."""
    header = get_letter_or_404(staff, slug)
    preview = draft_preview(load_draft_state(header.letter_id).text, header.counts, level=1)
    return render_template("staff/letters/opening/sheet.html", staff=staff, header=header, sheet=preview)


def _open(staff: StaffContext, header: LetterHeader, form: OpeningForm) -> str:
    """Open the letter or schedule that, and return the sentence that says so. Raises UserFacingError."""
    signing_settings = signing_overview(header.letter_id, now()).signing_settings
    seen, slug = form.settings_version.data or "", form.slug.data or ""
    if form.later.data and header.state is LetterState.DRAFT:
        opens_at = form.opens_at(header.deadline_zone)
        schedule_opening(
            header.letter_id, opens_at, signing_settings, seen,
            slug=slug, actor=staff.actor, staff_id=staff.staff_id, at=now(),
        )  # fmt: skip
        return str(_("The letter opens %(when)s.", when=full_datetime(opens_at, header.deadline_zone)))
    open_letter(
        header.letter_id, returned_number(form.version.data, -1), signing_settings, seen,
        slug=slug, actor=staff.actor, staff_id=staff.staff_id, at=now(),
    )  # fmt: skip
    return str(_("The letter is open. Anyone can read and sign it now."))


def _render_page(staff: StaffContext, header: LetterHeader, page: OpeningPage, form: OpeningForm) -> str:
    """Render the page; its form may hold rejected input."""
    return render_template(
        "staff/letters/opening/index.html", staff=staff, header=header, page=page, form=form,
        settings=signing_settings_form_from(page.signing_settings), sheet=draft_preview(page.text, header.counts),
    )  # fmt: skip

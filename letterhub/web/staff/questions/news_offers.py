"""News that a letter's form offers: its words, and the signatories who want it."""

from flask import Blueprint, Response, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from letterhub.clock import now
from letterhub.commands.invitations.export_log import log_export
from letterhub.commands.questions.news import change_news_text, end_news_consent
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.domain.questions.news import TEXT_LENGTH, suggested_text
from letterhub.domain.signatures.signing import utc_to_local
from letterhub.domain.spreadsheet_escaping import to_csv
from letterhub.queries.accounts import StaffContext
from letterhub.queries.questions.news_subscribers import count_news_subscribers, news_settings, news_subscribers
from letterhub.web.access import flash_errors, get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import CommandForm, clean_line, parse_integer
from letterhub.web.staff.signatures.evidence import signature_target
from letterhub.web.staff.signatures.review import check_printable

bp = Blueprint("news_offers", __name__)


class NewsForm(CommandForm):
    """Form for the words that offer news; `expected_version` is that of the words as shown."""

    text = StringField(_l("Words beside the box"), filters=[clean_line], validators=[Length(max=TEXT_LENGTH), check_printable])
    expected_version = HiddenField()


@bp.route("", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the words, and how many want news; a POST changes the words."""
    header = get_letter_or_404(staff, slug)
    settings = news_settings(header.letter_id)
    form = NewsForm(data={"text": settings.text, "expected_version": settings.version})
    if form.validate_on_submit():
        try:
            version = parse_integer(form.expected_version.data or "0")
            change_news_text(header.letter_id, form.text.data, version, actor=staff.actor, at=now())
            flash(_("Saved."), "good")
            return redirect_to(staff, ".index", slug=slug)
        except ValueError:
            form.form_errors.append(_("Reload the page and try again."))
        except UserFacingError as refusal:
            form.add_error(refusal)
            form.expected_version.data = settings.version
    page = render_template(
        "staff/questions/news.html", staff=staff, header=header, tab="settings", form=form, settings=settings,
        suggestion=suggested_text(staff.coalition_name), count=count_news_subscribers(header.letter_id),
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.post("/export")
@staff_only(Role.ORGANIZER)
def export(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Return the signatories who want news as CSV, with their addresses."""
    header = get_letter_or_404(staff, slug)
    table = news_subscribers(header.letter_id)
    log_export(staff, "news contacts exported", len(table) - 1, now(), letter_id=header.letter_id)
    day, _time = utc_to_local(now(), header.deadline_zone)
    response = Response(to_csv(table).encode("utf-8-sig", errors="replace"), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"{header.slug}-news-{day}.csv")
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/<int:signature_id>/end")
@staff_only(Role.REVIEWER)
def delete(staff: StaffContext, slug: str, signature_id: int) -> ResponseReturnValue:
    """End the news of a signatory who told staff so."""
    get_letter_or_404(staff, slug)
    with flash_errors():
        end_news_consent(signature_target(staff, signature_id))
        flash(_("This signatory gets no more news. Remove the address from your mailing list, too."), "good")
    return redirect_to(staff, "signatures.detail", slug=slug, signature_id=signature_id)

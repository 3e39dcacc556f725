"""Quotes of signatories: whom to ask, the words to approve, and what was decided about each."""

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from letterhub.clock import now
from letterhub.commands.press.quotes import ask_for_quote, remove_quote
from letterhub.domain.accounts.roles import Role
from letterhub.domain.press.quotes import MAX_QUOTE
from letterhub.queries.accounts import StaffContext
from letterhub.queries.press.quotes import quotable_signatories, quotable_signatory, staff_quotes
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import CommandForm, clean_line

bp = Blueprint("press_quotes", __name__)


class QuoteTextForm(CommandForm):
    """Form for the words of a quote, without quotation marks."""

    text = TextAreaField(
        _l("Quote"), filters=[clean_line], validators=[DataRequired(_l("Enter the quote.")), Length(max=MAX_QUOTE)]
    )


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """List the quotes, and find a signatory to ask."""
    header, typed = get_letter_or_404(staff, slug), request.args.get("q", "").strip()[:200]
    return render_template(
        "staff/press/press_quotes.html", staff=staff, header=header, tab="release", quotes=staff_quotes(header.letter_id),
        typed=typed, found=quotable_signatories(header.letter_id, typed) if typed else (),
        may_edit=staff.role.covers(Role.ORGANIZER),
    )  # fmt: skip


@bp.route("/ask/<int:signature_id>", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
def create(staff: StaffContext, slug: str, signature_id: int) -> ResponseReturnValue:
    """Show the form for a signatory's quote; a POST asks the signatory to approve it."""
    header, form = get_letter_or_404(staff, slug), QuoteTextForm()
    signatory = quotable_signatory(header.letter_id, signature_id) or abort(404)
    if form.validate_on_submit():
        with form.showing_errors():
            ask_for_quote(signature_id, form.text.data, staff_id=staff.staff_id, actor=staff.actor, at=now())
            flash(_("We are asking %(name)s to approve the quote.", name=signatory.name), "good")
            return redirect_to(staff, ".index", slug=slug)
    page = render_template(
        "staff/press/ask_for_quote.html", staff=staff, header=header, tab="release", form=form, signatory=signatory
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.post("/<int:quote_id>/remove")
@staff_only(Role.ORGANIZER)
def delete(staff: StaffContext, slug: str, quote_id: int) -> ResponseReturnValue:
    """Remove a quote."""
    remove_quote(get_letter_or_404(staff, slug).letter_id, quote_id, actor=staff.actor, at=now())
    flash(_("The quote was removed."), "good")
    return redirect_to(staff, ".index", slug=slug)

"""List of a letter's signatures in every state, and the page of one signature with its history and actions."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.signatures.review import correct_printed_line, decline_signatures, publish_signatures, return_signatures
from letterhub.domain.accounts.roles import Role
from letterhub.domain.audit.references import ReferenceKind
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.deadlines import utc_to_local
from letterhub.domain.signatures.review import SignatureFilter
from letterhub.domain.states import SignatureState
from letterhub.queries.accounts.staff import StaffContext
from letterhub.queries.audit.log import LoggedAction, actions_on
from letterhub.queries.editions.post_delivery_corrections import delivered_line_if_changed
from letterhub.queries.letters.header import LetterHeader
from letterhub.queries.signatures.inquiries import inquiries_about
from letterhub.queries.signatures.review import SignatureDetails, signature_details, sorted_signatures, table_rows
from letterhub.rendering.tables.names_table import COLUMNS, names_table
from letterhub.web.access import staff_only
from letterhub.web.staff.audit.messages import ChangedValue, entry_changes, entry_sentence
from letterhub.web.staff.letters.header import get_letter_or_404
from letterhub.web.staff.search_params import query_parameters, search_from_query
from letterhub.web.staff.signatures.decisions import chosen_signatures, flash_outcome, pop_last_decision
from letterhub.web.staff.signatures.evidence_forms import VouchForSignatureForm
from letterhub.web.staff.signatures.review_forms import CorrectionForm, DeclineForm

bp = Blueprint("names", __name__)

STATES = tuple(SignatureState)


@bp.get("")
@staff_only(Role.REVIEWER)
def listed(desk: StaffContext, slug: str) -> ResponseReturnValue:
    """List the signatures that match the search."""
    room = get_letter_or_404(desk, slug)
    found = sorted_signatures(room.letter_id, search_from_query(STATES))
    return render_template(
        "staff/signatures/index.html",
        desk=desk,
        room=room,
        tab="names",
        found=found,
        states=STATES,
        picks=list(SignatureFilter),
        asked=query_parameters(),
    )


@bp.get("/table.csv")
@staff_only(Role.REVIEWER)
def table(desk: StaffContext, slug: str) -> ResponseReturnValue:
    """Return the signatures that match the search as CSV."""
    room = get_letter_or_404(desk, slug)
    content = names_table(table_rows(room.letter_id, search_from_query(STATES), COLUMNS))
    day, _time = utc_to_local(now(), room.deadline_zone)
    answer = Response(stream_with_context(content), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{room.slug}-{day}.csv")
    return answer


@bp.route("/<int:number>", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
def name(desk: StaffContext, slug: str, number: int) -> ResponseReturnValue:
    """Show one signature; a POST corrects its line."""
    room = get_letter_or_404(desk, slug)
    shown = _signature_or_404(room, number)
    form = CorrectionForm(shown)
    if form.validate_on_submit():
        try:
            told = correct_printed_line(chosen_signatures(desk, room, one=number), form.to_correction(), form.seen.data)
        except UserFacingError as refusal:
            flash(str(refusal), "stop")
            return redirect(_detail_url(desk, slug, number), 303)
        flash(_("Corrected. The signatory gets an email about it.") if told else _("Corrected."), "good")
        if delivered := delivered_line_if_changed(room.letter_id, number, _signature_or_404(room, number).signatory):
            keeps = _("Edition %(number)s was delivered with the line as it was, and keeps it.", number=delivered.number)
            flash(f"{keeps} {_('Deliver another edition to replace it.')}")
        return redirect(_return_url(desk, slug, number), 303)
    return render_template(
        "staff/signatures/detail.html", desk=desk, room=room, tab="names", name=shown, form=form,
        why=DeclineForm(formdata=None), vouching=VouchForSignatureForm(formdata=None), questions=inquiries_about(number),
        story=_history(room, number), last=pop_last_decision(room), back=request.args.get("back", ""),
    )  # fmt: skip


@bp.post("/<int:number>/publish")
@staff_only(Role.REVIEWER)
def publish(desk: StaffContext, slug: str, number: int) -> ResponseReturnValue:
    """Publish the signature."""
    room = get_letter_or_404(desk, slug)
    flash_outcome(publish_signatures(chosen_signatures(desk, room, one=number)), room, SignatureState.PUBLISHED)
    return redirect(_detail_url(desk, slug, number), 303)


@bp.post("/<int:number>/decline")
@staff_only(Role.REVIEWER)
def decline(desk: StaffContext, slug: str, number: int) -> ResponseReturnValue:
    """Decline the signature. The form has the state that the page showed."""
    room, form = get_letter_or_404(desk, slug), DeclineForm()
    if not form.validate_on_submit():
        flash(_("Say why in a few words. The reason stays in the record."), "stop")
        return redirect(_detail_url(desk, slug, number), 303)
    flash_outcome(
        decline_signatures(chosen_signatures(desk, room, one=number), form.reason.data, _expected_state()),
        room,
        SignatureState.DECLINED,
    )
    return redirect(_detail_url(desk, slug, number), 303)


@bp.post("/<int:number>/return")
@staff_only(Role.REVIEWER)
def give_back(desk: StaffContext, slug: str, number: int) -> ResponseReturnValue:
    """Return the signature to the queue."""
    room = get_letter_or_404(desk, slug)
    flash_outcome(
        return_signatures(chosen_signatures(desk, room, one=number), _expected_state()), room, SignatureState.CONFIRMED
    )
    return redirect(_detail_url(desk, slug, number), 303)


def _signature_or_404(room: LetterHeader, number: int) -> SignatureDetails:
    found = signature_details(room.letter_id, number)
    if found is None:
        abort(404)
    return found


def _history(room: LetterHeader, number: int) -> list[tuple[LoggedAction, str, tuple[ChangedValue, ...]]]:
    acts = actions_on(ReferenceKind.LETTER.to(room.letter_id), ReferenceKind.SIGNATURE.to(number))
    return [(act, entry_sentence(act), tuple(entry_changes(act, room.deadline_zone))) for act in acts]


def _expected_state() -> SignatureState:
    given = request.form.get("seen", "")
    return SignatureState(given) if given in STATES else abort(400)


def _detail_url(desk: StaffContext, slug: str, number: int) -> str:
    return url_for("names.name", coalition=desk.coalition, slug=slug, number=number)


def _return_url(desk: StaffContext, slug: str, number: int) -> str:
    if request.args.get("back") == "review":
        return url_for("review.queue", coalition=desk.coalition, slug=slug, _anchor=f"name-{number}")
    return _detail_url(desk, slug, number)

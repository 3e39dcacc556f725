"""List of a letter's signatures in every state, and the page of one signature with its history and actions."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from flask import Blueprint, Response, abort, flash, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.signatures.review import correct_printed_line, decline_signatures, publish_signatures, return_signatures
from letterhub.domain.accounts.roles import Role
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.letter_document import SignatureBlocks
from letterhub.domain.questions.question import Questions, asked, column_headings
from letterhub.domain.signatures.review import SignatureFilter
from letterhub.domain.signatures.signing import utc_to_local
from letterhub.domain.states import SignatureState
from letterhub.queries.accounts import StaffContext
from letterhub.queries.audit.log import actions_on
from letterhub.queries.changes.changes import running_change
from letterhub.queries.editions.deliveries import delivered_line_if_changed
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.letters.revisions import newest_revision_if_any
from letterhub.queries.questions.questions import letter_questions, table_questions
from letterhub.queries.signatures.evidence import evidence_documents
from letterhub.queries.signatures.ownership_inquiries import inquiries_about
from letterhub.queries.signatures.review import sorted_signatures
from letterhub.queries.signatures.signature_picture import signature_picture
from letterhub.queries.signatures.signature_tables import table_rows
from letterhub.rendering.lazy_imports import lazy_function
from letterhub.rendering.letter.signatory_list import logo_view
from letterhub.rendering.tables.csv_export import COLUMNS, names_table
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only
from letterhub.web.staff.audit.log_messages import entry_changes, entry_sentence
from letterhub.web.staff.signatures.evidence import VouchForSignatureForm, signature_or_404
from letterhub.web.staff.signatures.review import CorrectionForm, DeclineForm
from letterhub.web.staff.signatures.review_messages import chosen_signatures, flash_outcome, pop_last_decision
from letterhub.web.staff.signatures.search_parameters import query_parameters, search_from_query
from letterhub.web.staff.signatures.signature_picture import SignaturePictureForm

bp = Blueprint("signatures", __name__)

STATES = tuple(SignatureState)
MAX_WORKBOOK_ROWS = 20_000
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_plain_workbook = lazy_function("tables.xlsx_export", "plain_workbook")


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """List the signatures that match the search."""
    header = get_letter_or_404(staff, slug)
    page = sorted_signatures(header.letter_id, search_from_query(STATES))
    return render_template(
        "staff/signatures/index.html",
        staff=staff,
        header=header,
        tab="signatures",
        found=page,
        change=running_change(header.letter_id)
        if any(name.state is SignatureState.OUTDATED for name in page.signatures)
        else None,
        states=STATES,
        picks=list(SignatureFilter),
        asked=query_parameters(),
    )


@bp.get("/csv")
@staff_only(Role.REVIEWER)
def export_csv(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Return the signatures that match the search as CSV."""
    header = get_letter_or_404(staff, slug)
    questions = table_questions(header.letter_id)
    content = names_table(_rows(header, questions), column_headings(questions))
    return _download(header, Response(stream_with_context(content), mimetype="text/csv"), "csv")


@bp.get("/xlsx")
@staff_only(Role.REVIEWER)
def export_xlsx(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Return the signatures that match the search as a workbook, unless there are too many for one."""
    header = get_letter_or_404(staff, slug)
    questions = table_questions(header.letter_id)
    headings = [*COLUMNS, *column_headings(questions)]
    table = [headings, *islice(chain.from_iterable(_rows(header, questions)), MAX_WORKBOOK_ROWS + 1)]
    if len(table) > MAX_WORKBOOK_ROWS + 1:
        flash(_("There are too many names for a workbook. Download the CSV instead."), "stop")
        return redirect_to(staff, ".index", slug=slug)
    return _download(header, Response(_plain_workbook(table, now()), mimetype=XLSX_TYPE), "xlsx")


def _rows(header: LetterHeader, questions: Questions) -> Iterator[Sequence[Sequence[str]]]:
    """Return the rows of the signatures that match the search of the query string, in batches."""
    return table_rows(header.letter_id, search_from_query(STATES), COLUMNS, questions)


def _download(header: LetterHeader, response: Response, file_format: str) -> Response:
    """Return a response as a download that is named after the letter and the day."""
    day, _time = utc_to_local(now(), header.deadline_zone)
    response.headers.set("Content-Disposition", "attachment", filename=f"{header.slug}-{day}.{file_format}")
    return response


@bp.route("/<int:signature_id>", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
def detail(staff: StaffContext, slug: str, signature_id: int) -> ResponseReturnValue:
    """Show one signature; a POST corrects its line."""
    header = get_letter_or_404(staff, slug)
    signature = signature_or_404(header, signature_id)
    form = CorrectionForm(signature)
    if form.validate_on_submit():
        try:
            was_emailed = correct_printed_line(
                chosen_signatures(staff, header, signature_id=signature_id), form.to_line(), form.expected_version.data
            )
        except UserFacingError as refusal:
            flash(str(refusal), "stop")
            return redirect_to(staff, ".detail", slug=slug, signature_id=signature_id)
        flash(_("Corrected. The signatory is being emailed about it.") if was_emailed else _("Corrected."), "good")
        if delivered := delivered_line_if_changed(
            header.letter_id, signature_id, signature_or_404(header, signature_id).signatory
        ):
            sentences = (
                _("Edition %(number)s was delivered with the line as it was, and keeps it.", number=delivered.number),
                _("Deliver another edition to replace it."),
            )
            flash(" ".join(sentences))
        if request.args.get("back") == "review":
            return redirect_to(staff, "review.index", slug=slug, _anchor=f"name-{signature_id}")
        return redirect_to(staff, ".detail", slug=slug, signature_id=signature_id)
    actions = actions_on(ReferenceKind.LETTER.reference(header.letter_id), ReferenceKind.SIGNATURE.reference(signature_id))
    history = [(action, entry_sentence(action), tuple(entry_changes(action, header.deadline_zone))) for action in actions]
    scan, revision = signature_picture(signature_id), newest_revision_if_any(header.letter_id)
    return render_template(
        "staff/signatures/detail.html", staff=staff, header=header, tab="signatures", name=signature, form=form,
        why=DeclineForm(formdata=None), vouching=VouchForSignatureForm(formdata=None), questions=inquiries_about(signature_id),
        story=history, last=pop_last_decision(header), back=request.args.get("back", ""),
        documents=evidence_documents(signature_id),
        scanning=SignaturePictureForm(formdata=None), scan=logo_view(scan) if scan else None,
        has_questions=bool(asked(letter_questions(header.letter_id))),
        has_blocks=revision is not None and revision.text.blocks is not SignatureBlocks.NONE,
    )  # fmt: skip


@bp.post("/<int:signature_id>/publish")
@staff_only(Role.REVIEWER)
def publish(staff: StaffContext, slug: str, signature_id: int) -> ResponseReturnValue:
    """Publish the signature."""
    header = get_letter_or_404(staff, slug)
    flash_outcome(
        publish_signatures(chosen_signatures(staff, header, signature_id=signature_id)), header, SignatureState.PUBLISHED
    )
    return redirect_to(staff, ".detail", slug=slug, signature_id=signature_id)


@bp.post("/<int:signature_id>/decline")
@staff_only(Role.REVIEWER)
def decline(staff: StaffContext, slug: str, signature_id: int) -> ResponseReturnValue:
    """Decline the signature. The form has the state that the page showed."""
    header, form = get_letter_or_404(staff, slug), DeclineForm()
    if not form.validate_on_submit():
        flash(_("Enter a reason. It goes into the activity log."), "stop")
        return redirect_to(staff, ".detail", slug=slug, signature_id=signature_id)
    flash_outcome(
        decline_signatures(chosen_signatures(staff, header, signature_id=signature_id), form.reason.data, _expected_state()),
        header,
        SignatureState.DECLINED,
    )
    return redirect_to(staff, ".detail", slug=slug, signature_id=signature_id)


@bp.post("/<int:signature_id>/return")
@staff_only(Role.REVIEWER)
def return_to_queue(staff: StaffContext, slug: str, signature_id: int) -> ResponseReturnValue:
    """Return the signature to the queue."""
    header = get_letter_or_404(staff, slug)
    flash_outcome(
        return_signatures(chosen_signatures(staff, header, signature_id=signature_id), _expected_state()),
        header,
        SignatureState.CONFIRMED,
    )
    return redirect_to(staff, ".detail", slug=slug, signature_id=signature_id)


def _expected_state() -> SignatureState:
    state = request.form.get("expected_state", "")
    return SignatureState(state) if state in STATES else abort(400)

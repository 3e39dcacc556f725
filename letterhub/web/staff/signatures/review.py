"""Review queue: confirmed signatures with their evidence, decided one by one or together."""

from dataclasses import replace

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectChoice, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from letterhub.commands.signatures.review import decline_signatures, publish_signatures, return_signatures
from letterhub.domain.accounts.roles import Role
from letterhub.domain.letters.drafts import normalize_multiline
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.line_validation import line_error
from letterhub.domain.signatures.line_fields import STAFF_FIELDS
from letterhub.domain.signatures.publishing import is_undoubted
from letterhub.domain.signatures.review import SignatureFilter
from letterhub.domain.signatures.sort_keys import MAX_LEAD_ORDER
from letterhub.domain.states import SignatureState
from letterhub.queries.accounts import StaffContext
from letterhub.queries.signatures.clear_names import clear_signatures
from letterhub.queries.signatures.review import SignatureDetails, queued_signatures, signatures_by_id
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import SCOPE_LABELS, ColumnIntegerField, clean_line, parse_integer, select_choices
from letterhub.web.staff.signatures.review_messages import chosen_signatures, flash_outcome, pop_last_decision
from letterhub.web.staff.signatures.search_parameters import query_parameters, search_from_query


def check_printable(_form: FlaskForm, field: StringField) -> None:
    """Require text that fits one printed line."""
    problem = line_error(field.data or "")
    if problem:
        raise ValidationError(f"{field.label.text} {problem}.")


class DeclineForm(FlaskForm):  # type: ignore[misc]
    """Form for the reason of a decline."""

    reason = StringField(
        _("Reason"),
        filters=[clean_line],
        validators=[DataRequired(_("Enter a reason. It goes into the activity log.")), Length(max=500)],
        id="why",
    )
    explanation = TextAreaField(
        _("What to tell the signatory"),
        filters=[lambda typed: normalize_multiline((typed or "")[:4000])],
        validators=[Length(max=1000)],
    )


class CorrectionForm(FlaskForm):  # type: ignore[misc]
    """Form that corrects a line and its sort position: each of STAFF_FIELDS.

    `expected_version` is the version of the line as shown.
    """

    section = SelectField(_("Scope"))
    lead = BooleanField(_("Lead organization: listed first"))
    lead_order = ColumnIntegerField(
        _("Place among the leads"),
        validators=[
            Optional(),
            NumberRange(1, MAX_LEAD_ORDER, _("Enter a number from 1 to %(most)s, or nothing.", most=MAX_LEAD_ORDER)),
        ],
    )
    expected_version = HiddenField()

    def __init__(self, signature: SignatureDetails) -> None:
        self.line = signature.signatory
        section = self.line.section if self.line.kind is SignatoryKind.ORGANIZATION else ""
        data = {line_field.key: getattr(self.line, line_field.key) for line_field in STAFF_FIELDS} | {
            "section": section,
            "lead_order": self.line.lead_order or None,
            "expected_version": signature.line_version,
        }
        super().__init__(data=data)
        self.section.choices = select_choices(SCOPE_LABELS, empty=_("None"))
        if section and section not in SCOPE_LABELS:
            self.section.choices.append(SelectChoice(section, section))

    def validate_organization(self, field: StringField) -> None:
        """Require a name if an organization signs."""
        if self.line.kind is SignatoryKind.ORGANIZATION and not field.data:
            raise ValidationError(_("Enter the name of the organization."))

    def validate_signer_name(self, field: StringField) -> None:
        """Require a name if an individual signs."""
        if self.line.kind is SignatoryKind.INDIVIDUAL and not field.data:
            raise ValidationError(_("Enter the name of the person."))

    def to_line(self) -> Signatory:
        """Return the line as corrected; only a lead has a place among the leads."""
        line = replace(self.line, **{line_field.key: self[line_field.key].data for line_field in STAFF_FIELDS})
        return replace(line, lead_order=(line.lead_order or 0) if line.lead else 0)


for _line_field in STAFF_FIELDS:
    if _line_field.key not in ("section", "lead", "lead_order"):
        _validators = [Length(max=_line_field.max_length), check_printable]
        setattr(CorrectionForm, _line_field.key, StringField(_line_field.label, filters=[clean_line], validators=_validators))


bp = Blueprint("review", __name__)

QUEUE_STATES = (SignatureState.CONFIRMED,)
UNDOABLE_STATES = {str(state): state for state in (SignatureState.PUBLISHED, SignatureState.DECLINED)}


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """List the waiting signatures, oldest first."""
    header = get_letter_or_404(staff, slug)
    search = search_from_query(QUEUE_STATES)
    return render_template(
        "staff/signatures/review.html", staff=staff, header=header, tab="review", found=queued_signatures(header.letter_id,
        search),
        search=search, picks=list(SignatureFilter), asked=query_parameters(), last=pop_last_decision(header),
        is_doubtful=has_doubts,
    )  # fmt: skip


@bp.get("/clear-names")
@staff_only(Role.REVIEWER)
def without_doubts(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the signatures without doubts, which may be published together."""
    header = get_letter_or_404(staff, slug)
    found = clear_signatures(header.letter_id, request.args.get("after", 0, type=parse_integer))
    return render_template("staff/signatures/clear_names.html", staff=staff, header=header, tab="review", found=found)


@bp.post("/publish")
@staff_only(Role.REVIEWER)
def publish(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Publish the chosen signatures. Several with doubts among them need a confirmation page first, and two of one name or
    organization are never published together.
    """
    header = get_letter_or_404(staff, slug)
    selection = chosen_signatures(staff, header)
    if len(selection.signature_ids) > 1:
        signatures = signatures_by_id(header.letter_id, selection.signature_ids, QUEUE_STATES)
        # chosen signatures that share their name or organization with another chosen one
        rivals = [
            signature
            for signature in signatures
            if not selection.expected_versions.keys().isdisjoint(namesake.id for namesake in signature.namesakes)
        ]
        unrivaled = [signature for signature in signatures if signature not in rivals]
        if rivals or ("doubts_seen" not in request.form and any(map(has_doubts, unrivaled))):
            return render_template(
                "staff/signatures/doubts.html", staff=staff, header=header, tab="review", asked=query_parameters(),
                rivals=rivals,
                doubtful=list(filter(has_doubts, unrivaled)),
                clear=[signature for signature in unrivaled if not has_doubts(signature)],
            )  # fmt: skip
    flash_outcome(publish_signatures(selection), header, SignatureState.PUBLISHED)
    return _redirect_to_queue(staff, slug)


def has_doubts(signature: SignatureDetails) -> bool:
    """Return whether a signature has doubts or was not confirmed at its organization's own mailbox."""
    return not is_undoubted(signature.signatory.kind, signature.assessment)


@bp.post("/decline")
@staff_only(Role.REVIEWER)
def decline(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Decline the chosen signatures. Asks for a reason if there is none."""
    header = get_letter_or_404(staff, slug)
    selection = chosen_signatures(staff, header)
    signatures = signatures_by_id(header.letter_id, selection.signature_ids, QUEUE_STATES)
    has_reason = "reason" in request.form
    form = DeclineForm() if has_reason else DeclineForm(formdata=None)
    if signatures and not (has_reason and form.validate()):
        return render_template(
            "staff/signatures/decline.html",
            staff=staff,
            header=header,
            tab="review",
            form=form,
            names=signatures,
            asked=query_parameters(),
        )
    flash_outcome(
        decline_signatures(selection, form.reason.data, explanation=form.explanation.data), header, SignatureState.DECLINED
    )
    return _redirect_to_queue(staff, slug)


@bp.post("/undo")
@staff_only(Role.REVIEWER)
def undo(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Return the signatures of the last decision to the queue."""
    header = get_letter_or_404(staff, slug)
    expected_state = UNDOABLE_STATES.get(request.form.get("state", ""), SignatureState.PUBLISHED)
    flash_outcome(return_signatures(chosen_signatures(staff, header), expected_state), header, SignatureState.CONFIRMED)
    return _redirect_to_queue(staff, slug)


def _redirect_to_queue(staff: StaffContext, slug: str) -> ResponseReturnValue:
    return redirect_to(staff, "review.index", slug=slug, **query_parameters())

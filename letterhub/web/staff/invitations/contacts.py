"""Contacts of a coalition: the list, and the page of one with its people, letters, notes and next step."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.invitations.answers import record_contact_answer
from letterhub.commands.invitations.contacts import (
    add_contact_entry,
    create_contact,
    delete_contact,
    edit_contact,
    save_person,
    set_next_step,
)
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.domain.invitations.contact import ContactChanged, ContactEntryKind
from letterhub.queries.accounts import StaffContext, team_of
from letterhub.queries.invitations.contacts import (
    ContactProfile,
    contact_profile,
    contacts_page,
    letters_to_sign,
    tag_counts,
)
from letterhub.queries.letters.letter_header import find_letter_header
from letterhub.queries.mail.notices import default_zone
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import CommandForm
from letterhub.web.staff.invitations.contact_forms import (
    ContactAnswerForm,
    ContactDetailsForm,
    ContactEntryForm,
    NextStepForm,
    PersonForm,
    VersionedForm,
)
from letterhub.web.staff.invitations.outreach_filters import filter_from_query, filter_parameters, requested_page
from letterhub.web.staff.invitations.outreach_tables import OUTCOME_NAMES

bp = Blueprint("contacts", __name__)


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext) -> ResponseReturnValue:
    """List the contacts."""
    found, contacts = contacts_page(staff.coalition_id, filter_from_query(), requested_page())
    return render_template(
        "staff/invitations/contacts/index.html", staff=staff, found=found, contacts=contacts, asked=filter_parameters(),
        team=team_of(staff.coalition_id), tags=tag_counts(staff.coalition_id), letters=letters_to_sign(staff.coalition_id),
        may_edit=staff.role.covers(Role.ORGANIZER),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
def create(staff: StaffContext) -> ResponseReturnValue:
    """Add a contact."""
    form = ContactDetailsForm(team_of(staff.coalition_id))
    if form.validate_on_submit():
        try:
            contact_id = create_contact(staff, form.to_details(), form.to_person(), now())
        except UserFacingError as refusal:
            _add_error(form, refusal)
        else:
            flash(_("%(name)s was added to your contacts.", name=form.name.data), "good")
            return redirect_to(staff, ".detail", contact_id=contact_id)
    return render_template("staff/invitations/contacts/create.html", staff=staff, form=form), 422 if form.errors else 200


@bp.get("/<int:contact_id>")
@staff_only(Role.REVIEWER)
def detail(staff: StaffContext, contact_id: int) -> ResponseReturnValue:
    """Show a contact with all that staff need to reach it."""
    return _render_page(staff, _profile_or_404(staff, contact_id))


@bp.route("/<int:contact_id>/edit", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
def edit(staff: StaffContext, contact_id: int) -> ResponseReturnValue:
    """Edit a contact's name, website, owner and tags."""
    profile = _profile_or_404(staff, contact_id)
    contact = profile.contact
    data = {"name": contact.name, "website": contact.website, "owner": profile.owner_id or 0, "tags": ", ".join(contact.tags)}
    form = ContactDetailsForm(team_of(staff.coalition_id), data=data | {"version": contact.version})
    if form.validate_on_submit():
        try:
            edit_contact(staff, contact_id, form.to_details(), form.shown_version, now())
        except UserFacingError as refusal:
            _add_error(form, refusal)
            form.version.data = _profile_or_404(staff, contact_id).contact.version
        else:
            return redirect_to(staff, ".detail", contact_id=contact_id)
    page = render_template("staff/invitations/contacts/edit.html", staff=staff, form=form, contact=contact)
    return page, 422 if form.errors else 200


@bp.route("/<int:contact_id>/delete", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
def delete(staff: StaffContext, contact_id: int) -> ResponseReturnValue:
    """Ask whether to delete a contact, and delete it."""
    profile = _profile_or_404(staff, contact_id)
    form = VersionedForm(data={"version": profile.contact.version})
    if form.validate_on_submit():
        try:
            delete_contact(staff, contact_id, form.shown_version, now())
        except ContactChanged as refusal:
            flash(str(refusal), "stop")
            return redirect_to(staff, ".detail", contact_id=contact_id)
        flash(_("%(name)s was deleted from your contacts.", name=profile.contact.name), "good")
        return redirect_to(staff, ".index")
    return render_template("staff/invitations/contacts/delete.html", staff=staff, contact=profile.contact, form=form)


@bp.post("/<int:contact_id>/people")
@staff_only(Role.ORGANIZER)
def create_person(staff: StaffContext, contact_id: int) -> ResponseReturnValue:
    """Add a person."""
    return _save_person(staff, contact_id, None)


@bp.post("/<int:contact_id>/people/<int:number>")
@staff_only(Role.ORGANIZER)
def edit_person(staff: StaffContext, contact_id: int, number: int) -> ResponseReturnValue:
    """Save or remove a person."""
    return _save_person(staff, contact_id, number)


@bp.post("/<int:contact_id>/notes")
@staff_only(Role.ORGANIZER)
def add_entry(staff: StaffContext, contact_id: int) -> ResponseReturnValue:
    """Add a note, or what was said in a call."""
    profile, form = _profile_or_404(staff, contact_id), ContactEntryForm()
    if not form.validate():
        return _render_page(staff, profile, noting=form), 422
    add_contact_entry(staff, contact_id, ContactEntryKind(form.kind.data), form.text.data, now())
    return _back(staff, contact_id)


@bp.post("/<int:contact_id>/next-step")
@staff_only(Role.ORGANIZER)
def update_next_step(staff: StaffContext, contact_id: int) -> ResponseReturnValue:
    """Set or clear the next step."""
    profile, form = _profile_or_404(staff, contact_id), NextStepForm()
    if form.validate():
        try:
            set_next_step(staff, contact_id, form.to_step(), form.shown_version, now())
        except UserFacingError as refusal:
            form.add_error(refusal)
            profile = _profile_or_404(staff, contact_id)
    return (_render_page(staff, profile, stepping=form), 422) if form.errors else _back(staff, contact_id)


@bp.post("/<int:contact_id>/answer")
@staff_only(Role.ORGANIZER)
def record_answer(staff: StaffContext, contact_id: int) -> ResponseReturnValue:
    """Record what the contact answered about a letter."""
    profile, form = _profile_or_404(staff, contact_id), ContactAnswerForm()
    header = get_letter_or_404(staff, form.letter.data or "")
    if form.validate():
        facts = (form.shown_version, form.recorded_answer, form.reason.data, now())
        try:
            record_contact_answer(staff, header.letter_id, contact_id, *facts)
        except UserFacingError as refusal:
            form.add_error(refusal)
            profile = _profile_or_404(staff, contact_id)
    return (_render_page(staff, profile, answering=form), 422) if form.errors else _back(staff, contact_id)


def _save_person(staff: StaffContext, contact_id: int, person_id: int | None) -> ResponseReturnValue:
    profile, form = _profile_or_404(staff, contact_id), PersonForm()
    if form.validate():
        try:
            save_person(staff, contact_id, person_id, form.to_person(), form.shown_version, now())
        except UserFacingError as refusal:
            form.add_error(refusal)
            profile = _profile_or_404(staff, contact_id)
    if form.errors:
        return _render_page(staff, profile, person=form, person_id=person_id), 422
    return _back(staff, contact_id)


def _add_error(form: ContactDetailsForm, refusal: UserFacingError) -> None:
    """Add an error to its field; one about an address to that of the first person."""
    if refusal.field == "email":
        form.person_email.errors = [str(refusal)]
    else:
        form.add_error(refusal)


def _back(staff: StaffContext, contact_id: int) -> ResponseReturnValue:
    flash(_("Saved."), "good")
    return redirect_to(staff, ".detail", contact_id=contact_id, letter=request.args.get("letter") or None)


def _letter_slug(staff: StaffContext) -> str:
    """Return the slug of the letter whose invitations lead here; "" for none."""
    slug = request.args.get("letter", "")
    return slug if slug and find_letter_header(staff.coalition_id, slug) else ""


def _profile_or_404(staff: StaffContext, contact_id: int) -> ContactProfile:
    return contact_profile(staff.coalition_id, contact_id) or abort(404)


def _render_page(staff: StaffContext, profile: ContactProfile, person_id: int | None = None, **rejected: CommandForm) -> str:
    """Render a contact with its forms; one of them may hold rejected input, for the person with an id or a new one."""
    contact = profile.contact
    step: dict[str, Any] = {"step": contact.next_step, "on": contact.next_step_on}
    people = {
        person.id: PersonForm(
            formdata=None,
            data={"person_name": person.name, "person_title": person.title, "email": person.email, "phone": person.phone,
                  "note": person.note},
        )
        for person in contact.people
    }  # fmt: skip
    new_person: CommandForm = PersonForm(formdata=None)
    if (person := rejected.pop("person", None)) is not None:
        people, new_person = ({**people, person_id: person}, new_person) if person_id in people else (people, person)
    forms: dict[str, Any] = {
        "noting": ContactEntryForm(formdata=None),
        "stepping": NextStepForm(formdata=None, data=step),
        "answering": ContactAnswerForm(formdata=None),
        "new_person": new_person,
    } | rejected
    for prefix, form in (*forms.items(), *((f"person-{number}", form) for number, form in people.items())):
        for field in form:
            field.id = f"{prefix}-{field.id}"
    return render_template(
        "staff/invitations/contacts/detail.html", staff=staff, profile=profile, contact=contact, people=people,
        letter=_letter_slug(staff), zone=default_zone(staff.coalition_id), outcome_names=OUTCOME_NAMES,
        may_edit=staff.role.covers(Role.ORGANIZER), **forms,
    )  # fmt: skip

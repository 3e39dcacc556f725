"""Secret links to pages of a letter: created, shown once, listed with their use, and revoked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from letterhub.clock import now
from letterhub.commands.links.secret_links import create_secret_link, revoke_secret_link
from letterhub.domain.accounts.roles import Role
from letterhub.domain.links.secret_links import LABEL_LENGTH, LINK_RULES, LinkKind, LinkLifetime, LinkPermission
from letterhub.mail.messages import site_url
from letterhub.queries.accounts import StaffContext
from letterhub.queries.links.secret_links import secret_links
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import CommandForm, choice_field, clean_line, new_idempotency_key, select_choices

bp = Blueprint("secret_links", __name__)

LIFETIME_LABELS: Mapping[LinkLifetime, Any] = {
    LinkLifetime.QUARTER: _l("90 days"),
    LinkLifetime.WEEK: _l("7 days"),
    LinkLifetime.MONTH: _l("30 days"),
    LinkLifetime.YEAR: _l("A year"),
    LinkLifetime.UNTIL_REVOKED: _l("Until it is revoked"),
}
PERMISSION_LABELS: Mapping[LinkPermission, Any] = {
    LinkPermission.READ: _l("Reading only"),
    LinkPermission.COMMENT: _l("Reading and commenting"),
    LinkPermission.SUGGEST: _l("Reading, commenting and suggesting changes"),
}


@dataclass(frozen=True, slots=True)
class LinksPage:
    """Words of the page that lists the links to a page of the letter: `shared` is the endpoint of that page, `back` and
    `back_label` lead to where it is made, and `hint` is about whom a link is for."""

    tab: str
    shared: str
    back: str
    back_label: Any
    heading: Any
    introduction: Any
    hint: Any


PAGES: Mapping[LinkKind, LinksPage] = {
    LinkKind.PROGRESS: LinksPage(
        "overview",
        "progress_page.detail",
        "overview.detail",
        _l("Overview"),
        _l("Share the progress"),
        _l(
            "Each link opens a page with the letter’s numbers and charts, for leads or a board. It names nobody, and nothing "
            "can be changed there."
        ),
        _l("Such as “Board” or “Lead organizations.”"),
    ),
    LinkKind.PRESS: LinksPage(
        "release",
        "embargoed_press_page.detail",
        "press_pages.edit",
        _l("Press page"),
        _l("Share the press page"),
        _l(
            "Each link opens the press page before its hour, with a note about the embargo. Make one for each newsroom: you "
            "can see how often it was used, and revoke it."
        ),
        _l("A newsroom or a person."),
    ),
    LinkKind.DRAFT: LinksPage(
        "write",
        "shared_draft.detail",
        "draft_comments.index",
        _l("Comments"),
        _l("Share the draft"),
        _l(
            "Each link opens the draft as it stands, without an account: make one for each person or organization. Nothing can "
            "be changed by it; what it suggests waits for you. It ends when you open the letter."
        ),
        _l("A person or an organization. Comments by this link carry this name."),
    ),
}


class SecretLinkForm(CommandForm):
    """Form for a new link: for whom it is, what it allows, and how long it works."""

    label = StringField(
        _l("For whom"),
        filters=[clean_line],
        validators=[DataRequired(_l("Enter for whom the link is.")), Length(max=LABEL_LENGTH)],
    )
    permission = choice_field(_l("Allows"), PERMISSION_LABELS)
    lifetime = choice_field(_l("Works for"), LIFETIME_LABELS)

    def __init__(self, kind: LinkKind, **kwargs: Any) -> None:
        rules = LINK_RULES[kind]
        super().__init__(data={"permission": rules.permissions[0], "lifetime": rules.lifetimes[0]}, **kwargs)
        self.lifetime.choices = select_choices({one: LIFETIME_LABELS[one] for one in rules.lifetimes})
        self.permission.choices = select_choices({one: PERMISSION_LABELS[one] for one in rules.permissions})
        if len(rules.permissions) == 1:
            del self.permission


@bp.get("")
@staff_only(Role.ORGANIZER)
def index(staff: StaffContext, slug: str, kind: str) -> ResponseReturnValue:
    """List the links with their use."""
    return _render_page(staff, slug, LinkKind(kind), SecretLinkForm(LinkKind(kind), formdata=None))


@bp.post("")
@staff_only(Role.ORGANIZER)
def create(staff: StaffContext, slug: str, kind: str) -> ResponseReturnValue:
    """Create a link, and show it: only its hash is stored, so it can't be shown again."""
    page = LinkKind(kind)
    header, form = get_letter_or_404(staff, slug), SecretLinkForm(page)
    if form.validate():
        permission = form.permission.data if form.permission else LinkPermission.READ
        with form.showing_errors():
            token = create_secret_link(
                header.letter_id, page, form.label.data, form.lifetime.data, permission, staff_id=staff.staff_id,
                actor=staff.actor, at=now(), form_token=request.form.get("form_token", ""),
            )  # fmt: skip
            new_form = SecretLinkForm(page, formdata=None)
            address = site_url(url_for(PAGES[page].shared, token=token))
            return _render_page(staff, slug, page, new_form, address, form.label.data)
    return _render_page(staff, slug, page, form), 422


@bp.post("/<int:link_id>/revoke")
@staff_only(Role.ORGANIZER)
def delete(staff: StaffContext, slug: str, kind: str, link_id: int) -> ResponseReturnValue:
    """Revoke a link."""
    letter_id = get_letter_or_404(staff, slug).letter_id
    revoke_secret_link(letter_id, LinkKind(kind), link_id, actor=staff.actor, at=now())
    flash(_("The link no longer works."), "good")
    return redirect_to(staff, ".index", slug=slug, kind=kind)


def _render_page(
    staff: StaffContext, slug: str, kind: LinkKind, form: SecretLinkForm, address: str = "", label: str = ""
) -> str:
    """Render the list, with the address of a link that was just created."""
    header = get_letter_or_404(staff, slug)
    return render_template(
        "staff/links/secret_links.html", staff=staff, header=header, kind=kind, page=PAGES[kind], form=form, address=address,
        label=label, links=secret_links(header.letter_id, kind, now()), permissions=PERMISSION_LABELS,
        once=new_idempotency_key(),
    )  # fmt: skip

"""Page by which a member of staff ends a coalition's notices, in one click of the mail program (RFC 8058)."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.mail.notices import end_notices
from letterhub.infrastructure.signed_links import InvalidLink, Purpose, current_link_signer
from letterhub.mail.messages import ONE_CLICK
from letterhub.queries.mail.notices import MemberNotices, notices_by_link
from letterhub.web.access import Audience, open_to
from letterhub.web.public.link_forms import AreYouSureForm
from letterhub.web.public.link_pages import init_link_blueprint

bp = init_link_blueprint(Blueprint("end_notices", __name__))


@bp.get("/end-notices/<token>")
@open_to(Audience.LINK_HOLDER)
def detail(token: str) -> ResponseReturnValue:
    """Show that notices can be ended or chosen."""
    return _render_page(_notices_from_link(token)[0], token, AreYouSureForm(formdata=None))


@bp.post("/end-notices/<token>")
@open_to(Audience.LINK_HOLDER)
def update(token: str) -> ResponseReturnValue:
    """End the notices: at once if the mail program asks, and by the page's box and button."""
    (member, staff_id), (field, value), form = _notices_from_link(token), ONE_CLICK, AreYouSureForm()
    is_one_click = request.form.get(field) == value
    if not is_one_click and not form.validate():
        return _render_page(member, token, form), 422
    end_notices(staff_id, member.membership_id, now())
    if is_one_click:
        return _render_page(_notices_from_link(token)[0], token, AreYouSureForm(formdata=None))
    return redirect(url_for(".detail", token=token), 303)


def _notices_from_link(token: str) -> tuple[MemberNotices, int]:
    """Return the notices that a link ends, with the id of the account. Raises InvalidLink and ExpiredLink."""
    content = current_link_signer().open(Purpose.END_NOTICES, token)
    if (member := notices_by_link(content)) is None:
        raise InvalidLink(_("You’re no longer on this team, so it sends you no more notices."))
    return member, content.subject[1]


def _render_page(member: MemberNotices, token: str, form: AreYouSureForm) -> str:
    return render_template("public/mail/end_notices.html", member=member, token=token, form=form)

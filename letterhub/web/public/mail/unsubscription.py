"""Page by which a mailbox unsubscribes from a coalition, in one click of its mail program (RFC 8058). GET changes nothing."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.mail.unsubscriptions import subscribe_again, unsubscribe
from letterhub.infrastructure.signed_links import Purpose, current_link_signer
from letterhub.mail.messages import ONE_CLICK
from letterhub.queries.mail.unsubscriptions import Subscription, subscription_of
from letterhub.web.access import Audience, open_to
from letterhub.web.public.signatures.link_forms import AreYouSureForm
from letterhub.web.public.signatures.mailed_links import init_link_blueprint

bp = init_link_blueprint(Blueprint("unsubscription", __name__))


@bp.get("/unsubscribe/<token>")
@open_to(Audience.LINK_HOLDER)
def detail(token: str) -> ResponseReturnValue:
    """Show what the mailbox gets, and the button that ends or renews it."""
    return _render_page(_subscription_from_link(token), token, AreYouSureForm(formdata=None))


@bp.post("/unsubscribe/<token>")
@open_to(Audience.LINK_HOLDER)
def update(token: str) -> ResponseReturnValue:
    """Unsubscribe the mailbox: at once if its mail program asks, and by the page's box and button."""
    subscription, (field, value), form = _subscription_from_link(token), ONE_CLICK, AreYouSureForm()
    if request.form.get(field) == value:
        unsubscribe(subscription.coalition_id, subscription.recipient_hash, now())
        return _render_page(_subscription_from_link(token), token, AreYouSureForm(formdata=None))
    if not form.validate():
        return _render_page(subscription, token, form), 422
    if request.form.get("choice") == "subscribe":
        subscribe_again(subscription.coalition_id, subscription.recipient_hash)
    else:
        unsubscribe(subscription.coalition_id, subscription.recipient_hash, now())
    return redirect(url_for(".detail", token=token), 303)


def _subscription_from_link(token: str) -> Subscription:
    """Return the subscription of a link. Raises InvalidLink and ExpiredLink."""
    return subscription_of(current_link_signer().open(Purpose.UNSUBSCRIBE, token)) or abort(404)


def _render_page(subscription: Subscription, token: str, form: AreYouSureForm) -> str:
    return render_template("public/mail/unsubscribe.html", subscription=subscription, token=token, form=form)

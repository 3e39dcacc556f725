"""Pages by which a mailbox unsubscribes from a coalition, in one click of its mail program (RFC 8058), and subscribes again.

GET changes nothing.
"""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.mail.unsubscriptions import ask_to_subscribe, subscribe_again, unsubscribe
from letterhub.infrastructure.signed_links import Purpose, current_link_signer
from letterhub.mail.messages import ONE_CLICK
from letterhub.queries.mail.unsubscriptions import Subscription, subscription_of
from letterhub.web.access import Audience, open_to
from letterhub.web.public.link_forms import AreYouSureForm, NewLinkForm
from letterhub.web.public.link_pages import init_link_blueprint

bp = init_link_blueprint(Blueprint("unsubscription", __name__))


@bp.get("/unsubscribe/<token>")
@open_to(Audience.LINK_HOLDER)
def detail(token: str) -> ResponseReturnValue:
    """Show what the mailbox gets, and the button that ends it."""
    return _render_page(_subscription_from_link(token), token)


@bp.post("/unsubscribe/<token>")
@open_to(Audience.LINK_HOLDER)
def update(token: str) -> ResponseReturnValue:
    """Unsubscribe the mailbox: at once if its mail program asks, and by the page's box and button."""
    subscription, (field, value), form = _subscription_from_link(token), ONE_CLICK, AreYouSureForm()
    is_one_click = request.form.get(field) == value
    if not is_one_click and not form.validate():
        return _render_page(subscription, token, form), 422
    unsubscribe(subscription.coalition_id, subscription.recipient_hash, now())
    if is_one_click:
        return _render_page(_subscription_from_link(token), token)
    return redirect(url_for(".detail", token=token), 303)


@bp.post("/unsubscribe/<token>/subscribe")
@open_to(Audience.LINK_HOLDER)
def ask(token: str) -> ResponseReturnValue:
    """Mail a link that subscribes again, if the address is the mailbox that unsubscribed; the answer is the same if not."""
    subscription, form = _subscription_from_link(token), NewLinkForm()
    if not form.validate():
        return _render_page(subscription, token, address=form), 422
    ask_to_subscribe(subscription.coalition_id, subscription.recipient_hash, form.email.data, now())
    return _render_page(subscription, token, is_asked=True)


@bp.get("/subscribe/<token>")
@open_to(Audience.LINK_HOLDER)
def subscribe(token: str) -> ResponseReturnValue:
    """Show the button by which the mailbox subscribes again."""
    return _render_subscribing(_subscription_from_link(token, Purpose.SUBSCRIBE), token, AreYouSureForm(formdata=None))


@bp.post("/subscribe/<token>")
@open_to(Audience.LINK_HOLDER)
def renew(token: str) -> ResponseReturnValue:
    """Subscribe the mailbox again."""
    subscription, form = _subscription_from_link(token, Purpose.SUBSCRIBE), AreYouSureForm()
    if not form.validate():
        return _render_subscribing(subscription, token, form), 422
    subscribe_again(subscription.coalition_id, subscription.recipient_hash)
    return redirect(url_for(".subscribe", token=token), 303)


def _subscription_from_link(token: str, purpose: Purpose = Purpose.UNSUBSCRIBE) -> Subscription:
    """Return the subscription of a link. Raises InvalidLink and ExpiredLink."""
    return subscription_of(current_link_signer().open(purpose, token)) or abort(404)


def _render_page(
    subscription: Subscription, token: str, form: AreYouSureForm | None = None, address: NewLinkForm | None = None,
    *, is_asked: bool = False,
) -> str:  # fmt: skip
    return render_template(
        "public/mail/unsubscribe.html", subscription=subscription, token=token, is_asked=is_asked,
        form=form or AreYouSureForm(formdata=None), address=address or NewLinkForm(formdata=None),
    )  # fmt: skip


def _render_subscribing(subscription: Subscription, token: str, form: AreYouSureForm) -> str:
    return render_template("public/mail/subscribe.html", subscription=subscription, token=token, form=form)

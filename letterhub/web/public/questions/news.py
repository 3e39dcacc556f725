"""Page by which a signatory ends the news that they asked for. GET changes nothing."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.questions.news import withdraw_news_consent
from letterhub.infrastructure.signed_links import Purpose
from letterhub.queries.signatures.own_signature import OwnSignature
from letterhub.web.access import Audience, open_to
from letterhub.web.public.link_forms import AreYouSureForm
from letterhub.web.public.link_pages import init_link_blueprint
from letterhub.web.public.signatures.mailed_links import signature_from_link

bp = init_link_blueprint(Blueprint("news", __name__))


@bp.get("/news/<token>")
@open_to(Audience.LINK_HOLDER)
def detail(token: str) -> ResponseReturnValue:
    """Show what the signatory agreed to, and the box and button that end it."""
    return _render_page(signature_from_link(Purpose.NEWS, token), token, AreYouSureForm(formdata=None))


@bp.post("/news/<token>")
@open_to(Audience.LINK_HOLDER)
def update(token: str) -> ResponseReturnValue:
    """End the news, once the box is checked."""
    signature, form = signature_from_link(Purpose.NEWS, token), AreYouSureForm()
    if not form.validate():
        return _render_page(signature, token, form), 422
    withdraw_news_consent(signature.id, now())
    return redirect(url_for(".detail", token=token), 303)


def _render_page(signature: OwnSignature, token: str, form: AreYouSureForm) -> str:
    return render_template("public/questions/news.html", signature=signature, token=token, form=form)

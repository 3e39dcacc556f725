"""Staff accounts by Flask-Security: the one web file that touches tables, because the library needs the staff table."""

from functools import partial
from typing import Any

from flask import Flask, Request
from flask_security import MailUtil, RoleMixin, Security, SQLAlchemyUserDatastore
from flask_security.totp import Totp
from passlib.totp import TOTP, AppWallet

from letterhub.clock import now
from letterhub.commands.accounts import ask_for_new_password
from letterhub.config import Settings
from letterhub.db import db
from letterhub.domain.demo import PASSWORD, SIGN_INS
from letterhub.models import Staff
from letterhub.web.account_forms import FORMS
from letterhub.web.account_settings import library_settings


class NoRoles(RoleMixin):
    """Flask-Security's own roles are not used: a role is held in a coalition (see Membership)."""


class Outgoing(MailUtil):
    """The library's one mail goes through our outbox, as a reference to the account: the link is made when it is sent."""

    def send_mail(self, template: str, *_rendered: Any, **context: Any) -> None:
        """Asks for the mail that leads to a new password; every other kind of mail is off in the settings."""
        if not template.endswith("/reset_instructions"):
            raise RuntimeError(f"no mail of ours stands for {template}")
        ask_for_new_password(context["user"].id, now())


class CodesByKey(Totp):
    """Codes of authenticator apps, whose secrets are kept encrypted: with the first key, and readable by all of them."""

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        self._totp = TOTP.using(issuer=issuer, wallet=AppWallet(secrets, default_tag=next(iter(secrets))))


def install(app: Flask, settings: Settings) -> None:
    """Signing in and out, under our own addresses and templates."""
    app.config.update(library_settings(settings))
    security = Security(app, SQLAlchemyUserDatastore(db, Staff, NoRoles), mail_util_cls=Outgoing, totp_cls=CodesByKey, **FORMS)
    security.want_json(_never)
    security.login_context_processor(partial(_demo_sign_ins, settings.demo))


def _never(_request: Request) -> bool:
    """These pages are for people: none of them answers a program."""
    return False


def _demo_sign_ins(demo: bool) -> dict[str, Any]:
    return {"demo_sign_ins": SIGN_INS if demo else (), "demo_password": PASSWORD if demo else ""}

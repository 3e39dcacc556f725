"""Template context of mails about accounts: invitations to a team or to found a coalition, resets, and changes to sign-in."""

import datetime as dt
from typing import Any

from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from letterhub.domain.i18n import _
from letterhub.domain.mail.outgoing_mail import ObsoleteMail
from letterhub.domain.operations.coalition_invitations import InvitationState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import LIFETIMES, Purpose, current_settings
from letterhub.mail.messages import password_reset_url, signed_url, site_url
from letterhub.models import Coalition, CoalitionInvitation, Letter, Membership, OutboxMessage, Staff, Webhook
from letterhub.queries.letters.letter_header import letter_titles

RESET_LIFETIME = dt.timedelta(days=1)  # Flask-Security's default
Context = dict[str, Any]


def staff_language(message: OutboxMessage) -> str:
    """Return the language of a mail to staff: the one that the account of its address chose, else the inviter's."""
    chosen = db.session.scalar(select(Staff.language).where(func.lower(Staff.email) == message.recipient.lower()))
    return chosen or message.parameters.get("language", "")


def join_mail_context(message: OutboxMessage, at: dt.datetime) -> Context:
    """Return the context of an invitation to a coalition's team. Raises ObsoleteMail if it was accepted or withdrawn."""
    options = [joinedload(Membership.coalition), joinedload(Membership.staff)]
    member = db.session.get(Membership, message.parameters["membership_id"], options=options)
    if member is None or member.joined_at is not None:
        raise ObsoleteMail(_("Not sent: the invitation was accepted or withdrawn."))
    return {
        "coalition": member.coalition.name,
        "accent": member.coalition.accent,
        "role": str(member.role),
        "name": member.staff.name,
        "link": signed_url(Purpose.JOIN, member.id, member.staff_id, since=member.staff.created_at),
        "until": at + LIFETIMES[Purpose.JOIN],
    }


def founding_mail_context(message: OutboxMessage, at: dt.datetime) -> Context:
    """Return the context of an invitation to found a coalition. Raises ObsoleteMail if it was accepted or revoked."""
    invitation = db.session.get(CoalitionInvitation, message.parameters["coalition_invitation_id"])
    if invitation is None or invitation.state_at(at) in (InvitationState.ACCEPTED, InvitationState.REVOKED):
        raise ObsoleteMail(_("Not sent: the invitation was accepted or withdrawn."))
    return {
        "coalition": invitation.name,
        "host": current_settings().host,
        "link": signed_url(Purpose.FOUNDING, invitation.id, since=invitation.created_at),
        "until": at + LIFETIMES[Purpose.FOUNDING],
    }


def reset_mail_context(message: OutboxMessage, at: dt.datetime) -> Context:
    """Return the context of a password reset. Raises ObsoleteMail if nobody signs in with the address."""
    staff = db.session.scalar(select(Staff).where(func.lower(Staff.email) == message.recipient.lower()))
    if staff is None or not staff.active:
        raise ObsoleteMail(_("Not sent: nobody signs in with this address."))
    return {
        "name": staff.name,
        "link": password_reset_url(generate_reset_password_token(staff)),  # type: ignore[no-untyped-call]
        "until": at + RESET_LIFETIME,
    }


def account_changed_mail_context(message: OutboxMessage, _at: dt.datetime) -> Context:
    """Return the context of the mail about a change to an account. Raises ObsoleteMail if the account is gone."""
    staff = db.session.get(Staff, message.parameters["staff_id"])
    if staff is None:
        raise ObsoleteMail(_("Not sent: nobody signs in with this address."))
    return {
        "name": staff.name,
        "event": message.parameters["event"],
        "detail": message.parameters["detail"],
        "changed_at": message.created_at,
        "link": site_url("/account"),
    }


def webhook_paused_mail_context(message: OutboxMessage, _at: dt.datetime) -> Context:
    """Return the context of the mail that a webhook was paused. Raises ObsoleteMail if it was resumed or removed."""
    webhook = db.session.get(Webhook, message.parameters["webhook_id"])
    if webhook is None or webhook.paused_at is None:
        raise ObsoleteMail(_("Not sent: the webhook is no longer paused."))
    coalition = db.session.get_one(Coalition, webhook.coalition_id)
    return {
        "label": webhook.label,
        "reason": webhook.pause_reason,
        "coalition": coalition.name,
        "accent": coalition.accent,
        "link": site_url(f"/staff/{coalition.slug}/webhooks/{webhook.id}"),
    }


def opening_mail_context(message: OutboxMessage, _at: dt.datetime) -> Context:
    """Return the context of the mail that a letter opened at its hour, or why it did not."""
    letter = db.session.get_one(Letter, message.letter_id)
    coalition = db.session.get_one(Coalition, letter.coalition_id)
    return {
        "title": letter_titles([letter.id])[letter.id],
        "error": message.parameters["error"],
        "coalition": coalition.name,
        "accent": coalition.accent,
        "link": site_url(f"/staff/{coalition.slug}/letters/{letter.slug}/settings"),
    }

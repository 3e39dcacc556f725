"""What the single fields of the public's forms take: each check says beside its field what is wrong."""

from functools import cache
from threading import BoundedSemaphore
from typing import Any

from email_validator import EmailNotValidError, EmailUndeliverableError, ValidatedEmail, validate_email
from flask_babel import gettext as _
from wtforms import Field, StringField, ValidationError

from letterhub.domain.confusables import skeleton
from letterhub.domain.document import Kind
from letterhub.domain.lines import trouble_with_line, trouble_with_place
from letterhub.domain.organizations import NotAWebsite, website_of
from letterhub.domain.web_addresses import holds_address, hosts_in
from letterhub.here import settings_here
from letterhub.rendering.words import every_heading
from letterhub.web.forms import tidy

BESIDE_A_NAME = ("signer_title", "affiliation")
PATIENCE = 3  # seconds for the question whether a domain takes mail
LOOKING = BoundedSemaphore(2)
"""How many of a process's threads ask that at once: a domain that never answers holds no more of them.
Whoever comes meanwhile is taken at her word; her mail finds out."""


class Needed:
    """The field must not stay empty. `of` limits that to one kind of signatory."""

    def __init__(self, sentence: str, of: Kind | None = None) -> None:
        self.sentence, self.of = sentence, of

    def __call__(self, form: Any, field: Field) -> None:
        if not field.data and self.of in (None, form.signs_as):
            raise ValidationError(str(self.sentence))


def printable(form: Any, field: Field) -> None:
    """What is typed can stand in one printed line, and leads nobody who reads it in an email anywhere."""
    if trouble := trouble_with_line(field.data):
        raise ValidationError(_("This line cannot be printed: it %(trouble)s.", trouble=trouble))
    if holds_address(field.data, own=_own_hosts(form) if field.name in BESIDE_A_NAME else ()):
        raise ValidationError(
            _(
                "Leave web and email addresses and phone numbers out of this line. A name with a dot in it, such as "
                "Rivers.example, is fine."
            )
        )


def _own_hosts(form: Any) -> tuple[str, ...]:
    """The hosts that an organization is called by, and that of its mailbox: "organizer at 350.org" is a title there."""
    typed = form.data
    organization, email = typed.get("organization") or "", typed.get("email") or ""
    named = () if holds_address(organization) else hosts_in(organization)
    return (*named, *((email.rpartition("@")[2],) if email else ()))


def place(form: Any, field: Field) -> None:
    """What is typed can head a part of the list: it is as short as a place, and says none of the list's own headings. What
    stood there before may stay, as staff may have imported it.
    """
    if form.before and field.data == form.before.location:
        return
    if trouble := trouble_with_place(field.data):
        raise ValidationError(_("This cannot be a place: it %(trouble)s. Give a city and state.", trouble=trouble))
    if skeleton(field.data) in _headings():
        raise ValidationError(_("“%(words)s” is a heading of the list. Give a city and state.", words=field.data))


@cache
def _headings() -> frozenset[str]:
    """What a hurried reader sees of each heading."""
    return frozenset(map(skeleton, every_heading())) - {""}


def website(_form: Any, field: Field) -> None:
    """What is typed is the address of a website; it is completed by its scheme."""
    try:
        field.data = website_of(field.data)
    except NotAWebsite as refusal:
        raise ValidationError(str(refusal)) from refusal


def mailbox(_form: Any, field: Field) -> None:
    """What is typed is an address that mail can be sent to; its domain is kept in ASCII."""
    if not field.data:
        raise ValidationError(_("Enter your email address."))
    try:
        known = _validated(field.data)
    except EmailUndeliverableError as problem:
        host = field.data.rpartition("@")[2]
        raise ValidationError(_("Mail cannot be delivered to %(host)s. Check what follows the @ sign.", host=host)) from problem
    except EmailNotValidError as problem:
        raise ValidationError(_("This is not an email address. It should look like name@example.org.")) from problem
    field.data = known.ascii_email
    field.no_mail_server = bool(getattr(known, "mx_fallback_type", None))  # mail is tried at its website's server


def _validated(typed: str) -> ValidatedEmail:
    """The address, its domain looked up where it is not taken as it stands; raises EmailNotValidError."""
    wanted = settings_here().check_mail_domains
    look = wanted and LOOKING.acquire(blocking=False)
    try:
        return validate_email(typed, strict=True, allow_smtputf8=False, check_deliverability=look, timeout=PATIENCE)
    finally:
        if look:
            LOOKING.release()


def line(label: str, *validators: Any) -> StringField:
    """A field whose text stands in a printed line."""
    return StringField(label, filters=(tidy,), validators=(*validators, printable))

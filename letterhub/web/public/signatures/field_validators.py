"""Validators of public form fields. Each shows its error at the field."""

from functools import cache
from threading import BoundedSemaphore
from typing import Any

from email_validator import EmailNotValidError, EmailUndeliverableError, ValidatedEmail, validate_email
from flask_babel import gettext as _
from wtforms import Field, StringField, ValidationError

from letterhub.domain.letters.document import SignatoryKind
from letterhub.domain.line_validation import line_error, place_error
from letterhub.domain.organizations.confusables import skeleton
from letterhub.domain.organizations.names import InvalidWebsite, parse_website
from letterhub.domain.web_addresses import contains_web_address, find_hosts
from letterhub.infrastructure.app_extensions import current_settings
from letterhub.rendering.letter.document_strings import all_section_headings
from letterhub.web.forms import clean_line

DNS_TIMEOUT = 3  # seconds for the DNS lookup of a mail domain
DNS_LOOKUPS = BoundedSemaphore(2)
"""Semaphore of threads that may look up a mail domain at once: slow DNS servers occupy no more.

Further addresses are accepted unchecked; a wrong one bounces.
"""


class Required:
    """Validator that requires a value, with `of` for one kind of signatory only."""

    def __init__(self, sentence: str, of: SignatoryKind | None = None) -> None:
        self.sentence, self.of = sentence, of

    def __call__(self, form: Any, field: Field) -> None:
        if not field.data and self.of in (None, form.signatory_kind):
            raise ValidationError(str(self.sentence))


def printable_line(form: Any, field: Field) -> None:
    """Require text that fits one printed line, without addresses and phone numbers, which email programs make clickable."""
    if trouble := line_error(field.data):
        raise ValidationError(_("We can’t print this: it %(trouble)s.", trouble=trouble))
    if contains_web_address(field.data, own=_organization_hosts(form) if field.name in ("signer_title", "affiliation") else ()):
        raise ValidationError(
            _(
                "Leave out web addresses, email addresses and phone numbers. A name with a dot in it, such as "
                "Rivers.example, is fine."
            )
        )


def _organization_hosts(form: Any) -> tuple[str, ...]:
    """Return the hosts in the organization's name and of the mailbox: "organizer at 350.org" is a title there."""
    form_data = form.data
    organization, email = form_data.get("organization") or "", form_data.get("email") or ""
    hosts_in_name = () if contains_web_address(organization) else find_hosts(organization)
    return (*hosts_in_name, *((email.rpartition("@")[2],) if email else ()))


def valid_place(form: Any, field: Field) -> None:
    """Require a place for a section heading: short, and none of the list's own headings.

    The value from before stays valid, because staff may have imported it.
    """
    if form.before and field.data == form.before.location:
        return
    if trouble := place_error(field.data):
        raise ValidationError(_("This isn’t a place: it %(trouble)s. Enter a city and state.", trouble=trouble))
    if skeleton(field.data) in _heading_skeletons():
        raise ValidationError(_("“%(words)s” is a heading of the list. Enter a city and state.", words=field.data))


@cache
def _heading_skeletons() -> frozenset[str]:
    """Return the confusables skeleton of each heading of the list."""
    return frozenset(map(skeleton, all_section_headings())) - {""}


def website(_form: Any, field: Field) -> None:
    """Require a website URL, and add its scheme if it is missing."""
    try:
        field.data = parse_website(field.data)
    except InvalidWebsite as refusal:
        raise ValidationError(str(refusal)) from refusal


def deliverable_address(_form: Any, field: Field) -> None:
    """Require an address that can receive mail; converts its domain to ASCII."""
    if not field.data:
        raise ValidationError(_("Enter your email address."))
    try:
        address = _validate_address(field.data)
    except EmailUndeliverableError as problem:
        host = field.data.rpartition("@")[2]
        raise ValidationError(_("We can’t send email to %(host)s. Check the part after the @.", host=host)) from problem
    except EmailNotValidError as problem:
        raise ValidationError(_("This isn’t an email address. It should look like name@example.org.")) from problem
    field.data = address.ascii_email
    field.no_mail_server = bool(getattr(address, "mx_fallback_type", None))  # no MX record: mail goes to the A record's host


def _validate_address(typed: str) -> ValidatedEmail:
    """Return the validated address, with a DNS lookup of its domain if allowed. Raises EmailNotValidError."""
    checks_domains = current_settings().check_mail_domains
    may_look_up = checks_domains and DNS_LOOKUPS.acquire(blocking=False)
    try:
        return validate_email(typed, strict=True, allow_smtputf8=False, check_deliverability=may_look_up, timeout=DNS_TIMEOUT)
    finally:
        if may_look_up:
            DNS_LOOKUPS.release()


def line(label: str, *validators: Any) -> StringField:
    """Return a text field for one printed line."""
    return StringField(label, filters=(clean_line,), validators=(*validators, printable_line))

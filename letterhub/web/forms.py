"""Forms: base classes, field types and validators, each of which shows its error at the field."""

import enum
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePath
from threading import BoundedSemaphore
from typing import Any, TypeVar

from email_validator import EmailNotValidError, EmailUndeliverableError, validate_email
from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import Field, FieldList, HiddenField, IntegerField, SelectChoice, SelectField, StringField, ValidationError

from letterhub.domain.errors import UserFacingError
from letterhub.domain.interface_languages import DEFAULT_LANGUAGE, spoken_language
from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.line_validation import contains_web_address, find_hosts, line_error, normalize_line, place_error
from letterhub.domain.organizations.confusables import skeleton
from letterhub.domain.organizations.websites import InvalidWebsite, parse_website
from letterhub.domain.signatures.signing import Scope
from letterhub.infrastructure.signed_links import current_settings
from letterhub.rendering.letter.document_locale import all_section_headings

M = TypeVar("M", bound=enum.StrEnum)
N = TypeVar("N", int, None)
MAX_LINE_INPUT = 4_000
INDEX_PATTERN = re.compile(r"[0-9]{1,4}(-|\Z)")


class IndexedFieldList(FieldList):  # type: ignore[misc]
    """FieldList that ignores names without a short ASCII number, some of which WTForms cannot parse."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        indexed_names = [name for name in formdata if INDEX_PATTERN.match(name[len(prefix) + 1 :])]
        indices: Iterator[int] = super()._extract_indices(prefix, indexed_names)
        return indices


class CommandForm(FlaskForm):  # type: ignore[misc]
    """Form that shows the error of its command at the field that it is about."""

    def add_error(self, error: UserFacingError) -> None:
        """Add an error to its field, or to the form if it has none."""
        if error.field in self:
            self[error.field].errors = [*self[error.field].errors, str(error)]
        else:
            self.form_errors.append(str(error))

    @contextmanager
    def showing_errors(self) -> Iterator[None]:
        """Run a block, and add its error, after which the code behind the block goes on."""
        try:
            yield
        except UserFacingError as refusal:
            self.add_error(refusal)


def error_sentences(errors: Any) -> Iterator[str]:
    """Yield all sentences of nested field errors."""
    if isinstance(errors, (list, tuple)):
        for nested_errors in errors:
            yield from error_sentences(nested_errors)
    elif isinstance(errors, dict):
        yield from error_sentences(list(errors.values()))
    else:
        yield str(errors)


def returned_number(typed: str | None, otherwise: N) -> int | N:
    """Return the number that a page sent back; `otherwise` if it is missing or was tampered with."""
    number = (typed or "").strip()
    return int(number) if number.isdecimal() and len(number) < 10 else otherwise


class ExpectedVersionForm(CommandForm):
    """Form with the version of what its page shows in `expected_version`."""

    expected_version = HiddenField()

    @property
    def version(self) -> int:
        """Return the version that the page showed; -1, which nothing has, if it was tampered with."""
        return returned_number(self.expected_version.data, -1)


def is_first_invalid(field: Field) -> bool:
    """Return whether a field is the first one with an error on its page: it gets the focus."""
    return bool(field.errors) and g.setdefault("first_invalid_field", field) is field


def new_idempotency_key() -> str:
    """Return a random idempotency key for a form, by which a double click is recognized."""
    return secrets.token_urlsafe(16)


def uploaded_name(upload: FileStorage) -> str:
    """Return the name of an uploaded file as one line, without its folder, which some browsers send; "" if it has none."""
    return clean_line(PurePath((upload.filename or "").replace("\\", "/")).name)


SCOPE_LABELS = {
    Scope.NATIONAL: _l("National"),
    Scope.STATE: _l("State"),
    Scope.LOCAL: _l("Local"),
    Scope.INTERNATIONAL: _l("International"),
}


def scope_name(section: str) -> str:
    """Return a section of signatories in words, without a capital in English; one that no scope names, as it is."""
    if section not in tuple(Scope):
        return section
    label = str(SCOPE_LABELS[Scope(section)])
    return label.lower() if spoken_language() == DEFAULT_LANGUAGE else label


def select_choices(labels: Mapping[Any, Any], empty: Any = None) -> list[SelectChoice]:
    """Return the choices of a field by their values, after one with the label `empty` and without a value if it is given."""
    choices = [SelectChoice(str(value), label) for value, label in labels.items()]
    return choices if empty is None else [SelectChoice("", empty), *choices]


def choice_field(label: Any, choices: Mapping[M, Any]) -> SelectField:
    """Return a field that chooses a member of an enum, of which the first is the default; `choices` are their labels."""
    members = {str(member): member for member in choices}
    return SelectField(
        label,
        default=next(iter(choices)),
        choices=select_choices(choices),
        coerce=lambda typed: members.get(str(typed), typed),  # another text is no valid choice
    )


def clean_line(typed: str | None) -> str:
    """Return input as one line. Far too long input is cut, and still refused as too long."""
    return normalize_line((typed or "")[:MAX_LINE_INPUT])


MAX_INTEGER = 2**31 - 1
MAX_INTEGER_CHARACTERS = 20  # characters, with sign and blanks


def parse_integer(typed: str) -> int:
    """Return the number that was typed. Raises ValueError for one that no column can hold."""
    number = int(typed)
    if abs(number) > MAX_INTEGER:
        raise ValueError("no row has a number as large as this")
    return number


class ColumnIntegerField(IntegerField):  # type: ignore[misc]
    """Integer field that refuses numbers that no column can hold, also those with thousands of digits."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Parse the number. Raises ValueError, whose sentence is shown at the field."""
        super().process_formdata([value[:MAX_INTEGER_CHARACTERS] for value in valuelist])
        if self.data is not None and abs(self.data) > MAX_INTEGER:
            self.data = None
            raise ValueError(self.gettext("Not a valid integer value."))


DNS_TIMEOUT = 3  # seconds for the DNS lookup of a mail domain
DNS_LOOKUPS = BoundedSemaphore(2)
"""Semaphore of threads that may look up a mail domain at once: slow DNS servers occupy no more.

Further addresses are accepted unchecked; a wrong one bounces.
"""


class Required:
    """Validator that requires a value; with `only_kind`, only from that kind of signatory."""

    def __init__(self, sentence: str, only_kind: SignatoryKind | None = None) -> None:
        self.sentence, self.only_kind = sentence, only_kind

    def __call__(self, form: Any, field: Field) -> None:
        if not field.data and self.only_kind in (None, form.signatory_kind):
            raise ValidationError(str(self.sentence))


def printable_line(form: Any, field: Field) -> None:
    """Require text that fits one printed line, without addresses and phone numbers, which email programs make clickable."""
    if trouble := line_error(field.data):
        raise ValidationError(_("We can’t print this: it %(trouble)s.", trouble=trouble))
    own_hosts: tuple[str, ...] = ()
    if field.name in ("signer_title", "affiliation"):  # "organizer at 350.org" is a title there
        organization, email = (form[name].data or "" if name in form else "" for name in ("organization", "email"))
        host = email.rpartition("@")[2]
        hosts_in_name = () if contains_web_address(organization) else find_hosts(organization)
        own_hosts = (*hosts_in_name, host) if host else hosts_in_name
    if contains_web_address(field.data, own=own_hosts):
        raise ValidationError(
            _(
                "Leave out web addresses, email addresses and phone numbers. A name with a dot in it, such as "
                "Rivers.example, is fine."
            )
        )


_HEADING_SKELETONS = frozenset(map(skeleton, all_section_headings())) - {""}


def valid_location(form: Any, field: Field) -> None:
    """Require a place for a section heading: short, and none of the list's own headings.

    The value from before stays valid, because staff may have imported it.
    """
    if form.before and field.data == form.before.location:
        return
    if trouble := place_error(field.data):
        raise ValidationError(_("This isn’t a place: it %(trouble)s. Enter a city and state.", trouble=trouble))
    if skeleton(field.data) in _HEADING_SKELETONS:
        raise ValidationError(_("“%(words)s” is a heading of the list. Enter a city and state.", words=field.data))


def website(_form: Any, field: Field) -> None:
    """Require a website URL, and add its scheme if it is missing."""
    try:
        field.data = parse_website(field.data)
    except InvalidWebsite as refusal:
        raise ValidationError(str(refusal)) from refusal


def deliverable_address(_form: Any, field: Field) -> None:
    """Require an address that can receive mail, by a DNS lookup if one is free; converts its domain to ASCII."""
    if not field.data:
        raise ValidationError(_("Enter your email address."))
    may_look_up = current_settings().check_mail_domains and DNS_LOOKUPS.acquire(blocking=False)
    try:
        address = validate_email(
            field.data, strict=True, allow_smtputf8=False, check_deliverability=may_look_up, timeout=DNS_TIMEOUT
        )
    except EmailUndeliverableError as problem:
        host = field.data.rpartition("@")[2]
        raise ValidationError(_("We can’t send email to %(host)s. Check the part after the @.", host=host)) from problem
    except EmailNotValidError as problem:
        raise ValidationError(_("This isn’t an email address. It should look like name@example.org.")) from problem
    finally:
        if may_look_up:
            DNS_LOOKUPS.release()
    field.data = address.ascii_email
    field.no_mail_server = bool(getattr(address, "mx_fallback_type", None))  # no MX record: mail goes to the A record's host


def line(label: str, *validators: Any) -> StringField:
    """Return a text field for one printed line."""
    return StringField(label, filters=(clean_line,), validators=(*validators, printable_line))

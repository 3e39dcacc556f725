"""One table of a signatory's fields: the form, imports, exports, the audit log and erasure cover each of them."""

from dataclasses import fields

import pytest

from letterhub.domain.audit.consistency import LoggedSignature
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.signatures.line_fields import (
    FIELDS,
    LINE_FIELDS,
    LOGGED_FIELDS,
    PRIVATE_FIELDS,
    STAFF_FIELDS,
    TYPED_FIELDS,
    SignatoryField,
    line_texts,
)
from letterhub.intake.tables.signatory_table import read_signatories
from letterhub.models import Signature
from letterhub.queries.changes.exports import REPLY_COLUMNS
from letterhub.queries.letters.public_letter import LINE_COLUMNS
from letterhub.queries.signatures.signature_tables import TABLE_COLUMNS
from letterhub.rendering.tables.csv_export import COLUMNS
from letterhub.web.public.signatures.signing_forms import LineForm, form_data_from_line
from letterhub.web.staff.audit.field_labels import FIELD_LABELS
from letterhub.web.staff.signatures.review import CorrectionForm
from tests.conftest import NOON

FILLED = Signatory(
    "Example Alliance", "Clara Example", "Director", "Springfield, IL", website="https://alliance.example",
    section="national", lead=True, lead_order=2, sort_name="Alliance",
)  # fmt: skip
PERSON = Signatory(
    signer_name="Ada Example", affiliation="Example University", kind=SignatoryKind.INDIVIDUAL, section="individual"
)


def test_the_table_has_every_part_of_a_line_and_nothing_else() -> None:
    """A logo belongs to the organization, not to its line."""
    assert {one.key for one in LINE_FIELDS} == {one.name for one in fields(Signatory)} - {"logo", "signature_picture"}


@pytest.mark.parametrize("field", FIELDS, ids=lambda one: one.key)
def test_every_field_has_a_column_and_a_label(field: SignatoryField) -> None:
    assert field.column in Signature.__table__.columns
    assert str(field.label)


@pytest.mark.parametrize("line", [FILLED, PERSON], ids=["organization", "individual"])
def test_a_signature_gives_back_the_line_that_it_takes(line: Signatory) -> None:
    signature = Signature(email="")
    signature.set_staff_line(line)
    assert signature.signatory == line


def test_readers_staff_and_the_record_read_the_same_fields() -> None:
    keys = [one.key for one in LINE_FIELDS]
    assert len(LINE_COLUMNS) == len(keys) + 1
    assert list(COLUMNS) == [*keys, "status", *REPLY_COLUMNS]
    assert set(TABLE_COLUMNS) == set(COLUMNS)
    assert set(keys) <= set(FIELD_LABELS)


def test_the_forms_ask_for_every_field_that_somebody_enters() -> None:
    for one in (*TYPED_FIELDS, *PRIVATE_FIELDS):
        assert hasattr(LineForm, one.key), one.key
    for one in STAFF_FIELDS:
        assert hasattr(CorrectionForm, one.key), one.key
    assert list(form_data_from_line(FILLED)) == [one.key for one in TYPED_FIELDS]


@pytest.mark.parametrize("field", LINE_FIELDS, ids=lambda one: one.key)
def test_every_field_of_a_line_is_read_from_a_table_by_its_own_name(field: SignatoryField) -> None:
    value = "7" if field.key == "lead_order" else "yes"
    (row,) = read_signatories(f"organization,signer_name,{field.key}\nAlliance,Ada,{value}\n".encode(), "names.csv").rows
    if field.key not in ("organization", "signer_name", "kind"):  # the first two are named twice, and "yes" is no kind
        assert getattr(row.signatory, field.key) in ("yes", True, 7)


def test_the_record_keeps_every_change_that_a_signatory_can_make() -> None:
    logged = LoggedSignature()
    logged.apply(1, "corrected", {}, {one.key: "x" for one in LOGGED_FIELDS})
    assert set(logged.line) == {one.key for one in TYPED_FIELDS} - {"kind"}


def test_what_is_never_published_is_in_no_line_and_is_erased() -> None:
    assert not {one.key for one in PRIVATE_FIELDS} & {one.name for one in fields(Signatory)}
    signature = Signature(**{one.column: "something" for one in PRIVATE_FIELDS})
    signature.clear_contact(NOON)
    assert not any(getattr(signature, one.column) for one in PRIVATE_FIELDS)


def test_the_texts_of_a_line_are_those_that_are_typed_freely() -> None:
    assert tuple(filter(None, line_texts(FILLED))) == ("Example Alliance", "Clara Example", "Director", "Springfield, IL")
    assert tuple(filter(None, line_texts(PERSON, without=("signer_name",)))) == ("Example University",)

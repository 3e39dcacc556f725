"""Subject references of the audit log: formatting and parsing."""

import pytest

from letterhub.domain.audit.log import OPERATOR, WORKER, ReferenceKind


def test_what_a_reference_says_is_read_from_it() -> None:
    for kind in ReferenceKind:
        assert kind.id_in(kind.reference(12)) == 12
        assert kind.reference(12).startswith(kind.prefix)


@pytest.mark.parametrize(
    "other", ["signatory-12", "signature", "signature-", "signature-x", "signature-1-2", WORKER, OPERATOR, ""]
)
def test_another_kind_or_no_reference_has_no_number(other: str) -> None:
    assert ReferenceKind.SIGNATURE.id_in(other) is None


def test_numbers_of_one_kind_are_picked_from_many() -> None:
    assert ReferenceKind.STAFF.ids_in(["staff-3", "worker", "organization-4", "staff-3", "staff-5", ""]) == {3, 5}
    assert ReferenceKind.BULK_DECLINE.ids_in([]) == set()

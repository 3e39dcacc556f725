"""Kinds of signatories as forms ask for them."""

import pytest

from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.intake.tables.signatory_table import read_signatories


@pytest.mark.parametrize(
    ("heading", "answer", "kind"),
    [
        ("Kind", "ORGANISATION", SignatoryKind.ORGANIZATION),
        ("Are you signing as an organization or an individual?", "On behalf of my organization", SignatoryKind.ORGANIZATION),
        ("Are you signing as an organization or an individual?", "As an individual", SignatoryKind.INDIVIDUAL),
        ("Signing as", "Myself", SignatoryKind.INDIVIDUAL),
        ("Signatory type", "Particulier", SignatoryKind.INDIVIDUAL),
        ("Type of signer", "", SignatoryKind.ORGANIZATION),
    ],
)
def test_forms_ask_in_their_own_words_whether_an_organization_or_a_person_signs(
    heading: str, answer: str, kind: SignatoryKind
) -> None:
    table = read_signatories(f"{heading},Organization,Name\n{answer},Harbor Trust,Nia Osei\n".encode(), "names.csv")
    assert table.rows[0].problems == ()
    assert table.rows[0].signatory.kind is kind


def test_an_answer_that_names_both_kinds_is_a_problem_of_its_row() -> None:
    table = read_signatories(b"Kind,Organization\nOrganization or individual,Harbor Trust\n", "names.csv")
    assert [problem.sentence for problem in table.rows[0].problems] == ["must be organization or individual."]

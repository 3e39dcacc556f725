"""A letter chooses the printed fields of each signatory; page, plain text and PDF print the same lines."""

import pytest

from letterhub.domain.letters.document import Kind, LetterText, Shown, Signatory, arranged
from letterhub.rendering.letter.view import line, roll
from letterhub.rendering.text.text_export import edition_text, printed_on_one_line

NIA = Signatory("Example Alliance", "Nia Example", "Director", "Springfield")
UNSIGNED = Signatory("Example Readers", location="Springfield")
ADA = Signatory(signer_name="Ada Example", signer_title="Professor", affiliation="Example College", kind=Kind.INDIVIDUAL)


@pytest.mark.parametrize(
    ("shown", "nia", "unsigned", "ada"),
    [
        (Shown.ORGANIZATION, ["Example Alliance"], ["Example Readers"], ["Ada Example", "Professor, Example College"]),
        (Shown.LOGOS, ["Example Alliance"], ["Example Readers"], ["Ada Example", "Professor, Example College"]),
        (
            Shown.SIGNER,
            ["Example Alliance", "Nia Example, Director"],
            ["Example Readers"],
            ["Ada Example", "Professor, Example College"],
        ),
        (
            Shown.LOCATION,
            ["Example Alliance", "Nia Example, Director · Springfield"],
            ["Example Readers", "Springfield"],
            ["Ada Example", "Professor, Example College"],
        ),
        (
            Shown.BLOCK,
            ["Nia Example", "Director", "Example Alliance"],
            ["Example Readers"],
            ["Ada Example", "Professor, Example College"],
        ),
    ],
)
def test_what_is_printed_is_the_letters_choice(shown: Shown, nia: list[str], unsigned: list[str], ada: list[str]) -> None:
    text = LetterText("T", "Text", shown=shown)
    for one, expected in ((NIA, nia), (UNSIGNED, unsigned), (ADA, ada)):
        printed = line(one, text)
        assert [said.text for said in (printed.name, printed.detail, printed.below) if said] == expected
        assert printed_on_one_line(one, text) == " — ".join(expected)


def test_a_persons_affiliation_is_said_to_be_for_identification() -> None:
    note = "Affiliations of individuals are listed for identification only."
    text = LetterText("T", "Text")
    assert roll(arranged(text, (NIA, ADA))).note == note
    assert roll(arranged(text, (NIA, Signatory(signer_name="Ada Example", kind=Kind.INDIVIDUAL)))).note == ""
    assert edition_text(arranged(text, (ADA,))).decode().rstrip().endswith(note)

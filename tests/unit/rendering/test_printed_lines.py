"""A letter chooses the printed fields of each signatory; page, plain text and PDF print the same lines."""

import pytest

from letterhub.domain.letters.letter_document import LetterText, Signatory, SignatoryKind, SignatoryStyle
from letterhub.domain.letters.signatory_order import build_document
from letterhub.rendering.letter.signatory_list import line, signatory_list
from letterhub.rendering.pdf.fonts import undrawable_characters, without_invisible_characters
from letterhub.rendering.text.text_export import edition_text, one_line_signatory

NIA = Signatory("Example Alliance", "Nia Example", "Director", "Springfield")
UNSIGNED = Signatory("Example Readers", location="Springfield")
ADA = Signatory(
    signer_name="Ada Example", signer_title="Professor", affiliation="Example College", kind=SignatoryKind.INDIVIDUAL
)


@pytest.mark.parametrize(
    ("shown", "nia", "unsigned", "ada"),
    [
        (SignatoryStyle.ORGANIZATION, ["Example Alliance"], ["Example Readers"], ["Ada Example", "Professor, Example College"]),
        (SignatoryStyle.LOGOS, ["Example Alliance"], ["Example Readers"], ["Ada Example", "Professor, Example College"]),
        (
            SignatoryStyle.SIGNER,
            ["Example Alliance", "Nia Example, Director"],
            ["Example Readers"],
            ["Ada Example", "Professor, Example College"],
        ),
        (
            SignatoryStyle.LOCATION,
            ["Example Alliance", "Nia Example, Director · Springfield"],
            ["Example Readers", "Springfield"],
            ["Ada Example", "Professor, Example College"],
        ),
        (
            SignatoryStyle.BLOCK,
            ["Nia Example", "Director", "Example Alliance"],
            ["Example Readers"],
            ["Ada Example", "Professor, Example College"],
        ),
    ],
)
def test_what_is_printed_is_the_letters_choice(
    shown: SignatoryStyle, nia: list[str], unsigned: list[str], ada: list[str]
) -> None:
    text = LetterText("T", "Text", shown=shown)
    for one, expected in ((NIA, nia), (UNSIGNED, unsigned), (ADA, ada)):
        printed = line(one, text)
        assert [part.text for part in (printed.name, printed.detail, printed.below) if part] == expected
        assert one_line_signatory(one, text) == " — ".join(expected)


def test_a_persons_affiliation_is_said_to_be_for_identification() -> None:
    note = "Affiliations of individuals are listed for identification purposes only."
    text = LetterText("T", "Text")
    assert signatory_list(build_document(text, (NIA, ADA))).note == note
    assert (
        signatory_list(build_document(text, (NIA, Signatory(signer_name="Ada Example", kind=SignatoryKind.INDIVIDUAL)))).note
        == ""
    )
    assert edition_text(build_document(text, (ADA,))).decode().rstrip().endswith(note)


@pytest.mark.parametrize(
    ("text", "before", "since_layout_3"), [("a\vb", "a\vb", "a b"), ("a\fb", "a\fb", "a b"), ("a\u2028b", "a b", "a b")]
)
def test_spaces_that_fonts_lack_are_spaces(text: str, before: str, since_layout_3: str) -> None:
    assert [without_invisible_characters(text, layout) for layout in (1, 2, 3)] == [before, before, since_layout_3]


def test_characters_without_a_glyph_are_found_once_and_in_order() -> None:
    assert undrawable_characters("\u0378ä\U000e1000α\u0378") == ("\u0378", "\U000e1000")

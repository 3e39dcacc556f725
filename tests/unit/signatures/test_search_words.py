"""Words that a line is found by: the parts that its letter prints, and prefixes in every script."""

import pytest

from letterhub.domain.letters.letter_document import LetterText, Signatory, SignatoryKind, SignatoryOrder, SignatoryStyle
from letterhub.domain.signatures.search_words import WORD_LENGTH, LinePart, printed_parts, search_words

NAME, PERSON_NAME, LOCATION, LEAD_LOCATION = LinePart.NAME, LinePart.PERSON, LinePart.LOCATION, LinePart.LEAD_LOCATION


@pytest.mark.parametrize(
    ("shown", "parts", "parts_by_place"),
    [
        (SignatoryStyle.ORGANIZATION, (NAME,), (NAME, LOCATION)),
        (SignatoryStyle.SIGNER, (NAME, PERSON_NAME), (NAME, PERSON_NAME, LOCATION)),
        (SignatoryStyle.LOCATION, (NAME, PERSON_NAME, LOCATION, LEAD_LOCATION), (NAME, PERSON_NAME, LOCATION)),
        (SignatoryStyle.BLOCK, (NAME, PERSON_NAME), (NAME, PERSON_NAME, LOCATION)),
        (SignatoryStyle.LOGOS, (NAME,), (NAME, LOCATION)),
    ],
)
@pytest.mark.parametrize("order", SignatoryOrder)
def test_a_search_looks_in_what_the_letter_prints_alone(
    order: SignatoryOrder, shown: SignatoryStyle, parts: tuple[LinePart, ...], parts_by_place: tuple[LinePart, ...]
) -> None:
    expected = parts_by_place if order is SignatoryOrder.LOCATION else parts
    assert printed_parts(LetterText("T", "", shown=shown, order=order)) == expected


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", set()),
        ("The River Group", {"the", "river", "group"}),
        ("a" * 40, {"a" * WORD_LENGTH}),
        ("清洁河流", {"清洁河流", "洁河流", "河流", "流"}),
        ("河" * 40, {"河" * length for length in range(1, WORD_LENGTH + 1)}),
    ],
)
def test_words_are_cut_and_each_letter_begins_one_where_no_spaces_are_written(name: str, words: set[str]) -> None:
    assert search_words(Signatory(name)) == words


@pytest.mark.parametrize(
    ("signatory", "part", "words"),
    [
        (Signatory("Crane"), PERSON_NAME, set()),
        (Signatory("Crane", "Ada", "Chair"), PERSON_NAME, {"ada", "chair"}),
        (Signatory("", "Ada", "Chair", kind=SignatoryKind.INDIVIDUAL), NAME, {"ada", "chair"}),
        (Signatory("", "Ada", "Chair", kind=SignatoryKind.INDIVIDUAL), PERSON_NAME, set()),
        (Signatory("Crane", location="Salem"), LOCATION, {"salem"}),
        (Signatory("Crane", location="Salem", lead=True), LOCATION, set()),
        (Signatory("Crane", location="Salem", lead=True), LEAD_LOCATION, {"salem"}),
    ],
)
def test_each_word_is_in_one_part_of_its_line(signatory: Signatory, part: LinePart, words: set[str]) -> None:
    assert search_words(signatory, (part,)) == words

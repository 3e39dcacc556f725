"""Names below a letter: a person, a title and an organization in one line, told apart by shape or asked."""

import pytest

from letterhub.domain.letters.letter_document import LetterText
from letterhub.intake.letters.found_lines import FoundParts, PartKind
from letterhub.intake.letters.letter_parts import find_parts


def below(*blocks: str) -> FoundParts:
    return find_parts(LetterText("Path", "\n\n".join(("Dear Mayor:", "Plow the path.", "Sincerely,", *blocks))))


def names_of(found: FoundParts) -> list[str]:
    return [line.text for line in found.after if line.kind is PartKind.NAME]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Dr. Nia Example, Northfield Clinic", "Northfield Clinic; Dr. Nia Example"),
        ("Nia Example, Northfield Clinic", "Northfield Clinic; Nia Example"),
        ("Nia Example, Ph.D., RN, Northfield Clinic", "Northfield Clinic; Nia Example, Ph.D., RN"),
        ("Nia Example, Director, Northfield Clinic", "Northfield Clinic; Nia Example; Director"),
        ("Nia Example, Northfield Clinic, Director", "Northfield Clinic; Nia Example; Director"),
        ("Nia Example, Director of the Northfield Clinic", "Northfield Clinic; Nia Example; Director"),
        ("Nia Example, Pastor, First Example Church", "First Example Church; Nia Example; Pastor"),
        ("Northfield Clinic, Nia Example, Director", "Northfield Clinic; Nia Example; Director"),
        ("Northfield Clinic – Dr. Nia Example", "Northfield Clinic; Dr. Nia Example"),
        ("Nia Example (Northfield Clinic)", "Northfield Clinic; Nia Example"),
        ("The Rev. Dr. Bo Two, Temple Example", "Temple Example; The Rev. Dr. Bo Two"),
        ("Ana Ejemplo, Asociación de Vecinos", "Asociación de Vecinos; Ana Ejemplo"),
        ("Nia Example, Head Start Association", "Head Start Association; Nia Example"),
        ("Dr. Nia Example", "; Dr. Nia Example"),
        ("Nia Example, Director", "; Nia Example; Director"),
        ("Northfield Clinic", "Northfield Clinic"),
        ("Northfield Clinic, Springfield, IL", "Northfield Clinic, Springfield, IL"),
        ("Example & Sons, Inc.", "Example & Sons, Inc."),
        ("Smith, Jones & Partners LLP", "Smith, Jones & Partners LLP"),
        ("Food, Water and Air Alliance", "Food, Water and Air Alliance"),
        ("Dr. Martin Example Center", "Dr. Martin Example Center"),
        ("Ms. Example Foundation for Women", "Ms. Example Foundation for Women"),
        ("Northfield Health Alliance (NHA)", "Northfield Health Alliance (NHA)"),
    ],
)
def test_a_line_whose_shape_says_who_signs_is_split_without_a_question(line: str, name: str) -> None:
    found = below(line, "Path Alliance")
    assert names_of(found) == [name, "Path Alliance"]
    assert found.remarks == ()


@pytest.mark.parametrize(
    "line",
    [
        "Nia Example",
        "Nia Example, Northfield",
        "Northfield Clinic, Nia Example",
        "Clean Air, Water and Land Alliance",
        "Example, Nia",
        "Director",
        "Nia Example; Northfield Clinic",
    ],
)
def test_a_line_that_may_be_a_person_or_an_organization_is_asked(line: str) -> None:
    found = below(line, "Path Alliance")
    assert names_of(found) == [line, "Path Alliance"]
    (remark,) = found.remarks
    assert remark.startswith(f"Check these names below the letter; we could not tell people from organizations: “{line}”.")
    assert remark.endswith("Write a person without one as “; Nia Example”.")


def test_many_that_are_asked_are_named_in_part() -> None:
    (remark,) = below(*(f"Nia Example{letter}" for letter in "abcdefghij")).remarks
    assert "“Nia Exampleg”; “Nia Exampleh”; 2 more." in remark


def test_a_person_above_an_organization_in_one_block_is_one_signatory() -> None:
    found = below("Dr. Nia Example\\\nNorthfield Clinic\\\nRev. Bo Two\\\nPath Alliance")
    assert (names_of(found), found.remarks) == (["Northfield Clinic; Dr. Nia Example", "Path Alliance; Rev. Bo Two"], ())

"""Letters that fit a recipient's profile and letters that don't, each with the sentence that an organizer reads."""

from dataclasses import replace
from typing import Any

import pytest

from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.editions.known_recipients import KNOWN_RECIPIENTS
from letterhub.domain.editions.recipient_profiles import (
    MB,
    FittingFacts,
    RecipientProfile,
    file_name_for,
    handed_over_files,
    limits_sentence,
    misfits,
)
from letterhub.domain.letters.letter_document import PaperSize

PROFILES = {profile.key: profile for profile in KNOWN_RECIPIENTS}
LETTER = FittingFacts(PaperSize.LETTER, text_length=3_000, sizes={FileFormat.PDF: 900_000}, comment_length=3_900)
EUROPEAN = replace(LETTER, paper=PaperSize.A4)
PDF, DOCX, ODT, XLSX = FileFormat.PDF, FileFormat.DOCX, FileFormat.ODT, FileFormat.XLSX


@pytest.mark.parametrize("key", PROFILES)
def test_a_short_letter_fits_every_known_recipient(key: str) -> None:
    facts = EUROPEAN if PROFILES[key].paper is PaperSize.A4 else LETTER
    assert misfits(PROFILES[key], facts) == ()


@pytest.mark.parametrize(
    ("key", "changes", "sentence"),
    [
        (
            "white-house",
            {"paper": PaperSize.A4},
            "The letter isn’t on paper of size US Letter: change that under Write, then freeze an edition.",
        ),
        (
            "white-house",
            {"text_length": 4_001},
            (
                "The letter’s text has 4,001 characters and the form takes 4,000: enter a summary there with a link to the "
                "letter, or shorten the text under Write."
            ),
        ),
        (
            "white-house",
            {"comment_length": 4_321},
            (
                "The plain text for comment boxes has 4,321 characters with its names and the form takes 4,000: leave out "
                "names at its end, and add a link to the letter."
            ),
        ),
        (
            "member-of-congress",
            {"sizes": {PDF: 5 * MB, DOCX: 2 * MB + 1}},
            "The files have 7.1 MB together and may have 7 MB: choose fewer files, or send a link to the edition’s page.",
        ),
        (
            "congressional-committee",
            {"unnamed": 1},
            "One organization has no named person with a title: add it under Signatures, then freeze an edition.",
        ),
        (
            "congressional-committee",
            {"unnamed": 1_200},
            "1,200 organizations have no named person with a title: add them under Signatures, then freeze an edition.",
        ),
        (
            "congressional-committee",
            {"prints_people": False, "unnamed": 3},
            "The list names no person for each organization: choose to show signers under Write, then freeze an edition.",
        ),
        (
            "regulations-gov",
            {"sizes": {PDF: 10 * MB + 1}},
            (
                "The PDF file has 10.1 MB and may have 10 MB: use smaller pictures in the letter, or send a link to the "
                "edition’s page."
            ),
        ),
        ("regulations-gov", {"sizes": {PDF: 1, ODT: 1, XLSX: 1}}, "ODT, XLSX isn’t taken: choose PDF, DOCX instead."),
        (
            "regulations-gov",
            {"text_length": 5_001},
            (
                "The letter’s text has 5,001 characters and the form takes 5,000: enter a summary there with a link to the "
                "letter, or shorten the text under Write."
            ),
        ),
        (
            "eu-have-your-say",
            {"sizes": {PDF: 1, DOCX: 1}, "paper": PaperSize.A4},
            "One file is taken and 2 are chosen: choose the PDF alone.",
        ),
        (
            "eu-have-your-say",
            {},
            "The letter isn’t on paper of size A4: change that under Write, then freeze an edition.",
        ),
        ("state-legislature", {"sizes": {DOCX: 1}}, "DOCX isn’t taken: choose PDF instead."),
        (
            "company",
            {"sizes": {PDF: 12_340_000}},
            "The files have 12.4 MB together and may have 7 MB: choose fewer files, or send a link to the edition’s page.",
        ),
    ],
)
def test_what_does_not_fit_is_said_with_what_mends_it(key: str, changes: dict[str, Any], sentence: str) -> None:
    assert [str(one) for one in misfits(PROFILES[key], replace(LETTER, **changes))] == [sentence]


def test_nothing_is_checked_that_is_unknown() -> None:
    unknown = RecipientProfile("own", "Anybody")
    letter = FittingFacts(PaperSize.A4, 100_000, 9, prints_people=False, sizes={PDF: 10**9, ODT: 1}, comment_length=5_000)
    assert misfits(unknown, letter) == ()
    assert str(limits_sentence(unknown)) == "No limits are known."


def test_several_misfits_have_a_sentence_each() -> None:
    facts = replace(LETTER, sizes=dict.fromkeys(FileFormat, 11 * MB), text_length=9_000)
    assert len(misfits(PROFILES["regulations-gov"], facts)) == 1 + len(FileFormat) + 1


@pytest.mark.parametrize("profile", KNOWN_RECIPIENTS, ids=lambda one: one.key)
def test_each_row_says_where_its_facts_come_from_or_that_they_are_not_confirmed(profile: RecipientProfile) -> None:
    assert profile.source
    assert profile.checked_on or "Check with the recipient" in profile.note


def test_a_docket_takes_what_it_is_known_for() -> None:
    assert str(limits_sentence(PROFILES["regulations-gov"])) == (
        "Paper: US Letter. At most 20 files. Each file up to 10 MB. Formats: PDF, DOCX. Its form takes 5,000 characters. "
        "File names begin with the sender."
    )


@pytest.mark.parametrize(
    ("profile", "name", "expected"),
    [
        (RecipientProfile("own", "x"), "ríos limpios-edition-2.pdf", "ríos limpios-edition-2.pdf"),
        (RecipientProfile("own", "x", plain_names=True), "ríos  limpios-edition-2.pdf", "rios-limpios-edition-2.pdf"),
        (RecipientProfile("own", "x", plain_names=True), "例示-edition-2.pdf", "edition-2.pdf"),
        (RecipientProfile("own", "x", plain_names=True), "例示.pdf", "letter.pdf"),
        (RecipientProfile("own", "x", names_sender=True), "rivers-edition-2.pdf", "the-coalition-rivers-edition-2.pdf"),
        (RecipientProfile("own", "x", names_sender=True), "the-coalition-edition-2.pdf", "the-coalition-edition-2.pdf"),
        (RecipientProfile("own", "x", name_length=20), "clean-rivers-now-edition-12.pdf", "clean-edition-12.pdf"),
        (RecipientProfile("own", "x", name_length=23), "clean-rivers-edition-2-comment.txt", "c-edition-2-comment.txt"),
    ],
)
def test_file_names_follow_the_rules_of_the_recipient(profile: RecipientProfile, name: str, expected: str) -> None:
    assert file_name_for(name, "the-coalition", [profile]) == expected
    if profile.name_length:
        assert len(expected) <= profile.name_length


def test_the_strictest_rule_of_several_recipients_counts() -> None:
    rules = [RecipientProfile("a", "a", name_length=40), RecipientProfile("b", "b", name_length=22, names_sender=True)]
    assert file_name_for("rivers-edition-2.pdf", "the-coalition", rules) == "the-coal-edition-2.pdf"


@pytest.mark.parametrize(("formats", "handed_over"), [((), PDF), ((DOCX, PDF), PDF), ((ODT, DOCX), ODT)])
def test_one_file_is_checked_where_nobody_chose_any(formats: tuple[FileFormat, ...], handed_over: FileFormat) -> None:
    profile = RecipientProfile("own", "x", formats=formats)
    assert handed_over_files(profile, {PDF: 1, DOCX: 2, ODT: 3}).keys() == {handed_over}

"""Languages of an edition's files, and which of them readers are offered."""

from typing import NamedTuple

import pytest

from letterhub.domain.editions.file_formats import FileFormat, edition_file_name
from letterhub.domain.editions.languages import (
    ALL_LANGUAGES,
    edition_files,
    files_by_language,
    files_in_language,
    language_of_copy,
)
from letterhub.domain.letters.translations import translation_state

PDF, CSV, JSON = FileFormat.PDF, FileFormat.CSV, FileFormat.JSON


class File(NamedTuple):
    """File of an edition, as far as its language matters."""

    format: FileFormat
    language: str


FILES = (File(PDF, ""), File(CSV, ""), File(PDF, "es"))


@pytest.mark.parametrize(
    ("published_for", "state"), [(None, "unpublished"), ("hash of the text", "current"), ("hash of another", "outdated")]
)
def test_a_translation_is_in_if_it_was_published_for_the_text(published_for: str | None, state: str) -> None:
    assert translation_state(published_for, "hash of the text") == state


def test_an_edition_has_one_list_and_one_manifest_whatever_its_languages() -> None:
    own = [(one, "") for one in FileFormat]
    assert list(edition_files([])) == own
    files = edition_files(["es", "ar"])
    assert [one for one in files if not one[1]] == own
    assert [language for form, language in files if form is PDF] == ["", "es", "ar"]
    assert {form: sum(one is form for one, _ in files) for form in (CSV, FileFormat.XLSX, JSON)} == {
        CSV: 1, FileFormat.XLSX: 1, JSON: 1,
    }  # fmt: skip


def test_the_pdf_of_all_languages_is_made_by_choice_and_of_several_alone() -> None:
    assert edition_files([], with_all=True) == edition_files([])
    assert edition_files(["es"], with_all=True) == (*edition_files(["es"]), (PDF, ALL_LANGUAGES))


@pytest.mark.parametrize(
    ("language", "offered"),
    [
        ("", [File(PDF, ""), File(CSV, "")]),
        ("es", [File(PDF, "es"), File(CSV, "")]),
        ("fr", [File(PDF, ""), File(CSV, "")]),
    ],
)
def test_readers_are_offered_files_in_their_language_or_the_letters(language: str, offered: list[File]) -> None:
    assert list(files_in_language(FILES, language)) == offered


def test_files_stand_by_language() -> None:
    assert files_by_language(FILES) == (("", FILES[:2]), ("es", FILES[2:3]))


@pytest.mark.parametrize(
    ("copy", "language"),
    [("clean rivers please", ""), ("ríos limpios", "es"), ("soup", ""), ("", "")],
)
def test_the_language_of_a_copy_is_that_of_its_words(copy: str, language: str) -> None:
    assert language_of_copy(copy.split(), {"": ["clean", "rivers"], "es": ["ríos", "limpios"], "fr": []}) == language


@pytest.mark.parametrize(
    ("copy", "language"),
    [("clean rivers and ríos limpios", "mul"), ("clean rivers and ríos sucios", "mul"), ("clean rivers", ""), ("soup", "")],
)
def test_a_copy_with_the_words_of_each_language_is_one_of_all_languages(copy: str, language: str) -> None:
    texts = {"": ["clean", "rivers"], "es": ["ríos", "limpios"]}
    assert language_of_copy(copy.split(), texts, with_all=True) == language
    assert language_of_copy(copy.split(), texts) in texts


@pytest.mark.parametrize(
    ("form", "language", "name"),
    [
        (PDF, "", "rivers-edition-2.pdf"),
        (PDF, "pt-BR", "rivers-edition-2-pt-BR.pdf"),
        (FileFormat.COMMENT, "es", "rivers-edition-2-es-comment.txt"),
    ],
)
def test_names_of_files_say_their_language(form: FileFormat, language: str, name: str) -> None:
    assert edition_file_name("rivers", 2, form, language) == name

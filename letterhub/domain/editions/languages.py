"""Languages of an edition's files: which translations it has, and which files the readers of a language are offered.

See docs/translations.md.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Protocol, TypeVar

from letterhub.domain.editions.file_formats import TRANSLATED_FORMATS, FileFormat


class FileInLanguage(Protocol):
    """File of an edition; its language is "" for the letter's own."""

    @property
    def format(self) -> FileFormat:
        """Its format."""

    @property
    def language(self) -> str:
        """Its language."""


F = TypeVar("F", bound=FileInLanguage)

ALL_LANGUAGES = "mul"
"""Language of the PDF that holds the letter in every language: the tag of BCP 47 for several."""
MIN_SHARE_OF_EACH = 0.5
"""Share of each text's words from which on a file is a copy of the PDF of all languages."""


def edition_files(languages: Sequence[str], *, with_all: bool = False) -> tuple[tuple[FileFormat, str], ...]:
    """Return format and language of each file of an edition with translations into these languages: the letter's own first,
    and last, `with_all`, the PDF of all languages if there is more than one."""
    translated = [(one, language) for language in languages for one in TRANSLATED_FORMATS]
    in_all = [(FileFormat.PDF, ALL_LANGUAGES)] if with_all and languages else []
    return (*((one, "") for one in FileFormat), *translated, *in_all)


def files_in_language(files: Iterable[F], language: str) -> tuple[F, ...]:
    """Return the files for readers of a language, "" for the letter's own: in each format the file in their language, else in
    the letter's own."""
    by_language = {(one.format, one.language): one for one in files}
    return tuple(by_language.get((one.format, language), one) for one in by_language.values() if not one.language)


def files_by_language(files: Sequence[F]) -> tuple[tuple[str, tuple[F, ...]], ...]:
    """Return files with their language, in their order: the letter's own first."""
    return tuple((language, tuple(group)) for language, group in groupby(files, key=lambda one: one.language))


def language_of_copy(copy: Collection[str], texts: Mapping[str, Collection[str]], *, with_all: bool = False) -> str:
    """Return the language of a file with these words, by those of the text in each language, "" for the letter's own; all of
    them if it has the words of each and the edition a PDF of all languages."""
    shares = {language: len(set(words) & set(copy)) / max(len(set(words)), 1) for language, words in texts.items()}
    if with_all and min(shares.values()) >= MIN_SHARE_OF_EACH:
        return ALL_LANGUAGES
    return max(shares, key=lambda language: shares[language])  # the letter's own, if none has more

"""Each language that is declared is complete, and its sentences have what the English ones have."""

import re
from collections import Counter
from itertools import chain

import pytest
from babel.messages.catalog import Message

from letterhub.domain.interface_languages import DEFAULT_LANGUAGE, PUBLIC_LANGUAGES, STAFF_LANGUAGES, direction_of, locale_of
from letterhub.infrastructure.catalogs import translations_into
from letterhub.paths import ROOT
from tests.support.languages.messages import (
    ENGLISH_FILES,
    NOT_YET_TRANSLATED,
    PUBLIC_MODULES,
    PUBLIC_TEMPLATES,
    STAFF_TEMPLATES,
    Part,
    catalog_of,
    files_in,
    forms_of,
    missing_sentences,
    public_files,
    sentences_in,
    staff_files,
    started_catalogs,
    translated_catalog,
)

TRANSLATED = [language for language in PUBLIC_LANGUAGES if language != DEFAULT_LANGUAGE]
DECLARED = [(language, Part.PUBLIC) for language in TRANSLATED]
DECLARED += [(language, Part.STAFF) for language in STAFF_LANGUAGES if language != DEFAULT_LANGUAGE]
PLACEHOLDER = re.compile(r"%\((\w+)\)s|%[^(%]")
TAG = re.compile(r"</?\w[^>]*>")
TIME_IN_PARENTHESES = re.compile(r"\(%\((when|asked|until|deadline)\)s\)")


def messages(language: str, part: Part) -> list[Message]:
    """Return the translated messages of a language's catalog."""
    return [message for message in translated_catalog(language, part) if message.id and any(forms_of(message))]


def english_forms(message: Message) -> tuple[str, ...]:
    """Return the English sentence, or its singular and plural."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


@pytest.mark.parametrize(("language", "part"), DECLARED)
def test_each_declared_language_is_complete(language: str, part: Part) -> None:
    missing = missing_sentences(language, part)
    assert not missing, (
        f"{len(missing)} sentences have no translation. Run `make messages`, then fill in the empty `msgstr` of "
        f"translations/{language}/{part}.po (`make messages ARGS={language}` lists them), or, for new pages of staff, name the "
        f"files in NOT_YET_TRANSLATED of tests/support/languages/messages.py: {missing[:3]}"
    )


def test_what_is_not_yet_translated_is_there_and_is_not() -> None:
    """So that the list never outlives what it excuses."""
    known = {message.id for part in Part for message in translated_catalog("es", part) if any(forms_of(message))}
    done = []
    for place in NOT_YET_TRANSLATED:
        files = list(files_in(place))
        assert files, f"{place} of NOT_YET_TRANSLATED is gone"
        if all(sentence in known for path, method in files for sentence in sentences_in(path, method)):
            done.append(place)
    assert done == [], "all their sentences are translated: take them off NOT_YET_TRANSLATED"
    assert [place for place in ENGLISH_FILES if not any(files_in(place))] == []


@pytest.mark.parametrize(("language", "part"), started_catalogs())
def test_placeholders_agree(language: str, part: Part) -> None:
    wrong = []
    for message in messages(language, part):
        english = [Counter(PLACEHOLDER.findall(form)) for form in english_forms(message)]
        may_have, must_have = set(english[-1] | english[0]), set(english[-1] & english[0])
        for form in forms_of(message):
            found = set(PLACEHOLDER.findall(form))
            if found - may_have or must_have - found - ({"num"} if len(english) > 1 else set()):
                wrong.append(form)
    assert wrong == []


@pytest.mark.parametrize(("language", "part"), DECLARED)
def test_a_sentence_that_is_also_a_singular_needs_no_number(language: str, part: Part) -> None:
    """Catalogs have one entry for both, and whoever asks for the sentence alone has no number to fill in."""
    alone = {one for path, method in chain(public_files(), staff_files()) for one in sentences_in(path, method)}
    forms = {message.id[0]: forms_of(message)[0] for message in messages(language, part) if isinstance(message.id, tuple)}
    wrong = [form for english, form in forms.items() if english in alone and "%(num)s" in form and "%(num)s" not in english]
    assert wrong == []


@pytest.mark.parametrize(("language", "part"), started_catalogs())
def test_no_markup_is_lost(language: str, part: Part) -> None:
    wrong = [
        form
        for message in messages(language, part)
        for form in forms_of(message)
        if Counter(TAG.findall(form)) != Counter(TAG.findall(english_forms(message)[0]))
    ]
    assert wrong == []


@pytest.mark.parametrize(("language", "part"), started_catalogs())
def test_the_number_is_said_wherever_a_form_stands_for_several(language: str, part: Part) -> None:
    """Only forms for exactly one number, such as one or two, may do without it."""
    catalog, translations = translated_catalog(language, part), translations_into(language)
    numbers: dict[str, set[int]] = {}
    for message in messages(language, part):
        if isinstance(message.id, str) or "%(num)s" not in message.id[1]:
            continue
        for number in range(1, 200):
            form = translations.ngettext(message.id[0], message.id[1], number)
            numbers.setdefault(form, set()).add(number)
    wrong = [form for form, values in numbers.items() if len(values) > 1 and "%(num)s" not in form]
    assert wrong == []
    assert catalog.num_plurals == len(
        {translations.ngettext("in %(num)s day", "in %(num)s days", number) for number in range(200)}
    )


@pytest.mark.parametrize(("language", "part"), started_catalogs())
def test_spaces_around_a_sentence_are_the_same(language: str, part: Part) -> None:
    wrong = [
        form
        for message in messages(language, part)
        for form in forms_of(message)
        if (form != form.strip()) != (message.id != message.id.strip() if isinstance(message.id, str) else False)
        or form.count("\n") != str(message.id).count("\n")
        or "  " in form
    ]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_time_stands_in_parentheses_unless_in_english(language: str) -> None:
    """A time ends with its zone in parentheses, and two closing ones in a row are hard to read."""
    wrong = [
        form
        for message in messages(language, Part.PUBLIC)
        for form in forms_of(message)
        if TIME_IN_PARENTHESES.search(form) and not TIME_IN_PARENTHESES.search(str(message.id))
    ]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_declared_language_has_formats_and_a_direction(language: str) -> None:
    assert locale_of(language).language == language
    assert direction_of(language) == locale_of(language).text_direction


def test_sentences_are_keys_without_layout() -> None:
    """A sentence that is wrapped in its template stays the same sentence."""
    forms = [form for part in Part for message in catalog_of(part) if message.id for form in english_forms(message)]
    wrong = [form for form in forms if "  " in form or ("\n" in form and "\n\n" not in form)]
    assert wrong == []


def test_each_pattern_of_public_files_finds_some() -> None:
    templates, package = ROOT / "templates", ROOT / "letterhub"
    patterns = [(templates, one) for one in PUBLIC_TEMPLATES] + [(package, one) for one in PUBLIC_MODULES]
    lost = [pattern for folder, pattern in patterns if not any(folder.glob(pattern))]
    lost += [one for one in STAFF_TEMPLATES if not (templates / one).exists()]
    assert lost == [], "correct them in tests/support/languages/messages.py: a file was renamed or is gone"

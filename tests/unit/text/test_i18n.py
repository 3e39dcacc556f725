"""Sentences of errors in the language of the reader."""

import copy
import gettext
import json
import pickle
from collections.abc import Iterator

import pytest
from markupsafe import escape

from letterhub.domain.i18n import _, join_sentences, ngettext, translator
from letterhub.domain.organizations.directory import CannotMerge, check_merge
from letterhub.intake.errors import FileRefused

GERMAN = {
    "These are already one organization. There is nothing to merge.": "Das ist schon eine einzige Organisation.",
    "the file is empty.": "die Datei ist leer.",
    "%(file)s, line %(line)s": "%(file)s, Zeile %(line)s",
    "Hello %(name)s.": "Guten Tag, %(name)s.",
}


class German(gettext.NullTranslations):
    """Translations for the reader of this test."""

    def gettext(self, message: str) -> str:
        """Return the German sentence."""
        return GERMAN.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the German form for a count."""
        return "%(num)s Name" if n == 1 else "%(num)s Namen"


@pytest.fixture
def in_german() -> Iterator[None]:
    """Translate into German."""
    before, translator.current = translator.current, German
    yield
    translator.current = before


def test_an_error_speaks_the_language_of_whoever_reads_it(in_german: None) -> None:
    with pytest.raises(CannotMerge) as refused:
        check_merge(1, 1)
    assert str(refused.value) == "Das ist schon eine einzige Organisation."
    translator.current = gettext.NullTranslations
    assert str(refused.value) == "These are already one organization. There is nothing to merge."


def test_a_sentence_within_a_sentence_is_translated_too(in_german: None) -> None:
    assert str(FileRefused("names.csv", _("the file is empty."), line=3)) == "names.csv, Zeile 3: die Datei ist leer."


def test_the_plural_form_and_the_separators_of_a_number_are_the_languages(in_german: None) -> None:
    names = [ngettext("%(num)s name", "%(num)s names", count) for count in (1, 12_345)]
    assert [str(one) for one in names] == ["1 Name", "12,345 Namen"]
    assert names == ["1 name", "12,345 names"]


@pytest.mark.usefixtures("in_german")
def test_what_is_shown_is_translated_and_what_is_stored_is_english() -> None:
    for one in (
        greeting := _("Hello %(name)s.", name="A&B, Inc."),
        copy.deepcopy(greeting),
        pickle.loads(pickle.dumps(greeting)),
    ):
        assert (str(one), f"{one}", "%s" % one) == ("Guten Tag, A&B, Inc.",) * 3  # noqa: UP031
        assert escape(one) == "Guten Tag, A&amp;B, Inc."
        assert json.loads(json.dumps([one])) == ["Hello A&B, Inc."]


@pytest.mark.usefixtures("in_german")
def test_sentences_are_joined_in_the_language_of_the_reader() -> None:
    joined = join_sentences([_("Hello %(name)s.", name="Ada"), "", _("the file is empty.")])
    assert (str(joined), joined == "Hello Ada. the file is empty.") == ("Guten Tag, Ada. die Datei ist leer.", True)
    assert join_sentences([]) == ""

"""Unicode normalization in linear time: no input has a long run of combining marks."""

import datetime as dt
import sys
import unicodedata
from collections.abc import Callable
from itertools import groupby

import pytest

from letterhub.domain import unicode
from letterhub.domain.letters.drafts import normalize_multiline
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.opening_rules import missing_requirements, unknown_placeholders
from letterhub.domain.letters.slugs import slugify
from letterhub.domain.line_validation import line_error, normalize_line
from letterhub.domain.organizations.confusables import latinize, skeleton
from letterhub.domain.organizations.name_keys import name_key, wording_key
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.domain.unicode import MAX_CONSECUTIVE_MARKS, normalize_unicode
from letterhub.intake.letters.letter_file import read_letter
from letterhub.intake.tables.column_synonyms import normalize_heading

pytestmark = pytest.mark.shows("S17")
MANY = 50_000
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
PILES = (
    "a" + "\u0301" * MANY + "\u0316" * MANY,
    "\u0f73\u0f75" * MANY,
    ("\u0301\u0316" * (MAX_CONSECUTIVE_MARKS // 2) + "\uff9e") * (MANY // 30),
    ("\u0316" * MAX_CONSECUTIVE_MARKS + "\u200b" + "\u0301" * MAX_CONSECUTIVE_MARKS) * (MANY // 60),
)


def longest_mark_run(text: str) -> int:
    """Return the length of the longest run of combining marks after decomposition."""
    apart = (unicodedata.combining(part) > 0 for letter in text for part in unicodedata.normalize("NFKD", letter))
    return max((len(list(row)) for is_mark, row in groupby(apart) if is_mark), default=0)


class NormalizerSpy:
    """Wrapper of Unicode's own function that records the length of the runs it receives."""

    def __init__(self) -> None:
        self.longest = 0

    def __getattr__(self, name: str) -> object:
        return getattr(unicodedata, name)

    def normalize(self, form: str, text: str) -> str:
        """Check the input first: what a guard lets through could take hours."""
        self.longest = max(self.longest, longest_mark_run(text))
        return unicodedata.normalize(form, text) if self.longest <= 2 * MAX_CONSECUTIVE_MARKS else ""


@pytest.mark.parametrize(
    "reading",
    [
        normalize_line,
        normalize_multiline,
        name_key,
        wording_key,
        skeleton,
        latinize,
        slugify,
        normalize_heading,
        domain_of_website,
    ],
)
@pytest.mark.parametrize("pile", PILES, ids=["accents", "Tibetan", "voiced", "with unseen signs"])
def test_no_long_row_of_marks_is_put_in_order(
    reading: Callable[[str], str], pile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spy = NormalizerSpy()
    monkeypatch.setattr(unicode, "unicodedata", spy)
    reading(pile)
    assert spy.longest <= 2 * MAX_CONSECUTIVE_MARKS


def test_every_letter_of_which_only_marks_are_left_counts_as_one() -> None:
    letters = (chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
    marks = [letter for letter in letters if unicodedata.combining(unicodedata.normalize("NFKD", letter)[0])]
    rows = ((letter, normalize_unicode("NFC", f"a{letter * (MAX_CONSECUTIVE_MARKS + 1)}")) for letter in marks)
    assert [letter for letter, normalized in rows if longest_mark_run(normalized) > 2 * MAX_CONSECUTIVE_MARKS] == []
    assert len(marks) > 900


def test_marks_that_a_language_piles_up_stay() -> None:
    for text in ("Việt Nam", "שָׁלוֹם", "པདྨ", "क़िताब", "e" + "\u0301\u0316" * 15):
        assert normalize_unicode("NFD", text) == unicodedata.normalize("NFD", text)


def test_what_is_cut_is_refused_all_the_same() -> None:
    assert line_error(normalize_line(PILES[0])) == "stacks too many marks on one letter"


def test_an_open_placeholder_before_many_blanks_is_read_at_once() -> None:
    assert unknown_placeholders("{{" + " " * MANY) == ()
    assert unknown_placeholders("{{ count }} {{\tcount_in_words\n}} {{ cuont }} {{}}") == ("{{ cuont }}", "{{}}")
    assert any(one.field == "placeholder" for one in missing_requirements(LetterText("A", "{{ x }}"), None, NOW))


def test_a_heading_of_many_signs_is_read_at_once() -> None:
    text = read_letter(b"# A title" + b" #" * MANY + b" x\n\nText.\n", "letter.md")[0]
    assert text.title.startswith("A title # #")
    assert read_letter(b"# A *title* ##\n\nText.\n", "letter.md")[0].title == "A title"

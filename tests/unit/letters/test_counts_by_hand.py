"""Detection of hardcoded signatory counts among the other numbers of a letter."""

import time

import pytest

from letterhub.domain.letters.draft_lint import find_hardcoded_counts

TYPED = [
    ("On behalf of the 147 undersigned organizations, we write.", "147 undersigned organizations"),
    ("We, the **147** undersigned organizations, write.", "147 undersigned organizations"),
    ("We, the fifteen undersigned organizations, write.", "fifteen undersigned organizations"),
    ("The one hundred\nforty-seven undersigned groups ask you.", "one hundred forty-seven undersigned groups"),
    ("The One Hundred and Forty-Seven undersigned groups ask you.", "One Hundred and Forty-Seven undersigned groups"),
    ("We, the undersigned 1,204 organizations, ask you.", "1,204 organizations"),
    ("We are 62 national, state, and local organizations, the undersigned.", "62 national, state, and local organizations"),
    ("On behalf of 147 organizations across the country, we write.", "147 organizations"),
    ("We, 80 groups from 40 states, urge you.", "80 groups"),
    ("As the 147 signatories below, we ask.", "147 signatories"),
    ("More than two hundred signatories stand behind this.", "two hundred signatories"),
    ("The undersigned organizations, 212 groups in all, ask.", "212 groups"),
]

OTHER = [
    "We, the {{count}} undersigned organizations, write.",
    "We, the {{ count_in_words }} undersigned, write.",
    "We, the undersigned organizations, speak for 40 million people.",
    "The 117th Congress heard the undersigned organizations.",
    "2 organizations merged last year.",
    "There are 1.5 million organizations in this country.",
    "In 2021, the undersigned organizations asked you.",
    "In 2021 undersigned organizations asked you.",
    "We, the undersigned 501(c)(3) organizations, write.",
    "For 10 years the undersigned have asked.",
    "One of the undersigned wrote to you.",
    "No one undersigned that.",
    "We thank the 196 signatories to the Paris Agreement.",
    "We thank the 196 signatories of the agreement.",
    "Section 12 organizations is unclear.",
    "On behalf of our 40 member organizations, we write.",
    "The undersigned ask for $5 million for community groups.",
    "The undersigned find that 80 percent of groups agree.",
    "In 12 states, groups wait. The undersigned know.",
    "The undersigned ask for one organization in charge.",
    "[147 groups](https://x.example/147) were asked.",
    "",
]


@pytest.mark.parametrize(("body", "phrase"), TYPED)
def test_a_count_that_was_typed_is_found_with_the_words_after_it(body: str, phrase: str) -> None:
    assert [one.phrase for one in find_hardcoded_counts(body)] == [phrase]


@pytest.mark.parametrize("body", OTHER)
def test_other_numbers_are_left_alone(body: str) -> None:
    assert find_hardcoded_counts(body) == ()


def test_each_phrase_is_told_once() -> None:
    body = "We, the 147 undersigned, ask.\n\nThe 147 undersigned repeat it. The 147 signatories, too."
    assert [one.phrase for one in find_hardcoded_counts(body)] == ["147 undersigned", "147 signatories"]


@pytest.mark.parametrize(
    ("body", "count", "right"),
    [
        ("The 1,204 undersigned ask.", 1204, True),
        ("The 1204 undersigned ask.", 1204, True),
        ("The 147 undersigned ask.", 148, False),
        ("The One hundred forty-seven undersigned ask.", 147, True),
        ("The one hundred and forty-seven undersigned ask.", 147, True),
        ("The fifteen undersigned ask.", 16, False),
    ],
)
def test_a_count_that_was_typed_may_be_right(body: str, count: int, right: bool) -> None:
    (found,) = find_hardcoded_counts(body)
    assert found.is_current(count) is right


@pytest.mark.parametrize("part", ["1 ", "one hundred ", "12 and ", "undersigned ", "9,", "\u0663", "groups, ", "a "])
def test_a_long_text_is_read_in_no_time(part: str) -> None:
    started = time.process_time()
    find_hardcoded_counts(part * (400_000 // len(part)))
    assert time.process_time() - started < 2

"""Words of a copy that differ from ours are found in texts of any length, and sorted into names, text and additions."""

import random
from time import process_time

import pytest

from letterhub.domain.editions.file_comparison import CopyVerdict, FileText, compare_copy
from letterhub.domain.editions.file_differences import Differences, PrintedName, differences_between, page_ranges
from letterhub.domain.editions.word_alignment import changed_runs, printed_words, word_keys

NAMES = (PrintedName("Example Alliance", "Clara Example, Director"), PrintedName("The Arc"), PrintedName("Willow River Watch"))
LIST = "3 signatories\nExample Alliance\nClara Example, Director\nThe Arc\nWillow River Watch\ncc: The Secretary\n1 of 1"
PAGE = f"Dear Ada: We, Example Alliance and others, ask for clean water.\n{LIST}"


def differences(copy: str, ours: str = PAGE) -> Differences:
    return differences_between((ours,), (copy,), NAMES)


@pytest.mark.parametrize(
    ("ours", "copy"),
    [
        ("official office", "oﬃcial oﬃce"),
        ("well-known rivers", "well-\nknown rivers"),
        ("rivers", "riv\u00aders"),
        ("rivers", "riv-\r\ners"),
        ("rivers", "riv\x02\r\ners"),
        ("clean rivers", "clean  \n rivers"),
        ("clean rivers", "clean\u200b rivers\u2060"),
        ("letter head", "letterhead"),
        ("想像図書館協会", "想像図書\n館協会"),
    ],
)
def test_what_only_looks_another_way_in_the_file_is_no_difference(ours: str, copy: str) -> None:
    assert changed_runs(word_keys(printed_words(ours)), word_keys(printed_words(copy))) == []


@pytest.mark.parametrize(
    ("ours", "copy"),
    [
        ("We do ask", "We do not ask"),
        ("1.5 million", "15 million"),
        ("-5", "5"),
        ("We Ask", "We ask"),
        ("now.", "now"),
        ("a", ""),
    ],
)
def test_any_other_word_or_sign_is_a_difference(ours: str, copy: str) -> None:
    assert changed_runs(word_keys(printed_words(ours)), word_keys(printed_words(copy)))


def test_names_are_told_by_their_lines() -> None:
    found = differences(PAGE.replace("Clara Example", "Carla Example").replace("The Arc\n", ""))
    assert found.names.changed == (("Example Alliance — Clara Example, Director", "Example Alliance Carla Example, Director"),)
    assert (found.names.removed, found.names.added, found.name_count) == (("The Arc",), (), 2)
    assert found.passages == ()


def test_a_name_in_between_is_added() -> None:
    found = differences(PAGE.replace("The Arc", "The Arc\nMining Alliance"))
    assert (found.names.added, found.names.changed) == (("Mining Alliance",), ())


def test_a_name_in_the_text_is_text() -> None:
    found = differences(PAGE.replace("We, Example Alliance", "We, Mining Alliance"))
    assert found.name_count == 0
    [passage] = found.passages
    assert [segment.text.strip() for segment in passage.before if segment.changed] == ["Example"]
    assert [segment.text.strip() for segment in passage.after if segment.changed] == ["Mining"]


def test_words_at_the_edges_of_pages_are_additions_and_others_are_text() -> None:
    pages = (f"Received\n{PAGE}", f"Received\n{PAGE}\nPage 2")
    found = differences_between((PAGE, PAGE), pages, ())
    assert [(one.text, one.page_ranges) for one in found.additions] == [("Received", "1–2"), ("Page 2", "2")]
    assert differences(PAGE.replace("ask for", "never ask for")).additions == ()
    assert differences(PAGE.replace("1 of 1", "2 of 2")).additions == ()


def test_what_is_not_listed_is_counted() -> None:
    ours = " ".join(f"word{number} between these" for number in range(100))
    found = differences(ours.replace("word", "other"), ours)
    assert (len(found.passages), found.hidden_count) == (40, 60)


def test_words_alone_make_no_file_the_same() -> None:
    ours = FileText((PAGE,), ("drawn",), "catalog", {"edition.json": "1"})
    assert compare_copy(ours, ours, NAMES).verdict is CopyVerdict.SAME
    for other in (
        FileText((PAGE,), ("drawn differently",), "catalog"),
        FileText((PAGE,), (), "catalog"),
        FileText((PAGE,), ("drawn",), "layers"),
        FileText((PAGE,), ("drawn",), "catalog", is_damaged=True),
        FileText((PAGE, ""), ("drawn", "blank"), "catalog"),
    ):
        assert compare_copy(ours, other, NAMES).verdict is CopyVerdict.SAME_WORDS
    assert compare_copy(ours, FileText((PAGE,), ("drawn",), "catalog", {"edition.json": "2"}), NAMES).changed_attachments


@pytest.mark.parametrize(("pages", "text"), [((1,), "1"), ((1, 2), "1–2"), ((1, 3, 4, 5, 9), "1, 3–5, 9"), ((), "")])
def test_pages_are_told_as_ranges(pages: tuple[int, ...], text: str) -> None:
    assert page_ranges(pages) == text


@pytest.mark.shows("S32")
@pytest.mark.parametrize("kind", ["reversed", "shuffled", "one word", "every second word", "ends of lines", "nothing"])
def test_no_copy_of_a_long_list_takes_a_second(kind: str) -> None:
    names = tuple(PrintedName(f"Alliance {number} of Rivers", f"Person {number}") for number in range(10_000))
    ours = " ".join(f"{name.name} {name.rest}" for name in names)
    words = ours.split()
    copy = {
        "reversed": words[::-1],
        "shuffled": random.Random(1).sample(words, len(words)),
        "one word": ["Alliance"] * 400_000,
        "every second word": [word + "x" * (number % 2) for number, word in enumerate(words)],
        "ends of lines": [word + "x" * (number % 6 in (0, 5)) for number, word in enumerate(words)],
        "nothing": [],
    }[kind]
    started = process_time()
    assert differences_between((ours,), (" ".join(copy),), names).name_count
    assert process_time() - started < 1

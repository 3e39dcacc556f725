"""Text pasted from a word processor keeps its bullets, lines and paragraphs."""

import re
import time

import pytest

from letterhub.rendering.letter.markdown import markdown_html
from letterhub.rendering.letter.markdown_cleanup import clean_markdown


def html(markdown: str) -> str:
    """Return the HTML of a text without the line ends between its elements, and the labels of its lists."""
    return re.sub(r"\s*\n\s*(?=<)|(?<=>)\n|(?<=<ol)[^>]*", "", str(markdown_html(markdown, "Title", "en"))).strip()


@pytest.mark.parametrize(
    ("pasted", "shown"),
    [
        ("\tFirst.\n\n\tSecond, **bold**.", "<p>First.</p><p>Second, <strong>bold</strong>.</p>"),
        ("    The White House\n    Washington", "<p>The White House<br>Washington</p>"),
        ("\tFirst line of\na paragraph.\n\tNext.", "<p>First line of\na paragraph.<br>Next.</p>"),
        ("> \tSet in\n>\n>       More", "<blockquote><p>Set in</p><p>More</p></blockquote>"),
        ("```\n    • a\n(a) x\n(b) y\n```", "<pre>    • a\n(a) x\n(b) y</pre>"),
        ("~~~\n• a\n```\n• b", "<pre>• a\n```\n• b</pre>"),
        ("> ```\n> • a\n> |b|\n> ```\n> • c", "<blockquote><pre>• a\n|b|</pre><ul><li>c</li></ul></blockquote>"),
        ("- ```\n  • a\n  (a) b\n  (b) c\n  ```\n- d", "<ul><li><pre>• a\n(a) b\n(b) c</pre></li><li>d</li></ul>"),
        ("• ```\n  • a\n  ```", "<ul><li><pre>• a</pre></li></ul>"),
        ("• a\n\n  ```\n  • b\n  ```\n• c", "<ul><li><p>a</p><pre>• b</pre></li><li><p>c</p></li></ul>"),
        (
            "(a) b\n\n    ```\n    (a) c\n    (b) d\n    ```\n\n(b) e",
            "<ol><li><p>b</p><pre>(a) c\n(b) d</pre></li><li><p>e</p></li></ol>",
        ),
        ("a `b\n• c` d", "<p>a <code>b • c</code> d</p>"),
        ("- a ``b\n  (a) c`\n  (b) d`` e", "<ul><li>a <code>b (a) c` (b) d</code> e</li></ul>"),
        ("a \\`b\n• c` d", "<p>a `b</p><ul><li>c` d</li></ul>"),
    ],
)
def test_what_is_set_in_is_prose_and_only_what_is_fenced_is_code(pasted: str, shown: str) -> None:
    assert html(pasted) == shown


@pytest.mark.parametrize(
    ("pasted", "shown"),
    [
        ("• A\n• B", "<ul><li>A</li><li>B</li></ul>"),
        ("We ask:\n·\tA\n·\tB\n\nThen", "<p>We ask:</p><ul><li>A</li><li>B</li></ul><p>Then</p>"),
        ("\uf0b7\tA\no\tB\n§\tC\n\uf0b7\tD", "<ul><li>A<ul><li>B<ul><li>C</li></ul></li></ul></li><li>D</li></ul>"),
        ("\t•\tA\n\t\to\tB\n\t•\tC", "<ul><li>A<ul><li>B</li></ul></li><li>C</li></ul>"),
        ("\t• A\n\t• B\nText", "<ul><li>A</li><li>B\nText</li></ul>"),
        ("1. A\n\t• B\n• C", "<ol><li>A<ul><li>B</li></ul></li></ol><ul><li>C</li></ul>"),
        ("o\tA\n\nText\n\n• B", "<ul><li>A</li></ul><p>Text</p><ul><li>B</li></ul>"),
        ("• A\n\n• B\n\n\tText", "<ul><li><p>A</p></li><li><p>B</p></li></ul><p>Text</p>"),
        ("• A that goes\non\n• B", "<ul><li>A that goes\non</li><li>B</li></ul>"),
        ("> • A\n> • B", "<blockquote><ul><li>A</li><li>B</li></ul></blockquote>"),
        ("1. A:\n    • B\n    • C\n2. D", "<ol><li>A:<ul><li>B</li><li>C</li></ul></li><li>D</li></ol>"),
        ("- A:\n    • B\n- C", "<ul><li>A:<ul><li>B</li></ul></li><li>C</li></ul>"),
        ("• A:\n\n    1. B\n    2. C\n\n• D", "<ul><li><p>A:</p><ol><li>B</li><li>C</li></ol></li><li><p>D</p></li></ul>"),
        ("```a``` is\n\n• b", "<p><code>a</code> is</p><ul><li>b</li></ul>"),
        ("o uno o altro\n§ 600", "<p>o uno o altro\n§&nbsp;600</p>"),
        ("A · B\n•C", "<p>A · B\n•C</p>"),
        ("  • A\n  • B", "<ul><li>A</li><li>B</li></ul>"),
    ],
)
def test_bullets_of_word_processors_are_items(pasted: str, shown: str) -> None:
    assert html(pasted) == shown


@pytest.mark.parametrize(
    ("pasted", "shown"),
    [
        ("    1. A\n    2. B", "<ol><li>A</li><li>B</li></ol>"),
        ("We ask:\n\t1.\tA\n\t2.\tB", "<p>We ask:</p><ol><li>A</li><li>B</li></ol>"),
        ("We ask:\n    - A\n    - B", "<p>We ask:</p><ul><li>A</li><li>B</li></ul>"),
        ("in the year\n    1994. He", "<p>in the year\n1994. He</p>"),
        ("- A\n    - B\n        - C\n- D", "<ul><li>A<ul><li>B<ul><li>C</li></ul></li></ul></li><li>D</li></ul>"),
        ("1. A\n\n    more\n\n2. B\n    - C", "<ol><li><p>A</p><p>more</p></li><li><p>B</p><ul><li>C</li></ul></li></ol>"),
        ("1. A\n\n        1) B\n        2) C", "<ol><li><p>A</p><ol><li>B</li><li>C</li></ol></li></ol>"),
        ("- A\n    goes on\n    and on", "<ul><li>A\ngoes on\nand on</li></ul>"),
    ],
)  # fmt: skip
def test_lists_stay_lists_however_far_they_are_set_in(pasted: str, shown: str) -> None:
    assert html(pasted) == shown


@pytest.mark.parametrize(
    ("pasted", "shown"),
    [
        (
            "That\n(a) one;\n(b) two; and\n(c) three.",
            "<p>That</p><ol><li>one;</li><li>two; and</li><li>three.</li></ol>",
        ),
        (
            "i) one\nii) two\niii) three",
            "<ol><li>one</li><li>two</li><li>three</li></ol>",
        ),
        (
            "(1) one\nthat goes on\n(2) two",
            "<ol><li>one\nthat goes on</li><li>two</li></ol>",
        ),
        ("in section\n(a) of the Act", "<p>in section\n(a) of the Act</p>"),
        ("in section\n(a) and section\n(d) of the Act", "<p>in section\n(a) and section\n(d) of the Act</p>"),
        ("(a) one\n\n(b) two", "<ol><li><p>one</p></li><li><p>two</p></li></ol>"),
    ],
)
def test_lines_that_count_with_letters_are_lists(pasted: str, shown: str) -> None:
    assert html(pasted) == shown


@pytest.mark.parametrize(
    ("labels", "breaks"), [("i ii iii", 3), ("h i j", 3), ("9 10", 2), ("xi xii", 2), ("i iii", 0), ("a", 0)]
)
def test_labels_that_follow_each_other_begin_lines(labels: str, breaks: int) -> None:
    lines = ["That", *(f"({label}) x" for label in labels.split())]
    assert clean_markdown("\n".join(lines)).count("  \n(") == breaks


def test_a_text_without_such_marks_is_left_as_it_is() -> None:
    text = "# A\n\n- b\n  - c\n\n1. d\n\n> e\n\n| f | g |\n|---|---|\n\nh[^i]\n\n[^i]: j\n\n    k\n"
    assert clean_markdown(text) == text


def test_long_texts_of_marks_are_read_at_once() -> None:
    started = time.process_time()
    for text in (
        " " * 400_000,
        "\t" * 400_000,
        "> " * 200_000,
        "• a\n" * 100_000,
        "(a) x\n(b) y\n" * 30_000,
        "`" * 400_000,
        "`a\n``b\n" * 30_000,
        "> - ```\n" * 3_000,
        "• ```\na\n" * 10_000,
        "x\n" + " " * 400_000 + "y",
        "x\n" + "\t" * 400_000 + "y",
        "> > " * 100_000 + "y",
        "• " + " " * 400_000 + "y",
    ):
        clean_markdown(text)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("layout", [2, 3])
def test_a_fence_ends_at_one_as_long(layout: int) -> None:
    assert clean_markdown("````\n```\n• a\n````\n• b", layout) == "````\n```\n• a\n````\n- b"


def test_labels_in_small_roman_numerals_follow_each_other() -> None:
    assert clean_markdown("We ask\n(ii) a\n(iii) b\n(v) c") == "We ask  \n(ii) a  \n(iii) b\n(v) c"


def test_the_first_bullet_of_a_letter_is_not_set_in() -> None:
    assert clean_markdown("  • A\n  o\tB") == "- A\n  - B"

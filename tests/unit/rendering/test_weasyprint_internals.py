"""WeasyPrint's inline layout is the one that our line breaking was written for."""

import hashlib
import inspect
from collections.abc import Callable
from typing import Any

import pytest
import weasyprint
from weasyprint.layout import inline
from weasyprint.text import line_break

WHAT_TO_DO = """Editions of layout 2 have their lines broken by WeasyPrint {version} with our weasyprint_paragraphs.py on top,
and must keep their bytes. To take another WeasyPrint:
1. Read what changed in the function named here, and mend weasyprint_paragraphs.py and paragraph_text.py.
2. Compare `bench/typography.py` before and after: no plan may be missed, no line be longer than its page.
3. Where lines end elsewhere now, give new editions a new LAYOUT_VERSION, and say in docs/upgrading.md that editions of an older
   one can be rendered again only with the release that made them.
4. Write the new version and digests here, and pin the version in pyproject.toml."""
VERSION = "70.0"
DIGESTS = {
    "get_next_linebox": "67af458c2545e74f",
    "split_inline_box": "3a0cb7ca7e34c7ef",
    "split_inline_level": "d98c008c8fc00582",
    "split_text_box": "8c564329599ef23f",
    "text_align": "e953d41b87ccfc30",
    "justify_line": "f83b21ff8793ba6b",
    "count_expandable_spaces": "175fe6f42576ed38",
    "add_word_spacing": "879516e71f1b80fa",
    "create_layout": "6587192cc0ab3ffa",
    "split_first_line": "39ad1016863ca34d",
    "get_log_attrs": "65c1a1c4fa75ee95",
}
FUNCTIONS: tuple[Callable[..., Any], ...] = (
    inline.get_next_linebox,
    inline.split_inline_box,
    inline.split_inline_level,
    inline.split_text_box,
    inline.text_align,
    inline.justify_line,
    inline.count_expandable_spaces,
    inline.add_word_spacing,
    line_break.create_layout,
    line_break.split_first_line,
    line_break.get_log_attrs,
)


def test_the_version_is_the_pinned_one() -> None:
    assert weasyprint.__version__ == VERSION, WHAT_TO_DO.format(version=VERSION)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_no_function_that_lines_are_broken_with_has_changed(function: Callable[..., Any]) -> None:
    digest = hashlib.sha256(inspect.getsource(function).encode()).hexdigest()[:16]
    assert digest == DIGESTS[function.__name__], WHAT_TO_DO.format(version=VERSION)

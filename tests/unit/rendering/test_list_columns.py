"""Names are placed in columns page by page, never split, with even columns at the end and no heading alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterhub.rendering.pdf.typesetting.columns import ColumnSlice, HeadingPosition, ListHeights, SectionHeights, plan_layout
from letterhub.rendering.pdf.typesetting.style import list_style

GAP = 5.0


def stretch(*heights: float, heading: float = 0, before: float = 0, again: float = 0) -> SectionHeights:
    return SectionHeights(heading, before, tuple(height + GAP for height in heights), GAP, again)


def test_what_fits_is_set_in_even_columns() -> None:
    plan = plan_layout([stretch(10, 10, 10, 10, 10)], 2, ListHeights(500, 600))
    assert plan.columns == (ColumnSlice(0, 0, 0, 0, 0, 3), ColumnSlice(0, 0, 1, 0, 3, 5))
    assert (plan.last_page, plan.end) == (0, 40)


def test_a_list_fills_its_page_before_the_next() -> None:
    plan = plan_layout([stretch(*[10] * 10)], 2, ListHeights(40, 600))
    assert [(one.page, one.column, one.first, one.last) for one in plan.columns] == [
        (0, 0, 0, 3),
        (0, 1, 3, 6),
        (1, 0, 6, 8),
        (1, 1, 8, 10),
    ]


def test_a_gap_falls_away_at_a_columns_foot() -> None:
    assert plan_layout([stretch(10, 10)], 1, ListHeights(25, 600)).last_page == 0
    assert plan_layout([stretch(10, 10)], 1, ListHeights(24.9, 600)).last_page == 1


def test_a_heading_moves_to_the_next_page_with_its_first_entry() -> None:
    plan = plan_layout([stretch(10, heading=12), stretch(10, 10, heading=12, before=14)], 2, ListHeights(50, 600))
    assert plan.headings == (HeadingPosition(0, 0, 0), HeadingPosition(1, 1, 0))


def test_space_stands_before_a_heading_but_not_at_a_pages_head() -> None:
    plan = plan_layout([stretch(10, heading=12), stretch(10, heading=12, before=14)], 2, ListHeights(200, 600))
    assert plan.headings == (HeadingPosition(0, 0, 0), HeadingPosition(1, 0, 36))


def test_a_section_that_goes_on_says_so_on_each_page() -> None:
    plan = plan_layout([stretch(*[10] * 7, heading=12, again=14), stretch(10, heading=12, again=14)], 1, ListHeights(57, 64))
    assert plan.headings == (
        HeadingPosition(0, 0, 0),
        HeadingPosition(0, 1, 0, is_repeated=True),
        HeadingPosition(0, 2, 0, is_repeated=True),
        HeadingPosition(1, 2, 24),
    )
    assert [(one.page, one.top, one.last - one.first) for one in plan.columns] == [
        (0, 12, 3),
        (1, 14, 3),
        (2, 14, 1),
        (2, 36, 1),
    ]


def test_a_list_without_room_begins_on_the_next_page() -> None:
    assert plan_layout([stretch(10, 10)], 2, ListHeights(4, 600)).columns[0].page == 1


def test_an_entry_taller_than_a_page_still_stands() -> None:
    plan = plan_layout([stretch(10, 700, 10)], 2, ListHeights(600, 600))
    assert [number for one in plan.columns for number in range(one.first, one.last)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("count", "pages"),
    [
        (12, [12]),
        (13, [9, 4]),  # one name alone on a page looks lost
        (15, [11, 4]),
        (16, [12, 4]),
        (25, [12, 9, 4]),
    ],
)
def test_no_last_name_stands_alone_on_a_page(count: int, pages: list[int]) -> None:
    plan = plan_layout([stretch(*[10] * count)], 2, ListHeights(85, 85))
    assert [sum(one.last - one.first for one in plan.columns if one.page == page) for page in range(len(pages))] == pages
    assert plan.last_page == len(pages) - 1


def test_where_a_section_follows_a_page_is_filled() -> None:
    plan = plan_layout([stretch(*[10] * 13), stretch(*[10] * 9, heading=10)], 2, ListHeights(85, 85))
    assert [one.last - one.first for one in plan.columns if one.page == 0] == [6, 6]


@pytest.mark.parametrize("tail", [0, 10])
def test_a_last_section_of_one_name_is_not_alone_on_its_page(tail: float) -> None:
    sections = [stretch(*[10] * 12, heading=10, again=10), stretch(10, heading=10, before=10)]
    plan = plan_layout(sections, 2, ListHeights(110, 600), tail, keeps_few_company=True)
    assert [(one.section, one.page, one.last - one.first) for one in plan.columns] == [
        (0, 0, 4), (0, 0, 4), (0, 1, 2), (0, 1, 2), (1, 1, 1),
    ]  # fmt: skip
    assert HeadingPosition(0, 1, 0, is_repeated=True) in plan.headings
    earlier = plan_layout(sections, 2, ListHeights(110, 600), tail)
    assert [one.section for one in earlier.columns if one.page == 1] == [1]
    assert plan_layout(sections, 2, ListHeights(150, 600), tail, keeps_few_company=True).last_page == 0


def test_what_follows_a_list_takes_its_last_names_along_to_the_next_page() -> None:
    plan = plan_layout([stretch(*[10] * 12)], 2, ListHeights(85, 600), tail=40)
    assert [(one.page, one.first, one.last) for one in plan.columns] == [(0, 0, 4), (0, 4, 8), (1, 8, 10), (1, 10, 12)]
    assert (plan.last_page, plan.end) == (1, 25)


@pytest.mark.parametrize("columns", [1, 2, 3])
@given(
    heights=st.lists(st.floats(5, 90), min_size=1, max_size=80),
    first=st.floats(0, 300),
    cut=st.integers(0, 80),
    tail=st.sampled_from([0, 40, 250]),
    again=st.sampled_from([0, 12]),
)
def test_every_entry_stands_once_in_order_and_inside_its_page(
    columns: int, heights: list[float], first: float, cut: int, tail: float, again: float
) -> None:
    parts = [stretch(*part, heading=12, before=14, again=again) for part in (heights[:cut], heights[cut:]) if part]
    list_heights = ListHeights(first, 300)
    plan = plan_layout(parts, columns, list_heights, tail)
    assert [(one.section, number) for one in plan.columns for number in range(one.first, one.last)] == [
        (section, number) for section, part in enumerate(parts) for number in range(len(part.heights))
    ]
    for one in plan.columns:
        bottom = one.top + sum(parts[one.section].heights[one.first : one.last]) - GAP
        assert bottom <= list_heights.on(one.page) + 0.02
    for head in plan.headings:
        assert any(one.section == head.section and one.page == head.page for one in plan.columns)
    order = [(one.page, one.section, one.column) for one in plan.columns]
    assert order == sorted(order)


@pytest.mark.parametrize("classes", [(), ("letter--modern",)])
def test_all_lines_of_a_list_stand_on_one_grid_since_layout_3(classes: tuple[str, ...]) -> None:
    style, before = list_style(classes), list_style(classes, 2)
    assert (style.gap, style.plain_gap, style.detail_indent) == (0, 0, style.indent)
    assert before.gap % before.leading
    lines = [1, 2, 3, 1, 4, 2, 2, 1, 3]
    columns = plan_layout(
        [SectionHeights(20, 15, [style.leading * count for count in lines], style.gap)], 3, ListHeights(500, 600)
    ).columns
    starts = [
        one.top + style.leading * sum(lines[one.first : number]) for one in columns for number in range(one.first, one.last)
    ]
    assert {round((start - columns[0].top) / style.leading, 6) % 1 for start in starts} == {0}

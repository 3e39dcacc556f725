"""Warnings of the conversion: a sentence for each kind of content that was left out."""

from collections.abc import Mapping

_WARNINGS = {
    "pictures": ("One picture was left out.", "{count} pictures were left out."),
    "charts": ("One chart or diagram was left out.", "{count} charts or diagrams were left out."),
    "equations": ("One equation was left out.", "{count} equations were left out."),
    "signs": ("One sign of a special font was left out.", "{count} signs of special fonts were left out."),
    "hidden": ("Hidden text was left out.",) * 2,
    "margins": ("What stands in the header and the footer of the pages was left out.",) * 2,
    "comments": ("One comment was left out.", "{count} comments were left out."),
    "tracked": ("It has tracked changes: what was inserted is in the text, what was deleted is not.",) * 2,
    "links": ("One link leads neither to the web nor to a mailbox; its words stand without it.",
              "{count} links lead neither to the web nor to a mailbox; their words stand without them."),
    "struck": ("Text that was struck through stands without its line: take it out if it was to go.",) * 2,
    "underlined": ("Underlined text stands without its line.",) * 2,
    "marked": ("Highlighted text stands without its color.",) * 2,
    "lettered": ("Lists with letters, Roman or combined numbers are numbered 1, 2, 3.",) * 2,
    "merged": ("Merged cells of a table stand apart.",) * 2,
}  # fmt: skip


def warning_sentences(left_out: Mapping[str, int]) -> tuple[str, ...]:
    """Return the sentences for counts by kind, the most important first."""
    return tuple(
        (one if left_out[kind] == 1 else several).format(count=left_out[kind])
        for kind, (one, several) in _WARNINGS.items()
        if left_out.get(kind)
    )

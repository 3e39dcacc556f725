"""Whether a name that was in the list is in it again without staff, once its signatory confirms it again."""

from letterhub.domain.evidence import Doubt, Standing

BY_ANOTHER = frozenset({Doubt.SAME_NAME, Doubt.LIKE_ANOTHER})
RAISED_SINCE = BY_ANOTHER | {Doubt.SECOND_NO, Doubt.NOT_OURS, Doubt.TURNED_AWAY}
"""Doubts that come up after a name was published; of the others whoever published it knew."""


def returns_at_once(standing: Standing, *, outweighed: bool) -> bool:
    """Whether a name that was in the list is in it again without staff when it is confirmed again.

    `outweighed` says whether another signature of its name, or one like it, is proven at least as well: a weaker one takes
    nothing from it.
    """
    return not standing.doubts & (RAISED_SINCE if outweighed else RAISED_SINCE - BY_ANOTHER)

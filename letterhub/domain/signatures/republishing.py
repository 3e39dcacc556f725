"""Rule for publishing a name again without staff, when a signatory who was listed reconfirms. See docs/design/signatures.md."""

from letterhub.domain.signatures.evidence import Doubt, Standing

BY_ANOTHER = frozenset({Doubt.SAME_NAME, Doubt.LIKE_ANOTHER})
RAISED_SINCE = BY_ANOTHER | {Doubt.SECOND_NO, Doubt.NOT_OURS, Doubt.TURNED_AWAY}
"""Doubts that arise after publishing; the others were known to whoever published."""


def returns_at_once(standing: Standing, *, outweighed: bool) -> bool:
    """Return whether a name that was listed is published again without staff when it is reconfirmed.

    `outweighed` says whether another signature of its name, or one like it, has proof at least as good: a weaker one does not
    block it.
    """
    return not standing.doubts & (RAISED_SINCE if outweighed else RAISED_SINCE - BY_ANOTHER)

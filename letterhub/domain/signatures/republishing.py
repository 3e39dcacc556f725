"""Rule for publishing a name again without staff, when a signatory who was listed reconfirms. See docs/design/signatures.md."""

from letterhub.domain.signatures.evidence import Assessment, Doubt

DUPLICATE_DOUBTS = frozenset({Doubt.SAME_NAME, Doubt.LIKE_ANOTHER})
DOUBTS_AFTER_PUBLISHING = DUPLICATE_DOUBTS | {Doubt.SECOND_NO, Doubt.NOT_OURS, Doubt.TURNED_AWAY}
"""Doubts that arise after publishing; the others were known to whoever published."""


def is_republished_at_once(standing: Assessment, *, outweighed: bool) -> bool:
    """Return whether a name that was listed is published again without staff when it is reconfirmed.

    `outweighed` says whether another signature of its name, or one like it, has proof at least as good: a weaker one does not
    block it.
    """
    return not standing.doubts & (DOUBTS_AFTER_PUBLISHING if outweighed else DOUBTS_AFTER_PUBLISHING - DUPLICATE_DOUBTS)

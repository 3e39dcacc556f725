"""Events that webhooks tell: which there are, and which follow from a change of a signature or a letter.

See docs/design/programs/webhooks.md.
"""

import enum

from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import CONFIRMED_STATES, LetterState, SignatureState


class EventType(enum.StrEnum):
    """Type of an event; the value is what a payload says."""

    SIGNATURE_CONFIRMED = "signature.confirmed"
    SIGNATURE_PUBLISHED = "signature.published"
    SIGNATURE_UNPUBLISHED = "signature.unpublished"
    SIGNATURE_WITHDRAWN = "signature.withdrawn"
    LETTER_OPENED = "letter.opened"
    LETTER_CLOSED = "letter.closed"
    LETTER_DELIVERED = "letter.delivered"
    LETTER_ANSWERED = "letter.answered"
    LETTER_WITHDRAWN = "letter.withdrawn"
    EDITION_FROZEN = "edition.frozen"
    FLOOD_DETECTED = "flood.detected"
    TEST = "webhook.test"


CHOOSABLE = tuple(event for event in EventType if event is not EventType.TEST)
"""Events that a webhook may subscribe to: a test goes to any."""


def signature_events(
    before: SignatureState | None, after: SignatureState, source: Source, *, is_confirmed_anew: bool
) -> tuple[EventType, ...]:
    """Return the events of a signature that one transaction moved from a state, None for a new one, to another.

    Only whoever signed by the form confirms: names that staff add or import are told when they are published. A form that
    nobody had confirmed is withdrawn without an event.
    """
    events = []
    if is_confirmed_anew and after in CONFIRMED_STATES and source is Source.FORM:
        events.append(EventType.SIGNATURE_CONFIRMED)
    if after is not before:
        if after is SignatureState.PUBLISHED:
            events.append(EventType.SIGNATURE_PUBLISHED)
        elif after is SignatureState.WITHDRAWN and before in CONFIRMED_STATES:
            events.append(EventType.SIGNATURE_WITHDRAWN)
        elif before is SignatureState.PUBLISHED:
            events.append(EventType.SIGNATURE_UNPUBLISHED)
    return tuple(events)


def letter_events(before: LetterState, after: LetterState, *, was_open: bool, is_open: bool) -> tuple[EventType, ...]:
    """Return the events of a letter that one transaction changed. It `is_open` while it takes signatures: one whose deadline
    has passed `was_open` no more, which was told at that time."""
    if after is LetterState.DRAFT:
        return ()
    if is_open and not was_open:
        return (EventType.LETTER_OPENED,)
    if after is LetterState.WITHDRAWN:
        return (EventType.LETTER_WITHDRAWN,) if before not in (LetterState.WITHDRAWN, LetterState.DRAFT) else ()
    return (EventType.LETTER_CLOSED,) if was_open and not is_open else ()

"""Which names a request chose, how the outcome of a decision is told, and the way back from the last one."""

from collections.abc import Iterator

from flask import flash, request, session
from flask_babel import gettext as _
from flask_babel import ngettext

from letterhub.clock import now
from letterhub.commands.review import Chosen, Outcome
from letterhub.domain.states import SignatureState
from letterhub.queries.rooms import Room
from letterhub.queries.staff import Desk
from letterhub.web.numbers import whole_number

LAST = "last-decision"
MOST_AT_ONCE = 500  # far more than a page shows
TOLD, SENTENCE = 3, 240  # what is told stands in a cookie, of which browsers keep four thousand bytes


def chosen_names(desk: Desk, room: Room, *, one: int | None = None) -> Chosen:
    """The names that the request chose, or the one that its address names, with the marks of their lines as they were seen."""
    several = request.form.getlist("chosen", type=_marked)[:MOST_AT_ONCE]
    marks = {one: request.form.get("mark", "")} if one else dict(several)
    return Chosen(desk.coalition_id, room.letter_id, tuple(marks), desk.actor, now(), marks)


def _marked(chosen: str) -> tuple[int, str]:
    """The number and the mark of a name, as a form has them: "12-0a1b2c"."""
    number, _dash, mark = chosen.partition("-")
    return whole_number(number), mark


def tell(outcome: Outcome, room: Room, state: SignatureState) -> None:
    """Says what came of a decision on the next page, where it can be undone."""
    if not outcome.done and not outcome.refused:
        flash(_("No name was chosen. Check the boxes of the names first."), "doubt")
    for sentence in outcome.refused[:TOLD]:
        flash(_in_short(sentence), "doubt")
    if (more := len(outcome.refused) - TOLD) > 0:
        flash(ngettext("%(num)s more name was not decided.", "%(num)s more names were not decided.", more), "doubt")
    if outcome.done and state is not SignatureState.CONFIRMED:
        session[LAST] = {
            "letter": room.letter_id,
            "numbers": list(outcome.done),
            "state": state,
            "sentence": _said(outcome, state),
        }
    elif outcome.done:
        for sentence in _where_back(outcome):
            flash(sentence, "good")


def _in_short(sentence: str) -> str:
    """A sentence of which a cookie holds three, whatever script it is written in."""
    kept = sentence.encode()[:SENTENCE].decode(errors="ignore")
    return sentence if kept == sentence else f"{kept.rstrip()}…"


def last_decision(room: Room) -> dict[str, object] | None:
    """The decision that was just made in this room: told once, with a way back."""
    last: dict[str, object] | None = session.get(LAST)
    if last is None or last["letter"] != room.letter_id:
        return None
    return session.pop(LAST)  # type: ignore[no-any-return]


def _said(outcome: Outcome, state: SignatureState) -> str:
    count, name = len(outcome.done), outcome.names[0]
    if state is SignatureState.PUBLISHED:
        return str(ngettext("Published %(name)s.", "Published %(num)s names.", count, name=name))
    return str(ngettext("Declined %(name)s.", "Declined %(num)s names.", count, name=name))


def _where_back(outcome: Outcome) -> Iterator[str]:
    """Where names wait that were to go back to the queue: not all of them do there."""
    names: dict[SignatureState, list[str]] = {}
    for name, state in zip(outcome.names, outcome.states, strict=True):
        names.setdefault(state, []).append(name)
    if queued := names.get(SignatureState.CONFIRMED):
        yield ngettext("%(name)s is back in the queue.", "%(num)s names are back in the queue.", len(queued), name=queued[0])
    if pending := names.get(SignatureState.PENDING):
        yield ngettext(
            "%(name)s waits again until its signatory confirms it.",
            "%(num)s names wait again until their signatories confirm them.", len(pending), name=pending[0],
        )  # fmt: skip
    if outdated := names.get(SignatureState.OUTDATED):
        yield told_to_confirm(len(outdated), outcome.asked, outdated[0])


def told_to_confirm(count: int, asked: int, name: str) -> str:
    """That so many names wait for their signatories under a changed text, the one of this name, and whether mails ask them."""
    waits = ngettext(
        "%(name)s stays off the list until its signatory confirms the changed text.",
        "%(num)s names stay off the list until their signatories confirm the changed text.", count, name=name,
    )  # fmt: skip
    if not asked:
        return f"{waits} {_('No email asks for that: no address is known, or the letter takes no more confirmations.')}"
    return f"{waits} {ngettext('An email asks for that.', '%(num)s emails ask for that.', asked)}"

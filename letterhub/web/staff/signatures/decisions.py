"""Review decisions: the signatures that a request chose, messages about the outcome, and undo."""

from collections.abc import Iterator

from flask import flash, request, session
from flask_babel import gettext as _
from flask_babel import ngettext

from letterhub.clock import now
from letterhub.commands.signatures.review import Chosen, Outcome
from letterhub.domain.states import SignatureState
from letterhub.queries.accounts.staff import Desk
from letterhub.queries.letters.header import Room
from letterhub.web.converters import whole_number

LAST = "last-decision"
MOST_AT_ONCE = 500  # signatures, far more than a page shows
TOLD, SENTENCE = 3, 240  # messages and bytes of each: flashes are in a cookie of at most 4,000 bytes


def chosen_names(desk: Desk, room: Room, *, one: int | None = None) -> Chosen:
    """Return the chosen signatures, or the one in the URL, with the versions of their lines that the page showed."""
    several = request.form.getlist("chosen", type=_marked)[:MOST_AT_ONCE]
    marks = {one: request.form.get("mark", "")} if one else dict(several)
    return Chosen(desk.coalition_id, room.letter_id, tuple(marks), desk.actor, now(), marks)


def _marked(chosen: str) -> tuple[int, str]:
    """Return the id and version of a signature from a form value: "12-0a1b2c"."""
    number, _dash, mark = chosen.partition("-")
    return whole_number(number), mark


def tell(outcome: Outcome, room: Room, state: SignatureState) -> None:
    """Flash the outcome of a decision, or store it for the next page, which offers to undo it."""
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
    """Return a sentence cut to its limit in bytes, in any script."""
    kept = sentence.encode()[:SENTENCE].decode(errors="ignore")
    return sentence if kept == sentence else f"{kept.rstrip()}…"


def last_decision(room: Room) -> dict[str, object] | None:
    """Return the decision that was just made on this letter, once, to offer its undo."""
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
    """Yield sentences about signatures that return to the queue or wait for their signatories."""
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
    """Return a sentence about signatures that wait to be confirmed again, and about the emails that ask for it."""
    waits = ngettext(
        "%(name)s stays off the list until its signatory confirms the changed text.",
        "%(num)s names stay off the list until their signatories confirm the changed text.", count, name=name,
    )  # fmt: skip
    if not asked:
        return f"{waits} {_('No email asks for that: no address is known, or the letter takes no more confirmations.')}"
    return f"{waits} {ngettext('An email asks for that.', '%(num)s emails ask for that.', asked)}"

"""Messages about review decisions, with the undo that is offered; and the signatures that a form chose."""

from collections.abc import Iterator

from flask import flash, request, session
from flask_babel import gettext as _
from flask_babel import ngettext

from letterhub.clock import now
from letterhub.commands.signatures.review import ReviewOutcome, ReviewSelection
from letterhub.domain.states import SignatureState
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.web.forms import parse_integer

LAST_DECISION_KEY = "last-decision"
MAX_CHOSEN = 500  # signatures, far more than a page shows
MAX_MESSAGES, MAX_MESSAGE_BYTES = 3, 240  # messages and bytes of each: flashes are in a cookie of at most 4,000 bytes


def chosen_signatures(staff: StaffContext, header: LetterHeader, *, signature_id: int | None = None) -> ReviewSelection:
    """Return the chosen signatures, or the one in the URL, with the versions of their lines that the page showed."""
    ids_and_versions = request.form.getlist("chosen", type=_id_and_version)[:MAX_CHOSEN]
    versions = {signature_id: request.form.get("line_version", "")} if signature_id else dict(ids_and_versions)
    return ReviewSelection(staff.coalition_id, header.letter_id, tuple(versions), staff.actor, now(), versions)


def _id_and_version(form_value: str) -> tuple[int, str]:
    """Return the id and version of a signature from a form value: "12-0a1b2c"."""
    signature_id, _dash, version = form_value.partition("-")
    return parse_integer(signature_id), version


def flash_outcome(outcome: ReviewOutcome, header: LetterHeader, state: SignatureState) -> None:
    """Flash the outcome of a decision, or store it for the next page, which offers to undo it."""
    if not outcome.changed_ids and not outcome.errors:
        flash(_("No names are selected. Check the boxes next to the names first."), "doubt")
    for sentence in outcome.errors[:MAX_MESSAGES]:
        shortened = sentence.encode()[:MAX_MESSAGE_BYTES].decode(errors="ignore")
        flash(sentence if shortened == sentence else f"{shortened.rstrip()}…", "doubt")
    if (more := len(outcome.errors) - MAX_MESSAGES) > 0:
        flash(ngettext("%(num)s more name was not decided.", "%(num)s more names were not decided.", more), "doubt")
    if outcome.changed_ids and state is not SignatureState.CONFIRMED:
        count, name = len(outcome.changed_ids), outcome.names[0]
        if state is SignatureState.PUBLISHED:
            sentence = ngettext("Published %(name)s.", "Published %(num)s names.", count, name=name)
        else:
            sentence = ngettext("Declined %(name)s.", "Declined %(num)s names.", count, name=name)
        session[LAST_DECISION_KEY] = {
            "letter": header.letter_id, "numbers": list(outcome.changed_ids), "state": state, "sentence": sentence,
        }  # fmt: skip
    elif outcome.changed_ids:
        for sentence in _return_sentences(outcome):
            flash(sentence, "good")


def pop_last_decision(header: LetterHeader) -> dict[str, object] | None:
    """Return the decision that was just made on this letter, once, to offer its undo."""
    decision: dict[str, object] | None = session.get(LAST_DECISION_KEY)
    if decision is None or decision["letter"] != header.letter_id:
        return None
    return session.pop(LAST_DECISION_KEY)  # type: ignore[no-any-return]


def _return_sentences(outcome: ReviewOutcome) -> Iterator[str]:
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
        yield reconfirmation_sentence(len(outdated), outcome.emailed_count, outdated[0])


def reconfirmation_sentence(count: int, emailed_count: int, name: str) -> str:
    """Return a sentence about signatures that wait to be confirmed again, and about the emails that ask for it."""
    sentence = ngettext(
        "%(name)s stays off the list until its signatory confirms the changed text.",
        "%(num)s names stay off the list until their signatories confirm the changed text.", count, name=name,
    )  # fmt: skip
    emails = (
        ngettext("An email asks for that.", "%(num)s emails ask for that.", emailed_count)
        if emailed_count
        else _("No email asks for that: no address is known, or the letter takes no more confirmations.")
    )
    return f"{sentence} {emails}"

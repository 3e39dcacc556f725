"""Writing at once on the sheet: pages join the draft's session, send steps, and ask for those of others."""

import json
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.drafting.writing_sessions import join_session, send_steps
from letterhub.domain.accounts.roles import Role
from letterhub.domain.drafting.writing_sessions import CLIENT_LENGTH, SentSteps, SessionEnded, StepsMissed
from letterhub.domain.errors import UserFacingError
from letterhub.queries.accounts import StaffContext
from letterhub.queries.drafting.writing_sessions import has_session, missed_steps
from letterhub.queries.letters.drafts import load_draft_state
from letterhub.rendering.editor.document_check import UNREADABLE, InvalidDocument, schema_hash
from letterhub.rendering.editor.loading import open_text
from letterhub.web.access import get_letter_or_404, staff_only
from letterhub.web.forms import parse_integer

bp = Blueprint("writing_sessions", __name__)

NO_STORE = {"Cache-Control": "no-store"}


@bp.post("/write/session")
@staff_only(Role.ORGANIZER)
def join(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Let a page write in the draft's session; a sentence says why the text can only be edited as Markdown."""
    letter_id = get_letter_or_404(staff, slug).letter_id
    if not _client():
        return {"sentence": str(UNREADABLE)}, 422
    document, draft_version = None, 0
    if not has_session(letter_id):
        draft_state = load_draft_state(letter_id)
        opened = open_text(draft_state.text)
        if opened.document is None:
            return {"sentence": opened.problem}
        document, draft_version = opened.document, draft_state.version
    try:
        joined = join_session(letter_id, _client(), document, draft_version, staff_id=staff.staff_id, at=now())
    except UserFacingError as refusal:
        return {"sentence": str(refusal)}, 410 if isinstance(refusal, SessionEnded) else 422
    return {
        "key": joined.key,
        "version": joined.version,
        "document": joined.document,
        "body": joined.body,
        "draft_version": joined.draft_version,
    }, NO_STORE


@bp.post("/write/steps")
@staff_only(Role.ORGANIZER)
def send(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Take steps, none from a page that says that it is still there; 409 with what it missed if others were first."""
    letter_id = get_letter_or_404(staff, slug).letter_id
    try:
        sent = _sent_steps()
        version = send_steps(letter_id, sent, staff_id=staff.staff_id, at=now())
    except StepsMissed:
        return _missed(letter_id, sent.version, 409)
    except SessionEnded as ended:
        return _over(ended)
    except UserFacingError as refusal:
        return {"sentence": str(refusal)}, 422
    return _missed(letter_id, version, 200)


@bp.get("/write/steps")
@staff_only(Role.ORGANIZER)
def missed(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Return the steps since a version, and who else is there."""
    return _missed(get_letter_or_404(staff, slug).letter_id, request.args.get("version", -1, parse_integer), 200)


def _missed(letter_id: int, version: int, status: int) -> ResponseReturnValue:
    found = None
    if request.values.get("schema") == schema_hash():
        found = missed_steps(letter_id, request.values.get("key", ""), version, _client(), now())
    return (found._asdict(), status, NO_STORE) if found else _over(SessionEnded())


def _over(ended: SessionEnded) -> ResponseReturnValue:
    """Tell a page that its session is over, or that it has to be loaded again."""
    return {"sentence": str(ended), "reload": request.values.get("schema") != schema_hash()}, 410


def _client() -> str:
    return request.values.get("client", "")[:CLIENT_LENGTH]


def _sent_steps() -> SentSteps:
    """Return the steps of a request. Raises InvalidDocument for what is no list, and SessionEnded for another schema."""
    form = request.form
    if form.get("schema") != schema_hash():
        raise SessionEnded
    try:
        steps = json.loads(form.get("steps", "[]"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidDocument(UNREADABLE) from error
    numbers = [form.get(name, -1, parse_integer) for name in ("version", "anchor", "head")]
    if not isinstance(steps, list) or not _client() or not all(0 <= number < 2**31 for number in numbers):
        raise InvalidDocument(UNREADABLE)
    return SentSteps(form.get("key", ""), _client(), numbers[0], steps, numbers[1], numbers[2])


def _refuse_constant(name: str) -> Any:
    """Refuse the numbers that JSON doesn't have."""
    raise ValueError(name)

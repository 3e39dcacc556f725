"""Letters with many signatures, changes to the text that was signed, and the replies of signatories to them."""

import datetime as dt

from flask import Flask

from letterhub.clock import now
from letterhub.commands.changes.deadlines import settle_due_change
from letterhub.commands.letters.drafts import save_draft
from letterhub.commands.letters.revisions import publish_text_change, undo_text_change
from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.changes.replies import ChangeTerms, SilenceRule
from letterhub.domain.letters.revisions import ChangeKind, TextChange
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import Purpose
from letterhub.models import ChangeReply, Draft, Letter, Signature, TextChangeNotice
from letterhub.queries.changes.changes import changes_due
from tests.support import cast, factories
from tests.support.servers.database_copies import SITE
from tests.support.signing_steps import token_for
from tests.support.visitor import Visitor

COALITION_SLUG = "coalition-for-clean-rivers"
KEEP, CONFIRM = SilenceRule.KEEP, SilenceRule.CONFIRM
DAY = dt.timedelta(days=1)
TYPO, SUBSTANTIVE_CHANGE = ChangeKind.TYPO, ChangeKind.SUBSTANCE
OLD_BODY = factories.TEXT.body
TYPO_BODY = OLD_BODY.replace("protect our rivers", "protect our Rivers")
NEW_BODY = OLD_BODY.replace("Clean water, *now*.", "Clean water by 2030.")
NEWER_BODY = NEW_BODY.replace("2030", "2031")


def make_signers(count: int) -> list[cast.Signer]:
    """Return `number` signers, each of an organization of its own."""
    return [
        cast.Signer(f"Alliance {n:02}", f"https://a{n}.example", f"Nia {n}", "Director", f"nia@a{n}.example")
        for n in range(1, count + 1)
    ]


def add_signatures(letter: Letter, count: int, state: SignatureState = SignatureState.PUBLISHED) -> list[Signature]:
    """Add one signature per signer to a letter and return them."""
    return [factories.signature(letter, one, state) for one in make_signers(count)]


def save_draft_body(letter: Letter, body: str) -> int:
    """Save another body as the letter's draft; return the draft's version."""
    draft = db.session.get_one(Draft, letter.id)
    db.session.refresh(draft)
    text = text_from_facts({**draft.text, "body": body})
    return save_draft(letter.id, text, draft.version, staff_id=_otto(), at=now()).version


def terms(rule: SilenceRule = SilenceRule.CONFIRM, days: float = 3) -> ChangeTerms:
    """Return the terms of a substantive change, with a deadline in some days."""
    return ChangeTerms(rule, now() + dt.timedelta(days=days), "America/New_York")


def publish_body(
    letter: Letter, kind: ChangeKind, body: str, reason: str = "We were asked to.", change_terms: ChangeTerms | None = None
) -> int:
    """Publish another body as a change of that kind; return the revision's number. A substantive change asks signatories to
    confirm within three days, unless it has other terms."""
    version, number = save_draft_body(letter, body), factories.revision_of(letter).number
    change = TextChange(kind, reason, (change_terms or terms()) if kind is ChangeKind.SUBSTANCE else None)
    return publish_text_change(letter.id, version, number, change, actor="staff-1", staff_id=_otto(), at=now())


def publish_change(letter: Letter, settings: Settings, rule: SilenceRule, days: float = 3, body: str = NEW_BODY) -> None:
    """Publish a substantive change, and send its notices."""
    publish_body(letter, SUBSTANTIVE_CHANGE, body, change_terms=terms(rule, days))
    send_due_mail(settings)


def settle() -> int:
    """Settle what is due as the worker does; return in how many steps."""
    steps = 0
    for letter_id in changes_due(now()):
        while settle_due_change(letter_id, now()):
            steps += 1
    return steps


def replies() -> list[str]:
    """Return the reply of each signature to the last change, oldest signature first."""
    db.session.expire_all()
    newest = max(notice.revision_id for notice in db.session.query(TextChangeNotice))
    rows = db.session.query(ChangeReply).filter_by(revision_id=newest).order_by(ChangeReply.signature_id)
    return [str(one.state) for one in rows]


def undo_change(letter: Letter) -> int:
    """Undo the last change; return the revision's number."""
    number = factories.revision_of(letter).number
    return undo_text_change(letter.id, number, actor="staff-1", staff_id=_otto(), at=now())


def reconfirm_link(signature: Signature, purpose: Purpose = Purpose.RECONFIRM) -> str:
    """Return the link of a reconfirmation email, as if it were sent now."""
    letter = db.session.get_one(Letter, signature.letter_id)
    return f"/{purpose}/" + token_for(signature, purpose, factories.revision_of(letter).id, int(now().timestamp()))


def sign_in_otto(app: Flask) -> Visitor:
    """Return a client of Otto, an organizer, signed in."""
    _otto()
    visitor = Visitor(app, SITE)
    visitor.sign_in(cast.OTTO)
    return visitor


def signature_states(letter: Letter) -> list[str]:
    """Return the state of each signature of a letter, oldest first."""
    db.session.expire_all()
    rows = db.session.query(Signature).filter_by(letter_id=letter.id).order_by(Signature.id)
    return [str(one.state) for one in rows]


def _otto() -> int:
    found = factories.db.session.query(factories.Staff).filter_by(email=cast.OTTO.email).one_or_none()
    return int((found or factories.staff(cast.OTTO)).id)

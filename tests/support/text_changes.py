"""Letters with many signatures, and changes to the text that was signed."""

from flask import Flask

from letterhub.clock import now
from letterhub.commands.letters.drafts import save_draft
from letterhub.commands.letters.revisions import publish_change, take_back_change
from letterhub.domain.letters.revisions import Change, ChangeKind
from letterhub.domain.letters.snapshot import text_from_facts
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.links import Purpose
from letterhub.models import Draft, Letter, Signature
from tests.support import cast, factories
from tests.support.servers.database_copies import SITE
from tests.support.signing_steps import token_about
from tests.support.visitor import Visitor

HOME = "coalition-for-clean-rivers"
TYPO, SUBSTANCE = ChangeKind.TYPO, ChangeKind.SUBSTANCE
OLD = factories.TEXT.body
TYPO_BODY = OLD.replace("protect our rivers", "protect our Rivers")
NEW_BODY = OLD.replace("Clean water, *now*.", "Clean water by 2030.")


def signers(count: int) -> list[cast.Signer]:
    """Return `number` signers, each of an organization of its own."""
    return [
        cast.Signer(f"Alliance {n:02}", f"https://a{n}.example", f"Nia {n}", "Director", f"nia@a{n}.example")
        for n in range(1, count + 1)
    ]


def signed_by(letter: Letter, count: int, state: SignatureState = SignatureState.PUBLISHED) -> list[Signature]:
    """Add one signature per signer to a letter and return them."""
    return [factories.signature(letter, one, state) for one in signers(count)]


def rewrite(letter: Letter, body: str) -> int:
    """Save another body as the letter's draft; return the draft's version."""
    draft = db.session.get_one(Draft, letter.id)
    db.session.refresh(draft)
    text = text_from_facts({**draft.text, "body": body})
    return save_draft(letter.id, text, draft.version, staff_id=_otto(), at=now()).version


def change(letter: Letter, kind: ChangeKind, body: str, reason: str = "We were asked to.") -> int:
    """Publish another body as a change of that kind; return the revision's number."""
    version, seen = rewrite(letter, body), factories.revision_of(letter).number
    return publish_change(letter.id, version, seen, Change(kind, reason), actor="staff-1", staff_id=_otto(), at=now())


def take_back(letter: Letter) -> int:
    """Undo the last change; return the revision's number."""
    seen = factories.revision_of(letter).number
    return take_back_change(letter.id, seen, actor="staff-1", staff_id=_otto(), at=now())


def again_link(signature: Signature, purpose: Purpose = Purpose.AGAIN) -> str:
    """Return the link of a reconfirmation email, as if it were sent now."""
    letter = db.session.get_one(Letter, signature.letter_id)
    return f"/{purpose}/" + token_about(signature, purpose, factories.revision_of(letter).id, int(now().timestamp()))


def otto(app: Flask) -> Visitor:
    """Return a client of Otto, an organizer, signed in."""
    _otto()
    visitor = Visitor(app, SITE)
    visitor.sign_in(cast.OTTO)
    return visitor


def states(letter: Letter) -> list[str]:
    """Return the state of each signature of a letter, oldest first."""
    db.session.expire_all()
    rows = db.session.query(Signature).filter_by(letter_id=letter.id).order_by(Signature.id)
    return [str(one.state) for one in rows]


def _otto() -> int:
    found = factories.db.session.query(factories.Staff).filter_by(email=cast.OTTO.email).one_or_none()
    return int((found or factories.staff(cast.OTTO)).id)

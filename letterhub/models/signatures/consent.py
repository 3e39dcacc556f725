"""Consent records: what each signatory was shown when signing, word for word, with a hash."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, event
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column

from letterhub.domain.letters.serialization import fingerprint
from letterhub.domain.signatures.consent import ShownConsent, consent_facts
from letterhub.infrastructure.db import Base
from letterhub.models.letters.revision import Revision


class Consent(Base):
    """Consent of one act of signing: `content` is the consent text as JSON, `sha256` its fingerprint."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    shown_at: Mapped[dt.datetime]


def record_consent(
    session: Session, signature_id: int, shown_consent: ShownConsent, revision: Revision, at: dt.datetime
) -> None:
    """Store what was shown to the signer of a revision, in the caller's transaction."""
    content = consent_facts(shown_consent, revision.number, revision.sha256, at)
    session.add(Consent(signature_id=signature_id, content=content, sha256=fingerprint(content), shown_at=at))


@event.listens_for(Consent, "before_update")
@event.listens_for(Consent, "before_delete")
def _forbid_change(_mapper: Mapper[Any], _connection: Any, consent: Consent) -> None:
    raise RuntimeError(f"consent {consent.id} was given and stays as it is")

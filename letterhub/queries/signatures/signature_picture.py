"""Scanned signatures, which are shown only in editions and on staff's page of a signature."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, select

from letterhub.domain.letters.letter_document import Logo
from letterhub.infrastructure.db import db
from letterhub.models import Signature, SignaturePicture


def signature_pictures(*conditions: ColumnElement[bool]) -> Mapping[int, Logo]:
    """Return the scanned signatures of the signatures that meet all conditions, by id; not those of another signer's name."""
    rows = db.session.execute(
        select(Signature.id, SignaturePicture.media_type, SignaturePicture.content)
        .join(SignaturePicture, is_valid_picture())
        .where(*conditions)
    )
    return {signature_id: Logo(media_type, content, "") for signature_id, media_type, content in rows}


def is_valid_picture() -> ColumnElement[bool]:
    """Build the SQL condition that a scanned signature belongs to the selected signature as it prints now."""
    return and_(SignaturePicture.signature_id == Signature.id, SignaturePicture.signer_name == Signature.signer_name)


def signature_picture(signature_id: int) -> Logo | None:
    """Return the scanned signature of a name, None if it has none."""
    return signature_pictures(Signature.id == signature_id).get(signature_id)

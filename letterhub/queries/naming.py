"""Reads about lines that name an organization which is not their own: as the person who signs, or as her title."""

from collections.abc import Collection, Iterator

from sqlalchemy import bindparam, select

from letterhub.db import db, read
from letterhub.domain.document import Kind
from letterhub.domain.sameness import goes_by, naming_keys, reads_as
from letterhub.models import Letter, Organization, OrganizationKey, Signature


def names_another(signature: Signature) -> bool:
    """Whether a signature's signer or title reads as an organization that its coalition knows, and is none of its own names."""
    said = [text for text in _said(signature) if not goes_by(text, [signature.organization_name])]
    keys = frozenset[int]().union(*map(naming_keys, said))
    sharing = {row.organization_id for row in read(_SHARING, {"keys": list(keys)})} if keys else ()
    return bool(sharing) and any(reads_as(text, name) for name in _names_of_others(signature, sharing) for text in said)


def _said(signature: Signature) -> Iterator[str]:
    """What prints beside the name; but a person may give as her title whom she works for."""
    if signature.signer_name:
        yield signature.signer_name
    if signature.signer_title and signature.kind is Kind.ORGANIZATION:
        yield signature.signer_title


def _names_of_others(signature: Signature, numbers: Collection[int]) -> Iterator[str]:
    own = db.session.get(Organization, signature.organization_id) if signature.organization_id else None
    coalition_id = db.session.get_one(Letter, signature.letter_id).coalition_id
    for row in db.session.scalars(select(Organization).where(Organization.id.in_(numbers))):
        if row.coalition_id == coalition_id and (own is None or row.stands_for != own.stands_for):
            yield from (row.name, *row.other_names)


_SHARING = select(OrganizationKey.organization_id).where(OrganizationKey.key.in_(bindparam("keys", expanding=True)))
"""Written once: whoever confirms asks it, and to put a statement together takes longer than to run it."""

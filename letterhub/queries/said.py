"""Reads about what the directory says of the organizations of signatures: asked once for many names."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from letterhub.db import db
from letterhub.domain.evidence import DirectorySays
from letterhub.models import Organization, Signature, root_of


def said_of(signatures: Select[Any]) -> Mapping[int, DirectorySays]:
    """What the directory says of the organization of each of the selected numbers of signatures, where it says anything."""
    own, root = aliased(Organization), aliased(Organization)
    rows = db.session.execute(
        select(Signature.id, own.other_name, root.more_domains, root.vouched_at)
        .join(own, own.id == Signature.organization_id)
        .join(root, root.id == root_of(own))
        .where(Signature.id.in_(signatures.order_by(None)))
    )
    said = {row.id: DirectorySays(frozenset(row.more_domains), row.vouched_at is not None, row.other_name) for row in rows}
    return {number: one for number, one in said.items() if one != DirectorySays()}

"""How it is kept: one table a file."""

from letterhub.models.allowance import SpentAllowance, give_back, spend
from letterhub.models.coalition import Coalition
from letterhub.models.delivery import Delivery
from letterhub.models.edition import Edition, EditionFile
from letterhub.models.letter import Draft, Letter
from letterhub.models.organization import Organization, Site, organization_named, organizations_named
from letterhub.models.outbox import OutboxLine
from letterhub.models.preview import Preview
from letterhub.models.record import Chain, RecordEntry, remember
from letterhub.models.revision import Revision
from letterhub.models.signature import Signature, same_name_stands
from letterhub.models.staff import Membership, Staff
from letterhub.models.upload import Upload

__all__ = [
    "Chain", "Coalition", "Delivery", "Draft", "Edition", "EditionFile", "Letter", "Membership", "Organization", "OutboxLine",
    "Preview", "RecordEntry", "Revision", "Signature", "Site", "SpentAllowance", "Staff", "Upload", "give_back",
    "organization_named", "organizations_named", "remember", "same_name_stands", "spend",
]  # fmt: skip

"""SQLAlchemy models: a file for each table, or for a few that belong together."""

from letterhub.models.abuse.blocklist import TurnedAway, another_turned_away
from letterhub.models.abuse.bulk_decline import Sweep, SweptName
from letterhub.models.abuse.rate_limit import SpentAllowance, give_back, keep_buckets, lock_buckets, spend
from letterhub.models.abuse.spent_challenge import SpentProof, spend_proof
from letterhub.models.abuse.submission_origin import Trace
from letterhub.models.accounts.coalition import Coalition
from letterhub.models.accounts.session import SignIn, end_sign_ins, hash_of_key
from letterhub.models.accounts.staff import Membership, Staff
from letterhub.models.audit.log import Chain, RecordEntry, remember
from letterhub.models.audit.report import Report
from letterhub.models.editions.delivery import Delivery
from letterhub.models.editions.edition import Edition, EditionFile, EditionPage, pages_of
from letterhub.models.invitations.invitation import IS_STAFFS_WORD, Invitation
from letterhub.models.invitations.upload import Upload
from letterhub.models.letters.letter import Draft, Letter
from letterhub.models.letters.preview import Preview
from letterhub.models.letters.revision import Revision
from letterhub.models.mail.outbox import OutboxLine
from letterhub.models.mail.suppression import MailStop
from letterhub.models.operations.heartbeat import Pulse
from letterhub.models.operations.job import Job, LongJob
from letterhub.models.operations.metric import Figure
from letterhub.models.operations.scheduled_run import Occasion
from letterhub.models.organizations.matching import Site, learn, organization_named, organizations_named, take_turn
from letterhub.models.organizations.organization import (
    Likeness,
    Organization,
    OrganizationKey,
    OrganizationLogo,
    is_of,
    root_of,
)
from letterhub.models.signatures.consent import Consent, keep_consent
from letterhub.models.signatures.counters import SignatoryWord, count_in
from letterhub.models.signatures.evidence import EvidenceFact, find_out, found_out
from letterhub.models.signatures.inquiry import Inquiry
from letterhub.models.signatures.reviewed_name import ReviewedName, forget_reviews, forget_reviews_like, keep_review
from letterhub.models.signatures.seconder import Seconder
from letterhub.models.signatures.signature import Signature, is_listed, is_named, is_queued, is_unmarked, same_name_stands
from letterhub.models.signatures.staff_notice import StaffNotice

__all__ = [
    "IS_STAFFS_WORD",
    "Chain",
    "Coalition",
    "Consent",
    "Delivery",
    "Draft",
    "Edition",
    "EditionFile",
    "EditionPage",
    "EvidenceFact",
    "Figure",
    "Inquiry",
    "Invitation",
    "Job",
    "Letter",
    "Likeness",
    "LongJob",
    "MailStop",
    "Membership",
    "Occasion",
    "Organization",
    "OrganizationKey",
    "OrganizationLogo",
    "OutboxLine",
    "Preview",
    "Pulse",
    "RecordEntry",
    "Report",
    "ReviewedName",
    "Revision",
    "Seconder",
    "SignIn",
    "SignatoryWord",
    "Signature",
    "Site",
    "SpentAllowance",
    "SpentProof",
    "Staff",
    "StaffNotice",
    "Sweep",
    "SweptName",
    "Trace",
    "TurnedAway",
    "Upload",
    "another_turned_away",
    "count_in",
    "end_sign_ins",
    "find_out",
    "forget_reviews",
    "forget_reviews_like",
    "found_out",
    "give_back",
    "hash_of_key",
    "is_listed",
    "is_named",
    "is_of",
    "is_queued",
    "is_unmarked",
    "keep_buckets",
    "keep_consent",
    "keep_review",
    "learn",
    "lock_buckets",
    "organization_named",
    "organizations_named",
    "pages_of",
    "remember",
    "root_of",
    "same_name_stands",
    "spend",
    "spend_proof",
    "take_turn",
]  # fmt: skip

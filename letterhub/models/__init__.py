"""SQLAlchemy models: a file for each table, or for a few that belong together."""

from letterhub.models.allowance import SpentAllowance, give_back, keep_buckets, lock_buckets, spend
from letterhub.models.coalition import Coalition
from letterhub.models.consent import Consent, keep_consent
from letterhub.models.delivery import Delivery
from letterhub.models.edition import Edition, EditionFile, EditionPage, pages_of
from letterhub.models.evidence import EvidenceFact, find_out, found_out
from letterhub.models.figure import Figure
from letterhub.models.inquiry import Inquiry
from letterhub.models.invitation import IS_STAFFS_WORD, Invitation
from letterhub.models.job import Job, LongJob
from letterhub.models.knowing import Site, learn, organization_named, organizations_named, take_turn
from letterhub.models.letter import Draft, Letter
from letterhub.models.mail_stop import MailStop
from letterhub.models.occasion import Occasion
from letterhub.models.organization import Likeness, Organization, OrganizationKey, OrganizationLogo, is_of, root_of
from letterhub.models.outbox import OutboxLine
from letterhub.models.preview import Preview
from letterhub.models.proof import SpentProof, spend_proof
from letterhub.models.pulse import Pulse
from letterhub.models.record import Chain, RecordEntry, remember
from letterhub.models.report import Report
from letterhub.models.reviewed import ReviewedName, forget_reviews, forget_reviews_like, keep_review
from letterhub.models.revision import Revision
from letterhub.models.seconder import Seconder
from letterhub.models.sign_in import SignIn, end_sign_ins, hash_of_key
from letterhub.models.signature import Signature, is_listed, is_named, is_queued, is_unmarked, same_name_stands
from letterhub.models.staff import Membership, Staff
from letterhub.models.staff_notice import StaffNotice
from letterhub.models.sweep import Sweep, SweptName
from letterhub.models.tally import SignatoryWord, count_in
from letterhub.models.trace import Trace
from letterhub.models.turned_away import TurnedAway, another_turned_away
from letterhub.models.upload import Upload

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

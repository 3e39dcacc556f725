"""SQLAlchemy models: a file for each table, or for a few that belong together."""

from letterhub.models.abuse.blocklist import BlocklistEntry, is_blocklisted
from letterhub.models.abuse.bulk_decline import BulkDecline, BulkDeclineItem
from letterhub.models.abuse.rate_limit import RateLimitBucket, acquire, lock_buckets, refund, save_buckets
from letterhub.models.abuse.spent_challenge import SpentChallenge, spend_challenge
from letterhub.models.abuse.submission_origin import SubmissionOrigin
from letterhub.models.accounts.coalition import Coalition
from letterhub.models.accounts.login_session import LoginSession, end_login_sessions, hash_session_key
from letterhub.models.accounts.staff import Membership, Staff
from letterhub.models.audit.log import AuditChain, AuditEntry, append_audit_entry
from letterhub.models.audit.verification_report import Report
from letterhub.models.editions.delivery import Delivery
from letterhub.models.editions.edition import Edition, EditionFile, EditionPage, edition_pages
from letterhub.models.invitations.invitation import IS_KNOWN_TO_STAFF, Invitation
from letterhub.models.invitations.upload import Upload
from letterhub.models.letters.letter import Draft, Letter
from letterhub.models.letters.pdf_preview import Preview
from letterhub.models.letters.revision import Revision
from letterhub.models.mail.outbox import OutboxMessage
from letterhub.models.mail.suppression import MailSuppression
from letterhub.models.operations.heartbeat import Heartbeat
from letterhub.models.operations.job import Job, LongJob
from letterhub.models.operations.metric import Metric
from letterhub.models.operations.scheduled_run import ScheduledRun
from letterhub.models.organizations.matching import (
    NameAndDomain,
    find_or_create_organization,
    find_or_create_organizations,
    index_for_matching,
    lock_coalition,
)
from letterhub.models.organizations.organization import (
    Organization,
    OrganizationKey,
    OrganizationLogo,
    PossibleDuplicate,
    belongs_to,
    root_id_of,
)
from letterhub.models.signatures.consent import Consent, record_consent
from letterhub.models.signatures.counters import SignatoryWord, add_to_counters
from letterhub.models.signatures.evidence import EvidenceFact, add_evidence, evidence_facts
from letterhub.models.signatures.inquiry import Inquiry
from letterhub.models.signatures.reviewed_name import ReviewedName, delete_reviews, delete_reviews_like, record_review
from letterhub.models.signatures.seconder import Seconder
from letterhub.models.signatures.signature import Signature, has_same_name, is_listed, is_named, is_outside_floods, is_queued
from letterhub.models.signatures.staff_notice import StaffNotice

__all__ = [
    "IS_KNOWN_TO_STAFF",
    "AuditChain",
    "AuditEntry",
    "BlocklistEntry",
    "BulkDecline",
    "BulkDeclineItem",
    "Coalition",
    "Consent",
    "Delivery",
    "Draft",
    "Edition",
    "EditionFile",
    "EditionPage",
    "EvidenceFact",
    "Heartbeat",
    "Inquiry",
    "Invitation",
    "Job",
    "Letter",
    "LoginSession",
    "LongJob",
    "MailSuppression",
    "Membership",
    "Metric",
    "NameAndDomain",
    "Organization",
    "OrganizationKey",
    "OrganizationLogo",
    "OutboxMessage",
    "PossibleDuplicate",
    "Preview",
    "RateLimitBucket",
    "Report",
    "ReviewedName",
    "Revision",
    "ScheduledRun",
    "Seconder",
    "SignatoryWord",
    "Signature",
    "SpentChallenge",
    "Staff",
    "StaffNotice",
    "SubmissionOrigin",
    "Upload",
    "acquire",
    "add_evidence",
    "add_to_counters",
    "append_audit_entry",
    "belongs_to",
    "delete_reviews",
    "delete_reviews_like",
    "edition_pages",
    "end_login_sessions",
    "evidence_facts",
    "find_or_create_organization",
    "find_or_create_organizations",
    "has_same_name",
    "hash_session_key",
    "index_for_matching",
    "is_blocklisted",
    "is_listed",
    "is_named",
    "is_outside_floods",
    "is_queued",
    "lock_buckets",
    "lock_coalition",
    "record_consent",
    "record_review",
    "refund",
    "root_id_of",
    "save_buckets",
    "spend_challenge",
]  # fmt: skip

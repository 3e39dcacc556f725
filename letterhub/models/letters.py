"""Tables of letters: state, settings and counters; drafts, immutable revisions with their hash, translations, previews."""

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, String, UniqueConstraint, and_, false, or_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from letterhub.domain.letters.letter_document import LetterText, SignatoryCounts
from letterhub.domain.letters.revisions import ChangeKind
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.letters.signing_settings import OptionalField, PublishRule, SigningSettings, WhoMaySign
from letterhub.domain.letters.translations import LANGUAGE_TAG_LENGTH
from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.operations.retention import CONTACT_MONTHS, NETWORK_DAYS, add_months
from letterhub.domain.signatures.consent import DEFAULT_CONSENT_DAYS
from letterhub.domain.signatures.publishing import PublishRules
from letterhub.domain.signatures.signing import SigningPeriod
from letterhub.domain.states import LetterMove, LetterState, next_letter_state
from letterhub.infrastructure.db import Base, append_only
from letterhub.models.accounts import Coalition
from letterhub.models.operations import LongJob


class Letter(Base):
    """Letter. Its text is in revisions, of which the newest is current.

    `deadline_zone` is the IANA zone that `deadline_at` is shown in; `grace_hours` is how long after the deadline a signature
    that was submitted in time may still be confirmed. `optional_fields` lists the optional fields of the form, `questions`
    those that organizers added, `news_text` offers news; see `domain.questions`. `network_days` is how long the origin of a
    form is kept, `contact_months` how long after delivery signatories' addresses are kept. Consent older than `consent_days` is
    to be renewed before an edition is frozen. `publish_rule` applies to organizations, `publish_individuals` publishes
    individuals once they confirm; `skips_published_email` emails nobody whose names staff publish. The three columns after it
    record that a name of this kind was ever published by a rule, or imported. `requires_proof_of_work` requires a proof of
    work. `requires_sign_offs` lets it open only once all leads agree to its text. `idempotency_key` is the idempotency key of
    its form. The last columns are counters, see `models.shared_rows`; `list_version` counts the changes to its published list,
    `list_edits` those that were more than an added name.
    `draft_slug` is the slug until it opened; it still redirects staff. `copied_from_id` is the letter that it is a copy of,
    `archived_at` when staff put it away, `deleted_at` when they deleted it as a draft, `flood_reported_at` when webhooks were
    last told of a flood.
    """

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    coalition_id: Mapped[int] = mapped_column(ForeignKey("coalition.id"), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    draft_slug: Mapped[str | None] = mapped_column(String(80), index=True)
    state: Mapped[LetterState] = mapped_column(default=LetterState.DRAFT)
    who_may_sign: Mapped[WhoMaySign] = mapped_column(default=WhoMaySign.ORGANIZATIONS)
    optional_fields: Mapped[list[Any]] = mapped_column(default=lambda: [str(field) for field in OptionalField])
    questions: Mapped[list[Any]] = mapped_column(default=list)
    news_text: Mapped[str] = mapped_column(String(300), default="")
    news_version: Mapped[int] = mapped_column(default=0)
    publish_rule: Mapped[PublishRule] = mapped_column(default=PublishRule.ASK_STAFF)
    publish_individuals: Mapped[bool] = mapped_column(default=False)
    skips_published_email: Mapped[bool] = mapped_column(default=False)
    organizations_by_rule: Mapped[bool] = mapped_column(default=False)
    individuals_by_rule: Mapped[bool] = mapped_column(default=False)
    individuals_imported: Mapped[bool] = mapped_column(default=False)
    deadline_at: Mapped[dt.datetime | None]
    deadline_zone: Mapped[str] = mapped_column(String(64), default="America/New_York")
    grace_hours: Mapped[int] = mapped_column(default=48)
    network_days: Mapped[int] = mapped_column(default=NETWORK_DAYS)
    contact_months: Mapped[int] = mapped_column(default=CONTACT_MONTHS)
    consent_days: Mapped[int] = mapped_column(default=DEFAULT_CONSENT_DAYS)
    requires_proof_of_work: Mapped[bool] = mapped_column(default=False)
    requires_sign_offs: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[dt.datetime]
    opened_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]
    delivered_at: Mapped[dt.datetime | None]
    delivered_to: Mapped[str] = mapped_column(String(500), default="")
    withdrawn_at: Mapped[dt.datetime | None]
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id", ondelete="SET NULL"))
    archived_at: Mapped[dt.datetime | None]
    deleted_at: Mapped[dt.datetime | None]
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    flood_reported_at: Mapped[dt.datetime | None]
    idempotency_key: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)
    pending_count: Mapped[int] = mapped_column(default=0)
    awaiting_review_count: Mapped[int] = mapped_column(default=0)
    organization_count: Mapped[int] = mapped_column(default=0)
    individual_count: Mapped[int] = mapped_column(default=0)
    reconfirmed_count: Mapped[int] = mapped_column(default=0)
    outdated_count: Mapped[int] = mapped_column(default=0)
    declined_count: Mapped[int] = mapped_column(default=0)
    expired_count: Mapped[int] = mapped_column(default=0)
    list_version: Mapped[int] = mapped_column(default=0)
    list_edits: Mapped[int] = mapped_column(default=0, server_default="0")
    alphabet: Mapped[str] = mapped_column(String(8), default="")

    coalition: Mapped[Coalition] = relationship(lazy="raise")

    @hybrid_property
    def published_count(self) -> int:
        """Number of published signatures."""
        return self.organization_count + self.individual_count

    @property
    def counts(self) -> SignatoryCounts:
        """Numbers of published organizations and individuals."""
        return SignatoryCounts(self.organization_count, self.individual_count)

    @classmethod
    def is_open_at(cls, now: dt.datetime | ColumnElement[dt.datetime]) -> ColumnElement[bool]:
        """Return the condition that a letter accepts signatures at this moment; `signing.is_open` in SQL."""
        return and_(cls.state == LetterState.OPEN, or_(cls.deadline_at.is_(None), cls.deadline_at >= now))

    @property
    def signing_settings(self) -> SigningSettings:
        """Signing settings."""
        return SigningSettings(
            deadline_at=self.deadline_at,
            deadline_zone=self.deadline_zone,
            who_may_sign=self.who_may_sign,
            optional_fields=frozenset(map(OptionalField, self.optional_fields)),
            publish_rule=self.publish_rule,
            grace_hours=self.grace_hours,
            network_days=self.network_days,
            contact_months=self.contact_months,
            requires_proof_of_work=self.requires_proof_of_work,
            publish_individuals=self.publish_individuals,
            skips_published_email=self.skips_published_email,
        )

    @property
    def publish_rules(self) -> PublishRules:
        """Publish rules."""
        return PublishRules(self.publish_rule, self.publish_individuals)

    @property
    def signing_period(self) -> SigningPeriod:
        """Signing period with its grace period."""
        return SigningPeriod(self.state, self.deadline_at, self.closed_at, dt.timedelta(hours=self.grace_hours))

    @property
    def retained_until(self) -> dt.datetime | None:
        """End of retention for its signatories' addresses; None before the letter is delivered or withdrawn."""
        ended_at = self.delivered_at or self.withdrawn_at
        return ended_at and add_months(ended_at, self.contact_months)

    @property
    def takes_late_names(self) -> bool:
        """Return whether it was delivered and takes names for its next edition."""
        return self.state is LetterState.OPEN and self.delivered_at is not None

    def move(self, move: LetterMove, at: dt.datetime) -> None:
        """Apply a move and store its time. Raises MoveNotAllowed."""
        self.state = next_letter_state(self.state, move)
        match move:
            case LetterMove.OPEN | LetterMove.REOPEN | LetterMove.TAKE_LATE_NAMES:
                self.opened_at, self.closed_at, self.archived_at = self.opened_at or at, None, None
            case LetterMove.CLOSE | LetterMove.END_LATE_NAMES:
                self.closed_at = at
            case LetterMove.DELIVER:
                self.delivered_at = at
            case LetterMove.REVERT_DELIVERY:
                self.delivered_at, self.delivered_to = None, ""
            case LetterMove.WITHDRAW:
                self.withdrawn_at = at


class Draft(Base):
    """Text that staff are writing, saved as they type. `version` counts the saves, for optimistic concurrency."""

    __tablename__ = "draft"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[dt.datetime]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))


class ScheduledOpening(Base):
    """Hour at which a draft opens by itself, and its address then. `error` says why it did not open: it is not tried again."""

    __tablename__ = "scheduled_opening"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), primary_key=True)
    opens_at: Mapped[dt.datetime] = mapped_column(index=True)
    slug: Mapped[str] = mapped_column(String(80))
    error: Mapped[str] = mapped_column(String(500), default="")
    scheduled_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))


class Preview(LongJob):
    """Text of a draft as saved when a preview was requested, and the job that renders it.

    A draft copy has numbered lines and no signatories; it is for staff and for partners alike.
    """

    __tablename__ = "preview"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    text: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    version: Mapped[int]
    is_draft_copy: Mapped[bool] = mapped_column(default=False, server_default=false())
    pages: Mapped[int] = mapped_column(default=0)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    def finish(self, content: bytes, pages: int, warnings: list[str]) -> None:
        """Store the result."""
        self.content, self.pages, self.warnings = content, pages, warnings
        self.state, self.progress, self.error, self.lease_until = JobState.DONE, 100, "", None


@append_only("revision {row.number} is immutable: write a new one", deletable=True)
class Revision(Base):
    """Text as it was signed: `content` is the text as JSON, `sha256` its fingerprint.

    `change` is the kind of difference from the previous one, `reason` its public reason. Signatures under revisions from
    number `counts_from` on count for this text; `reconfirmations_requested` is how many published names had signed an earlier
    one then.
    """

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("letter_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    change: Mapped[ChangeKind] = mapped_column(default=ChangeKind.FIRST)
    reason: Mapped[str] = mapped_column(String(500), default="")
    counts_from: Mapped[int] = mapped_column(default=1)
    reconfirmations_requested: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    @property
    def text(self) -> LetterText:
        """Text as a value."""
        return text_from_facts(self.content)


@append_only("translated text {row.id} is immutable: publish another one")
class TranslatedText(Base):
    """Published translation of a revision: `content` is its whole text as JSON, `sha256` its fingerprint."""

    __tablename__ = "translated_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), index=True)
    language: Mapped[str] = mapped_column(String(LANGUAGE_TAG_LENGTH))
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    @property
    def text(self) -> LetterText:
        """Text as a value."""
        return text_from_facts(self.content)


class Translation(Base):
    """Letter in another language. `text` is what staff are writing, `version` counts its saves; `published_id` is the text that
    readers see, None if they see none."""

    __tablename__ = "translation"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(LANGUAGE_TAG_LENGTH), primary_key=True)
    text: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[dt.datetime]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    published_id: Mapped[int | None] = mapped_column(ForeignKey("translated_text.id"))

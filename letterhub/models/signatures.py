"""Signatures: one organization or individual under one revision of one letter."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from letterhub.domain.abuse.blocklist import blocklist_keys
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.letters.translations import LANGUAGE_TAG_LENGTH
from letterhub.domain.organizations.name_keys import name_key
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.domain.questions.answers import Answers, merge_answers
from letterhub.domain.signatures.evidence import (
    NO_DIRECTORY_FACTS,
    Assessment,
    DirectoryFacts,
    Fact,
    SignatureFacts,
    applicable_fact_kinds,
    assess,
)
from letterhub.domain.signatures.line_fields import LINE_FIELDS, PRIVATE_FIELDS, line_columns
from letterhub.domain.signatures.place_key import place_key
from letterhub.domain.signatures.signing import Source
from letterhub.domain.signatures.sort_keys import list_sort_key, signatory_sort_key
from letterhub.domain.states import (
    ACTIVE_STATES,
    CONFIRMED_STATES,
    SIGNATURE_STATE_NAMES,
    MoveNotAllowed,
    SignatureMove,
    SignatureState,
    check_not_erased,
    next_signature_state,
)
from letterhub.infrastructure.db import Base, code_point_string
from letterhub.models.letters import Letter, Revision


def _where(sqlite: str, postgresql: str = "") -> dict[str, Any]:
    """Return the options of a partial index; `postgresql` is its condition there if it is another one."""
    return {"sqlite_where": text(sqlite), "postgresql_where": text(postgresql or sqlite)}


ASIDE = ("'declined'", "'withdrawn'", "'expired'", "'outdated'")
LISTED = _where("state = 'published'")
_TYPED = " || ".join(field.column for field in LINE_FIELDS if field.is_text)
LISTED_BEYOND_ASCII = _where(  # a published line has a character beyond ASCII: only such a one may lack a glyph
    f"state = 'published' AND ({_TYPED}) GLOB '*[^ -~]*'",
    f"state = 'published' AND octet_length({_TYPED}) <> char_length({_TYPED})",
)


class Signature(Base):
    """Signature: the line as it will print, and its state.

    `revision_id` is the text that it is for; a name that staff added before its letter opens has none until then. `language` is
    the one in which the letter was read, "" for its own, `translation_id` the translation of that text, if one was read.
    `place_key` is its place, unique under the letter. A confirmed signature has none while another one of its
    organization holds it: see `commands.signatures._place_assignment`. `reviewed_at` is when staff published it as it prints.
    `sort_key` is stored, so that every database sorts alike. `answers` are those to the letter's questions, and `news_consent`
    consents to news, see `domain.questions`, NULL for none. `idempotency_key` is the idempotency key of its form. `outdated_at`
    is when the text first changed in substance under it. `kind_key`, `section_key` and `location_key` precede the sort key in
    letters of each order; `lead_key` precedes the id in the order of signing. `alphabet` is the letter's. The partial indexes
    of the list and of the queue exclude unconfirmed signatures, which cost them nothing.
    """

    __tablename__ = "signature"
    __table_args__ = (
        UniqueConstraint("letter_id", "place_key"),
        *(
            Index(f"ix_signature_by_{name}", "letter_id", key, "sort_key", "id", **LISTED)
            for name, key in (("name", "kind_key"), ("section", "section_key"), ("location", "location_key"))
        ),
        Index("ix_signature_by_signing", "letter_id", "lead_key", "id", **LISTED),
        Index("ix_signature_groups", "letter_id", "kind", "section", "location", **LISTED),
        Index("ix_signature_by_day", "letter_id", "created_at", **LISTED),
        Index("ix_signature_by_publication", "letter_id", "published_at", "id", **LISTED),
        Index("ix_signature_flood", "letter_id", "created_at", **_where("from_flood = 1", "from_flood")),
        Index(
            "ix_signature_unmarked",
            *("letter_id", "created_at"),
            **_where("state = 'pending' AND from_flood = 0", "state = 'pending' AND NOT from_flood"),
        ),
        Index("ix_signature_ended", "letter_id", "ended_at", **_where("ended_at IS NOT NULL")),
        Index(
            "ix_signature_named",
            *("letter_id", "sort_key", "id", "state"),
            **_where("organization_name != '' OR signer_name != ''"),
        ),
        Index("ix_signature_beyond_ascii", *("letter_id", "sort_key", "id"), **LISTED_BEYOND_ASCII),
        Index("ix_signature_news", "letter_id", "id", **_where("news_consent IS NOT NULL")),
        Index("ix_signature_queue", "letter_id", "confirmed_at", "id", **_where("state = 'confirmed'")),
        Index("ix_signature_confirmed", "letter_id", "confirmed_at", "id", **_where("confirmed_at IS NOT NULL")),
        Index("ix_signature_mixed_case", "letter_id", **_where("email <> lower(email)")),
        Index("ix_signature_aside", *("letter_id", "state", "sort_key", "id"), **_where(f"state IN ({', '.join(ASIDE)})")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), nullable=True)
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    language: Mapped[str] = mapped_column(String(LANGUAGE_TAG_LENGTH), default="")
    translation_id: Mapped[int | None] = mapped_column(ForeignKey("translated_text.id"))
    state: Mapped[SignatureState] = mapped_column(default=SignatureState.PENDING, active_history=True)
    source: Mapped[Source] = mapped_column(default=Source.FORM)
    kind: Mapped[SignatoryKind] = mapped_column(default=SignatoryKind.ORGANIZATION, active_history=True)
    organization_name: Mapped[str] = mapped_column(String(300), default="")
    website: Mapped[str] = mapped_column(String(400), default="")
    signer_name: Mapped[str] = mapped_column(String(300), default="")
    signer_title: Mapped[str] = mapped_column(String(300), default="")
    email: Mapped[str] = mapped_column(String(255), default="", index=True)
    location: Mapped[str] = mapped_column(String(300), default="")
    section: Mapped[str] = mapped_column(String(60), default="")
    affiliation: Mapped[str] = mapped_column(String(300), default="")
    answers: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    news_consent: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    lead: Mapped[bool] = mapped_column(default=False)
    lead_order: Mapped[int] = mapped_column(default=0)
    sort_name: Mapped[str] = mapped_column(String(300), default="")
    alphabet: Mapped[str] = mapped_column(String(8), default="")
    sort_key: Mapped[str] = mapped_column(code_point_string(1200), default="")
    lead_key: Mapped[str] = mapped_column(code_point_string(4), default="1")
    kind_key: Mapped[str] = mapped_column(code_point_string(4), default="1")
    section_key: Mapped[str] = mapped_column(code_point_string(600), default="")
    location_key: Mapped[str] = mapped_column(code_point_string(600), default="")
    place_key: Mapped[str | None] = mapped_column(String(600))
    idempotency_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    is_new_organization: Mapped[bool] = mapped_column(default=False)
    from_flood: Mapped[bool] = mapped_column(default=False)
    decline_reason: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[dt.datetime]
    confirmed_at: Mapped[dt.datetime | None]
    published_at: Mapped[dt.datetime | None]
    reviewed_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    contact_erased_at: Mapped[dt.datetime | None]
    outdated_at: Mapped[dt.datetime | None] = mapped_column(active_history=True)

    letter: Mapped[Letter] = relationship(lazy="raise")
    revision: Mapped[Revision] = relationship(lazy="raise")

    def move(self, move: SignatureMove, at: dt.datetime) -> None:
        """Change the state by a move and store its time. Raises MoveNotAllowed.

        A signature that is published takes its place, and one that ends releases it. One that nobody confirmed returns to
        PENDING, not to the queue.
        """
        if move is SignatureMove.RETURN and self.confirmed_at is None:
            move = SignatureMove.REOPEN
        check_not_erased(self.state, move, erased=self.contact_erased_at is not None)
        self.state = next_signature_state(self.state, move)
        match move:
            case SignatureMove.CONFIRM:
                self.confirmed_at = at
            case SignatureMove.PUBLISH:
                self.published_at = at
                self.take_place()
            case SignatureMove.RETURN | SignatureMove.REOPEN:
                self.published_at = self.reviewed_at = self.ended_at = None
                self.decline_reason = ""
            case SignatureMove.DECLINE | SignatureMove.WITHDRAW | SignatureMove.EXPIRE:
                self.published_at, self.ended_at = None, at
            case SignatureMove.OUTDATE:  # published_at stays, to tell whether it was published
                self.outdated_at = self.outdated_at or at
        self.update_keys()

    def unlist_as_denied(self, at: dt.datetime) -> None:
        """Take it off the list because its organization said that it is not its own. From then on, only staff publish it."""
        if self.state is SignatureState.PUBLISHED:
            self.move(SignatureMove.RETURN, at)
        elif self.state is SignatureState.OUTDATED:
            self.published_at = self.reviewed_at = None

    def renew_consent(self, at: dt.datetime) -> None:
        """Renew its signatory's consent. Raises MoveNotAllowed if it is neither listed nor waiting for review."""
        if self.state not in ACTIVE_STATES:
            state = SIGNATURE_STATE_NAMES[self.state]
            raise MoveNotAllowed(_("This signature is %(state)s, so it can’t be renewed.", state=state))
        self.confirmed_at = at

    def update_keys(self) -> None:
        """Update the sort keys and the place key after a change of name or state."""
        line = self.signatory
        self.sort_key = signatory_sort_key(line, self.alphabet or "")
        if self.state not in (None, SignatureState.PENDING, SignatureState.EXPIRED):  # unconfirmed ones are in no list
            keys = list_sort_key(line, self.alphabet or "")
            self.lead_key, self.kind_key = keys.lead, keys.kind
            self.section_key, self.location_key = keys.section, keys.location
        has_valid_key = self.place_key is None or self._keeps_place_key or self.place_key == self.own_place_key
        if self.state not in CONFIRMED_STATES or not has_valid_key:
            self.place_key = None

    def take_place(self) -> None:
        """Take its place; the database rejects that if another signature holds it."""
        if not self._keeps_place_key:
            self.place_key = self.own_place_key

    def release_place(self) -> None:
        """Release its place: it waits beside the signature that holds it."""
        self.place_key = None

    @property
    def _keeps_place_key(self) -> bool:
        """Return whether an individual holds a key already: it is that of their mailbox, which does not change."""
        return self.kind is SignatoryKind.INDIVIDUAL and bool(self.email) and (self.place_key or "").startswith("person|")

    @property
    def own_place_key(self) -> str:
        """Unique key of its signatory under the letter."""
        line, domain = self.signatory, domain_of_website(self.website)
        return place_key(self.kind, name_key(line.name), domain, self.email, (line.detail, line.location))

    @property
    def blocklist_keys(self) -> tuple[str, ...]:
        """Blocklist keys."""
        return blocklist_keys(self.kind, self.signatory.name, self.website, self.email)

    def set_staff_line(self, line: Signatory) -> None:
        """Set the whole line as staff or a table give it: also what its signatory does not type."""
        self.set_line(line)
        self.lead, self.lead_order, self.sort_name = line.lead, line.lead_order, line.sort_name
        self.update_keys()

    def set_line(self, line: Signatory, answers: Answers | None = None) -> None:
        """Set the line as its signatory typed it, and new answers; staff's sort name is kept as long as the name is."""
        self.set_answers(answers)
        if self.sort_name and name_key(line.name) != name_key(self.signatory.name):
            self.sort_name = ""
        for column, value in line_columns(line, self.alphabet or "").items():
            setattr(self, column, value)
        self.update_keys()

    def set_answers(self, answers: Answers | None) -> None:
        """Set new answers to questions; those to others are kept."""
        if (merged := merge_answers(self.answers, answers)) != self.answers:
            self.answers = merged

    def clear_contact(self, at: dt.datetime) -> None:
        """Erase the signature's PRIVATE_FIELDS, answers and consent to news, and store when. An individual's place key, which
        has the address, becomes an anonymous one."""
        if self.email and self.place_key and self.kind is SignatoryKind.INDIVIDUAL:
            self.place_key = f"person|signature-{self.id}"
        for field in PRIVATE_FIELDS:
            setattr(self, field.column, "")
        self.answers = self.news_consent = None
        self.contact_erased_at = self.contact_erased_at or at

    def clear_line(self) -> None:
        """Erase its line."""
        self.set_line(Signatory(kind=self.kind))
        self.sort_name, self.organization_id = "", None

    @property
    def signatory(self) -> Signatory:
        """Line as it prints."""
        line: dict[str, Any] = {field.key: getattr(self, field.column) for field in LINE_FIELDS}
        if self.kind is SignatoryKind.INDIVIDUAL:
            line["section"] = self.section or str(self.kind)
        return Signatory(**line)

    @property
    def is_from_own_site(self) -> bool:
        """Return whether its mailbox is confirmed, and at the domain of its website."""
        claim = SignatureFacts(self.source, self.confirmed_at is not None, self.email, self.website)
        return claim.matches_site and claim.is_confirmed_by_mail

    def evidence(
        self,
        *,
        same_name: bool,
        turned_away: bool = False,
        like_another: bool = False,
        facts: Iterable[Fact] = (),
        directory: DirectoryFacts = NO_DIRECTORY_FACTS,
    ) -> Assessment:
        """Return the evidence for the signature and the doubts about it, given the results of queries: see `assess` for the
        flags. `facts` are its recorded ones; `directory` has what the directory of organizations knows of its own."""
        claim = SignatureFacts(
            source=self.source, confirmed=self.confirmed_at is not None, email=self.email, website=self.website,
            is_new_organization=self.is_new_organization, from_flood=self.from_flood, known_domains=directory.domains,
            reviewed=directory.reviewed,
        )  # fmt: skip
        return assess(
            claim, turned_away=turned_away, same_name=same_name, like_another=like_another, other_name=directory.other_name,
            fact_kinds=directory.countable(applicable_fact_kinds(facts, self.signatory)),
        )  # fmt: skip

"""Signatures of a letter with their evidence, and decisions about them."""

import datetime as dt
import enum
from typing import Annotated

from flask import abort, url_for
from msgspec import Meta, convert
from werkzeug.datastructures import MultiDict

from letterhub.clock import now
from letterhub.commands.signatures.review import (
    ReviewOutcome,
    ReviewSelection,
    decline_signatures,
    publish_signatures,
    return_signatures,
)
from letterhub.domain.accounts.api_tokens import ApiScope
from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.signatures.evidence import Doubt, Evidence
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import SignatureState
from letterhub.queries.accounts import StaffContext
from letterhub.queries.api_pages import signatures_after
from letterhub.queries.signatures.review import ALL_STATES, SignatureDetails, signature_details
from letterhub.web.access import get_letter_or_404
from letterhub.web.api.api import AnswerPage, Conflict, Input, Struct, checked_form, endpoint
from letterhub.web.forms import MAX_INTEGER
from letterhub.web.staff.signatures.review import DeclineForm


class Decided(Struct):
    """Signature after a decision."""

    id: int
    state: SignatureState
    version: str


class EvidenceEntry(Struct):
    """Fact about a signature as a sentence; whether it supports it, and still holds."""

    sentence: str
    at: dt.datetime | None
    supports: bool
    is_in_force: bool


class TranslationRead(Struct):
    """Translation that a signatory read, of the revision with this number: its language and the hash of its text."""

    language: str
    sha256: str
    revision_number: int


class SignatureAnswer(Struct):
    """Signature as staff see it: its line, what is never published (`email`), and what is known about it. `version` is that of
    its line: a decision is made with it. `translation` is what was read, null for the original."""

    id: int
    state: SignatureState
    source: Source
    kind: SignatoryKind
    organization: str
    signer_name: str
    signer_title: str
    location: str
    affiliation: str
    section: str
    website: str
    email: str
    version: str
    started_at: dt.datetime
    confirmed_at: dt.datetime | None
    published_at: dt.datetime | None
    ended_at: dt.datetime | None
    decline_reason: str
    evidence: tuple[Evidence, ...]
    doubts: tuple[Doubt, ...]
    facts: tuple[EvidenceEntry, ...]
    translation: TranslationRead | None


class SignaturesQuery(Input):
    """Filter of signatures: those in a state, and the page whose path `next` gave."""

    state: SignatureState | None = None
    after: Annotated[int, Meta(ge=0, le=MAX_INTEGER)] = 0


class DecisionKind(enum.StrEnum):
    """Decision about a signature; `return` takes back a published or declined one into the queue."""

    PUBLISH = "publish"
    DECLINE = "decline"
    RETURN = "return"


class DecisionRequest(Input):
    """Decision about the line with this version. Declining needs a `reason`, which goes into the activity log; the
    `explanation` is for the signatory."""

    decision: DecisionKind
    version: Annotated[str, Meta(min_length=1, max_length=100)]
    reason: Annotated[str, Meta(max_length=500)] = ""
    explanation: Annotated[str, Meta(max_length=1000)] = ""


@endpoint("GET", "/letters/<slug>/signatures", scope=ApiScope.READ_SIGNATURES)
def signatures(caller: StaffContext, slug: str, query: SignaturesQuery) -> AnswerPage[SignatureAnswer]:
    """The signatures of a letter with their evidence, the oldest first, without those whose names were erased."""
    states = (query.state,) if query.state else ALL_STATES
    found, after = signatures_after(get_letter_or_404(caller, slug).letter_id, states, query.after)
    path = url_for(".signatures", slug=slug, after=after, state=query.state and str(query.state))
    return AnswerPage(items=tuple(map(_signature, found)), next=path if after else None)


@endpoint("GET", "/letters/<slug>/signatures/<int:signature_id>", scope=ApiScope.READ_SIGNATURES)
def signature(caller: StaffContext, slug: str, signature_id: int) -> SignatureAnswer:
    """One signature of a letter."""
    return _signature(signature_details(get_letter_or_404(caller, slug).letter_id, signature_id) or abort(404))


@endpoint("POST", "/letters/<slug>/signatures/<int:signature_id>/decisions", scope=ApiScope.WRITE_SIGNATURES, status=201)
def decide(caller: StaffContext, slug: str, signature_id: int, body: DecisionRequest) -> Decided:
    """Publish or decline one signature that waits for review, or return a decided one to the queue."""
    letter_id = get_letter_or_404(caller, slug).letter_id
    found = signature_details(letter_id, signature_id) or abort(404)
    selection = ReviewSelection(
        caller.coalition_id, letter_id, (signature_id,), caller.actor, now(), {signature_id: body.version}
    )
    outcome = _apply(selection, body, found)
    if outcome.errors:
        raise Conflict(outcome.errors[0])
    decided = signature_details(letter_id, signature_id) or abort(404)
    return Decided(id=decided.id, state=decided.state, version=decided.line_version)


def _apply(selection: ReviewSelection, body: DecisionRequest, found: SignatureDetails) -> ReviewOutcome:
    match body.decision:
        case DecisionKind.PUBLISH:
            return publish_signatures(selection)
        case DecisionKind.DECLINE:
            form = checked_form(DeclineForm, MultiDict({"reason": body.reason, "explanation": body.explanation}))
            published = found.state is SignatureState.PUBLISHED
            state = SignatureState.PUBLISHED if published else SignatureState.CONFIRMED
            return decline_signatures(selection, form.reason.data, state, form.explanation.data)
        case DecisionKind.RETURN:
            decided = found.state in (SignatureState.PUBLISHED, SignatureState.DECLINED)
            return return_signatures(selection, found.state if decided else SignatureState.PUBLISHED)


def _signature(found: SignatureDetails) -> SignatureAnswer:
    one = found.signatory
    return SignatureAnswer(
        id=found.id, state=found.state, source=found.source, kind=one.kind, organization=one.organization,
        signer_name=one.signer_name, signer_title=one.signer_title, location=one.location, affiliation=one.affiliation,
        section=one.section, website=found.website, email=found.email, version=found.line_version, started_at=found.started_at,
        confirmed_at=found.confirmed_at, published_at=found.published_at, ended_at=found.ended_at,
        decline_reason=found.decline_reason, evidence=tuple(sorted(found.assessment.evidence)),
        doubts=tuple(sorted(found.assessment.doubts)),
        facts=convert(found.evidence, tuple[EvidenceEntry, ...], from_attributes=True),
        translation=convert(found.translation, TranslationRead | None, from_attributes=True),
    )  # fmt: skip

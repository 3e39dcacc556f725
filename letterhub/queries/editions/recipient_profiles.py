"""Recipient profiles: the known and a coalition's own, those that a letter is checked for, and what doesn't fit them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, or_, select

from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.editions.known_recipients import KNOWN_RECIPIENTS
from letterhub.domain.editions.recipient_profiles import (
    FittingFacts,
    RecipientProfile,
    file_name_for,
    handed_over_files,
    misfits,
)
from letterhub.domain.letters.letter_document import LetterDocument, LetterText, SignatoryKind, SignatureBlocks
from letterhub.domain.operations.render_jobs import JobState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.object_store import verified_content
from letterhub.models import (
    Coalition,
    Edition,
    EditionFile,
    Letter,
    LetterRecipientProfile,
    OwnRecipientProfile,
    Revision,
    Signature,
    is_listed,
)
from letterhub.queries.editions.edition_files import file_sizes
from letterhub.rendering.text.text_export import letter_text_length, utf16_length


@dataclass(frozen=True, slots=True)
class OwnProfile:
    """Profile that a coalition wrote, for its form."""

    id: int
    version: int
    profile: RecipientProfile


@dataclass(frozen=True, slots=True)
class ProfileCheck:
    """Profile with a sentence for each part of a letter that doesn't fit it."""

    profile: RecipientProfile
    misfits: tuple[str, ...]


def own_profiles(coalition_id: int) -> tuple[OwnProfile, ...]:
    """Return the profiles that a coalition wrote, by name."""
    rows = db.session.scalars(
        select(OwnRecipientProfile)
        .where(OwnRecipientProfile.coalition_id == coalition_id)
        .order_by(OwnRecipientProfile.name, OwnRecipientProfile.id)
    )
    return tuple(OwnProfile(row.id, row.version, row.profile) for row in rows)


def profiles_of_coalition(coalition_id: int) -> tuple[RecipientProfile, ...]:
    """Return the known profiles, then the coalition's own."""
    return *KNOWN_RECIPIENTS, *(own.profile for own in own_profiles(coalition_id))


def chosen_profiles(letter_id: int, coalition_id: int) -> tuple[RecipientProfile, ...]:
    """Return the profiles that a letter is checked for."""
    query = select(LetterRecipientProfile.profile).where(LetterRecipientProfile.letter_id == letter_id)
    keys = set(db.session.scalars(query))
    return tuple(profile for profile in profiles_of_coalition(coalition_id) if profile.key in keys) if keys else ()


def next_edition_checks(letter_id: int, coalition_id: int, text: LetterText) -> tuple[ProfileCheck, ...]:
    """Return how a letter's text and list fit the recipients that it is checked for; its files, by the sizes of the newest
    edition's."""
    profiles = chosen_profiles(letter_id, coalition_id)
    if not profiles:
        return ()
    unnamed = _count_unnamed(letter_id) if any(profile.needs_person for profile in profiles) else 0
    newest = select(func.max(Edition.id)).where(Edition.letter_id == letter_id)
    edition_id = db.session.scalar(newest)
    return _checks(profiles, _facts_of(text, unnamed), file_sizes(edition_id) if edition_id else {}, None)


def edition_checks(
    edition_id: int, coalition_id: int, formats: Collection[FileFormat] | None = None, language: str = ""
) -> tuple[ProfileCheck, ...]:
    """Return how an edition fits the recipients that its letter is checked for, with these files in a language, or those that
    each would get."""
    edition = db.session.get_one(Edition, edition_id)
    profiles = chosen_profiles(edition.letter_id, coalition_id)
    if not profiles:
        return ()
    text = db.session.get_one(Revision, edition.revision_id).text
    facts = _facts_of(text, edition.unnamed)
    if any(profile.text_limit for profile in profiles):
        facts = replace(facts, comment_length=_comment_length(edition_id))
    return _checks(profiles, facts, file_sizes(edition_id, language), formats)


def fitting_names(letter_id: int, names: Mapping[FileFormat, str]) -> dict[FileFormat, str]:
    """Return names of an edition's files as all recipients that its letter is checked for take them."""
    coalition_id, sender = db.session.execute(
        select(Coalition.id, Coalition.slug).join(Letter, Letter.coalition_id == Coalition.id).where(Letter.id == letter_id)
    ).one()
    profiles = chosen_profiles(letter_id, coalition_id)
    return {one: file_name_for(name, sender, profiles) for one, name in names.items()}


def _checks(
    profiles: Sequence[RecipientProfile],
    facts: FittingFacts,
    sizes: Mapping[FileFormat, int],
    formats: Collection[FileFormat] | None,
) -> tuple[ProfileCheck, ...]:
    """Return the check of each profile. `formats` are the files that were chosen, None if nobody chose any."""
    chosen = None if formats is None else {one: sizes[one] for one in formats}
    return tuple(
        ProfileCheck(
            profile,
            misfits(profile, replace(facts, sizes=handed_over_files(profile, sizes) if chosen is None else chosen)),
        )
        for profile in profiles
    )


def _facts_of(text: LetterText, unnamed: int) -> FittingFacts:
    return FittingFacts(
        paper=text.paper, text_length=letter_text_length(LetterDocument(text, ())), unnamed=unnamed,
        prints_people=text.shown.names_signers or text.blocks is SignatureBlocks.ALL,
    )  # fmt: skip


def _comment_length(edition_id: int) -> int | None:
    """Return the length of an edition's text for comment boxes as they count it; None before it exists."""
    query = select(EditionFile.content, EditionFile.sha256).where(
        EditionFile.edition_id == edition_id, EditionFile.format == FileFormat.COMMENT, EditionFile.language == "",
        EditionFile.state == JobState.DONE,
    )  # fmt: skip
    row = db.session.execute(query).one_or_none()
    return utf16_length(verified_content(row.content, row.sha256).decode()) if row else None


def _count_unnamed(letter_id: int) -> int:
    """Return how many listed organizations have no named person with a title."""
    query = select(func.count(Signature.id)).where(
        Signature.letter_id == letter_id, is_listed(), Signature.kind == SignatoryKind.ORGANIZATION,
        or_(Signature.signer_name == "", Signature.signer_title == ""),
    )  # fmt: skip
    return db.session.scalar(query) or 0

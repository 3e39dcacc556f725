"""Recipient profiles: limits of a kind of recipient, and the parts of a letter that don't fit, each with what mends it.

The table of known recipients is `letterhub/domain/editions/known_recipients.py`; coalitions write their own.
See docs/design/deliveries.md.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _, join_sentences, ngettext
from letterhub.domain.letters.letter_document import PaperSize
from letterhub.domain.unicode import normalize_unicode

MB = 1_000_000
PROFILE_NAME_LENGTH, NOTE_LENGTH, SOURCE_LENGTH = 100, 1000, 300
MAX_PROFILES = 50
"""Profiles of its own that a coalition may have."""

PAPER_NAMES: Mapping[PaperSize, str] = {PaperSize.LETTER: _("US Letter"), PaperSize.A4: _("A4")}


@dataclass(frozen=True, slots=True)
class RecipientProfile:
    """Limits of a kind of recipient; None, and () for `formats`, say that no limit is known.

    `file_limit` and `total_limit` are bytes of one file and of all together, `text_limit` the characters of a form's text as
    browsers count them. `needs_person` asks for a named person with a title of each organization. File names have at most
    `name_length` characters with their ending, only plain letters, digits and hyphens if `plain_names`, and begin with the
    coalition if `names_sender`. `source` says where the facts come from, as read on `checked_on`; None if they were not
    confirmed.
    """

    key: str
    name: str
    paper: PaperSize | None = None
    file_limit: int | None = None
    total_limit: int | None = None
    most_files: int | None = None
    text_limit: int | None = None
    formats: tuple[FileFormat, ...] = ()
    needs_person: bool = False
    name_length: int | None = None
    plain_names: bool = False
    names_sender: bool = False
    note: str = ""
    source: str = ""
    checked_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class FittingFacts:
    """Facts of a letter or an edition that profiles are about.

    `sizes` are bytes of the files that are handed over, empty before they exist. `text_length` is that of the letter without
    its names, `comment_length` that of the plain text for comment boxes, None before it exists. `unnamed` is how many
    organizations have no named person with a title; `prints_people` says that the list prints people.
    """

    paper: PaperSize
    text_length: int
    unnamed: int = 0
    prints_people: bool = True
    sizes: Mapping[FileFormat, int] = field(default_factory=dict)
    comment_length: int | None = None


class CannotSaveProfile(UserFacingError):
    """Raised for a profile that cannot be saved or chosen."""


def misfits(profile: RecipientProfile, facts: FittingFacts) -> tuple[str, ...]:
    """Return a sentence for each part of a letter that doesn't fit a recipient, which says what would mend it."""
    return tuple(
        filter(None, (_paper(profile, facts), _person(profile, facts), *_files(profile, facts), _text(profile, facts)))
    )


def _paper(profile: RecipientProfile, facts: FittingFacts) -> str:
    if profile.paper in (None, facts.paper):
        return ""
    return _(
        "The letter isn’t on paper of size %(paper)s: change that under Write, then freeze an edition.",
        paper=PAPER_NAMES[profile.paper],
    )


def _person(profile: RecipientProfile, facts: FittingFacts) -> str:
    if not profile.needs_person:
        return ""
    if not facts.prints_people:
        return _("The list names no person for each organization: choose to show signers under Write, then freeze an edition.")
    if not facts.unnamed:
        return ""
    return ngettext(
        "One organization has no named person with a title: add it under Signatures, then freeze an edition.",
        "%(num)s organizations have no named person with a title: add them under Signatures, then freeze an edition.",
        facts.unnamed,
    )


def _files(profile: RecipientProfile, facts: FittingFacts) -> Iterable[str]:
    """Yield a sentence for each limit on files that is exceeded."""
    refused = [one for one in facts.sizes if profile.formats and one not in profile.formats]
    if refused:
        yield _(
            "%(refused)s isn’t taken: choose %(formats)s instead.", refused=_labels(refused), formats=_labels(profile.formats)
        )
    for one, size in facts.sizes.items():
        if profile.file_limit is not None and size > profile.file_limit:
            yield _(
                "The %(format)s file has %(size)s MB and may have %(limit)s MB: use smaller pictures in the letter, or send a "
                "link to the edition’s page.",
                format=_labels([one]), size=_megabytes(size), limit=_megabytes(profile.file_limit),
            )  # fmt: skip
    total = sum(facts.sizes.values())
    if profile.total_limit is not None and total > profile.total_limit:
        yield _(

            "The files have %(size)s MB together and may have %(limit)s MB: choose fewer files, or send a link to the "
            "edition’s page.",
            size=_megabytes(total), limit=_megabytes(profile.total_limit),
        )  # fmt: skip
    if profile.most_files is not None and len(facts.sizes) > profile.most_files:
        yield ngettext(
            "One file is taken and %(count)s are chosen: choose the PDF alone.",
            "%(num)s files are taken and %(count)s are chosen: choose fewer.",
            profile.most_files, count=len(facts.sizes),
        )  # fmt: skip


def _text(profile: RecipientProfile, facts: FittingFacts) -> str:
    limit = profile.text_limit
    if limit is None:
        return ""
    if facts.text_length > limit:
        return _(

            "The letter’s text has %(length)s characters and the form takes %(limit)s: enter a summary there with a link "
            "to the letter, or shorten the text under Write.",
            length=facts.text_length, limit=limit,
        )  # fmt: skip
    if (facts.comment_length or 0) > limit:
        return _(
            "The plain text for comment boxes has %(length)s characters with its names and the form takes %(limit)s: leave out "
            "names at its end, and add a link to the letter.",
            length=facts.comment_length, limit=limit,
        )  # fmt: skip
    return ""


def handed_over_files(profile: RecipientProfile, sizes: Mapping[FileFormat, int]) -> dict[FileFormat, int]:
    """Return the one file that a recipient gets where nobody chose any: the PDF, or else the first format that it takes."""
    wanted = (FileFormat.PDF,) if not profile.formats or FileFormat.PDF in profile.formats else profile.formats[:1]
    return {one: sizes[one] for one in wanted if one in sizes}


def file_name_for(name: str, sender: str, profiles: Collection[RecipientProfile]) -> str:
    """Return a file's name as all these recipients take it; `sender` is the coalition's slug."""
    stem, dot, ending = name.rpartition(".")
    if any(profile.names_sender for profile in profiles) and not stem.startswith(sender):
        stem = f"{sender}-{stem}"
    if any(profile.plain_names for profile in profiles):
        plain = normalize_unicode("NFKD", stem).encode("ascii", "ignore").decode()
        stem = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-") or "letter"
    longest = min((profile.name_length for profile in profiles if profile.name_length), default=0)
    if longest and len(stem) + len(dot) + len(ending) > longest:
        number = re.search(r"-edition-\d+(-[A-Za-z0-9-]+)?$", stem)  # the edition stays
        tail = number[0] if number else ""
        stem = stem.removesuffix(tail)[: max(longest - len(dot) - len(ending) - len(tail), 1)].rstrip("-") + tail
    return f"{stem}{dot}{ending}"


def limits_sentence(profile: RecipientProfile) -> str:
    """Return what a recipient takes, in sentences."""
    files = profile.most_files or 0
    sentences = (
        _("Paper: %(paper)s.", paper=PAPER_NAMES[profile.paper]) if profile.paper else "",
        ngettext("At most one file.", "At most %(num)s files.", files) if files else "",
        _("Each file up to %(limit)s MB.", limit=_megabytes(profile.file_limit)) if profile.file_limit else "",
        _("All files together up to %(limit)s MB.", limit=_megabytes(profile.total_limit)) if profile.total_limit else "",
        _("Formats: %(formats)s.", formats=_labels(profile.formats)) if profile.formats else "",
        _("Its form takes %(limit)s characters.", limit=profile.text_limit) if profile.text_limit else "",
        _("A named person with a title for each organization.") if profile.needs_person else "",
        _("File names of at most %(most)s characters.", most=profile.name_length) if profile.name_length else "",
        _("File names of plain letters, digits and hyphens.") if profile.plain_names else "",
        _("File names begin with the sender.") if profile.names_sender else "",
    )
    return join_sentences(sentences) or _("No limits are known.")


def _labels(formats: Iterable[FileFormat]) -> str:
    return ", ".join(one.upper() for one in formats)


def _megabytes(size: int) -> str:
    """Return bytes as MB with at most one decimal, rounded up: what is over a limit never reads as the limit."""
    tenths = -(-size * 10 // MB)
    return f"{tenths // 10}.{tenths % 10}".removesuffix(".0")

"""The letter as it is read: its text, its signatories in order, and what is counted and printed of them."""

import datetime as dt
import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from letterhub.domain.counts import fill_count
from letterhub.domain.organizations import sort_key


class Paper(enum.StrEnum):
    """The sheet a letter is set on."""

    LETTER = "letter"
    A4 = "a4"


class Theme(enum.StrEnum):
    """How a letter looks: like a classic letter, like a modern one, or plain enough for any agency."""

    CLASSIC = "classic"
    MODERN = "modern"
    PLAIN = "plain"


class Face(enum.StrEnum):
    """What a letter is set in: the face that belongs to its theme, or one with or without serifs."""

    THEME = "theme"
    SERIF = "serif"
    SANS = "sans"


class Order(enum.StrEnum):
    """How signatories follow one another; leads stand first in each."""

    ALPHABETICAL = "alphabetical"
    SECTIONS = "sections"
    LOCATION = "location"
    AS_GIVEN = "as-given"


class Shown(enum.StrEnum):
    """How much of each signatory is printed."""

    ORGANIZATION = "organization"
    SIGNER = "signer"
    LOCATION = "location"
    BLOCK = "block"
    LOGOS = "logos"

    @property
    def names_signers(self) -> bool:
        """Whether the person who signed for an organization is printed with it."""
        return self not in (Shown.ORGANIZATION, Shown.LOGOS)


class Kind(enum.StrEnum):
    """Who a signatory is: an organization, or a person for herself."""

    ORGANIZATION = "organization"
    INDIVIDUAL = "individual"


SECTION_ORDER = ("lead", "international", "national", "state", "local", "individual")


@dataclass(frozen=True, slots=True)
class Addressee:
    """One inside address: a name or office, and the lines below it."""

    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Logo:
    """A raster picture of a coalition or organization, already checked and re-encoded."""

    media_type: str
    data: bytes
    description: str


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who sends the letter, as its head shows it. A letter of several senders has more logos than one, in a row."""

    name: str = ""
    lines: tuple[str, ...] = ()
    logo: Logo | None = None
    more_logos: tuple[Logo, ...] = ()

    @property
    def logos(self) -> tuple[Logo, ...]:
        """Every logo, in the order in which they stand."""
        return (*((self.logo,) if self.logo else ()), *self.more_logos)

    def with_logos(self, logos: tuple[Logo, ...]) -> "Letterhead":
        """The same head under these logos."""
        return replace(self, logo=logos[0] if logos else None, more_logos=logos[1:])


@dataclass(frozen=True, slots=True)
class LetterText:
    """Everything of a letter that is signed: its Markdown body and the parts around it.

    `body` is Markdown and may hold `{{count}}` and `{{count_in_words}}`.
    `language` is a BCP 47 tag. Empty parts are left out of the page. `accent` is a color as #rrggbb, "" for our own;
    `window` puts the first addressee where the window of an envelope shows it.
    """

    title: str
    body: str
    date: dt.date | None = None
    via: str = ""
    addressees: tuple[Addressee, ...] = ()
    re: str = ""
    salutation: str = ""
    closing: str = ""
    cc: tuple[str, ...] = ()
    language: str = "en"
    paper: Paper = Paper.LETTER
    order: Order = Order.ALPHABETICAL
    shown: Shown = Shown.SIGNER
    letterhead: Letterhead = Letterhead()
    theme: Theme = Theme.CLASSIC
    face: Face = Face.THEME
    accent: str = ""
    window: bool = False


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signed, as printed. Holds no address: what is not here cannot be published.

    `logo` is an organization's own, where the letter shows logos.
    """

    organization: str = ""
    signer_name: str = ""
    signer_title: str = ""
    location: str = ""
    kind: Kind = Kind.ORGANIZATION
    url: str = ""
    affiliation: str = ""
    section: str = ""
    lead: bool = False
    sort_name: str = ""
    logo: Logo | None = None

    @property
    def name(self) -> str:
        """The name this signatory is listed under."""
        if self.kind is Kind.INDIVIDUAL:
            return self.signer_name or self.organization
        return self.organization or self.signer_name

    @property
    def affiliation_named(self) -> str:
        """The organization that a person is said to belong to, "" where none is."""
        return self.affiliation or (self.organization if self.signer_name else "")

    @property
    def detail(self) -> str:
        """What follows the name: "Nia Example, Director", or a person's title and affiliation."""
        if self.kind is Kind.INDIVIDUAL:
            return ", ".join(filter(None, (self.signer_title, self.affiliation_named)))
        person = self.signer_name if self.organization else ""
        return ", ".join(filter(None, (person, self.signer_title)))


@dataclass(frozen=True, slots=True)
class Group:
    """A run of signatories under one heading; an unnamed group has the heading "".

    A place is what those who signed typed: whatever it says, it is none of our own headings.
    """

    heading: str
    signatories: tuple[Signatory, ...]
    is_place: bool = False

    @property
    def is_of_the_rest(self) -> bool:
        """Whether nothing tells the group's signatories from those of a list without groups."""
        return not self.is_place and self.heading in ("", "other")

    @property
    def is_of_leads(self) -> bool:
        """Whether the list's leads stand in the group."""
        return not self.is_place and self.heading == "lead"


@dataclass(frozen=True, slots=True)
class EditionMark:
    """What makes a document a numbered edition: printed at its foot, and never changed. `address` is of its check page."""

    number: int
    id: str
    as_of: dt.datetime
    address: str = ""


@dataclass(frozen=True, slots=True)
class LetterDocument:
    """A letter with its signatories in printing order: the one value that page, file, paper and table are drawn from.

    `draft_at` is the moment, in the zone it is told in, at which staff asked for the pages of a draft: it stands at their foot.
    """

    text: LetterText
    signatories: tuple[Signatory, ...] = ()
    edition: EditionMark | None = None
    revision_hash: str = ""
    draft_at: dt.datetime | None = None
    groups: tuple[Group, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "groups", _grouped(self.signatories, self.text.order))

    @property
    def count(self) -> int:
        """How many signatories are listed: the same number that a reader can count."""
        return len(self.signatories)

    @property
    def identifies(self) -> bool:
        """Whether a person is listed with an affiliation, which then stands there for identification only."""
        return any(one.kind is Kind.INDIVIDUAL and one.signer_name and one.affiliation_named for one in self.signatories)

    @property
    def body(self) -> str:
        """The Markdown body with the count filled in."""
        return fill_count(self.text.body, self.count, self.text.language)


def arranged(text: LetterText, signatories: Iterable[Signatory], **facts: object) -> LetterDocument:
    """The document of a text and its signatories in any order: sorts them as the text's order says."""
    ordered = in_order(tuple(signatories), text.order)
    return replace(LetterDocument(text=text, signatories=ordered), **facts)  # type: ignore[arg-type]


def in_order(signatories: Sequence[Signatory], order: Order) -> tuple[Signatory, ...]:
    """Signatories in printing order: leads first, then by the letter's order and each one's sort name."""
    if order is Order.AS_GIVEN:
        return tuple(sorted(signatories, key=lambda one: not one.lead))

    def place(one: Signatory) -> tuple[object, ...]:
        alphabetical = (sort_key(one.sort_name or one.name), one.name, one.detail)
        match order:
            case Order.SECTIONS:
                return (not one.lead, section_rank(one.section), sort_key(one.section), *alphabetical)
            case Order.LOCATION:
                return (not one.lead, not one.location, sort_key(one.location), *alphabetical)
        return (not one.lead, *alphabetical)

    return tuple(sorted(signatories, key=place))


def section_rank(section: str) -> int:
    """Where a section stands among the others: those of every letter in their order, then a letter's own, then none."""
    known: Mapping[str, int] = {name: rank for rank, name in enumerate(SECTION_ORDER)}
    if not section:
        return len(SECTION_ORDER) + 1
    return known.get(section.casefold(), len(SECTION_ORDER))


def heading_of(one: Signatory, order: Order) -> str:
    """What the part of the list is called in which a signatory stands: "lead", its section or place, "other"; or ""."""
    if one.lead:
        return "lead"
    match order:
        case Order.SECTIONS:
            return one.section or "other"
        case Order.LOCATION:
            return one.location or "other"
    return ""


def stands_by_place(one: Signatory, order: Order) -> bool:
    """Whether the part of the list in which a signatory stands is called by its place."""
    return order is Order.LOCATION and bool(one.location) and not one.lead


def _grouped(signatories: Sequence[Signatory], order: Order) -> tuple[Group, ...]:
    groups = grouped_runs(signatories, order)
    if signatories and all(group.is_of_the_rest for group in groups):
        return (Group("", tuple(signatories)),)
    return groups


def grouped_runs(signatories: Sequence[Signatory], order: Order) -> tuple[Group, ...]:
    """Signatories in their order, each run of one heading for itself."""
    runs = groupby(signatories, key=lambda one: (heading_of(one, order), stands_by_place(one, order)))
    return tuple(Group(name, tuple(run), is_place) for (name, is_place), run in runs)

"""Letter as a value for rendering: its text, its signatories in printing order, and their counts."""

import datetime as dt
import enum
from dataclasses import dataclass, replace

from letterhub.domain.digits import digits_of
from letterhub.domain.i18n import fill_counts
from letterhub.domain.letters.note_choices import LinkStyle, NotePlacement
from letterhub.domain.letters.pictures import Picture


class PaperSize(enum.StrEnum):
    """Paper size of a letter."""

    LETTER = "letter"
    A4 = "a4"


class Theme(enum.StrEnum):
    """Visual theme of a letter: classic, modern, or plain enough for any agency."""

    CLASSIC = "classic"
    MODERN = "modern"
    PLAIN = "plain"


class Typeface(enum.StrEnum):
    """Typeface of a letter: that of its theme, or one with or without serifs."""

    THEME = "theme"
    SERIF = "serif"
    SANS = "sans"


class Margins(enum.StrEnum):
    """Margins of a letter at the sides of its text."""

    WIDE = "1.5in"
    MEDIUM = "1.25in"
    NARROW = "1in"


class TextSize(enum.StrEnum):
    """Size of a letter's text on paper, in points."""

    TWELVE = "12"
    ELEVEN = "11"


class Figures(enum.StrEnum):
    """Figures in a letter's text: those of its theme, old-style or lining. In tables and subjects they are always lining."""

    THEME = "theme"
    OLD_STYLE = "old-style"
    LINING = "lining"


class SignatoryOrder(enum.StrEnum):
    """Order of the signatories; leads stand first in each."""

    ALPHABETICAL = "alphabetical"
    SECTIONS = "sections"
    LOCATION = "location"
    AS_GIVEN = "as-given"


class SignatoryStyle(enum.StrEnum):
    """Parts of each signatory that are printed."""

    ORGANIZATION = "organization"
    SIGNER = "signer"
    LOCATION = "location"
    BLOCK = "block"
    LOGOS = "logos"

    @property
    def names_signers(self) -> bool:
        """Return whether the person who signed for an organization is printed with it."""
        return self not in (SignatoryStyle.ORGANIZATION, SignatoryStyle.LOGOS)


class SignatoryKind(enum.StrEnum):
    """Kind of signatory: an organization or an individual."""

    ORGANIZATION = "organization"
    INDIVIDUAL = "individual"


class SignatureBlocks(enum.StrEnum):
    """Signatories that are printed as signature blocks, two beside each other, in place of the list."""

    NONE = "none"
    LEADS = "leads"
    ALL = "all"


LAYOUT_VERSION = 4
"""Version of the rules by which documents are rendered; an edition keeps its own, so that its files get the same bytes again.
2 prints strikethrough, check boxes, and lists and tables as typed, and lists organizations and individuals under headings of
their own. 3 sets all lines of a list on one grid, prints whatever notes hold, and has better labels in nineteen languages. 4
prints numbers in the digits of the letter's language."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Inside address: a name or office, and the lines below it."""

    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Logo:
    """Raster image of a coalition or organization, checked and re-encoded."""

    media_type: str
    data: bytes
    description: str


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Letterhead: the sender's name, lines and logo. A letter of several senders has several logos in a row."""

    name: str = ""
    lines: tuple[str, ...] = ()
    logo: Logo | None = None
    more_logos: tuple[Logo, ...] = ()

    @property
    def logos(self) -> tuple[Logo, ...]:
        """All logos, in order."""
        return (*((self.logo,) if self.logo else ()), *self.more_logos)

    def with_logos(self, logos: tuple[Logo, ...]) -> "Letterhead":
        """Return the letterhead with these logos."""
        return replace(self, logo=logos[0] if logos else None, more_logos=logos[1:])


@dataclass(frozen=True, slots=True)
class LetterText:
    """Everything of a letter that is signed: its Markdown body and the parts around it.

    `body` may hold `{{count}}` and `{{count_in_words}}`. `language` is a BCP 47 tag. Empty parts are left out of the page.
    `date_words` is printed in place of the day: "June 2013".
    `accent` is a color as #rrggbb, "" for the default; `window` places the first addressee for a window envelope.
    `short_subject` is the subject in the running head, "" for the subject itself; `justify` makes lines equally long on paper.
    `signature_lines` gives each signature block a line to sign on.
    """

    title: str
    body: str
    date: dt.date | None = None
    date_words: str = ""
    via: str = ""
    addressees: tuple[Addressee, ...] = ()
    re: str = ""
    salutation: str = ""
    closing: str = ""
    cc: tuple[str, ...] = ()
    language: str = "en"
    paper: PaperSize = PaperSize.LETTER
    order: SignatoryOrder = SignatoryOrder.ALPHABETICAL
    shown: SignatoryStyle = SignatoryStyle.SIGNER
    letterhead: Letterhead = Letterhead()
    theme: Theme = Theme.CLASSIC
    face: Typeface = Typeface.THEME
    accent: str = ""
    window: bool = False
    margins: Margins = Margins.WIDE
    size: TextSize = TextSize.TWELVE
    figures: Figures = Figures.THEME
    justify: bool = False
    short_subject: str = ""
    blocks: SignatureBlocks = SignatureBlocks.NONE
    signature_lines: bool = False
    pictures: tuple[Picture, ...] = ()
    enclosures: tuple[str, ...] = ()
    notes: NotePlacement = NotePlacement.FOOT
    links: LinkStyle = LinkStyle.NOTES

    @property
    def picture_names(self) -> tuple[str, ...]:
        """Names under which the body shows pictures."""
        return tuple(picture.name for picture in self.pictures)


@dataclass(frozen=True, slots=True)
class Signatory:
    """Signatory as printed. Holds no email address: a field that is not here cannot be published.

    `lead_order` is a lead's place among the leads as staff set it, from 1; 0 if they did not. `logo` is an organization's own,
    for letters that show logos. `signature_picture` is a scanned signature, for letters with signature blocks.
    """

    organization: str = ""
    signer_name: str = ""
    signer_title: str = ""
    location: str = ""
    kind: SignatoryKind = SignatoryKind.ORGANIZATION
    website: str = ""
    affiliation: str = ""
    section: str = ""
    lead: bool = False
    lead_order: int = 0
    sort_name: str = ""
    logo: Logo | None = None
    signature_picture: Logo | None = None

    @property
    def name(self) -> str:
        """Name under which this signatory is listed."""
        if self.kind is SignatoryKind.INDIVIDUAL:
            return self.signer_name or self.organization
        return self.organization or self.signer_name

    @property
    def affiliation_name(self) -> str:
        """Organization that a person is affiliated with, "" for none."""
        return self.affiliation or (self.organization if self.signer_name else "")

    @property
    def detail_parts(self) -> tuple[str, str]:
        """Texts after the name: signer and title, or a person's title and affiliation; "" for what there is not."""
        if self.kind is SignatoryKind.INDIVIDUAL:
            return self.signer_title, self.affiliation_name
        return self.signer_name if self.organization else "", self.signer_title

    @property
    def detail(self) -> str:
        """Text after the name: "Nia Example, Director"."""
        return ", ".join(filter(None, self.detail_parts))


@dataclass(frozen=True, slots=True)
class SignatoryCounts:
    """Numbers of the signatories that are listed."""

    organizations: int = 0
    individuals: int = 0

    @property
    def total(self) -> int:
        """Return the number of all."""
        return self.organizations + self.individuals

    def fill(self, markdown: str, language: str, layout: int = LAYOUT_VERSION) -> str:
        """Return a text with the counts in place of its placeholders, since layout 4 in the digits of the language."""
        counts = {"count": self.total, "organizations": self.organizations, "individuals": self.individuals}
        return fill_counts(markdown, counts, language, digits_of(language, layout))


@dataclass(frozen=True, slots=True)
class EditionInfo:
    """Identity of a numbered edition, printed in its footer. `check_url` is the URL of its check page."""

    number: int
    id: str
    frozen_at: dt.datetime
    check_url: str = ""


@dataclass(frozen=True, slots=True)
class LetterDocument:
    """Letter with its signatories in printing order: the one value that every page, file and table is rendered from.

    `draft_at`, local time, is when staff requested a draft preview; `layout` the version of the rules that it is rendered by;
    `translations` the texts that the PDF of all languages prints before the list, after the letter's own.
    """

    text: LetterText
    signatories: tuple[Signatory, ...] = ()
    edition: EditionInfo | None = None
    revision_hash: str = ""
    draft_at: dt.datetime | None = None
    layout: int = LAYOUT_VERSION
    translations: tuple[LetterText, ...] = ()

    @property
    def count(self) -> int:
        """Number of listed signatories."""
        return len(self.signatories)

    @property
    def has_affiliations(self) -> bool:
        """Return whether an individual is listed with an affiliation, which then needs "for identification only"."""
        people = (one for one in self.signatories if one.kind is SignatoryKind.INDIVIDUAL and one.signer_name)
        return any(one.affiliation_name for one in people)

    @property
    def counts(self) -> SignatoryCounts:
        """Numbers of listed organizations and individuals."""
        individuals = sum(signatory.kind is SignatoryKind.INDIVIDUAL for signatory in self.signatories)
        return SignatoryCounts(self.count - individuals, individuals)

    @property
    def body(self) -> str:
        """Markdown body with the counts filled in."""
        return self.counts.fill(self.text.body, self.text.language, self.layout)

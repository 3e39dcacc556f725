"""Letter as the public reads it: the current text and list, or those of the delivered edition."""

from dataclasses import dataclass

from letterhub.domain.letters.document import EditionInfo, LetterText
from letterhub.queries.editions.signatory_pages import edition_list_page
from letterhub.queries.editions.verification import EditionVerification
from letterhub.queries.letters.documents import PublicLetter, revision_text
from letterhub.queries.signatures.listing import ListPage, PageRequest, list_page


@dataclass(frozen=True, slots=True)
class DisplayedText:
    """The text and counts that a letter's page shows: the current ones, or those of the delivered edition."""

    text: LetterText
    organizations: int
    individuals: int
    edition: EditionInfo | None = None

    @property
    def count(self) -> int:
        """Return the number of listed signatories."""
        return self.organizations + self.individuals


def displayed_text(letter: PublicLetter, delivered: EditionVerification | None) -> DisplayedText:
    """Return the text and counts that the public reads."""
    if delivered is None:
        return DisplayedText(letter.text, letter.organizations, letter.individuals)
    text = revision_text(delivered.revision_id, delivered.revision_sha256)
    return DisplayedText(text, delivered.count - delivered.individuals, delivered.individuals, delivered.edition_info)


def displayed_page(letter: PublicLetter, delivered: EditionVerification | None, request: PageRequest) -> ListPage:
    """Return the page of the signatory list that the public reads."""
    if delivered is None:
        return list_page(letter.id, letter.text, letter.count, request)
    return edition_list_page(delivered.id, delivered.count, request)

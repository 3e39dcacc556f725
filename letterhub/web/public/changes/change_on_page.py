"""Substantive change on a letter's public page: who has not replied to it, and how many did not object."""

from dataclasses import dataclass

from letterhub.queries.changes.changes import Change, current_change
from letterhub.queries.changes.replies import AwaitedNames, awaited_names
from letterhub.queries.letters.public_letter import PublicLetter
from letterhub.rendering.letter.signatory_list import SignatoryLine, line


@dataclass(frozen=True, slots=True)
class AwaitedGroup:
    """Names that signed one revision, and have not replied to a later one, as far as they are asked."""

    signed_number: int
    is_asked: bool
    lines: tuple[SignatoryLine, ...]


@dataclass(frozen=True, slots=True)
class ChangeOnPage:
    """Substantive change as a letter's page shows it. `groups` are a page of the `total` names without a reply."""

    change: Change
    groups: tuple[AwaitedGroup, ...]
    total: int
    page: int
    has_next: bool


def change_on_page(letter: PublicLetter, page: int = 1) -> ChangeOnPage | None:
    """Return the last substantive change, while its text or a correction of it is the current one; None for other letters."""
    if not letter.text_state.reconfirmations or (change := current_change(letter.id)) is None:
        return None
    names = awaited_names(change, page) if change.is_running else AwaitedNames(change, (), 0, 1, has_next=False)
    groups = tuple(
        AwaitedGroup(number, is_asked, tuple(line(signatory, letter.text) for signatory in signatories))
        for (number, is_asked), signatories in names.groups.items()
    )
    return ChangeOnPage(change, groups, names.total, names.page, names.has_next)

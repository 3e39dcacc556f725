"""Statement of how the names on a letter were checked, true of every one of them whatever rule published it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReviewDisclosure:
    """Exceptions that may apply to some names of a letter, by its rules now or earlier.

    `organizations_before`: staff reviewed an organization before this letter, and not again. `individuals_unreviewed`:
    individuals appeared once they had confirmed. `individuals_imported`: staff entered individuals from a file, who confirmed
    nothing.
    """

    organizations_before: bool
    individuals_unreviewed: bool
    individuals_imported: bool

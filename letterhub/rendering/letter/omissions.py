"""Omissions: what was left out of the printed letter, of what its text has."""

from dataclasses import dataclass, field

from markdown_it.rules_core import StateCore


@dataclass(slots=True)
class Omissions:
    """Record of what is not printed as its author wrote it: pictures as (description, address), links as (words, address),
    titles of both, and the typed numbers of lists that are numbered otherwise. `used_labels` are those of the addresses
    referred to, `shown_pictures` the names of pictures that are printed.
    """

    pictures: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    list_numbers: list[list[int]] = field(default_factory=list)
    used_labels: set[str] = field(default_factory=set)
    shown_pictures: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, state: StateCore) -> "Omissions":
        """Return the record of the text that is being parsed."""
        record: Omissions = state.env.setdefault("omissions", cls())
        return record

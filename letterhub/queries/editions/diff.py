"""Comparison of two editions of a letter."""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import undefer

from letterhub.domain.editions.diff import ChangedNames, Passage, compared_names, compared_texts
from letterhub.domain.letters.document import LetterDocument
from letterhub.domain.organizations.names import name_key
from letterhub.infrastructure.db import db
from letterhub.models import Edition
from letterhub.queries.letters.documents import document_of_edition
from letterhub.rendering.letter.view import printed_date
from letterhub.rendering.text.plain_text import plain_text
from letterhub.rendering.text.text_export import UNBROKEN, printed_on_one_line


@dataclass(frozen=True, slots=True)
class Compared:
    """Differences between two editions, `before` being the earlier one; `counts` are their numbers of signatories."""

    before: int
    after: int
    counts: tuple[int, int]
    passages: tuple[Passage, ...]
    names: ChangedNames

    @property
    def same_text(self) -> bool:
        """Return whether the texts are equal."""
        return not any(passage.changed for passage in self.passages)


def compared(letter_id: int, before: int, after: int) -> Compared | None:
    """Return the comparison of two editions by number; None if the letter lacks one of them."""
    found = select(Edition).where(Edition.letter_id == letter_id, Edition.number.in_((before, after)))
    editions = {one.number: one for one in db.session.scalars(found.options(undefer(Edition.signature_ids)))}
    if not {before, after} <= set(editions):
        return None
    old, new = document_of_edition(editions[before].id), document_of_edition(editions[after].id)
    return Compared(
        before=before,
        after=after,
        counts=(old.count, new.count),
        passages=compared_texts(paragraphs_of(old), paragraphs_of(new)),
        names=compared_names(*_keyed((editions[before], old), (editions[after], new))),
    )


def paragraphs_of(document: LetterDocument) -> list[str]:
    """Return the letter's words from title to cc, one string per paragraph."""
    text = document.text
    parts = [text.title, printed_date(text), text.via, *plain_text(document, UNBROKEN).strip().split("\n\n"), *text.cc]
    return [part for part in parts if part]


def _keyed(*sides: tuple[Edition, LetterDocument]) -> list[dict[Hashable, str]]:
    """Return each side's printed lines by signature; by name if an edition is too old to have stored signature ids."""
    known = all(len(edition.signature_ids) == document.count for edition, document in sides)
    return [_lines(edition, document, known) for edition, document in sides]


def _lines(edition: Edition, document: LetterDocument, known: bool) -> dict[Hashable, str]:
    seen: Counter[str] = Counter()
    lines: dict[Hashable, str] = {}
    for place, one in enumerate(document.signatories):
        name = name_key(one.name)
        seen[name] += 1
        key = edition.signature_ids[place] if known else (name, seen[name])
        lines[key] = printed_on_one_line(one, document.text)
    return lines

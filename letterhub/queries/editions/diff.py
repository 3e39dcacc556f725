"""Comparison of two editions of a letter."""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import undefer

from letterhub.domain.editions.diff import NameDiff, ParagraphDiff, diff_names, diff_texts
from letterhub.domain.letters.letter_document import LetterDocument
from letterhub.domain.organizations.name_keys import name_key
from letterhub.infrastructure.db import db
from letterhub.models import Edition
from letterhub.queries.editions.frozen_documents import frozen_document
from letterhub.rendering.letter.view import printed_date
from letterhub.rendering.text.plain_text import annex_texts, plain_text
from letterhub.rendering.text.text_export import UNWRAPPED, one_line_signatory


@dataclass(frozen=True, slots=True)
class EditionComparison:
    """Differences between two editions, `before` being the earlier one; `counts` are their numbers of signatories."""

    before: int
    after: int
    counts: tuple[int, int]
    passages: tuple[ParagraphDiff, ...]
    names: NameDiff

    @property
    def same_text(self) -> bool:
        """Return whether the texts are equal."""
        return not any(passage.changed for passage in self.passages)


def compare_editions(letter_id: int, before: int, after: int) -> EditionComparison | None:
    """Return the comparison of two editions by number; None if the letter lacks one of them."""
    query = select(Edition).where(Edition.letter_id == letter_id, Edition.number.in_((before, after)))
    editions = {edition.number: edition for edition in db.session.scalars(query.options(undefer(Edition.signature_ids)))}
    if not {before, after} <= set(editions):
        return None
    old, new = frozen_document(editions[before].id), frozen_document(editions[after].id)
    # an edition that is too old to have stored signature ids is compared by name
    has_ids = all(len(editions[number].signature_ids) == document.count for number, document in ((before, old), (after, new)))
    return EditionComparison(
        before=before,
        after=after,
        counts=(old.count, new.count),
        passages=diff_texts(paragraphs_of(old), paragraphs_of(new)),
        names=diff_names(_printed_lines(editions[before], old, has_ids), _printed_lines(editions[after], new, has_ids)),
    )


def paragraphs_of(document: LetterDocument) -> list[str]:
    """Return the letter's words from title to cc, one string per paragraph."""
    text = document.text
    parts = [
        text.title,
        printed_date(text),
        text.via,
        *plain_text(document, UNWRAPPED).strip().split("\n\n"),
        *text.cc,
        *text.enclosures,
        *chain.from_iterable(annex.split("\n\n") for annex in annex_texts(document, UNWRAPPED)),
    ]
    return [part for part in parts if part]


def _printed_lines(edition: Edition, document: LetterDocument, has_ids: bool) -> dict[Hashable, str]:
    """Return an edition's printed lines by signature id; if not `has_ids`, by name and how often it occurred so far."""
    occurrences: Counter[str] = Counter()
    lines: dict[Hashable, str] = {}
    for position, signatory in enumerate(document.signatories):
        name = name_key(signatory.name)
        occurrences[name] += 1
        key = edition.signature_ids[position] if has_ids else (name, occurrences[name])
        lines[key] = one_line_signatory(signatory, document.text)
    return lines

"""Lists for programs, a page at a time: the rows whose ids follow a cursor, so that changes to a list shift no page.

See docs/design/accounts/api.md.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, select

from letterhub.clock import now
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Contact, Invitation, Letter, Signature
from letterhub.queries.invitations.contacts import ListedContact, listed_contacts
from letterhub.queries.invitations.outreach import OutreachRow, outreach_rows
from letterhub.queries.letters.letter_header import LetterHeader, letter_header_from, select_letter_headers
from letterhub.queries.signatures.review import SignatureDetails, SignatureSearch, search_statement, signatures_by_id

T = TypeVar("T")
SIZE = 50
KeysetPage = tuple[Sequence[T], int]
"""Entries of a page, and the id that the next page follows, 0 for the last page."""


def letters_after(coalition_id: int, after_id: int) -> KeysetPage[LetterHeader]:
    """Return a page of a coalition's letters, archived ones too."""
    rows = db.session.execute(_page(select_letter_headers(coalition_id), Letter.id, after_id)).all()
    return [letter_header_from(row, now()) for row in rows[:SIZE]], rows[SIZE - 1].id if len(rows) > SIZE else 0


def signatures_after(letter_id: int, states: tuple[SignatureState, ...], after_id: int) -> KeysetPage[SignatureDetails]:
    """Return a page of a letter's signatures in these states, with all that staff see of them."""
    search = search_statement(letter_id, SignatureSearch(states))

    def fetch(ids: Sequence[int]) -> Sequence[SignatureDetails]:
        return sorted(signatures_by_id(letter_id, ids, states), key=lambda signature: signature.id)

    return _fetch(_page(search, Signature.id, after_id), fetch)


def contacts_after(coalition_id: int, after_id: int) -> KeysetPage[ListedContact]:
    """Return a page of a coalition's contacts."""
    contacts = select(Contact.id).where(Contact.coalition_id == coalition_id)
    return _fetch(_page(contacts, Contact.id, after_id), lambda ids: listed_contacts(coalition_id, ids))


def invitations_after(letter_id: int, after_id: int) -> KeysetPage[OutreachRow]:
    """Return a page of the invitations to a letter."""
    invitations = select(Invitation.id).where(Invitation.letter_id == letter_id)
    return _fetch(_page(invitations, Invitation.id, after_id), lambda ids: outreach_rows(letter_id, ids))


def _page(query: Select[Any], column: Any, after_id: int) -> Select[Any]:
    """Return a select of the rows that follow an id, one more than a page has."""
    return query.where(column > after_id).order_by(None).order_by(column).limit(SIZE + 1)


def _fetch(query: Select[int], fetch: Callable[[Sequence[int]], Sequence[T]]) -> KeysetPage[T]:
    ids = db.session.scalars(query).all()
    return fetch(ids[:SIZE]), ids[SIZE - 1] if len(ids) > SIZE else 0

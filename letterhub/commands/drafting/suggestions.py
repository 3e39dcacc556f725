"""Changes of a draft that partners with a link suggest, and withdraw. See docs/design/drafting/suggestions.md."""

import datetime as dt

from sqlalchemy import func, select

from letterhub.commands.drafting._link_use import LINK_ENDED, lock_draft, use_link
from letterhub.domain.drafting.comments import PassageNotFound
from letterhub.domain.drafting.suggestions import (
    MAX_SUGGESTIONS,
    MAX_SUGGESTIONS_BY_LINK,
    CannotDecide,
    CannotSuggest,
    SuggestedChange,
    SuggestionKind,
    SuggestionState,
)
from letterhub.domain.i18n import _
from letterhub.domain.letters.drafts import trim_text
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.links.secret_links import LinkPermission
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Draft, DraftSuggestion, SecretLink
from letterhub.rendering.editor.text_blocks import change_block, text_blocks


@one_transaction
def add_suggestion(letter_id: int, change: SuggestedChange, reason: str, link_id: int, author: str, at: dt.datetime) -> int:
    """Store a suggestion; return its id. A form sent twice is stored once.

    Raises CannotSuggest, PassageNotFound if the paragraph has changed, LinkEnded and RateLimited.
    """
    lock_draft(letter_id, CannotSuggest(LINK_ENDED))
    use_link(link_id, letter_id, LinkPermission.SUGGEST, author, at)
    own = (DraftSuggestion.letter_id == letter_id, DraftSuggestion.link_id == link_id)
    same = (
        DraftSuggestion.state == SuggestionState.OPEN, DraftSuggestion.kind == change.kind,
        DraftSuggestion.number == change.number, DraftSuggestion.was == change.was, DraftSuggestion.content == change.content,
    )  # fmt: skip
    existing = db.session.scalar(select(DraftSuggestion.id).where(*own, *same).limit(1))
    if existing is not None:
        return existing
    draft = db.session.get_one(Draft, letter_id)
    text = trim_text(text_from_facts(draft.text))
    if [block.markdown for block in text_blocks(text)][change.number : change.number + 1] != [change.was]:
        raise PassageNotFound(_("The text has changed since. Choose the paragraph again."), "paragraph")
    if change.kind is SuggestionKind.REPLACE and change.content == change.was:
        raise CannotSuggest(_("Nothing is different yet. Change the words, or choose something else."))
    change_block(text, change.number, change.kind, change.content)
    _require_below_limits(letter_id, link_id, at)
    suggestion = DraftSuggestion(
        letter_id=letter_id, link_id=link_id, author=author, kind=change.kind, draft_version=draft.version,
        number=change.number, was=change.was, content=change.content, reason=reason, suggested_at=at,
    )  # fmt: skip
    db.session.add(suggestion)
    db.session.flush()
    return suggestion.id


@one_transaction
def withdraw_suggestion(letter_id: int, suggestion_id: int, link_id: int, at: dt.datetime) -> None:
    """Withdraw a suggestion by the link that it came by. Raises CannotDecide if it is not open, LinkEnded and RateLimited."""
    lock_draft(letter_id, CannotSuggest(LINK_ENDED))
    own = select(DraftSuggestion).where(DraftSuggestion.id == suggestion_id, DraftSuggestion.link_id == link_id)
    suggestion = db.session.scalar(own.where(DraftSuggestion.letter_id == letter_id).with_for_update())
    if suggestion is None or suggestion.state is not SuggestionState.OPEN:
        raise CannotDecide(_("This suggestion is no longer open."))
    use_link(link_id, letter_id, LinkPermission.SUGGEST, suggestion.author, at)
    suggestion.decide(SuggestionState.WITHDRAWN, suggestion.author, at)


def _require_below_limits(letter_id: int, link_id: int, at: dt.datetime) -> None:
    """Raise CannotSuggest if there is no room for a suggestion. Links that ended take none."""
    of_draft = select(func.count(DraftSuggestion.id)).where(DraftSuggestion.letter_id == letter_id)
    by_link = of_draft.where(DraftSuggestion.link_id == link_id)
    if (db.session.scalar(by_link) or 0) >= MAX_SUGGESTIONS_BY_LINK:
        raise CannotSuggest(_("This link has made %(most)s suggestions, and can make no more.", most=MAX_SUGGESTIONS_BY_LINK))
    by_links = of_draft.join(SecretLink, SecretLink.id == DraftSuggestion.link_id).where(SecretLink.works_at(at))
    if (db.session.scalar(by_links) or 0) >= MAX_SUGGESTIONS:
        raise CannotSuggest(_("This draft has %(most)s suggestions, and no room for more.", most=MAX_SUGGESTIONS))

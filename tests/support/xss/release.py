"""Attacks in what surrounds a letter's release: press page, quote, reply, message, and questions with an answer."""

import datetime as dt

from letterhub.clock import now
from letterhub.domain.drafting.suggestions import SuggestionKind
from letterhub.domain.links.secret_links import LinkKind, LinkPermission, token_hash
from letterhub.domain.press.quotes import QuoteState
from letterhub.domain.questions.question import Question, QuestionKind, question_facts
from letterhub.models import (
    DraftComment,
    DraftSuggestion,
    Letter,
    PressPage,
    PressQuote,
    Reply,
    SecretLink,
    SignatoryMessage,
    Signature,
)
from tests.support import factories

DRAFT_TOKEN = "evil-draft"


def suggestion_of(letter: Letter, link_id: int, attack: str, markdown: str) -> DraftSuggestion:
    """Return an open suggestion that is an attack in each of its fields, for a paragraph that is gone."""
    return DraftSuggestion(
        letter_id=letter.id, link_id=link_id, author=attack[:60], kind=SuggestionKind.REPLACE, draft_version=1, number=0,
        was=attack, content=markdown, reason=attack, suggested_at=now(), decided_by=attack[:60],
    )  # fmt: skip


def add_shared_draft(draft: Letter, attack: str, markdown: str) -> None:
    """Share a draft by a link whose token is DRAFT_TOKEN, with a comment and suggestions that are attacks."""
    facts = {"label": attack[:60], "person": attack[:60], "created_at": now(), "expires_at": now() + dt.timedelta(days=30)}
    link = SecretLink(
        letter_id=draft.id, kind=LinkKind.DRAFT, permission=LinkPermission.SUGGEST, token_hash=token_hash(DRAFT_TOKEN), **facts
    )
    factories.save(link)
    factories.save(DraftComment(letter_id=draft.id, author=attack[:60], text=attack, written_at=now(), link_id=link.id))
    factories.save(suggestion_of(draft, link.id, attack, markdown))


def add_release_rows(letter: Letter, signature: Signature, staff_id: int, attack: str, markdown: str) -> None:
    """Release a press page with a quote, a reply and a message, and ask questions, all of them attacks."""
    contact = {"name": attack, "email": "press@rivers.example", "phone": attack}
    page = PressPage(
        letter_id=letter.id, headline=attack, statement=markdown, facts=[attack] * 3, contacts=[contact], announcement=markdown,
        release_at=now(), release_zone="UTC", saved_at=now(), saved_by_id=staff_id,
    )  # fmt: skip
    link = {"letter_id": letter.id, "created_at": now(), "created_by_id": staff_id}
    quote = PressQuote(
        letter_id=letter.id, signature_id=signature.id, text=attack, state=QuoteState.APPROVED, asked_at=now(),
        decided_at=now(), consent={"printed": [attack, attack]},
    )  # fmt: skip
    reply = Reply(
        letter_id=letter.id, sender=attack[:100], received_on=now().date(), text=markdown, file_name=attack[:60],
        content=b"%PDF-1.7", recorded_at=now(), recorded_by_id=staff_id, retract_reason=attack[:100],
    )  # fmt: skip
    message = SignatoryMessage(
        letter_id=letter.id, sender_name="Attack", subject=attack[:100], text=markdown, recipients=1, left_out={},
        sent_at=now(), sent_on=now().date(), sent_by_id=staff_id,
    )  # fmt: skip
    factories.save(page)
    link |= {"label": attack[:60], "person": attack[:60], "permission": LinkPermission.COMMENT}
    secret_links = [SecretLink(kind=kind, token_hash=str(kind), **link) for kind in LinkKind]
    comment = DraftComment(
        letter_id=letter.id, link_id=1, author=attack[:60], text=attack, paragraph=attack, words=attack[:300], written_at=now(),
        resolved_at=now(), resolved_by=attack[:60],
    )  # fmt: skip
    suggestion = suggestion_of(letter, 3, attack, markdown)
    for row in (*secret_links, suggestion, comment, quote, reply, message):
        factories.save(row)
    questions = (
        Question(1, attack, QuestionKind.SHORT_TEXT, attack, is_public=True),
        Question(2, attack, QuestionKind.ONE_CHOICE, attack, (attack, "No"), is_public=True),
    )
    letter.questions, letter.news_text = question_facts(questions), attack[:300]
    signature.answers = {"1": attack, "2": attack}
    factories.save(letter)
    factories.save(signature)

"""Page before a letter opens: what stands against opening it, and what its readers and signatories will meet.

See docs/design/drafting/before_opening.md.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from letterhub.domain.drafting.suggestions import SuggestionState
from letterhub.domain.i18n import _, ngettext
from letterhub.domain.interface_languages import own_name
from letterhub.domain.letters.draft_mending import Mend
from letterhub.domain.letters.drafts import trim_text
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.opening_findings import (
    Finding,
    find_mend,
    requirement_findings,
    schedule_findings,
    text_findings,
)
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.letters.signing_settings import SigningSettings, WhoMaySign
from letterhub.domain.letters.translations import missing_parts
from letterhub.domain.questions.question import asked, questions_from_facts
from letterhub.infrastructure.db import db
from letterhub.models import Draft, DraftComment, DraftSuggestion, Invitation, Letter
from letterhub.queries.drafting.sign_offs import SignOffList, sign_off_list
from letterhub.queries.letters.missing_to_open import missing_to_open
from letterhub.queries.letters.pdf_previews import PreviewFacts, newest_preview_of
from letterhub.queries.letters.scheduled_openings import OpeningPlan, opening_plan
from letterhub.queries.letters.translations import TranslationWork, translated_letter
from letterhub.rendering.letter.lint.markdown_lint import text_notes


@dataclass(frozen=True, slots=True)
class OpeningPage:
    """Draft before it opens. `version` is the draft's in which the findings were made; decisions refer to it.

    `languages` are that of the text and those of its translations, each a tag and its own name; `questions` and `invitations`
    how many the form asks, and how many are prepared; `preview` is the member's newest, None if there is none.
    """

    text: LetterText
    version: int
    signing_settings: SigningSettings
    findings: tuple[Finding, ...]
    plan: OpeningPlan | None
    sign_offs: SignOffList
    languages: tuple[tuple[str, str], ...]
    questions: int
    invitations: int
    preview: PreviewFacts | None

    @property
    def blocking(self) -> int:
        """Number of findings with which the letter can't open."""
        return sum(finding.blocks for finding in self.findings)


def opening_page(letter_id: int, staff_id: int, at: dt.datetime) -> OpeningPage:
    """Return what the page before opening shows a member of staff at a moment."""
    letter, draft = db.session.execute(
        select(Letter, Draft).join(Draft, Draft.letter_id == Letter.id).where(Letter.id == letter_id)
    ).one()
    text, plan = trim_text(text_from_facts(draft.text)), opening_plan(letter_id)
    translations = translated_letter(letter_id, text).translations
    today = at.astimezone(ZoneInfo(letter.deadline_zone)).date()
    findings = (
        *requirement_findings(missing_to_open(letter, text, at)),
        *(schedule_findings(plan.opens_at, letter.deadline_at, plan.error) if plan else ()),
        *text_findings(text, today, both_kinds=letter.who_may_sign is WhoMaySign.BOTH),
        *(Finding("body", note) for note in text_notes(text)),
        *_translation_findings(translations, text, draft.saved_at),
        *_comment_findings(letter_id),
    )
    invited = select(func.count(Invitation.id)).where(Invitation.letter_id == letter_id)
    return OpeningPage(
        text=text,
        version=draft.version,
        signing_settings=letter.signing_settings,
        findings=findings,
        plan=plan,
        sign_offs=sign_off_list(letter_id, at),
        languages=tuple((tag, own_name(tag)) for tag in (text.language, *(one.language for one in translations))),
        questions=len(asked(questions_from_facts(letter.questions))),
        invitations=db.session.scalar(invited) or 0,
        preview=newest_preview_of(letter_id, staff_id),
    )


def mended_draft(letter_id: int, passage: str) -> tuple[LetterText, Mend] | None:
    """Return a draft's text with the change that the page offers for a passage, and that change; None if it offers none."""
    facts, who_may_sign = db.session.execute(
        select(Draft.text, Letter.who_may_sign).join(Letter, Letter.id == Draft.letter_id).where(Letter.id == letter_id)
    ).one()
    text = text_from_facts(facts)
    mend = find_mend(text, passage, both_kinds=who_may_sign is WhoMaySign.BOTH)
    return (replace(text, body=mend.body), mend) if mend else None


def _translation_findings(
    translations: Iterable[TranslationWork], text: LetterText, saved_at: dt.datetime
) -> Iterable[Finding]:
    """Yield what is missing in each translation, or that it is older than the text."""
    for one in translations:
        name = own_name(one.language)
        if missing_parts(text, one.text):
            yield Finding(f"translation:{one.language}", _("The translation into %(language)s isn’t complete.", language=name))
        elif one.saved_at < saved_at:
            sentence = _("The text was saved after the translation into %(language)s.", language=name)
            yield Finding(f"translation:{one.language}", sentence)


def _comment_findings(letter_id: int) -> Iterable[Finding]:
    """Yield that comments or suggestions are open, if any are."""
    is_open_thread = (DraftComment.thread_id.is_(None), DraftComment.resolved_at.is_(None))
    count = db.session.scalar(select(func.count(DraftComment.id)).where(DraftComment.letter_id == letter_id, *is_open_thread))
    if count:
        yield Finding("comments", ngettext("One comment is open.", "%(num)s comments are open.", count))
    is_open = (DraftSuggestion.letter_id == letter_id, DraftSuggestion.state == SuggestionState.OPEN)
    if waiting := db.session.scalar(select(func.count(DraftSuggestion.id)).where(*is_open)):
        sentence = ngettext("One suggestion is open.", "%(num)s suggestions are open.", waiting)
        yield Finding("suggestions", sentence)

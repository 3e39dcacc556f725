"""Findings on a draft before it opens: what it needs, and what its authors should look at once more.

See docs/design/drafting/before_opening.md.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from letterhub.domain.i18n import _
from letterhub.domain.letters.draft_lint import MAX_FOUND, find_hardcoded_counts, placeholders_by_field
from letterhub.domain.letters.draft_mending import Mend, mend_count, mend_placeholder
from letterhub.domain.letters.language_guess import guess_language
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.opening_rules import Requirement


@dataclass(frozen=True, slots=True)
class Finding:
    """Remark on a draft: the field it is about, and a sentence. `blocks` says that the letter can't open like this; `mend` is
    the change of its body by which the remark goes away, None if only an author knows one."""

    field: str
    sentence: str
    blocks: bool = False
    mend: Mend | None = None


def text_findings(text: LetterText, today: dt.date, *, both_kinds: bool) -> tuple[Finding, ...]:
    """Return what its authors should look at in a text that opens on this day; nothing of it blocks.

    `both_kinds` says that organizations and individuals sign, who are counted apart.
    """
    return (
        *_date_findings(text, today),
        *(
            Finding(
                field,
                _("“%(phrase)s” looks like a note to the authors. It would be printed as it stands.", phrase=phrase),
                mend=mend_placeholder(text.body, phrase, both_kinds=both_kinds) if field == "body" else None,
            )
            for field, phrase in placeholders_by_field(text)[:MAX_FOUND]
        ),
        *(
            Finding(
                "body",
                _("“%(phrase)s” won’t update as organizations sign or withdraw.", phrase=count.phrase),
                mend=mend_count(text.body, count, both_kinds=both_kinds),
            )
            for count in find_hardcoded_counts(text.body)
        ),
        *_language_findings(text),
    )


def requirement_findings(missing: Iterable[Requirement]) -> tuple[Finding, ...]:
    """Return the requirements that a draft does not meet, as findings that block."""
    return tuple(Finding(one.field, one.sentence, blocks=True) for one in missing)


def schedule_findings(opens_at: dt.datetime, deadline_at: dt.datetime | None, error: str = "") -> tuple[Finding, ...]:
    """Return what is wrong with a scheduled opening: an `error` kept the letter a draft, or its deadline is no later by now."""
    if error:
        return (Finding("opens_date", _("The letter didn’t open at the time you chose: %(reason)s", reason=error)),)
    if deadline_at is not None and deadline_at <= opens_at:
        return (Finding("opens_date", _("The deadline is before the time at which the letter is to open.")),)
    return ()


def find_mend(text: LetterText, passage: str, *, both_kinds: bool) -> Mend | None:
    """Return the change of a text that is offered for a passage; None if there is none, or no more."""
    findings = text_findings(text, dt.date.min, both_kinds=both_kinds)
    return next((one.mend for one in findings if one.mend and one.mend.passage == passage), None)


def _date_findings(text: LetterText, today: dt.date) -> Iterable[Finding]:
    if not text.date and not text.date_words:
        yield Finding("date", _("No date is set: the letter will go out undated."))
    elif text.date and text.date < today and not text.date_words:
        yield Finding("date", _("The date that the letter prints has passed."))


def _language_findings(text: LetterText) -> Iterable[Finding]:
    guess = guess_language(text.body)
    if guess and guess.partition("-")[0] != text.language.partition("-")[0]:
        yield Finding("language", _("The text reads like another language than the one chosen for the letter."))

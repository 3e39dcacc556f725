"""Forms for comments on a draft, by holders of a link and by staff, and the anchor of a thread."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from letterhub.domain.drafting.comments import MAX_COMMENT, MAX_WORDS_QUOTED, passage_key
from letterhub.domain.letters.drafts import normalize_multiline
from letterhub.domain.unicode import REMOVE_DIRECTION_OVERRIDES, is_visible
from letterhub.web.forms import CommandForm, Required, clean_line

LABEL_LENGTH = 60  # characters of a paragraph in the list of paragraphs


def clean_comment(typed: str | None) -> str:
    """Return a comment without control characters, direction overrides and blanks around it; far too long input is cut, and
    still refused."""
    text = normalize_multiline((typed or "")[: 2 * MAX_COMMENT]).translate(REMOVE_DIRECTION_OVERRIDES).strip()
    return text if is_visible(text) else ""


class CommentForm(CommandForm):
    """Form for a comment on a draft: on a paragraph, on words copied from it, or on the whole letter."""

    signatory_kind = None
    passage = SelectField(_l("Paragraph"), default="", validate_choice=False)
    words = StringField(_l("Words from the letter"), filters=[clean_line], validators=[Length(max=MAX_WORDS_QUOTED)])
    text = TextAreaField(
        _l("Comment"), filters=[clean_comment], validators=[Required(_l("Enter a comment.")), Length(max=MAX_COMMENT)]
    )

    def offer(self, paragraphs: Sequence[str]) -> None:
        """Offer the paragraphs of the text as it is now; one that was chosen and has changed since is no longer chosen."""
        choices = [SelectChoice("", _("The whole letter"))]
        for number, paragraph in enumerate(paragraphs, 1):
            words = clean_line(paragraph[: 4 * LABEL_LENGTH])
            label = (
                words if len(words) <= LABEL_LENGTH else f"{words[:LABEL_LENGTH].rpartition(' ')[0] or words[:LABEL_LENGTH]}…"
            )
            choices.append(SelectChoice(passage_key(paragraph), f"{number}. {label}"))
        self.passage.choices = choices


class ThreadForm(CommandForm):
    """Form below a thread: a reply, and a box that settles it, or opens it again. An untouched one does nothing."""

    text = TextAreaField(_l("Reply"), filters=[clean_comment], validators=[Length(max=MAX_COMMENT)])
    switch = BooleanField()

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Require a reply or the box."""
        is_valid = bool(super().validate(*args, **kwargs))
        if not self.text.data and not self.switch.data:
            self.text.errors = [_("Write a reply, or check the box.")]
            return False
        return is_valid


def anchor_of(thread_id: int) -> str:
    """Return the anchor of a thread on its page."""
    return f"comment-{thread_id}"

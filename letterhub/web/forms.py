"""What the forms of signatories and of staff have in common."""

import re
import secrets
from collections.abc import Iterable, Iterator

from flask import g
from flask_wtf import FlaskForm
from wtforms import Field, FieldList

from letterhub.domain.lines import one_line
from letterhub.domain.refusals import Refused

MOST_READ_OF_LINE = 4_000
PLACE = re.compile(r"[0-9]{1,4}(-|\Z)")


class NumberedFields(FieldList):  # type: ignore[misc]
    """A field for each place of a list. Names without a short number in ASCII are none of its fields: some cannot be read."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        named = [name for name in formdata if PLACE.match(name[len(prefix) + 1 :])]
        found: Iterator[int] = super()._extract_indices(prefix, named)
        return found


class RefusableForm(FlaskForm):  # type: ignore[misc]
    """A form whose command may refuse: the sentence then stands at the field that it is about."""

    def refuse(self, refusal: Refused) -> None:
        """Puts a refusal beside its field, or above the whole form where it has none."""
        if refusal.field in self:
            self[refusal.field].errors = [*self[refusal.field].errors, str(refusal)]
        else:
            self.form_errors.append(str(refusal))


def first_in_need(field: Field) -> bool:
    """Whether a field that is being drawn is the first on its page that is to be mended: the cursor stands there."""
    return bool(field.errors) and g.setdefault("first_in_need", field) is field


def new_word() -> str:
    """A word for a form that acts once, unlike any other: by it the second sending of a double click is known."""
    return secrets.token_urlsafe(16)


def tidy(typed: str | None) -> str:
    """What was typed as one line; of what is far longer than any line, the beginning, which is refused as too long."""
    return one_line((typed or "")[:MOST_READ_OF_LINE])

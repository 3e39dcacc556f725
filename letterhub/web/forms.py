"""Base classes and helpers shared by public and staff forms."""

import re
import secrets
from collections.abc import Iterable, Iterator

from flask import g
from flask_wtf import FlaskForm
from wtforms import Field, FieldList

from letterhub.domain.errors import UserFacingError
from letterhub.domain.line_validation import normalize_line

MAX_LINE_INPUT = 4_000
INDEX_PATTERN = re.compile(r"[0-9]{1,4}(-|\Z)")


class IndexedFieldList(FieldList):  # type: ignore[misc]
    """FieldList that ignores names without a short ASCII number, some of which WTForms cannot parse."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        indexed_names = [name for name in formdata if INDEX_PATTERN.match(name[len(prefix) + 1 :])]
        indices: Iterator[int] = super()._extract_indices(prefix, indexed_names)
        return indices


class CommandForm(FlaskForm):  # type: ignore[misc]
    """Form that shows the error of its command at the field that it is about."""

    def add_error(self, error: UserFacingError) -> None:
        """Add an error to its field, or to the form if it has none."""
        if error.field in self:
            self[error.field].errors = [*self[error.field].errors, str(error)]
        else:
            self.form_errors.append(str(error))


def is_first_invalid(field: Field) -> bool:
    """Return whether a field is the first one with an error on its page: it gets the focus."""
    return bool(field.errors) and g.setdefault("first_invalid_field", field) is field


def new_idempotency_key() -> str:
    """Return a random idempotency key for a form, by which a double click is recognized."""
    return secrets.token_urlsafe(16)


def clean_line(typed: str | None) -> str:
    """Return input as one line. Far too long input is cut, and still refused as too long."""
    return normalize_line((typed or "")[:MAX_LINE_INPUT])

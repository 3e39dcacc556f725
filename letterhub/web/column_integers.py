"""URL converter, form field and parser for integers that fit into a database column."""

from typing import Any

from werkzeug.routing import IntegerConverter, Map, ValidationError
from wtforms import IntegerField

MAX_INTEGER = 2**31 - 1
MAX_CHARACTERS = 20  # characters, with sign and blanks


def parse_integer(typed: str) -> int:
    """Return the number that was typed. Raises ValueError for one that no column can hold."""
    number = int(typed)
    if abs(number) > MAX_INTEGER:
        raise ValueError("no row has a number as large as this")
    return number


class ColumnIntegerField(IntegerField):  # type: ignore[misc]
    """Integer field that refuses numbers that no column can hold, also those with thousands of digits."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Parse the number. Raises ValueError, whose sentence is shown at the field."""
        super().process_formdata([value[:MAX_CHARACTERS] for value in valuelist])
        if self.data is not None and abs(self.data) > MAX_INTEGER:
            self.data = None
            raise ValueError(self.gettext("Not a valid integer value."))


class RowIdConverter(IntegerConverter):
    """URL converter for row ids. A larger number gives 404."""

    def __init__(self, addresses: Map) -> None:
        super().__init__(addresses, max=MAX_INTEGER)

    def to_python(self, value: str) -> int:
        """Return the number. Raises ValidationError, also if it is too long to parse."""
        try:
            number: int = super().to_python(value)
        except ValueError as error:
            raise ValidationError from error
        return number

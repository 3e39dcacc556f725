"""Numbers in addresses and forms: those that a column can hold, and no others."""

from typing import Any

from werkzeug.routing import IntegerConverter, Map, ValidationError
from wtforms import IntegerField

LARGEST = 2**31 - 1
LONGEST_NUMBER = 20  # signs, blanks around it counted


def whole_number(typed: str) -> int:
    """What was typed, as a number that the database can be asked about; raises ValueError for any other."""
    found = int(typed)
    if abs(found) > LARGEST:
        raise ValueError("no row has a number as large as this")
    return found


class WholeNumberField(IntegerField):  # type: ignore[misc]
    """A field for a number that a column can hold; any other is none, also one of thousands of digits."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Reads the number; raises ValueError, whose sentence stands beside the field."""
        super().process_formdata([value[:LONGEST_NUMBER] for value in valuelist])
        if self.data is not None and abs(self.data) > LARGEST:
            self.data = None
            raise ValueError(self.gettext("Not a valid integer value."))


class RowNumber(IntegerConverter):
    """A number in an address. With another one there is no such page."""

    def __init__(self, addresses: Map) -> None:
        super().__init__(addresses, max=LARGEST)

    def to_python(self, value: str) -> int:
        """The number; raises ValidationError, for one too long to be read too."""
        try:
            found: int = super().to_python(value)
        except ValueError as error:
            raise ValidationError from error
        return found

"""Numbers in addresses and forms: those that a column can hold, and no others."""

from werkzeug.routing import IntegerConverter, Map, ValidationError

LARGEST = 2**31 - 1


def whole_number(typed: str) -> int:
    """What was typed, as a number that the database can be asked about; raises ValueError for any other."""
    found = int(typed)
    if abs(found) > LARGEST:
        raise ValueError("no row has a number as large as this")
    return found


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

"""Every way Letterhub says no, each with the sentence that a person reads."""


class Refused(Exception):
    """Something that may not be done. `str(refusal)` is a sentence for the person who asked.

    `field` names the form field that the sentence belongs beside, "" where it belongs to the whole.
    """

    field = ""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field or type(self).field


def first_line(trouble: object) -> str:
    """What a fault says of itself, in one line; its kind where it says nothing."""
    return next(iter(str(trouble).strip().splitlines()), type(trouble).__name__)

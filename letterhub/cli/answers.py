"""What a check may answer: a sentence that all is well, that something is to be mended, or that nobody knows from here."""


class NotInOrder(Exception):
    """Something that an operator has to mend; its text is the sentence that says what and how."""


class NotKnown(Exception):
    """Something that cannot be found out here; its text says why, and what to do."""

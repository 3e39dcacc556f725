"""An edition as plain text: in full, and cut to the comment box of a public docket."""

from bisect import bisect_right
from itertools import accumulate

from letterhub.domain.letters.letter_document import LetterDocument, LetterText, Signatory
from letterhub.rendering.letter.document_locale import DocumentLocale, document_locale
from letterhub.rendering.letter.signatory_list import SignatoryLine, line
from letterhub.rendering.letter.view import letter_view
from letterhub.rendering.text.plain_text import annex_texts, plain_text

MAX_COMMENT_LENGTH = 5_000
CUT_MARKER = " […]"
UNWRAPPED = 1_000_000  # a width at which no line is broken: a comment box breaks lines itself


def edition_text(document: LetterDocument) -> bytes:
    """Return the letter from its letterhead to its cc, with all signatories as printed; UTF-8, at most 72 characters a line."""
    letter, edition = letter_view(document), document.edition
    signatories = letter.signatory_list
    parts = [
        "\n".join(phrase.text for phrase in (letter.sender, *letter.sender_lines) if phrase),
        letter.date,
        letter.via.text,
        plain_text(document).strip(),
        signatories.title if signatories else "",
    ]
    for section in signatories.sections:
        lines = "\n\n".join(map(_block, section.lines)) if section.blocks else "\n".join(map(_one_line, section.lines))
        parts.append(f"{section.heading}:\n\n{lines}" if section.heading else lines)
    parts += [
        signatories.note,
        "\n".join((letter.words.cc, *(recipient.text for recipient in letter.cc))) if letter.cc else "",
        "\n".join((letter.words.enclosures, *(name.text for name in letter.enclosures))) if letter.enclosures else "",
        *annex_texts(document),
        "\n".join(text for text in ("--", letter.edition, edition.check_url) if text) if edition else "",
    ]
    return _encode(_join_parts(*parts))


def comment_text(document: LetterDocument) -> bytes:
    """Return the letter in at most 5,000 characters: its text, then as many names as fit, and where to read the rest.

    All names have their details and annexes follow if that fits, else none has, and a line says where the annexes are. A text
    that is itself too long is visibly cut.
    """
    letter, text = letter_view(document), plain_text(document, UNWRAPPED).strip()
    locale = document_locale(document.text.language, document.layout)
    lines = [line for section in letter.signatory_list.sections for line in section.lines]
    title = letter.signatory_list.title
    annexes = annex_texts(document, UNWRAPPED)
    whole = _join_parts(text, title if lines else "", "\n".join(map(_one_line, lines)), *annexes)
    if utf16_length(whole) <= MAX_COMMENT_LENGTH:
        return _encode(whole)
    names = [line.name.text for line in lines]
    lengths = [0, *accumulate(utf16_length(name) + 2 for name in names)]  # of so many names, each with its line break
    address = document.edition.check_url if document.edition else ""
    source = ": ".join(part for part in (letter.words.whole, address) if part)
    remark = source if annexes else ""
    available_length = MAX_COMMENT_LENGTH - utf16_length(_join_parts(text, title, "\n", remark))
    if lengths[-1] <= available_length:
        return _encode(_join_parts(text, title, "\n".join(names), remark))
    fitting = (
        bisect_right(lengths, available_length - utf16_length(_more_names(letter.words.more, locale, len(names), address)) - 2)
        - 1
    )
    if fitting > 0:
        names[fitting:] = [_more_names(letter.words.more, locale, len(names) - fitting, address)]
        return _encode(_join_parts(text, title, "\n".join(names), remark))
    tail = _join_parts(title, source)
    return _encode(_join_parts(_truncate_text(text, MAX_COMMENT_LENGTH - utf16_length(tail) - 4), tail))


def letter_text_length(document: LetterDocument) -> int:
    """Return the length of a letter's text without its list, as a comment box counts it."""
    return utf16_length(plain_text(document, UNWRAPPED).strip())


def utf16_length(text: str) -> int:
    """Return the length of a text as browsers count it: UTF-16 units, a line break being two."""
    return sum(map(_utf16_units, text))


def _utf16_units(letter: str) -> int:
    return 2 if letter == "\n" or ord(letter) > 0xFFFF else 1


def _more_names(sentence: str, locale: DocumentLocale, count: int, address: str) -> str:
    """Return "and 1,200 more", the sentence with a count, followed by an address if it is not ""."""
    return ": ".join(part for part in (sentence.format(count=locale.number(count)), address) if part)


def _truncate_text(text: str, max_length: int) -> str:
    """Return the text if it fits, else its beginning with a mark that it was cut: after a sentence that ends in the second half
    of the room, or else after a word."""
    if utf16_length(text) <= max_length:
        return text
    fits = text[: bisect_right(list(accumulate(map(_utf16_units, text))), max_length - len(CUT_MARKER))]
    end_of_sentence = max(fits.rfind("\n\n"), fits.rfind(". ") + 1)
    if end_of_sentence > len(fits) // 2:
        return fits[:end_of_sentence].rstrip() + CUT_MARKER
    return (fits.rpartition(" ")[0] or fits).rstrip() + CUT_MARKER


def one_line_signatory(signatory: Signatory, text: LetterText) -> str:
    """Return a signatory as printed, on one line: "Example Alliance — Nia Example, Director"."""
    return _one_line(line(signatory, text))


def _block(printed: SignatoryLine) -> str:
    return "\n".join(phrase.text for phrase in (printed.name, printed.detail, printed.below) if phrase)


def _one_line(printed: SignatoryLine) -> str:
    return " — ".join(part for part in (printed.name.text, printed.detail.text, printed.below.text) if part)


def _join_parts(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _encode(text: str) -> bytes:
    return (text.rstrip() + "\n").encode("utf-8", errors="replace")

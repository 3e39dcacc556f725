"""Notes and addresses of links in a letter's HTML: below the text on a screen; on paper at the foot of pages, or at the end.

See docs/design/letter-text.md.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from letterhub.domain.digits import LATIN, with_digits
from letterhub.domain.letters.letter_document import LAYOUT_VERSION
from letterhub.domain.letters.note_choices import LinkStyle, NotePlacement
from letterhub.rendering.letter.document_locale import DocumentLocale
from letterhub.rendering.letter.markdown_cleanup import PUNCTUATION, Notes, alphabetic_number, display_address

_MAIL_QUERY = re.compile(r"(mailto:[^?]*)\?.*", re.IGNORECASE)
_BACK_LINK = '\N{NO-BREAK SPACE}<a class="note-back" href="#note-mark-{}" role="doc-backlink" aria-label="{}">↑</a>'


@dataclass(frozen=True, slots=True)
class NoteStyle:
    """Places of notes and addresses in one medium. On a screen notes are below the text, and links can be followed.

    A file has what is read on a screen, and the addresses of links, which are seen when it is printed.
    """

    is_paper: bool
    notes: NotePlacement = NotePlacement.FOOT
    links: LinkStyle = LinkStyle.NOTES
    layout: int = LAYOUT_VERSION
    is_file: bool = False

    @property
    def prints_addresses(self) -> bool:
        """True if the letter prints addresses of links anywhere."""
        return (self.is_paper or self.is_file) and self.links is not LinkStyle.NONE

    @property
    def lists_notes(self) -> bool:
        """True if notes are in a list below the text."""
        return not self.is_paper or self.notes is NotePlacement.END

    @property
    def lists_addresses(self) -> bool:
        """True if addresses of links are in a list below the text."""
        return self.prints_addresses and (self.is_file or self.links is LinkStyle.LIST or self.notes is NotePlacement.END)


class NoteRenderer(RendererHTML):
    """HTML renderer of the notes and links of one letter, with the strings and digits of its locale.

    It records the notes and addresses already printed, so make one for each letter.
    """

    def __init__(self, style: NoteStyle, notes: Notes, locale: DocumentLocale, options: OptionsDict) -> None:
        super().__init__()
        self._options = options
        self._style = style
        self._paper = style.is_paper
        self._printed_only = "" if style.is_paper else " printed-only"
        self._notes = notes
        self._locale, self._words = locale, locale.words
        self._rendered_notes: set[int] = set()
        self._addresses: dict[str, str] = {}
        self._isolated: set[str] = set()  # addresses that run against the letter
        self._in_note = False

    def part(self, tokens: Sequence[Token], notes: Sequence[int]) -> tuple[str, str]:
        """Return the HTML of one part of a letter, its text or an annex, followed by the part's notes and, if they are listed,
        the addresses of its links."""
        earlier = len(self._addresses)
        html = str(self.render(tokens, self._options, {}))
        listed = self._note_list(notes) if notes and self._style.lists_notes else ""
        addresses = list(self._addresses.items())[earlier:]
        return html, listed + (self._address_list(addresses, earlier) if addresses and self._style.lists_addresses else "")

    def _note_list(self, notes: Sequence[int]) -> str:
        """Return the list of notes; on paper it has a title, and no links back."""
        items = "".join(
            f'<li id="note-{number}">{self._note(number)}'
            f"{'' if self._paper else _BACK_LINK.format(number, self._words.back)}</li>"
            for number in (note + 1 for note in notes)
        )
        return self._section(self._words.notes, "", f"<ol{self._numerals()}{_start(notes[0] + 1)}>{items}</ol>")

    def _address_list(self, addresses: Sequence[tuple[str, str]], earlier: int) -> str:
        """Return the list of the addresses of links, numbered as their references are."""
        items = "".join(f'<li id="note-{marker}">{self._printed(href)}</li>' for href, marker in addresses)
        numerals = ' type="a"' if self._notes.any else self._numerals()
        return self._section(
            self._words.links, f" letter-links{self._printed_only}", f"<ol{numerals}{_start(earlier + 1)}>{items}</ol>"
        )

    def _numerals(self) -> str:
        """Return the attribute of a list whose numbers are in a language's own digits, none for 0 to 9."""
        digits = self._locale.digits
        return "" if digits == LATIN else f' class="labels-{digits}"'

    def _section(self, label: str, css_class: str, content: str) -> str:
        has_title = self._paper or "letter-links" in css_class
        title = f'<p class="letter-notes-title">{label}</p>' if has_title else ""
        return f'<section class="letter-notes{css_class}" role="doc-endnotes" aria-label="{label}">{title}{content}</section>'

    def footnote_ref(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        """Render the reference of a note; for the foot of a page on paper, the first one contains the note itself."""
        number = int(tokens[idx].meta["id"]) + 1
        label, is_first = self._locale.plain_number(number), number not in self._rendered_notes
        self._rendered_notes.add(number)
        if is_first and not self._style.lists_notes:
            return f'<span class="note" id="note-{number}" data-mark="{label}">{self._note(number)}</span>'
        anchor = f' id="note-mark-{number}"' if is_first else ""
        return f'<sup class="note-mark"><a href="#note-{number}"{anchor} role="doc-noteref">{label}</a></sup>'

    def _note(self, number: int) -> str:
        """Return the HTML of a note's text, its paragraphs in one line."""
        self._in_note = True
        paragraphs = [
            self.renderInline(inline.children or [], self._options, {}) for inline in self._notes.footnotes[number - 1]
        ]
        self._in_note = False
        return " ".join(paragraphs)

    def link_open(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        """Open a link, without its title: nobody can read that on paper or on a phone.

        An address that is printed is marked: at the end of a line no hyphen may be added to it.
        """
        href = escapeHtml(str(tokens[idx].attrGet("href") or ""))
        direction = tokens[idx].attrGet("dir")
        is_address = self._style.layout > 2 and self._is_address(tokens, idx)
        css_class = ' class="printed-address"' if is_address else ""
        return f'<a href="{href}"{css_class} dir="{direction}">' if direction else f'<a href="{href}"{css_class}>'

    def link_close(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        """Close a link; in print a note with its address, or a reference to it, follows; in a note the address in parentheses.

        A link whose text is its address gets none.
        """
        if not self._style.prints_addresses:
            return "</a>"
        start = next(at for at in range(idx, -1, -1) if tokens[at].type == "link_open")  # links never nest
        href = str(tokens[start].attrGet("href") or "")
        if self._is_address(tokens, start):
            return "</a>"
        self._isolated |= {href} if tokens[start].meta.get("isolates") else set()
        printed = self._printed(href)
        if self._in_note:
            return f"</a> ({printed})" if self._paper else f'</a><span class="printed-only"> ({printed})</span>'
        punctuation = self._take_punctuation(tokens[idx + 1]) if idx + 1 < len(tokens) else ""
        is_new = href not in self._addresses
        if is_new:
            number = len(self._addresses) + 1
            self._addresses[href] = alphabetic_number(number) if self._notes.any else str(number)
        marker = self._addresses[href]
        printed_marker = with_digits(marker, self._locale.digits)
        if is_new and not self._style.lists_addresses:
            note = f'<span class="note note--address" id="note-{marker}" data-mark="{printed_marker}">{printed}</span>'
            return f"</a>{punctuation}{note}"
        reference = f'<a href="#note-{marker}" role="doc-noteref">{printed_marker}</a>'
        return f'</a>{punctuation}<sup class="note-mark{self._printed_only}">{reference}</sup>'

    def _is_address(self, tokens: Sequence[Token], start: int) -> bool:
        """Return whether the text of the link that opens at a token is the link's address."""
        end = next(at for at in range(start, len(tokens)) if tokens[at].type == "link_close")
        text = "".join(token.content for token in tokens[start:end])
        address = self._address(str(tokens[start].attrGet("href") or ""))
        return display_address(text.strip()).casefold() == address.casefold()

    def _take_punctuation(self, following: Token) -> str:
        """Remove the punctuation that follows a link, and return it as HTML: the mark of a note stands after it."""
        match = PUNCTUATION.match(following.content) if following.type == "text" and self._style.layout > 1 else None
        if match is None:
            return ""
        following.content = following.content[match.end() :]
        return escapeHtml(match[0])

    def _printed(self, href: str) -> str:
        """Return an address as HTML."""
        address = escapeHtml(self._address(href))
        return f'<bdi dir="ltr">{address}</bdi>' if href in self._isolated else address

    def _address(self, href: str) -> str:
        """Return an address as printed; of a mail link the address alone."""
        return display_address(_MAIL_QUERY.sub(r"\1", href) if self._style.layout > 1 else href)


def _start(number: int) -> str:
    """Return the attribute of a list that begins with a number, none for 1."""
    return f' start="{number}"' if number > 1 else ""

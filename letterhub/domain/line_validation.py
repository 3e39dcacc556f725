"""Validation of single-line text (a name, a title, a place) and of the web addresses in it.

Mail programs link any host whose suffix is registered, "evil.com" as well as "https://evil.com". But "350.org" and "MoveOn.org
Civic Action" are names. So a bare host is allowed in a name; one that a sentence points to, or with a path or query, is
rejected; and in mail every host is broken up by invisible characters.

See docs/design/security.md and docs/design/mail.md.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from letterhub.domain.i18n import _
from letterhub.domain.organizations.websites import has_public_suffix
from letterhub.domain.unicode import (
    BLANKS,
    DEFAULT_IGNORABLE,
    NEEDED_IGNORABLE,
    REMOVE_INVISIBLE,
    is_visible,
    normalize_unicode,
)

MAX_LINE_LENGTH = 300
MAX_PLACE_LENGTH = 80
MAX_MARKS = 5
MAX_SCRIPTLESS_MARKS = 3

_CLEANUP: Mapping[int, str | None] = dict.fromkeys(DEFAULT_IGNORABLE - NEEDED_IGNORABLE) | dict.fromkeys(BLANKS, " ")
_SCRIPTLESS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")


def normalize_line(text: str) -> str:
    """Normalize to one printed line: NFC, spaces collapsed, without control and invisible characters and direction overrides;
    "" if nothing visible is left.

    Joiners and direction marks that scripts and emoji need are kept.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    composed = normalize_unicode("NFC", text.translate(_CLEANUP))
    printable = "".join(
        " " if letter.isspace() else letter for letter in composed if letter.isspace() or _can_be_printed(letter)
    )
    line = " ".join(printable.split())
    return line if line.isascii() or is_visible(line) else ""


def _can_be_printed(letter: str) -> bool:
    """Return whether a character is neither a control, a surrogate nor one of Unicode's noncharacters."""
    return (
        unicodedata.category(letter) not in ("Cc", "Cs")
        and ord(letter) & 0xFFFE != 0xFFFE
        and not 0xFDD0 <= ord(letter) < 0xFDF0
    )


def line_error(line: str, most: int = MAX_LINE_LENGTH) -> str:
    """Return why a line cannot be printed, as the end of a sentence: "is longer than 300 characters"; "" if it can."""
    if len(line) > most:
        return _("is longer than %(most)s characters", most=most)
    if not line.isascii() and (
        _most_stacked_marks(line, is_combining_mark) > MAX_MARKS
        or _most_stacked_marks(line, is_scriptless_mark) > MAX_SCRIPTLESS_MARKS
    ):
        return _("stacks too many marks on one letter")
    return ""


def place_error(line: str) -> str:
    """Return why a line cannot be the place heading of a group, as the end of a sentence; "" if it can."""
    if len(line) > MAX_PLACE_LENGTH:
        return _("is longer than %(most)s characters", most=MAX_PLACE_LENGTH)
    return _("contains a colon or a question mark") if re.search("[:?：？]", line) else ""


def is_combining_mark(letter: str) -> bool:
    """Return whether a character is a combining mark without width."""
    return unicodedata.category(letter) in ("Mn", "Me") and ord(letter) not in DEFAULT_IGNORABLE


def is_scriptless_mark(letter: str) -> bool:
    """Return whether it is a combining mark of no script: fonts stack such marks over neighboring lines."""
    return is_combining_mark(letter) and _SCRIPTLESS.match(letter) is not None


def count_scriptless_marks(line: str) -> int:
    """Count the combining marks of a line that compose with no letter: none in "é", however it is typed."""
    return sum(map(is_scriptless_mark, normalize_unicode("NFC", line)))


def _most_stacked_marks(line: str, kind: Callable[[str], bool]) -> int:
    """Return the largest number of marks on one letter for which `kind` is true; invisible characters between them are
    ignored."""
    most = on_this_letter = 0
    for letter in normalize_unicode("NFD", line).translate(REMOVE_INVISIBLE):
        if kind(letter):
            on_this_letter += 1
        elif not is_combining_mark(letter):
            on_this_letter = 0
        most = max(most, on_this_letter)
    return most


WORD_JOINER = "\u2060"
MAX_CHECKED_LENGTH = 600
"""Characters checked: twice the maximum of a line, as finding hosts is quadratic."""
MAX_NAME_WORDS = 8
"""Maximum words of a line with a host: names of organizations that contain one are shorter."""

_FULL_STOPS = dict.fromkeys(map(ord, "。｡․﹒"), ".")
_ADDRESS = re.compile(
    r"""
    [a-z][a-z0-9+.-]+:[/\\]{2}\S            # https://x, and with its slashes turned
    | \b(?:mailto|tel|sms|callto|javascript|vbscript|data|file|magnet|bitcoin|ethereum|skype|sips?|xmpp|facetime(?:-audio)?
        |whatsapp|tg|geo|maps|market|itms|webcals?|ldap|irc|intent|blob|view-source|news|nntp|ssh|git):\S
    | (?<![\w.-])www\d?\.[\w-]+\.\w
    | [^\s@]@[^\s@]+\.\w
    | (?<![\w\\])\\\\\w                      # \\machine\folder
    | (?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?[/?#]\S
    | (?<![\w.])(?:\d{1,3}\.){3}\d{1,3}:\d
    | (?<!\w)\[[0-9a-f]*:[0-9a-f:.]*\](?::\d+)?[/?#]\S
    | (?<![\w+])\+\d[\d\s().-]{7,}\d | (?<!\d)\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}(?!\d)  # numbers that a phone dials
    """,
    re.IGNORECASE | re.VERBOSE,
)
_HOSTS = (
    re.compile(r"(?<![\w.-])(?:[^\W_][\w-]*\.)+[^\W\d_][\w-]+"),
    re.compile(r"(?<![a-z0-9.-])(?:[a-z0-9][a-z0-9-]*\.)+[a-z]{2,}(?![a-z0-9-])", re.IGNORECASE | re.ASCII),
)
"""Hosts in any script, and hosts in ASCII, which may stand between letters of a script without spaces."""
_GOES_ON = re.compile(r"\.?(?:/|:\d|[?#&=%~+$|\\:@]\S)")
_CONNECTING = frozenset(
    "of the for and & + / - – — | a an in de du des d' la le les l' los las el y e et und u. der die das dem den für van von "
    "het voor en da do dos das della delle di del per i a.k.a aka dba d/b/a f/k/a formerly".split()
)
_TO_THE_READER = frozenset(
    "at @ visit via click claim go goto see open login log-in signin log get grab win winner now here your you yours prize "
    "prizes bonus lottery gift gifts refund refunds invoice password verify urgent account wallet http https www url link "
    "download install buy order call pay payment".split()
)
_PUNCTUATION = ".,:;!?()[]“”‘’\"'"
_LETTER = re.compile(r"[^\W\d_]")


def contains_web_address(line: str, own: Iterable[str] = ()) -> bool:
    """Return whether a line has an address that leads its reader somewhere: "https://x.org", "www.x.org", "x.org/y", "x.org?y",
    "y@x.org", "1.2.3.4/y", "\\\\x\\y", "tel:1", or "Claim your grant at x.org now".

    "Change.org", "MoveOn.org Civic Action" and "St. Mary/St. John" are names of organizations. The hosts in `own` are allowed
    in a title too, as in "organizer at change.org": they are the organization's name or its mailbox's.
    """
    normalized, hosts = _match_hosts(line)
    if _ADDRESS.search(normalized):
        return True
    if not hosts:
        return False
    if any(_GOES_ON.match(normalized, host.end()) or normalized[: host.start()].endswith(("//", "\\")) for host in hosts):
        return True
    words = normalized.split()
    has_only_own_hosts = {host[0].casefold() for host in hosts} <= {own_host.casefold() for own_host in own}
    pointing_words = _TO_THE_READER - {"at", "@"} if has_only_own_hosts else _TO_THE_READER
    if len(words) > MAX_NAME_WORDS or any(word.casefold().strip(".,:;!?()[]“”\"'’") in pointing_words for word in words):
        return True
    return not has_only_own_hosts and not _is_written_like_name(words)


def find_hosts(line: str) -> tuple[str, ...]:
    """Return the registered hosts in a line."""
    return tuple(match[0] for match in _match_hosts(line)[1])


def _match_hosts(line: str) -> tuple[str, list[re.Match[str]]]:
    """Return the beginning of a line as mail programs read it, and the matches of hosts in it that end in a public suffix."""
    text = normalize_unicode("NFKC", line[:MAX_CHECKED_LENGTH].translate(_FULL_STOPS)).translate(REMOVE_INVISIBLE)
    return text, [match for pattern in _HOSTS for match in pattern.finditer(text) if has_public_suffix(match[0])]


def break_links(text: str) -> str:
    """Return a text that looks the same, but in which mail programs find no host, mailbox or scheme to link."""
    return _LINKED.sub(lambda match: f"{match[0]}{WORD_JOINER}", text)


_LINKED = re.compile(
    r"(?<=[\w-])[.．。｡․﹒](?=[\w-]{2})|(?<=\S)[@＠](?=\S)|(?<=\w)[:：](?=\S)|(?<=[\d)])[\s.-](?=\d{3})|(?<=\w)\.(?=\d)"
)


def _is_written_like_name(words: list[str]) -> bool:
    """Return whether the words of a line with a host are written like a name: capitalized, except for small words such as "of",
    and with no letters joined to the host but "'s".

    One word may be in a script without capitals.
    """
    words_without_case = 0
    for word in words:
        bare = word.casefold().strip(_PUNCTUATION)
        _word, hosts = _match_hosts(word)
        without_host = "".join(word.split(hosts[0][0], 1)).replace("’s", "").replace("'s", "") if hosts else word
        first_letter = _LETTER.search(without_host)
        if bare in _CONNECTING or first_letter is None:
            continue
        if hosts or first_letter[0].islower():
            return False
        words_without_case += not first_letter[0].isupper() and not first_letter[0].istitle()
    return words_without_case <= 1

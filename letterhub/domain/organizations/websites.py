"""Websites and mail domains of organizations: typed addresses, registrable domains, and shared hosts, which prove nothing about
who writes from them.

Shared hosts are from the services' own documentation and common knowledge, November 2026: to add one, name the service, not its
subdomains. See docs/design/organizations.md.
"""

import re
from functools import cache, lru_cache
from urllib.parse import urlsplit

import idna
from publicsuffixlist import PublicSuffixList

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _

_WEBSITE = re.compile(r"https?://[^\s/?#@\\\"<>]+([/?#][^\s\"<>]*)?", re.IGNORECASE)
WEBSITE_LENGTH = 300
MAX_HOST_LENGTH, MAX_LABEL_LENGTH = 253, 63


class InvalidWebsite(UserFacingError):
    """Raised when the input is not a website address."""

    field = "website"


_NOT_A_WEBSITE = _("This is not a website address. Enter one like example.org, or leave the field empty.")
_INVALID_CHARACTER = _(
    "This address has a character that website addresses can’t have. Copy it from your browser, or leave the field empty."
)


def parse_website(typed: str) -> str:
    """Return a typed website with its scheme: "https://example.org" of "example.org"; "" for none. Raises InvalidWebsite."""
    address = typed.strip()
    if not address:
        return ""
    if "://" not in address:
        address = f"https://{address}"
    if len(address) > WEBSITE_LENGTH or not _WEBSITE.fullmatch(address):
        raise InvalidWebsite(_NOT_A_WEBSITE)
    if not domain_of_website(address):
        raise InvalidWebsite(_NOT_A_WEBSITE if address.isascii() else _INVALID_CHARACTER)
    return address


@lru_cache(maxsize=16_384)
def domain_of_website(website: str) -> str:
    """Return the registrable domain of a website: "example.org" of "https://www.example.org/paz"; "" for none."""
    address = website.strip()
    if not address or len(address) > WEBSITE_LENGTH:
        return ""
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""
    return registrable_domain(host)


@lru_cache(maxsize=16_384)
def registrable_domain(host: str) -> str:
    """Return the registrable domain of a host name: "example.co.uk" of "mail.example.co.uk"; "" for none.

    It is in ASCII (IDNA): "faß.de" is not "fass.de".
    """
    host = host.strip()
    try:
        plain = (host if host.isascii() else idna.encode(host, uts46=True).decode()).lower().rstrip(".")
    except UnicodeError:
        return ""
    labels = plain.split(".")
    is_valid = len(plain) <= MAX_HOST_LENGTH and all(0 < len(label) <= MAX_LABEL_LENGTH for label in labels)
    if not is_valid or labels[-1].isdigit() or ":" in plain:
        return ""
    return _suffixes().privatesuffix(plain) or ""


def has_public_suffix(host: str) -> bool:
    """Return whether a host ends in a public suffix: "change.org" does, "st.mary" does not."""
    return bool(_suffixes().privatesuffix(host.casefold(), accept_unknown=False))


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def is_government(domain: str) -> bool:
    """Return whether a domain belongs to a US government or military body, which may be barred from signing."""
    return domain.endswith((".gov", ".mil")) or domain in {"gov", "mil"}


_SHARED = """
    groups.io googlegroups.com yahoogroups.com freelists.org list-manage.com mailchimpapp.com simplelists.com simplelists.co.uk
    topica.com listserv.net gaggle.email gaggle.net onlinegroups.net dgroups.org
    substack.com beehiiv.com ghost.io buttondown.email convertkit.com tinyletter.com medium.com discoursemail.com
    sourceforge.net users.sf.net github.com githubusercontent.com gitlab.com gitlab.io bitbucket.org launchpad.net
    codeberg.org gitee.com savannah.gnu.org atlassian.net jira.com zendesk.com
    freshdesk.com helpscoutapp.com intercom-mail.com
    onmicrosoft.com sharepoint.com office365.com microsoftonline.com appspotmail.com amazonses.com sendgrid.net mailgun.org
    sparkpostmail.com mandrillapp.com postmarkapp.com cloudflare.net firebaseapp.com web.app
    github.io wordpress.com blogspot.com blogger.com tumblr.com weebly.com wixsite.com wix.com squarespace.com webflow.io
    netlify.app vercel.app herokuapp.com pages.dev azurewebsites.net cargo.site carrd.co jimdofree.com jimdosite.com
    strikingly.com godaddysites.com wpcomstaging.com wpengine.com notion.site notion.so neocities.org over-blog.com
    livejournal.com ning.com nationbuilder.com
    patreon.com opencollective.com mystrikingly.com site123.me webnode.com
    facebook.com fb.com facebookmail.com instagram.com threads.net linkedin.com twitter.com x.com youtube.com youtu.be
    tiktok.com linktr.ee google.com goo.gl bsky.social bsky.app mastodon.social reddit.com discord.com discord.gg t.me
    telegram.org whatsapp.com pinterest.com vimeo.com flickr.com
    ieee.org acm.org alumni.org alum.org alumnidirector.com alumnimail.com alumnos.com mba.org post.harvard.edu
    alum.mit.edu sloanalumni.org caltechalumni.org"""
SHARED = frozenset(_SHARED.split())
"""Hosts where many who do not speak for the host have a mailbox, a forwarding address, or a page."""

_LABELS = """
    list lists listserv listserver listserve maillist mailinglist mailman majordomo sympa groups grouplist bugs bug
    bugzilla buglist tracker trac issues issue tickets ticket helpdesk forum forums discourse discuss community
    alumni alum alums alumnae alumnus alumnos antiguosalumnos exalumnos ehemalige oldboys
    students student stud studs studenti student-mail studentmail stu etu etud etudiant etudiants eleve eleves estudiante
    estudiantes aluno alunos alumno ogrenci uczen opiskelija studerende elev leerling undergrad grad gradstudent
    users user members member subscribers subscriber customers customer guests guest volunteers volunteer fans
    noreply no-reply reply replies bounce bounces relay forward forwarding alias home homepages personal my
    blog blogs sites pages"""
LABELS = frozenset(_LABELS.split())
"""Subdomain labels for addresses of people who do not speak for the domain, as in students.example.edu."""


def is_shared_host(host: str, domain: str) -> bool:
    """Return whether many who do not speak for a host have addresses or pages there; `domain` is its registrable domain."""
    labels = host.split(".")
    if any(".".join(labels[start:]) in SHARED for start in range(len(labels) - 1)):
        return True
    subdomain_labels = host.removesuffix(domain).rstrip(".").split(".") if domain else []
    return any(label in LABELS or _BESIDE.search(label) for label in subdomain_labels)


_BESIDE = re.compile(r"^(?:alumni|students?|lists?|users?)[-\d]|[-\d](?:alumni|students?|lists?|users?)$")

"""Shared domains, which prove nothing about the writer: mailing lists, issue trackers, alumni, students, page hosts.

From the services' own documentation and common knowledge, November 2026: to add one, name the service, not its subdomains.

See docs/design/organizations.md.
"""

import re

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
    """Return whether a host, given with its registrable domain, is used by many who do not speak for it."""
    labels = host.split(".")
    if any(".".join(labels[start:]) in SHARED for start in range(len(labels) - 1)):
        return True
    below = host.removesuffix(domain).rstrip(".").split(".") if domain else []
    return any(label in LABELS or _BESIDE.search(label) for label in below)


_BESIDE = re.compile(r"^(?:alumni|students?|lists?|users?)[-\d]|[-\d](?:alumni|students?|lists?|users?)$")

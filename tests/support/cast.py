"""People and organizations of the tests, defined once and used by name."""

from dataclasses import dataclass

from letterhub.domain.accounts.roles import Role


@dataclass(frozen=True)
class Member:
    """Member of a coalition's staff."""

    name: str
    email: str
    role: Role
    password: str = "a long and quiet password"


@dataclass(frozen=True)
class Signer:
    """Person who signs for an organization."""

    organization: str
    website: str
    name: str
    title: str
    email: str
    location: str = "Springfield, IL"
    section: str = "national"

    @property
    def form(self) -> dict[str, str]:
        """Return the signer's values for the signing form."""
        return {
            "organization": self.organization,
            "website": self.website,
            "signer_name": self.name,
            "signer_title": self.title,
            "email": self.email,
            "location": self.location,
            "section": self.section,
        }


COALITION = "Coalition for Clean Rivers"
OTHER_COALITION = "Quiet Skies Network"

OLIVE = Member("Olive Owner", "olive@rivers.example", Role.OWNER)
OTTO = Member("Otto Organizer", "otto@rivers.example", Role.ORGANIZER)
SAM = Member("Sam Reviewer", "sam@rivers.example", Role.REVIEWER)
STRANGER = Member("Stella Stranger", "stella@skies.example", Role.OWNER)

CLARA = Signer("Example Alliance", "https://alliance.example", "Clara Example", "Director", "clara@alliance.example")
HIRO = Signer("例示市民会議", "https://reiji.example", "例示 花子", "代表", "hanako@reiji.example", "東京", "international")
FREE_MAIL_SIGNER = Signer("Riverbank Friends", "https://riverbank.example", "Fred Example", "Chair", "fred.example@gmail.com")

"""Staff of the demo, its time zone, and its one password, which is shown on the demo's sign-in page only."""

from dataclasses import dataclass

from letterhub.domain.accounts.roles import Role

DEMO_ZONE = "America/New_York"
DEMO_PASSWORD = "a quiet demo password"  # noqa: S105


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A member of the demo coalition's staff."""

    name: str
    email: str
    role: Role
    is_operator: bool = False


DEMO_ACCOUNTS = (
    DemoAccount("Olive Owner", "owner@demo.example", Role.OWNER, is_operator=True),
    DemoAccount("Otto Organizer", "organizer@demo.example", Role.ORGANIZER),
    DemoAccount("Sam Reviewer", "reviewer@demo.example", Role.REVIEWER),
)

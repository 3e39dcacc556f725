"""Staff of the demo, its time zone, and its one password, which is shown on the demo's sign-in page only."""

from dataclasses import dataclass

from letterhub.domain.accounts.roles import Role

ZONE = "America/New_York"
PASSWORD = "a quiet demo password"  # noqa: S105


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """A member of the demo coalition's staff."""

    name: str
    email: str
    role: Role


SIGN_INS = (
    DemoSignIn("Olive Owner", "owner@demo.example", Role.OWNER),
    DemoSignIn("Otto Organizer", "organizer@demo.example", Role.ORGANIZER),
    DemoSignIn("Sam Reviewer", "reviewer@demo.example", Role.REVIEWER),
)

"""Setup of a letter with some signatures, and a member of staff. Run as a process of its own; prints their URLs."""

import json

from letterhub.app import site_context
from letterhub.config import settings_from_environment
from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.states import SignatureState
from tests.support import factories
from tests.support.cast import OLIVE, Signer

NAMES = 300


def main() -> None:
    """Write the rows to the database of the settings; print what a visitor needs, as JSON."""
    with site_context(settings_from_environment()):
        letter = factories.open_letter(deadline_at=None, publish_rule=PublishRule.REVIEWED)
        factories.staff(OLIVE)
        for one in range(NAMES):
            signer = Signer(f"Alliance {one}", f"https://a{one}.example", "Nia Example", "Chair", f"n@a{one}.example")
            factories.signature(letter, signer, SignatureState.PUBLISHED if one % 3 else SignatureState.CONFIRMED)
        member = {"email": OLIVE.email, "password": OLIVE.password}
        print(json.dumps({"coalition": factories.coalition().slug, "slug": letter.slug, "member": member}))


if __name__ == "__main__":
    main()

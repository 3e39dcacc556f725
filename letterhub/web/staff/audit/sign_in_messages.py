"""Sentences of audit log entries about how staff sign in, and about roles that the identity provider gives."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

SIGN_IN_SENTENCES: Mapping[str, LazyString] = {
    "passkey added": _("%(who)s added a passkey to their account."),
    "passkey removed": _("%(who)s removed a passkey from their account."),
    "provider linked": _("%(who)s linked their account to the sign-in provider."),
    "provider unlinked": _("%(who)s unlinked their account from the sign-in provider."),
    "sign-in changed": _("%(who)s changed how the team signs in."),
    "joined by provider": _("%(what)s joined the team: the sign-in provider gives the role."),
    "role changed by provider": _("The sign-in provider changed the role of %(what)s."),
    "removed by provider": _("%(what)s left the team: the sign-in provider no longer gives a role."),
    "owner retained": _(
        "The sign-in provider no longer makes %(what)s an owner. There is no other owner, so the role stays until someone "
        "changes it here."
    ),
}

"""Sentences of audit log entries about the site as a whole, which its operators read."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

SITE_SENTENCES: Mapping[str, LazyString] = {
    "coalition invited": _("%(who)s invited somebody to set up the coalition “%(what)s”."),
    "coalition invited again": _("%(who)s resent the invitation to set up the coalition “%(what)s”."),
    "coalition invitation revoked": _("%(who)s revoked the invitation to set up the coalition “%(what)s”."),
    "coalition founded": _("%(who)s set up the coalition “%(what)s” by invitation."),
    "coalition closed": _("%(who)s closed “%(what)s” to new letters."),
    "coalition reopened": _("%(who)s allowed “%(what)s” to start new letters again."),
    "operator granted": _("%(who)s made %(what)s an operator of the site."),
    "operator revoked": _("%(who)s ended the operator’s rights of %(what)s."),
}

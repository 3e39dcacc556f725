"""Sentences and labels of audit log entries about a substantive change and the replies to it."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

CHANGE_SENTENCES: Mapping[str, LazyString] = {
    "reply deadline extended": _("%(who)s gave signatories more time to reply to the change."),
    "did not object": _("%(what)s did not object to the changed text by the deadline, and stays."),
    "confirmation recorded": _("%(who)s recorded that %(what)s said yes to the changed text."),
    "objection recorded": _("%(who)s recorded that %(what)s objected to the changed text."),
    "change settled": _("The deadline for replies to the change passed, and its rule was applied."),
}
CHANGE_FIELD_LABELS: Mapping[str, LazyString] = {
    "rule": _("Without a reply"),
    "confirmed": _("Confirmed"),
    "objected": _("Objected"),
    "not-objected": _("Didn’t object"),
    "not-confirmed": _("Didn’t confirm"),
    "unreached": _("Not reached"),
    "ended": _("Left before the deadline"),
}
SILENCE_RULE_LABELS: Mapping[str, LazyString] = {
    "keep": _("stays unless the signatory objects"),
    "confirm": _("stays only if the signatory confirms"),
}

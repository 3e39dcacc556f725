"""Consistency check of rows against the audit log: a signature's state and line, an edition, a file of one.

Most changes to a signature write an entry about it. Some change many with one entry: a substantive change of the text, its
reversal, a bulk decline, an import. A form that is sent again with another address withdraws the earlier signature without an
entry.

See docs/design/backups.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from letterhub.domain.i18n import _, ngettext
from letterhub.domain.signatures.line_fields import LOGGED_FIELDS
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import ACTIVE_STATES, SignatureState

TEXT_CHANGED, CHANGE_REVERTED, BULK_DECLINED = "text changed", "change taken back", "bulk declined"
FROZEN, EXPORTED = "frozen", "exported"
DRAFT_ERASED = "draft erased"  # with the names that staff had added to it
CONFIRMED_ANOTHER = "confirmed another"  # the name in it belongs to the signature that is confirmed already
STATES = tuple(SignatureState)
NAME_FIELDS = ("organization", "signer_name")


@dataclass(frozen=True, slots=True)
class StoredSignature:
    """Current database row of a signature: `name` as printed; `bulk_decline_entry` is the number of the last bulk decline
    entry that covered it, 0 for none."""

    state: SignatureState
    source: Source
    name: str
    line: Mapping[str, str]
    erased: bool
    bulk_decline_entry: int = 0


@dataclass(slots=True)
class LoggedSignature:
    """Replay of the audit entries about one signature: its last state, the entry that set it, and the last recorded line.

    `names` are those it may be listed under: the one recorded last, and later changes of it.
    """

    state: SignatureState | None = None
    since: int = 0
    line: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def apply(self, number: int, action: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Update the state, the line and the names by the next audit entry: its number, its action, and the values of the
        fields that it changed, `before` and `after`."""
        state = "expired" if action == "expired" else after.get("state")
        if state in STATES:  # any other value was tampered with, which the hash chain reports
            self.state, self.since = SignatureState(state), number
        for part in NAME_FIELDS:
            if part in after and self.names:
                old_name, new_name = str(before.get(part, "")), str(after[part])
                if old_name in self.names and not new_name:  # the other field prints then, which no entry records
                    self.names.clear()
                elif old_name in self.names or not old_name:
                    self.names.add(new_name)
        if "name" in after and action != CONFIRMED_ANOTHER:
            self.names = {str(after["name"])}
        self.line |= {
            logged_field.key: str(after[logged_field.key]) for logged_field in LOGGED_FIELDS if logged_field.key in after
        }  # only what changed


@dataclass(frozen=True, slots=True)
class TextChanges:
    """Entry numbers of a letter's last substantive text change and of the last reversal of one."""

    last_substantive: int = 0
    last_reversal: int = 0


@dataclass(slots=True)
class InconsistencySummary:
    """Summary of the inconsistencies of one kind: their count and the first, so that 100,000 fit in one line."""

    first_problem: str
    count: int = 0

    def __str__(self) -> str:
        if self.count <= 1:
            return str(self.first_problem)
        return str(
            ngettext(
                "%(first)s One more is affected in the same way.",
                "%(first)s %(num)s more are affected in the same way.",
                self.count - 1,
                first=self.first_problem,
            )
        )


def inconsistency_of(row: StoredSignature, logged: LoggedSignature, changes: TextChanges) -> str:
    """Return how a signature's row differs from what the audit log says about it, as the end of a sentence after its name; ""
    if they agree."""
    logged_state = logged.state or (SignatureState.CONFIRMED if row.source is Source.IMPORT else SignatureState.PENDING)
    if row.state is not logged_state and not _moved_in_bulk(row, logged, changes, logged_state):
        return _("is %(state)s, but the audit log says %(logged)s", state=str(row.state), logged=str(logged_state))
    is_line_erased = row.erased and row.state not in ACTIVE_STATES and not any(row.line[name] for name in NAME_FIELDS)
    if is_line_erased:
        return ""
    if logged.names and row.name not in logged.names:
        changed_field = "name"
    else:
        changed_field = next((part for part, value in logged.line.items() if row.line[part] != value), "")
    if not changed_field:
        return ""
    return _("has a different %(field)s than the audit log says", field=changed_field.replace("_", " "))


def _moved_in_bulk(row: StoredSignature, logged: LoggedSignature, changes: TextChanges, last: SignatureState) -> bool:
    """Return whether a signature came from its `last` logged state to its present one without an entry of its own: by an entry
    about many signatures, or by a change that is never logged."""
    match row.state:
        case SignatureState.OUTDATED:
            return last in ACTIVE_STATES and changes.last_substantive > logged.since
        case SignatureState.CONFIRMED:
            # a reversal returns an outdated signature; one last logged as published, too, if it was denied in between
            can_be_returned = last in (SignatureState.OUTDATED, SignatureState.PUBLISHED)
            return can_be_returned and changes.last_reversal > logged.since
        case SignatureState.DECLINED:
            return row.bulk_decline_entry > logged.since
        case SignatureState.WITHDRAWN:  # its form was sent again with another address
            return logged.state is None and row.source is Source.FORM
    return False

"""Names that staff add by hand: as a row of an imported file, with how each said yes. Before a letter opens, too.

See docs/design/signatures.md.
"""

import datetime as dt

from letterhub.commands.signatures._added_mail import MailPacing
from letterhub.commands.signatures._evidence import store_document
from letterhub.commands.signatures._import_steps import add_names, prepare_row
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.signatures.added_names import AddedName, CannotAdd
from letterhub.domain.signatures.evidence import Fact, FactKind
from letterhub.domain.signatures.signatory_import import RowOutcome, check_imports
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Letter, append_audit_entry
from letterhub.queries.signatures.signatory_import import plan_rows


@one_transaction
def add_name(letter_id: int, name: AddedName, *, staff_id: int, actor: str, at: dt.datetime) -> int:
    """Add a name to the queue, with its evidence; return the signature's id. Its signatory is told by email, unless staff say
    not to; before the letter opens, once it does. Raises CannotImport, and CannotAdd with the reason, such as a double.
    """
    letter = db.session.get_one(Letter, letter_id, with_for_update=True)
    check_imports(letter.state)
    (planned,) = plan_rows(letter_id, [name.row])
    if planned.outcome is not RowOutcome.NEW:
        raise CannotAdd(planned.sentence)
    fact = Fact(FactKind.ADDED, actor, at, facts=name.facts)
    mail_pacing = MailPacing(0, 1) if name.is_notified else None
    added_ids = add_names(letter, [prepare_row(letter_id, letter.alphabet, name.row, at)], fact, mail_pacing)
    if not added_ids:
        raise CannotAdd(_("Already on this letter."))
    (signature_id,) = added_ids
    store_document(signature_id, name.note, name.file, staff_id, at)
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(letter_id), actor, "added by hand", at=at,
        subject=ReferenceKind.SIGNATURE.reference(signature_id), after={"name": name.row.signatory.name, **name.facts},
    )  # fmt: skip
    return signature_id

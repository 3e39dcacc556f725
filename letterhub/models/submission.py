"""Rows of a new form, written without the ORM: its signature, the mail to confirm it, its origin, and facts about it.

On PostgreSQL they are one statement. A test compares them with what the ORM writes.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Executable, Table, bindparam, insert, select
from sqlalchemy.orm import Session

from letterhub.domain.letters.document import Signatory, SignatoryKind
from letterhub.domain.letters.signatory_order import signatory_sort_key
from letterhub.domain.signatures.line_fields import TYPED_FIELDS
from letterhub.infrastructure.statements import default_values
from letterhub.models.abuse import SubmissionOrigin
from letterhub.models.mail import OutboxMessage
from letterhub.models.signature_evidence import EvidenceFact
from letterhub.models.signatures import Signature

SIGNATURES, OUTBOX, ORIGINS, EVIDENCE = (
    cast("Table", model.__table__) for model in (Signature, OutboxMessage, SubmissionOrigin, EvidenceFact)
)
DEFAULTS = {table: default_values(table) for table in (SIGNATURES, OUTBOX, ORIGINS, EVIDENCE)}
"""Values of columns for which none is given, by table."""
_INSERT_SIGNATURE = insert(SIGNATURES).returning(SIGNATURES.c.id)
Row = Mapping[str, Any]


def line_columns(line: Signatory, alphabet: str) -> dict[str, Any]:
    """Return a new signature's values of the columns of its line, as `Signature.set_line` sets them."""
    columns: dict[str, Any] = {field.column: getattr(line, field.key) for field in TYPED_FIELDS}
    if line.kind is SignatoryKind.INDIVIDUAL:
        columns["section"] = ""
    return columns | {"alphabet": alphabet, "sort_key": signatory_sort_key(line, alphabet)}


def insert_submission(session: Session, signature: Row, mail: Row, origin: Row, evidence: Sequence[Row]) -> int:
    """Insert the rows of a new form and return the signature's id, which the other rows get.

    The caller counts the signature.
    """
    further = [(OUTBOX, mail), (ORIGINS, origin), *((EVIDENCE, fact) for fact in evidence)]
    rows = [(table, {**DEFAULTS[table], **row}) for table, row in [(SIGNATURES, signature), *further]]
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        statement = _insert_all(tuple((table, tuple(row)) for table, row in rows))
        values = {f"{key}_{number}": value for number, (_, row) in enumerate(rows) for key, value in row.items()}
        return int(connection.execute(statement, values).scalar_one())
    signature_id = int(connection.execute(_INSERT_SIGNATURE, rows[0][1]).scalar_one())
    for table, row in rows[1:]:
        connection.execute(insert(table), row | {"signature_id": signature_id})
    return signature_id


@cache
def _insert_all(columns: Sequence[tuple[Table, tuple[str, ...]]]) -> Executable:
    """Build the statement that inserts a signature, and rows with its id, for these columns of each; it returns the id."""
    (_, keys), *further = columns
    values = {key: _parameter(SIGNATURES, key, 0) for key in keys}
    signature = _INSERT_SIGNATURE.values(values).cte("new_signature")
    inserts = [
        insert(table).from_select(
            ["signature_id", *keys],
            select(signature.c.id, *(_parameter(table, key, number) for key in keys)),
            include_defaults=False,
        )
        for number, (table, keys) in enumerate(further, start=1)
    ]
    return select(signature.c.id).add_cte(*(each.cte(f"row_{number}") for number, each in enumerate(inserts, start=1)))


def _parameter(table: Table, key: str, number: int) -> Any:
    return bindparam(f"{key}_{number}", type_=table.c[key].type)

"""Mutants of a module: each is its source with one expression changed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
NO_CODE = ("decorator_list", "annotation", "returns", "type_params", "bases")
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add}


@dataclass(frozen=True, slots=True)
class Mutant:
    """Changed expression of a file: its lines, both texts, and the source of the whole file with it."""

    path: Path
    lines: range
    before: str
    after: str
    source: str

    def __str__(self) -> str:
        before, after = (" ".join(text.split())[:80] for text in (self.before, self.after))
        return f"{self.path}:{self.lines[-1]}  {before}  →  {after}"


def mutants(path: Path) -> Iterator[Mutant]:
    """Yield every mutant of a file, from the code of its functions and the defaults of its fields."""
    source = path.read_bytes()
    starts = [0, *accumulate(len(line) for line in source.splitlines(keepends=True))]
    for statement, node in _code_nodes(ast.parse(source), None):
        for old, new in _changes(node):
            begin = starts[old.lineno - 1] + old.col_offset
            end = starts[(old.end_lineno or 0) - 1] + (old.end_col_offset or 0)
            after = ast.unparse(new) if isinstance(old, ast.stmt) else f"({ast.unparse(new)})"
            whole = (source[:begin] + after.encode() + source[end:]).decode()
            lines = range(min(statement.lineno, old.lineno), old.lineno + 1)
            yield Mutant(path, lines, source[begin:end].decode(), after, whole)


def _code_nodes(tree: ast.AST, statement: ast.stmt | None) -> Iterator[tuple[ast.stmt, ast.expr | ast.stmt]]:
    """Yield the nodes of functions with their statements, without decorators, annotations, errors, logs and f-strings."""
    for name, value in ast.iter_fields(tree):
        if name in NO_CODE or (name == "keywords" and isinstance(tree, ast.ClassDef)):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.Raise | ast.JoinedStr | ast.Assert) or _is_silent(child):
                continue
            match tree:
                case ast.Call(ast.Attribute(_, "limit")) if child is not tree.func:
                    continue
            within = statement or (tree if isinstance(tree, ast.FunctionDef | ast.AnnAssign) else None)
            if within and isinstance(child, ast.stmt):
                within = child
            if within and isinstance(child, ast.expr | ast.stmt):
                yield within, child
            yield from _code_nodes(child, within)


def _changes(node: ast.expr | ast.stmt) -> Iterator[tuple[ast.expr | ast.stmt, ast.AST]]:
    """Yield what is replaced, the node or the condition in it, with its replacement."""
    match node:
        case ast.Compare(left, [operator], others) if type(operator) in OPPOSITES:
            yield node, ast.Compare(left, [OPPOSITES[type(operator)]()], others)
        case ast.BoolOp(operator, operands):
            yield node, ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), operands)
        case ast.UnaryOp(ast.Not(), operand):
            yield node, operand
        case ast.BinOp(left, operator, right) if type(operator) in ARITHMETIC and not (_is_text(left) or _is_text(right)):
            yield node, ast.BinOp(left, ARITHMETIC[type(operator)](), right)
        case ast.IfExp(test, body, other):
            yield node, ast.IfExp(test, other, body)
        case ast.If(ast.Name() | ast.Attribute() | ast.Call() as test):
            yield test, ast.UnaryOp(ast.Not(), test)
        case ast.Expr(ast.Call()):
            yield node, ast.Pass()
        case ast.Constant(value):
            yield from ((node, ast.Constant(changed)) for changed in _changed_values(value))


def _changed_values(value: object) -> Iterator[bool | int | str]:
    match value:
        case bool():
            yield not value
        case int():
            yield value + 1
        case "":
            yield "changed"


def _is_silent(node: ast.AST) -> bool:
    """Return whether no test on SQLite can tell: a log, a wait, a lock of rows, or what is released."""
    match node:
        case ast.Expr(ast.Call(ast.Attribute(ast.Name("log" | "LOG" | "time"), _) | ast.Attribute(_, "close" | "g_free"))):
            return True
        case ast.Expr(ast.Call(ast.Name(name))) if name.startswith("lock_"):
            return True
        case ast.keyword("with_for_update" | "skip_locked" | "repr"):
            return True
    return False


def _is_text(operand: ast.expr) -> bool:
    return isinstance(operand, ast.JoinedStr) or (isinstance(operand, ast.Constant) and isinstance(operand.value, str))

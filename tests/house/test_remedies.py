"""House tests that fail print each place and the remedy; public pages say how long caches may keep them."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import all_nodes, assert_none, place, python_files, syntax_tree

NOT_CACHED = {
    "letterhub/web/public/signatures/signing.py": ("new", "check_email"),  # forms: each holds a token of its visitor
    "letterhub/web/public/operations/health.py": ("alive", "ready", "ready_part"),  # the state of this moment
    "letterhub/web/public/accounts/provider_sign_in.py": ("start",),  # a redirect with a state of its visitor
    "letterhub/web/public/mail/demo_mailbox.py": ("index", "detail", "html"),  # of the demo alone
}
"""Public pages that no cache may keep, by file."""


def test_house_tests_say_the_remedy() -> None:
    bare = [
        place(path, node.lineno)
        for path in python_files("tests/house")
        for node in all_nodes(path)
        if isinstance(node, ast.Assert) and node.msg is None
    ]
    assert_none(bare, "call `assert_none(places, remedy)`, or say after the assertion what to write where")


def test_public_pages_say_how_long_caches_may_keep_them() -> None:
    views = [(path, view) for path in python_files("letterhub/web/public") for view in public_views(path)]
    silent = [
        f"{place(path, view.lineno)} {view.name}"
        for path, view in views
        if not says_cache_time(view) and view.name not in NOT_CACHED.get(place(path), ())
    ]
    assert_none(
        silent, "return `cache_briefly(make_response(page))`; a page that no cache may keep is named in NOT_CACHED here"
    )
    named = {f"{path} {name}" for path, names in NOT_CACHED.items() for name in names}
    known = {f"{place(path)} {view.name}" for path, view in views if not says_cache_time(view)}
    assert_none(sorted(named - known), "remove it from NOT_CACHED of this test: it is no such page, or caches keep it")


def public_views(path: Path) -> Iterator[ast.FunctionDef]:
    """Yield the views of a module that answer GET requests of everyone."""
    for node in syntax_tree(path).body:
        if isinstance(node, ast.FunctionDef):
            decorators = [ast.unparse(one) for one in node.decorator_list]
            if "open_to(Audience.EVERYONE)" in decorators and any(
                one.startswith(("bp.get(", "bp.route(")) for one in decorators
            ):
                yield node


def says_cache_time(view: ast.FunctionDef) -> bool:
    return any(word in ast.unparse(view) for word in ("cache_briefly(", "'Cache-Control'"))

"""Declaration of the API's endpoints: the view's signature is the contract that requests are checked against and that
openapi.json is made from.

    @endpoint("GET", "/letters/<slug>", scope=ApiScope.READ_LETTERS)
    def letter(caller: StaffContext, slug: str) -> LetterAnswer:

`caller` is there where a scope is asked for; `query` and `body` are msgspec structs, checked before the view runs; what is
returned is encoded as its type says. See docs/design/accounts/api.md.
"""

import functools
import hashlib
import inspect
import json
import re
import typing
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
from flask import Blueprint, Response, abort, g, request
from werkzeug.datastructures import MultiDict

from letterhub.clock import now
from letterhub.commands.accounts.api_tokens import admit_program, begin_api_write, finish_api_write
from letterhub.domain.accounts.api_tokens import (
    API_RATE_LIMIT,
    API_WINDOW,
    MAX_KEY_LENGTH,
    ApiScope,
    InvalidApiToken,
    KeyReused,
)
from letterhub.domain.errors import UserFacingError
from letterhub.infrastructure.signed_links import current_settings
from letterhub.queries.accounts import StaffContext
from letterhub.web.access import Audience, accepts_large_body
from letterhub.web.forms import error_sentences
from letterhub.web.page_cache import cache_briefly
from letterhub.web.problems import problem

bp = Blueprint("api", __name__)

T = TypeVar("T")
Form = TypeVar("Form")
View = TypeVar("View", bound=Callable[..., Any])
SCHEME = "bearer"  # names of schemes have no case
JSON_TYPE = "application/json"
KEY_PATTERN = f"^[!-~]{{1,{MAX_KEY_LENGTH}}}$"


class Struct(msgspec.Struct, kw_only=True):
    """Base of what the API answers."""


class Input(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Base of what programs send: a misspelled name is refused, not ignored."""


class AnswerPage(msgspec.Struct, Generic[T], kw_only=True):
    """Page of a list. `next` is the path of the page that follows, null on the last one."""

    items: tuple[T, ...]
    next: str | None


class FileAnswer(Response):
    """Bytes of a file, as they are stored."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Endpoint as declared. `path` parameters, `query` and `body` are types by which requests are checked."""

    name: str
    method: str
    rule: str
    scope: ApiScope | None
    status: int
    path: dict[str, type]
    query: type[Input] | None
    body: type[Input] | None
    answer: Any
    description: str


ENDPOINTS: list[Endpoint] = []


def endpoint(
    method: str, rule: str, *, scope: ApiScope | None = None, status: int = 200, large: bool = False
) -> Callable[[View], View]:
    """Return a decorator that declares a view as an endpoint: public, or for tokens with a scope; its body may be `large`."""

    def decorator(view: View) -> View:
        hints = typing.get_type_hints(view)
        names = [name for name in inspect.signature(view).parameters if name not in ("caller", "query", "body")]
        declared = Endpoint(
            view.__name__, method, rule, scope, status, {name: hints[name] for name in names}, hints.get("query"),
            hints.get("body"), hints["return"], inspect.getdoc(view) or "",
        )  # fmt: skip
        ENDPOINTS.append(declared)

        @functools.wraps(view)
        def wrapper(**path: Any) -> Response:
            return _answer_token(declared, view, path) if scope else cache_briefly(_run(declared, view, path))

        wrapper.entry = Audience.TOKEN if scope else Audience.EVERYONE  # type: ignore[attr-defined]
        bp.add_url_rule(rule, view.__name__, accepts_large_body(wrapper) if large else wrapper, methods=[method])
        return view

    return decorator


def _answer_token(declared: Endpoint, view: Callable[..., Any], path: dict[str, Any]) -> Response:
    """Answer a program: its token first, then its input; a write at most once for its idempotency key."""
    assert declared.scope is not None
    given = request.headers.get("Authorization", "")
    try:
        scheme, _, secret = given.partition(" ")
        if scheme.lower() != SCHEME:
            return problem(401, headers={"WWW-Authenticate": "Bearer"})
        admitted = admit_program(secret.strip(), current_settings().secret_key, now())
    except InvalidApiToken as refusal:
        return problem(401, str(refusal), {"WWW-Authenticate": 'Bearer error="invalid_token"'})
    g.rate_limit = admitted.remaining, admitted.reset_seconds
    if declared.scope not in admitted.scopes:
        challenge = f'Bearer error="insufficient_scope", scope="{declared.scope}"'
        return problem(403, f"This token needs the scope {declared.scope}.", {"WWW-Authenticate": challenge})
    if declared.method != "GET":
        return _write_once(declared, view, path, admitted.staff)
    response = _run(declared, view, path, caller=admitted.staff)
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def _write_once(declared: Endpoint, view: Callable[..., Any], path: dict[str, Any], caller: StaffContext) -> Response:
    """Run a write, or repeat the answer of the first request with this key. A write that was refused may be sent again."""
    key = request.headers.get("Idempotency-Key", "")
    if not re.fullmatch(KEY_PATTERN, key):
        sentence = f"Send an Idempotency-Key of up to {MAX_KEY_LENGTH} ASCII characters without spaces, new for each write."
        return problem(400, sentence, field="Idempotency-Key")
    if request.mimetype != JSON_TYPE:
        abort(415)
    arguments = _arguments(declared, path)  # what is invalid uses up no key
    assert caller.token_id is not None
    sent = f"{request.method} {request.full_path}\n".encode() + request.get_data()
    try:
        earlier = begin_api_write(caller.token_id, key, hashlib.sha256(sent).hexdigest(), now())
    except KeyReused as refusal:
        return problem(422, str(refusal))
    if earlier:
        return Response(earlier[1], earlier[0], {"Idempotent-Replayed": "true"}, mimetype=JSON_TYPE)
    try:
        response = _encode(declared, view(**arguments, caller=caller))
    except BaseException:
        finish_api_write(caller.token_id, key, None, "")
        raise
    finish_api_write(caller.token_id, key, response.status_code, response.get_data(as_text=True))
    return response


def _run(declared: Endpoint, view: Callable[..., Any], path: dict[str, Any], **caller: StaffContext) -> Response:
    return _encode(declared, view(**_arguments(declared, path), **caller))


def _arguments(declared: Endpoint, path: dict[str, Any]) -> dict[str, Any]:
    """Return the view's arguments, checked. Raises Unreadable, and InvalidInput."""
    arguments = dict(path)
    _refuse_repeated(list(request.args.items(multi=True)), "The parameter “{name}” is given twice.")
    try:
        if declared.query:
            arguments["query"] = msgspec.convert(request.args.to_dict(), declared.query, strict=False)
        elif request.args:
            raise InvalidInput("This address takes no parameters.", next(iter(request.args)))
        if declared.body:
            arguments["body"] = msgspec.json.decode(request.get_data(), type=declared.body)
            _refuse_ambiguous(request.get_data(as_text=True))
    except msgspec.ValidationError as error:
        wrong, _, field = str(error).partition(" - at `$.")
        raise InvalidInput(f"{wrong}.", field.rstrip("`")) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable("The body is no JSON in UTF-8.") from error
    return arguments


def _refuse_repeated(pairs: list[tuple[str, Any]], sentence: str) -> dict[str, Any]:
    """Return the pairs by name. Raises Unreadable for a name that comes twice, of whose values another program may read the
    other one."""
    named = dict(pairs)
    for name, number in Counter(name for name, _value in pairs).items():
        if number > 1:
            raise Unreadable(sentence.format(name=name), name)
    return named


def _refuse_ambiguous(body: str) -> None:
    """Refuse a body with a name that comes twice, or with NUL, which no text may hold. It fits its type,
    so it is no deeper than that. Raises Unreadable."""
    pairs = functools.partial(_refuse_repeated, sentence="The body has “{name}” twice.")
    for name, value in json.loads(body, object_pairs_hook=pairs).items():
        if isinstance(value, str) and "\0" in value:
            raise Unreadable(f"“{name}” has a NUL character.", name)


def _encode(declared: Endpoint, answer: Any) -> Response:
    if isinstance(answer, Response):
        return answer
    return Response(msgspec.json.encode(answer), declared.status, mimetype=JSON_TYPE)


def checked_form(form_class: Callable[..., Form], sent: MultiDict[str, str], *arguments: Any) -> Form:
    """Return the form that a page has for the same command, filled in and valid. Raises InvalidField: what a page refuses, the
    API refuses with the same sentence."""
    form: Any = form_class(*arguments, formdata=sent, meta={"csrf": False})
    if not form.validate():
        field, errors = next(iter(form.errors.items()))
        raise InvalidField(next(error_sentences(errors)), field or "")
    checked: Form = form
    return checked


class InvalidField(UserFacingError):
    """Raised for a value that the page's form refuses."""


class Conflict(UserFacingError):
    """Raised for a decision that the state of a signature does not allow, or that is about an earlier line."""


class Refusal(Exception):
    """Base of what is refused before an endpoint's view runs: a sentence, and the name of the value that it is about."""

    status = 400

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class Unreadable(Refusal):
    """Raised for a request that can be read in no way, or in two."""


class InvalidInput(Refusal):
    """Raised for parameters or a body that the declaration does not allow."""

    status = 422


@bp.errorhandler(Refusal)
def _refused(refusal: Refusal) -> Response:
    return problem(refusal.status, str(refusal), field=refusal.field)


@bp.after_request
def _add_headers(response: Response) -> Response:
    """Say how many requests the token has left; let pages of other sites read what is public, without cookies."""
    if "rate_limit" in g:
        remaining, seconds = g.rate_limit
        response.headers["RateLimit-Policy"] = f'"token";q={API_RATE_LIMIT.burst};w={API_WINDOW.seconds}'
        response.headers["RateLimit"] = f'"token";r={remaining};t={seconds}'
    if response.cache_control.public:
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def scopes_in_use() -> Iterator[ApiScope]:
    """Yield each scope that an endpoint asks for."""
    yield from sorted({declared.scope for declared in ENDPOINTS if declared.scope})

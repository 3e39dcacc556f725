"""Description of the API, made from the declared endpoints: an OpenAPI 3.1 document, and a page to read."""

import json
import re
from functools import cache
from typing import Any

import msgspec
from flask import Response, render_template

from letterhub.infrastructure.signed_links import current_settings
from letterhub.web.access import Audience, open_to
from letterhub.web.api.api import ENDPOINTS, KEY_PATTERN, Endpoint, FileAnswer, bp
from letterhub.web.forms import MAX_INTEGER
from letterhub.web.page_cache import cache_briefly

PREFIX = "/api/v1"
CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")
PAGE_OF_LIST = re.compile(r"AnswerPage[_\[](\w+?)(?:Answer)?[_\]](?=\")")
PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457). `field` names the wrong value; `request_id` is for whoever runs the site.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "field": {"type": "string"},
        "request_id": {"type": "string"},
    },
    "required": ["type", "title", "status", "detail"],
}
ERRORS = {
    "400": "The request can’t be read.",
    "401": "The token is missing, unknown, expired or revoked.",
    "403": "The token lacks the scope.",
    "404": "There is nothing here, or nothing that the token may see.",
    "409": "The state of things doesn’t allow it.",
    "413": "The body is too large.",
    "415": "The body is no JSON.",
    "422": "A value is invalid.",
    "429": "Too many requests: wait as long as Retry-After says.",
    "503": "The site is busy.",
}
COMMON_ERRORS, TOKEN_ERRORS, WRITE_ERRORS = ("400", "404", "422", "429", "503"), ("401", "403"), ("409", "413", "415")
KEY_PARAMETER = {
    "name": "Idempotency-Key", "in": "header", "required": True,
    "description": "A new key for each write, such as a UUID. A request that is sent again with its key is not done again.",
    "schema": {"type": "string", "pattern": KEY_PATTERN},
}  # fmt: skip


@bp.get("/openapi.json")
@open_to(Audience.EVERYONE)
def openapi() -> Response:
    """Return the OpenAPI document."""
    content = openapi_document() | {"servers": [{"url": current_settings().public_url + PREFIX}]}
    response = cache_briefly(Response(json.dumps(content, ensure_ascii=False), mimetype="application/json"))
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@bp.get("/")
@open_to(Audience.EVERYONE)
def reference() -> Response:
    """Show the same as a page."""
    document = openapi_document()
    public = [one for one in ENDPOINTS if one.scope is None]
    private = [one for one in ENDPOINTS if one.scope]
    page = render_template(
        "public/api/reference.html", public=public, private=private, prefix=PREFIX, schemas=document["components"]["schemas"],
        operations={one.name: _operation_of(document, one) for one in ENDPOINTS}, address=current_settings().public_url,
    )  # fmt: skip
    return cache_briefly(Response(page, mimetype="text/html"))


@cache
def openapi_document() -> dict[str, Any]:
    """Return the OpenAPI document of all endpoints, without the address of a site."""
    types = [one for declared in ENDPOINTS for one in (declared.query, declared.body, declared.answer) if one is not None]
    types = list(dict.fromkeys(one for one in types if one is not FileAnswer))
    schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    by_type = dict(zip(types, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for declared in ENDPOINTS:
        operation = _operation(declared, by_type, components)
        paths.setdefault(_path(declared), {})[declared.method.lower()] = operation
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Letterhub", "version": "1",
            "description": "Open letters, their signatories and editions. What is public needs no token.",
        },
        "paths": paths,
        "components": {
            "schemas": components | {"Problem": PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "API token of a coalition"}},
        },
    }  # fmt: skip
    named: dict[str, Any] = json.loads(PAGE_OF_LIST.sub(r"\1Page", json.dumps(document)))
    return named


def _path(declared: Endpoint) -> str:
    return CONVERTER.sub(r"{\1}", declared.rule)


def _operation_of(document: dict[str, Any], declared: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = document["paths"][_path(declared)][declared.method.lower()]
    return operation


def _operation(declared: Endpoint, by_type: dict[Any, Any], components: dict[str, Any]) -> dict[str, Any]:
    """Return the OpenAPI operation of an endpoint."""
    integer = {"type": "integer", "minimum": 0, "maximum": MAX_INTEGER}
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": integer if kind is int else {"type": "string", "minLength": 1}}
        for name, kind in declared.path.items()
    ]
    if declared.query:
        query = components[declared.query.__name__]
        required = query.get("required", ())
        parameters += [
            {"name": name, "in": "query", "required": name in required, "schema": schema}
            for name, schema in query["properties"].items()
        ]
    is_write = declared.method != "GET"
    errors = sorted((*COMMON_ERRORS, *(TOKEN_ERRORS if declared.scope else ()), *(WRITE_ERRORS if is_write else ())))
    operation: dict[str, Any] = {
        "operationId": declared.name,
        "summary": declared.description.partition(".")[0].replace("\n", " ") + ".",
        "description": declared.description.replace("\n", " "),
        "parameters": parameters + ([KEY_PARAMETER] if is_write else []),
        "responses": {str(declared.status): _success(declared, by_type)} | {code: _error(code) for code in errors},
        "security": [{"token": []}] if declared.scope else [],
    }
    if declared.scope:
        operation["x-scope"] = str(declared.scope)
    if declared.body:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": by_type[declared.body]}}}
    return operation


def _success(declared: Endpoint, by_type: dict[Any, Any]) -> dict[str, Any]:
    if declared.answer is FileAnswer:
        return {"description": "The file.", "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
    return {"description": "Done.", "content": {"application/json": {"schema": by_type[declared.answer]}}}


def _error(code: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": ERRORS[code], "content": {"application/problem+json": {"schema": schema}}}

"""Errors of the API as RFC 9457 problem details."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from flask import Response

SENTENCES = {
    400: "The request can’t be read.",
    401: "This needs an API token: send “Authorization: Bearer” and the token.",
    403: "This is not allowed.",
    404: "There is nothing at this address.",
    405: "This address doesn’t support the method.",
    413: "The request body is too large.",
    415: "Send the body as application/json.",
    422: "The request has invalid values.",
    429: "Too many requests. Wait before the next one.",
    503: "The site is busy or being maintained. Try again soon.",
}


def problem(
    status: int, detail: str = "", headers: Mapping[str, str] | None = None, field: str = "", number: str = ""
) -> Response:
    """Return the response for an error: `field` names the wrong value, `number` is the request's id for the operator."""
    content: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or SENTENCES.get(status, "Something went wrong on our side."),
    }
    if field:
        content["field"] = field
    if number:
        content["request_id"] = number
    return Response(json.dumps(content, ensure_ascii=False), status, headers, mimetype="application/problem+json")

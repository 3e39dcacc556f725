"""Responses with a copy of a draft, to be shown or downloaded."""

from flask import Response

PDF_TYPE = "application/pdf"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def file_response(name: str, content: bytes, media_type: str) -> Response:
    """Return a file under a name; a browser shows a PDF and saves any other."""
    response = Response(content, mimetype=media_type)
    response.headers.set("Content-Disposition", "inline" if media_type == PDF_TYPE else "attachment", filename=name)
    return response

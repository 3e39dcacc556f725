"""HTML of emails shown as a page of its own, in which nothing runs."""

import base64
import hashlib
import re

from flask import Response

_STYLE_ATTRIBUTE = re.compile(r'style="([^"]*)"')


def caged_html(html: str) -> Response:
    """Return a response with an email's HTML whose policy allows its style attributes, each by its hash, and nothing else."""
    hashes = {base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in _STYLE_ATTRIBUTE.findall(html)}
    sources = " ".join(f"'sha256-{one}'" for one in sorted(hashes))
    policy = f"sandbox allow-popups; default-src 'none'; style-src 'unsafe-hashes' {sources}"
    return Response(html, headers={"Content-Security-Policy": policy})

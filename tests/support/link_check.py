"""Check that the links and forms of a page lead to an endpoint of the site."""

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect

from letterhub.paths import ROOT

Link = tuple[str, str]


def broken_links(app: Flask, page: str, tree: Element) -> list[str]:
    """Return an error for each internal address on the page that no endpoint answers; `page` is its own address."""
    routes = app.url_map.bind(urlsplit(page).netloc)
    links = {(method, urlsplit(urljoin(page, address))) for method, address in _links(tree, page)}
    own = sorted((method, parts.path) for method, parts in links if parts.netloc == urlsplit(page).netloc)
    return [f"{method} {path} leads nowhere" for method, path in own if not _answered(routes, method, path)]


def _links(tree: Element, page: str) -> Iterator[Link]:
    for element in tree.iter():
        if element.tag in ("a", "link") and not element.get("href", "#").startswith("#"):
            yield "GET", element.get("href", "")
        if element.tag in ("img", "script") and element.get("src"):
            yield "GET", element.get("src", "")
        if element.tag == "form":
            method = element.get("method", "get").upper()
            yield method, element.get("action") or page
            yield from ((method, button.get("formaction", "")) for button in element.iter("button") if button.get("formaction"))


def _answered(routes: MapAdapter, method: str, path: str) -> bool:
    if path.startswith("/static/"):
        return (ROOT / path.lstrip("/")).is_file()
    try:
        routes.match(path, method)
    except (HTTPException, RequestRedirect):
        return False
    return True

"""HTML by which another website shows a letter: the element that fits its height, or a plain frame."""

from markupsafe import Markup

DEFAULT_WIDTH, DEFAULT_HEIGHT = 640, 480
"""Pixels of a frame that does not fit itself."""
_ELEMENT = Markup(
    '<letterhub-letter src="{frame}"><a href="{letter}">{title}</a></letterhub-letter>\n<script src="{script}" async></script>'
)
_IFRAME = Markup(
    '<iframe src="{frame}" title="{title}" width="{width}" height="{height}" loading="lazy" frameborder="0"'
    ' sandbox="allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox"></iframe>'
)


def element_code(frame: str, letter: str, script: str, title: str) -> str:
    """Return the code of the element `<letterhub-letter>`, with a link for browsers that run no scripts. All but the title
    are URLs."""
    return str(_ELEMENT.format(frame=frame, letter=letter, script=script, title=title))


def iframe_code(frame: str, title: str, width: int | str, height: int) -> str:
    """Return the code of a plain frame, for websites that take no scripts. Pixels, but for a width such as "100%"."""
    return str(_IFRAME.format(frame=frame, title=title, width=width, height=height))

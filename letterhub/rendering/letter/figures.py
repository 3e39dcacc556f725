"""Figures of a letter's text: pictures in paragraphs of their own, each with its caption, width and number.

See docs/design/letter-text.md.
"""

import base64
import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

from letterhub.domain.letters.pictures import Picture
from letterhub.rendering.letter.document_locale import DocumentLocale
from letterhub.rendering.letter.omissions import Omissions

SCHEME = "picture"
"""URL scheme that stands for a letter's pictures until their data is inserted."""

_SETTINGS = re.compile(r"[ \t]?\{[ \t]*((?:(?:width=(?:\d{1,2}|100)%|numbered)[ \t]*)+)\}")
_WIDTH = re.compile(r"width=(\d+)%")
_IMAGE = re.compile(rf'(<img [^<>]*?src="){SCHEME}:([^"]*)"')


def find_figures(state: StateCore) -> None:
    """Turn paragraphs that consist of pictures into figures, and mark pictures within paragraphs: those that the letter has."""
    names: Collection[str] = state.env.get("pictures", ())
    tokens: list[Token] = []
    numbers = 0
    for at, token in enumerate(state.tokens):
        if token.type == "inline":
            _mark_pictures(token, names, Omissions.of(state))
            if at and state.tokens[at - 1].type == "paragraph_open" and (pictures := _only_pictures(token)):
                tokens.pop()  # the paragraph's opening; its closing is skipped below
                for picture in pictures:
                    numbers += bool(picture.meta.get("numbered"))
                    tokens += _figure(state, picture, numbers, token)
                continue
        is_close_of_figure = token.type == "paragraph_close" and tokens and tokens[-1].type == "figure_close"
        if not (is_close_of_figure and state.tokens[at - 1].type == "inline"):
            tokens.append(token)
    state.tokens = tokens
    _number_notes(state)


def _number_notes(state: StateCore) -> None:
    """Number the notes in the order of their references: those of captions were found last."""
    captions = (state.tokens[at + 1] for at, token in enumerate(state.tokens) if token.type == "caption_open")
    if not any(child.type == "footnote_ref" for caption in captions for child in caption.children or ()):
        return
    references = [child for token in state.tokens for child in token.children or () if child.type == "footnote_ref"]
    order = list(dict.fromkeys(int(reference.meta["id"]) for reference in references))
    notes: dict[int, Any] = state.env.get("footnotes", {}).get("list", {})
    order += [number for number in notes if number not in order]
    numbers = {old: new for new, old in enumerate(order)}
    if notes and order != sorted(order):
        state.env["footnotes"]["list"] = {numbers[old]: notes[old] for old in order}
        labels = state.env["footnotes"]["refs"]
        labels |= {label: numbers[number] for label, number in labels.items() if number in numbers}
        for reference in references:
            reference.meta["id"] = numbers[int(reference.meta["id"])]


def _mark_pictures(inline: Token, names: Collection[str], omissions: Omissions) -> None:
    """Give the images that the letter has pictures for, and descriptions, the type "picture", with name and settings."""
    children = inline.children or []
    for image, following in zip_longest(children, children[1:]):
        name = unquote(str(image.attrGet("src") or "")) if image.type == "image" else ""
        alternative = "".join(child.content for child in image.children or ()) if name in names and name else ""
        if not alternative.strip():
            continue
        omissions.shown_pictures.add(name)
        omissions.used_labels |= {str(image.meta["label"])} if "label" in image.meta else set()
        image.type, image.content = "picture", alternative
        image.meta |= {"name": name}
        settings = _SETTINGS.match(following.content) if following and following.type == "text" else None
        if following and settings:
            width = _WIDTH.search(settings[1])
            image.meta |= {"numbered": "numbered" in settings[1], "width": int(width[1]) if width else 0}
            following.content = following.content[settings.end() :]


def _only_pictures(inline: Token) -> list[Token]:
    """Return the pictures of a paragraph that has nothing else; none for any other."""
    children = inline.children or []
    has_others = any(
        child.content.strip() if child.type == "text" else child.type not in ("picture", "softbreak", "hardbreak")
        for child in children
    )
    return [] if has_others else [child for child in children if child.type == "picture"]


def _figure(state: StateCore, picture: Token, number: int, inline: Token) -> Iterator[Token]:
    """Yield the tokens of a figure: its picture, and its caption as a paragraph of its own kind."""
    meta = {"name": picture.meta["name"], "description": picture.content, "width": picture.meta.get("width", 0)}
    meta["number"] = number if picture.meta.get("numbered") else 0
    level = inline.level - 1
    yield Token("figure_open", "figure", 1, block=True, level=level, map=inline.map, meta=meta)
    caption = str(picture.attrGet("title") or "")
    if caption or meta["number"]:
        children: list[Token] = []
        state.md.inline.parse(caption, state.md, state.env, children)
        yield Token("caption_open", "figcaption", 1, block=True, level=level + 1, meta=meta)
        yield Token("inline", "", 0, content=caption, children=children, level=level + 2, map=inline.map)
        yield Token("caption_close", "figcaption", -1, block=True, level=level + 1)
    yield Token("figure_close", "figure", -1, block=True, level=level)


def figure_label(locale: DocumentLocale, figure: Token) -> str:
    """Return the label of a figure in the letter's language, "Figure 2"; the word alone without a number."""
    number, word = figure.meta.get("number"), locale.words.figure
    return f"{word} {locale.plain_number(number)}" if number else word


def picture_source(name: str) -> str:
    """Return the URL that stands for a picture until `insert_pictures`."""
    return f"{SCHEME}:{quote(name)}"


def insert_pictures(html: Markup, pictures: Sequence[Picture]) -> Markup:
    """Return HTML in which the URL of each picture is replaced by its data."""
    if not pictures:
        return html
    urls = {picture.name: picture for picture in pictures}
    return Markup(_IMAGE.sub(lambda image: f'{image[1]}{_data_url(urls[unquote(image[2])])}"', html))  # noqa: S704


class PictureView(NamedTuple):
    """A picture as the letter editor shows it."""

    name: str
    url: str


def picture_view(picture: Picture) -> PictureView:
    """Return a picture with its image as a data URL."""
    return PictureView(picture.name, _data_url(picture))


@lru_cache(maxsize=16)  # as a data URL a picture takes hundreds of kilobytes
def _data_url(picture: Picture) -> str:
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode('ascii')}"

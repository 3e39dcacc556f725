"""Help pages are whole: listed, titled, and with links, anchors, pictures and words of buttons that lead to what exists."""

import re
from functools import cache

import lxml.html
import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from markdown_it import MarkdownIt

from letterhub.paths import DOCUMENTS, ROOT, TEMPLATES
from letterhub.rendering.help.contents import CONTENTS, pages_by_address, read, sections
from letterhub.rendering.help.page import help_page
from letterhub.rendering.help.search import passages
from tests.house.sources import assert_none, own_files, place, python_files

GUIDE = DOCUMENTS / "guide"
MOST_PICTURE_BYTES = 1_500_000
KEYWORDS = DEFAULT_KEYWORDS | {"_l": None, "_later": None}
ADDRESSES = sorted(pages_by_address())


@cache
def elements(address: str) -> lxml.html.HtmlElement:
    """Return the HTML of a page."""
    return lxml.html.fromstring(f"<div>{help_page(pages_by_address()[address].page.file).body}</div>")


@cache
def anchors(address: str) -> set[str]:
    """Return the anchors of a page, "" for its beginning."""
    if not address:
        return {"", *(section.anchor for section in sections())}
    return {"", *elements(address).xpath("//@id")}


def is_found(path: str) -> bool:
    """Return whether what follows `/help` in a URL is a page and one of its anchors."""
    address, _hash, anchor = path.removeprefix("/").partition("#")
    return (not address or address in pages_by_address()) and anchor in anchors(address)


def test_every_file_of_the_guide_is_in_the_table_of_contents() -> None:
    listed = {one.page.file for one in pages_by_address().values()}
    files = {path.relative_to(ROOT).as_posix() for path in GUIDE.rglob("*.md")} - {CONTENTS}
    assert_none(sorted(files - listed), f"{CONTENTS}: add a line `- [Name](file.md): Description.`")
    bare = [one.name for section in sections() for one in section.pages if not one.parent and not one.description]
    assert_none(bare, f"{CONTENTS}: describe the page behind its link")
    assert len({one.page.file for one in pages_by_address().values()}) == sum(len(section.pages) for section in sections()), (
        f"{CONTENTS}: list each page once"
    )


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_has_title_and_description_and_leads_to_what_exists(address: str) -> None:
    file = pages_by_address()[address].page.file
    page = help_page(file)
    assert page.title, f"{file}: open the file with a heading, `# Title`"
    opening = read(file).split("\n\n")[1].strip()
    assert page.description, f"{file}: put a paragraph after the title; it is the description, too"
    assert not (file.startswith("docs/guide/") and opening.startswith(("#", "|", "!", "-", "1."))), (
        f"{file}: say in a paragraph after the title what the page is about, for those who search and skim"
    )
    paragraphs = elements(address).xpath("./p")
    assert not paragraphs or page.description == " ".join(paragraphs[0].text_content().split()), (
        f"{file}: the description is the first paragraph that stands by itself"
    )
    links = elements(address).xpath("//a")
    assert_none(
        (f"{file}: {link.text_content()}" for link in links if link.get("href") is None),
        f"link to a page of {CONTENTS}, or write the path in backquotes",
    )
    targets = [str(link.get("href")) for link in links]
    inside = [f"/{address}{target}" if target.startswith("#") else target.removeprefix("/help") for target in targets]
    lost = [f"{file}: {path}" for path in inside if "://" not in path and not path.startswith("mailto:") and not is_found(path)]
    assert_none(lost, "correct the page or the anchor: a heading in lower case, with hyphens for spaces")
    mute = [f"{file}: {image.get('src')}" for image in elements(address).xpath("//img") if len(image.get("alt")) < 10]
    assert_none(mute, "say what the picture shows: ![What it shows](picture.webp)")


def test_html_in_pages_is_comments_alone() -> None:
    stray = [
        f"{one.page.file}: {token.content[:60]}"
        for one in pages_by_address().values()
        for block in MarkdownIt("commonmark", {"html": True}).enable("table").parse(read(one.page.file))
        for token in (block, *(block.children or ()))
        if token.type in ("html_block", "html_inline") and not token.content.startswith("<!--")
    ]
    assert_none(stray, "write Markdown; HTML is left out of the page. Write `<tag>` in backquotes")


def product_words() -> list[re.Pattern[str]]:
    """Return a pattern for each sentence of templates and code that goes through gettext; a value in it is any text."""
    found: set[str] = set()
    for path in [*own_files(".html", ".txt"), *python_files()]:
        if path.is_relative_to(ROOT / "tests"):
            continue
        method = "python" if path.suffix == ".py" else "jinja2"
        with path.open("rb") as file:
            for _line, message, _comments, _context in extract(method, file, KEYWORDS, options={"trimmed": "true"}):
                found |= {message} if isinstance(message, str) else {one for one in message if one}
    words = (sentence.strip().rstrip(".").replace("%%", "%") for sentence in found)
    parts = (re.split(r"%\(\w+\)s", sentence) for sentence in words)
    return [re.compile(".+".join(map(re.escape, part))) for part in parts if len("".join(part)) > 1]


def test_words_in_bold_are_words_of_the_product() -> None:
    patterns = product_words()
    bold = {
        (path, " ".join(words.split()).rstrip("."))
        for path in sorted(GUIDE.rglob("*.md"))
        for words in re.findall(r"\*\*(.+?)\*\*", path.read_text(encoding="utf-8"), re.DOTALL)
    }
    unknown = [
        f"{place(path)}: {words}" for path, words in sorted(bold) if not any(pattern.fullmatch(words) for pattern in patterns)
    ]
    assert_none(unknown, "write the words as the product has them, or set them in italics if they are no button, tab or field")
    assert len(bold) > 100, "words in bold are not found any more: correct the pattern in this test"
    assert not any(pattern.fullmatch("Frobnicate the letter") for pattern in patterns), "a pattern in this test fits anything"


def test_pictures_are_shown_and_small() -> None:
    shown = {
        (path.parent / name).resolve()
        for path in GUIDE.rglob("*.md")
        for name in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", path.read_text(encoding="utf-8"))
    }
    pictures = set((GUIDE / "pictures").iterdir())
    light = {path.with_name(path.name.replace("-dark.webp", ".webp")) for path in pictures}
    assert_none(
        sorted(map(place, light ^ shown)), "show the picture on a page, or remove it; `make pictures` takes those shown"
    )
    total = sum(path.stat().st_size for path in pictures)
    assert total <= MOST_PICTURE_BYTES, f"docs/guide/pictures: {total} bytes, of at most {MOST_PICTURE_BYTES}"


def test_help_links_of_templates_lead_to_a_page_and_an_anchor() -> None:
    links = [
        (path, target)
        for path in own_files(".html", ".txt")
        if path.is_relative_to(TEMPLATES) and "help" not in path.relative_to(TEMPLATES).parts
        for target in re.findall(r"[\"'](?:https?://[^/\"']+)?/help([^\"'{]*)[\"']", path.read_text(encoding="utf-8"))
    ]
    assert_none(
        (f"{place(path)}: /help{target}" for path, target in links if not is_found(target)),
        "correct the address: docs/guide/README.md lists the pages, a heading in lower case is its anchor",
    )
    assert len(links) > 5, "links to /help are not found any more: correct the pattern in this test"


def test_every_section_of_every_page_can_be_found() -> None:
    lost = [f"{one.page.file}: {one.heading}" for one in passages() if one.anchor not in anchors(one.page.address)]
    assert_none(lost, "search.py and page.py make different anchors of this heading: correct one")

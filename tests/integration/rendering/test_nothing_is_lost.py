"""Each piece of a letter's Markdown is printed in every form, or a note tells that it is not."""

import io
import re
from pathlib import Path

import docx
import pikepdf
import pytest

from letterhub.domain.letters.letter_document import LetterDocument, LetterText
from letterhub.domain.letters.note_choices import LinkStyle, NotePlacement
from letterhub.domain.letters.pictures import Picture
from letterhub.rendering.docx.file import docx_file
from letterhub.rendering.letter.html import standalone_html
from letterhub.rendering.letter.lint.markdown_lint import markup_notes
from letterhub.rendering.odt.file import odt_file
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from letterhub.rendering.text.text_export import edition_text
from tests.support.pdf_readers import text_of_pdf
from tests.support.references.dumps import odt_content
from tests.unit.intake.test_letter_file import picture

PIECES = {
    "paragraphs": "K101 *K102* **K103** ***K104*** ~~K105~~ `K106` _K107_ __K108__\nK109  \nK110\\\nK111",
    "headings": "# K121\n\n## K122\n\n###### K123\n\nK124\n====\n\nK125\n----",
    "lists": "- K131\n  - K132\n    - K133\n\n      K134\n\n1. K135\n   1) K136\n7. K137\n\n* [ ] K138\n* [x] K139",
    "indented": "    K141 indented\n    K142 below\n\n\tK143 tab",
    "pasted": "• K151\n• K152\n\n(a) K153\n(b) K154\n\n§\tK155",
    "labels": "K401\n(a) K402\n    (i) K403\n    (ii) K404\n\n    K405\n(b) K406\n\na. K407\nb. K408"
    "\n\n1. K409\n   1. K410\n\n      K411",
    "labels in notes": "K412[^n]\n\n[^n]: K413\n\n    1. K414\n    2. K415",
    "breaks": "K421\n\n\\newpage\n\nK422\n\n:::keep\nK423\n\n| K424 | K425 |\n|---|---|\n| K426 | K427 |\n:::\n\nK428",
    "quotes": "> K161\n> > K162\n>\n> - K163",
    "code": "```python\nK171\n```\n\n~~~\nK172\n~~~\n\n``K173 ` K174``",
    "tables": "| K181 | K182 |\n|:--|--:|\n| K183 | K184 | K185 | K186 |\n| K187 |\n\nK188 | K189\n--|--\nK190 | *K191*",
    "notes": "K201[^a] K202[^a]\n\n[^a]: K203 [K204](https://k205.example)\n\n    K206",
    "links": "[K211](https://K212.example) <https://K213.example> <K214@x.example> [K215][r] [r] "
    "[K216](mailto:K217@x.example)\n\n[r]: https://K218.example",
    "entities": "K221&nbsp;K222 &amp; K223 &copy; \\*K224\\* K225&#33;",
    "scripts": "x<sup>K231</sup> y<sub>K232</sub> K233<br>K234<br/>K235",
    "rules": "K241\n\n---\n\nK242\n\n***\n\nK243",
    "html": "<div class=a>K251</div>\n\nK252 <u>K253</u> <!-- K254 --> <b>K255</b>\n\n"
    "<table><tr><td colspan=2>K256</td></tr></table>",
    "others": ":::K261\nK262\n:::\n\nTerm K263\n: K264\n\n$$K265$$ ==K266== H~K267~ x^K268^ [[K269]] {#K270}",
    "unread": "[K281](javascript:K282) ![K283](K284 K285) [K286]( K287",
    "annexes": ":::annex K611 *K612*\n\nK613[^k] [K614](https://k615.example)\n\n### K616\n\n| K617 |\n|---|\n| K618 |"
    "\n\n[^k]: K619\n\n::: Annex K620\nK621\n\n- x\n\n  :::annex K622",
}
LOST = {
    "pictures": ("![K301](K302.png 'K303')", {"K302", "K303"}),
    "titles": ("[K311](https://K312.example 'K313')", {"K313"}),
    "links": ("[K321](K322.html) [K323](ftp://K324.example)", {"K322", "K324"}),
    "addresses": ("[K331]: https://K332.example\n\nK333", {"K331", "K332"}),
}
"""Pieces of which something is not printed: the Markdown, and the words that only a note may have."""
_WORDS = re.compile(r"k\d{3}", re.IGNORECASE)


def words(text: str) -> set[str]:
    return {word.upper() for word in _WORDS.findall(text)}


def word_text(document: LetterDocument) -> str:
    """Return the text of a letter's Word file, and the addresses of its links."""
    word_file = docx.Document(io.BytesIO(docx_file(document)))
    parts = [part.blob.decode() for part in word_file.part.package.iter_parts() if str(part.partname).endswith(".xml")]
    relations = [relation for part in word_file.part.package.iter_parts() for relation in part.rels.values()]
    return " ".join((*parts, *(relation.target_ref for relation in relations if relation.is_external)))


def printed(
    markdown: str, folder: Path, notes: NotePlacement = NotePlacement.FOOT, links: LinkStyle = LinkStyle.NOTES
) -> dict[str, set[str]]:
    """Return the words that each form of a letter prints."""
    document = LetterDocument(LetterText("Title", markdown, enclosures=("K600", "K601"), notes=notes, links=links))
    html = standalone_html(document).decode()
    (folder / "letter.pdf").write_bytes(render_letter_pdf(document).data)
    return {
        "ODT": words(odt_content(odt_file(document))),
        "page": words(re.sub(r"<(?!a )[^>]*>", "", html.partition("<body")[2])),
        "Word": words(word_text(document)),
        "PDF": words(text_of_pdf(folder / "letter.pdf")),
        "text": words(edition_text(document).decode()),
    }


def test_a_figure_is_in_every_form_with_its_description_caption_and_number(tmp_path: Path) -> None:
    text = LetterText(
        "Title",
        'Words\n\n![K501 *K502*](chart.png "K503 [K504](https://k505.example) K506[^1]"){width=60% numbered}\n\n'
        "![K507](chart.png) in words\n\n| K508 |\n|---|\n| ![K509](chart.png) |\n\n[^1]: K510",
        pictures=(Picture("chart.png", "image/png", picture((300, 200))),),
    )
    document = LetterDocument(text)
    html, word = standalone_html(document).decode(), docx.Document(io.BytesIO(docx_file(document)))
    (tmp_path / "letter.pdf").write_bytes(render_letter_pdf(document).data)
    odt = odt_content(odt_file(document))
    plain, paper = edition_text(document).decode(), text_of_pdf(tmp_path / "letter.pdf")
    pictured, written = {"K501", "K502", "K507", "K509"}, {"K503", "K504", "K506", "K508", "K510"}
    assert words(html) >= pictured | written
    assert words(plain) >= pictured | written | {"K505"}
    assert words(paper) >= written | {"K505"}
    assert words((word.part.blob + word.part.rels.xml).decode()) >= pictured | (written - {"K510"}) | {"K505"}
    assert words(odt) >= pictured | written | {"K505"}
    assert odt.count("<draw:image ") == 3
    assert all("Figure 1" in form for form in (re.sub("<[^>]*>", "", html), plain, paper))
    assert len(word.inline_shapes) == 3
    with pikepdf.open(tmp_path / "letter.pdf") as pdf:
        figures = [part for part in pdf.objects if isinstance(part, pikepdf.Dictionary) and part.get("/S") == "/Figure"]
        assert {str(figure.Alt) for figure in figures} == {"K501 K502", "K507", "K509"}
        captions = [kid for figure in figures for kid in figure.K if isinstance(kid, pikepdf.Dictionary)]
        assert [str(caption.S) for caption in captions] == ["/Caption"]


@pytest.mark.parametrize(
    ("notes", "links"),
    [
        (NotePlacement.FOOT, LinkStyle.NOTES),
        (NotePlacement.END, LinkStyle.NOTES),
        (NotePlacement.FOOT, LinkStyle.LIST),
    ],
)
def test_every_piece_of_a_text_is_in_every_form(tmp_path: Path, notes: NotePlacement, links: LinkStyle) -> None:
    markdown = "\n\n<!-- -->\n\n".join(PIECES.values())  # what separates lists
    expected = words(markdown) | {"K600", "K601"}
    assert len(expected) > 100
    assert {form: sorted(expected - found) for form, found in printed(markdown, tmp_path, notes, links).items()} == {
        form: [] for form in ("page", "Word", "ODT", "PDF", "text")
    }


@pytest.mark.parametrize(("markdown", "lost"), LOST.values(), ids=LOST)
def test_what_is_not_printed_is_told(tmp_path: Path, markdown: str, lost: set[str]) -> None:
    for form, found in printed(f"K999\n\n{markdown}", tmp_path).items():
        assert words(markdown) - found <= lost, form
    assert lost <= words(" ".join(map(str, markup_notes(markdown))))

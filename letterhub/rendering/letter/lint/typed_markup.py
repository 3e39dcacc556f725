"""Markup of other dialects in a letter's text, or without its other half: what is printed as it was typed.

See docs/design/letters.md.
"""

import re
from collections.abc import Iterator, Sequence

from markdown_it.rules_core import StateCore

from letterhub.domain.i18n import _
from letterhub.rendering.letter.lint.phrases import quoted

OTHER = "…"
"""Stand-in in prose for what is no plain text: code, addresses, and characters that were escaped, since they are meant."""

_HTML_TAGS = (
    "a|abbr|article|aside|b|big|blockquote|body|br|caption|center|cite|code|col|colgroup|dd|del|details|div|dl|dt|em|figcaption"
    "|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|ins|kbd|li|link|main|mark|meta|nav|object|ol|p|pre|q|s"
    "|script|section|small|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|tfoot|th|thead|title|tr|tt|u|ul|video"
)
_HTML = re.compile(rf"</?(?:{_HTML_TAGS})(?:\s[^<>]{{0,300}})?/?>|</[a-z][\w-]{{0,30}}>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--(?:(?!-->).){0,300}(?:-->)?", re.DOTALL)
_SCRIPT = re.compile(r"\w{0,20}(?:~[^~\s]{1,20}~(?!~)|\^[^\s^_]{1,20}\^)\w{0,20}")
_FORMULA = re.compile(
    r"(?<![\w$])\$(?:(?=[^$\n]{0,80}[\\^_={}])[^\s$](?:[^$\n]{0,80}[^\s$])?|[a-zA-Z])\$(?![\w$])|\$\$[^$]{1,80}\$\$"
)
_HALF = re.compile(
    r"(?<!\*)(?<!\d\*\*)\*\*(?!\*|\d)[^*\n]{0,30}|(?<!_)__(?=[^\W\d_])[^_\n]{0,30}|[^\W\d_]__(?!\w)|`[^`\n]{0,30}"
    r"|(?<=\w )[*_](?=[^\W\d_])[^*_\n]{0,30}"
)
_RUN_TOGETHER = re.compile(
    rf"^(?P<sign>[^\w\s\"'“”‘’«»„‹›(\[{{<¿¡{OTHER}])[^\n]*(?=\n(?P=sign))"
    r"|^\d{1,3} ?[.)](?!\d)[^\n]*(?=\n\d{1,3} ?[.)](?!\d))|^[^\W\d_]{1,4}\) [^\n]*(?=\n[^\W\d_]{1,4}\) )"
    r"|^[^\n|]{1,200}\|[^\n]*(?=\n[^\n|]{1,200}\|)",
    re.MULTILINE,
)
_DIALECTS = (
    r":::+[ \t]*[\w{][^\n]{0,40}|^!!! ?\w[^\n]{0,40}|^\.\. ?[\w-]{1,30}::[^\n]{0,40}",  # directives
    r"(?<![\w:]):{1,2}[a-z][\w-]{0,30}\[[^\[\]\n]{0,80}\]",
    r"\[!(?:note|tip|important|warning|caution)\]",
    r"\{(?:[.#:]|width=)[\w -]{1,40}[^{}\n]{0,40}\}",  # attributes
    r"\$\{\w{1,40}\}|\{%[^\n]{0,60}%\}|<%[^\n]{0,60}%>",  # templates
    r"\{(?:\+\+|--|~~|==|>>)[^{}\n]{0,60}\}?|==[^=\s][^=\n]{0,80}==|\+\+[^+\s][^+\n]{0,80}\+\+|~~",  # editing marks
    r"\\(?:newpage|pagebreak|clearpage|vspace|hfill|noindent)\b|\\[a-zA-Z]{2,20}\{[^{}\n]{0,60}\}?",  # TeX
    r"\[\[[^\[\]\n]{1,80}\]\]|\[toc\]|\[@[\w:.-]{1,40}",  # wikis, contents, citations
    r"!?\[[^\[\]\n]{0,200}\](?:\([^()\n]{1,300}\)| \((?:…|www\.)[^()\n]{0,80}\)|\[[^\[\]\n]{0,80}\])",  # links
    r"(?<![\w:/]):(?:[a-z][\w+-]{1,30}|[+-]1):(?![\w:])|(?<!\w)&[a-z]{2,20};",  # emoji, unknown characters
    r"^\*\[[^\]\n]{1,60}\]:[^\n]{0,40}|^:[ \t]+[^\s…][^\n]{0,40}",  # abbreviations, definitions
    r"^#{2,6}[^\W_][^\n]{0,40}|\A#[^\W\d_]\S{0,40}[ \t][^\n]{0,80}(?<![.!?,;:…])\Z",  # headings without a blank
    r"(?<![\w:/…])//[^\s/](?:[^/\n]{0,80}[^\s/])?//(?![\w/])|^={1,6} [^=\n]{1,80} ={1,6}$",  # wikis: italics, headings
    r"^(?:h[1-6]|bq)\. \S[^\n]{0,40}",  # Textile
    r"\[/(?:b|i|u|s|url|img|quote|code|list|size|colou?r|center)\]",  # BBCode
    r"^#\+\w{1,20}[:_][^\n]{0,40}|^\{\|[^\n]{0,40}|(?<!\S)\|\|[^|\s][^|\n]{0,80}\|\|(?!\S)",  # Org, tables of wikis, spoilers
    r"\bError\W (?:Reference source|Bookmark|Hyperlink)[^.\n]{0,40}|\[(?:if !|endif)[^\]\n]{0,40}\]",  # left over by Word
    r"\{ ?(?:MERGEFIELD|HYPERLINK|PAGEREF|TOC)\b[^{}\n]{0,60}\}?",
)
_OTHER_MARKUP = re.compile("|".join(_DIALECTS), re.IGNORECASE | re.MULTILINE)


def typed_markup_notes(prose: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for each kind of markup in lines of prose, as `record_prose` has them, that is printed as typed."""
    if phrases := _found(_COMMENT, prose):
        yield _("Comments are printed as typed: %(phrases)s. Please delete them.", phrases=phrases)
    if phrases := _found(_HTML, prose):
        yield _(
            "HTML is printed as it was typed: %(phrases)s. Use Markdown instead, such as *italic* or **bold**.", phrases=phrases
        )
    if phrases := _found(_SCRIPT, prose):
        yield _(
            "Raised and lowered characters are printed as typed: %(phrases)s. Write them as <sup>2</sup> or <sub>2</sub>.",
            phrases=phrases,
        )
    if phrases := _found(_FORMULA, prose):
        yield _("Formulas are printed as typed: %(phrases)s. Use plain characters, or a picture.", phrases=phrases)
    if phrases := _found(_HALF, prose):
        yield _(
            "These marks make nothing bold, italic or code, and are printed as typed: %(phrases)s. Each pair must touch its "
            "words, with a space or punctuation outside.",
            phrases=phrases,
        )
    if phrases := _found(_RUN_TOGETHER, prose):
        yield _(
            "These lines run together with the next: %(phrases)s. For a list, start each line with “- ” or “1. ”; for a table, "
            "put a line such as |---|---| below its headings.",
            phrases=phrases,
        )
    if phrases := _found(_OTHER_MARKUP, prose):
        yield _("This looks like markup, but is printed as typed: %(phrases)s.", phrases=phrases)


def _found(pattern: re.Pattern[str], prose: Sequence[str]) -> str:
    """Return the first matches in quotation marks; "" if there are none."""
    return quoted(match[0] for lines in prose for match in pattern.finditer(lines))


def record_prose(state: StateCore) -> None:
    """Record the prose of a text in its env: the lines between two hard breaks as one text, OTHER for what is no plain text."""
    prose: list[str] = state.env.setdefault("prose", [])
    for token in state.tokens:
        if token.type != "inline":
            continue
        parts = [""]
        for child in token.children or ():
            match child.type:
                case "text" | "image":
                    parts[-1] += child.content
                case "text_special" if child.content == child.markup:  # a backslash that escapes nothing
                    parts[-1] += child.content
                case "softbreak":
                    parts[-1] += "\n"
                case "hardbreak":
                    parts.append("")
                case "text_special" | "code_inline" | "raised" | "picture" | "footnote_ref":
                    parts[-1] += OTHER
        prose += parts

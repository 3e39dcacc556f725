"""Markdown that nobody expects in a letter, by what it holds; each piece of it is printed, or a note tells that it is not.

`K101` and so on are the words that are looked for. See tests/integration/rendering/test_hostile_markdown.py.
"""

import re

HOSTILE = {
    "table in list": "- K101\n\n  | K102 | K103 |\n  |---|---|\n  | K104 | K105 |\n\n  K106\n- K107",
    "table in nested list": "1. K101\n   - K102\n\n     | K103 |\n     |---|\n     | K104 |",
    "note in heading": "## K101[^1] K102\n\nK103\n\n[^1]: K104 *K105*",
    "html comment": "K101\n\n<!-- K102\n\nK103 -->\n\nK104 <!--K105--> K106",
    "link title": '[K101](https://k102.example "K103") K104',
    "reference links": (
        "[K101][a] [K102][] [K103] [K104][none]\n\n[a]: https://k105.example 'K106'\n[K102]: <https://k107.example>\n"
        "[k103]: https://k108.example\n[unused]: https://k109.example"
    ),
    "breaks in table": "| K101 | K102 |\n|---|---|\n| K103<br>K104 | K105<br/>K106<BR>K107 |\n| K108\\\\ | K109 |",
    "entities": (
        "K101&#x4b;102 K103&nbsp;K104 &foo; K105&zwj;K106 &#0; K107&lt;K108&gt; &AMP K109 &CounterClockwiseContourIntegral;"
    ),
    "autolinks": (
        "<https://k101.example/a_(b)?q=K102&amp;r=K103> https://k104.example/K105, (www.k106.example) "
        "<K107@k108.example> <ftp://k109.example/K110> <tel:+1K111>"
    ),
    "emoji": "K101 👩\u200d👩\u200d👧\u200d👦 K102 🇺🇳 K103 1️⃣ K104 :smile: K105 👍🏽 ❤️",
    "right to left": (
        "K101 العربية K102 (12) עברית K103\n\nنكتب K104 «K105» إليكم، ١٢٣ K106[^r]\n\n[^r]: حاشية K107 (ab) K108"
    ),
    "empty heading": "##\n\nK101\n\n# \n\nK102\n\n###### ######\n\nK103",
    "image in link": '[![K101](k102.png)](https://k103.example) K104 [![K105](https://k106.example/p.png "K107")](K108)',
    "definition list": "K101\n: K102\n\n: K103\n\nK104\n:   K105\n\n    K106",
    "math": (
        "K101 $a_{K102} * b * c$ K103 \\(K104\\) \\[K105\\] \n\n$$\n\\frac{K106}{K107}\n$$\n\n\\begin{equation}\nK108\n"
        "\\end{equation}"
    ),
    "front matter inside": "K101\n\n---\ntitle: K102\nlayout: K103\n---\n\nK104",
    "setext of lines": "K101\nK102\n===\n\nK103\nK104\n---\n\nK105",
    "undefined note": "K101[^none] K102",
    "inline note": "K101^[K102 *K103* [K104](https://k105.example)] K106",
    "note in note": "K101[^a]\n\n[^a]: K102[^b]\n\n[^b]: K103[^a]",
    "note in table": "| K101[^a] | K102 |\n|---|---|\n| K103 | K104[^b] |\n\n[^a]: K105\n[^b]: K106",
    "note with blocks": (
        "K101[^a]\n\n[^a]: K102\n\n    > K103\n\n    - K104\n      - K105\n\n    ```\n    K106\n    ```\n\n    | K107 "
        "| K108 |\n    |---|---|\n    | K109 | K110 |\n\n    ## K111\n\n    ---"
    ),
    "note with figure": 'K101[^a]\n\n[^a]: K102\n\n    ![K103](chart.png "K104")\n\n    K105 ![K106](chart.png)',
    "code in link": "[`K101`](https://k102.example) `[K103](https://k104.example)` ``K105`K106``",
    "code in table": "| `K101 \\| K102` | K103 |\n|---|---|\n| \\| K104 | `K105` |",
    "code in list": "- K101\n\n      K102\n\n  ```\n  K103\n\n  K104\n  ```\n- K105",
    "fence with words": '```python title="K101" K102\nK103\n```\n\n~~~K104\nK105\n~~~',
    "fence in quote": "> ```\n> K101\n> ```\n> K102\n\n> 1. K103\n>\n>    ```\n>    K104\n>    ```",
    "html blocks": (
        "<details open title='K101'>\n<summary>K102</summary>\n\nK103\n\n</details>\n\n<script>K104</script>\n\n"
        "<style>\n.K105 {}\n</style>\n\n<iframe src='https://k106.example'></iframe>"
    ),
    "html inline": (
        "K101 <a href=\"https://k102.example\">K103</a> <img src='K104.png' alt='K105'> <span "
        "style='K106'>K107</span> <kbd>K108</kbd> <font color=K109>K110</font>"
    ),
    "long superscript": (
        "x<sup>K101 long long long long long long long long long long long long K102</sup> y<sup>**K103** "
        "[K104](https://k105.example)</sup> z<sub><b>K106</b></sub> <sup>K107\nK108</sup>"
    ),
    "header only": "| K101 | K102 |\n|---|---|\n\nK103",
    "table in quote": "> | K101 | K102 |\n> |---|---|\n> | K103 | K104 |\n>\n> K105",
    "grid table": (
        "+-----+-----+\n| K101 | K102 |\n+=====+=====+\n| K103 | K104 |\n+-----+-----+\n\n  K105     K106\n  ----     "
        "----\n  K107     K108\n"
    ),
    "ragged table": "K101 | K102\n--- | ---\nK103\nK104 | K105 | K106 | K107\n| | |\n",
    "table caption": "Table: K101\n\n| K102 |\n|--|\n| K103 |\n\nTable: K104",
    "heading attributes": (
        "## K101 {#k102 .K103}\n\n### K104 ###\n\n# K105 [K106](https://k107.example) `K108` **K109** {K110}"
    ),
    "empty links": "[](https://k101.example) K102 []() [ ](https://k103.example) [K104]() [K105](<>)",
    "odd targets": (
        "[K101](<https://k102.example/a b>) [K103](https://k104.example/a b) [K105](#k106) [K107](data:text/html,K108) "
        "[K109](//k110.example) [K111](/K112)"
    ),
    "html in link": "[K101 <b>K102</b>](https://k103.example) [K104 [K105](https://k106.example)](https://k107.example)",
    "rules": "* * *\n\nK101\n- - -\nK102\n\n___\n\nK103\n\n- K104\n\n  ---\n\n  K105",
    "list numbers": (
        "0. K101\n1. K102\n\n<!-- -->\n\n999999999. K103\n5. K104\n\n<!-- -->\n\n1234567890. K105\n\n-1. K106\n\n1986\\. K107"
    ),
    "tasks": "- [ ] K101\n  - [X] K102\n    - [-] K103\n- [x]K104\n1. [ ] K105\n\n[ ] K106",
    "deep list": (
        "  - K101\n    - K102\n      - K103\n        - K104\n          - K105\n            - K106\n              - "
        "K107\n                - K108"
    ),
    "deep quotes": (
        "> K101\n>\n> > K102\n>\n> > > K103\n>\n> > > > K104\n>\n> > > > > K105\n>\n> > > > > > K106\n>\n> > > > > > > "
        "K107\n>\n> > > > > > > > K108"
    ),
    "odd spaces": (
        "K101\xa0K102\u2003K103\u200bK104\xadK105\u2060K106\ufeffK107\tK108\u2028K109\u2029K110\x0bK111\x0cK112\x00K113\x85K114\rK115"
    ),
    "escapes": "\\*K101\\* \\# K102 \\[K103\\] \\`K104\\` \\K105 \\\\K106 \\<b\\>K107 K108\\",
    "page breaks": "K101 \\newpage K102\n\n> \\newpage\n>\n> K103\n\n- K104\n\n  \\pagebreak\n\n  K105",
    "unknown directives": (
        '::: warning K101\nK102\n:::\n\n:::: {.K103}\nK104\n::::\n\n.. note:: K105\n\n!!! tip "K106"\n    K107\n\n{% '
        "include K108 %}\n\n[[K109|K110]] ![[K111]]"
    ),
    "abbreviations": "*[K101]: K102\n\nK103 K101",
    "other inline marks": (
        "H~K101~ x^K102^ ==K103== ++K104++ {++K105++} {--K106--} {>>K107<<} ~K108~ @K109 #K110 [@K111; @K112, p. 3]"
    ),
    "heading in list": "- # K101\n- ## K102\n\n  K103\n\n> ### K104\n> K105",
    "reference pictures": (
        "![K101][p] ![K102][] ![p]\n\n[p]: k103.png 'K104'\n\n![K105](chart.png)\n\n> ![K106](chart.png \"K107\")\n\n- "
        '![K108](chart.png "K109"){width=20% numbered}'
    ),
    "figure odd options": (
        "![K101](chart.png \"K102\"){width=500% height=K103 .K104}\n\n![](chart.png)\n\n![K105](chart.png 'K106')K107"
    ),
    "placeholders": "{{K101}} {{count}} {{ K102 }} ${K103} <<K104>> [INSERT K105] XX/XX/K106",
    "mailto": "[K101](mailto:k102@x.example?subject=K103&body=K104) <mailto:K105@x.example>",
    "tracking": "[K101](https://k102.example/?utm_source=K103&a=K104)",
    "marks over paragraphs": "**K101\n\nK102** *K103\n\n- K104* `K105\n\nK106`",
    "many stars": "****K101**** _____K102_____ **K103*K104**K105* ~~~K106~~ ~~ K107 ~~ ***\n\n****\n\n__ K108 __",
    "alerts": "> [!NOTE]\n> K101\n\n> [!WARNING] K102\n>K103\nK104",
    "list in cell": "| K101 | K102 |\n|---|---|\n| - K103<br>- K104 | 1. K105<br>2. K106 |",
    "notes by superscript": "K101<sup>1</sup> K102<sup>2</sup>\n\n1. K103\n2. K104 [K105](https://k106.example)",
    "empty annex": "K101\n\n:::annex\nK102\n\n> :::annex K103\n> K104",
    "references in blocks": "> [K101]: https://k102.example\n> K103\n\n- [k104]: https://k105.example\n- K106 [K104]",
    "line blocks": "| K101\n|   K102\n| K103\n\n    K104\n      K105",
    "footnote of many paragraphs": "K101[^a] K102\n\n[^a]: K103\n\n    K104\n\n    K105[^b]\n\n[^b]:\n    K106",
    "numbered paragraphs": (
        "1. K101\n\n2. K102\n\n   K103\n\n      K104\n\n3) K105\n\n(1) K106\n\n(2) K107\n\ni. K108\nii. K109"
    ),
    "poem": "K101  \nK102  \n  K103  \n\nK104\\\n\\\nK105",
    "latex": "\\textbf{K101} \\cite{K102} \\footnote{K103} ---K104--- ``K105'' % K106",
    "inline html breaks": "K101<br>\n<br/><br />K102 <hr> K103 <p>K104</p> <wbr>K105",
    "processing": "<?php K101 ?>\n\n<![CDATA[K102]]>\n\n<!DOCTYPE K103>\n\nK104",
    "note labels": "K101[^a b] K102[^*] K103[^1.]\n\n[^a b]: K105\n[^*]: K106\n[^1.]: K107",
    "ruby": "<ruby>K101<rt>K102</rt></ruby> ｛K103｜K104｝ [K105]{.underline}",
    "raw url text": "K101 https://k102.example/K103_K104_K105 K106_K107_K108 file:///K109 C:\\K110\\K111",
    "keep left open": ":::keep\nK101\n\n:::keep\nK102\n\n## K103\n\n- K104",
    "open fence": "K101\n\n```\nK102\n\n# K103",
}
"""Pieces by name. The last two leave open what they begin, so they stand at the end."""

WIDE_TABLE = "\n".join(("|" + " Springfield |" * 30, "|" + "---|" * 30, "|" + " 1,234,567 |" * 30))
LONG_WORDS = f"K101{'x' * 400} K102{'ü-' * 200} https://k103.example/{'a' * 300}/K104"


def numbered(number: int, piece: str) -> str:
    """Return a piece with words and labels of its own, so that pieces may stand in one text: K101 is K07101 in the 7th."""
    piece = re.sub(r"\[\^([^\]\n]+)\]", rf"[^\1-{number}]", piece)
    piece = re.sub(r"(?<=\[)([apr])(?=\])", rf"\g<1>{number}", piece)
    return re.sub(r"([Kk])(\d{3})", rf"\g<1>{number:02}\2", piece)


def hostile_text() -> str:
    """Return all pieces as one text."""
    pieces = [numbered(number, piece) for number, piece in enumerate((LONG_WORDS, *HOSTILE.values()), 1)]
    return "\n\n<!-- -->\n\n".join(pieces)

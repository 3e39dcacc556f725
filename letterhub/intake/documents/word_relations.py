"""Relations between the parts of a Word file: which part is the text, which its notes, its heads and feet.

Word follows them, whatever a part is called. See docs/design/editions.md.
"""

import re
from collections import Counter
from collections.abc import Mapping

from letterhub.intake.documents.docx_parts import parse_part

_MAIN = "officeDocument"
_MAIN_TARGET = re.compile(r"/?word/document\.xml")
_NUMBERED_PARTS = "styles|stylesWithEffects|numbering|settings|webSettings|fontTable|footnotes|endnotes|header|footer|people"
_USUAL = re.compile(
    rf"(?P<kind>{_NUMBERED_PARTS}) (?:/?word/)?(?P=kind)\d*\.xml|theme (?:/?word/)?theme/theme\d*\.xml"
    r"|image (?:/?word/)?media/[^/\\]+|customXml (?:\.\./|/)customXml/[^/\\]+|customXmlProps [^/\\]+"
    r"|glossaryDocument (?:/?word/)?glossary/document\.xml|(?:core|extended|custom)-properties /?docProps/[^/\\]+"
    r"|thumbnail /?docProps/[^/\\]+|attachedTemplate .*",
    re.DOTALL,
)


def count_relations(parts: Mapping[str, bytes], unusual: Counter[str]) -> None:
    """Count relations by which Word shows another part than the one whose words are read, or something from elsewhere.

    Raises FileRefused for XML that is broken or declares entities.
    """
    unusual["parts"] += len({*map(str.casefold, parts)}) < len(parts) or any("\\" in name for name in parts)
    main_parts = 0
    for name in (name for name in parts if name.endswith(".rels") and not name.startswith("word/glossary/")):
        for relation in parse_part(parts[name], "").iter("{*}Relationship"):
            kind, target = (relation.get("Type") or "").rpartition("/")[2], relation.get("Target") or ""
            is_external = relation.get("TargetMode") == "External"
            if kind == _MAIN and name == "_rels/.rels" and _MAIN_TARGET.fullmatch(target) and not is_external:
                main_parts += 1
            elif kind != "hyperlink":
                is_usual = _USUAL.fullmatch(f"{kind} {target}") and (not is_external or kind == "attachedTemplate")
                unusual[f"relation {kind[:40]}"] += not is_usual
    unusual["main part"] += main_parts != 1

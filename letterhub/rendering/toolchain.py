"""Version hash of the rendering toolchain: under the same one, the same document gives the same bytes.

See docs/design/editions.md.
"""

import hashlib
import platform
import zlib
from functools import cache
from importlib.metadata import version

from letterhub.paths import CODE, ROOT

HASHED_LIBRARIES = (
    "weasyprint",
    "pydyf",
    "fonttools",
    "markdown-it-py",
    "jinja2",
    "babel",
    "python-docx",
    "lxml",
    "xlsxwriter",
    "uharfbuzz",
    "brotli",
    "zlib-ng",
)
HASHED_FOLDERS = (
    (CODE, "letterhub/rendering", "*.py"),
    (CODE, "letterhub/domain", "*.py"),
    (ROOT, "templates/export", "*"),
    (ROOT, "templates/parts", "*"),
    (ROOT, "static/css", "*.css"),
    (ROOT, "static/fonts/print", "*"),
)


@cache
def toolchain_hash() -> str:
    """Return sixteen characters that change with our own code, sheets and fonts, with the libraries, and with Python."""
    digest = hashlib.sha256(f"{platform.python_version()} {zlib.ZLIB_RUNTIME_VERSION}".encode())
    for library in HASHED_LIBRARIES:
        digest.update(f"\n{library} {version(library)}".encode())
    for root, folder, pattern in HASHED_FOLDERS:
        for path in sorted(path for path in (root / folder).rglob(pattern) if path.is_file()):
            digest.update(f"\n{path.relative_to(root)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]

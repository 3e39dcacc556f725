"""Folders of the program: its code, and its templates, styles, migrations, documents and sample data."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CODE = PACKAGE.parent
"""Folder that Python imports the package from."""

IS_INSTALLED = (PACKAGE / "templates").is_dir()
"""True in the package of a wheel, which has inside it what a checkout has beside it."""

ROOT = PACKAGE if IS_INSTALLED else CODE
"""Folder of `templates`, `static`, `migrations`, `docs` and `demo`."""

TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
DOCUMENTS = ROOT / "docs"

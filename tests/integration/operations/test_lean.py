"""Heavy libraries are imported lazily: a web process or a worker loads them on first use."""

import subprocess
import sys
from pathlib import Path

import pytest

from letterhub.paths import ROOT

FOR_FEW = set(
    "alembic cobble docx flask_migrate fontTools lxml mammoth opentelemetry.exporter pikepdf prosemirror psycopg pypdfium2"
    " pygments sentry_sdk weasyprint xlsxwriter".split()
)


@pytest.mark.parametrize("begins", ["letterhub.wsgi", "letterhub.cli.worker"])
def test_what_few_need_is_not_loaded_at_the_start(begins: str, tmp_path: Path) -> None:
    program = f"import sys, {begins}; print(*sorted({FOR_FEW!r} & set(sys.modules)))"
    environment = {"LETTERHUB_DEMO": "1", "LETTERHUB_DATA_DIR": str(tmp_path)}
    output = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, env=environment, text=True)
    assert output.split() == []

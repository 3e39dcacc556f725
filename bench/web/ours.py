"""Letterhub as `letterhub serve` runs it, on the database of a benchmark."""

import gc
import os
from pathlib import Path

from letterhub.app import create_app
from letterhub.config import Settings

SECRET = "a key of measurements, where nothing is worth keeping"


def settings(database_url: str, folder: str, page_cache_seconds: float = 1.0) -> Settings:
    """Return the settings of a site under measurement; no DNS lookups of made-up addresses."""
    return Settings(
        database_url=database_url, secret_key=SECRET, public_url="http://127.0.0.1", mail_server=None,
        mail_from="Letters <letters@letters.example>", data_dir=Path(folder), check_mail_domains=False,
        page_cache_seconds=page_cache_seconds, two_factor=False, trusted_proxies=1,
    )  # fmt: skip


if "BENCH_DATABASE" in os.environ:
    app = create_app(
        settings(os.environ["BENCH_DATABASE"], os.environ["BENCH_FOLDER"], float(os.environ.get("BENCH_CACHE_SECONDS", "1")))
    )
    gc.collect()
    gc.freeze()  # as in wsgi.py

"""Skips for what is missing: programs fail under CI, and the shared folder is skipped aloud wherever it is not there."""

from pathlib import Path

import pytest

from tests.support import missing


@pytest.fixture(params=[False, True], ids=["here", "under CI"])
def strict(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(missing, "STRICT", request.param)
    return bool(request.param)


def test_a_missing_program_is_skipped_aloud_and_fails_under_ci(strict: bool) -> None:
    expected = pytest.fail.Exception if strict else pytest.skip.Exception
    with pytest.raises(expected, match="nginx is not installed"):
        missing.skip_missing("nginx is not installed.")


def test_a_clone_without_the_shared_folder_says_so_under_ci_too(
    strict: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missing, "SHARED", tmp_path / "shared")
    with pytest.raises(pytest.skip.Exception, match=r"NOT RUN: \.\./shared"):
        missing.require_shared(tmp_path / "shared" / "letters")
    assert missing.shared_files("letters/*/*.md") == [tmp_path / "shared" / "letters" / "any" / "any.md"]


def test_a_shared_folder_without_a_file_fails_under_ci(strict: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missing, "SHARED", tmp_path)
    (tmp_path / "letters").mkdir()
    missing.require_shared(tmp_path / "letters")
    with pytest.raises(pytest.fail.Exception if strict else pytest.skip.Exception, match="without csv"):
        missing.require_shared(tmp_path / "csv")

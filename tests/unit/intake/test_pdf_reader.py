"""A PDF of a stranger is read by a process with limits, which holds no secret and writes nothing."""

import os
import subprocess
from collections.abc import Callable
from time import process_time

import pytest

from letterhub.domain.editions.file_comparison import FileText, UnreadableFile
from letterhub.intake.pdf import workers
from letterhub.intake.pdf.reader import is_pdf, read_pdf
from letterhub.intake.pdf.workers import WorkerLimits
from tests.support.files.tampered_pdfs import edited, listed_at_both_ends, listed_twice, pdf_of, text_instructions

LONG = WorkerLimits(10, 60)
MANY_WORDS = b" ".join(text_instructions(f"word {number}", y=number % 700) for number in range(20_000))


def test_the_words_of_each_page_are_read() -> None:
    content = read_pdf(pdf_of(text_instructions("Clean rivers"), text_instructions("for everyone")))
    assert content.pages == ("Clean rivers", "for everyone")
    assert (len(set(content.drawings)), content.attachments, content.edition_id, content.is_damaged) == (2, {}, "", False)


def test_the_same_drawing_has_the_same_hash_however_it_is_packed() -> None:
    pdf = pdf_of(text_instructions("Clean rivers"), b"")
    assert read_pdf(edited(pdf, compress_streams=False)).drawings == read_pdf(edited(pdf, linearize=True)).drawings
    parts = edited(pdf, lambda opened: opened.pages[0].contents_add(b"0 g", prepend=False))
    assert [a == b for a, b in zip(read_pdf(pdf).drawings, read_pdf(parts).drawings, strict=True)] == [False, True]


def test_a_file_with_something_before_it_may_be_read_differently() -> None:
    pdf = pdf_of(text_instructions("Clean rivers"))
    assert is_pdf(b"<html>" + pdf)
    assert read_pdf(b"<html>" + pdf).is_damaged


@pytest.mark.parametrize("changed", [listed_twice, listed_at_both_ends])
def test_a_file_of_which_programs_find_different_objects_is_told(changed: Callable[[bytes], bytes]) -> None:
    pdf = pdf_of(text_instructions("Clean rivers"))
    found = read_pdf(changed(pdf))
    assert (found.pages, found.is_damaged) == (("Clean rivers",), True)
    assert not read_pdf(edited(pdf, linearize=True)).is_damaged


@pytest.mark.shows("S32")
@pytest.mark.parametrize("limits", [WorkerLimits(0.1, 20), WorkerLimits(5, 0.1), WorkerLimits(5, 20, 16 * 2**20)])
def test_a_file_that_takes_too_much_is_given_up(limits: WorkerLimits) -> None:
    before = os.times()
    with pytest.raises(UnreadableFile, match="time or memory"):
        read_pdf(pdf_of(*[MANY_WORDS] * 20), limits)
    after = os.times()
    assert after.children_user + after.children_system - before.children_user - before.children_system < 1


def test_more_than_a_worker_may_say_is_not_taken_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "MAX_OUTPUT_BYTES", 100)
    with pytest.raises(UnreadableFile, match="more time or memory"):
        read_pdf(pdf_of(MANY_WORDS), LONG)


@pytest.mark.parametrize("data", [b"", b"%PDF-", b"%PDF-1.7\n" + b"[" * 100_000, b"%PDF-1.7\n1 0 obj\n" + b"<<" * 100_000])
def test_what_is_no_whole_pdf_is_damaged(data: bytes) -> None:
    started = process_time()
    with pytest.raises(UnreadableFile):
        read_pdf(data)
    assert process_time() - started < 1


def test_a_worker_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    popen = subprocess.Popen

    def remember(*arguments: object, env: dict[str, str], **named: object) -> object:
        seen.append(env)
        return popen(*arguments, env=env, **named)  # type: ignore[call-overload]

    monkeypatch.setenv("LETTERHUB_SECRET_KEY", "secret")
    monkeypatch.setattr(subprocess, "Popen", remember)
    assert isinstance(read_pdf(pdf_of(b"")), FileText)
    assert "secret" not in str(seen)

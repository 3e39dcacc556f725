"""The title of a Word draft: what it calls so, its heading, its subject, or the name of its file."""

from collections.abc import Callable

import pytest
from docx.document import Document as Draft

from tests.support.files.word_documents import write_docx
from tests.unit.intake.test_word_draft import read


@pytest.mark.parametrize(
    ("say", "title", "text"),
    [
        (lambda draft: draft.add_heading("Rivers", 1), "Rivers", "a"),
        (lambda draft: (draft.add_paragraph("To all"), draft.add_heading("Rivers", 2)), "Rivers", "To all\n\n## Rivers\n\na"),
        (lambda draft: (draft.add_heading("Clean", 0), draft.add_heading("rivers", 0)), "Clean rivers", "a"),
        (lambda draft: draft.add_paragraph("To all"), "draft", "To all\n\na"),
        (
            lambda draft: (draft.add_heading("Clean", 0), draft.add_paragraph("To all"), draft.add_heading("Sign", 0)),
            "Clean",
            "To all\n\n## Sign\n\na",
        ),
        (lambda draft: (draft.add_paragraph("To all"), draft.add_heading("Rivers", 0)), "Rivers", "To all\n\n## Rivers\n\na"),
        (
            lambda draft: (draft.add_paragraph("To all"), draft.add_heading("Rivers", 2), draft.add_heading("Lakes", 2)),
            "draft",
            "To all\n\n## Rivers\n\n## Lakes\n\na",
        ),
        (
            lambda draft: (draft.add_paragraph("To all"), draft.add_heading("Rivers", 1), draft.add_heading("Lakes", 2)),
            "Rivers",
            "To all\n\n## Rivers\n\n### Lakes\n\na",
        ),
        (
            lambda draft: (draft.add_paragraph("Re: Our rivers"), draft.add_paragraph("Dear Mayor:")),
            "Our rivers",
            "Re: Our rivers\n\nDear Mayor:\n\na",
        ),
        (lambda draft: draft.add_heading("long " * 100, 0), "draft", f"# {'long ' * 100}".strip() + "\n\na"),
    ],
    ids=["heading", "heading below", "two lines", "none", "apart", "below", "parts", "with a part", "subject", "too long"],
)
def test_its_title_is_what_it_calls_so_or_its_first_heading(say: Callable[[Draft], object], title: str, text: str) -> None:
    found, body, notes = read(write_docx(say, lambda draft: draft.add_paragraph("a")))
    assert (found, body.replace("## long", "# long")) == (title, text)
    assert ("We found no title" in notes) == (title in ("draft", "Our rivers"))

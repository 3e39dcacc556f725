"""Benchmark of rendering a letter, by number of signatories: `make bench`."""

import datetime as dt
import time
from collections.abc import Callable

from letterhub.domain.letters.letter_document import Addressee, LetterDocument, LetterText, Signatory
from letterhub.domain.letters.signatory_order import build_document
from letterhub.rendering.letter.html import standalone_html
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from letterhub.rendering.tables.csv_export import csv_table

SIZES = (10, 250, 1000, 2500)
KINDS = ("Alliance", "Coalition", "League", "Network", "Union", "Trust", "Council", "Society")


def letter_with(names: int) -> LetterDocument:
    """Return a letter of one page, with so many invented signatories."""
    text = LetterText(
        title="Clean rivers for everyone",
        body="We, the {{count}} undersigned, ask you to protect our rivers.\n\n" + "Rivers are where we come from.\n\n" * 8,
        date=dt.date(2022, 1, 7),
        addressees=(Addressee("The President", ("The White House", "Washington, DC 20500")),),
        salutation="Dear President Example:",
        closing="Respectfully,",
    )
    return build_document(text, [signatory(number) for number in range(names)])


def signatory(number: int) -> Signatory:
    """Return the invented signatory of a number, with a name of ordinary length."""
    kind = KINDS[number % len(KINDS)]
    return Signatory(f"Example {kind} of River Town {number}", f"Nia Example {number}", "Executive Director", "Springfield, IL")


def best_time(work: Callable[[LetterDocument], object], document: LetterDocument) -> str:
    """Return the time of the work in seconds, the better of two."""
    took = []
    for _ in range(2):
        start = time.perf_counter()
        work(document)
        took.append(time.perf_counter() - start)
    return f"{min(took):9.2f}"


def main() -> None:
    """Print a row for each size."""
    print("signatories     HTML       PDF       CSV   (seconds, better of two)")
    for size in SIZES:
        document = letter_with(size)
        print(
            f"{size:11}", *(best_time(work, document) for work in (standalone_html, render_letter_pdf, csv_table)), flush=True
        )


if __name__ == "__main__":
    main()

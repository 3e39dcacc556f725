"""Letters as Word files, as lawyers, assistants and LibreOffice write them, with the parts that a person sees in them."""

from collections.abc import Callable
from dataclasses import dataclass

from docx import Document
from docx.document import Document as Draft
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.shared import Inches

from letterhub.intake.letters.found_lines import PartKind as P
from tests.support.files.word_documents import WORD_NAMESPACE, docx_bytes

PROSE = "We write on behalf of the communities along the river, who ask you to keep its path open in every season of the year."
NAMESPACES = (
    f'{WORD_NAMESPACE} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml"'
)


@dataclass(frozen=True, slots=True)
class WordLetter:
    """Word file of a letter, and its lines with their parts as a person sees them."""

    data: bytes
    parts: tuple[tuple[P, str], ...]


def lines(draft: Draft, *texts: str) -> None:
    """Add a paragraph for each line; "" is an empty one."""
    for text in texts:
        draft.add_paragraph(text)


def broken(draft: Draft, *texts: str) -> None:
    """Add one paragraph with a break between two lines."""
    run = draft.add_paragraph().add_run(texts[0])
    for text in texts[1:]:
        run.add_break(WD_BREAK.LINE)
        run.add_text(text)


def lawyer() -> WordLetter:
    """Letterhead in the head, a line for each line, empty lines between addresses, two tabbed signature blocks, numbered
    headings, a block quotation."""
    draft = Document()
    head = draft.sections[0].header.paragraphs[0]
    head.text = "Example & Partners\t1 Court Street"
    lines(
        draft, "March 3, 2027", "", "VIA EMAIL AND U.S. MAIL", "", "Alex Example", "River Board", "Exampleville, MD 20999", ""
    )
    lines(draft, "Bo Example", "Path Commission", "Exampleville, MD 20998", "", "Re:\tThe river path", "")
    lines(draft, "Dear Commissioners:", "")
    draft.add_heading("1. What the law says", 1)
    draft.add_paragraph(f"\t{PROSE}")
    quote = draft.add_paragraph(f"The path “{PROSE}” shall be kept.")
    quote.paragraph_format.left_indent = quote.paragraph_format.right_indent = Inches(0.5)
    lines(
        draft, "Respectfully submitted,", "", "Alex One\t\t\tBo Two", "President\t\t\tChair", "River Friends\t\tPath Alliance"
    )
    lines(draft, "", "cc:\tThe Council", "\tThe Library", "", "Enclosures (2)")
    return WordLetter(docx_bytes(draft), (
        (P.LETTERHEAD, "Example & Partners"), (P.LETTERHEAD, "1 Court Street"), (P.DATE, "March 3, 2027"),
        (P.VIA, "VIA EMAIL AND U.S. MAIL"), (P.ADDRESSEE, "Alex Example"), (P.ADDRESS, "River Board"),
        (P.ADDRESS, "Exampleville, MD 20999"), (P.ADDRESSEE, "Bo Example"), (P.ADDRESS, "Path Commission"),
        (P.ADDRESS, "Exampleville, MD 20998"), (P.RE, "The river path"), (P.SALUTATION, "Dear Commissioners:"),
        (P.CLOSING, "Respectfully submitted,"), (P.NAME, "River Friends; Alex One; President"),
        (P.NAME, "Path Alliance; Bo Two; Chair"), (P.CC, "The Council"), (P.CC, "The Library"),
        (P.ENCLOSURE, "Enclosures (2)"),
    ))  # fmt: skip


def assistant() -> WordLetter:
    """Addresses in two columns of a table, breaks within paragraphs, a table of names, tracked changes and a comment."""
    draft = Document()
    lines(draft, "Friends of the River", "April 5, 2027")
    table = draft.add_table(1, 2)
    table.cell(0, 0).text = "The Mayor\nCity Hall\nExampleville, MD 20999"
    table.cell(0, 1).text = "The Clerk\nCity Hall\nExampleville, MD 20999"
    lines(draft, "Subject: Snow on the path", "Dear Mayor and Clerk,", PROSE)
    paragraph = draft.add_paragraph("Plow it ")
    draft.add_comment(paragraph.runs, "Really?", "Ada")
    paragraph._p.append(
        parse_xml(f'<w:ins {WORD_NAMESPACE} w:id="1" w:author="A"><w:r><w:t>after each snowfall.</w:t></w:r></w:ins>')
    )
    lines(draft, "Sincerely,")
    names = draft.add_table(3, 3)
    for row, cells in enumerate((("River Friends", "Ada Example", "Director"), ("Path Club", "Ben Example", "Chair"),
                                 ("Quiet Harbor", "Cleo Example", "President"))):  # fmt: skip
        for column, cell in enumerate(cells):
            names.cell(row, column).text = cell
    return WordLetter(docx_bytes(draft), (
        (P.LETTERHEAD, "Friends of the River"), (P.DATE, "April 5, 2027"), (P.ADDRESSEE, "The Mayor"), (P.ADDRESS, "City Hall"),
        (P.ADDRESS, "Exampleville, MD 20999"), (P.ADDRESSEE, "The Clerk"), (P.ADDRESS, "City Hall"),
        (P.ADDRESS, "Exampleville, MD 20999"), (P.RE, "Snow on the path"), (P.SALUTATION, "Dear Mayor and Clerk,"),
        (P.CLOSING, "Sincerely,"), (P.NAME, "River Friends"), (P.NAME, "Path Club"), (P.NAME, "Quiet Harbor"),
    ))  # fmt: skip


def spanish() -> WordLetter:
    """Place before the date, labels and closing in Spanish."""
    draft = Document()
    lines(draft, "Villa Ejemplo, 3 de marzo de 2027")
    broken(draft, "Sra. Alcaldesa de Villa Ejemplo", "Calle Mayor 1")
    lines(draft, "Asunto: El camino del río", "Estimada señora alcaldesa:", PROSE, "Atentamente,")
    broken(draft, "Ana Ejemplo", "Directora", "Amigos del Río")
    lines(draft, "Anexos: Un mapa")
    return WordLetter(docx_bytes(draft), (
        (P.DATE, "Villa Ejemplo, 3 de marzo de 2027"), (P.ADDRESSEE, "Sra. Alcaldesa de Villa Ejemplo"),
        (P.ADDRESS, "Calle Mayor 1"), (P.RE, "El camino del río"), (P.SALUTATION, "Estimada señora alcaldesa:"),
        (P.CLOSING, "Atentamente,"), (P.NAME, "Amigos del Río; Ana Ejemplo; Directora"), (P.ENCLOSURE, "Un mapa"),
    ))  # fmt: skip


def german() -> WordLetter:
    """Sender and addressee above the date, a bold subject without a label, a closing without a comma, an annex."""
    draft = Document()
    broken(draft, "Freunde des Flusses e. V.", "Uferweg 1", "12345 Beispielstadt")
    broken(draft, "Stadtverwaltung Beispielstadt", "Rathausplatz 1", "12345 Beispielstadt")
    lines(draft, "Beispielstadt, den 3. März 2027")
    draft.add_paragraph().add_run("Offener Uferweg").bold = True
    lines(
        draft,
        "Sehr geehrte Damen und Herren,",
        PROSE,
        "Mit freundlichen Grüßen",
        "Erika Beispiel, Vorsitzende",
        "Anlagen: Karte",
    )
    draft.add_heading("Anlage 1", 1)
    lines(draft, "Die Karte des Weges.")
    return WordLetter(docx_bytes(draft), (
        (P.LETTERHEAD, "Freunde des Flusses e. V."), (P.LETTERHEAD, "Uferweg 1"), (P.LETTERHEAD, "12345 Beispielstadt"),
        (P.ADDRESSEE, "Stadtverwaltung Beispielstadt"), (P.ADDRESS, "Rathausplatz 1"), (P.ADDRESS, "12345 Beispielstadt"),
        (P.DATE, "Beispielstadt, den 3. März 2027"), (P.RE, "Offener Uferweg"),
        (P.SALUTATION, "Sehr geehrte Damen und Herren,"),
        (P.CLOSING, "Mit freundlichen Grüßen"), (P.NAME, "; Erika Beispiel; Vorsitzende"), (P.ENCLOSURE, "Karte"),
    ))  # fmt: skip


def arabic() -> WordLetter:
    """Right to left, with labels in Arabic, capitals by formatting, and a French closing's length."""
    draft = Document()
    lines(draft, "3 مارس 2027", "إلى: رئيسة البلدية", "الموضوع: مسار النهر", "السيدة رئيسة البلدية المحترمة،",
          "نكتب إليكم باسم المجتمعات التي تعيش على ضفاف النهر ونطلب منكم إبقاء المسار مفتوحا في جميع فصول السنة من أجل الجميع.",
          "مع فائق الاحترام،", "نسخة إلى: المجلس")  # fmt: skip
    return WordLetter(docx_bytes(draft), (
        (P.DATE, "3 مارس 2027"), (P.ADDRESSEE, "رئيسة البلدية"), (P.RE, "مسار النهر"),
        (P.SALUTATION, "السيدة رئيسة البلدية المحترمة،"), (P.CLOSING, "مع فائق الاحترام،"), (P.CC, "المجلس"),
    ))  # fmt: skip


def libreoffice() -> WordLetter:
    """French, as LibreOffice writes a text box: twice, with the address in it; a whole sentence closes."""
    draft = Document()
    box = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in ("Madame la Maire", "Hôtel de ville"))
    shape = f"<w:txbxContent>{box}</w:txbxContent>"
    anchor = draft.add_paragraph("Villexemple, le 3 mars 2027")
    anchor._p.append(parse_xml(
        f"<w:r {NAMESPACES}><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{shape}</wps:txbx></w:drawing>"
        f"</mc:Choice><mc:Fallback><w:pict><v:textbox>{shape}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    ))  # fmt: skip
    lines(draft, "Objet : Le chemin de la rivière", "Madame la Maire,", PROSE)
    lines(draft, "Veuillez agréer, Madame la Maire, l’expression de nos sentiments distingués.")
    lines(draft, "Copie à : Le conseil", "P.J. : Une carte")
    return WordLetter(docx_bytes(draft), (
        (P.ADDRESSEE, "Madame la Maire"), (P.ADDRESS, "Hôtel de ville"), (P.DATE, "Villexemple, le 3 mars 2027"),
        (P.RE, "Le chemin de la rivière"), (P.SALUTATION, "Madame la Maire,"),
        (P.CLOSING, "Veuillez agréer, Madame la Maire, l’expression de nos sentiments distingués."), (P.CC, "Le conseil"),
        (P.ENCLOSURE, "Une carte"),
    ))  # fmt: skip


LETTERS: tuple[Callable[[], WordLetter], ...] = (lawyer, assistant, spanish, german, arabic, libreoffice)

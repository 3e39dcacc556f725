"""Figure fields of the letter editor: a picture to upload, and how the text shows it."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectChoice, SelectField, StringField, ValidationError
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.drafts import with_annex, with_figure
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.pictures import MAX_PICTURES, AnnexPage, Figure, Picture, pdf_annex, picture_name
from letterhub.intake.images import read_picture
from letterhub.intake.pdf.annex import read_pdf_annex
from letterhub.intake.pdf.reader import is_pdf
from letterhub.web.forms import ColumnIntegerField, clean_line, uploaded_name

WIDTHS = (100, 75, 60, 50, 40, 30)
LONGEST = 1_000


class FigureFields:
    """Form mixin with the fields of a new figure. `figure_at` is the cursor's place in the text, if the browser tells it."""

    figure = FileField(_l("Picture"))
    figure_description = StringField(_l("Description of the picture"), filters=[clean_line], validators=[Length(max=LONGEST)])
    figure_caption = StringField(_l("Caption"), filters=[clean_line], validators=[Length(max=LONGEST)])
    figure_width = SelectField(
        _l("Width"),
        default="100",
        choices=[SelectChoice(str(width), f"{width} %") for width in WIDTHS],
        validators=[Optional()],
    )
    figure_numbered = BooleanField(_l("Number it: “Figure 1.”"))
    figure_at = ColumnIntegerField(widget=HiddenInput(), validators=[Optional()])

    uploaded_picture: Picture | None = None
    uploaded_pages: tuple[AnnexPage, ...] = ()
    picture_names: tuple[str, ...] = ()
    """Names of the letter's saved pictures."""
    """Number of pictures that the letter has."""

    def validate_figure(self, field: FileField) -> None:
        """Read the picture, or the pages of the PDF, if one was chosen."""
        if not field.data:
            return
        name, data = uploaded_name(field.data)[-60:] or str(_("The file")), field.data.read()
        try:
            if is_pdf(data):
                self.uploaded_pages = read_pdf_annex(data, name)
            else:
                self.uploaded_picture = read_picture(data, name, name)
        except UserFacingError as refusal:
            raise ValidationError(str(refusal)) from refusal
        remaining = max(MAX_PICTURES - len(self.picture_names), 0)
        if len(self.uploaded_pages) > remaining or (self.uploaded_picture and not remaining):
            raise ValidationError(
                _(
                    "A letter can have up to %(most)s pictures: there is room for %(remaining)s more.",
                    most=MAX_PICTURES,
                    remaining=remaining,
                )
            )

    def validate_figure_description(self, field: StringField) -> None:
        """Require a description for a picture, which is the title of a PDF."""
        if self.figure.data and not field.data:
            raise ValidationError(_("Describe the picture for people who can’t see it. Then choose the picture again."))

    def with_uploaded_figure(self, text: LetterText) -> LetterText:
        """Return the text with the uploaded picture as a figure after the cursor's paragraph; a PDF becomes an annex."""
        if self.uploaded_pages:
            file, title = uploaded_name(self.figure.data), self.figure_description.data
            return with_annex(text, *pdf_annex(title, file, self.uploaded_pages, text.picture_names))
        if self.uploaded_picture is None:
            return text
        picture = self.uploaded_picture
        name = picture_name(picture.name, picture.media_type, text.picture_names)
        figure = Figure(
            Picture(name, picture.media_type, picture.data), self.figure_description.data, self.figure_caption.data,
            int(self.figure_width.data or 100), is_numbered=self.figure_numbered.data,
        )  # fmt: skip
        return with_figure(text, figure, self.figure_at.data)

"""A council paper as a DOCX file; the one place that knows python-docx."""

import io
import re
from datetime import UTC, datetime
from typing import Final

from docx import Document
from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from network.pages.frame.spoken import parts, unmarked
from network.pages.reading.council_paper import Blank, Block, Fact, Item, Paper, Text

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_NOT_IN_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0 §2.2: every other character makes a file that no program opens."""
_BLANK: Final = "[…]"
_GERMAN: Final = "de-DE"
_GREY: Final = RGBColor(0x48, 0x56, 0x6A)


def word_file(paper: Paper, *, language: str) -> bytes:
    """The paper as a file; `language` is what a word processor checks its spelling by, as in `de-DE`, and reads it aloud.

    German words amid another language are marked as such.
    """
    word = Document()
    _set_up(word, language)
    word.core_properties.title = _clean(unmarked(paper.title))[:255]
    word.core_properties.author = "Hubnetz"
    word.core_properties.comments = _clean(unmarked(paper.draft))[:255]
    word.core_properties.created = word.core_properties.modified = datetime.now(UTC).replace(tzinfo=None)
    _say(word.add_heading(level=1), paper.title)
    draft = word.add_paragraph()
    _say(draft, paper.draft)
    for run in draft.runs:
        run.italic = True
        run.font.color.rgb = _GREY
    for fact in paper.head:
        _add(word, fact)
    for section in paper.sections:
        word.add_heading(_clean(section.heading), level=2)
        for block in section.blocks:
            _add(word, block)
    made = io.BytesIO()
    word.save(made)
    return made.getvalue()


def _add(word: Word, block: Block) -> None:
    match block:
        case Text(text):
            _say(word.add_paragraph(), text)
        case Item(text):
            _say(word.add_paragraph(style="List Bullet"), text)
        case Fact(label, value):
            paragraph = word.add_paragraph()
            paragraph.add_run(f"{_clean(label)}: ").bold = True
            _say(paragraph, _BLANK if value is None else value)
        case Blank(hint):
            word.add_paragraph(f"[… {_clean(hint)}]", style="Blank")


def _say(paragraph: Paragraph, text: str) -> None:
    for piece, is_german in parts(text):
        run = paragraph.add_run(_clean(piece))
        if is_german:
            _spoken(run.element.get_or_add_rPr(), _GERMAN)


def _spoken(properties: BaseOxmlElement, language: str) -> None:
    """Says in which language text of these properties is."""
    told = properties.find(qn("w:lang"))
    if told is None:
        told = OxmlElement("w:lang")
        properties.append(told)
    told.set(qn("w:val"), language)


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def _set_up(word: Word, language: str) -> None:
    """A4, quiet headings, a style for blanks, and the language of the text."""
    page = word.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.5)
    page.top_margin = page.bottom_margin = Cm(2)
    normal = word.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(11)
    normal.paragraph_format.space_after = Pt(4)
    for name, size in (("Heading 1", 16), ("Heading 2", 13)):
        word.styles[name].font.size = Pt(size)
        word.styles[name].font.color.rgb = RGBColor(0, 0, 0)
    blank = word.styles.add_style("Blank", WD_STYLE_TYPE.PARAGRAPH)
    blank.base_style = normal
    blank.font.highlight_color = WD_COLOR_INDEX.YELLOW
    defaults = word.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    _spoken(defaults, language)

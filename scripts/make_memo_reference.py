"""Writes ui/render/reference.docx: the styles that DOCX memos take, from pandoc's own with our type and tables.

Run it again after changing a style here; the file is committed, because writing a memo must not depend on this.
"""

import io
import subprocess
import zipfile
from pathlib import Path

import docx
import pypandoc
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

TARGET = Path(__file__).resolve().parent.parent / "ui" / "render" / "reference.docx"
SIZES = {"Normal": 10.5, "Body Text": 10.5, "First Paragraph": 10.5, "Compact": 9.5, "Title": 20, "Subtitle": 9.5}
SIZES |= {"Heading 1": 14, "Heading 2": 12, "Block Text": 10, "Footnote Text": 8.5}
BORDERS = (
    "<w:tblBorders {}><w:top w:val='single' w:sz='4' w:color='999999'/><w:bottom w:val='single' w:sz='4' "
    "w:color='999999'/><w:insideH w:val='single' w:sz='4' w:color='CCCCCC'/></w:tblBorders>"
)
MARGINS = "<w:tblCellMar {}><w:left w:w='60' w:type='dxa'/><w:right w:w='90' w:type='dxa'/></w:tblCellMar>"
FIXED_DATE = (2026, 1, 1, 0, 0, 0)


def main() -> None:
    """Writes the file."""
    pandoc = pypandoc.get_pandoc_path()
    command = [pandoc, "--print-default-data-file", "reference.docx"]
    default = subprocess.run(command, capture_output=True, check=True)  # noqa: S603
    document = docx.Document(io.BytesIO(default.stdout))
    for section in document.sections:
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(22)
        section.top_margin = section.bottom_margin = Mm(20)
    for style in document.styles:
        if style.type == WD_STYLE_TYPE.PARAGRAPH and style.name in SIZES:
            dress(style)
    lead_in = document.styles.add_style("Lead In", WD_STYLE_TYPE.PARAGRAPH)
    lead_in.base_style = document.styles["Body Text"]
    lead_in.paragraph_format.keep_with_next = True
    table = document.styles["Table"]._element
    properties = table.find(qn("w:tblPr"))
    for old in [*properties.findall(qn("w:tblBorders")), *properties.findall(qn("w:tblCellMar"))]:
        properties.remove(old)
    properties.append(parse_xml(BORDERS.format(nsdecls("w"))))
    properties.append(parse_xml(MARGINS.format(nsdecls("w"))))
    written = io.BytesIO()
    document.save(written)
    TARGET.write_bytes(same_dates(written.getvalue()))


def dress(style: docx.styles.style.ParagraphStyle) -> None:
    """Gives a paragraph style our font, size and ink."""
    style.font.name = "Calibri"
    style.font.size = Pt(SIZES[style.name])
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:hAnsi"), "Calibri")
    style.font.color.rgb = RGBColor(0x1A, 0x1A, 0x1A)
    if style.name.startswith("Heading"):
        style.paragraph_format.keep_with_next = True
        style.paragraph_format.space_before = Pt(14)


def same_dates(content: bytes) -> bytes:
    """The archive with one fixed date on every entry, so that writing it again gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in sorted(old.namelist()):
            new.writestr(zipfile.ZipInfo(entry, FIXED_DATE), old.read(entry))
    return out.getvalue()


if __name__ == "__main__":
    main()

"""The memo as PDF: typeset by Typst from a template that receives the text as data, tagged and with bookmarks."""

import json
from functools import cache
from importlib.resources import as_file, files
from typing import Any

from agent.memo.outline import (
    Block,
    Bullets,
    Chart,
    Memo,
    Paragraph,
    Quote,
    Reproduction,
    Sentence,
    Sources,
    Table,
)
from knowledge.errors import UnavailableError
from ui.render.chart import chart_svg
from ui.render.layout import breakable, leads, run
from ui.render.optional import optional

FONT = "Libertinus Serif"
"""A font that Typst brings along; those of the machine are not used, so that the bytes are the same anywhere."""

PNG_DOTS_PER_INCH = 220.0
PICTURE = b"""#set page(width: 720pt, height: 360pt, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: 720pt)
"""


def render_pdf(memo: Memo) -> bytes:
    """The whole memo as PDF/UA; where a text holds signs that no font at hand has, as plain tagged PDF.

    Raises UnavailableError where Typst is not installed.
    """
    typst = optional("typst", "export", "Writing PDF")
    inputs = {"memo": json.dumps(pdf_document(memo), ensure_ascii=False)}
    try:
        return _compile(typst, _template(), inputs, pdf_standards=["ua-1"])
    except typst.TypstError:
        return _compile(typst, _template(), inputs, pdf_standards=[])


def chart_png(chart: Chart) -> bytes:
    """The chart as a picture in pixels, on white; raises UnavailableError where Typst is not installed."""
    typst = optional("typst", "export", "Drawing a chart in pixels")
    return _compile(typst, PICTURE, {"svg": chart_svg(chart, FONT)}, format="png", ppi=PNG_DOTS_PER_INCH)


def _compile(typst: Any, source: bytes, inputs: dict[str, str], **options: Any) -> bytes:
    written = typst.compile(source, sys_inputs=inputs, ignore_system_fonts=True, timestamp=0, **options)
    if not isinstance(written, bytes):
        raise UnavailableError("Typst wrote several files where one was asked for; install the locked version of it.")
    return written


@cache
def _template() -> bytes:
    with as_file(files("ui.render") / "memo.typ") as path:
        return path.read_bytes()


def pdf_document(memo: Memo) -> dict[str, Any]:
    """What the template receives: title, date, and sections of blocks, all of it text."""
    return {
        "title": breakable(memo.title.text),
        "plain_title": memo.title.text,
        "status": _runs(memo, (memo.status,)),
        "sections": [
            {
                "heading": section.heading.text,
                "appendix": section.appendix,
                "blocks": [
                    {**_block(memo, block), "leads": leads(section.blocks, place)}
                    for place, block in enumerate(section.blocks)
                ],
            }
            for section in memo.sections
        ],
    }


def _block(memo: Memo, block: Block) -> dict[str, Any]:
    match block:
        case Paragraph(sentences):
            return {"kind": "paragraph", "runs": _runs(memo, sentences)}
        case Bullets(items):
            return {"kind": "bullets", "items": [_runs(memo, item) for item in items]}
        case Sources(entries):
            return {"kind": "sources", "items": [_runs(memo, entry) for entry in entries]}
        case Quote(sentence):
            return {"kind": "quote", "runs": _runs(memo, (sentence,))}
        case Chart():
            alt = " ".join(sentence.text for sentence in block.description)
            svg = chart_svg(block, FONT)
            return {"kind": "chart", "svg": svg, "alt": alt, "runs": _runs(memo, block.description)}
        case Table():
            return {
                "kind": "table",
                "widths": list(block.widths),
                "right": list(block.right),
                "header": [_runs(memo, (cell,)) for cell in block.header],
                "rows": [[_runs(memo, cell) for cell in row] for row in block.rows],
            }
        case Reproduction(text):
            return {"kind": "code", "text": "\n".join(breakable(line) for line in text.splitlines())}


def _runs(memo: Memo, sentences: tuple[Sentence, ...]) -> list[dict[str, Any]]:
    return [{**each, "text": breakable(each["text"])} for each in run(memo, sentences)]

"""The memo as DOCX: pandoc writes it from a document tree, so no text of a user is ever read as markup."""

import io
import json
import os
import subprocess
import tempfile
import zipfile
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
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
from tools.wording import lower_first
from ui.render.layout import leads, run
from ui.render.optional import optional
from ui.render.pdf import chart_png

API = [1, 23, 1]
"""Version of pandoc's document tree."""

NO_ATTRIBUTES: list[Any] = ["", [], []]
LONGEST_RUN_S = 60
WHOLE_ROW = b"<w:tr><w:trPr><w:cantSplit/></w:trPr>"
ARCHIVED = (2026, 1, 1, 0, 0, 0)
"""The date on every entry of the archive."""

NOTED = {
    "sources.entry": ("publisher", "section"),
    "sources.unnamed": ("title", "section"),
    "sources.own": ("section",),
}
"""What a footnote names of a source."""

ABOVE = "above"
"""Where a source was named before."""

LEAD_IN = "Lead In"
"""The style of a paragraph that stays with what follows; reference.docx holds it."""

NO_BREAK_SPACE = "\u00a0"
Node = dict[str, Any]


def render_docx(memo: Memo) -> bytes:
    """The whole memo with real headings, tables and footnotes; raises UnavailableError where pandoc is missing."""
    pypandoc = optional("pypandoc", "export", "Writing DOCX")
    with tempfile.TemporaryDirectory() as folder, as_file(files("ui.render") / "reference.docx") as reference:
        tree = json.dumps(_Writer(memo, Path(folder)).document())
        command = [pypandoc.get_pandoc_path(), "-f", "json", "-t", "docx", "--reference-doc", str(reference), "-o", "-"]
        epoch = int(datetime(memo.as_of.year, memo.as_of.month, memo.as_of.day, tzinfo=UTC).timestamp())
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "LC_ALL": "C.UTF-8"}
        done = subprocess.run(  # noqa: S603  (fixed arguments, the text goes in on stdin)
            command,
            input=tree.encode(),
            capture_output=True,
            env=environment,
            cwd=folder,
            timeout=LONGEST_RUN_S,
            check=False,
        )
    if done.returncode:
        raise UnavailableError(f"pandoc could not write the DOCX: {done.stderr.decode(errors='replace').strip()[:300]}")
    return _whole_rows(done.stdout)


def _whole_rows(content: bytes) -> bytes:
    """The document with table rows that do not break across pages, which pandoc has no word for."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            part = old.read(entry)
            if entry.filename == "word/document.xml":
                part = part.replace(b"<w:tr>", WHOLE_ROW).replace(
                    WHOLE_ROW + b"<w:trPr>", b"<w:tr><w:trPr><w:cantSplit/>"
                )
            new.writestr(zipfile.ZipInfo(entry.filename, ARCHIVED), part, zipfile.ZIP_DEFLATED)
    return written.getvalue()


class _Writer:
    """Turns a memo into pandoc's tree.

    In the main part each citing place has a footnote and no number beside it: the note names each source where it is
    cited first and refers back to it afterwards. The appendix, where the numbered list stands, cites by number.
    """

    def __init__(self, memo: Memo, folder: Path) -> None:
        self.memo = memo
        self.folder = folder
        self.noted: set[int] = set()
        self.by_number = False
        self.pictures = 0
        sources = [block for section in memo.sections for block in section.blocks if isinstance(block, Sources)]
        self.entries = sources[0].entries if sources else ()

    def document(self) -> Node:
        """The whole tree."""
        meta = {
            "title": {"t": "MetaInlines", "c": _text(self.memo.title.text)},
            "subtitle": {"t": "MetaInlines", "c": _text(self.memo.status.text)},
            "lang": {"t": "MetaString", "c": "en-US" if self.memo.spelling == "american" else "en-GB"},
        }
        blocks: list[Node] = []
        for section in self.memo.sections:
            heading = [1, [section.id, [], []], _text(section.heading.text)]
            blocks.append({"t": "Header", "c": heading})
            self.by_number = section.appendix
            for place, block in enumerate(section.blocks):
                nodes = self._block(block)
                blocks += [_lead_in(nodes)] if leads(section.blocks, place) else nodes
        return {"pandoc-api-version": API, "meta": meta, "blocks": blocks}

    def _block(self, block: Block) -> list[Node]:
        match block:
            case Paragraph(sentences):
                return [self._paragraph(sentences)] if sentences else []
            case Bullets(items):
                return [{"t": "BulletList", "c": [[self._paragraph(item, "Plain")] for item in items]}]
            case Sources(entries):
                style = [1, {"t": "Decimal"}, {"t": "Period"}]
                return [{"t": "OrderedList", "c": [style, [[self._paragraph(entry, "Plain")] for entry in entries]]}]
            case Quote(sentence):
                return [{"t": "BlockQuote", "c": [self._paragraph((sentence,))]}]
            case Table():
                return [self._table(block)]
            case Chart():
                return [self._picture(block), self._paragraph(block.description)]
            case Reproduction(text):
                return [{"t": "CodeBlock", "c": [NO_ATTRIBUTES, text]}]

    def _paragraph(self, sentences: tuple[Sentence, ...], kind: str = "Para") -> Node:
        return {"t": kind, "c": self._inlines(sentences)}

    def _inlines(self, sentences: tuple[Sentence, ...]) -> list[Node]:
        found: list[Node] = []
        for each in run(self.memo, sentences):
            text = _text(each["text"])
            found += [{"t": "Strong", "c": text}] if each["strong"] else text
            if each["cited"]:
                found += self._cited(each["cited"])
        return found

    def _cited(self, numbers: list[int]) -> list[Node]:
        return _text(f" [{_listed(numbers)}]") if self.by_number else [self._footnote(numbers)]

    def _footnote(self, numbers: list[int]) -> Node:
        """A note that names the sources not named before, and refers back to the others by number."""
        before = [number for number in numbers if number in self.noted]
        notes = [f"[{number}] {_card(self.entries[number - 1])}" for number in numbers if number not in before]
        again = [f"[{_listed(before)}] {ABOVE}"] if before else []
        self.noted.update(numbers)
        return {"t": "Note", "c": [{"t": "Para", "c": _text("; ".join([*notes, *again]))}]}

    def _table(self, table: Table) -> Node:
        total = sum(table.widths)
        columns = [
            [{"t": "AlignRight" if place in table.right else "AlignLeft"}, {"t": "ColWidth", "c": width / total}]
            for place, width in enumerate(table.widths)
        ]
        head = [NO_ATTRIBUTES, [self._row(tuple((cell,) for cell in table.header))]]
        body = [NO_ATTRIBUTES, 0, [], [self._row(row) for row in table.rows]]
        caption: list[Any] = [None, []]
        return {"t": "Table", "c": [NO_ATTRIBUTES, caption, columns, head, [body], [NO_ATTRIBUTES, []]]}

    def _row(self, cells: tuple[tuple[Sentence, ...], ...]) -> list[Any]:
        return [
            NO_ATTRIBUTES,
            [[NO_ATTRIBUTES, {"t": "AlignDefault"}, 1, 1, [self._cell(cell)]] for cell in cells],
        ]

    def _cell(self, cell: tuple[Sentence, ...]) -> Node:
        return self._paragraph(cell, "Plain") if cell else {"t": "Plain", "c": [{"t": "Str", "c": NO_BREAK_SPACE}]}

    def _picture(self, chart: Chart) -> Node:
        self.pictures += 1
        path = self.folder / f"chart-{self.pictures}.png"
        path.write_bytes(chart_png(chart))
        alt = _text(" ".join(sentence.text for sentence in chart.description))
        size = [["width", "6.3in"]]
        return {"t": "Para", "c": [{"t": "Image", "c": [["", [], size], alt, [path.name, ""]]}]}


def _listed(numbers: list[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def _lead_in(nodes: list[Node]) -> Node:
    """Blocks that stay on one page with what follows."""
    return {"t": "Div", "c": [["", [], [["custom-style", LEAD_IN]]], nodes]}


def _card(entry: tuple[Sentence, ...]) -> str:
    """Publisher, or title where there is none, and section of a source: the whole entry stands in the appendix."""
    if not entry:
        return ""
    shown = {value.path.rpartition("/")[2]: value.text for value in entry[0].values}
    named = ", ".join(shown[name] for name in NOTED[entry[0].template] if name in shown)
    return f"our own {lower_first(named)}" if entry[0].template == "sources.own" else named


def _text(text: str) -> list[Node]:
    """Words and spaces as pandoc wants them."""
    nodes: list[Node] = []
    for place, word in enumerate(text.split(" ")):
        if place:
            nodes.append({"t": "Space"})
        if word:
            nodes.append({"t": "Str", "c": word})
    return nodes

"""The memo as one HTML file: no scripts, nothing loaded from anywhere, and a style that prints light."""

from functools import cache
from html import escape
from importlib.resources import files

from agent.memo.outline import (
    Block,
    Bullets,
    Chart,
    Citation,
    Memo,
    Paragraph,
    Quote,
    Reproduction,
    Section,
    Sentence,
    Sources,
    Table,
    joined,
)
from ui.render.chart import chart_svg

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""What a browser may do with the file: apply its own style, and nothing else."""


@cache
def _style() -> str:
    return (files("ui.render") / "memo.css").read_text(encoding="utf-8")


def render_html(memo: Memo) -> str:
    """The whole memo as one HTML document."""
    title = escape(memo.title.text)
    sections = "\n".join(_section(memo, section) for section in memo.sections)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{_style()}</style>\n</head>\n<body>\n<main>\n"
        f"<header><h1>{title}</h1>\n<p>{_sentence(memo, memo.status)}</p></header>\n"
        f"{_contents(memo)}\n{sections}\n</main>\n</body>\n</html>\n"
    )


def _contents(memo: Memo) -> str:
    links = (f'<li><a href="#{section.id}">{escape(section.heading.text)}</a></li>' for section in memo.sections)
    return f'<nav aria-label="Contents"><ol>{"".join(links)}</ol></nav>'


def _section(memo: Memo, section: Section) -> str:
    kind = "appendix" if section.appendix else "main"
    heading = f'<h2 id="{section.id}">{_sentence(memo, section.heading)}</h2>'
    blocks = "\n".join(_block(memo, block) for block in section.blocks)
    return f'<section class="{kind} {section.id}">\n{heading}\n{blocks}\n</section>'


def _block(memo: Memo, block: Block) -> str:
    match block:
        case Paragraph(sentences):
            return f"<p>{_run(memo, sentences)}</p>" if sentences else ""
        case Bullets(items):
            return f"<ul>{''.join(f'<li>{_run(memo, item)}</li>' for item in items)}</ul>"
        case Quote(sentence):
            return f'<blockquote dir="auto">{_sentence(memo, sentence)}</blockquote>'
        case Table():
            return _table(memo, block)
        case Chart():
            return f"<figure>{chart_svg(block)}<figcaption>{_run(memo, block.description)}</figcaption></figure>"
        case Sources(entries):
            rows = (f'<li id="source-{number}">{_run(memo, entry)}</li>' for number, entry in enumerate(entries, 1))
            return f"<ol>{''.join(rows)}</ol>"
        case Reproduction(text):
            return f"<pre>{escape(text)}</pre>"


def _run(memo: Memo, sentences: tuple[Sentence, ...]) -> str:
    return joined(_sentence(memo, sentence) for sentence in sentences)


def _sentence(memo: Memo, sentence: Sentence) -> str:
    text = escape(sentence.text)
    stripped, space = text.rstrip(), " " if text.endswith(" ") else ""
    if sentence.template.endswith(".head"):
        stripped = f"<strong>{stripped}</strong>"
    return stripped + _citations(memo, sentence.citations) + space


def _citations(memo: Memo, citations: tuple[Citation, ...]) -> str:
    if not citations:
        return ""
    links = []
    for citation in citations:
        number, claim = memo.number(citation.claim), citation.claim
        links.append(f'<a href="#source-{number}" title="{escape(claim)}">{number}</a>')
    return f' <span class="cited">[{", ".join(links)}]</span>'


def _table(memo: Memo, table: Table) -> str:
    def cell(tag: str, column: int, sentences: tuple[Sentence, ...]) -> str:
        side = ' class="figure"' if column in table.right else ""
        scope = ' scope="col"' if tag == "th" else ""
        return f"<{tag}{side}{scope}>{_run(memo, sentences)}</{tag}>"

    total = sum(table.widths)
    columns = "".join(f'<col style="width:{100 * width / total:.1f}%">' for width in table.widths)
    head = "".join(cell("th", column, (sentence,)) for column, sentence in enumerate(table.header))
    rows = "".join(
        f"<tr>{''.join(cell('td', column, sentences) for column, sentences in enumerate(row))}</tr>"
        for row in table.rows
    )
    return (
        f'<div class="table"><table><colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )

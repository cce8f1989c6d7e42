"""The memo as Markdown: plain CommonMark with pipe tables, in which nothing a user wrote can act."""

import re

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
    Traced,
    joined,
)
from knowledge.facts import fact_specs

SPECIAL = re.compile(r"([\\`*_\[\]<>|~$^&@!]|:(?=//)|(?<=www)\.|^[-+=#]|^\d+[.)])", re.IGNORECASE)
"""What Markdown, HTML in it, or an autolink extension could act upon, inside a line and at its start."""

GUARDED = frozenset({"quote", "excerpt"})
FREE_TEXT = frozenset(name for name, spec in fact_specs().items() if spec.kind == "text")
"""Forms and facts that show what a user wrote."""

OURS = re.compile(r"([\\`*_<|])")
"""What has a meaning in Markdown and may stand in our own figures and formulas."""

BAR = 40
"""Columns of the longest bar."""


def render_markdown(memo: Memo) -> str:
    """The whole memo as Markdown text, ending with the block that it can be computed from again."""
    parts = [f"# {_inline(memo, memo.title)}", _status(memo)]
    for section in memo.sections:
        parts.append(f"## {_inline(memo, section.heading)}")
        parts += [text for block in section.blocks if (text := _block(memo, block))]
    return "\n\n".join(parts) + "\n"


def _status(memo: Memo) -> str:
    return _inline(memo, memo.status)


def _block(memo: Memo, block: Block) -> str:
    match block:
        case Paragraph(sentences):
            return _run(memo, sentences)
        case Bullets(items):
            return "\n".join(f"- {_run(memo, item)}" for item in items if item)
        case Quote(sentence):
            return f"> {_inline(memo, sentence)}"
        case Table():
            return _table(memo, block)
        case Chart():
            return _chart(memo, block)
        case Sources(entries):
            return "\n".join(f"{number}. {_run(memo, entry)}" for number, entry in enumerate(entries, 1))
        case Reproduction(text):
            return f"```json\n{text}\n```"


def _run(memo: Memo, sentences: tuple[Sentence, ...]) -> str:
    return joined(_inline(memo, sentence) for sentence in sentences)


def _inline(memo: Memo, sentence: Sentence) -> str:
    words = "".join(_part(part) for part in sentence.parts)
    text, space = words.rstrip(), " " if words.endswith(" ") else ""
    if sentence.template.endswith(".head"):
        text = f"**{text}**"
    numbers = ", ".join(str(memo.number(citation.claim)) for citation in sentence.citations)
    return f"{text} [{numbers}]{space}" if numbers else text + space


def _part(part: str | Traced) -> str:
    if isinstance(part, str):
        return part
    users = part.form in GUARDED or part.path.rpartition("/")[2] in FREE_TEXT
    return escaped(part.text) if users else OURS.sub(r"\\\1", part.text)


def escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return SPECIAL.sub(lambda found: f"{found[0][:-1]}\\{found[0][-1]}", text)


def _table(memo: Memo, table: Table) -> str:
    rows = [[_run(memo, (cell,)) for cell in table.header]]
    rule = ["---:" if column in table.right else "---" for column in range(len(table.header))]
    rows += [rule, *([_run(memo, cell) for cell in row] for row in table.rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _chart(memo: Memo, chart: Chart) -> str:
    """The chart as bars of characters, and in words; what is said of the band belongs to the drawn chart."""
    width = max((len(line.label.text) for line in chart.lines), default=0)
    most = max((line.usd[-1] for line in chart.lines), default=0.0) or 1.0
    bars = [
        f"{line.label.text:<{width}} {'█' * max(1, round(BAR * line.usd[-1] / most))} {line.amount.text}"
        for line in chart.lines
    ]
    picture = "\n".join(["```text", f"{chart.caption.text}", *bars, "```"])
    return f"{picture}\n\n{_run(memo, chart.description[:1])}"

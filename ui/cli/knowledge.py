"""`consult prices` and `consult sources`: what the advice rests on."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from knowledge.errors import InputError
from ui.cli.app import app
from ui.cli.output import note, print_json, print_markdown

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document.")]


@app.command()
def prices(
    model: Annotated[str | None, typer.Argument(help="Only this model.")] = None, as_json: AsJson = False
) -> None:
    """Show the price table and its age."""
    from knowledge.figures import references
    from knowledge.price_table import load_prices
    from tools.wording import counted
    from ui.cli.office import settings

    chosen = settings()
    table = chosen.price_table() or load_prices(chosen.date())
    rows = table.model(model).tiers if model else tuple(table.rows())
    age = table.age_days(chosen.date())
    ago = f"{counted(age, 'days')} ago"
    if age > references().price_age_warning_days:
        note(f"The oldest price was checked {ago}; compare it with the vendor's page before you rely on it.")
    if as_json:
        document = {"as_of": str(table.as_of), "snapshot": table.snapshot, "age_days": age}
        return print_json(document | {"prices": [_plain(row) for row in rows]})
    print_markdown(_price_table(rows, f"Prices of {table.snapshot}; the oldest was checked {ago}."))


@app.command()
def sources(
    source: Annotated[str | None, typer.Argument(help="Only this source, with its claims.")] = None,
    conflicts: Annotated[bool, typer.Option("--conflicts", help="Where the sources disagree.")] = False,
    audit: Annotated[bool, typer.Option("--audit", help="The sources' worked figures, computed again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the sources, their claims, their conflicts and the audit of their figures."""
    if audit:
        rows, text = _audit()
    elif conflicts:
        rows, text = _conflicts()
    else:
        rows, text = _sources(source)
    return print_json(rows) if as_json else print_markdown(text)


def _sources(only: str | None) -> tuple[list[dict[str, Any]], str]:
    from knowledge.claims import load_claims
    from tools.wording import counted

    known = load_claims().sources
    if only is None:
        rows = [{**card.model_dump(exclude={"claims"}), "claims": len(card.claims)} for card in known.values()]
        return rows, "\n".join(
            f"- **{row['id']}**: {row['title']} ({counted(row['claims'], 'claims')})" for row in rows
        )
    if only not in known:
        raise InputError(f"There is no source '{only}'; the sources are {', '.join(known)}.")
    claims = [claim.model_dump() for claim in known[only].claims]
    return claims, "\n".join(f"- `{claim['id']}` ({claim['verdict']}): {claim['text']}" for claim in claims)


def _conflicts() -> tuple[list[dict[str, Any]], str]:
    from knowledge.claims import load_claims

    found = load_claims().conflicts
    lines = []
    for one in found:
        sides = "".join(f"\n    - {side.says} ({', '.join(side.claims)})" for side in one.sides)
        explained = f"\n    - What explains it: {one.explained_by}" if one.explained_by else ""
        lines.append(f"- **{one.topic}**{sides}{explained}")
    return [one.model_dump() for one in found], "\n".join(lines)


def _audit() -> tuple[list[dict[str, Any]], str]:
    from tools.cost.source_audit import audit_sources

    audited = audit_sources()
    rows = [{**one.figure.model_dump(), "computed": one.computed, "agrees": one.agrees} for one in audited]
    lines = ["| figure | claimed | computed | unit | verdict |", "|---|---:|---:|---|---|"]
    lines += [
        f"| {one.figure.says} | {_ends(one.figure.claimed)} | {_ends(one.computed)} | {one.figure.unit} | "
        f"{one.figure.verdict} |"
        for one in audited
    ]
    return rows, "\n".join(lines)


def _ends(ends: tuple[float, float]) -> str:
    low, high = ends
    return f"{low:,.6g}" if low == high else f"{low:,.6g} to {high:,.6g}"


def _plain(row: Any) -> dict[str, Any]:
    values = {name: value for name, value in asdict(row).items() if value not in (None, float("inf"))}
    return {"kind": type(row).__name__, **{name: _json(value) for name, value in values.items()}}


def _json(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) else str(value)


def _price_table(rows: Any, caption: str) -> str:
    lines = [caption, "", "| kind | what | prices | checked on | source |", "|---|---|---|---|---|"]
    for row in map(_plain, rows):
        name = next(str(row[key]) for key in ("model", "name", "gpu", "service", "provider") if key in row)
        amounts = ", ".join(f"{key} {value:g}" for key, value in row.items() if "usd" in key)
        lines.append(f"| {row['kind']} | {name} | {amounts} | {row['checked_on']} | {row['source']} |")
    return "\n".join(lines)

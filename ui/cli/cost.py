"""`consult cost`: what every option costs on one workload."""

from typing import Annotated, Any

import typer

from ui.cli.app import TakesProfile, app
from ui.cli.lines import answer_lines
from ui.cli.output import print_json, print_markdown


@app.command(cls=TakesProfile)
def cost(
    profile: Annotated[str, typer.Argument(metavar="PROFILE.json", help="A profile; - reads it from stdin.")] = "-",
    changes: Annotated[list[str] | None, typer.Option("--set", metavar="FACT=VALUE", help="What if.")] = None,
    assume: Annotated[
        list[str] | None, typer.Option(metavar="FIGURE=VALUE", help="Another figure: a value, or LOW..HIGH.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    as_lines: Annotated[bool, typer.Option("--jsonl", help="A profile a line in, a document a line out.")] = False,
) -> None:
    """Price all options on one workload, with ranges."""
    from tools.profile import parse_profile
    from ui.cli.profiles import read_profile, with_changes

    if as_lines:
        return answer_lines(lambda line: _costs(with_changes(parse_profile(line), changes or []), assume or []))
    document = _costs(with_changes(read_profile(profile), changes or []), assume or [])
    return print_json(document) if as_json else print_markdown(cost_table(document))


def _costs(profile: Any, assume: list[str]) -> dict[str, Any]:
    from tools.cost.overrides import parse_override
    from tools.cost.report import estimate_costs
    from ui.cli.office import settings

    chosen = settings()
    figures = dict(parse_override(text) for text in assume)
    return estimate_costs(profile, chosen.date(), chosen.price_table(), figures).document()


def cost_table(document: dict[str, Any]) -> str:
    """A table of every option's costs, each as its median with its range in brackets."""
    from knowledge.options import LABELS

    lines = ["| option | upfront | a month | per 1,000 queries | 12 months | 24 months |"]
    lines.append("|---|---:|---:|---:|---:|---:|")
    names = ("upfront_usd", "monthly_usd", "per_1k_queries_usd", "tco_12_months_usd", "tco_24_months_usd")
    for option, row in document["costs"].items():
        lines.append(f"| {LABELS[option]} | " + " | ".join(_spread(row[name]) for name in names) + " |")
    return "\n".join(
        [
            *lines,
            "",
            "US dollars: the median, with the 10th and 90th percentile in brackets; --json has them unrounded.",
        ]
    )


def _spread(amount: dict[str, float | None]) -> str:
    """The median and its range, to the digits that such a range supports."""
    from agent.wording import dollars

    median, low, high = (
        None if usd is None else dollars(usd) for usd in (amount[name] for name in ("p50", "p10", "p90"))
    )
    return f"{median} ({low} to {high})" if median else "–"

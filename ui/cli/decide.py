"""`consult decide`: the advice for a profile, and what a change of facts would do to it."""

from typing import Annotated, Any

import typer

from ui.cli.app import TakesProfile, app
from ui.cli.lines import answer_lines
from ui.cli.output import print_json, print_markdown


@app.command(cls=TakesProfile)
def decide(
    profile: Annotated[str, typer.Argument(metavar="PROFILE.json", help="A profile; - reads it from stdin.")] = "-",
    changes: Annotated[list[str] | None, typer.Option("--set", metavar="FACT=VALUE", help="What if.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    as_lines: Annotated[bool, typer.Option("--jsonl", help="A profile a line in, a document a line out.")] = False,
) -> None:
    """Recommend an architecture, with reasons, costs, latency and what would change it."""
    from tools.profile import parse_profile
    from ui.cli.office import advice_on
    from ui.cli.profiles import read_profile, with_changes

    if as_lines:
        return answer_lines(lambda line: advice_on(with_changes(parse_profile(line), changes or [])).document())
    before = read_profile(profile)
    advice = advice_on(with_changes(before, changes or []))
    difference = _difference(advice_on(before), advice) if changes else None
    if as_json:
        document = advice.document()
        return print_json(document if difference is None else document | {"difference": difference})
    from ui.cli.summary import advice_summary

    print_markdown(advice_summary(advice, difference))


def _difference(before: Any, after: Any) -> dict[str, Any]:
    """What the changed facts do: facts, option, confidence, and the median running cost of every option."""
    old, new = before.document(), after.document()
    facts = {**old["profile"], **new["profile"]}
    return {
        "facts": [name for name in facts if old["profile"].get(name) != new["profile"].get(name)],
        "from": old["recommendation"]["option"],
        "to": new["recommendation"]["option"],
        "confidence": {"from": old["recommendation"]["confidence"], "to": new["recommendation"]["confidence"]},
        "monthly_usd": {
            option: {"from": _monthly(old, option), "to": _monthly(new, option)} for option in new["costs"]
        },
    }


def _monthly(document: dict[str, Any], option: str) -> float | None:
    amount: float | None = document["costs"].get(option, {}).get("monthly_usd", {}).get("p50")
    return amount

"""The reference pages: facts, rules, source audit, commands, settings; written from the data, so never stale."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from typer import Typer
from typer.main import get_command
from typer.testing import CliRunner

from knowledge.claims import load_claims
from knowledge.facts import QUANTILE_SHARES, FactSpec, fact_specs
from knowledge.options import LABELS, Option
from knowledge.rulebook import AddOn, Condition, Evidence, Gate, PlannedPhase, Variant, load_rulebook
from tools.cost.source_audit import AuditedFigure, audit_sources
from tools.rule_words import condition_text, holds_when

GENERATED = "<!-- Written by scripts/update_docs from the product's data; change the data, not this page. -->"


def facts_page() -> str:
    """Every fact: its kind, what is allowed, how it is asked, and what is plausible while it is unknown."""
    rows = [(f"`{s.name}`", _kind(s), s.question or "", s.because) for s in fact_specs().values()]
    priors = [(f"`{s.name}`", _prior(s), s.prior.reason) for s in fact_specs().values() if s.prior]
    return _page(
        "Facts",
        "What the advice depends on. A profile is a JSON object of these names; every fact may be unknown.",
        _table(("Fact", "Takes", "Question", "Why it is asked"), rows),
        "## What is plausible while a fact is unknown",
        "Our own judgement, each with its reason. Numbers give the values at 0, 10, 50, 90 and 100 per cent; a kind of "
        "gap may have a prior of its own (see `knowledge/facts.yaml`).",
        _table(("Fact", "Prior", "Reason"), priors),
    )


def rules_page() -> str:
    """Every rule in words: when it holds, what it does, why, and what it rests on."""
    book = load_rulebook()
    ladder = ", ".join(f"{LABELS[option]} {start:+g}" for option, start in book.scale.ladder.items())
    others: list[Variant | AddOn] = [*book.variants, *book.add_ons]
    return _page(
        "Rules",
        "How the advice is computed. Effects are log-odds; the option with the greatest sum among those that no gate "
        f"shuts out is recommended. The ladder starts the options at: {ladder}.",
        "## Gates",
        _table(
            ("Rule", "Holds when", "Shuts out", "Limit", "Why", "Rests on"),
            [(g.id, _when(g.when), _options(g.blocks), g.severity, g.reason, _cited(g.claims)) for g in book.gates],
        ),
        "## Evidence",
        _table(
            ("Rule", "Holds when", "Effects", "Why", "Rests on"),
            [(e.id, _when(e.when), _effects(e), _reasons(e), _cited(e.rests_on)) for e in book.evidence],
        ),
        "## Variants and add-ons",
        _table(
            ("Rule", "Holds when", "Names", "Why", "Rests on"),
            [(r.id, _holds(r), _named(r), r.reason, _cited(r.claims)) for r in others],
        ),
        "## Plans",
        "The phases of each option's plan, in order. One that stands in for another is shown only once its condition "
        "certainly holds, and the other is left out then: while a fact is open, the plan is the usual one.",
        _table(
            ("Plan", "Phase", "Weeks", "Shown when", "Left out when", "Done when", "Rests on"),
            [_phase(option, phase) for option, plan in book.plans.items() for phase in plan],
        ),
    )


def source_audit_page() -> str:
    """The worked figures of the articles, claimed beside computed."""
    rows = [_audit_row(figure) for figure in audit_sources()]
    return _page(
        "Source audit",
        "The worked figures of the five articles, computed again with the product's own cost functions.",
        _table(("Source", "What is worked out", "Claimed", "Computed", "Unit", "Verdict", "Finding"), rows),
    )


def commands_page() -> str:
    """The help text of every command, in the order of the help."""
    from ui.cli import commands  # noqa: F401  (registers the commands)
    from ui.cli.app import app

    runner = CliRunner(env={"COLUMNS": "100", "TERMINAL_WIDTH": "100"})
    calls = _calls(get_command(app))
    parts = [f"## {' '.join(['consult', *call])}\n\n```text\n{_help(runner, app, call)}\n```" for call in calls]
    return _page("Commands", "Every command takes `--help`; what it says stands here.", *parts)


def settings_page() -> str:
    """Every setting: its name, what it does, what it takes and what holds without it."""
    from agent.language.model.parameters import parameters
    from agent.settings import Settings
    from agent.settings_in_words import setting_name, takes

    defaults = parameters().settings.model_dump()
    rows = [
        (
            f"`{setting_name(Settings, name)}`",
            (field.description or "").format(**defaults),
            takes(field),
            f"`{field.default}`" if field.default is not None and field.default_factory is None else "-",
        )
        for name, field in Settings.model_fields.items()
    ]
    return _page(
        "Settings",
        "All are optional. They come from the environment, then from `.env` in the working folder, then, for a "
        "language model, from what `consult configure` wrote. An unknown `CONSULT_` name is told with the nearest "
        "that exists. Those of the Slack bot, which begin with `SLACK_`, stand in its own page.",
        _table(("Setting", "What it does", "Takes", "Default"), rows),
    )


PAGES: dict[str, Callable[[], str]] = {
    "facts.md": facts_page,
    "rules.md": rules_page,
    "source-audit.md": source_audit_page,
    "commands.md": commands_page,
    "settings.md": settings_page,
}
"""The pages by file name under docs/reference."""


def _when(condition: Condition) -> str:
    """A condition in words, with the facts as profiles name them."""
    return condition_text(condition, lambda fact: f"`{fact}`")


def _holds(rule: Variant | AddOn) -> str:
    """All that a variant or add-on needs to hold."""
    return holds_when(rule, lambda fact: f"`{fact}`")


def _phase(option: Option, phase: PlannedPhase) -> tuple[str, ...]:
    when, unless = (_when(condition) if condition else "-" for condition in (phase.when, phase.unless))
    weeks = f"{phase.weeks[0]:g} to {phase.weeks[1]:g}{', once live' if phase.after_launch else ''}"
    return f"`{option}`", phase.title, weeks, when, unless, phase.exit, _cited(phase.claims)


def _kind(spec: FactSpec) -> str:
    if spec.kind == "flag":
        return "yes or no"
    if spec.categorical:
        return ", ".join(f"`{code}`" for code in spec.codes)
    if spec.listing:
        return f"two or more of {', '.join(f'`{code}`' for code in spec.codes)}"
    if spec.kind == "text":
        return "text"
    return f"{spec.kind}, {spec.low:,g} to {spec.high:,g}{f' {spec.unit}' if spec.unit else ''}"


def _prior(spec: FactSpec) -> str:
    prior = spec.prior
    assert prior is not None  # noqa: S101
    if prior.chance is not None:
        return f"yes in {prior.chance:.0%}"
    if prior.weights is not None:
        total = sum(prior.weights.values())
        return ", ".join(f"{value} {weight / total:.0%}" for value, weight in prior.weights.items())
    assert prior.quantiles is not None and len(prior.quantiles) == len(QUANTILE_SHARES)  # noqa: S101
    return " · ".join(f"{quantile:,g}" for quantile in prior.quantiles)


def _options(options: Iterable[str]) -> str:
    return ", ".join(f"`{option}`" for option in options)


def _effects(rule: Evidence) -> str:
    return ", ".join(f"`{option}` {effect:+g}" for option, effect in rule.effects.items())


def _reasons(rule: Evidence | Gate) -> str:
    against = rule.against if isinstance(rule, Evidence) else None
    return f"{rule.reason} Against: {against}" if against else rule.reason


def _named(rule: object) -> str:
    return str(getattr(rule, "variant", None) or getattr(rule, "add_on", ""))


def _cited(claim_ids: Iterable[str]) -> str:
    return ", ".join(f"`{claim}`" for claim in claim_ids)


def _audit_row(audited: AuditedFigure) -> tuple[str, ...]:
    figure, claims = audited.figure, load_claims()
    source = claims.sources[claims[figure.claims[0]].source]
    ends = (figure.claimed, audited.computed)
    claimed, computed = (f"{low:,.6g}" if low == high else f"{low:,.6g} to {high:,.6g}" for low, high in ends)
    return source.publisher, figure.says, claimed, computed, figure.unit, figure.verdict, figure.finding


def _calls(command: Any, *call: str) -> Iterator[list[str]]:
    """The words that call a command and those below it."""
    yield list(call)
    for name, below in sorted(getattr(command, "commands", {}).items()):
        yield from _calls(below, *call, name)


def _help(runner: CliRunner, app: Typer, call: list[str]) -> str:
    return runner.invoke(app, [*call, "--help"], prog_name="consult").output.strip()


def _page(title: str, *blocks: str) -> str:
    return "\n\n".join((f"# {title}", GENERATED, *blocks)) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in lines
    )

"""`consult eval --understanding` and `--memo`: the model that is set against the embedded language."""

from typing import TYPE_CHECKING, Any

from knowledge.errors import InputError
from ui.cli.lines import numbered_lines
from ui.cli.output import note, print_json, print_markdown, read_text

if TYPE_CHECKING:
    from agent.language.model.language import ModelLanguage


def evaluate_language(path: str, what: str, as_json: bool) -> None:
    """Measures on a labelled set, and prints a table or one JSON document."""
    from agent.language.embedded.understand import EmbeddedLanguage
    from agent.language.model.evaluation import evaluate_memos, evaluate_understanding, parse_labelled
    from agent.language.model.opening import model_is_set, open_model
    from ui.cli.office import settings

    chosen, lines = settings(), list(numbered_lines(read_text(path), path))
    model: ModelLanguage | None = open_model(chosen, limited=False) if model_is_set(chosen) else None
    if model is None:
        note("No language model is set; only the embedded language is measured. `consult configure` sets one.")
    if what == "understanding":
        rows = [parse_labelled(document, line) for line, document in lines]
        report = evaluate_understanding(rows, EmbeddedLanguage(chosen.date()), model)
    else:
        report = evaluate_memos([_profile(document, line) for line, document in lines], chosen, model)
    if model is not None:
        model.close()
    return print_json(report) if as_json else print_markdown(_table(report))


def _profile(document: Any, line: int) -> dict[str, Any]:
    """The profile of a case, or a bare profile."""
    found = document.get("profile") or document.get("answers") or document if isinstance(document, dict) else None
    if not isinstance(found, dict):
        raise InputError(f"Line {line}: a case with a profile, or a profile, is a JSON object.")
    return found


def _table(report: dict[str, Any]) -> str:
    embedded, model = report["embedded"], report["model"]
    lines = ["| | embedded | model |", "|---|---:|---:|"]
    for name in model or embedded:
        values = (found.get(name, "") if found else "" for found in (embedded, model))
        lines.append(f"| {name.replace('_', ' ')} | " + " | ".join(_shown(value) for value in values) + " |")
    if usage := report.get("usage"):
        cost = "no price known" if usage["usd"] is None else f"{usage['usd']:.4f} USD"
        tokens = usage["input_tokens"] + usage["output_tokens"]
        lines += ["", f"The model took {usage['calls']} calls, {tokens:,} tokens, {cost}."]
    return "\n".join(lines)


def _shown(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)

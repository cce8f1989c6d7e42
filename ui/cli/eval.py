"""`consult eval`: how far the advice agrees with labelled cases."""

from typing import Annotated, Any

import typer

from knowledge.errors import InputError
from ui.cli.app import app
from ui.cli.output import print_json, print_markdown, read_text


@app.command(name="eval")
def evaluate(
    cases: Annotated[str, typer.Argument(metavar="CASES.jsonl", help="Labelled cases; - reads stdin.")],
    mode: Annotated[str | None, typer.Option("--as", help="profile, interview or text.")] = None,
    hide: Annotated[list[str] | None, typer.Option("--hide", metavar="FACT", help="Withhold a fact.")] = None,
    understanding: Annotated[
        bool, typer.Option("--understanding", help="Measure reading instead, the model against the embedded language.")
    ] = False,
    memo: Annotated[bool, typer.Option("--memo", help="Measure how memos are worded instead.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Measure the agreement of the advice with labelled cases, or a language model on labelled sets."""
    if understanding or memo:
        from ui.cli.eval_language import evaluate_language

        return evaluate_language(cases, "understanding" if understanding else "memo", as_json)
    from agent.evaluation import evaluate_cases, parse_case, parse_mode
    from ui.cli.lines import numbered_lines
    from ui.cli.office import open_consultant, settings

    parsed = [parse_case(document, line) for line, document in numbered_lines(read_text(cases), cases)]
    if not parsed:
        raise InputError(f"{cases} holds no cases; each line is one, as a JSON object.")
    report = evaluate_cases(parsed, parse_mode(mode), hide or [], settings(), open_consultant)
    return print_json(report) if as_json else print_markdown(_table(report))


def _table(report: dict[str, Any]) -> str:
    from tools.wording import counted

    lines = ["| case | predicted | expected | agrees | questions |", "|---|---|---|---|---:|"]
    lines += [
        f"| {row['id']} | {row['predicted']} | {row['expected']} | {'yes' if row['agrees'] else '**no**'} | "
        f"{row['questions']} |"
        for row in report["rows"]
    ]
    questions = report["questions"]
    return "\n".join(
        [
            *lines,
            "",
            f"{counted(report['cases'], 'cases')}: {report['agreement']:.1%} within expected or acceptable, "
            f"{report['exact']:.1%} exactly as expected; "
            f"questions: median {questions['median']:g}, most {questions['max']}.",
        ]
    )

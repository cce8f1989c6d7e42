"""Words for values, questions, explanations and the line of what was noted; all from the data, none made up."""

from collections.abc import Sequence

from agent.language.port import Evidence, Question, Statement, Understanding
from knowledge.facts import FactSpec, Scalar, fact_specs
from tools.profile import FactValue, Open, Range
from tools.wording import lower_first

NOTHING_FOUND = "Nothing in the knowledge base answers that."
MOST_SENTENCES = 3
_STATES = {"unknown": "not known", "not_applicable": "does not apply", "later": "to be told later"}


def value_in_words(fact: str, value: FactValue) -> str:
    """A fact's value as a person would say it, with its unit."""
    spec = fact_specs()[fact]
    if isinstance(value, Open):
        return _STATES[value.state]
    if isinstance(value, Range):
        return f"{_scalar(spec, value.low, unit=False)} to {_scalar(spec, value.high)}"
    return _scalar(spec, value.value) + (" (not sure)" if value.unsure else "")


def noted_line(understanding: Understanding) -> str:
    """One line of what was noted; converted values are marked with what they come from. Empty if nothing was."""
    shown = [said for said in understanding.statements if said.fact != "use_case"]
    return "Noted: " + "; ".join(_noted(said) for said in shown) + "." if shown else ""


def phrase_question(question: Question) -> str:
    """The question with its choices and the reason it is asked."""
    spec = fact_specs()[question.fact]
    lines = [f"{question.lead_in} {spec.question}" if question.lead_in else spec.question]
    if spec.categorical:
        lines += [""] + [f"{number}. {label}" for number, label in enumerate(spec.values.values(), 1)] + [""]
    lines.append(f"_{question.because or spec.because}_")
    return "\n".join(lines)


def explain_from(evidence: Sequence[Evidence]) -> str:
    """The best passages as sentences with numbered sources."""
    best = sorted(evidence, key=lambda passage: -passage.score)[:MOST_SENTENCES]
    if not best:
        return NOTHING_FOUND
    sources = list(dict.fromkeys((passage.source, passage.section) for passage in best))
    sentences = [
        f"{_sentence(passage.text)} [{sources.index((passage.source, passage.section)) + 1}]" for passage in best
    ]
    listed = [
        f"[{number}] {source}{f', {section}' if section else ''}" for number, (source, section) in enumerate(sources, 1)
    ]
    return " ".join(sentences) + "\n\n" + "\n".join(listed)


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else text + "."


def _noted(said: Statement) -> str:
    spec = fact_specs()[said.fact]
    source = f" (from “{said.quote}”)" if said.origin == "derived" else ""
    return f"{lower_first(spec.label)} {value_in_words(said.fact, said.value)}{source}"


def _scalar(spec: FactSpec, value: Scalar, unit: bool = True) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return spec.values.get(value, value)
    if spec.kind == "share":
        return f"{value:.4g}" if spec.high and spec.high > 1 else f"{value:.0%}"
    shown = f"{value:,.0f}" if value == int(value) else f"{value:,.6g}"
    return f"{shown} {spec.unit}" if unit and spec.unit else shown

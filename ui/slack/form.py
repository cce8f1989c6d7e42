"""The form with all open facts: its fields, and what was typed into them."""

import re
from typing import Any

from knowledge.errors import InputError
from knowledge.facts import FactSpec, fact_specs
from tools.profile import parse_fact
from ui.render import blocks as kit
from ui.slack.words import word

CALLBACK = "open-facts"
FACTORS = {"": 1, "k": 1_000, "m": 1_000_000, "bn": 1_000_000_000, "%": 0.01}
NUMBER = re.compile(r"(\d+(?:\.\d+)?)(k|m|bn|%)?", re.IGNORECASE)
GROUPED = re.compile(r"(?<=\d)[, ](?=\d{3}(?!\d))")
DOTTED = re.compile(r"\d{1,3}(\.\d{3})+")


def open_facts_form(facts: list[str], remembered: str) -> kit.Block:
    """The form for these facts, the most valuable first."""
    fields = [_field(fact_specs()[name]) for name in facts if name in fact_specs()]
    shown = [kit.section(word("form_intro" if fields else "form_empty")), *fields]
    return kit.form(word("form_title"), word("form_submit"), word("form_cancel"), CALLBACK, remembered, shown)


def answers_of(view: kit.Block) -> tuple[dict[str, Any], dict[str, str]]:
    """The facts that were filled in, in the forms that a profile takes; and what is wrong, by field."""
    answers: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, field in view["state"]["values"].items():
        given = field["given"]
        text = (given.get("selected_option") or {}).get("value") or (given.get("value") or "").strip()
        if not text or name not in fact_specs():
            continue
        try:
            answers[name] = _value(fact_specs()[name], text)
            parse_fact(name, answers[name])
        except InputError as error:
            errors[name] = str(error)
    return answers, errors


def _field(spec: FactSpec) -> kit.Block:
    unit = f" ({spec.unit})" if spec.unit else ""
    hint = spec.because
    if spec.kind == "flag":
        options = [(word("yes"), "true"), (word("no"), "false"), (word("dont_know"), "unknown")]
        return kit.choice_input(spec.name, spec.question, hint, word("choose"), options)
    if spec.categorical:
        options = [*((label, code) for code, label in spec.values.items()), (word("dont_know"), "unknown")]
        return kit.choice_input(spec.name, spec.question, hint, word("choose"), options)
    return kit.text_input(spec.name, f"{spec.question}{unit}", hint)


def _value(spec: FactSpec, text: str) -> Any:
    if text == "unknown":
        return {"state": "unknown"}
    if spec.kind == "flag":
        return text == "true"
    if not spec.numeric:
        return text
    ends = [_number(spec, part) for part in re.split(r"\s*(?:–|-|\bto\b)\s*", text, maxsplit=1)]
    low, high = ends[0], ends[-1]
    return low if len(ends) == 1 else {"low": low, "high": high}


def _number(spec: FactSpec, text: str) -> float:
    text = GROUPED.sub("", text.strip().lstrip("$").strip())
    if DOTTED.fullmatch(text) and not spec.kind == "share":
        raise InputError(f"{spec.label}: {text} can be read in two ways; write it without dots, such as 10000 or 10k.")
    found = NUMBER.fullmatch(text)
    if found is None:
        raise InputError(f"{spec.label}: a number is needed here, such as 500, 10k or 10k to 50k.")
    value = float(found[1]) * FACTORS[(found[2] or "").lower()]
    return int(value) if value == int(value) else value

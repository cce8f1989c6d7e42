"""A profile: what is known of a situation. Every fact is known, a range, or open; nothing is guessed."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Literal, get_args

from knowledge.errors import InputError
from knowledge.facts import FactSpec, Scalar, fact_specs

State = Literal["unknown", "not_applicable", "later"]
LONGEST_TEXT = 8_000
"""Characters of free text in one fact; the same limit as for a message."""


@dataclass(frozen=True)
class Known:
    """A fact with its value; `unsure` where the user hedged."""

    value: Scalar
    unsure: bool = False


@dataclass(frozen=True)
class Range:
    """A number that lies between two values, both included."""

    low: float
    high: float


@dataclass(frozen=True)
class Open:
    """A fact that the user was asked for and did not give: unknown, not applicable, or later."""

    state: State


FactValue = Known | Range | Open


@dataclass(frozen=True)
class Profile:
    """Facts by name. A fact that is absent is unknown and was never spoken of."""

    facts: Mapping[str, FactValue]

    def known(self, name: str) -> Scalar | None:
        """The fact's value; what "does not apply" stands for; None while it is open or a range."""
        fact = self.facts.get(name)
        if isinstance(fact, Known):
            return fact.value
        if isinstance(fact, Open) and fact.state == "not_applicable":
            return fact_specs()[name].not_applicable
        return None

    def document(self) -> dict[str, Any]:
        """The profile as JSON, in the form that `parse_profile` takes, in the order of the facts' file."""
        return {name: _to_json(self.facts[name]) for name in fact_specs() if name in self.facts}

    def replace(self, **changes: FactValue) -> "Profile":
        """The profile with some facts set anew."""
        return Profile(MappingProxyType({**self.facts, **changes}))

    def without(self, *names: str) -> "Profile":
        """The profile with some facts never spoken of."""
        return Profile(MappingProxyType({name: fact for name, fact in self.facts.items() if name not in names}))


def parse_profile(document: Any) -> Profile:
    """The profile that a JSON object `{fact: value}` states; null and absent mean unknown.

    Raises InputError that names the fact, the value and what is allowed.
    """
    if not isinstance(document, Mapping):
        raise InputError(f"A profile is a JSON object of facts and values, but this is {_kind_of(document)}.")
    facts = {name: parse_fact(name, value) for name, value in document.items() if value is not None}
    return Profile(MappingProxyType({name: facts[name] for name in fact_specs() if name in facts}))


def parse_fact(name: Any, value: Any) -> FactValue:
    """One fact's value in any of the forms that a profile takes; raises InputError."""
    spec = find_fact(name)
    if isinstance(value, Mapping):
        return _parse_form(spec, value)
    return Known(_parse_value(spec, value))


def find_fact(name: Any) -> FactSpec:
    """The fact of that name; raises InputError that offers the nearest name."""
    specs = fact_specs()
    if name in specs:
        return specs[name]
    near = get_close_matches(str(name), specs, n=1)
    hint = f" Did you mean {near[0]}?" if near else " `consult decide --help` lists the facts."
    raise InputError(f"There is no fact named {_shown(name)}.{hint}")


def _parse_form(spec: FactSpec, form: Mapping[str, Any]) -> FactValue:
    keys = set(form)
    if keys == {"state"} and form["state"] in get_args(State):
        return Open(form["state"])
    if keys == {"low", "high"} and spec.numeric:
        low, high = (_parse_value(spec, form[end]) for end in ("low", "high"))
        if float(low) > float(high):
            raise InputError(f"{spec.name}: the range {low} to {high} runs backwards; give the smaller value as low.")
        return Known(low) if low == high else Range(float(low), float(high))
    if "value" in keys and keys <= {"value", "unsure"} and isinstance(form.get("unsure", False), bool):
        return Known(_parse_value(spec, form["value"]), unsure=form.get("unsure", False))
    allowed = 'a value, {"value": …, "unsure": true} or {"state": "unknown" | "not_applicable" | "later"}'
    ranged = ', or {"low": …, "high": …}' if spec.numeric else ""
    raise InputError(f"{spec.name}: {_shown(dict(form))} is no form of a value; allowed are {allowed}{ranged}.")


def _parse_value(spec: FactSpec, value: Any) -> Scalar:
    if spec.listing:
        return _parse_listing(spec, value)
    if spec.kind == "text":
        return _parse_text(spec, value)
    if spec.kind == "flag":
        if isinstance(value, bool):
            return value
        raise InputError(f"{spec.name}: {_shown(value)} is not allowed; it takes true or false.")
    if spec.categorical:
        if isinstance(value, str) and value in spec.values:
            return value
        raise InputError(f"{spec.name}: {_shown(value)} is not allowed; it takes one of {', '.join(spec.values)}.")
    return _parse_number(spec, value)


def _parse_listing(spec: FactSpec, value: Any) -> str:
    named = value.split(",") if isinstance(value, str) else value if isinstance(value, list | tuple) else []
    codes = [str(name).strip() for name in named]
    if len(codes) < 2 or not set(codes) <= set(spec.values):
        allowed = ", ".join(spec.values)
        raise InputError(f"{spec.name}: {_shown(value)} is not allowed; it takes two or more of {allowed}.")
    return ", ".join(dict.fromkeys(codes))


def _parse_text(spec: FactSpec, value: Any) -> str:
    if not isinstance(value, str):
        raise InputError(f"{spec.name}: {_shown(value)} is not text.")
    if len(value) > LONGEST_TEXT:
        raise InputError(f"{spec.name}: the text has {len(value):,} characters; the limit is {LONGEST_TEXT:,}.")
    return value


def _parse_number(spec: FactSpec, value: Any) -> int | float:
    unit = f" {spec.unit}" if spec.unit else ""
    allowed = f"it takes a number from {spec.low:,.15g} to {spec.high:,.15g}{unit}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{spec.name}: {_shown(value)} is not a number; {allowed}.")
    assert spec.low is not None and spec.high is not None  # noqa: S101  (checked when the facts are loaded)
    if not spec.low <= value <= spec.high:  # neither NaN nor infinity is within
        raise InputError(f"{spec.name}: {_shown(value)} is out of range; {allowed}.")
    if spec.kind == "integer" and value != int(value):
        raise InputError(f"{spec.name}: {_shown(value)} is not a whole number; {allowed}.")
    return int(value) if value == int(value) else float(value)


def _to_json(fact: FactValue) -> Any:
    if isinstance(fact, Known):
        return {"value": fact.value, "unsure": True} if fact.unsure else fact.value
    if isinstance(fact, Range):
        return {"low": fact.low, "high": fact.high}
    return {"state": fact.state}


def _shown(value: Any) -> str:
    if isinstance(value, int) and abs(value) >= 10**60:
        return f"a number of {value.bit_length() * 3 // 10:,} digits"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _kind_of(document: Any) -> str:
    names = {list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(document), "a number")

"""The consultation's sentences, read from the knowledge folder, and what people read in place of names and values."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from pydantic import RootModel

from knowledge.claims import Source, load_claims
from knowledge.facts import Scalar, fact_specs
from knowledge.files import DATA, Part, read_yaml
from tools.decide.decision import Side
from tools.profile import FactValue, Known, Open, Range
from tools.wording import fact_value_text, filled, money, range_text, share_text
from tools.wording import lower_first as lower_first

ANONYMOUS = "not named"
"""The publisher of a source whose publisher is not known."""


@cache
def _sentences() -> dict[str, str]:
    return read_yaml(DATA / "wording" / "conversation.yaml", RootModel[dict[str, str]]).root


def wording(name: str, **parts: Any) -> str:
    """One sentence of the conversation with its parts filled in."""
    return filled(_sentences()[name], parts)


def label(fact: str) -> str:
    """A fact's name as people read it."""
    return fact_specs()[fact].label


def labels(facts: Iterable[str]) -> str:
    """Several facts' names in one line."""
    return ", ".join(lower_first(label(fact)) for fact in facts)


def value_in_words(fact: str, value: FactValue | None) -> str:
    """A fact's value as people write it: with its unit, or its choice in words."""
    match value:
        case Known(scalar, unsure):
            shown = scalar_in_words(fact, scalar)
            return wording("unsure_value", value=shown) if unsure else shown
        case Range(low, high):
            return range_text(fact, low, high)
        case Open(state):
            return wording(f"state_{state}")
        case None:
            return wording("state_unknown")


def scalar_in_words(fact: str, value: Scalar) -> str:
    """A plain value with its unit, or its choice in words."""
    return fact_value_text(fact, value)


def threshold_in_words(fact: str, value: Scalar, side: Side) -> str:
    """A value from which on the advice moves, with the side on which it does: "500 or more"."""
    return wording(f"side_{side}", value=scalar_in_words(fact, value))


class _OptionWords(Part):
    """Forms of an option, and what may be added to one, by name."""

    variants: dict[str, str]
    add_ons: dict[str, str]


@cache
def _option_words() -> _OptionWords:
    return read_yaml(DATA / "wording" / "options.yaml", _OptionWords)


def variant_in_words(name: str) -> str:
    """The form that an option takes, as people read it."""
    return _option_words().variants.get(name, name)


def add_on_in_words(name: str) -> str:
    """What may be added to an option, as people read it."""
    return _option_words().add_ons.get(name, name)


percent = share_text
dollars = money


def cited(claim_ids: Iterable[str], most: int = 2) -> str:
    """Where claims come from, each publisher and section once; the rest stand in the memo."""
    claims = load_claims()
    places = (f"{source_name(claims.sources[claims[one].source])}, {claims[one].section}" for one in claim_ids)
    return "; ".join(list(dict.fromkeys(places))[:most])


_CONDITIONS = re.compile(r"\. (\([^()]*\))$")


def passage_text(text: str) -> str:
    """A passage as one sentence: the conditions of a claim, which follow it in brackets, come before its full stop."""
    return _CONDITIONS.sub(r" \1.", text)


def source_name(source: Source) -> str:
    """Who says something: the publisher, or the title where that is not known or is this product."""
    return source.title if source.kind == "house" or source.publisher == ANONYMOUS else source.publisher

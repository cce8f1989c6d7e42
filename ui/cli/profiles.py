"""Profiles given to commands: a file, stdin, and `--set fact=value`."""

import re
from typing import Any

from knowledge.errors import InputError
from knowledge.facts import fact_specs
from tools.profile import Profile, find_fact, parse_fact, parse_profile
from ui.cli.output import parse_json, read_text

FLAG_WORDS = {"yes": True, "no": False, "true": True, "false": False}
GROUPING = re.compile(r"(?<=\d)_(?=\d)")
"""What groups the digits of a number: 10_000. The names of states hold the same sign."""


def read_profile(path: str) -> Profile:
    """The profile in a JSON file, or on stdin for `-`; raises InputError."""
    return parse_profile(parse_json(read_text(path), "The profile" if path == "-" else path))


def with_changes(profile: Profile, assignments: list[str]) -> Profile:
    """The profile with `fact=value` applied; an empty value makes the fact unknown. Raises InputError."""
    for assignment in assignments:
        name, sign, text = assignment.partition("=")
        if not sign:
            raise InputError(f"--set takes fact=value, but this is {assignment!r}.")
        find_fact(name)
        profile = profile.without(name) if not text else profile.replace(**{name: parse_fact(name, _value(name, text))})
    return profile


def _value(name: str, text: str) -> Any:
    spec = fact_specs()[name]
    if spec.kind == "flag":
        return FLAG_WORDS.get(text.lower(), text)
    if spec.numeric or text.startswith("{"):
        try:
            return parse_json(GROUPING.sub("", text) if spec.numeric else text, text)
        except InputError:
            return text
    return text

"""What each setting takes, in words: for the page of settings, and for whoever gave one that cannot be used."""

import datetime as dt
from pathlib import Path
from types import UnionType
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

KINDS: Final[dict[Any, str]] = {
    dt.date: "a date",
    int: "a whole number",
    float: "a number",
    Path: "a path",
    str: "text",
    SecretStr: "text",
}
LIMITS: Final = (("ge", "at least"), ("gt", "more than"), ("le", "at most"))
LONGEST_SHOWN = 40
"""Characters of a value that are repeated in a sentence about it."""


def setting_name(settings: type[BaseSettings], field: str) -> str:
    """What a field is called in the environment."""
    alias = settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else settings.model_config.get("env_prefix", "") + field.upper()


def takes(field: FieldInfo) -> str:
    """What a setting takes: its kind with its limits, its choices, or an example."""
    kind = _kind(field)
    if get_origin(kind) is Literal:
        return " or ".join(get_args(kind))
    parts = [KINDS[kind] + (f" such as {field.examples[0]}" if field.examples else "")]
    for limit in field.metadata:
        parts += [f"{words} {getattr(limit, sign):,g}" for sign, words in LIMITS if hasattr(limit, sign)]
    return ", ".join(parts)


def refusal(settings: type[BaseSettings], error: ValidationError) -> str:
    """Which setting cannot be what it is, and what it takes; a secret is not repeated."""
    first = error.errors()[0]
    fields = settings.model_fields
    field = next(one for one in fields if first["loc"][0] in (one, fields[one].validation_alias))
    given = "what it is" if _kind(fields[field]) is SecretStr else _shown(str(first["input"]))
    return f"The setting {setting_name(settings, field)} cannot be {given}: it takes {takes(fields[field])}."


def _kind(field: FieldInfo) -> Any:
    """The type of a setting's value where it is given."""
    if isinstance(field.annotation, UnionType):
        return next(one for one in get_args(field.annotation) if one is not type(None))
    return field.annotation


def _shown(value: str) -> str:
    return repr(value if len(value) <= LONGEST_SHOWN else value[:LONGEST_SHOWN] + "…")

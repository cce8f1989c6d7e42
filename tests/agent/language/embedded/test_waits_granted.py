"""Waits that are granted: to the work itself, as one of a unit, or in the unit of the wait named before."""

import pytest

from agent.language.embedded.figures import Reading, read_figures
from agent.language.embedded.reader import read_text
from agent.language.embedded.scope import read_scope
from agent.language.embedded.times import read_waits
from tools.profile import Known, Range


def waits(message: str) -> list[object]:
    text = read_text(message, lambda word: word)
    reading = Reading(text, read_scope(text), None, read_figures(text))
    return [one.value.value if isinstance(one.value, Known) else one.value for one in read_waits(reading)]


@pytest.mark.parametrize(
    ("message", "milliseconds"),
    [
        ("It may take a full minute.", 60_000),
        ("It may dawdle for five minutes.", 300_000),
        ("Drafts can take half an hour, nobody minds.", 1_800_000),
        ("They need it in a second and a half.", 1_500),
        ("Max a second until it starts typing.", 1_000),
        ("We don't mind a minute per paragraph.", 60_000),
        ("Even a minute's wait is fine.", 60_000),
    ],
)
def test_so_long_may_it_take(message: str, milliseconds: int) -> None:
    assert waits(message) == [milliseconds]


def test_a_minute_or_two_is_a_range() -> None:
    assert waits("A minute or two of waiting is fine.") == [Range(60_000, 120_000)]


@pytest.mark.parametrize(
    ("message", "milliseconds"),
    [
        ("It takes 40 s now; they'd be happy with fifteen.", 15_000),
        ("Today it needs two minutes, one is acceptable.", 60_000),
    ],
)
def test_a_bare_number_beside_a_wait_has_its_unit(message: str, milliseconds: int) -> None:
    assert waits(message)[-1] == milliseconds


@pytest.mark.parametrize(
    "message",
    [
        "It takes a full minute today.",
        "The course may take an hour.",
        "We can take thirty calls a minute.",
        "We can take calls a minute.",
        "They may ask for a second opinion.",
        "It may be a minute detail.",
        "Wait a minute, may I ask something else.",
        "Hold on a second, it may be fine.",
        "It takes 40 s now; they'd be happy with fifteen clerks.",
        "It takes 40 s now, and we are happy with 620 good chats.",
    ],
)
def test_what_only_sounds_like_a_wait_is_none(message: str) -> None:
    assert waits(message) == []

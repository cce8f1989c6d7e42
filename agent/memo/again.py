"""A session's memo written again, at any door, in the words that a language model gave it once."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from agent.memo.compose import compose, write_memo
from agent.memo.grounds import gather
from agent.memo.narrate import places
from agent.memo.outline import Memo
from agent.memo.proof import computed_again, reproduction_of
from agent.protocol import Message, Turn
from agent.settings import Settings
from knowledge.errors import InputError
from knowledge.price_table import load_prices
from tools.advice import advise
from tools.profile import Profile


def write_again(
    profile: Profile,
    heard: Mapping[str, Any],
    told: Iterable[tuple[Message | None, Turn | None]],
    settings: Settings,
    title: str | None = None,
) -> Memo:
    """The memo of what a session heard, at the day and the prices of the settings, without asking a model.

    `told` is the session's transcript. The words of its latest memo that a model worded stand for the sentences they
    were made for, wherever those are said again; everything else is said by the templates.
    """
    advice = advise(profile, settings.date(), settings.price_table())
    memo = write_memo(advice, heard, title)
    kept = _kept([turn.memo for _, turn in told if turn is not None and turn.memo], advice, settings)
    worded = {place: kept[each.text] for place, each in places(memo.sections) if each.text in kept}
    return compose(gather(advice, heard), title, memo.spelling, worded) if worded else memo


def _kept(memos: Sequence[str], advice: Any, settings: Settings) -> dict[str, str]:
    """A model's words by the sentence they were made for, from the latest memo that has any."""

    def advised(profile: Profile, day: date) -> Any:
        if (profile, day) == (advice.profile, advice.as_of):
            return advice
        return advise(profile, day, None if settings.prices is None else load_prices(day, settings.prices))

    for text in reversed(memos):
        with suppress(InputError):  # a memo of an earlier version, which cannot be computed again
            block = reproduction_of(text)
            if worded := block.get("worded"):
                templates = computed_again({**block, "worded": {}}, advised)
                return {each.text: worded[place] for place, each in places(templates.sections) if place in worded}
    return {}

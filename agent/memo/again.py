"""A session's memo written again, at any door, in the words that a language model gave it once."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from agent.memo.compose import compose
from agent.memo.grounds import gather
from agent.memo.narrate import places
from agent.memo.outline import Memo
from agent.memo.proof import Advise, at_prices_of, computed_again, reproduction_of
from agent.protocol import Message, Turn
from agent.settings import Settings
from knowledge.errors import InputError
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
    advise = at_prices_of(settings)
    advice = advise(profile, settings.date())
    stored = gather(advice, heard)
    memo = compose(stored, title, "british")

    def advised(once: Profile, day: date) -> Any:
        return advice if (once, day) == (advice.profile, advice.as_of) else advise(once, day)

    kept = _kept([turn.memo for _, turn in told if turn is not None and turn.memo], advised)
    worded = {place: kept[each.text] for place, each in places(memo.sections) if each.text in kept}
    return compose(stored, title, memo.spelling, worded) if worded else memo


def _kept(memos: Sequence[str], advise: Advise) -> dict[str, str]:
    """A model's words by the sentence they were made for, from the latest memo that has any."""
    for text in reversed(memos):
        with suppress(InputError):  # a memo of an earlier version, which cannot be computed again
            block = reproduction_of(text)
            if worded := block.get("worded"):
                templates = computed_again({**block, "worded": {}}, advise)
                return {each.text: worded[place] for place, each in places(templates.sections) if place in worded}
    return {}

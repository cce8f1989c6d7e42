"""One page without a number: "a page each", "about a page", "a page and a half"."""

from agent.language.embedded.number import Number, word_at
from agent.language.embedded.tokens import Text

_PAGES = {"page", "side"}
_AMOUNT_BEFORE = {"about", "around", "roughly", "approximately", "circa", "ca", "than", "within", "under", "below",
    "over", "almost", "nearly", "barely", "max", "maximum", "most", "just", "typically", "usually"}  # fmt: skip
_AMOUNT_AFTER = {"each", "apiece", "per", "long", "max", "maximum", "tops"}
_PHRASES_AFTER = {"or so", "or less", "at most", "a piece", "a pop"}


def one_page(text: Text, index: int) -> Number | None:
    """The article before "page" where that is an amount: "on a page of our site" is a place."""
    if word_at(text, index) not in {"a", "an"} or word_at(text, index + 1) not in _PAGES:
        return None
    after = [word_at(text, place) for place in range(index + 2, index + 5)]
    if after == ["and", "a", "half"]:
        return Number(index, index + 1, 1.5, 1.5)
    if after[:2] == ["or", "two"]:
        return Number(index, index + 1, 1, 2)
    said = after[0] in _AMOUNT_AFTER or " ".join(after[:2]) in _PHRASES_AFTER
    if said or word_at(text, index - 1) in _AMOUNT_BEFORE:
        return Number(index, index + 1, 1, 1)
    return None

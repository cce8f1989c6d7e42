"""What a session may use of the model: no call passes a limit, whatever a server reports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.language.model.failure import NoAnswer
from agent.language.model.opening import price_of
from agent.language.model.parameters import parameters
from agent.language.model.usage import Account, Limits, MemoryBook, Usage
from agent.settings import load_settings
from knowledge.price_table import load_prices

COUNTS = st.one_of(st.none(), st.integers(-(10**9), 5_000))


def account(tokens: int = 10**9, usd: float | None = None, model: str = "gpt-4o-mini") -> Account:
    prices = load_prices(load_settings().date())
    return Account("s", MemoryBook(), Limits(tokens, usd), lambda count: price_of(prices, model, count))


@given(st.lists(st.tuples(st.integers(0, 20_000), st.integers(1, 5_000), COUNTS, COUNTS), max_size=20))
def test_neither_tokens_nor_dollars_ever_pass_their_limit(calls: list[tuple[int, int, int | None, int | None]]) -> None:
    """A server within the bounds it was given, or one that reports nothing or nonsense, cannot pass a limit."""
    ours = account(tokens=40_000, usd=0.01)
    for size, most, told_in, told_out in calls:
        try:
            with ours.call("understand", size, most) as done:
                told = Usage(
                    None if told_in is None else min(told_in, size), None if told_out is None else min(told_out, most)
                )
                done(told)
        except NoAnswer as refused:
            assert refused.failure == "limit"
        assert ours.spent.tokens <= 40_000
        assert (ours.spent.usd or 0.0) <= 0.01


def test_two_calls_at_once_are_both_reserved() -> None:
    ours = account(tokens=10_000 + parameters().overhead_tokens)
    with ours.call("understand", 5_000, 5_000), pytest.raises(NoAnswer), ours.call("phrase", 1, 1):
        pass


def test_a_call_that_failed_at_work_is_booked_at_its_bound_and_one_turned_away_is_not() -> None:
    ours = account()
    with pytest.raises(NoAnswer), ours.call("understand", 100, 50):
        raise NoAnswer("slow")
    assert ours.spent.tokens == 150 + parameters().overhead_tokens
    with pytest.raises(NoAnswer), ours.call("understand", 100, 50):
        raise NoAnswer("key")
    assert ours.spent.tokens == 150 + parameters().overhead_tokens


def test_a_call_is_priced_from_the_price_table() -> None:
    ours = account()
    with ours.call("understand", 9_000_000, 2_000_000) as done:
        done(Usage(1_000_000, 1_000_000))
    assert ours.spent.usd == pytest.approx(0.15 + 0.60)


def test_a_model_without_a_price_is_counted_in_tokens_alone() -> None:
    ours = account(model="own-model")
    with ours.call("understand", 100, 50) as done:
        done(Usage(10, 5))
    assert (ours.spent.tokens, ours.spent.usd) == (15, None)

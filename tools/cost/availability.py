"""Whether a model can still be tuned as a service on a given day; variants that need a service are named by it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from knowledge.price_rows import Service
from knowledge.price_table import PriceTable, load_prices

State = Literal["open", "closed_to_new", "ended", "not_offered"]


@dataclass(frozen=True)
class Availability:
    """Whether managed tuning of a model is offered; `offer` names service and model, `until` the last day known."""

    state: State
    offer: tuple[str, str] | None
    until: date | None
    text: str
    source: str


def fine_tuning_availability(model: str | None, as_of: date, prices: PriceTable | None = None) -> Availability:
    """Whether managed tuning of `model` (of any model, where none is named) can be started on that day."""
    table = prices or load_prices(as_of)
    base = (model or "").removeprefix("ft:")
    offers = [offer for offer in table.fine_tunes if table.fine_tunes[offer].input_usd_per_mtok is not None]
    wanted = [offer for offer in offers if not base or offer[1] == base]
    states = [_state(table, offer, as_of) for offer in wanted] + _retired(table, base, as_of)
    if not states:
        text = f"No service in the price table tunes {base or 'a model'}; open weights can be tuned and hosted instead."
        return Availability("not_offered", None, None, text, "house")
    order: tuple[State, ...] = ("open", "closed_to_new", "ended", "not_offered")
    return min(states, key=lambda found: order.index(found.state))


def _state(table: PriceTable, offer: tuple[str, str], as_of: date) -> Availability:
    rules = (s for s in table.services if s.kind == "fine_tuning" and s.service == offer[0])
    rule = next((s for s in rules if offer[1].startswith(s.models)), None)
    row = table.fine_tunes[offer]
    if rule is None or not _closing(rule):
        return Availability("open", offer, row.valid_to, f"{offer[0]} tunes {offer[1]}.", row.source)
    return _judge(rule, offer, as_of)


def _retired(table: PriceTable, base: str, as_of: date) -> list[Availability]:
    """What is known of a model whose tuning is over and no longer has a price."""
    rules = (
        s for s in table.services if s.kind == "fine_tuning" and base and base.startswith(s.models) and _closing(s)
    )
    priced = {offer[0] for offer in table.fine_tunes if offer[1] == base}
    return [_judge(rule, (rule.service, base), as_of) for rule in rules if rule.service not in priced]


def _closing(rule: Service) -> bool:
    return any((rule.closed_to_new_on, rule.last_jobs_on, rule.ends_on))


def _judge(rule: Service, offer: tuple[str, str], as_of: date) -> Availability:
    last = rule.last_jobs_on or rule.ends_on
    if (last is not None and as_of > last) or (rule.ends_on is not None and as_of >= rule.ends_on):
        text = f"Tuning of {offer[1]} at {rule.service} is over (last jobs {last})."
        return Availability("ended", None, last, text, rule.source)
    if rule.closed_to_new_on is not None and as_of >= rule.closed_to_new_on:
        text = f"Tuning at {rule.service} takes no new customers since {rule.closed_to_new_on}; last jobs {last}."
        return Availability("closed_to_new", offer, last, text, rule.source)
    text = f"{rule.service} tunes {offer[1]} until {last}."
    return Availability("open", offer, last, text, rule.source)

"""Write a dated snapshot of token rates from the genai-prices package into knowledge/prices/.

    scripts/update_prices --as-of 2026-11-20

Never overwrites: a snapshot of a date is written once. What the package does silently is handled here:
its default timestamp is today, its batch key is `processing`, its load time is no data date, and over-window
requests are priced rather than refused (so the window is written down and checked by our own code). The windows that
the package does not state are those of context_windows.csv, and such a row names both its sources.
"""

import argparse
import csv
import datetime as dt
import re
import sys
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any

from genai_prices import data_snapshot

FOLDER = Path(__file__).resolve().parent.parent / "knowledge" / "prices"
RELEASE, PUBLISHED_ON = "0.2.3", dt.date(2026, 11, 10)
"""The release of the package that is read, and when it was published, which is on no page of the package itself.

Rates without a later check of their own carry that date, so another release is refused until both are changed.
"""
FIELDS = (
    "model provider above_tokens input_usd_per_mtok cache_read_usd_per_mtok cache_write_usd_per_mtok"
    " cache_write_1h_usd_per_mtok output_usd_per_mtok batch_input_usd_per_mtok batch_output_usd_per_mtok"
    " context_window valid_from valid_to checked_on source"
).split()
WANTED = {
    "openai": "gpt-4o gpt-4o-mini gpt-4.1 gpt-4.1-mini gpt-4.1-nano ft:gpt-4o ft:gpt-4o-mini gpt-5 gpt-5-mini"
    " gpt-5-nano gpt-5.4 gpt-5.4-mini gpt-5.4-nano gpt-5.5 gpt-5.6-luna gpt-5.6-terra gpt-5.6-sol gpt-6-luna gpt-6-sol"
    " gpt-6-astra gpt-6.1-sol gpt-6.1-terra",
    "anthropic": "claude-haiku-4-5 claude-haiku-5-5 claude-sonnet-4-5 claude-sonnet-4-6 claude-sonnet-5"
    " claude-sonnet-5-5 claude-opus-4-8 claude-opus-5 claude-opus-5-5",
    "google": "gemini-2.5-flash gemini-2.5-flash-lite gemini-2.5-pro gemini-3.1-flash-lite gemini-3.1-pro-preview"
    " gemini-3.5-flash gemini-3.8-flash gemini-4-argon",
    "mistral": "mistral-large-4 mistral-medium-3-5 mistral-small-2603 ministral-8b-2512",
    "cohere": "command-a command-r7b",
    "x-ai": "grok-4.7 grok-4-fast-non-reasoning",
}
UNITS = {
    "input_usd_per_mtok": "input_mtok",
    "cache_read_usd_per_mtok": "cache_read_mtok",
    "cache_write_usd_per_mtok": "cache_write_mtok",
    "cache_write_1h_usd_per_mtok": "cache_write_1h_mtok",
    "output_usd_per_mtok": "output_mtok",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--as-of", type=dt.date.fromisoformat, required=True, help="the date of the snapshot")
    path = FOLDER / f"tokens-{parser.parse_args().as_of}.csv"
    if (installed := version("genai-prices")) != RELEASE:
        print(
            f"genai-prices {installed} is installed, and when it was published is not written down: look it up on PyPI "
            f"and put it into scripts/update_prices.py in place of {RELEASE} and {PUBLISHED_ON}.",
            file=sys.stderr,
        )
        return 1
    if path.exists():
        print(f"{path.name} exists and is never overwritten; take another date.", file=sys.stderr)
        return 1
    windows = stated_windows()
    rows = [row for provider in data_snapshot.get_snapshot().providers for row in provider_rows(provider, windows)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{path.name}: {len(rows)} rates of {len({row['model'] for row in rows})} models.")
    return 0


def stated_windows() -> dict[str, dict[str, str]]:
    """The context windows that the package does not state, each with its source and the day it was checked."""
    with (FOLDER / "context_windows.csv").open(newline="", encoding="utf-8") as file:
        return {row["model"]: row for row in csv.DictReader(file)}


def provider_rows(provider: Any, windows: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    wanted = WANTED.get(provider.id, "").split()
    models = {model.id: model for model in provider.models}
    return [row for name in wanted for row in model_rows(provider, models[name], windows)]


def model_rows(provider: Any, model: Any, windows: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    """One row per period and per price tier of a model."""
    rows, source = [], f"genai-prices {RELEASE}; {address(provider, model)}"
    window = model.context_window
    if not window:
        stated = windows[model.id]
        window, source = stated["context_window"], f"{source}; context window: {stated['source']}"
    for prices, valid_from, valid_to in periods(model):
        batch = batch_prices(model, valid_to or dt.date.max)
        for above in tier_starts(prices):
            rows.append(
                {
                    "model": model.id,
                    "provider": provider.id,
                    "above_tokens": above,
                    **{field: rate(prices, unit, above) for field, unit in UNITS.items()},
                    "batch_input_usd_per_mtok": rate(batch, "input_mtok", above),
                    "batch_output_usd_per_mtok": rate(batch, "output_mtok", above),
                    "context_window": window,
                    "valid_from": valid_from or "",
                    "valid_to": valid_to or "",
                    "checked_on": checked_on(model),
                    "source": source,
                }
            )
    return rows


def periods(model: Any) -> list[tuple[Any, dt.date | None, dt.date | None]]:
    """The model's prices by period; `valid_to` is the last day. Rates by time of day are left out."""
    if not isinstance(model.prices, list):
        return [(model.prices, None, None)]
    dated = [(entry, getattr(entry.constraint, "start_date", None)) for entry in model.prices]
    dated = [(entry.prices, start) for entry, start in dated if start or entry.constraint is None]
    ends = [start - dt.timedelta(days=1) for _, start in dated[1:]] + [None]
    return [(prices, start, end) for (prices, start), end in zip(dated, ends, strict=True)]


def batch_prices(model: Any, until: dt.date) -> Any:
    """The batch rates that apply at the end of a period, or None."""
    batch = [variant for variant in model.price_variants or [] if variant.when == {"processing": "batch"}]
    dated = [(getattr(variant.constraint, "start_date", dt.date.min), variant.prices) for variant in batch]
    begun = [entry for entry in dated if entry[0] <= until]
    return max(begun, key=lambda entry: entry[0])[1] if begun else None


def tier_starts(prices: Any) -> list[int]:
    starts = {tier.start for unit in UNITS.values() for tier in getattr(getattr(prices, unit, None), "tiers", [])}
    return [0, *sorted(starts)]


def rate(prices: Any, unit: str, above: int) -> Decimal | str:
    """The rate of a unit for requests with more than `above` input tokens; empty where there is none."""
    value = getattr(prices, unit, None) if prices is not None else None
    if value is None or isinstance(value, Decimal):
        return "" if value is None else value
    return next((tier.price for tier in reversed(value.tiers) if tier.start <= above and above > 0), value.base)


def checked_on(model: Any) -> dt.date:
    """The latest date that the model's comments call verified, else the day the package was published."""
    dates = re.findall(r"verified on (\d{4}-\d{2}-\d{2})", model.price_comments or "")
    return max((dt.date.fromisoformat(date) for date in dates), default=PUBLISHED_ON)


def address(provider: Any, model: Any) -> str:
    found = re.search(r"https?://[^\s,)]+", model.price_comments or "")
    return found.group(0).rstrip(".;") if found else (provider.pricing_urls or [provider.id])[0]


if __name__ == "__main__":
    sys.exit(main())

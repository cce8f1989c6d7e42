"""The price table: dated, sourced, never guessed; an own file overrides by model."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from knowledge import price_table
from knowledge.claims import load_claims
from knowledge.errors import InputError, KnowledgeError
from knowledge.figures import cost_figures, latency_figures, read_figures, references
from knowledge.price_table import PriceTable, load_prices

AS_OF = date(2026, 11, 20)


def test_every_price_carries_its_source_and_the_day_it_was_checked() -> None:
    for row in load_prices(AS_OF).rows():
        assert row.source, row
        assert date(2026, 1, 1) <= row.checked_on <= AS_OF, row


def test_some_forty_models_of_several_vendors_have_a_price() -> None:
    models = load_prices(AS_OF).models.values()
    assert len(models) >= 40
    assert {"openai", "anthropic", "google", "mistral", "cohere"} <= {model.provider for model in models}


def test_a_model_that_is_not_there_is_refused_with_the_nearest_names() -> None:
    with pytest.raises(InputError, match="nearest are gpt-6-luna"):
        load_prices(AS_OF).model("gpt-6-lunar")


@pytest.mark.parametrize(
    ("model", "last_day", "before", "after"),
    [
        ("gemini-3.8-flash", date(2026, 12, 31), 0.75, 1.5),
        ("gemini-4-argon", date(2026, 11, 30), 2.0, 4.0),
        ("mistral-large-4", date(2026, 10, 28), 1.36, 0.7),
    ],
)
def test_a_price_changes_on_its_day_and_not_before(model: str, last_day: date, before: float, after: float) -> None:
    next_day = last_day + timedelta(days=1)
    assert load_prices(last_day).model(model).tiers[0].input_usd_per_mtok == before
    assert load_prices(next_day).model(model).tiers[0].input_usd_per_mtok == after


def test_a_retired_model_is_refused_from_its_last_day_on_with_its_replacement() -> None:
    assert load_prices(date(2027, 1, 13)).model("gpt-4o").model == "gpt-4o"
    with pytest.raises(InputError, match="gpt-6-luna"):
        load_prices(date(2027, 1, 14)).model("gpt-4o")


def test_an_announced_end_is_known_before_it_comes() -> None:
    ending = load_prices(AS_OF).ending("gpt-4.1-mini")
    assert ending is not None
    assert ending.ends_on == date(2027, 1, 14)
    assert load_prices(AS_OF).ending("gpt-6-luna") is None


def test_a_request_above_a_tier_has_dearer_rates() -> None:
    below, above = load_prices(AS_OF).model("claude-haiku-5-5").tiers
    assert above.above_tokens == 100_000
    assert above.input_usd_per_mtok == 5 * below.input_usd_per_mtok


def own_file(folder: Path, text: str) -> Path:
    path = folder / "prices.csv"
    path.write_text(text, encoding="utf-8")
    return path


OWN = "model,input_usd_per_mtok,output_usd_per_mtok,context_window\n"


def test_an_own_price_file_overrides_by_model_and_adds_new_ones(tmp_path: Path) -> None:
    table = load_prices(AS_OF, own_file(tmp_path, OWN + "gpt-6-luna,9,10,1000\nhouse-model,1,2,8000\n"))
    assert table.model("gpt-6-luna").tiers[0].input_usd_per_mtok == 9
    assert len(table.model("gpt-6-luna").tiers) == 1
    assert table.model("house-model").context_window == 8000
    assert table.model("gpt-6-sol") == load_prices(AS_OF).model("gpt-6-sol")


def test_an_own_price_brings_a_retired_model_back(tmp_path: Path) -> None:
    table = load_prices(date(2027, 2, 1), own_file(tmp_path, OWN + "gpt-4o,2,8,128000\n"))
    assert table.model("gpt-4o").tiers[0].input_usd_per_mtok == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("model,input_usd_per_mtok\nx,1\n", "output_usd_per_mtok"),
        (OWN + "x,cheap,2,8000\n", "line 2: input_usd_per_mtok: 'cheap'"),
        (OWN + "x,-1,2,8000\n", "zero or more"),
        (OWN + "x,nan,2,8000\n", "zero or more"),
        (OWN + "x,1,2,8000\nx,2,3,8000\n", "two prices"),
        (OWN.replace("\n", ",cached\n") + "x,1,2,8000,1\n", "unknown column 'cached'"),
        (OWN.replace("\n", ",above_tokens\n") + "x,1,2,8000,100\n", "short requests"),
        ("", "columns"),
    ],
)
def test_an_own_price_file_that_cannot_be_used_is_refused_with_line_and_reason(
    tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(InputError, match=told):
        load_prices(AS_OF, own_file(tmp_path, text))


def test_a_missing_own_price_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_prices(AS_OF, tmp_path / "nowhere.csv")


@pytest.fixture
def snapshots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the price folder to add snapshots to."""
    for path in price_table.FOLDER.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(price_table, "FOLDER", tmp_path)
    load_prices.cache_clear()
    yield tmp_path
    load_prices.cache_clear()


def test_a_later_snapshot_counts_from_its_day_and_leaves_earlier_days_alone(snapshots: Path) -> None:
    old = (snapshots / "tokens-2026-11-20.csv").read_text("utf-8")
    (snapshots / "tokens-2027-02-01.csv").write_text(
        old.replace("gpt-6-luna,openai,0,0.1,", "gpt-6-luna,openai,0,0.3,")
    )
    rates = [load_prices(day).model("gpt-6-luna").tiers[0].input_usd_per_mtok for day in (AS_OF, date(2027, 2, 1))]
    assert rates == [0.1, 0.3]


def test_a_broken_row_is_named_with_file_and_line(snapshots: Path) -> None:
    path = snapshots / "gpus-2026-11-20.csv"
    path.write_text(path.read_text("utf-8").replace("3.99", "much"), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"gpus-2026-11-20.csv, line 2: usd_per_hour: 'much'"):
        load_prices(AS_OF)


def test_the_age_of_a_table_is_that_of_the_price_checked_longest_ago() -> None:
    table: PriceTable = load_prices(AS_OF)
    oldest = min(row.checked_on for row in table.rows())
    assert table.age_days(oldest + timedelta(days=91)) == 91
    assert table.age_days(oldest - timedelta(days=5)) == 0


def test_figures_are_ranges_with_unit_source_and_date() -> None:
    for figure in (*cost_figures().values(), *latency_figures().values()):
        assert figure.low <= figure.mode <= figure.high
        assert figure.unit and figure.source and figure.label


def test_a_figure_whose_range_runs_backwards_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "cost.yaml"
    path.write_text("- {name: a, label: a, unit: x, low: 2, mode: 1, high: 3, source: house, checked_on: 2026-11-20}\n")
    with pytest.raises(KnowledgeError, match=r"cost.yaml, line 1"):
        read_figures(path)


def test_the_claims_that_figures_rest_on_are_in_the_library() -> None:
    claims = load_claims()
    cited = {claim for figure in (*cost_figures().values(), *latency_figures().values()) for claim in figure.claims}
    assert cited
    assert [claim for claim in sorted(cited) if claim not in claims] == []


def test_the_longest_prefix_decides_on_the_tokenizer() -> None:
    assert references().tokenizer("claude-sonnet-5-5").mode > 1.4
    assert references().tokenizer("gpt-6-luna").mode == 1.0
    assert references().tokenizer("mistral-large-4").low < 1.0 < references().tokenizer("mistral-large-4").high


def test_what_stands_in_for_an_unnamed_model_has_a_price_and_an_order() -> None:
    models = references().models
    table = load_prices(AS_OF)
    ladder = [table.model(name).tiers[0].input_usd_per_mtok for name in (models.economy, models.typical, models.strong)]
    assert ladder == sorted(ladder)

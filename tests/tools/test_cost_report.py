"""The cost report: every line with its sources, ranges where something is open, and what separates the options."""

from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest

from knowledge.errors import InputError
from knowledge.figures import Spread, cost_figures
from knowledge.options import OPTIONS, Option
from tools.cost.availability import fine_tuning_availability
from tools.cost.comparison import break_evens
from tools.cost.formulas import payback_months, retrains_by_month
from tools.cost.horizon import Totals, calendar, totals
from tools.cost.inputs import Values, inputs_of
from tools.cost.lines import Line, OptionModel
from tools.cost.overrides import parse_override
from tools.cost.rates import rates_for
from tools.cost.report import estimate_costs
from tools.cost.sampling import Array, shares, triangular
from tools.cost.source_audit import audit_sources
from tools.profile import parse_profile

AS_OF = date(2026, 11, 20)
SUPPORT = {
    "queries_per_day": 10_000,
    "knowledge_tokens": 300_000,
    "prompt_tokens": 600,
    "context_tokens": 500,
    "output_tokens": 100,
    "update_frequency": "weekly",
    "annual_growth": 0,
}
CERTAIN = {name: figure.mode for name, figure in cost_figures().items()}


@cache
def document(model: str | None = "gpt-4o") -> dict[str, Any]:
    return estimate_costs(parse_profile({**SUPPORT, **({"model": model} if model else {})}), AS_OF).document()


def test_the_retrieved_context_of_the_worked_example_is_a_line_of_its_own() -> None:
    lines = {line["name"]: line["monthly_usd"] for line in document()["costs"]["rag"]["lines"]}
    calls = estimate_costs(parse_profile({**SUPPORT, "model": "gpt-4o"}), AS_OF).inputs["calls_per_query"]
    per_query = float(calls.at(np.array([0.5]))[0])
    assert lines["retrieved context"] == pytest.approx(380.2083333 * per_query)


def test_every_option_states_the_public_amounts() -> None:
    for option in OPTIONS:
        row = document(None)["costs"][option]
        for name in ("upfront_usd", "monthly_usd", "per_1k_queries_usd", "tco_12_months_usd", "tco_24_months_usd"):
            assert list(row[name]) == ["p10", "p50", "p90"]
            assert row[name]["p10"] <= row[name]["p50"] <= row[name]["p90"]


def test_every_line_names_its_formula_its_inputs_and_their_sources() -> None:
    prices = document()["prices"]
    for row in document()["costs"].values():
        for line in (*row["lines"], *row["upfront_lines"]):
            assert line["formula"]
            assert all(each["source"] for each in line["inputs"]), line["name"]
            assert all(prices[name]["source"] for name in line["prices"] if name != "tuned"), line["name"]
            assert line["inputs"] or line["prices"], line["name"]


def test_an_input_with_no_sure_value_is_listed_as_an_assumption_with_its_range() -> None:
    assumptions = {each["name"]: each for each in document()["assumptions"]}
    assert assumptions["queries_per_day"]["value"] == 10_000
    assert assumptions["labour_rate"]["p10"] < assumptions["labour_rate"]["p50"] < assumptions["labour_rate"]["p90"]
    assert assumptions["labeled_examples"]["source"].startswith("assumed")


def test_lines_add_up_to_the_month_of_the_central_case() -> None:
    report = estimate_costs(parse_profile(SUPPORT), AS_OF)
    for option, row in report.document()["costs"].items():
        total = sum(line["monthly_usd"] for line in row["lines"])
        assert total == pytest.approx(float(report.central[option].monthly[0]))
        upfront = sum(line["usd"] for line in row["upfront_lines"])
        assert upfront == pytest.approx(float(report.central[option].upfront[0]))


def test_with_nothing_uncertain_all_deciles_are_one_value() -> None:
    facts = {**SUPPORT, "model": "gpt-6-luna", "labeled_examples": 500}
    report = estimate_costs(parse_profile(facts), AS_OF, overrides=CERTAIN)
    for option in ("prompting", "long_context", "rag"):
        month = report.document()["costs"][option]["monthly_usd"]
        assert month["p10"] == pytest.approx(month["p90"])


def test_a_figure_can_be_set_by_the_user_and_says_so() -> None:
    report = estimate_costs(parse_profile(SUPPORT), AS_OF, overrides={"labour_rate": Spread(low=10, mode=20, high=30)})
    stated = next(each for each in report.document()["assumptions"] if each["name"] == "labour_rate")
    assert stated["source"] == "set by the user"
    assert stated["p90"] < 30


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("labour_rate=120", (120, 120, 120)),
        ("weeks_rag = 2..4", (2, 3, 4)),
        ("gpu_rent=1..2..4", (1, 2, 4)),
    ],
)
def test_a_figure_is_set_by_name_as_a_value_or_a_range(text: str, ends: tuple[float, float, float]) -> None:
    name, spread = parse_override(text)
    assert name == text.split("=")[0].strip()
    assert (spread.low, spread.mode, spread.high) == ends


@pytest.mark.parametrize(
    "text", ["labour_rate=", "labour_rate=cheap", "labour_rate=4..2", "labour_rate=-1", "labour_rate"]
)
def test_a_figure_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="labour_rate"):
        parse_override(text)


def test_a_negative_figure_is_refused() -> None:
    with pytest.raises(InputError, match="-1"):
        estimate_costs(parse_profile(SUPPORT), AS_OF, overrides={"labour_rate": -1})


def test_what_is_set_reaches_prices_derived_from_tables_too() -> None:
    own = {**SUPPORT, "self_hosting_required": True}
    cheap, dear = (
        estimate_costs(parse_profile(own), AS_OF, overrides={"gpu_rent": usd, "weeks_rag": 2}).totals["rag"].monthly
        for usd in (1.0, 4.0)
    )
    assert (dear > cheap).all()


def test_a_figure_that_does_not_exist_cannot_be_set() -> None:
    with pytest.raises(InputError, match="labor_rate"):
        estimate_costs(parse_profile(SUPPORT), AS_OF, overrides={"labor_rate": 100})


def test_an_unknown_model_is_refused_with_the_nearest_names() -> None:
    with pytest.raises(InputError, match="gpt-6-luna"):
        estimate_costs(parse_profile({**SUPPORT, "model": "gpt6-luna"}), AS_OF)


def test_without_a_model_the_price_level_is_uncertain_and_the_result_says_so() -> None:
    found = document(None)
    assert not found["model_named"]
    assert any("No model is named" in warning for warning in found["warnings"])
    assert {"price_level"} <= {swing["name"] for swing in found["tornado"]}


def test_old_prices_are_called_old() -> None:
    later = estimate_costs(parse_profile({**SUPPORT, "model": "gpt-6-luna"}), date(2027, 3, 1)).document()
    assert any("days old" in warning for warning in later["warnings"])
    assert not any("days old" in warning for warning in document("gpt-6-luna")["warnings"])


def test_a_vendor_on_whose_prices_sources_disagree_is_named() -> None:
    assert any("differ" in warning for warning in document("mistral-large-4")["warnings"])


def test_a_model_that_is_about_to_end_is_announced_with_its_replacement() -> None:
    assert any("2027-01-14" in warning and "gpt-6-luna" in warning for warning in document("gpt-4o")["warnings"])


@pytest.mark.parametrize(
    ("model", "day", "state"),
    [
        ("gpt-4o", date(2026, 5, 6), "open"),
        ("gpt-4o", date(2026, 5, 7), "closed_to_new"),
        ("gpt-4o", date(2027, 1, 6), "closed_to_new"),
        ("gpt-4o", date(2027, 1, 7), "ended"),
        ("gpt-4o", date(2027, 1, 14), "ended"),
        ("command-a", date(2026, 11, 20), "ended"),
        ("gpt-4.1", date(2026, 11, 20), "open"),
        ("claude-sonnet-5-5", date(2026, 11, 20), "not_offered"),
        (None, date(2026, 11, 20), "open"),
    ],
)
def test_managed_tuning_is_a_gate_with_dates(model: str | None, day: date, state: str) -> None:
    assert fine_tuning_availability(model, day).state == state


def test_a_model_that_no_service_tunes_is_priced_on_own_servers() -> None:
    ways = document("claude-sonnet-5-5")["costs"]["fine_tuning"]
    assert ways["variant"] == "lora"
    assert "managed" not in ways["variants"]


def test_every_way_to_train_has_a_price_of_its_own() -> None:
    labels = estimate_costs(parse_profile({**SUPPORT, "task": "classification"}), AS_OF).document()["costs"]
    assert labels["fine_tuning"]["variant"] == "small_classifier"
    assert list(labels["fine_tuning"]["variants"]) == ["small_classifier", "managed", "lora", "qlora", "full"]
    assert list(labels["hybrid"]["variants"]) == ["rag_then_fine_tuning", "raft"]
    full, lora = (labels["fine_tuning"]["variants"][way]["upfront_usd"]["p50"] for way in ("full", "lora"))
    assert full > lora


def test_where_nothing_may_leave_only_own_servers_are_billed() -> None:
    own = estimate_costs(parse_profile({**SUPPORT, "self_hosting_required": True}), AS_OF).document()["costs"]
    for row in own.values():
        names = {line["name"] for line in row["lines"]}
        assert "own GPUs" in names
        assert not names & {"answer", "instructions", "question", "deployment"}


def test_retrieval_that_is_live_is_not_built_again() -> None:
    live = estimate_costs(parse_profile({**SUPPORT, "rag_in_production": True}), AS_OF)
    new = estimate_costs(parse_profile({**SUPPORT, "rag_in_production": False}), AS_OF)
    assert np.median(live.totals["rag"].upfront) < 0.1 * np.median(new.totals["rag"].upfront)
    assert (live.totals["hybrid"].upfront < new.totals["hybrid"].upfront).all()


def test_knowledge_that_changes_behaviour_more_often_is_retrained_more_often() -> None:
    slow, fast = (
        estimate_costs(parse_profile({**SUPPORT, "update_frequency": often}), AS_OF).totals["fine_tuning"]
        for often in ("yearly", "daily")
    )
    assert (fast.tco[24] >= slow.tco[24]).all()
    assert np.median(fast.tco[24]) > 1.2 * np.median(slow.tco[24])


def test_an_open_range_widens_the_spread() -> None:
    sure = document(None)["costs"]["rag"]["monthly_usd"]
    wide = estimate_costs(parse_profile({**SUPPORT, "queries_per_day": {"low": 1_000, "high": 50_000}}), AS_OF)
    ranged = wide.document()["costs"]["rag"]["monthly_usd"]
    assert ranged["p90"] - ranged["p10"] > 1.3 * (sure["p90"] - sure["p10"])


def test_the_costs_of_own_machines_name_no_hosted_model_that_stands_in() -> None:
    def warnings(**facts: Any) -> tuple[str, ...]:
        return estimate_costs(parse_profile({**SUPPORT, **facts}), AS_OF).warnings

    assert any("stands in" in warning for warning in warnings())
    assert not any("stands in" in warning for warning in warnings(self_hosting_required=True))


def test_a_tornado_lists_the_strongest_driver_of_an_option_first() -> None:
    for option in OPTIONS:
        swings = [abs(s["high_usd"] - s["low_usd"]) for s in document(None)["tornado"] if s["option"] == option]
        assert swings == sorted(swings, reverse=True)
        assert swings[0] > 0


@pytest.mark.parametrize("facts", [{}, {"knowledge_tokens": 100_000}, {"self_hosting_required": True}])
def test_on_either_side_of_a_break_even_volume_the_medians_of_an_estimate_say_which_is_cheaper(
    facts: dict[str, Any],
) -> None:
    profile = parse_profile({**{name: SUPPORT[name] for name in ("update_frequency", "queries_per_day")}, **facts})
    found = estimate_costs(profile, AS_OF).document()["break_even"]
    told = [each for each in found if "rag" in each["between"] and each["months"] == 24 and each["crossings_per_day"]]
    assert told

    for row in told:
        crossing, (first, second) = row["crossings_per_day"][0], row["between"]
        begins = row["second_is_cheaper"][0][0] == crossing
        for beside, cheaper in ((crossing / 1.15, not begins), (crossing * 1.15, begins)):
            costs = estimate_costs(parse_profile({**profile.document(), "queries_per_day": beside}), AS_OF).document()
            medians = {option: costs["costs"][option]["tco_24_months_usd"]["p50"] for option in (first, second)}
            assert (medians[second] < medians[first]) == cheaper, (row, beside, medians)


def test_steps_of_own_servers_make_a_break_even_of_several_intervals() -> None:
    tokens = Line("tokens", "a fee for each query", (), "tokens", per_query=np.array([0.001]))

    def servers(queries: Array) -> Array:
        """A small server carries 100,000 queries a month, a large one ten million; more come dear."""
        return np.where(queries <= 1e5, 10.0, np.where(queries <= 1e7, 1000.0, 2e-3 * queries))

    def evaluate(values: Values) -> dict[Option, Totals]:
        lines: dict[Option, tuple[Line, ...]] = {
            "rag": (tokens,),
            "fine_tuning": (Line("servers", "steps", (), stepped=servers),),
        }
        return {name: totals(OptionModel(name, None, own, ()), calendar(values)) for name, own in lines.items()}

    inputs = inputs_of(parse_profile(SUPPORT), rates_for(None, AS_OF))
    found = next(b for b in break_evens(inputs, evaluate, 1) if b.months == 24)
    edges = [volume * 365 / 12 for pair in found.intervals for volume in pair]
    # The small server pays from 10,000 queries to 100,000, the large one from a million to ten; edges are as fine as
    # the volumes that are searched.
    assert edges == pytest.approx([1e4, 1e5, 1e6, 1e7], rel=0.8)


def test_payback_is_never_where_nothing_is_saved() -> None:
    saved = np.cumsum(np.array([[5.0, -1.0, 5.0]] * 24), axis=0)
    assert payback_months(saved, np.array([12.0, 12.0, 1000.0])).tolist() == [3.0, np.inf, np.inf]


def test_retraining_falls_due_evenly_and_never_in_the_last_month() -> None:
    assert np.flatnonzero(retrains_by_month(4.0, 24)).tolist() == [2, 5, 8, 11, 14, 17, 20]
    assert retrains_by_month(0.5, 24).sum() == 0
    assert retrains_by_month(24.0, 12).tolist() == [2.0] * 11 + [0.0]


def test_draws_of_an_input_cover_its_range_evenly_and_do_not_depend_on_other_inputs() -> None:
    drawn = shares("labour_rate", 1000, 1)
    assert sorted(np.floor(drawn * 1000).tolist()) == list(range(1000))
    assert abs(np.corrcoef(drawn, shares("chunk_tokens", 1000, 1))[0, 1]) < 0.1
    assert triangular(drawn, 1, 2, 4).min() >= 1
    assert triangular(drawn, 3, 3, 3).tolist() == [3.0] * 1000


def test_the_sources_worked_figures_get_the_verdicts_that_the_arithmetic_supports() -> None:
    for audited in audit_sources():
        if audited.figure.verdict == "right":
            assert audited.agrees, audited
        if audited.figure.verdict in ("wrong", "inconsistent", "unsupported"):
            assert not audited.agrees, audited


def test_the_stated_range_of_retrieval_costs_is_audited_as_wrong() -> None:
    audited = next(each for each in audit_sources() if each.figure.id == "retrieval-range")
    assert audited.computed == (335, 2770)
    assert audited.figure.claimed == (350, 2850)
    assert audited.figure.verdict == "wrong"


def test_the_audited_claims_are_in_the_library() -> None:
    from knowledge.claims import load_claims

    claims = load_claims()
    assert [c for each in audit_sources() for c in each.figure.claims if c not in claims] == []


def test_only_what_is_dearer_to_build_has_to_repay_it() -> None:
    facts = {"task": "question_answering", "gap": "knowledge", "rag_in_production": True, "queries_per_day": 1000}
    document = estimate_costs(parse_profile(facts), AS_OF).document()
    upfront = {option: cost["upfront_usd"]["p50"] for option, cost in document["costs"].items()}
    assert upfront["rag"] < upfront["prompting"]
    for row in document["payback"]:
        assert upfront[row["option"]] >= upfront[row["instead_of"]]

"""The articles' own scenarios, examples and use cases: every one must come out as its article advises."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.decide.decide import decide
from tools.profile import parse_profile

AS_OF = date(2026, 11, 20)
CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "cases" / "articles.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_an_article_case_gets_the_advice_of_its_article(case: dict[str, Any]) -> None:
    profile = parse_profile({name: fact["value"] for name, fact in case["facts"].items()})
    advice = decide(profile, AS_OF).recommendation
    assert advice.option in (case["expected"], *case["acceptable"])
    if case["variant"] is not None:
        assert advice.variant == case["variant"]


def test_every_fact_of_a_case_names_the_words_it_rests_on() -> None:
    assert all(fact["words"].strip() for case in CASES for fact in case["facts"].values())


def test_all_five_articles_have_cases() -> None:
    assert {case["source"] for case in CASES} == {
        "premai",
        "dashboardhub",
        "netvionix",
        "productstudio",
        "ninjastudio",
    }

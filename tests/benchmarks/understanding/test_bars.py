"""The bars that the embedded understanding must hold on the labelled sets; run with -m benchmark."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.benchmark


def load_measure() -> ModuleType:
    spec = importlib.util.spec_from_file_location("measure_understanding", Path(__file__).with_name("measure.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["held_out"])
def test_the_labelled_messages_are_understood(name: str) -> None:
    measure = load_measure()
    score = measure.measure(measure.rows(name))
    print(measure.table(name, score))
    right, wrong = sum(score.right.values()), sum(score.wrong_value.values())
    assert measure.micro_f1(score) >= 0.92
    assert right / (right + wrong) >= 0.97
    assert score.messages_with_invention / score.messages <= 0.03
    assert sum(score.corrections) / len(score.corrections) >= 0.95
    assert sum(score.gaps) / len(score.gaps) >= 0.85


def test_the_stated_numbers_of_real_descriptions_are_read() -> None:
    measure = load_measure()
    if not measure.REAL_TEXTS.exists():
        pytest.skip("the texts of the real cases are not beside the repository")
    score = measure.measure(measure.rows("real_cases"))
    print(measure.table("real_cases", score))
    numbers, gaps = score.cases_with_right_numbers, score.gaps
    assert sum(numbers) / len(numbers) >= 0.90
    assert sum(gaps) / len(gaps) >= 0.75

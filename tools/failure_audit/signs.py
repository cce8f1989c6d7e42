"""A suggested label for a failure nobody has labelled, with the evidence for it; to be confirmed by a person.

The signs are tried in a fixed order, the most telling first; the first that shows decides. Where none shows
there is no suggestion. Patterns, thresholds and sentences are data.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from rapidfuzz import fuzz

from knowledge.audits import Kind, Signs, audit_parameters, audit_wording
from tools.failure_audit import comparison
from tools.records import digest
from tools.wording import filled


@dataclass(frozen=True)
class Suggestion:
    """A label that the answer's own signs speak for: the kind, the sign's name and the evidence in words."""

    kind: Kind
    sign: str
    evidence: str


@dataclass(frozen=True)
class Surroundings:
    """What the other rows of the file tell about one: digests of questions answered rightly, and the task's labels."""

    answered: frozenset[int] = frozenset()
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Failure:
    """One failed answer with what was asked and expected."""

    query: str
    expected: str
    actual: str

    @cached_property
    def expected_words(self) -> frozenset[str]:
        return comparison.content_words(self.expected)

    @cached_property
    def actual_words(self) -> frozenset[str]:
        return comparison.content_words(self.actual)


Sign = Callable[[Failure, Surroundings], Suggestion | None]


def suggest(failure: Failure, around: Surroundings) -> Suggestion | None:
    """The first sign that shows, as a suggestion; None where nothing can be read from the texts."""
    return next((found for sign in _SIGNS if (found := sign(failure, around))), None)


def _suggestion(kind: Kind, sign: str, **slots: object) -> Suggestion:
    return Suggestion(kind, sign, filled(audit_wording().evidence[sign], slots))


def _signs() -> Signs:
    return audit_parameters().failure_audit.signs


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


@cache
def _no_information() -> re.Pattern[str]:
    return re.compile("|".join(_signs().no_information), re.IGNORECASE)


def _short(text: str) -> str:
    bare = " ".join(text.split())
    limit = int(audit_parameters().files.longest_excerpt_characters)
    return bare if len(bare) <= limit else f"{bare[: limit - 1]}…"


def _answered_elsewhere(failure: Failure, around: Surroundings) -> Suggestion | None:
    if digest(comparison.plain(failure.query)) in around.answered:
        return _suggestion("random", "answered_elsewhere")
    return None


def _empty(failure: Failure, around: Surroundings) -> Suggestion | None:
    return None if failure.actual.strip() else _suggestion("random", "empty")


def _says_it_does_not_know(failure: Failure, around: Surroundings) -> Suggestion | None:
    found = _no_information().search(failure.actual)
    if found is None or _no_information().search(failure.expected):
        return None
    return _suggestion("knowledge", "says_it_does_not_know", words=_short(found.group()))


def _json(failure: Failure, around: Surroundings) -> Suggestion | None:
    """JSON was expected: anything but the same fields and types is a matter of form."""
    wanted = comparison.as_json(failure.expected)
    if wanted is None:
        return None
    found = comparison.as_json(failure.actual)
    if found is None:
        wrapped = comparison.inner_json(failure.actual) == wanted
        return _suggestion("behavior", "json_wrapped" if wrapped else "not_json")
    fields, got = comparison.shape(wanted), comparison.shape(found)
    if fields.keys() != got.keys():
        return _suggestion("behavior", "json_fields", difference=_short("; ".join(_field_changes(fields, got))))
    changed = [f"{at or 'value'} is {got[at]}, not {kind}" for at, kind in fields.items() if got[at] != kind]
    return _suggestion("behavior", "json_types", difference=_short("; ".join(changed))) if changed else None


def _field_changes(wanted: dict[str, str], got: dict[str, str]) -> Iterator[str]:
    missing = [at for at in wanted if at not in got]
    extra = [at for at in got if at not in wanted]
    if missing:
        yield f"missing {', '.join(missing)}"
    if extra:
        yield f"not asked for {', '.join(extra)}"


def _fenced(failure: Failure, around: Surroundings) -> Suggestion | None:
    found = re.match(_signs().code_fence, failure.actual, re.DOTALL)
    if found and comparison.plain(found.group(1)) == comparison.plain(failure.expected):
        return _suggestion("behavior", "fenced")
    return None


def _cut_off(failure: Failure, around: Surroundings) -> Suggestion | None:
    actual = failure.actual.rstrip()
    if len(actual) < len(failure.expected) and _pattern(_signs().cut_off).search(actual):
        return _suggestion("random", "cut_off", end=_short(actual[-40:]))
    return None


def _verdict(failure: Failure, around: Surroundings) -> Suggestion | None:
    """Yes for no: a wrong conclusion where the question gives the premises, else a fact that was missing."""
    signs = _signs()
    yes, no = _pattern(signs.verdict_yes), _pattern(signs.verdict_no)
    said_yes_for_no = no.match(failure.expected) and yes.match(failure.actual)
    said_no_for_yes = yes.match(failure.expected) and no.match(failure.actual)
    if not (said_yes_for_no or said_no_for_yes or _negated(failure)):
        return None
    given = comparison.numbers(failure.query)
    premises = len(given) >= 2 or (given and _pattern(signs.gives_premises).search(failure.query))
    if premises or _pattern(signs.asks_for_conclusion).search(failure.query):
        return _suggestion("reasoning", "verdict_given")
    return _suggestion("knowledge", "verdict_unknown")


def _negated(failure: Failure) -> bool:
    """Whether the two answers say the same but for a "not"."""
    negation = _pattern(_signs().negation)
    if bool(negation.search(failure.expected)) == bool(negation.search(failure.actual)):
        return False
    return _alike(failure) >= _signs().contains_at_least.value


def _alike(failure: Failure) -> float:
    there = comparison.share_in(failure.expected_words, failure.actual_words)
    return min(there, comparison.share_in(failure.actual_words, failure.expected_words))


def _detail(failure: Failure, around: Surroundings) -> Suggestion | None:
    """The same sentence with another word or two in it: a detail that was not known, or was concluded wrongly."""
    signs = _signs()
    missing = sorted(failure.expected_words - failure.actual_words)
    extra = sorted(failure.actual_words - failure.expected_words)
    swapped = 0 < len(missing) == len(extra) <= int(signs.detail_words)
    if not swapped or _alike(failure) < signs.detail_alike_at_least.value:
        return None
    if all(
        fuzz.ratio(old, new) >= 100 * signs.same_word_at_least.value for old, new in zip(missing, extra, strict=True)
    ):
        return None
    slots = {"expected": _short(", ".join(missing)), "actual": _short(", ".join(extra))}
    asked = _pattern(signs.asks_for_conclusion).search(failure.query)
    return (
        _suggestion("reasoning", "detail_concluded", **slots) if asked else _suggestion("knowledge", "detail", **slots)
    )


def _wrong_label(failure: Failure, around: Surroundings) -> Suggestion | None:
    expected, actual = comparison.plain(failure.expected), comparison.plain(failure.actual)
    if expected != actual and expected in around.labels and actual in around.labels:
        return _suggestion("behavior", "wrong_label", expected=_short(expected), actual=_short(actual))
    return None


def _same_content(failure: Failure, around: Surroundings) -> Suggestion | None:
    """The expected content is there with the same figures: what differs is the form."""
    signs = _signs()
    expected, actual = failure.expected, failure.actual
    if not comparison.numbers(expected) <= comparison.numbers(actual) or comparison.as_json(expected) is not None:
        return None
    there = comparison.share_in(failure.expected_words, failure.actual_words)
    wanted_layout, got_layout = comparison.layout(expected), comparison.layout(actual)
    if there >= signs.contains_at_least.value and wanted_layout != got_layout:
        return _suggestion("behavior", "structure", expected=wanted_layout, actual=got_layout)
    factor = len(actual.split()) / max(len(expected.split()), 1)
    if there >= signs.contains_at_least.value and factor >= signs.much_longer_at_least.value:
        return _suggestion("behavior", "contains_answer", factor=round(factor))
    if _alike(failure) >= signs.same_content_at_least.value:
        return _suggestion("behavior", "same_words", share=f"{there:.0%}")
    return None


def _figures(failure: Failure, around: Surroundings) -> Suggestion | None:
    """Other figures: worked out wrongly where the question gives them, else not known."""
    expected, actual = comparison.numbers(failure.expected), comparison.numbers(failure.actual)
    missing = expected - actual
    if not missing or not actual - expected:
        return None
    slots = {"expected": ", ".join(sorted(missing)[:3]), "actual": ", ".join(sorted(actual - expected)[:3])}
    given = comparison.numbers(failure.query)
    if len(given) >= 2 or (given and _pattern(_signs().asks_for_conclusion).search(failure.query)):
        return _suggestion("reasoning", "numbers_given", **slots)
    return _suggestion("knowledge", "numbers_unknown", **slots)


def _conclusion(failure: Failure, around: Surroundings) -> Suggestion | None:
    signs = _signs()
    asked = _pattern(signs.asks_for_conclusion).search(failure.query)
    if asked and (_pattern(signs.draws_conclusion).search(failure.actual) or comparison.numbers(failure.query)):
        return _suggestion("reasoning", "conclusion")
    return None


def _structure(failure: Failure, around: Surroundings) -> Suggestion | None:
    wanted, got = comparison.layout(failure.expected), comparison.layout(failure.actual)
    if wanted != "prose" and got != wanted:
        return _suggestion("behavior", "structure", expected=wanted, actual=got)
    return None


def _form_asked(failure: Failure, around: Surroundings) -> Suggestion | None:
    found = _pattern(_signs().asks_for_form).search(failure.query)
    return _suggestion("behavior", "form_asked", words=_short(found.group())) if found else None


def _unknown_names(failure: Failure, around: Surroundings) -> Suggestion | None:
    known = f"{failure.actual} {failure.query}".casefold()
    missing = sorted(name for name in comparison.names(failure.expected) if name.casefold() not in known)
    return _suggestion("knowledge", "names_unknown", names=_short(", ".join(missing[:3]))) if missing else None


def _little_in_common(failure: Failure, around: Surroundings) -> Suggestion | None:
    there = comparison.share_in(failure.expected_words, failure.actual_words)
    enough = len(failure.expected_words) > int(_signs().short_answer_words)
    if enough and there < _signs().little_in_common_below.value:
        return _suggestion("knowledge", "little_in_common", share=f"{there:.0%}")
    return None


_SIGNS: tuple[Sign, ...] = (
    _answered_elsewhere,
    _empty,
    _says_it_does_not_know,
    _json,
    _fenced,
    _wrong_label,
    _verdict,
    _figures,
    _detail,
    _same_content,
    _cut_off,
    _conclusion,
    _structure,
    _form_asked,
    _unknown_names,
    _little_in_common,
)

"""Which facts of a profile are settled, and the number that stands for each."""

from tools.decide.boxes import decision_facts, encode
from tools.profile import Known, Profile


def is_settled(profile: Profile, name: str) -> bool:
    """Whether a fact has one certain value."""
    fact = profile.facts.get(name)
    return profile.known(name) is not None and not (isinstance(fact, Known) and fact.unsure)


def settled_value(profile: Profile, name: str) -> float:
    """The number that stands for a fact with a value."""
    value = profile.known(name)
    assert value is not None  # noqa: S101
    return encode(decision_facts()[name], value)

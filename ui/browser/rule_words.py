"""Rules in words: conditions and effects as sentences that need no knowledge of the files."""

from knowledge.facts import fact_specs
from knowledge.options import LABELS, Option
from knowledge.rulebook import AddOn, AllOf, AnyOf, Condition, Evidence, Exceeds, FactIs, Gate, Not, Variant
from ui.browser.shown import choice_text, fact_label, fact_text
from ui.browser.words import word, words

Rule = Gate | Evidence | Variant | AddOn


def rule_text(rule: Rule) -> str:
    """A rule's condition and what it does, in one sentence."""
    return f"{word('rule_if', condition=condition_text(rule.when))} {effect_text(rule)}."


def effect_text(rule: Rule) -> str:
    """What a rule does to the options."""
    match rule:
        case Gate():
            return word("rule_blocks", options=_options(rule.blocks))
        case Variant():
            variant = words().variants.get(rule.variant, rule.variant)
            return word("rule_variant", option=LABELS[rule.option], variant=variant)
        case AddOn():
            return word("rule_add_on", add_on=words().add_on_names.get(rule.add_on, rule.add_on))
    signs = {"rule_supports": 1, "rule_weakens": -1}
    found = {name: [option for option, size in rule.effects.items() if size * sign > 0] for name, sign in signs.items()}
    return "; ".join(word(name, options=_options(tuple(options))) for name, options in found.items() if options)


def condition_text(condition: Condition) -> str:
    """A condition as a clause."""
    match condition:
        case AllOf():
            return f" {word('condition_and')} ".join(_inner(part) for part in condition.all)
        case AnyOf():
            return f" {word('condition_or')} ".join(_inner(part) for part in condition.any)
        case Not():
            return word("condition_not", condition=condition_text(condition.not_))
        case Exceeds():
            return word(f"exceeds_{condition.exceeds}")
    return _fact_text(condition)


def _inner(condition: Condition) -> str:
    text = condition_text(condition)
    return f"({text})" if isinstance(condition, AllOf | AnyOf) else text


def _fact_text(condition: FactIs) -> str:
    name, label = condition.fact, fact_label(condition.fact)
    if fact_specs()[name].kind == "flag":
        return word("condition_yes" if condition.is_ else "condition_no", label=label)
    if condition.in_:
        values = ", ".join(choice_text(name, value).lower() for value in condition.in_)
        return word("condition_in", label=label, values=values)
    if condition.at_least is not None and condition.below is not None:
        low, high = (fact_text(name, bound) for bound in (condition.at_least, condition.below))
        return word("condition_between", label=label, low=low, high=high)
    bounds = {"at_least": condition.at_least, "below": condition.below, "is": condition.is_}
    ends = {"from": condition.from_, "to": condition.to}
    for form, value in (bounds | ends).items():
        if value is not None:
            shown = fact_text(name, value) if form in bounds else choice_text(name, value).lower()
            return word(f"condition_{form}", label=label, value=shown)
    return label


def _options(options: tuple[Option, ...]) -> str:
    return ", ".join(LABELS[option] for option in options)

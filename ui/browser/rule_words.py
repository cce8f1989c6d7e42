"""Rules as sentences that need no knowledge of the files: when each holds, and what it does."""

from agent.wording import add_on_in_words, variant_in_words
from knowledge.options import LABELS, Option
from knowledge.rulebook import AddOn, Gate, Variant
from tools.rule_words import Grounded, holds_when
from ui.browser.shown import fact_label
from ui.browser.words import word

Rule = Grounded


def rule_text(rule: Rule) -> str:
    """A rule's condition and what it does, in one sentence."""
    return f"{word('rule_if', condition=holds_when(rule, _named))} {effect_text(rule)}."


def effect_text(rule: Rule) -> str:
    """What a rule does to the options."""
    match rule:
        case Gate():
            return word("rule_blocks", options=_options(rule.blocks))
        case Variant():
            return word("rule_variant", option=LABELS[rule.option], variant=variant_in_words(rule.variant))
        case AddOn():
            return word("rule_add_on", add_on=add_on_in_words(rule.add_on))
    signs = {"rule_supports": 1, "rule_weakens": -1}
    found = {name: [option for option, size in rule.effects.items() if size * sign > 0] for name, sign in signs.items()}
    return "; ".join(word(name, options=_options(tuple(options))) for name, options in found.items() if options)


def _named(fact: str) -> str:
    return f"“{fact_label(fact)}”"


def _options(options: tuple[Option, ...]) -> str:
    return ", ".join(LABELS[option] for option in options)

"""The decision engine: the rules, the facts' cells and the completions that everything else asks of it."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property

from knowledge.price_table import PriceTable
from knowledge.rulebook import FactIs, Rulebook, load_rulebook
from tools.cost.rates import rates_for
from tools.decide.boxes import Columns, decision_facts
from tools.decide.completions import Sampling, complete
from tools.decide.conditions import atoms, facts_in
from tools.decide.evaluate import Evaluator, Verdicts
from tools.decide.limits import LIMIT_FACTS
from tools.decide.settled import is_settled
from tools.profile import Profile


@dataclass(frozen=True)
class Engine:
    """The evaluator at one day's rules and prices, with what follows from the rules alone."""

    evaluator: Evaluator

    @property
    def book(self) -> Rulebook:
        return self.evaluator.book

    @cached_property
    def sampling(self) -> Sampling:
        """How completions are drawn, by the rules' scale."""
        scale = self.book.scale
        return Sampling(
            size=scale.completions,
            uniform_share=scale.uniform_share,
            uniform_share_least=scale.uniform_share_least,
            uniform_share_most=scale.uniform_share_most,
            stray_share=scale.stray_share,
            unsure_share=scale.unsure_share,
        )

    @cached_property
    def cuts(self) -> dict[str, tuple[float, ...]]:
        """For every fact that some rule on the options speaks of, the values at which a rule changes its mind.

        A cut is the first value of the upper side. Flags and choices are cut between all their values.
        """
        found: dict[str, set[float]] = {}
        for row in self.evaluator.rows:
            for atom in atoms(row.condition):
                if isinstance(atom, FactIs):
                    found.setdefault(atom.fact, set()).update(_cuts(atom))
        return {name: tuple(sorted(found[name])) for name in decision_facts() if name in found}

    @cached_property
    def weights(self) -> dict[str, float]:
        """How far the rules that name a fact move the options apart, in log-odds, for every fact that a rule names."""
        found: dict[str, float] = {}
        for row in self.evaluator.rows:
            for name in facts_in(row.condition):
                found[name] = found.get(name, 0.0) + max(row.effects) - min(row.effects)
        return found

    def complete(self, profile: Profile) -> Columns:
        """The plausible completions of a profile: just one where nothing that the rules use is open."""
        settled = all(is_settled(profile, name) for name in self.used_facts)
        return complete(profile, replace(self.sampling, size=1) if settled else self.sampling)

    @cached_property
    def used_facts(self) -> tuple[str, ...]:
        """The facts that a rule names or a computed limit rests on, in the order of the facts' file."""
        used = {*self.cuts, *LIMIT_FACTS}
        return tuple(name for name in decision_facts() if name in used)

    def judge(self, columns: Columns) -> Verdicts:
        """What the rules say of complete profiles."""
        return self.evaluator.judge(columns)


def _cuts(atom: FactIs) -> set[float]:
    spec = decision_facts()[atom.fact]
    if spec.numeric:
        return {bound for bound in (atom.at_least, atom.below) if bound is not None}
    return {float(code) for code in range(1, max(2, len(spec.codes)))}


@cache
def engine_for(model: str | None, as_of: date) -> Engine:
    """The engine for a base model on a day; raises InputError for an unknown model."""
    return Engine(Evaluator(load_rulebook(), rates_for(model, as_of)))


def engine_with(model: str | None, as_of: date, prices: PriceTable | None) -> Engine:
    """The engine at a price table of the user's own; the built-in one where none is given.

    One at the user's own prices is made anew each time: that takes a third of a millisecond beside the nine of a
    decision, and a table of mappings has no hash to keep it by.
    """
    if prices is None:
        return engine_for(model, as_of)
    return Engine(Evaluator(load_rulebook(), rates_for(model, as_of, prices)))

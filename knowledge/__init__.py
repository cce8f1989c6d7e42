"""Everything the advice rests on: sources, claims, rules, parameters and prices, as data with provenance."""

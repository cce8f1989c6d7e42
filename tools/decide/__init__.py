"""The decision: rules over facts, unknowns kept as what is plausible, a trace for every word of the advice."""

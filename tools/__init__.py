"""Deterministic tools: pure functions over a profile and the knowledge, each returning its value and its trace."""
